# What a policy decides: the first matching rule, all conditions of a rule,
# any value of a field, and none of them where a condition is negated.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_verify partners ops optional;
EOC

run_tests();

__DATA__

=== TEST 1: the first matching rule decides, wherever it stands
--- verdicts
# client   verdict   rules
alice      allow     allow subject.CN=alice; deny all;
alice      deny      deny all;
alice      deny      deny subject.CN=alice; allow subject.CN=alice $request_method=GET; allow all;
alice      allow     allow subject.CN=alice $request_method=GET; deny subject.CN=alice; allow all;
alice      allow:1   allow subject.CN=alice role=1; allow subject.O~Acme role=2;
alice      allow:2   allow subject.CN=bob role=1; allow subject.O~Acme role=2; allow all role=3;
mallory    allow:3   allow subject.CN=bob role=1; allow subject.O~Acme role=2; allow all role=3;
mallory    deny      allow subject.CN=bob role=1; deny subject.O~Evil; allow all role=3;


=== TEST 2: who meets no rule is denied
--- verdicts
mallory    deny      allow subject.CN=alice;
mallory    deny      deny subject.CN=alice;
none       deny      allow subject.CN=alice;
none       deny      allow verified;
alice      deny      allow anonymous;


=== TEST 3: a condition is met by any value of a field with several
--- verdicts
alice      allow     allow subject.OU=Billing;
alice      allow     allow subject.OU=Platform;
alice      deny      allow subject.OU=Sales;
two-cns    allow     allow subject.CN=alice;
two-cns    allow     allow subject.CN=first;
two-cns    allow     allow subject.CN~^al;
multi-rdn  allow     allow subject.CN=alice subject.UID=a1;
many-sans  allow     allow san.dns=h1.many.example;
many-sans  allow     allow san.dns=h300.many.example;
many-sans  deny      allow san.dns=h301.many.example;


=== TEST 4: a negated condition is met when no value is the one
--- verdicts
alice      deny      allow subject.OU!=Billing;
alice      deny      allow subject.OU!=Platform;
alice      allow     allow subject.OU!=Sales;
alice      deny      allow subject.OU!~^B;
alice      deny      allow subject.OU!~^P;
alice      allow     allow subject.OU!~^b;
alice      deny      allow subject.OU!~*^b;
alice      allow     allow subject.OU!~^S;
many-sans  deny      allow san.dns!=h300.many.example;
many-sans  allow     allow san.dns!=h301.many.example;


=== TEST 5: a field without a value is none of them
--- verdicts
mallory    allow     allow subject.OU!=Billing;
mallory    allow     allow subject.OU!~.;
mallory    deny      allow subject.OU~.*;
mallory    deny      deny  subject.OU!=Billing; allow all;
mallory    allow     deny  subject.OU=Billing; allow all;
bob        allow     allow san.uri!=spiffe://prod.example/ns/billing/sa/web;


=== TEST 6: all conditions of a rule are required
--- verdicts
alice      allow     allow subject.CN=alice "subject.O=Acme, Inc.";
bob        deny      allow subject.CN=alice "subject.O=Acme, Inc.";
alice      allow     allow subject.OU=Billing subject.OU=Platform;
alice      deny      allow subject.OU=Billing subject.OU=Sales;
alice      deny      allow subject.OU=Sales subject.OU=Billing;
alice      allow     allow subject.OU=Billing subject.OU!=Sales;
alice      deny      allow subject.OU=Billing subject.OU!=Platform;
bob        allow     deny  subject.CN=alice "subject.O=Acme, Inc."; allow all;
alice      deny      deny  subject.CN=alice "subject.O=Acme, Inc."; allow all;
alice      allow     allow subject.CN=alice san.ip=192.0.2.0/24 san.dns=*.partners.example san.email~@acme "issuer.CN=Acme CA";
alice      deny      allow subject.CN=alice san.ip=192.0.2.0/24 san.dns=*.partners.example san.email~@evil "issuer.CN=Acme CA";


=== TEST 7: quotes keep a condition with spaces together
--- verdicts
alice      allow     allow "subject.O=Acme, Inc.";
alice      allow     allow 'subject.O=Acme, Inc.';
mallory    deny      deny  "subject.O=Evil Corp"; allow all;


=== TEST 8: all, verified and anonymous are what they say
--- verdicts
alice      allow     allow all;
none       allow     allow all;
alice      allow     allow verified;
none       deny      allow verified;
alice      deny      allow anonymous;
none       allow     allow anonymous;
alice      deny      deny verified; allow all;
none       allow     deny verified; allow all;
none       deny      deny anonymous; allow all;
alice      allow     deny anonymous; allow all;
none       allow:a   allow anonymous role=a; allow verified role=v;
alice      allow:v   allow anonymous role=a; allow verified role=v;
none       allow     allow anonymous $request_method=GET;
none       deny      allow anonymous $request_method=POST;
alice      deny      allow anonymous $request_method=GET;
alice      allow     allow verified subject.CN=alice;
alice      allow     allow verified $request_method=GET;
none       deny      allow verified $request_method=GET;
none       allow     allow all $request_method=GET;


=== TEST 9: what a certificate does not say admits nobody without one
--- verdicts
none       deny      allow subject.CN!=mallory;
none       deny      allow subject.CN!~mallory;
none       deny      allow subject.CN!=mallory $request_method=GET;
none       deny      allow san.ip!=10.0.0.0/8;
none       deny      allow trust!=ops;
none       deny      deny subject.CN!=alice; allow all;
none       allow     deny subject.CN=alice; allow all;
none       allow     deny subject.CN~^; allow all;


=== TEST 10: a rule is for requests as well as for certificates
--- verdicts
alice?a=1  allow     allow subject.CN=alice $arg_a=1;
alice?a=2  deny      allow subject.CN=alice $arg_a=1;
bob?a=1    deny      allow subject.CN=alice $arg_a=1;
none?a=1   allow     allow $arg_a=1;
none?a=1   deny      allow $arg_a!=1;
none       allow     allow $arg_a!=1;
none       deny      allow $arg_a=1;


=== TEST 11: all policies of a location must allow
--- http_config
    auth_cert_policy acme  { allow "subject.O=Acme, Inc."; }
    auth_cert_policy alice { allow subject.CN=alice; }
    auth_cert_policy get   { allow $request_method=GET; }
    auth_cert_policy never { deny all; }
--- config
    location = /acme-alice { auth_cert acme alice; echo passed; }
    location = /alice-acme { auth_cert alice acme; echo passed; }
    location = /three      { auth_cert acme get alice; echo passed; }
    location = /never      { auth_cert acme alice never; echo passed; }
    location = /never-too  { auth_cert never acme alice; echo passed; }
--- client_cert: alice bob alice bob alice bob alice alice
--- request eval
["GET /acme-alice", "GET /acme-alice", "GET /alice-acme", "GET /alice-acme",
 "GET /three", "GET /three", "GET /never", "GET /never-too"]
--- error_code eval
[200, 403, 200, 403, 200, 403, 403, 403]


=== TEST 12: the role is the first that a policy gives
--- http_config
    auth_cert_policy silent { allow verified; }
    auth_cert_policy one    { allow subject.CN=alice role=one; allow all; }
    auth_cert_policy two    { allow verified role=two; }
--- config
    location = /1 { auth_cert silent one two;
                    echo "$auth_cert_role $auth_cert_rule"; }
    location = /2 { auth_cert two one;
                    echo "$auth_cert_role $auth_cert_rule"; }
    location = /3 { auth_cert silent;
                    echo "[$auth_cert_role] $auth_cert_rule"; }
--- client_cert: alice bob alice alice
--- request eval
["GET /1", "GET /1", "GET /2", "GET /3"]
--- response_body eval
["one one:1\n", "two two:1\n", "two two:1\n", "[] silent:1\n"]


=== TEST 13: the rule and the reason of a refusal are those of the policy that refused
--- http_config
    auth_cert_policy acme  { allow "subject.O=Acme, Inc."; }
    auth_cert_policy users { allow subject.CN=alice; deny subject.CN=bob; }

    map $status $log { 403 1; default 0; }
    log_format why '$request_uri $auth_cert_decision $auth_cert_rule [$auth_cert_role] $auth_cert_reason';
--- config
    location /t/ {
        auth_cert acme users;
        access_log $TEST_NGINX_SERVER_ROOT/html/why.log why;
        echo passed;
    }
    location = /why { auth_cert off; root html; try_files /why.log =404; }
--- client_cert: bob mallory utf8 alice none
--- request eval
["GET /t/bob", "GET /t/mallory", "GET /t/utf8", "GET /t/alice", "GET /why"]
--- error_code eval
[403, 403, 403, 200, 200]
--- response_body_like eval
["", "", "", "passed", qr{\A/t/bob deny users:2 \[-\] rule 2 of policy users
/t/mallory deny - \[-\] no rule of policy acme matched
/t/utf8 deny - \[-\] no rule of policy acme matched
/t/alice allow acme:1 \[-\] rule 1 of policy acme
\z}]


=== TEST 14: policies and trust sets may be defined behind their use
--- http_config
    auth_cert later;

    auth_cert_policy later {
        allow subject.CN=alice trust=later;
    }
--- config
    location = /t {
        auth_cert_verify later;
        echo passed;
    }

    } auth_cert_trust later { ca $TEST_NGINX_PKI/partners.crt; } server {
--- client_cert: alice bob ops-alice
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 403, 400]


=== TEST 15: rules may stand in files of their own
--- http_config
    auth_cert_policy users {
        include $TEST_NGINX_SERVER_ROOT/html/rules/*.conf;
        deny all;
    }
--- config
    location = /t { auth_cert users; echo $auth_cert_rule; }
--- user_files
>>> rules/1.conf
allow subject.CN=alice;
>>> rules/2.conf
allow subject.CN=bob;
--- client_cert: alice bob mallory
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 403]
--- response_body_like eval
["users:1", "users:2", "403 Forbidden"]


=== TEST 16: among many exact rules it is still the first one that decides
--- http_config eval
my $others = sub { join '', map { "allow subject.CN=x$_;\n" } @_ };
"auth_cert_policy many {\n"
. $others->(1 .. 10)                                        # 1 - 10
. "allow subject.CN=bob role=bob;\n"                        # 11
. "deny  san.email=bob\@acme.example;\n"                    # 12
. $others->(11 .. 20)                                       # 13 - 22
. "allow subject.OU=Platform role=platform;\n"              # 23
. "allow subject.OU=Billing role=billing;\n"                # 24
. "deny  subject.CN=alice;\n"                               # 25
. $others->(21 .. 30)                                       # 26 - 35
. "allow subject.CN~^m role=m;\n"                           # 36
. "allow subject.CN=service role=service;\n"                # 37
. $others->(31 .. 40)                                       # 38 - 47
. "deny  san.dns=h7.many.example;\n"                        # 48
. "allow subject.CN=many-sans role=late;\n"                 # 49
. "deny  subject.CN=mallory;\n"                             # 50
. "}\n"
--- config
    location = /t {
        auth_cert many;
        echo "$auth_cert_role $auth_cert_rule";
    }
--- client_cert: alice bob mallory service utf8 none
--- request eval
[("GET /t") x 6]
--- error_code eval
[200, 200, 200, 200, 403, 403]
--- response_body_like eval
["^platform many:23\$", "^bob many:11\$", "^m many:36\$",
 "^service many:37\$", "403", "403"]


=== TEST 17: a verdict does not depend on what the connection asked before
--- http_config
    auth_cert_policy alice { allow subject.CN=alice role=user; }
    auth_cert_policy bob   { allow subject.CN=bob role=user; }
    auth_cert_policy arg   { allow subject.CN=$arg_name role=arg; }
--- config
    location = /alice { auth_cert alice; echo $auth_cert_role; }
    location = /bob   { auth_cert bob; echo $auth_cert_role; }
    location = /arg   { auth_cert arg; echo $auth_cert_role; }
    location = /off   { auth_cert off; echo "[$auth_cert_role]"; }
--- client_cert: alice
--- keep_connection
--- request eval
["GET /alice", "GET /bob", "GET /alice", "GET /arg?name=bob",
 "GET /arg?name=alice", "GET /off", "GET /arg", "GET /bob", "GET /alice"]
--- more_headers
Connection: keep-alive
--- error_code eval
[200, 403, 200, 403, 200, 200, 403, 403, 200]
--- response_body_like eval
["^user\$", "403", "^user\$", "403", "^arg\$", "^\\[\\]\$", "403", "403",
 "^user\$"]


=== TEST 18: a certificate that did not verify is refused before any rule, also an optional one
--- http_config
    auth_cert_policy all { allow all; }
--- config
    error_page 495 =495 /refused;
    location = /t { auth_cert all; echo passed; }
    location = /refused { internal; auth_cert off; echo refused; }
--- client_cert: imposter-alice expired self-signed
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[495, 495, 495]


=== TEST 19: the set that vouched, and its anchor, can be asked for
--- verdicts
alice      allow     allow trust=partners;
ops-alice  deny      allow trust=partners;
ops-alice  allow     allow trust=ops;
ops-alice  allow     allow trust!=partners;
ops-alice  deny      deny trust=ops; allow all;
none       deny      allow trust=partners; allow trust=ops;


=== TEST 20: so can "native", where nginx's own settings vouch
--- http_config
    auth_cert_policy native { allow trust=native; }
    auth_cert_policy named  { allow trust=partners; }
--- config
    ssl_verify_client optional;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location = /native { auth_cert_verify native; auth_cert native; echo passed; }
    location = /named  { auth_cert named; echo passed; }
    location = /other  { auth_cert native; echo passed; }
--- client_cert: alice alice alice none
--- request eval
["GET /native", "GET /named", "GET /other", "GET /native"]
--- error_code eval
[200, 200, 403, 403]


=== TEST 21: a policy serves any number of servers, each with its own sets
--- http_config
    auth_cert_policy carol { allow subject.CN=carol; allow subject.CN=alice; }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
        include $TEST_NGINX_PKI/server.conf;
        auth_cert_verify ops;
        auth_cert carol;
        location = /t { echo $auth_cert_trust; }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify partners;
    auth_cert carol;
    location = /t { echo $auth_cert_trust; }
--- client_cert: alice ops-carol ops-carol alice
--- tls_port: 1 2 1 2
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400, 400]
--- response_body_like eval
["^partners\$", "^ops\$", "400", "400"]


=== TEST 22: a negation among exact rules is one, and asks for its certificate
--- verdicts
alice   deny   deny  subject.CN!=bob; deny subject.CN=x; deny subject.CN=y; deny subject.CN=z; allow all;
bob     allow  deny  subject.CN!=bob; deny subject.CN=x; deny subject.CN=y; deny subject.CN=z; allow all;
alice   allow  allow subject.CN!=bob; allow subject.CN=x; allow subject.CN=y; allow subject.CN=z;
bob     deny   allow subject.CN!=bob; allow subject.CN=x; allow subject.CN=y; allow subject.CN=z;
none    deny   allow subject.CN!=bob; allow subject.CN=x; allow subject.CN=y; allow subject.CN=z;
