# The module is loaded, and the four verdicts are the right ones.

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

=== TEST 1: a certificate that the policy allows
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$auth_cert_subject_cn is $auth_cert_role";
    }
--- client_cert: alice
--- request
GET /t
--- response_body
alice is accountant


=== TEST 2: a verified certificate that the policy does not allow
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }
--- client_cert: mallory
--- request
GET /t
--- error_code: 403


=== TEST 3: no certificate is 496, one of an unknown CA is 495
--- config
    error_page 495 =495 /refused;
    error_page 496 =496 /refused;

    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }

    location = /refused {
        internal;
        echo $status;
    }
--- client_cert: none imposter-alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[496, 495]
--- response_body eval
["496\n", "495\n"]


=== TEST 4: the same verdicts over HTTP/2
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo $server_protocol;
    }
--- client_cert: alice mallory none
--- http_version: 2
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 403, 400]


=== TEST 5: a resumed session has the verdict of its full handshake
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice
--- tls_resume
--- tls_reused: no yes
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["alice\n", "alice\n"]


=== TEST 6: what the client sends under a name of the module never passes
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_set_header Host backend;
        proxy_pass http://backend;
    }
--- client_cert: alice
--- more_headers
X-Client-Role: admin
x_client_role: admin
--- request
GET /t
--- response_body_like: X-Client-Role: accountant
--- response_body_unlike: admin


=== TEST 7: a location without the module asks for nothing
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }

    location /public {
        echo welcome;
    }
--- client_cert: none
--- request
GET /public
--- response_body
welcome
