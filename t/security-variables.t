# Variables where nobody would expect them.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

run_tests();

__DATA__

=== TEST 1: a policy that asks for its own outcome by way of a map comes to an end, and refuses
--- http_config
    map $auth_cert_role $role { volatile; default $auth_cert_role; }
    map $auth_cert_rule $rule { volatile; default $auth_cert_rule; }
    map $role$rule $both { volatile; default $role$rule; }

    auth_cert_policy loop {
        deny   $role!~^$;
        deny   $rule!~^$;
        deny   $both!~^$;
        allow  subject.CN=alice  role=accountant;
    }
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert loop;
        echo passed;
    }
--- client_cert: alice mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[500, 500]
--- error_log
auth_cert_policy "loop" in
depends on a variable that depends on it


=== TEST 2: a map that asks for itself comes to an end, and has no value
--- http_config
    auth_cert_map $name subject.CN {
        a$name   1;
        b$name   2;
        c$name   3;
        alice    found;
        default  "";
    }
--- config
    location /t {
        auth_cert_verify partners;
        echo "[$name]";
    }
--- client_cert: alice
--- request
GET /t
--- response_body
[]
--- error_log
auth_cert_map "$name" in
depends on a variable that depends on it


=== TEST 3: SSI names variables where nothing of the module is configured
--- http_config
--- config
    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t.html {
        ssi on;
    }
--- user_files
>>> t.html
[<!--# echo var="auth_cert_subject_cn" default="none" -->]
[<!--# echo var="auth_cert_decision" default="none" -->]
[<!--# echo var="auth_cert_verify" default="none" -->]
[<!--# echo var="auth_cert_xfcc" default="none" -->]
--- client_cert: alice
--- request
GET /t.html
--- response_body
[none]
[none]
[NONE]
[none]
