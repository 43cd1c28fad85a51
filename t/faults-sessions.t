# Memory that runs out, and calls that fail, while a session is written, looked
# up and read: who is not let in without it is not let in with it.

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
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
_EOC_

our $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
               . "\r\n";

run_tests();

__DATA__

=== TEST 1: one of a set beside ssl_verify_client, which has not had its say
--- http_config
    ssl_client_certificate  $TEST_NGINX_PKI/partners.crt;
--- config
    ssl_verify_client  on;
    ssl_verify_depth  5;

    location /t { auth_cert_verify partners; echo passed; }
    location /ops { auth_cert_verify ops; echo passed; }
--- no_error_log
exited on signal
--- client_cert: deep
--- request
GET /ops
--- before_request eval
sub {
    my $ops = $main::request =~ s/\/t/\/ops/r;

    for my $kind (qw(pool call)) {
        fail_each($kind, 1, 'deep', $main::request, qr/^passed$/m);
        fail_each($kind, 1, 'deep', $main::request, qr/^passed$/m,
                  resume => 1);
        fail_each($kind, 1, 'deep', $ops, qr/^HTTP\/1\.1 400 /, resume => 1);
    }
}
--- error_code: 400


=== TEST 2: one of a chain of which it keeps a part
--- http_config
    auth_cert_verify_cache off;
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- no_error_log
exited on signal
--- client_cert: crowded-imposter
--- request
GET /t
--- before_request eval
sub {
    for my $kind (qw(pool call)) {
        fail_each($kind, 1, 'crowded', $main::request, qr/^passed$/m,
                  resume => 1);
        fail_each($kind, 1, 'crowded-imposter', $main::request,
                  qr/^HTTP\/1\.1 400 /, resume => 1);
    }
    fail_each('call', 1, 'crowded', $main::request, qr/^passed$/m);
}
--- error_code: 400


=== TEST 3: one that keeps which sets did not verify the client
--- config
    location /t { auth_cert_verify partners ops; echo passed; }
    location /partners { auth_cert_verify partners; echo passed; }
--- no_error_log
exited on signal
--- client_cert: ops-alice
--- request
GET /partners
--- before_request eval
sub {
    my $partners = $main::request =~ s/\/t/\/partners/r;

    for my $kind (qw(pool call)) {
        fail_each($kind, 1, 'ops-alice', $main::request, qr/^passed$/m,
                  resume => 1);
        fail_each($kind, 1, 'ops-alice', $partners, qr/^HTTP\/1\.1 400 /,
                  resume => 1);
    }
}
--- error_code: 400


=== TEST 4: one of a cache, at a server that is strict
--- http_config
    ssl_session_cache    shared:sessions:1m;
    ssl_session_tickets  off;
--- config
    auth_cert_verify  partners;
    auth_cert_handshake  strict;

    location /t { echo passed; }
--- no_error_log
exited on signal
--- client_cert: none
--- tls_alert: certificate_required
--- request
GET /t
--- before_request eval
sub {
    fail_each('call', 1, 'alice', $main::request, qr/^passed$/m);
    fail_each('call', 1, 'alice', $main::request, qr/^passed$/m, resume => 1);
    fail_each('call', 1, 'imposter-alice', $main::request, qr/^$/);
}
--- error_code: 000
