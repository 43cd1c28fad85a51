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


=== TEST 6: a rule that an earlier one with the same condition hides
--- http_config
    auth_cert_policy staff {
        allow subject.CN=alice;
        allow subject.CN=bob role=a;
        deny  subject.CN=alice;
        allow subject.CN=bob role=b;
    }
--- config
    location /t {
        auth_cert_verify off;
        auth_cert staff;
    }
--- request
GET /t
--- error_code: 403
--- error_log eval
[qr/\[warn\] .*auth_cert_policy "staff": what .*nginx.conf:\d+ says of subject.CN "alice" has no effect, .*nginx.conf:\d+ decides before with the same condition/,
 qr/\[warn\] .* says of subject.CN "bob" has no effect, /]
--- log_level: warn


=== TEST 7: a line of a map, too
--- http_config
    auth_cert_map $team subject.OU {
        Platform a;
        Platform b;
    }
--- config
    location /t {
        echo "[$team]";
    }
--- request
GET /t
--- response_body
[]
--- error_log
says of subject.OU "Platform" has no effect
--- log_level: warn


=== TEST 8: a rule that only says the same again is nothing to warn of
--- http_config
    auth_cert_policy staff {
        allow subject.CN=alice role=a;
        allow subject.CN=alice role=a;
        deny  all;
    }
--- config
    location /t {
        auth_cert_verify off;
        auth_cert staff;
    }
--- request
GET /t
--- error_code: 403
--- no_error_log
has no effect
[alert]
--- log_level: warn
