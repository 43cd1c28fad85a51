# What a certificate that fails leaves behind: nothing, neither in OpenSSL's
# error queue nor in the log of an administrator ("ignoring stale global SSL
# error" is an alert).

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

run_tests();

__DATA__

=== TEST 1: certificates that fail leave no error behind, with trust sets
--- config
    location /t {
        auth_cert_verify partners optional;
        auth_cert off;
        echo "$auth_cert_verify";
    }
--- client_cert: imposter-alice self-signed below-leaf path-length constrained-bad sha1 weak-key server-only critical nul-dns
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t", "GET /t", "GET /t", "GET /t", "GET /t", "GET /t", "GET /t"]
--- response_body_like eval
["FAILED", "FAILED", "FAILED", "FAILED", "FAILED", "FAILED", "FAILED", "FAILED", "FAILED", "SUCCESS"]


=== TEST 2: certificates that fail leave no error behind, with ssl_verify_client
--- config
    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_verify_depth 5;

    location /t {
        auth_cert off;
        echo "$auth_cert_verify";
    }
--- client_cert: self-signed nul-dns
--- request eval
["GET /t", "GET /t"]
--- response_body_like eval
["FAILED", "SUCCESS"]


=== TEST 3: the same when the verdict of ssl_verify_client is refused
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_verify_depth 5;

    location /t {
        auth_cert off;
        echo "$auth_cert_verify";
    }
--- client_cert: imposter-alice below-leaf path-length constrained-bad sha1 server-only critical
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 400, 400, 400, 400, 400]


=== TEST 4: a name in a request that is no DER leaves none either
--- http_config
    auth_cert_policy named {
        allow subject=$http_x_name;
        allow san.dirname=$http_x_name;
    }
--- config
    location /t { auth_cert_verify partners; auth_cert named; echo passed; }
--- client_cert: dirname
--- keep_connection
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- more_headers eval
["X-Name: CN=#0c85", "X-Name: CN=#2c050c7f41", "X-Name: CN=#1e0141",
 "X-Name: CN=alice,O=Acme\\, Inc."]
--- error_code eval
[403, 403, 403, 200]
--- no_error_log
[alert]
stale
