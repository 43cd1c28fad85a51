# Memory that runs out while variables are made for "set", before the access
# phase: none is left empty, and who is refused stays refused.

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

http_config_for_all(<<'_EOC_');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_map $group san.email {
        ~^(\w+)@  $1;
        default   nobody;
    }

    auth_cert_policy staff {
        deny   subject.CN=mallory;
        allow  san.email~^(\w+)@acme\.example$  role=$1;
    }
_EOC_

run_tests();

__DATA__

=== TEST 1: a variable that is asked for before the access phase
--- config
    auth_cert_verify  partners;

    location /early/ {
        auth_cert  staff;

        location /early/role     { set $copy $auth_cert_role; echo "[$copy]"; }
        location /early/decision { set $copy $auth_cert_decision; echo "[$copy]"; }
        location /early/rule     { set $copy $auth_cert_rule; echo "[$copy]"; }
        location /early/reason   { set $copy $auth_cert_reason; echo "[$copy]"; }
        location /early/chain    { set $copy $auth_cert_chain_rfc9440; echo "[$copy]"; }
        location /early/trust    { set $copy $auth_cert_trust; echo "[$copy]"; }
        location /early/ca       { set $copy $auth_cert_ca; echo "[$copy]"; }
        location /early/days     { set $copy $auth_cert_days_left; echo "[$copy]"; }
        location /early/xfcc     { set $copy $auth_cert_xfcc; echo "[$copy]"; }
        location /early/failures { set $copy $auth_cert_reload_failures; echo "[$copy]"; }
    }

    # what failed first keeps the second from being made
    location /two {
        auth_cert  staff;

        location /two/variables {
            set $copy $auth_cert_subject_cn;
            set $other $auth_cert_role;
            echo "[$copy, $other]";
        }

        location /two/maps {
            set $copy $auth_cert_role;
            set $other $group;
            echo "[$copy, $other]";
        }
    }

    location /off/ {
        auth_cert  off;

        location /off/verify { set $copy $auth_cert_verify; echo "[$copy]"; }
        location /off/role   { set $copy $auth_cert_role; echo "[$copy]"; }
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /early/role
--- before_request eval
sub {
    my $end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    # the decision is made anew in the access phase when memory ran out
    my %right = (role => 'alice', decision => '(?:allow|deny)', rule => 'staff:2',
                 reason => '(?:rule 2 of policy staff|internal error.*)', trust => 'partners',
                 ca => '[0-9a-f]{64}', days => '\d+', xfcc => 'Hash=.*',
                 failures => '0', chain => '');

    for my $path (sort keys %right) {
        my $request = "GET /early/$path$end";

        fail_each('pool', 1, 'alice', $request, qr/^\[$right{$path}\]$/m);
        fail_each('pool', 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
    }

    for my $path ('variables', 'maps') {
        fail_each('pool', 1, 'alice', "GET /two/$path$end",
                  qr/^\[alice, alice\]$/m);
    }

    fail_each('pool', 1, 'expired', "GET /off/verify$end",
              qr/^\[FAILED:certificate has expired\]$/m);
    fail_each('pool', 1, 'expired', "GET /off/role$end", qr/^\[\]$/m);
}
--- error_code: 403


=== TEST 2: where what the policy decides depends on the request
--- http_config
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy dynamic {
        deny   subject.CN=mallory;
        deny   $arg_no=1;
        allow  san.email~^(\w+)@acme\.example$  role=$1;
    }
--- config
    auth_cert_verify  partners;

    location /early/ {
        auth_cert  dynamic;

        location /early/role     { set $copy $auth_cert_role; echo "[$copy]"; }
        location /early/decision { set $copy $auth_cert_decision; echo "[$copy]"; }
        location /early/rule     { set $copy $auth_cert_rule; echo "[$copy]"; }
        location /early/reason   { set $copy $auth_cert_reason; echo "[$copy]"; }
        location /early/map      { set $copy $group; echo "[$copy]"; }
    }

    location /off/ {
        auth_cert  off;

        location /off/whoami { auth_cert_whoami; }

        # the handshake did not look at the first one
        location /off/map {
            auth_cert_verify  ops partners;
            set $copy $group;
            echo "[$copy]";
        }
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /early/role
--- before_request eval
sub {
    my $end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    my %right = (role => 'alice', decision => '(?:allow|deny)',
                 rule => 'dynamic:3',
                 reason => '(?:rule 3 of policy dynamic|internal error.*)',
                 map => 'alice');

    for my $kind (qw(pool call)) {
        for my $path (sort keys %right) {
            my $request = "GET /early/$path$end";

            fail_each($kind, 1, 'alice', $request, qr/^\[$right{$path}\]$/m);
            fail_each($kind, 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
        }

        fail_each($kind, 1, 'alice', "GET /off/map$end", qr/^\[alice\]$/m);
    }

    fail_each('pool', 1, 'expired', "GET /off/whoami$end",
              qr/"status": "FAILED".*"subject": "CN=alice"/);
}
--- error_code: 403


=== TEST 3: a server with ssl_verify_client only, whose CAs did not vouch
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl default_server;
        include $TEST_NGINX_PKI/server.conf;

        ssl_verify_client       optional;
        ssl_client_certificate  $TEST_NGINX_PKI/ops.crt;
    }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;

        ssl_verify_client       optional;
        ssl_client_certificate  $TEST_NGINX_PKI/partners.crt;

        location /t { echo passed; }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;

    ssl_verify_client       on;
    ssl_client_certificate  $TEST_NGINX_PKI/partners.crt;

    location /t { echo passed; }
--- no_error_log
exited on signal
--- client_cert: ops-carol
--- sni: none
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "\r\n";

    my $may = $request =~ s/localhost/b.example/r;

    for my $kind (qw(pool call)) {
        fail_each($kind, 1, 'ops-carol', $_, qr/^HTTP\/1\.1 400 /, sni => undef)
            for $request, $may;

        fail_each($kind, 1, 'none', $may, qr/^passed$/m, sni => undef);
    }
}
--- error_code: 400
