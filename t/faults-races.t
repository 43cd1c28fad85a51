# Two processes over one piece of shared memory: one stops where it reads a
# file, or uses what is in force, while the others go on.

BEGIN {
    # it has an allocator of its own
    if ($ENV{TEST_NGINX_USE_VALGRIND}) {
        print "1..0 # SKIP the allocator is replaced\n";
        exit;
    }
}

use lib 't/lib';
use AuthCert;

faults();
master_on();
workers(2);

http_config_for_all(<<'_EOC_');
    auth_cert_reload 100ms;
_EOC_

our $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
our $in_force = 'auth_cert: changed .* is in force';

sub status {
    my ($cert) = @_;
    my ($response) = AuthCert::Faults::request($cert, $request);
    return $response =~ /^HTTP\S+ (\d+)/ ? $1 : 0;
}

# in the look-up of a CRL, between what it takes hold of and what it looks at
sub held {
    return AuthCert::Races::held_request('pool', 'ngx_calloc', 'ngx_alloc',
                                         'alice', $request);
}

run_tests();

__DATA__

=== TEST 1: one process at a time reads what has changed
--- crls
crl.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    AuthCert::Races::hold('read', 12, later => 1);
    make_crl('crl.pem', 'number=2', 'revoke=mallory');

    Test::More::ok(AuthCert::Faults::held(), 'a worker reads');

    # seven looks of the other one
    Time::HiRes::sleep(0.7);

    Test::More::is(AuthCert::Races::logged($main::in_force), 0,
                   'the other one does not');
    Test::More::is(main::status('mallory'), 200, 'what was in force is');

    AuthCert::Faults::let_go();
    wait_log($main::in_force);
}
--- response_body
passed
--- no_error_log
exited on signal


=== TEST 2: what was read before the newest version does not come after it
--- crls
crl.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    AuthCert::Races::hold('read', 12, later => 1);
    make_crl('crl.pem', 'number=2', 'revoke=alice');

    my $loader = AuthCert::Faults::held();
    Test::More::ok($loader, 'a worker reads');

    make_crl('crl.pem', 'number=3', 'revoke=mallory');

    # the master reads the newest one
    reload_nginx();
    Test::More::is(AuthCert::Races::logged($main::in_force), 1,
                   'the newest one is in force');

    AuthCert::Faults::let_go();
    Test::More::ok(AuthCert::Races::gone($loader), 'the worker ends');

    Test::More::is(AuthCert::Races::logged($main::in_force), 1,
                   'the older one was not');
    Test::More::is(main::status('mallory'), 400, 'nor is it now');
}
--- response_body
passed
--- no_error_log
exited on signal


=== TEST 3: who is killed while it reads is followed by another one
--- crls
crl.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    AuthCert::Races::hold('read', 12, later => 1);
    make_crl('crl.pem', 'number=2', 'revoke=alice');

    kill 'KILL', AuthCert::Faults::held();
    wait_log($main::in_force);
    AuthCert::Faults::let_go();
}
--- error_code: 400
--- no_error_log
[emerg]


=== TEST 4: what a worker uses is not freed under it
--- crls
crl.pem fill=20000
--- http_config
    auth_cert_zone 2m;
    auth_cert_verify_cache off;

    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $held = main::held();

    for my $n (2 .. 4) {
        make_crl('crl.pem', "number=$n", 'fill=20000', 'revoke=mallory');
        wait_log($main::in_force, $n - 1);
    }

    Test::More::is(main::status('mallory'), 400, 'the others have the new one');

    AuthCert::Faults::let_go();
    Test::More::like(AuthCert::Races::answer($held), qr/^passed$/m,
                     'the first one had what it had');

    # all that it held is free again
    for my $n (5 .. 12) {
        make_crl('crl.pem', "number=$n", 'fill=20000', 'revoke=mallory');
        wait_log($main::in_force, $n - 1);
    }
}
--- response_body
passed
--- no_error_log
exited on signal
[emerg]
is too small


=== TEST 5: what a worker of an older configuration used when it was killed is freed
--- crls
crl.pem fill=20000
--- http_config
    auth_cert_zone 2m;
    auth_cert_verify_cache off;

    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $held = main::held();

    # no other worker has its place then
    AuthCert::Races::hup();
    kill 'KILL', $held->{pid};
    AuthCert::Races::gone($held->{pid});
    AuthCert::Faults::let_go();
    AuthCert::Races::answer($held);

    for my $n (2 .. 9) {
        make_crl('crl.pem', "number=$n", 'fill=20000', 'revoke=mallory');
        wait_log($main::in_force, $n - 1);
    }
}
--- response_body
passed
--- no_error_log
[emerg]
is too small


=== TEST 6: nor is it freed when nginx reloads without it
--- crls
crl.pem fill=20000
other.pem fill=20000 revoke=mallory
--- user_files eval
">>> set.conf\ncrl " . AuthCert::Config::absolute('crl.pem') . ";\n"
--- http_config
    auth_cert_zone 2m;
    auth_cert_verify_cache off;

    auth_cert_trust partners {
        ca      $TEST_NGINX_PKI/partners.crt;
        include $TEST_NGINX_SERVER_ROOT/html/set.conf;
    }
--- config
    auth_cert_verify partners;
    auth_cert_handshake strict;

    location /t { echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $held = main::held();

    my $other = AuthCert::Config::absolute('other.pem');

    write_file('set.conf', "crl $other;\n");
    AuthCert::Races::hup() for 1 .. 3;

    AuthCert::Faults::let_go();
    # else the handshake would have failed; for the request there is none
    Test::More::like(AuthCert::Races::answer($held), qr/^HTTP\/1\.1 400 /,
                     'the first one had what it had');
    Test::More::ok(AuthCert::Races::gone($held->{pid}), 'the worker ends');
    Test::More::is(main::status('mallory'), 0, 'the others have the new one');
}
--- response_body
passed
--- error_log
client certificate refused: certificate not verified: unable to get certificate CRL
--- no_error_log
exited on signal
[emerg]
