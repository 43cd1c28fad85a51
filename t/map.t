# auth_cert_map: a variable from the values of a certificate's field.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_verify partners ops optional;
EOC

run_tests();

__DATA__

=== TEST 1: the value beside the text that a field has, or the default
--- http_config
    auth_cert_map $team subject.CN {
        alice    red;
        bob      "blue team";
        default  none;
    }
--- config
    location = /t { echo $team; }
--- client_cert: alice bob mallory none
--- request eval
[("GET /t") x 4]
--- response_body eval
["red\n", "blue team\n", "none\n", "none\n"]


=== TEST 2: without a default the variable is empty
--- http_config
    auth_cert_map $team subject.CN { alice red; }
--- config
    location = /t { echo "[$team]"; }
--- client_cert: alice bob none
--- request eval
[("GET /t") x 3]
--- response_body eval
["[red]\n", "[]\n", "[]\n"]


=== TEST 3: each value of a field is looked at; the first pattern that one meets decides
--- http_config
    auth_cert_map $unit subject.OU {
        Sales     sales;
        Platform  platform;
        Billing   billing;
        default   none;
    }
    auth_cert_map $cn subject.CN { alice is-alice; first is-first; }
    auth_cert_map $host1 san.dns { h1.many.example 1; h300.many.example 300; }
    auth_cert_map $other san.dns { h300.many.example 300; h1.many.example 1; }
--- config
    location = /t { echo "[$unit] [$cn] [$host1] [$other]"; }
--- client_cert: alice two-cns many-sans
--- request eval
[("GET /t") x 3]
--- response_body eval
["[platform] [is-alice] [] []\n", "[none] [is-alice] [] []\n",
 "[none] [] [1] [300]\n"]


=== TEST 4: patterns are those of rules, compared as the field compares
--- http_config
    auth_cert_map $dns san.dns {
        BOB.ops.example.com  bob;
        *.ops.example.com    ops;
    }
    auth_cert_map $path san.uri {
        spiffe://prod.example/ns/*/sa/web    web;
        spiffe://prod.example/ns/billing/**  billing;
    }
    auth_cert_map $net san.ip {
        192.0.2.0/26   low;
        192.0.2.64/26  high;
    }
    auth_cert_map $name subject { "CN=BOB,O=Acme\, Inc." bob; }
    auth_cert_map $serial serial { 0A:1B:2C alice; }
    auth_cert_map $set trust { ops ops; partners partners; }
--- config
    location = /t { echo "[$dns] [$path] [$net] [$name] [$serial] [$set]"; }
--- client_cert: alice bob ops-carol service
--- request eval
[("GET /t") x 4]
--- response_body eval
["[] [web] [low] [] [alice] [partners]\n",
 "[bob] [] [high] [bob] [] [partners]\n",
 "[ops] [] [] [] [] [ops]\n",
 "[] [billing] [] [] [] [partners]\n"]


=== TEST 5: ~ and ~* begin regular expressions, whose captures may be in the value
--- http_config
    auth_cert_map $user san.email {
        ~^(.+)@evil\.          bad-$1;
        ~*^(?<n>[^@]+)@ACME\.  $n;
    }
    auth_cert_map $sa san.uri {
        "~^spiffe://[^/]+/ns/([^/]+)/sa/([^/]+)$"  "$2 in ${1}";
    }
--- config
    location = /t { echo "[$user] [$sa]"; }
--- client_cert: alice mallory upper-case
--- request eval
[("GET /t") x 3]
--- response_body eval
["[alice] [web in billing]\n", "[bad-mallory] []\n", "[alice] []\n"]


=== TEST 6: a list gives its second column
--- user_files
>>> list
alice  red
bob
--- http_config
    auth_cert_map $team subject.CN { @../html/list listed; default none; }
--- config
    location = /t { echo $team; }
--- client_cert: alice bob mallory
--- request eval
[("GET /t") x 3]
--- response_body eval
["red\n", "listed\n", "none\n"]


=== TEST 7: a certificate that does not verify has no fields, and none has no certificate
--- http_config
    auth_cert_map $cn subject.CN { ~(.+) $1; default nobody; }
--- config
    location = /t { echo $cn; }
    location = /off { auth_cert_verify off; echo $cn; }
--- client_cert: alice imposter-alice expired none alice
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t", "GET /off"]
--- error_code eval
[200, 400, 400, 200, 200]
--- response_body_like eval
["^alice\$", "400", "400", "^nobody\$", "^nobody\$"]


=== TEST 8: a value that cannot be used meets no pattern
--- http_config
    auth_cert_map $cn subject.CN { alice text; ~alice regex; default none; }
--- config
    location = /t { echo $cn; }
--- client_cert: nul-cn crlf-cn
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["none\n", "none\n"]


=== TEST 9: a variable of the request as the source, or in a pattern
--- http_config
    auth_cert_map $a $arg_a { x is-x; ~^y(.*) y-$1; default none; }
    auth_cert_map $own subject.CN { $arg_user own; default other; }
--- config
    location = /t { echo "$a $own"; }
--- client_cert: alice
--- keep_connection
--- request eval
["GET /t?a=x&user=alice", "GET /t?a=yes&user=bob", "GET /t?user=alice",
 "GET /t"]
--- more_headers
Connection: keep-alive
--- response_body eval
["is-x own\n", "y-es other\n", "none own\n", "none other\n"]


=== TEST 10: it works where variables do: in if, map, log_format and headers
--- http_config
    auth_cert_map $level subject.CN { alice 9; default 0; }
    map $level $word { 9 high; default low; }
    log_format level '$uri $level';
--- config
    location = /t {
        access_log $TEST_NGINX_SERVER_ROOT/html/level.log level;
        add_header X-Level $level;
        if ($level = 9) { set $seen yes; }
        echo "$word $seen";
    }
    location = /log { auth_cert off; root html; try_files /level.log =404; }
--- client_cert: alice bob alice
--- request eval
["GET /t", "GET /t", "GET /log"]
--- response_headers eval
["X-Level: 9", "X-Level: 0", ""]
--- response_body eval
["high yes\n", "low \n", "/t 9\n/t 0\n"]


=== TEST 11: many exact patterns are looked up as one by one
--- http_config eval
"auth_cert_map \$n subject.OU {\n"
. join('', map { "u$_ $_;\n" } 1 .. 50) . "Platform P;\n"
. join('', map { "v$_ $_;\n" } 1 .. 50) . "Billing B; default none; }"
--- config
    location = /t { echo $n; }
--- client_cert: alice bob none
--- request eval
[("GET /t") x 3]
--- response_body eval
["P\n", "none\n", "none\n"]


=== TEST 12: a value breaks out of no line
--- http_config
    auth_cert_map $part $uri { ~(?s)^/t/(.+)$ $1; }
--- config
    location /t/ { add_header X-Part $part; echo passed; }
--- client_cert: alice
--- request
GET /t/a%0D%0AX-Admin:%20yes
--- response_headers
X-Part: a%0D%0AX-Admin: yes
! X-Admin


=== TEST 13: patterns may stand in a file of their own
--- user_files
>>> teams.conf
alice red;
--- http_config
    auth_cert_map $team subject.CN {
        include $TEST_NGINX_SERVER_ROOT/html/teams.conf;
        default none;
    }
--- config
    location = /t { echo $team; }
--- client_cert: alice bob
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["red\n", "none\n"]


=== TEST 14: an empty value is a value
--- http_config
    auth_cert_map $team subject.CN { alice ""; default none; }
--- config
    location = /t { echo "[$team]"; }
--- client_cert: alice bob
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["[]\n", "[none]\n"]
