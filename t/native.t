# "auth_cert_verify native", the default: what ssl_verify_client of the server
# verified.  nginx's own behaviour stays as it is without the module.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
        deny  all;
    }

    auth_cert_policy guests {
        allow anonymous role=guest;
        allow verified role=$0 subject.CN~.*;
    }
EOC

run_tests();

__DATA__

=== TEST 1: ssl_verify_client on: a policy is all that is added
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert staff;
        echo "$auth_cert_trust $auth_cert_subject_cn $auth_cert_role";
    }
--- client_cert: alice bob
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 403]
--- response_body_like eval
["^native alice accountant\n", "403 Forbidden"]


=== TEST 2: ssl_verify_client on: nginx itself refuses the others, as ever
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert staff;
        echo passed;
    }
--- client_cert: none imposter-alice expired
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 400]
--- response_body_like eval
["No required SSL certificate was sent", "The SSL certificate error",
 "The SSL certificate error"]


=== TEST 3: ssl_verify_client optional: who comes without one is anonymous
--- config
    ssl_verify_client optional;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert guests;
        echo "[$auth_cert_verify][$auth_cert_role]";
    }
--- client_cert: none alice imposter-alice
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
['^\[NONE\]\[guest\]$', '^\[SUCCESS\]\[alice\]$', "The SSL certificate error"]


=== TEST 4: ssl_verify_client optional: a policy without anonymous denies
--- config
    ssl_verify_client optional;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert staff;
        echo passed;
    }
--- client_cert: none alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[403, 200]


=== TEST 5: optional_no_ca: one of an unknown CA is still no identity
--- config
    error_page 495 =495 /refused;
    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert guests;
        echo "[$auth_cert_verify][$auth_cert_role][$ssl_client_verify]";
    }

    location = /refused {
        internal;
        echo "[$auth_cert_verify][$auth_cert_subject][$ssl_client_verify]";
    }
--- client_cert: none alice ops-carol self-signed
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 495, 495]
--- response_body eval
["[NONE][guest][NONE]\n", "[SUCCESS][alice][SUCCESS]\n",
 "[FAILED:unable to verify the first certificate][]"
 . "[FAILED:unable to verify the first certificate]\n",
 "[FAILED:self-signed certificate][][FAILED:self-signed certificate]\n"]


=== TEST 6: optional_no_ca without any CA: nobody is verified
--- config
    ssl_verify_client optional_no_ca;

    location /t {
        auth_cert guests;
        echo "[$auth_cert_verify][$auth_cert_role][$ssl_client_verify]";
    }

    location /off {
        auth_cert off;
        echo "[$ssl_client_verify][$ssl_client_s_dn]";
    }
--- client_cert: none alice alice
--- request eval
["GET /t", "GET /t", "GET /off"]
--- error_code eval
[200, 400, 200]
--- response_body_like eval
['^\[NONE\]\[guest\]\[NONE\]$', "The SSL certificate error",
 '^\[FAILED:unable to (get local issuer|verify the first) certificate\]\[CN=alice,']


=== TEST 7: without ssl_verify_client nobody vouches
--- config
    location /t {
        auth_cert guests;
        echo passed;
    }
--- client_cert: alice
--- tls_asked: no
--- request
GET /t
--- error_code: 400
--- response_body_like: No required SSL certificate was sent


=== TEST 8: "native" can be said where another set is inherited
--- config
    ssl_verify_client optional;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    auth_cert_verify ops;

    location /ops {
        echo $auth_cert_trust;
    }

    location /native {
        auth_cert_verify native;
        auth_cert staff;
        echo $auth_cert_trust;
    }
--- client_cert: alice alice
--- request eval
["GET /native", "GET /ops"]
--- error_code eval
[200, 400]
--- response_body_like eval
["^native\n", "SSL certificate error"]


=== TEST 9: native and named sets side by side in one server
--- config
    error_page 495 =495 /refused;

    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /ops {
        auth_cert_verify ops;
        echo "$auth_cert_trust $auth_cert_subject_cn $ssl_client_verify";
    }

    location /native {
        auth_cert staff;
        echo "$auth_cert_trust $auth_cert_subject_cn $ssl_client_verify";
    }

    location = /refused {
        internal;
        echo $ssl_client_verify;
    }
--- client_cert: alice ops-carol ops-carol alice
--- tls_ca_names
Acme CA
Ops CA
--- request eval
["GET /native", "GET /ops", "GET /native", "GET /ops"]
--- error_code eval
[200, 200, 495, 495]
--- response_body eval
["native alice SUCCESS\n",
 "ops carol FAILED:unable to verify the first certificate\n",
 "FAILED:unable to verify the first certificate\n", "SUCCESS\n"]


=== TEST 10: the same in the resumed sessions of both clients
--- config
    error_page 495 =495 /refused;

    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /ops {
        auth_cert_verify ops;
        echo "$auth_cert_trust $auth_cert_subject_cn $ssl_client_verify";
    }

    location /native {
        auth_cert staff;
        echo "$auth_cert_trust $auth_cert_subject_cn $ssl_client_verify";
    }

    location = /refused {
        internal;
        echo $ssl_client_verify;
    }
--- client_cert: ops-carol
--- tls_resume
--- tls_reused: no yes yes
--- request eval
["GET /ops", "GET /native", "GET /ops"]
--- error_code eval
[200, 495, 200]
--- response_body eval
["ops carol FAILED:unable to verify the first certificate\n",
 "FAILED:unable to verify the first certificate\n",
 "ops carol FAILED:unable to verify the first certificate\n"]


=== TEST 11: ssl_trusted_certificate and ssl_verify_depth hold
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
    ssl_trusted_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_verify_depth 2;

    location /t {
        auth_cert guests;
        echo "$auth_cert_trust $auth_cert_subject_cn $ssl_client_verify";
    }
--- client_cert: alice via-intermediate deep
--- tls_ca_names
Ops CA
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^native alice SUCCESS\n", "^native via-intermediate SUCCESS\n",
 "The SSL certificate error"]


=== TEST 12: what nginx says of each certificate is what it says without the module
--- config
    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_verify_depth 2;
    error_page 495 =200 /says;

    location /says {
        auth_cert off;
        echo "$ssl_client_verify, $auth_cert_verify";
    }
--- client_cert: none alice via-intermediate deep expired not-yet server-only any-eku path-length constrained-bad old-chain below-leaf self-signed critical sha1 weak-key imposter-alice ops-carol own-root no-chain
--- request eval
[("GET /says") x 20]
--- response_body_like eval
[map { "^$_(| or .*), $_\\1\n\\z" }
 "NONE", "SUCCESS", "SUCCESS",
 "FAILED:unable to get local issuer certificate",
 "FAILED:certificate has expired",
 "FAILED:certificate is not yet valid",
 "FAILED:unsuitable certificate purpose",
 "FAILED:unsuitable certificate purpose",
 "FAILED:path length constraint exceeded",
 "FAILED:permitted subtree violation",
 "FAILED:certificate has expired",
 "FAILED:unsuitable certificate purpose",
 "FAILED:self-signed certificate",
 "FAILED:unhandled critical extension",
 "FAILED:CA signature digest algorithm too weak",
 "FAILED:EE certificate key too weak",
 "FAILED:certificate signature failure",
 "FAILED:unable to verify the first certificate",
 "FAILED:self-signed certificate in certificate chain",
 "FAILED:unable to verify the first certificate"]


=== TEST 13: a resumed session says why it failed in the words of the first
--- config
    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert off;
        echo "$auth_cert_verify, $ssl_client_verify";
    }
--- client_cert: legacy-dave
--- tls_resume
--- tls_reused: no yes
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[("FAILED:unable to verify the first certificate, "
  . "FAILED:unable to verify the first certificate\n") x 2]


=== TEST 14: a client that native refuses is refused in the resumed session, too
--- config
    ssl_verify_client optional;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert guests;
        echo passed;
    }
--- client_cert: imposter-alice
--- tls_resume
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 400]


=== TEST 15: a server without a certificate of its own cannot ask for one
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name a.example;
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    server_name b.example;
    location /t {
        auth_cert_verify ops;
        echo b;
    }
--- must_die
--- error_log eval
qr{"auth_cert_verify" in \S+/nginx.conf:\d+ needs TLS, but the server in \S+/nginx.conf:\d+ has no "ssl_certificate"}


=== TEST 16: a client that sends too many certificates is refused, the longest chain is not
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert staff;
        echo $auth_cert_role;
    }
--- client_cert: too-long longest
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 17: a chain of 34 certificates verifies
--- user_files eval
">>> ca.pem\n" . join '', map { pki_text("$_.crt") }
                         'partners', map { "stair$_" } 1 .. 17
--- config
    ssl_verify_client optional;
    ssl_verify_depth 50;
    ssl_client_certificate $TEST_NGINX_SERVER_ROOT/html/ca.pem;

    location /t { auth_cert guests; echo passed; }
    location /reason {
        auth_cert off;
        echo "$auth_cert_verify, $ssl_client_verify";
    }
--- client_cert: 34-high
--- tls_resume
--- tls_reused: no yes
--- request eval
["GET /reason", "GET /t"]
--- response_body eval
["SUCCESS, SUCCESS\n", "passed\n"]


=== TEST 18: one of 35 is too long, here and when it is resumed
--- user_files eval
">>> ca.pem\n" . join '', map { pki_text("$_.crt") }
                         'partners', map { "stair$_" } 1 .. 17
--- config
    ssl_verify_client optional;
    ssl_verify_depth 50;
    ssl_client_certificate $TEST_NGINX_SERVER_ROOT/html/ca.pem;

    location /t { auth_cert guests; echo passed; }
--- client_cert: 35-high
--- tls_resume
--- tls_reused: no yes
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 400]
--- error_log
client SSL certificate verify error: (22:certificate chain too long)


=== TEST 19: a server without a certificate of its own: what sets have verified is no ssl_verify_client
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name a.example;

        location /t {
            auth_cert_verify partners;
            echo a;
        }
    }

    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    server_name b.example;
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
    error_page 495 =495 /refused;

    location /t { echo b; }

    location = /refused {
        internal;
        echo "$auth_cert_reason, $ssl_client_verify";
    }
--- client_cert: alice alice
--- sni: b.example none
--- more_headers eval
["Host: b.example", "Host: b.example"]
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[495, 495]
--- response_body eval
["certificate not verified, SUCCESS\n", "certificate not verified, SUCCESS\n"]


=== TEST 20: what ssl_verify_client of the default server has verified is, as in nginx
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name a.example;
        ssl_verify_client on;
        ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

        location /t { auth_cert guests; echo a; }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    server_name b.example;
    ssl_verify_client on;

    location /t { echo b; }
--- client_cert: alice
--- sni: b.example
--- more_headers
Host: b.example
--- request
GET /t
--- response_body
b
