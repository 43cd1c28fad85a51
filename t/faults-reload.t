# Memory that runs out, and calls that fail, while changed files are read: what
# was in force stays in force, until the new version is.

BEGIN {
    # it has an allocator of its own
    if ($ENV{TEST_NGINX_USE_VALGRIND}) {
        print "1..0 # SKIP the allocator is replaced\n";
        exit;
    }
}

use AuthCert;
faults();

http_config_for_all(<<'_EOC_');
    auth_cert_reload 100ms;
_EOC_

our $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

# a thread of ASan begins with memory of its own, and ends the process without
our $sanitized = $ENV{ASAN_OPTIONS};

run_tests();

__DATA__

=== TEST 1: a CRL
--- crls
crl.pem revoke=mallory
0.pem revoke=mallory
1.pem revoke=alice
--- http_config
    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify revoking; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $html = Test::Nginx::Util::html_dir();
    my $change = sub { copy_file("$html/$_[0].pem", 'crl.pem') };

    fail_each_reload(@$_, $change, [ 'alice', 'mallory' ], $main::request)
        for [ 'pool', 1 ], [ 'call', 1 ], $main::sanitized ? () : [ 'malloc', 61 ];
}


=== TEST 2: a CA, which each worker takes over
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- http_config
    auth_cert_trust changing { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
--- config
    location /t { auth_cert_verify changing; echo passed; }
--- error_log eval
qr/auth_cert: the state of "\S+ca\.pem" cannot be read; the last good version of "\S+ca\.pem" stays in force/
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $change = sub { copy_file($_[0] ? 'ops.crt' : 'partners.crt', 'ca.pem') };

    fail_each_reload(@$_, $change, [ 'alice', 'ops-carol' ], $main::request,
                     [ 'Acme CA', 'Ops CA' ])
        for [ 'pool', 1 ], [ 'call', 1 ], $main::sanitized ? () : [ 'malloc', 97 ];
}


=== TEST 3: a list
--- user_files
>>> names.list
alice
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy listed {
        allow subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
    }
--- config
    location /t { auth_cert_verify partners; auth_cert listed; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $change = sub { write_file('names.list', $_[0] ? "bob\n" : "alice\n") };

    fail_each_reload(@$_, $change, [ 'alice', 'bob' ], $main::request)
        for [ 'pool', 1 ], [ 'call', 1 ], $main::sanitized ? () : [ 'malloc', 1 ];
}


=== TEST 4: a CRL in DER, more of it than is held at a time
--- crls
crl.pem revoke=mallory form=der fill=3000
0.pem revoke=mallory form=der fill=3000
1.pem revoke=alice form=der fill=3000
--- http_config
    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify revoking; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $html = Test::Nginx::Util::html_dir();
    my $change = sub { copy_file("$html/$_[0].pem", 'crl.pem') };

    fail_each_reload('call', 1, $change, [ 'alice', 'mallory' ],
                     $main::request);
}


=== TEST 5: a CA that was taken over without memory is one all the same
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- http_config
    auth_cert_verify_cache off;
    auth_cert_trust changing { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
--- config
    location /t { auth_cert_verify changing; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $file = Test::Nginx::Util::html_dir() . '/ca.pem';
    my ($n, @refused) = (1);

    while (1) {
        my $log = AuthCert::Faults::error_log_size();

        utime $n, $n, $file or die "$file: $!\n";
        AuthCert::Faults::outcome($log, 'is') or die "it is not in force\n";

        AuthCert::Faults::arm('fails', 'malloc', $n);
        AuthCert::Faults::request('alice', $main::request);

        last if !defined AuthCert::Faults::disarm();

        my ($response) = AuthCert::Faults::request('alice', $main::request);
        push @refused, $n if $response !~ /^passed$/m;

        $n += 61;
    }

    cmp_ok($n, '>', 1000, 'there are some');
    is("@refused", '', 'the next client is let in');
}
