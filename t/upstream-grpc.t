# What grpc_pass sends, to a real gRPC server.

use lib 't/lib';
use AuthCert;

upstream('grpc');

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy staff { allow subject.CN=alice role=accountant; }
    auth_cert_verify partners optional;
EOC

# a message, before it its length
sub message {
    my $text = shift;
    return "\0" . pack('N', length $text) . $text;
}

# a call without arguments
sub call { "POST $_[0]\n" . message('') }

sub lines {
    return join "\n", 'Content-Type: application/grpc', 'TE: trailers', @_;
}

run_tests();

__DATA__

=== TEST 1: the headers arrive once
--- config
    location /test {
        auth_cert staff;
        auth_cert_forward rfc9440 xfcc;
        auth_cert_header X-Client-Role $auth_cert_role;
        grpc_pass grpc://$TEST_NGINX_GRPC;
    }
--- client_cert: alice
--- http_version: 2
--- more_headers eval
main::lines('other: kept', 'client-cert: forged', 'x-client-role: admin',
            'x-forwarded-client-cert: forged')
--- request eval
main::call('/test/Call')
--- response_headers
grpc-status: 0
--- response_body eval
message("other: kept\nclient-cert: :" . der_base64('alice') . ":\n"
        . "x-forwarded-client-cert: Hash=" . fingerprint('alice')
        . ';Subject="CN=alice,OU=Platform,OU=Billing,O=Acme\, Inc."'
        . ";URI=spiffe://prod.example/ns/billing/sa/web"
        . ";DNS=alice.partners.example\nx-client-role: accountant\n")


=== TEST 2: what a client forges does not, with and without a certificate
--- config
    underscores_in_headers on;
    ignore_invalid_headers off;

    location /test {
        auth_cert_forward rfc9440;
        auth_cert_header X-Client-Role $auth_cert_role;
        grpc_pass grpc://$TEST_NGINX_GRPC;
    }

    location /none {
        auth_cert_verify off;
        grpc_pass grpc://$TEST_NGINX_GRPC;
    }
--- client_cert: none none alice
--- http_version: 2
--- more_headers eval
main::lines('other: kept', map { ("client${_}cert: forged",
            "client${_}cert${_}chain: forged", "x${_}client-role: admin",
            "x${_}client${_}role: admin") } qw(- _ .))
--- request eval
[map { main::call($_) } '/test/Call', '/none/Call', '/none/Call']
--- response_body eval
[(message("other: kept\n")) x 3]


=== TEST 3: HTTP/1.1 to the client makes no difference
--- config
    location /test {
        auth_cert_forward rfc9440;
        grpc_pass grpc://$TEST_NGINX_GRPC;
    }
--- client_cert: alice
--- http_version: 1.1
--- more_headers eval
main::lines('Other: kept', 'Client-Cert: forged')
--- request eval
main::call('/test/Call')
--- response_body eval
message("other: kept\nclient-cert: :" . der_base64('alice') . ":\n")


=== TEST 4: the calls of a connection have nothing of each other
--- http_config
    upstream kept {
        server $TEST_NGINX_GRPC;
        keepalive 1;
    }
--- config
    location /test {
        auth_cert_header X-Query $arg_q;
        grpc_pass grpc://kept;
    }
--- client_cert: alice none alice
--- http_version: 2
--- more_headers eval
[main::lines('x-query: forged'), main::lines('x-query: forged'),
 main::lines('other: kept')]
--- request eval
[map { main::call($_) } '/test/Call?q=1', '/test/Call', '/test/Call?q=3']
--- response_body eval
[message("x-query: 1\n"), message("nothing\n"),
 message("other: kept\nx-query: 3\n")]


=== TEST 5: grpc_set_header of the same name takes precedence
--- config
    location /test {
        auth_cert_header X-Client-Role reader;
        auth_cert_header X-Gate front;
        grpc_set_header X-Client-Role writer;
        grpc_pass grpc://$TEST_NGINX_GRPC;
    }
--- client_cert: alice
--- http_version: 2
--- more_headers eval
main::lines('x-client-role: admin')
--- request eval
main::call('/test/Call')
--- response_body eval
message("x-client-role: writer\nx-gate: front\n")


=== TEST 6: control characters do not break the call
--- config
    location ~ /test {
        auth_cert_header X-Path $uri;
        grpc_pass grpc://$TEST_NGINX_GRPC;
    }
--- client_cert: alice
--- http_version: 2
--- more_headers eval
main::lines()
--- request eval
main::call('/test/Call%0d%0aX-Client-Role:%20admin%7f')
--- response_body eval
message("x-path: /test/Call%0D%0AX-Client-Role: admin%7F\n")


=== TEST 7: a client who is refused reaches no server
--- config
    location /test {
        auth_cert staff;
        grpc_pass grpc://$TEST_NGINX_GRPC;
    }
--- client_cert: bob
--- http_version: 2
--- more_headers eval
main::lines('x-client-role: admin')
--- request eval
main::call('/test/Call')
--- error_code: 403
