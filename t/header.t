# auth_cert_header: one more header for the upstream.

use lib 't/lib';
use AuthCert;

upstream('http');

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
        allow anonymous;
    }

    auth_cert_verify partners optional;
EOC

run_tests();

__DATA__

=== TEST 1: a constant and variables, in the order of the directives
--- config
    location /t {
        auth_cert staff;
        auth_cert_header X-Gate front;
        auth_cert_header X-Client-Role $auth_cert_role;
        auth_cert_header X-Client "$auth_cert_subject_cn of $auth_cert_issuer";
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body
X-Gate: front
X-Client-Role: accountant
X-Client: alice of CN=Acme CA,O=Acme


=== TEST 2: an empty value is not sent
--- config
    location /t {
        auth_cert staff;
        auth_cert_header X-Client-Role $auth_cert_role;
        auth_cert_header X-Client-CN $auth_cert_subject_cn;
        auth_cert_header X-Nothing "";
        auth_cert_header X-Gate front;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none
--- more_headers
X-Client-Role: admin
X-Client-CN: alice
X-Nothing: something
--- request
GET /t
--- response_body
X-Gate: front


=== TEST 3: a name is sent as it is written
--- config
    location /t {
        auth_cert_header SSL_CLIENT_S_DN $auth_cert_subject;
        auth_cert_header sSL-cLIENT-cERT 1;
        auth_cert_header 2 2;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: bob
--- request
GET /t
--- response_body
SSL_CLIENT_S_DN: CN=bob,O=Acme\, Inc.
sSL-cLIENT-cERT: 1
2: 2


=== TEST 4: a new line in a value does not begin another header
--- config
    location ~ ^/t {
        auth_cert_header X-Path $uri;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t%0d%0aX-Client-Role:%20admin%0a%0d%7f%09%01
--- response_body
X-Path: /t%0D%0AX-Client-Role: admin%0A%0D%7F%09%01


=== TEST 5: an argument of the client is no way to begin one either
--- config
    location /t {
        auth_cert_header X-Arg $arg_x;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t?x=a%0d%0aX-Client-Role:%20admin
--- response_body
X-Arg: a%0d%0aX-Client-Role:%20admin


=== TEST 6: a capture of the location holds what was decoded
--- config
    location ~ ^/t/(?<rest>.*) {
        auth_cert_header X-Rest $rest;
        auth_cert_header X-First $1;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t/a%0Db
--- response_body
X-Rest: a%0Db
X-First: a%0Db


=== TEST 7: text that is no ASCII is passed on as it is
--- config
    location /t {
        auth_cert_header X-CN $auth_cert_subject_cn;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: utf8
--- request
GET /t
--- response_body
X-CN: Zoë 東京


=== TEST 8: a header that the client sent under another name can be a source
--- config
    location /t {
        auth_cert_header X-Trace $http_x_request_id;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
x-request-id: 17
--- request
GET /t
--- response_body
x-request-id: 17
X-Trace: 17


=== TEST 9: one under its own name is removed before it can be
--- config
    location /t {
        auth_cert_header X-Trace $http_x_trace;
        auth_cert_header X-Known "was:$http_x_known";
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Trace: 17
X-Known: 18
--- request
GET /t
--- response_body
X-Known: was:


=== TEST 10: $http_... shows what the upstream gets
--- config
    location /t {
        auth_cert staff;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_set_header X-Copy "$http_x_client_role";
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Client-Role: admin
--- request
GET /t
--- response_body
X-Copy: accountant
X-Client-Role: accountant


=== TEST 11: a location inherits the headers of the level above it
--- http_config
    auth_cert_header X-Http http;
--- config
    location /http {
        proxy_pass http://$TEST_NGINX_HTTP;

        location /http/own {
            auth_cert_header X-Own own;
            proxy_pass http://$TEST_NGINX_HTTP;

            location /http/own/below {
                proxy_pass http://$TEST_NGINX_HTTP;
            }
        }
    }
--- client_cert: alice
--- more_headers
X-Http: admin
X-Own: admin
--- request eval
["GET /http", "GET /http/own", "GET /http/own/below"]
--- response_body eval
["X-Http: http\n", "X-Own: own\n", "X-Own: own\n"]


=== TEST 12: auth_cert_forward above does not end with headers below
--- http_config
    auth_cert_forward rfc9440;
--- config
    location /t {
        auth_cert_header X-Own own;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body eval
"Client-Cert: :" . der_base64('alice') . ":\nX-Own: own\n"


=== TEST 13: the role is that of the location
--- http_config
    auth_cert_policy readers { allow verified role=reader; }
    auth_cert_header X-Client-Role $auth_cert_role;
--- config
    location /staff {
        auth_cert staff;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /readers {
        auth_cert readers;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /nobody {
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- keep_connection
--- more_headers
X-Client-Role: admin
--- request eval
["GET /staff", "GET /readers", "GET /nobody", "GET /staff"]
--- response_body eval
["X-Client-Role: accountant\n", "X-Client-Role: reader\n", "nothing\n",
 "X-Client-Role: accountant\n"]


=== TEST 14: a role does not survive the redirect to another location
--- config
    auth_cert_header X-Client-Role $auth_cert_role;

    location /t {
        auth_cert staff;
        proxy_pass http://127.0.0.1:1;
        error_page 502 = /fallback;
    }

    location /fallback {
        auth_cert off;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body
nothing
--- error_log
connect() failed


=== TEST 15: a refused client has no role in the location of error_page
--- http_config
    auth_cert_policy nobody { allow subject.CN=bob role=admin; }
--- config
    auth_cert_header X-Client-Role $auth_cert_role;
    auth_cert_header X-Decision $auth_cert_decision;

    location /t {
        auth_cert nobody;
        error_page 403 =403 /refused;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /refused {
        auth_cert off;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Client-Role: admin
X-Decision: allow
--- request
GET /t
--- error_code: 403
--- response_body
X-Decision: deny


=== TEST 16: a value can be one that the access phase gave
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_7;
        add_header X-Answer "from auth_request";
        location / { echo ok; }
    }
--- config
    location /t {
        auth_request /auth;
        auth_request_set $answer $upstream_http_x_answer;
        auth_cert_header X-Answer $answer;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /auth {
        internal;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_7;
    }
--- client_cert: alice
--- more_headers
X-Answer: forged
--- request
GET /t
--- response_body
X-Answer: from auth_request


=== TEST 17: the role is the one that let the request in
--- http_config
    map $limit_req_status $passed { PASSED 1; default 0; }
    limit_req_zone $binary_remote_addr zone=l:1m rate=100r/s;

    auth_cert_policy limited {
        allow verified $passed=1 role=passed;
        allow verified role=early;
    }
--- config
    location /t {
        limit_req zone=l;
        auth_cert limited;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body
X-Client-Role: passed


=== TEST 18: a header that nginx itself reads is none to be set
--- config
    location /t { auth_cert_header Cookie x; }
--- must_die
--- error_log
"auth_cert_header Cookie" is not possible, nginx itself reads or sets
nginx.conf:


=== TEST 19: nor is one that it sets, however it is written
--- config
    location /t { auth_cert_header CONTENT_LENGTH 0; }
--- must_die
--- error_log
"auth_cert_header CONTENT_LENGTH" is not possible


=== TEST 20: nor is Host
--- config
    location /t { auth_cert_header host x; }
--- must_die
--- error_log
"auth_cert_header host" is not possible


=== TEST 21: nor is Connection
--- config
    location /t { auth_cert_header Connection x; }
--- must_die
--- error_log
"auth_cert_header Connection" is not possible


=== TEST 22: nor is Transfer-Encoding
--- config
    location /t { auth_cert_header Transfer_Encoding chunked; }
--- must_die
--- error_log
"auth_cert_header Transfer_Encoding" is not possible


=== TEST 23: nor is Authorization, which other locations may need
--- config
    location /t { auth_cert_header Authorization x; }
--- must_die
--- error_log
"auth_cert_header Authorization" is not possible


=== TEST 24: nor is X-Forwarded-For
--- config
    location /t { auth_cert_header X-Forwarded-For x; }
--- must_die
--- error_log
"auth_cert_header X-Forwarded-For" is not possible


=== TEST 25: nor is Trailer
--- config
    location /t { auth_cert_header Trailer x; }
--- must_die
--- error_log
"auth_cert_header Trailer" is not possible


=== TEST 26: a name is made of letters, digits, "-" and "_"
--- config
    location /t { auth_cert_header X.Role x; }
--- must_die
--- error_log
invalid header name "X.Role" of "auth_cert_header"


=== TEST 27: a name does not end its line
--- config eval
"location /t { auth_cert_header \"X-Role: admin\\r\\nX-Other\" x; }"
--- must_die
--- error_log
invalid header name "X-Role: admin


=== TEST 28: a name is not empty
--- config
    location /t { auth_cert_header "" x; }
--- must_die
--- error_log
invalid header name "" of "auth_cert_header"


=== TEST 29: two of one name would arrive twice
--- config
    location /t {
        auth_cert_header X-Client-Role a;
        auth_cert_header x_client_role b;
    }
--- must_die
--- error_log eval
qr/"auth_cert_header x_client_role" is duplicate of "X-Client-Role" in \S*nginx.conf:\d+/


=== TEST 30: so would one that auth_cert_forward sets
--- config
    auth_cert_header Client_Cert a;

    location /t {
        auth_cert_forward rfc9440;
    }
--- must_die
--- error_log eval
qr/"auth_cert_header Client_Cert" in \S*nginx.conf:\d+ sets a header that "auth_cert_forward" sets/


=== TEST 31: so would the chain's
--- config
    location /t {
        auth_cert_forward rfc9440;
        auth_cert_header Client-Cert-Chain a;
    }
--- must_die
--- error_log
"auth_cert_header Client-Cert-Chain" in


=== TEST 32: so would Envoy's
--- config
    location /t {
        auth_cert_header x-forwarded-client-cert a;
        auth_cert_forward xfcc;
    }
--- must_die
--- error_log
"auth_cert_header x-forwarded-client-cert" in


=== TEST 33: by itself each of these is a header like others
--- config
    location /t {
        auth_cert_header Client-Cert $auth_cert_rfc9440;
        auth_cert_header X-Forwarded-Client-Cert "Hash=$auth_cert_fingerprint";
        auth_cert_header Client-Cert-Chain "";
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
Client-Cert-Chain: :Zm9yZ2Vk:
X-Forwarded-Client-Cert: Hash=aa
--- request
GET /t
--- response_body eval
"Client-Cert: :" . der_base64('alice') . ":
X-Forwarded-Client-Cert: Hash=" . fingerprint('alice') . "\n"


=== TEST 34: a variable that does not exist is an error
--- config
    location /t { auth_cert_header X-Role $auth_cert_rolle; }
--- must_die
--- error_log
unknown "auth_cert_rolle" variable


=== TEST 35: a blank at the end of a value is not lost on the way
--- config
    location /t {
        auth_cert_header X-Cn $auth_cert_subject_cn;
        auth_cert_header X-Uri $auth_cert_san_uri;
        auth_cert_header X-Dns $auth_cert_san_dns;
        auth_cert_header X-Mail $auth_cert_san_email;
        auth_cert_header X-Upn $auth_cert_san_upn;
        auth_cert_header X-Subject $auth_cert_subject;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: blank-ends
--- request
GET /t
--- response_body
X-Cn: \20admin\20
X-Uri: \20spiffe://prod.example/admin,spiffe://prod.example/admin\20,urn:a b
X-Dns: admin.example\20,kept.example
X-Mail: admin@acme.example\20
X-Upn: \20
X-Subject: CN=\ admin\20


=== TEST 36: nor is one that a role takes from there
--- http_config
    auth_cert_map $end san.uri { "~^spiffe://prod.example/(admin.)$" $1; }
    auth_cert_map $both subject.CN { "~^(.admin.)$" $1; }
    auth_cert_map $inner subject.CN { "~^.(admin).$" "one $1"; }
--- config
    location /t {
        auth_cert_header X-End $end;
        auth_cert_header X-Both $both;
        auth_cert_header X-Inner $inner;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: blank-ends
--- request
GET /t
--- response_body
X-End: admin%20
X-Both: %20admin%20
X-Inner: one admin
