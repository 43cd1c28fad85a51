# Handshakes that are made twice, and what runs in the middle of them.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
        deny  all;
    }
EOC

run_tests();

__DATA__

=== TEST 1: a session that the second ClientHello does not offer any more
--- config
    ssl_ecdh_curve secp384r1;

    location /t {
        auth_cert_verify partners optional;
        auth_cert off;
        echo "$auth_cert_verify $auth_cert_subject_cn";
    }
--- client_cert: alice none mallory
--- tls_version: TLSv1.3
--- tls_groups: P-384 P-256:P-384 P-256:P-384
--- tls_resume
--- tls_forget
--- tls_reused: no no no
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
["SUCCESS alice\n", "NONE \n", "SUCCESS mallory\n"]


=== TEST 2: a session is resumed by the second ClientHello
--- config
    ssl_ecdh_curve secp384r1;

    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$auth_cert_verify $auth_cert_subject_cn";
    }
--- client_cert: alice
--- tls_version: TLSv1.3
--- tls_groups: P-384 P-256:P-384
--- tls_resume
--- tls_reused: no yes
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["SUCCESS alice\n", "SUCCESS alice\n"]


=== TEST 3: the certificate of the server is chosen before the client sends its own
--- http_config
    map $auth_cert_verify$auth_cert_subject_cn $file {
        NONE     server;
        default  none;
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate $TEST_NGINX_PKI/$file.crt;
    ssl_certificate_key $TEST_NGINX_PKI/$file.key;

    location /t {
        auth_cert_verify partners optional;
        auth_cert off;
        echo "$auth_cert_verify $auth_cert_subject_cn";
    }
--- client_cert: alice none mallory alice
--- tls_version: TLSv1.3 TLSv1.3 TLSv1.2 TLSv1.2
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- response_body eval
["SUCCESS alice\n", "NONE \n", "SUCCESS mallory\n", "SUCCESS alice\n"]
