# ssl_ocsp beside the module: a client whose status is not good is no client
# that was verified, whatever set a location names.

use lib 't/lib';
use AuthCert;

upstream('http');
ocsp_responder('partners', alice => 'good', service => 'good',
               mallory => 'revoked');

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy everybody { allow verified role=client; }
    auth_cert_policy guests { allow verified; allow anonymous role=guest; }

    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_ocsp leaf;
    ssl_ocsp_responder $TEST_NGINX_OCSP;
EOC

run_tests();

__DATA__

=== TEST 1: good is let in; revoked, unknown to the responder, and none are not
--- config
    ssl_verify_client on;

    location = /t {
        auth_cert everybody;
        echo "$auth_cert_subject_cn $auth_cert_role $ssl_client_verify";
    }
--- client_cert: alice mallory bob none
--- request eval
[("GET /t") x 4]
--- error_code eval
[200, 400, 400, 400]
--- response_body_like eval
["^alice client SUCCESS\n", "SSL certificate error",
 "SSL certificate error", "No required SSL certificate"]


=== TEST 2: nobody is let in while the responder is dead
--- config
    ssl_verify_client on;
    ssl_ocsp_responder http://127.0.0.1:$TEST_NGINX_RAND_PORT_5/;

    location = /t {
        auth_cert everybody;
        echo passed;
    }
--- client_cert: alice mallory
--- request eval
[("GET /t") x 2]
--- error_code eval
[400, 400]


=== TEST 3: a resumed session is asked about again
--- config
    ssl_verify_client on;

    location = /t {
        auth_cert everybody;
        echo "$auth_cert_subject_cn $ssl_client_verify";
    }
--- client_cert: alice
--- tls_resume
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
[("alice SUCCESS\n") x 3]


=== TEST 4: a resumed session of a revoked client is refused like the first one
--- config
    ssl_verify_client optional;
    error_page 495 =495 /refused;

    location = /t {
        auth_cert guests;
        echo passed;
    }

    location = /refused {
        auth_cert off;
        echo $ssl_client_verify;
    }
--- client_cert: mallory
--- tls_resume
--- request eval
[("GET /t") x 3]
--- error_code eval
[495, 495, 495]
--- response_body eval
[("FAILED:certificate revoked\n") x 3]


=== TEST 5: where error_page leads to, a revoked client has no identity
--- config
    ssl_verify_client on;
    error_page 495 =200 /refused;

    location = /t {
        auth_cert everybody;
        echo passed;
    }

    location = /refused {
        auth_cert off;
        echo "[$auth_cert_verify][$auth_cert_subject_cn][$ssl_client_verify]";
    }
--- client_cert: mallory bob alice
--- request eval
["GET /t", "GET /t", "GET /refused"]
--- response_body eval
["[FAILED:certificate revoked][][FAILED:certificate revoked]\n",
 "[FAILED:OCSP verification failed][][FAILED:certificate status unknown]\n",
 "[SUCCESS][alice][SUCCESS]\n"]


=== TEST 6: a policy does not let a revoked client in behind error_page
--- config
    ssl_verify_client on;
    error_page 495 = @native;

    location = /t {
        auth_cert everybody;
        echo passed;
    }

    location = /named {
        error_page 495 = @named;
        auth_cert everybody;
        echo passed;
    }

    location @native {
        auth_cert everybody;
        auth_cert_forward rfc9440;
        auth_cert_header X-Client $auth_cert_subject_cn;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location @named {
        auth_cert_verify partners optional;
        auth_cert guests;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: mallory mallory bob alice
--- request eval
["GET /t", "GET /named", "GET /named", "GET /named"]
--- error_code eval
[400, 400, 400, 200]


=== TEST 7: no identity is forwarded for a revoked client
--- config
    ssl_verify_client on;
    error_page 495 = @login;

    location = /t {
        auth_cert everybody;
        echo passed;
    }

    location @login {
        auth_cert off;
        auth_cert_forward rfc9440 xfcc;
        auth_cert_header X-Client $auth_cert_subject_cn;
        auth_cert_header X-Verify $auth_cert_verify;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: mallory
--- request
GET /t
--- response_body
X-Verify: FAILED:certificate revoked


=== TEST 8: named sets beside ssl_ocsp: a status is needed by each of them
--- config
    ssl_verify_client optional;
    error_page 495 =495 /refused;

    location = /partners {
        auth_cert_verify partners;
        echo "$auth_cert_subject_cn $auth_cert_verify";
    }

    location = /ops {
        auth_cert_verify ops;
        echo "$auth_cert_subject_cn $auth_cert_verify";
    }

    location = /refused {
        auth_cert off;
        auth_cert_verify partners ops;
        echo "$auth_cert_verify";
    }
--- client_cert: alice mallory bob ops-carol
--- request eval
["GET /partners", "GET /partners", "GET /partners", "GET /ops"]
--- error_code eval
[200, 495, 495, 495]
--- response_body eval
["alice SUCCESS\n", "FAILED:certificate revoked\n",
 "FAILED:OCSP verification failed\n", "FAILED:OCSP verification needed\n"]


=== TEST 9: strict: the handshake lets a client in whose status is asked afterwards
--- config
    ssl_verify_client on;
    auth_cert_handshake strict;

    location = /t {
        auth_cert everybody;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice mallory imposter-alice
--- tls_alert: - - decrypt_error
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, 400, "000"]


=== TEST 10: the requests of one connection have one verdict
--- config
    ssl_verify_client on;

    location = /t {
        auth_cert everybody;
        echo $auth_cert_subject_cn;
    }

    location = /named {
        auth_cert_verify partners;
        auth_cert everybody;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice
--- keep_connection
--- request eval
["GET /t", "GET /named", "GET /t", "GET /named"]
--- response_body eval
[("alice\n") x 4]


=== TEST 11: an answer of the responder that is kept says the same
--- http_config
    ssl_ocsp_cache shared:answers:1m;
--- config
    ssl_verify_client on;

    location = /t {
        auth_cert everybody;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice mallory alice mallory
--- request eval
[("GET /t") x 4]
--- error_code eval
[200, 400, 200, 400]


=== TEST 12: another server of the connection that asks for no status goes by its own CAs
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        ssl_ocsp off;

        location = /t {
            auth_cert_verify partners;
            echo "$server_name $auth_cert_subject_cn";
        }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl default_server;
    include $TEST_NGINX_PKI/server.conf;
    server_name a.example;
    ssl_verify_client optional;

    location = /t {
        auth_cert_verify partners;
        echo "$server_name $auth_cert_subject_cn";
    }
--- client_cert: alice mallory mallory
--- sni: none
--- more_headers eval
["Host: a.example", "Host: a.example", "Host: b.example"]
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, 400, 200]


=== TEST 13: a server that asks for a status does not take a client of whom none was asked
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl default_server;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        ssl_ocsp off;
        ssl_verify_client on;

        location = /t {
            auth_cert everybody;
            echo "$server_name $auth_cert_subject_cn";
        }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;
    server_name a.example;
    ssl_verify_client on;

    location = /t {
        auth_cert everybody;
        echo "$server_name $auth_cert_subject_cn";
    }
--- client_cert: mallory mallory
--- sni: none
--- more_headers eval
["Host: b.example", "Host: a.example"]
--- request eval
[("GET /t") x 2]
--- error_code eval
[200, 400]


=== TEST 14: nor where no policy is
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl default_server;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        ssl_ocsp off;
        ssl_verify_client on;

        location = /t { echo $server_name; }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;
    server_name a.example;
    ssl_verify_client on;

    location = /t { echo "$server_name $auth_cert_verify"; }
--- client_cert: mallory mallory
--- sni: none
--- more_headers eval
["Host: b.example", "Host: a.example"]
--- request eval
[("GET /t") x 2]
--- error_code eval
[200, 400]
