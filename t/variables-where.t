# Where variables can be used: everywhere, and always for the location that
# the request is in.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
        allow subject.CN=bob;
    }

    auth_cert_map $tenant subject.CN {
        alice    tenant-a;
        default  nobody;
    }
EOC

run_tests();

__DATA__

=== TEST 1: in map
--- http_config
    map $auth_cert_subject_cn $greeting {
        alice    hello;
        default  "who are you";
    }
    map $auth_cert_verify:$auth_cert_role $both {
        "SUCCESS:accountant"  yes;
        default               no;
    }
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$greeting $both";
    }
--- client_cert: alice bob
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["hello yes\n", "who are you no\n"]


=== TEST 2: in if, set and rewrite of a server, before there is a location
--- config
    auth_cert_verify partners optional;

    set $who "[$auth_cert_subject_cn]";

    if ($auth_cert_verify = NONE) {
        rewrite ^ /anonymous last;
    }

    if ($auth_cert_san_email ~ ^(\w+)@acme\.example$) {
        set $user $1;
        rewrite ^/home$ /users/$user last;
    }

    location = /anonymous  { echo "anonymous $who"; }
    location /users/       { echo "$uri $who"; }
    location = /home       { echo "other $who"; }
--- client_cert: alice bob mallory none
--- request eval
[("GET /home") x 4]
--- response_body eval
["/users/alice [alice]\n", "/users/bob [bob]\n", "other [mallory]\n",
 "anonymous []\n"]


=== TEST 3: in if, set and return of a location, before the access phase
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;

        if ($auth_cert_decision = deny) {
            return 200 "$auth_cert_subject_cn: $auth_cert_reason\n";
        }

        if ($tenant = tenant-a) {
            return 200 "$auth_cert_role of $tenant by $auth_cert_rule\n";
        }

        set $copy $auth_cert_subject_cn;
        echo "$copy by $auth_cert_rule";
    }
--- client_cert: alice mallory bob
--- request eval
[("GET /t") x 3]
--- response_body eval
["accountant of tenant-a by staff:1\n",
 "mallory: no rule of policy staff matched\n", "bob by staff:2\n"]


=== TEST 4: in headers, to the client and to the upstream
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        add_header X-Serial $auth_cert_serial;
        add_header X-Role $auth_cert_role;
        auth_cert_header X-Uri $auth_cert_san_uri;
        proxy_set_header X-Dns $auth_cert_san_dns;
        proxy_set_header X-None $auth_cert_san_rid;
        proxy_set_header Connection "";
        proxy_http_version 1.0;
        proxy_pass http://backend/$auth_cert_subject_cn;
    }
--- client_cert: alice
--- request
GET /t
--- response_headers
X-Serial: 0a1b2c
X-Role: accountant
--- response_body eval
join "\r\n", 'GET /alice HTTP/1.0', 'X-Dns: alice.partners.example',
    'Host: backend', 'X-Uri: spiffe://prod.example/ns/billing/sa/web', '', ''


=== TEST 5: in the access log
--- http_config
    log_format who '$request_uri $auth_cert_verify "$auth_cert_subject" '
                   '$auth_cert_san_ip $auth_cert_decision $auth_cert_rule '
                   '$auth_cert_role $tenant';
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        access_log logs/access.log who if=$auth_cert_role;
        echo passed;
    }
--- client_cert: alice
--- request
GET /t
--- access_log
/t SUCCESS "CN=alice,OU=Platform,OU=Billing,O=Acme\x5C, Inc." 192.0.2.1,2001:db8::1 allow staff:1 accountant tenant-a


=== TEST 6: in what decides whether there is a line in the access log
--- http_config
    log_format who '$request_uri $auth_cert_subject_cn';
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        access_log logs/access.log who if=$auth_cert_role;
        echo passed;
    }
--- client_cert: bob
--- request
GET /t
--- no_access_log
/t bob


=== TEST 7: in a server without TLS
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        location = /t {
            echo "$auth_cert_verify [$auth_cert_subject] [$auth_cert_san_dns]";
            echo "[$auth_cert_role] [$auth_cert_decision] [$auth_cert_trust]";
            echo "[$auth_cert_rfc9440] [$auth_cert_chain_rfc9440] $tenant";
            echo "[$auth_cert_xfcc] [$auth_cert_days_left] [$auth_cert_ca]";
        }
    }
--- config
    location = /t {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- client_cert: alice
--- request
GET /t
--- response_body
NONE [] []
[] [] []
[] [] nobody
[] [] []


=== TEST 8: a location without sets sees nothing, another of the server does
--- config
    location = /verified {
        auth_cert_verify partners;
        echo "$auth_cert_verify [$auth_cert_subject_cn] $tenant";
    }
    location = /plain {
        echo "$auth_cert_verify [$auth_cert_subject_cn] $tenant";
    }
    location = /ops {
        auth_cert_verify ops;
        auth_cert off;
        echo "$auth_cert_verify [$auth_cert_subject_cn] $tenant";
    }
--- client_cert: alice
--- keep_connection
--- request eval
["GET /plain", "GET /verified", "GET /ops", "GET /plain", "GET /verified"]
--- response_body eval
["NONE [] nobody\n", "SUCCESS [alice] tenant-a\n",
 "FAILED:unable to get local issuer certificate [] nobody\n",
 "NONE [] nobody\n", "SUCCESS [alice] tenant-a\n"]


=== TEST 9: what a server saw is not what its location sees
--- config
    auth_cert_verify partners;
    auth_cert off;
    set $early "$auth_cert_verify [$auth_cert_subject_cn]";

    location = /t {
        auth_cert_verify ops;
        auth_cert off;
        echo "$early $auth_cert_verify [$auth_cert_subject_cn]";
    }
--- client_cert: alice
--- request
GET /t
--- response_body
SUCCESS [alice] FAILED:unable to get local issuer certificate []


=== TEST 10: after a redirect by rewrite, try_files, error_page or echo_exec
--- config
    error_page 404 /ops;

    location = /rewrite {
        auth_cert_verify partners;
        if ($auth_cert_subject_cn = alice) { rewrite ^ /ops last; }
    }
    location = /try {
        auth_cert_verify partners;
        if ($auth_cert_subject_cn = "") { return 500; }
        try_files /missing /ops;
    }
    location = /error {
        auth_cert_verify partners;
        if ($auth_cert_subject_cn = "") { return 500; }
        root html;
    }
    location = /exec {
        auth_cert_verify partners;
        set $before $auth_cert_subject_cn;
        echo_exec /ops;
    }
    location = /ops {
        auth_cert_verify ops;
        auth_cert off;
        echo "$auth_cert_verify [$auth_cert_subject_cn] $tenant";
    }
--- client_cert: alice
--- request eval
["GET /rewrite", "GET /try", "GET /error", "GET /exec"]
--- error_code eval
[200, 200, 404, 200]
--- response_body eval
[("FAILED:unable to get local issuer certificate [] nobody\n") x 4]


=== TEST 11: the log, after a redirect, tells of the last location
--- http_config
    log_format who '$auth_cert_verify [$auth_cert_subject_cn] $tenant '
                   '[$auth_cert_trust] [$auth_cert_fingerprint]';
--- config
    access_log logs/access.log who;

    location = /t {
        auth_cert_verify partners;
        set $a "$auth_cert_verify$auth_cert_subject_cn$tenant";
        set $b "$auth_cert_trust$auth_cert_fingerprint";
        echo_exec /ops;
    }
    location = /ops {
        auth_cert_verify ops;
        auth_cert off;
        echo "$auth_cert_verify";
    }
--- client_cert: alice
--- request
GET /t
--- response_body
FAILED:unable to get local issuer certificate
--- access_log
FAILED:unable to get local issuer certificate [-] nobody [-] [-]


=== TEST 12: a named location, with a header that was there before
--- config
    location = /t {
        auth_cert_verify partners;
        if ($auth_cert_subject_cn = "") { return 500; }
        add_header X-Before $auth_cert_subject_cn always;
        error_page 404 = @ops;
        root html;
    }
    location @ops {
        auth_cert_verify ops optional;
        auth_cert off;
        add_header X-After "[$auth_cert_subject_cn]" always;
        echo "[$auth_cert_subject_cn]";
    }
--- client_cert: alice
--- request
GET /t
--- response_body
[]
--- response_headers
X-After: []
! X-Before


=== TEST 13: subrequests have their own location's view, also of one name
--- config
    location = /t {
        auth_cert_verify partners;
        echo "main $auth_cert_verify [$auth_cert_subject_cn]";
        echo_location /ops;
        echo_location /plain;
        echo_location /partners;
        echo "main $auth_cert_verify [$auth_cert_subject_cn]";
    }
    location = /ops {
        auth_cert_verify ops;
        auth_cert off;
        echo "ops $auth_cert_verify [$auth_cert_subject_cn]";
    }
    location = /plain {
        echo "plain $auth_cert_verify [$auth_cert_subject_cn]";
    }
    location = /partners {
        auth_cert_verify partners;
        echo "partners $auth_cert_verify [$auth_cert_subject_cn]";
    }
--- client_cert: alice
--- request
GET /t
--- response_body
main SUCCESS [alice]
ops FAILED:unable to get local issuer certificate []
plain NONE []
partners SUCCESS [alice]
main SUCCESS [alice]


=== TEST 14: over HTTP/2, and several requests on one connection
--- config
    auth_cert_verify partners;
    location = /t {
        add_header X-Cn $auth_cert_subject_cn;
        echo "$server_protocol $auth_cert_serial $auth_cert_san_ip $tenant";
    }
--- client_cert: alice
--- http_version: 2
--- pipelined_requests eval
["GET /t", "GET /t"]
--- response_headers eval
["X-Cn: alice", "X-Cn: alice"]
--- response_body eval
[("HTTP/2.0 0a1b2c 192.0.2.1,2001:db8::1 tenant-a\n") x 2]


=== TEST 15: on a resumed session, TLS 1.2 and 1.3
--- config
    auth_cert_verify partners;
    location = /t {
        echo "$ssl_session_reused $auth_cert_subject_cn $auth_cert_trust";
        echo "$auth_cert_fingerprint";
        echo "$auth_cert_issuer_cn";
    }
--- client_cert: alice
--- tls_resume
--- tls_version: TLSv1.2 TLSv1.2
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[". alice partners\n" . fingerprint('alice') . "\nAcme CA\n",
 "r alice partners\n" . fingerprint('alice') . "\nAcme CA\n"]


=== TEST 16: the client of each connection, not of the one before
--- config
    auth_cert_verify partners ops optional;
    location = /t {
        echo "[$auth_cert_subject_cn] [$auth_cert_trust] $tenant";
    }
--- client_cert: alice none bob ops-carol alice
--- request eval
[("GET /t") x 5]
--- response_body eval
["[alice] [partners] tenant-a\n", "[] [] nobody\n",
 "[bob] [partners] nobody\n", "[carol] [ops] nobody\n",
 "[alice] [partners] tenant-a\n"]


=== TEST 17: an unverified certificate gives no facts, wherever it is asked
--- http_config
    map $auth_cert_subject_cn $mapped { alice yes; default no; }
--- config
    auth_cert_verify partners;
    auth_cert off;
    set $early "[$auth_cert_subject_cn$auth_cert_subject$auth_cert_san_dns]";

    if ($auth_cert_fingerprint) {
        return 500;
    }

    location = /t {
        add_header X-Subject "[$auth_cert_subject]";
        echo "$early [$auth_cert_subject] $mapped $tenant";
        echo "[$auth_cert_fingerprint] [$auth_cert_rfc9440]";
        echo "[$auth_cert_xfcc] [$auth_cert_role]";
    }
--- client_cert: imposter-alice expired self-signed ops-alice
--- request eval
[("GET /t") x 4]
--- response_headers eval
[("X-Subject: []") x 4]
--- response_body eval
[("[] [] no nobody\n[] []\n[] []\n") x 4]


=== TEST 18: by Host on one connection: each server has its own sets
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name a.example;
        auth_cert_verify partners;
        location / { echo "a [$auth_cert_subject_cn]"; }
    }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        auth_cert_verify ops;
        auth_cert off;
        location / { echo "b [$auth_cert_subject_cn]"; }
    }
--- config
    location = /t { echo; }
--- client_cert: alice
--- sni: a.example
--- keep_connection
--- request eval
["GET /", "GET /", "GET /"]
--- more_headers eval
["Host: a.example", "Host: b.example", "Host: a.example"]
--- response_body eval
["a [alice]\n", "b []\n", "a [alice]\n"]


=== TEST 19: in SSI and in what auth_request takes over
--- config
    location = /page.html {
        auth_cert_verify partners;
        auth_request /check;
        auth_request_set $checked $auth_cert_subject_cn;
        ssi on;
        add_header X-Checked "[$checked]";
    }
    location = /check {
        auth_cert_verify ops;
        auth_cert off;
        internal;
        proxy_pass http://backend;
        proxy_set_header X-Cn "[$auth_cert_subject_cn]";
    }
--- user_files
>>> page.html
<!--#echo var="auth_cert_subject_cn" -->,<!--#echo var="auth_cert_role" default="none" -->,<!--#echo var="auth_cert_san_uri" -->
--- client_cert: alice
--- request
GET /page.html
--- response_headers
X-Checked: []
--- response_body
alice,none,spiffe://prod.example/ns/billing/sa/web


=== TEST 20: a verdict that is asked for after the identity, before the access phase
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;

        set $who $auth_cert_subject_cn;
        set $early "$auth_cert_decision $auth_cert_role $auth_cert_rule";
        error_page 403 = /said;

        echo "$who: $early, $auth_cert_decision";
    }

    location = /said { internal; echo "$who: $early, $auth_cert_decision"; }
--- client_cert: alice bob mallory
--- request eval
[("GET /t") x 3]
--- response_body eval
["alice: allow accountant staff:1, allow\n", "bob: allow  staff:2, allow\n",
 "mallory: deny  , deny\n"]


=== TEST 21: what the policy of a server decides is not what one of a location does
--- http_config
    auth_cert_policy everybody { allow verified role=anyone; }
--- config
    auth_cert_verify partners;
    auth_cert everybody;

    set $server "$auth_cert_decision $auth_cert_role";

    location = /t {
        auth_cert staff;

        set $early "$auth_cert_decision $auth_cert_role";
        error_page 403 = /said;

        echo "$server, $early, $auth_cert_decision $auth_cert_role";
    }

    location = /said {
        internal;
        auth_cert off;
        echo "$server, $early, $auth_cert_decision $auth_cert_role";
    }
--- client_cert: alice mallory
--- request eval
[("GET /t") x 2]
--- response_body eval
["allow anyone, allow accountant, allow accountant\n",
 "allow anyone, deny , deny \n"]
