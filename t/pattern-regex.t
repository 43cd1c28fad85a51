# Regular expressions: what they see of a value, what they capture, and what
# one may cost.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_verify partners ops optional;
EOC

run_tests();

__DATA__

=== TEST 1: an expression matches anywhere, unless it is anchored
--- verdicts
alice      allow  allow subject.CN~lic;
alice      allow  allow subject.CN~^alice$;
alice      deny   allow subject.CN~^lic;
alice      deny   allow subject.CN~lic$;
alice      allow  allow san.email~@acme\.example$;
mallory    deny   allow san.email~@acme\.example$;


=== TEST 2: ~ minds the case, ~* does not
--- verdicts
upper-case  deny   allow subject.CN~^alice$;
upper-case  allow  allow subject.CN~*^alice$;
alice       allow  allow subject.CN~*^ALICE$;
upper-case  allow  allow subject.CN!~^alice$;
upper-case  deny   allow subject.CN!~*^alice$;


=== TEST 3: it sees the value as it is in the certificate, and as a whole
--- verdicts
upper-case  deny   allow san.dns~^bob\.;
upper-case  allow  allow san.dns~^BOB\.OPS\.Example\.COM$;
special-cn  allow  allow 'subject.CN~^ #a,b\+c"d\\\\e<f>g;h=i $';
alice       allow  allow "subject.O~^Acme, Inc\.$";
bmp         allow  allow "subject.CN~^Zoë 東京$";
alice       allow  allow "subject~^CN=alice,OU=Platform,OU=Billing,O=Acme\\\\, Inc\.$";
alice       allow  allow san.ip~^192\.0\.2\.;
alice       allow  allow san.ip~^2001:db8::1$;
alice       allow  allow serial~^0a1b2c$;
alice       allow  allow eku~^1\.3\.6\.;
policies    allow  allow policy~^1\.2\.3\.4\.[12]$;
policies    allow  allow ext.1.2.3.4.10~^#0201;
device-17   allow  allow san.uri~^urn:device:\d+$;
two-uris    deny   allow san.uri~example.*second;
many-sans   allow  allow san.dns~^h300\.;
many-sans   deny   allow san.dns~^h301\.;


=== TEST 4: "$" is the end of a value also where its line would end
--- verdicts
# the value of this one holds a newline, and is not to be used at all
crlf-cn     deny   allow subject.CN~^alice$;
crlf-cn     deny   allow subject.CN~(?m)^alice$;
crlf-cn     deny   allow subject.CN~alice;


=== TEST 5: Unicode is for expressions that ask for it
--- verdicts
utf8        deny   allow "subject.CN~^Zo. 東京$";
utf8        allow  allow "subject.CN~^Zo.. 東京$";
utf8        allow  allow "subject.CN~(*UTF)^Zo. 東京$";
utf8        allow  allow "subject.CN~*(*UTF)^ZOË 東京$";


=== TEST 6: captures make the role, by number and by name
--- verdicts
alice      allow:alice        allow subject.CN~^(.+)$ role=$1;
alice      allow:alice        allow subject.CN~^(.+)$ role=$0;
alice      allow:lic          allow subject.CN~lic role=$0;
alice      allow:prod.example/billing/web  allow san.uri~^spiffe://([^/]+)/ns/([^/]+)/sa/(.+)$ role=$1/$2/$3;
alice      allow:web-billing  allow san.uri~/ns/(?<ns>[^/]+)/sa/(?<sa>[^/]+)$ role=$sa-$ns;
alice      allow:web2         allow san.uri~/ns/(?<ns>[^/]+)/sa/(?<sa>[^/]+)$ role=${sa}2;
alice      allow:alice2       allow subject.CN~^(.+)$ role=$12;
alice      allow:alice2       allow subject.CN~^(.+)$ role=${1}2;
alice      allow:user:alice.  allow subject.CN~^(.+)$ role=user:$1.;
alice      allow:e            allow subject.CN~^(.)(.)(.)(.)(.)$ role=$5;


=== TEST 7: a group that took no part is empty
--- verdicts
alice      allow:[alice-]     allow subject.CN~^(al|bo)(.*?)(x)?$ role=[$1$2-$3];
bob        allow:[bob-]       allow subject.CN~^(al|bo)(.*?)(x)?$ role=[$1$2-$3];


=== TEST 8: the captures are of the value that matched, of the last expression of the rule
--- verdicts
alice      allow:Platform     allow subject.OU~^(P.*) role=$1;
many-sans  allow:209          allow san.dns~^h(2.9)\. role=$1;
alice      allow:acme         allow subject.CN~^(.+)$ san.email~@(\w+) role=$1;
alice      allow:alice        allow san.email~@(\w+) subject.CN~^(.+)$ role=$1;
alice      allow:alice        allow subject.CN~^(.+)$ san.email!~@evil role=$1;
alice      allow:alice        allow subject.CN~^(.+)$ "subject.O=Acme, Inc." role=$1;


=== TEST 9: a rule that does not match leaves no captures behind
--- verdicts
alice      allow:e            allow subject.CN~^(al)(.*) subject.O=none role=$1; allow subject.CN~(e) role=$1;
bob        allow:[]           allow subject.CN~^(b)(x)? subject.O=none role=$1; allow subject.CN~^(c)?b role=[$1];


=== TEST 10: captures of a variable
--- verdicts
alice?team=red   allow:red    allow verified $arg_team~^(\w+)$ role=$1;
alice?team=      deny         allow verified $arg_team~^(\w+)$ role=$1;
alice            deny         allow verified $arg_team~^(\w+)$ role=$1;
alice            allow:[]     allow verified $arg_team~^(\w*)$ role=[$1];


=== TEST 11: a role breaks out of no line, wherever its captures come from
--- http_config
    auth_cert_policy users { allow verified $uri~(?s)^/t/(.+)$ role=$1; }
--- config
    location /t/ {
        auth_cert users;
        add_header X-Role $auth_cert_role;
        echo passed;
    }
--- client_cert: alice
--- request
GET /t/a%0D%0AX-Admin:%20yes%0D%0A%0D%0Ab
--- response_headers
X-Role: a%0D%0AX-Admin: yes%0D%0A%0D%0Ab
! X-Admin


=== TEST 12: a role is always valid UTF-8
--- verdicts
utf8       allow:Zo%C3            allow "subject.CN~^(Zo.)" role=$1;
utf8       allow:Zoë              allow "subject.CN~(*UTF)^(Zo.)" role=$1;
utf8       allow:[東京]           allow "subject.CN~ (.+)$" role=[$1];


=== TEST 13: the cost of an expression is limited: no rule allows by it, a rule that denies does
--- verdicts
many-as    deny   allow subject.CN~^(a+)+$;
many-as    deny   allow subject.CN!~^(a+)+$;
many-as    deny   deny subject.CN~^(a+)+$; allow all;
many-as    deny   deny subject.CN!~^(a+)+$; allow all;
many-as    allow  allow subject.CN~^a+!$;
many-as    allow  allow subject.CN~^(a+)+$; allow subject.CN~!$;


=== TEST 14: an expression may set a limit of its own
--- verdicts
# 44 steps
many-as    allow  allow subject.CN~^(aa|a)+!$;
many-as    deny   allow subject.CN~(*LIMIT_MATCH=10)^(aa|a)+!$;
# 65,538 steps, and 524,289
many-as    allow  allow "subject.CN~^(?:a|aa){16}b|^a+!$";
many-as    deny   allow "subject.CN~^(?:a|aa){18}b|!$";
many-as    allow  allow "subject.CN~(*LIMIT_MATCH=1000000)^(?:a|aa){18}b|!$";


=== TEST 15: what is logged of it holds the pattern, and nothing the client sent
--- http_config
    auth_cert_policy slow { allow verified $arg_a~^(a+)+$; }
    error_log $TEST_NGINX_SERVER_ROOT/html/warn.log warn;
--- config
    location = /t { auth_cert slow; echo passed; }
    location = /log { auth_cert off; root html; try_files /warn.log =404; }
--- client_cert: alice
--- request eval
["GET /t?a=" . ('a' x 40) . "!x", "GET /log"]
--- error_code eval
[403, 200]
--- response_body_like eval
["403", qr{\A\S+ \S+ \[warn\] \S+ \*\d+ auth_cert: pcre\w+\(\) failed: -\d+ on a value of 42 bytes using "\^\(a\+\)\+\$", such a value matches no rule that allows; use a simpler regular expression, client: [^\n]*\n\z}]


=== TEST 16: the limit holds for compiled expressions, too
--- main_config
    pcre_jit on;
--- verdicts
alice      allow:lic  allow subject.CN~^a(.*)e$ role=$1;
many-as    deny       allow subject.CN~^(a+)+$;
many-as    deny       deny subject.CN~^(a+)+$; allow all;


=== TEST 17: a pattern cannot end the process or leave the value
--- verdicts
# \C, callouts and the like are PCRE's own; the longest look back stays inside
alice      deny   allow subject.CN~(?<=x)alice;
alice      allow  allow subject.CN~(?<!x)alice;
alice      allow  allow subject.CN~\balice\b;
alice      allow  allow subject.CN~\Aalice\z;
alice      allow  allow subject.CN~(?i)ALICE;
