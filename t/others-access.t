# Beside realip, auth_request, limit_req and limit_conn.

use lib 't/lib';
use AuthCert;

upstream('http');

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy staff { allow subject.CN=alice; allow subject.CN=bob; }
    auth_cert_verify partners;
EOC

run_tests();

__DATA__

=== TEST 1: realip: rules and variables go by the address of the client
--- http_config
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Forwarded-For;

    auth_cert_policy own_address { allow san.ip=$remote_addr; }
--- config
    location = /t {
        auth_cert own_address;
        echo "$auth_cert_subject_cn $remote_addr";
    }
--- client_cert: alice alice bob alice
--- more_headers eval
["X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 2001:db8::1",
 "X-Forwarded-For: 192.0.2.1", ""]
--- request eval
[("GET /t") x 4]
--- error_code eval
[200, 200, 403, 403]
--- response_body_like eval
["^alice 192.0.2.1\n", "^alice 2001:db8::1\n", "403", "403"]


=== TEST 2: realip: the header of somebody who is not trusted changes nothing
--- http_config
    set_real_ip_from 192.0.2.99;
    real_ip_header X-Forwarded-For;

    auth_cert_policy own_address { allow san.ip=$remote_addr; }
--- config
    location = /t {
        auth_cert own_address;
        echo $remote_addr;
    }
--- client_cert: alice
--- more_headers
X-Forwarded-For: 192.0.2.1
--- request
GET /t
--- error_code: 403


=== TEST 3: realip of the location counts there, and in the line of a refusal
--- config
    location = /t {
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Real-IP;
        auth_cert staff;
        echo passed;
    }
--- client_cert: mallory
--- more_headers
X-Real-IP: 192.0.2.7
--- request
GET /t
--- error_code: 403
--- error_log eval
qr/client certificate refused: no rule of policy staff matched, .* client: 192\.0\.2\.7, /


=== TEST 4: realip: no address makes up for a certificate
--- http_config
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Forwarded-For;
--- config
    allow 192.0.2.1;
    deny all;

    location = /all { auth_cert staff; echo passed; }
    location = /any { satisfy any; auth_cert staff; echo passed; }
--- client_cert: alice mallory none imposter-alice alice mallory none
--- more_headers eval
[("X-Forwarded-For: 192.0.2.1") x 4, ("X-Forwarded-For: 192.0.2.2") x 3]
--- request eval
[("GET /all") x 5, ("GET /any") x 2]
--- error_code eval
[200, 403, 400, 400, 403, 403, 403]


=== TEST 5: auth_request asks about the verified client, not the one that is named
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        auth_cert_verify off;
        location = /alice { add_header X-Answer yes; return 204; }
        location / { return 403; }
    }
--- config
    location = /t {
        auth_cert staff;
        auth_request /ask;
        auth_request_set $answer $upstream_http_x_answer;
        auth_cert_header X-Client $auth_cert_subject_cn;
        auth_cert_header X-Answer $answer;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location = /ask {
        internal;
        auth_cert off;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/$auth_cert_subject_cn;
    }
--- client_cert: alice bob mallory none
--- more_headers
X-Client: alice
X-Answer: yes
--- request eval
[("GET /t") x 4]
--- error_code eval
[200, 403, 403, 400]
--- response_body_like eval
["^X-Client: alice\nX-Answer: yes\n\$", "403", "403", "400"]


=== TEST 6: auth_request does not make up for a certificate, unless any will do
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        auth_cert_verify off;
        location / { return 204; }
    }
--- config
    location = /all {
        satisfy all;
        auth_cert staff;
        auth_request /ask;
        echo passed;
    }

    location = /any {
        satisfy any;
        auth_cert staff;
        auth_request /ask;
        echo passed;
    }

    location = /ask {
        internal;
        auth_cert off;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- client_cert: alice mallory none imposter-alice alice mallory none
--- request eval
[("GET /all") x 4, ("GET /any") x 3]
--- error_code eval
[200, 403, 400, 400, 200, 200, 200]


=== TEST 7: limit_req counts by certificate, and nobody else can use up its share
--- http_config
    limit_req_zone $auth_cert_fingerprint zone=clients:1m rate=1r/m;
    limit_req_status 429;
--- config
    location = /t {
        auth_cert staff;
        limit_req zone=clients;
        echo $auth_cert_subject_cn;
    }
--- client_cert: imposter-alice expired none alice alice bob imposter-alice
--- request eval
[("GET /t") x 7]
--- error_code eval
[400, 400, 400, 200, 429, 200, 400]


=== TEST 8: limit_req by name: the name of an imposter is none
--- http_config
    limit_req_zone $auth_cert_subject zone=clients:1m rate=1r/m;
    limit_req_status 429;
--- config
    location = /t {
        auth_cert staff;
        limit_req zone=clients;
        echo $auth_cert_subject_cn;
    }

    location = /off {
        auth_cert_verify off;
        limit_req zone=clients;
        echo passed;
    }
--- client_cert: imposter-alice alice alice alice alice
--- request eval
["GET /t", "GET /off", "GET /off", "GET /t", "GET /t"]
--- error_code eval
[400, 200, 200, 200, 429]


=== TEST 9: who is denied is limited, too, and learns no more by it
--- http_config
    limit_req_zone $auth_cert_fingerprint zone=clients:1m rate=1r/m;
    limit_req_status 429;
--- config
    location = /t {
        auth_cert staff;
        limit_req zone=clients;
        echo $auth_cert_subject_cn;
    }
--- client_cert: mallory mallory alice
--- request eval
[("GET /t") x 3]
--- error_code eval
[403, 429, 200]


=== TEST 10: a resumed session is the same client to limit_req
--- http_config
    limit_req_zone $auth_cert_fingerprint zone=clients:1m rate=1r/m;
    limit_req_status 429;
--- config
    location = /t {
        auth_cert staff;
        limit_req zone=clients;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice
--- tls_resume
--- tls_reused: no yes
--- request eval
[("GET /t") x 2]
--- error_code eval
[200, 429]


=== TEST 11: limit_conn by certificate: alice is at her limit, bob is not
--- http_config
    limit_conn_zone $auth_cert_fingerprint zone=open:1m;
    limit_conn_status 429;
--- config
    location = /t {
        auth_cert staff;
        limit_conn open 1;
        proxy_pass https://127.0.0.1:$TEST_NGINX_RAND_PORT_1/inner;
        proxy_ssl_certificate $TEST_NGINX_PKI/$arg_as.crt;
        proxy_ssl_certificate_key $TEST_NGINX_PKI/$arg_as.key;
        proxy_ssl_session_reuse off;
    }

    location = /inner {
        auth_cert staff;
        limit_conn open 1;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice
--- request eval
["GET /t?as=alice", "GET /t?as=bob"]
--- error_code eval
[429, 200]
