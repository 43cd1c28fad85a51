# Mistakes that would go unnoticed and weaken a policy are errors.

use lib 't/lib';
use AuthCert;

run_tests();

__DATA__

=== TEST 1: "==" is no operator
--- http_config
    auth_cert_policy staff {
        deny subject.CN==mallory;
        allow all;
    }
--- config
--- must_die
--- error_log eval
qr/auth_cert_policy "staff": "subject.CN==mallory": unknown operator, expected =, !=, ~, ~\*, !~ or !~\*/


=== TEST 2: "=~" is no operator
--- http_config
    auth_cert_policy staff {
        deny subject.CN=~^mal;
        allow all;
    }
--- config
--- must_die
--- error_log eval
qr/auth_cert_policy "staff": "subject.CN=~\^mal": unknown operator/


=== TEST 3: "!==" is no operator
--- http_config
    auth_cert_policy staff {
        deny subject.CN!==alice;
        allow all;
    }
--- config
--- must_die
--- error_log eval
qr/auth_cert_policy "staff": "subject.CN!==alice": unknown operator/


=== TEST 4: a value that begins with "=" is found by a regular expression
--- http_config
    auth_cert_policy staff {
        allow $arg_x~^=a$;
        deny all;
    }
--- config
    location /t {
        auth_cert_verify off;
        auth_cert staff;
        echo passed;
    }
--- client_cert: none
--- request eval
["GET /t?x==a", "GET /t?x=a"]
--- error_code eval
[200, 403]


=== TEST 5: an unknown set in a policy that nobody uses yet
--- http_config
    auth_cert_policy staff {
        allow trust=nobody;
    }
--- config
--- must_die
--- error_log eval
qr/unknown auth_cert_trust "nobody" in auth_cert_policy in .*nginx.conf:\d+; define it with auth_cert_trust nobody \{ ... \} next to the server blocks/
