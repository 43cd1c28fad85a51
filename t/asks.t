# Who is asked for a certificate in the handshake, and under which CA names:
# exactly the servers that can use one ask, without any ssl_verify_client.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_trust legacy { ca $TEST_NGINX_PKI/legacy.crt; }

    auth_cert_policy staff { allow subject.CN=alice; }
    auth_cert_policy guests { allow anonymous; }
EOC

run_tests();

__DATA__

=== TEST 1: one location that names a set makes its server ask
--- config
    location /public {
        echo welcome;
    }

    location /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: none
--- tls_asked: yes
--- tls_ca_names
Acme CA
--- request
GET /public
--- response_body
welcome


=== TEST 2: a server with public locations only does not
--- config
    location /public {
        echo welcome;
    }
--- client_cert: alice
--- tls_asked: no
--- request
GET /public
--- response_body
welcome


=== TEST 3: also in TLS 1.2
--- http_config eval
'    server {' . tls_server(2) . '
        location / { auth_cert_verify ops; echo passed; }
    }
    server {' . tls_server(1) . '
        location / { echo welcome; }
    }'
--- config
--- client_cert: none
--- tls_version: TLSv1.2 TLSv1.3 TLSv1.2 TLSv1.3
--- tls_port: 1 1 2 2
--- tls_asked: no no yes yes
--- request eval
["GET /", "GET /", "GET /", "GET /"]
--- error_code eval
[200, 200, 400, 400]


=== TEST 4: the names are the union of all sets of the server, each once
--- http_config
    auth_cert_trust both { ca $TEST_NGINX_PKI/partners+ops.crt; }
    auth_cert_trust imposters { ca $TEST_NGINX_PKI/imposter.crt; }
--- config
    location /a {
        auth_cert_verify both;
        echo passed;
    }

    location /b {
        auth_cert_verify imposters legacy;
        echo passed;

        location /b/c {
            auth_cert_verify partners;
            echo passed;
        }
    }
--- client_cert: alice
--- tls_version: TLSv1.2 TLSv1.3
--- tls_asked: yes
--- tls_ca_names
Acme CA
Ops CA
Acme Legacy CA
--- request eval
["GET /a", "GET /b/c"]
--- error_code eval
[200, 200]


=== TEST 5: sets that no location names are not advertised
--- config
    location /a {
        auth_cert_verify ops;
        echo passed;
    }
--- client_cert: ops-carol
--- tls_ca_names
Ops CA
--- request
GET /a
--- response_body
passed


=== TEST 6: by SNI each server asks for its own
--- http_config eval
'    server {' . tls_server(1) . '
        server_name a.example;
        location / { auth_cert_verify partners; echo a; }
    }
    server {' . tls_server(1) . '
        server_name b.example;
        location / { auth_cert_verify ops; echo b; }
    }
    server {' . tls_server(1) . '
        server_name c.test.example;
        location / { echo c; }
    }'
--- config
--- client_cert: none
--- sni: a.example
--- tls_asked: yes
--- tls_ca_names
Acme CA
--- more_headers
Host: a.example
--- request
GET /
--- error_code: 400


=== TEST 7: the second of them
--- http_config eval
'    server {' . tls_server(1) . '
        server_name a.example;
        location / { auth_cert_verify partners; echo a; }
    }
    server {' . tls_server(1) . '
        server_name b.example;
        location / { auth_cert_verify ops; echo b; }
    }'
--- config
--- client_cert: ops-carol
--- sni: b.example
--- tls_asked: yes
--- tls_ca_names
Ops CA
--- more_headers
Host: b.example
--- request
GET /
--- response_body
b


=== TEST 8: one that needs none does not ask, though its neighbours do
--- http_config eval
'    server {' . tls_server(1) . '
        server_name a.example;
        location / { auth_cert_verify partners; echo a; }
    }
    server {' . tls_server(1) . '
        server_name b.example;
        location / { echo b; }
    }'
--- config
--- client_cert: alice
--- sni: b.example a.example b.example
--- tls_version: TLSv1.2 TLSv1.3 TLSv1.3
--- tls_asked: no yes no
--- more_headers eval
["Host: b.example", "Host: a.example", "Host: b.example"]
--- request eval
["GET /", "GET /", "GET /"]
--- response_body eval
["b\n", "a\n", "b\n"]


=== TEST 9: without SNI, or with an unknown name, the default server asks
--- http_config eval
'    server {' . tls_server(1) . '
        server_name a.example;
        location / { auth_cert_verify partners; echo a; }
    }
    server {' . tls_server(1) . '
        server_name b.example;
        location / { echo b; }
    }'
--- config
--- client_cert: alice
--- sni: none unknown.example
--- tls_asked: yes
--- tls_ca_names
Acme CA
--- request eval
["GET /", "GET /"]
--- response_body eval
["a\n", "a\n"]


=== TEST 10: a set that is named for the server, used by none of its locations
--- config
    auth_cert_verify partners;

    location /public {
        auth_cert_verify off;
        echo welcome;
    }
--- client_cert: none
--- tls_asked: yes
--- request
GET /public
--- response_body
welcome


=== TEST 11: a set at the http level counts for each server with TLS
--- http_config
    auth_cert_verify partners;
--- config
    location /t {
        auth_cert staff;
        echo passed;
    }
--- client_cert: alice
--- tls_asked: yes
--- tls_ca_names
Acme CA
--- request
GET /t
--- response_body
passed


=== TEST 12: "auth_cert off" with a set: variables need the certificate, too
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo "$auth_cert_verify $auth_cert_subject_cn";
    }
--- client_cert: none alice
--- tls_asked: yes
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["NONE \n", "SUCCESS alice\n"]


=== TEST 13: a policy alone asks for nothing, and finds nobody
--- config
    location /t {
        auth_cert guests;
        echo anonymous;
    }

    location /off {
        auth_cert_verify off;
        auth_cert guests;
        echo anonymous;
    }
--- client_cert: alice
--- tls_asked: no
--- request eval
["GET /t", "GET /off"]
--- error_code eval
[400, 200]


=== TEST 14: in "if" and "limit_except" sets count as well
--- config
    location /t {
        if ($arg_a) {
            set $unused 1;
        }

        auth_cert_verify ops;

        limit_except GET {
            auth_cert staff;
        }

        echo passed;
    }
--- client_cert: none
--- tls_asked: yes
--- tls_ca_names
Ops CA
--- request
GET /t
--- error_code: 400


=== TEST 15: beside ssl_client_certificate the names add up
--- config
    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/legacy.crt;

    location /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: alice
--- tls_asked: yes
--- tls_ca_names
Acme CA
Acme Legacy CA
--- request
GET /t
--- response_body
passed


=== TEST 16: a server with another set on a port of its own
--- http_config eval
'    server {' . tls_server(2) . '
        location / { auth_cert_verify ops; echo two; }
    }'
--- config eval
tls_server(1) . '
    location /t { auth_cert_verify partners; echo one; }'
--- client_cert: alice ops-carol
--- tls_port: 1 2
--- tls_asked: yes
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["one\n", "two\n"]


=== TEST 17: what a server asks for is not what its neighbour gets
--- http_config eval
'    server {' . tls_server(2) . '
        location / { auth_cert_verify ops; echo two; }
    }'
--- config eval
tls_server(1) . '
    location /t { auth_cert_verify partners; echo one; }'
--- client_cert: none
--- tls_port: 2
--- tls_ca_names
Ops CA
--- request
GET /t
--- error_code: 400


=== TEST 18: the names of intermediates in a set are told as well
--- http_config
    auth_cert_trust filled {
        ca $TEST_NGINX_PKI/partners.crt;
        ca $TEST_NGINX_PKI/intermediate.crt;
    }
--- config
    location /t {
        auth_cert_verify filled;
        echo passed;
    }
--- client_cert: none
--- tls_ca_names
Acme CA
Acme Issuing CA
--- request
GET /t
--- error_code: 400
