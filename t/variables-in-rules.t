# $variables in rules, on either side of an operator.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_verify partners ops optional;
EOC

run_tests();

__DATA__

=== TEST 1: a variable on the left is a value like any other
--- verdicts
none?a=x      allow  allow $arg_a=x;
none?a=X      deny   allow $arg_a=x;
none?a=xx     deny   allow $arg_a=x;
none?a=x      allow  allow ${arg_a}=x;
none?a=x      deny   allow $arg_a!=x;
none?a=y      allow  allow $arg_a!=x;
none?a=x7     allow  allow $arg_a~^x\d$;
none?a=X7     deny   allow $arg_a~^x\d$;
none?a=X7     allow  allow $arg_a~*^x\d$;
none?a=x7     deny   allow $arg_a!~^x\d$;
none?a=X7     deny   allow $arg_a!~*^x\d$;
none?a=x7     deny   deny  $arg_a~7; allow all;


=== TEST 2: an empty or missing variable is an empty value
--- verdicts
none          deny   allow $arg_a=x;
none          allow  allow $arg_a!=x;
none          allow  allow $arg_a~^$;
none?a=       allow  allow $arg_a~^$;
none?a=x      deny   allow $arg_a~^$;
none          deny   allow $arg_a!~^$;


=== TEST 3: a variable on the right is evaluated for each request
--- verdicts
alice?who=alice   allow  allow subject.CN=$arg_who;
alice?who=bob     deny   allow subject.CN=$arg_who;
bob?who=bob       allow  allow subject.CN=$arg_who;
alice?who=Alice   deny   allow subject.CN=$arg_who;
alice?who=alice   allow  allow subject.CN=${arg_who};
alice?who=lic     allow  allow subject.CN=a${arg_who}e;
alice?a=al&b=ice  allow  allow subject.CN=$arg_a$arg_b;
alice?who=bob     allow  allow subject.CN!=$arg_who;
alice?who=alice   deny   allow subject.CN!=$arg_who;
alice?who=alice   deny   deny  subject.CN=$arg_who; allow all;
alice?who=bob     allow  deny  subject.CN=$arg_who; allow all;
none?who=alice    deny   allow subject.CN=$arg_who;
none?who=alice    deny   allow subject.CN!=$arg_who;

# among exact rules, which are looked up in a table
alice?who=alice   deny   deny subject.CN=$arg_who; deny subject.CN=a; deny subject.CN=b; deny subject.CN=c; allow all;
alice?who=alice   allow  allow subject.CN=a; allow subject.CN=b; allow subject.CN=c; allow subject.CN=$arg_who;
alice?who=bob     deny   allow subject.CN=a; allow subject.CN=b; allow subject.CN=c; allow subject.CN=$arg_who;


=== TEST 4: no value is like an empty text, and "none is" cannot be told of it
--- verdicts
alice         deny   allow subject.CN=$arg_who;
alice?who=    deny   allow subject.CN=$arg_who;
alice         deny   allow subject.CN!=$arg_who;
alice         allow  deny  subject.CN=$arg_who; allow all;
alice         deny   deny  subject.CN!=$arg_who; allow all;
none          deny   allow $arg_a=$arg_b;
none          deny   allow $arg_a!=$arg_b;


=== TEST 5: variables on both sides
--- verdicts
none?a=x&b=x  allow  allow $arg_a=$arg_b;
none?a=x&b=y  deny   allow $arg_a=$arg_b;
none?a=x&b=y  allow  allow $arg_a!=$arg_b;
none?a=x&b=x  deny   allow $arg_a!=$arg_b;


=== TEST 6: a device touches its own path only
--- http_config
    auth_cert_policy own_device { allow san.uri=urn:device:$device; }
--- config
    location ~ ^/devices/(?<device>[^/]+)/ {
        auth_cert own_device;
        echo "device $device";
    }
--- client_cert: device-17 device-17 device-18 alice none device-17 device-17
--- request eval
["GET /devices/17/state", "GET /devices/18/state", "GET /devices/18/state",
 "GET /devices/17/state", "GET /devices/17/state", "GET /devices/1/state",
 "GET /devices/17%00/state"]
--- error_code eval
[200, 403, 200, 403, 403, 403, 400]


=== TEST 7: the text is compared as the field compares
--- verdicts
bob?h=BOB.ops.Example.COM    allow  allow san.dns=$arg_h;
bob?h=bob                    allow  allow san.dns=$arg_h.ops.example.com;
alice?a=2001:DB8:0::1        allow  allow san.ip=$arg_a;
alice?a=192.0.2.1            allow  allow san.ip=$arg_a;
alice?a=192.0.2.01           deny   allow san.ip=$arg_a;
alice?a=alice@ACME.example   allow  allow san.email=$arg_a;
alice?a=Alice@acme.example   deny   allow san.email=$arg_a;
alice?a=0A:1B:2C             allow  allow serial=$arg_a;
alice?a=a1b2c                allow  allow serial=$arg_a;
alice?a=clientAuth           allow  allow eku=$arg_a;
alice?a=Acme                 allow  allow issuer=CN=$arg_a\ CA,O=$arg_a; allow "issuer=CN=$arg_a CA,O=$arg_a";
alice?a=Acme%20CA            deny   allow issuer.CN=$arg_a;


=== TEST 8: a text that the field cannot hold is like no value, and "none is" cannot be told of it
--- verdicts
alice?a=not-an-address    deny   allow san.ip=$arg_a;
alice?a=not-an-address    deny   allow san.ip!=$arg_a;
alice?a=not-an-address    deny   deny  san.ip!=$arg_a; allow all;
alice?a=not-an-address    allow  deny  san.ip=$arg_a; allow all;
alice?a=x+y               deny   allow serial!=$arg_a;
alice?a=nobody            deny   allow san.email!=$arg_a;


=== TEST 9: what a client puts into a variable is a text, never a pattern
--- verdicts
bob?a=*.ops.example.com        deny   allow san.dns=$arg_a;
bob?a=*                        deny   allow san.dns=$arg_a.ops.example.com;
alice?a=*                      deny   allow subject.CN=$arg_a;
alice?a=.*                     deny   allow subject.CN=$arg_a;
alice?a=~^a                    deny   allow subject.CN=$arg_a;
alice?a=@/etc/passwd           deny   allow subject.CN=$arg_a;
alice?a=192.0.2.0/24           deny   allow san.ip=$arg_a;
alice?a=0.0.0.0/0              deny   allow san.ip=$arg_a;
alice?a=192.0.2.0/24           deny   allow san.ip!=$arg_a;
alice?a=**                     deny   allow san.uri=spiffe://prod.example/$arg_a;
alice?a=ns/*/sa/web            deny   allow san.uri=spiffe://prod.example/$arg_a;
alice?a=$subject_cn            deny   allow subject.CN=$arg_a;
alice?a=alice|bob              deny   allow subject.CN=$arg_a;
path-star?a=*                  allow  allow san.uri=https://a.example/$arg_a;


=== TEST 10: a URI of several parts is the certificate's own text, dots and all
--- verdicts
alice?a=billing                allow  allow san.uri=spiffe://prod.example/ns/$arg_a/sa/web;
alice?a=x/../billing           deny   allow san.uri=spiffe://prod.example/ns/$arg_a/sa/web;
alice?a=billing/sa/web         allow  allow spiffe_id=spiffe://prod.example/ns/$arg_a;
alice?a=billing/sa/web/        deny   allow spiffe_id=spiffe://prod.example/ns/$arg_a;


=== TEST 11: what the certificate says may be asked as a variable, too
--- http_config
    map $auth_cert_subject_cn $known { alice 1; bob 1; default ''; }
    auth_cert_map $team subject.OU { Billing red; default none; }

    auth_cert_policy known { allow $known=1; }
    auth_cert_policy red   { allow $team=red; }
    auth_cert_policy path  { allow $auth_cert_subject_cn=$arg_user; }
--- config
    location = /known { auth_cert known; echo passed; }
    location = /red   { auth_cert red; echo passed; }
    location = /path  { auth_cert path; echo passed; }
--- client_cert: alice mallory none alice bob alice alice none
--- request eval
["GET /known", "GET /known", "GET /known", "GET /red", "GET /red",
 "GET /path?user=alice", "GET /path?user=bob", "GET /path"]
--- error_code eval
[200, 403, 403, 200, 403, 200, 403, 403]


=== TEST 12: a pattern with "$" that names no variable is a text
--- verdicts
alice      deny   allow subject.CN=alice$;
alice      allow  allow subject.CN!=alice$;
alice      deny   allow subject.CN=$;


=== TEST 13: a name that is no UTF-8 is none, and the next rule is looked at
--- http_config
    auth_cert_policy named {
        allow subject=$http_x_name;
        allow san.dirname=$http_x_name;
        allow subject.CN=alice;
    }
--- config
    location = /t { auth_cert named; echo passed; }
--- client_cert: alice bob
--- request eval
["GET /t", "GET /t"]
--- more_headers eval
["X-Name: CN=al\xffice", "X-Name: CN=al\xffice"]
--- error_code eval
[200, 403]
--- no_error_log
[alert]
[error]


=== TEST 14: a verdict that was asked for before a variable changed is not kept
--- http_config
    auth_cert_policy step { allow $step=2 role=second; }
--- config
    location = /t {
        auth_cert step;

        set $step 1;
        set $first "$auth_cert_decision $auth_cert_role";
        set $step 2;
        set $second "$auth_cert_decision $auth_cert_role";

        echo "$first, $second, $auth_cert_decision";
    }
--- client_cert: alice
--- request
GET /t
--- response_body
deny , allow second, allow
