# Memory that runs out, and calls that fail, where a worker starts: it does,
# and its first client is served or refused as it has to be.

BEGIN {
    # it has an allocator of its own
    if ($ENV{TEST_NGINX_USE_VALGRIND}) {
        print "1..0 # SKIP the allocator is replaced\n";
        exit;
    }

    # OpenSSL itself loses a few bytes where memory runs out inside of it
    $ENV{ASAN_OPTIONS} .= ',detect_leaks=0' if $ENV{ASAN_OPTIONS};
}

use lib 't/lib';
use AuthCert;

faults();
master_on();
workers(1);

run_tests();

__DATA__

=== TEST 1: whatever fails in a worker's start or first handshake
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy staff { allow subject.CN=alice; }
--- config
    location /t { auth_cert_verify partners; auth_cert staff; echo passed; }
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "\r\n";

    fail_each_worker('call', 1, 'alice', $request, qr/^passed$/m);
    fail_each_worker('call', 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
    fail_each_worker('pool', 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
    fail_each_worker('inner', 19, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
}
--- error_code: 403
--- error_log
a worker could not have a handshake with itself
--- no_error_log
exited on signal 11
exited on signal 6
