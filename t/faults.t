# Memory that runs out at any point of a handshake and a request: what a
# correct run would have refused is never let through, nothing is told of
# another client, the worker goes on.

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
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy staff {
        deny   subject.CN=mallory;
        allow  san.email~^(\w+)@acme\.example$  san.dns=*.partners.example
               role=$1;
    }
_EOC_

run_tests();

__DATA__

=== TEST 1: an allocation of the module that fails allows nothing
--- http_config
    map $http_client_cert $shown { ~^:M "a certificate"; default none; }
--- config
    location /t {
        auth_cert_verify  partners;
        auth_cert  staff;
        auth_cert_forward  rfc9440 xfcc;
        auth_cert_header  X-Client-Role $auth_cert_role;
        auth_cert_header  X-Client $auth_cert_san_email;
        echo "$shown, $http_x_client_role, $http_x_client";
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "X-Client-Role: admin\r\nClient-Cert: :QQ==:\r\n\r\n";

    fail_each('pool', 1, 'alice', $request,
              qr/^a certificate, alice, alice\@acme\.example$/m);
    fail_each('pool', 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
    fail_each('pool', 1, 'expired', $request, qr/^HTTP\/1\.1 400 /);
}
--- error_code: 403


=== TEST 2: nor does any other one, in the handshake or later
--- config
    location /t {
        auth_cert_verify  partners;
        auth_cert  staff;
        auth_cert_header  X-Client-Role $auth_cert_role;
        echo "$http_x_client_role";
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "X-Client-Role: admin\r\n\r\n";

    fail_each('malloc', 11, 'alice', $request, qr/^alice$/m);
    fail_each('malloc', 13, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
}
--- error_code: 403
