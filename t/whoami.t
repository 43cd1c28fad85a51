# auth_cert_whoami: what the module sees of a client, what it decides, and why.
# What it says of odd certificates is in identity-*.t and spiffe.t.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy staff {
        deny  subject.CN=mallory;
        allow subject.CN=alice role=accountant;
        allow subject.CN=bob $request_method=GET;
    }
    auth_cert_policy everybody { allow all; }
    auth_cert_policy readers { allow verified role=reader; }
EOC

run_tests();

__DATA__

=== TEST 1: the answer, byte for byte
--- config
    location = /t {
        auth_cert_verify ops partners;
        auth_cert staff;
        auth_cert_whoami;
    }
--- client_cert: alice
--- request
GET /t
--- response_headers
Content-Type: application/json
--- response_body eval
'{"verify": {"status": "SUCCESS", "error": null, "trust": "partners"}, '
. '"identity": {'
. '"subject": "CN=alice,OU=Platform,OU=Billing,O=Acme\\\\, Inc.", '
. '"subject_rdns": [[["2.5.4.10", "O", "Acme, Inc."]], '
.   '[["2.5.4.11", "OU", "Billing"]], [["2.5.4.11", "OU", "Platform"]], '
.   '[["2.5.4.3", "CN", "alice"]]], '
. '"issuer": "CN=Acme CA,O=Acme", '
. '"issuer_rdns": [[["2.5.4.10", "O", "Acme"]], '
.   '[["2.5.4.3", "CN", "Acme CA"]]], '
. '"san": {"dns": ["alice.partners.example"], '
.   '"uri": ["spiffe://prod.example/ns/billing/sa/web"], '
.   '"email": ["alice@acme.example"], "ip": ["192.0.2.1", "2001:db8::1"], '
.   '"upn": [], "dirname": [], "rid": [], "other": []}, '
. '"serial": "0a1b2c", '
. '"fingerprint": "' . fingerprint('alice') . '", '
. '"spki": "' . spki('alice') . '", '
. '"not_before": "2025-01-01T00:00:00Z", '
. '"not_after": "2049-12-31T23:59:59Z", '
. '"eku": ["1.3.6.1.5.5.7.3.2"], '
. '"spiffe_id": "spiffe://prod.example/ns/billing/sa/web", '
. '"unusable": []}, '
. '"verdict": {"decision": "allow", "policy": "staff", "rule": 2, '
.   '"role": "accountant", "reason": "rule 2 of policy staff"}}' . "\n"


=== TEST 2: a denied client is told so, with the status of the refusal
--- config
    location = /whoami {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
    }
--- whoami
mallory  verify            {"status":"SUCCESS","error":null,"trust":"partners"}
         identity.subject  "CN=mallory,O=Evil Corp"
         verdict           {"decision":"deny","policy":"staff","rule":1,"role":null,"reason":"rule 1 of policy staff"}
service  verify.status     "SUCCESS"
         verdict           {"decision":"deny","policy":"staff","rule":null,"role":null,"reason":"no rule of policy staff matched"}
bob      verdict           {"decision":"allow","policy":"staff","rule":3,"role":null,"reason":"rule 3 of policy staff"}
--- error_code eval
[403, 403, 200]


=== TEST 3: without a certificate there is no identity
--- config
    location = /whoami {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
    }
--- whoami
none  verify    {"status":"NONE","error":null,"trust":null}
      identity  null
      verdict   {"decision":"deny","policy":null,"rule":null,"role":null,"reason":"no certificate"}
--- error_code eval
[400]


=== TEST 4: where it is optional, rules see nobody
--- config
    location = /whoami {
        auth_cert_verify partners optional;
        auth_cert everybody;
        auth_cert_whoami;
    }
--- whoami
none  verify    {"status":"NONE","error":null,"trust":null}
      identity  null
      verdict   {"decision":"allow","policy":"everybody","rule":1,"role":null,"reason":"rule 1 of policy everybody"}


=== TEST 5: an unverified certificate is shown, and rules do not see it
--- config
    location = /whoami {
        auth_cert_verify partners optional;
        auth_cert everybody;
        auth_cert_whoami;
    }
--- whoami
expired         verify            {"status":"FAILED","error":"certificate has expired","trust":null}
                identity.subject  "CN=alice"
                identity.issuer   "CN=Acme CA,O=Acme"
                verdict           {"decision":"deny","policy":null,"rule":null,"role":null,"reason":"certificate not verified: certificate has expired"}
imposter-alice  verify.status     "FAILED"
                verify.error      "certificate signature failure"
                identity.serial   "0a1b2c"
                verdict.decision  "deny"
ops-alice       verify.status     "FAILED"
                identity.issuer   "CN=Ops CA,O=Acme Operations"
                verdict.policy    null


=== TEST 6: where nothing is decided there is no verdict
--- config
    location = /whoami {
        auth_cert_verify partners;
        auth_cert off;
        auth_cert_whoami;
    }
--- whoami
alice    verify.status     "SUCCESS"
         identity.serial   "0a1b2c"
         verdict           null
expired  verify.status     "FAILED"
         identity.subject  "CN=alice"
         verdict           null
none     verify.status     "NONE"
         identity          null
         verdict           null
--- error_code eval
[200, 200, 200]


=== TEST 7: where nobody vouches, a certificate is shown but not verified
--- config
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_verify_client optional;

    location = /whoami {
        auth_cert_verify off;
        auth_cert_whoami;
    }
--- whoami
alice  verify           {"status":"NONE","error":null,"trust":null}
       identity.serial  "0a1b2c"
       verdict          null


=== TEST 8: what ssl_verify_client verified
--- config
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_verify_client optional;

    location = /whoami {
        auth_cert readers;
        auth_cert_whoami;
    }
--- whoami
alice  verify        {"status":"SUCCESS","error":null,"trust":"native"}
       verdict.role  "reader"


=== TEST 9: of several policies, the one that tells
--- config
    location = /whoami {
        auth_cert_verify partners;
        auth_cert everybody readers staff;
        auth_cert_whoami;
    }
--- whoami
alice    verdict  {"decision":"allow","policy":"readers","rule":1,"role":"reader","reason":"rule 1 of policy readers"}
mallory  verdict  {"decision":"deny","policy":"staff","rule":1,"role":null,"reason":"rule 1 of policy staff"}
--- error_code eval
[200, 403]


=== TEST 10: in a server without TLS
--- config
    location = /t {
        auth_cert_whoami;
    }
--- no_tls
--- request
GET /t
--- response_body
{"verify": {"status": "NONE", "error": null, "trust": null}, "identity": null, "verdict": null}


=== TEST 11: HEAD has the headers of GET and no body
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
    }
--- client_cert: none
--- request eval
["HEAD /t", "GET /t"]
--- error_code eval
[400, 400]
--- response_headers eval
[("Content-Type: application/json\nContent-Length: 184") x 2]
--- response_body eval
["", '{"verify": {"status": "NONE", "error": null, "trust": null}, '
     . '"identity": null, "verdict": {"decision": "deny", "policy": null, '
     . '"rule": null, "role": null, "reason": "no certificate"}}' . "\n"]


=== TEST 12: other methods are not allowed
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert_whoami;
    }
--- client_cert: alice
--- request eval
["POST /t\nbody", "DELETE /t", "OPTIONS /t"]
--- error_code eval
[405, 405, 405]


=== TEST 13: auth_cert_status holds here, too
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_status 404;
        auth_cert_whoami;
    }
--- client_cert: mallory
--- request
GET /t
--- error_code: 404
--- response_body_like eval
qr/"decision": "deny", "policy": "staff", "rule": 1/


=== TEST 14: error_page does not replace the answer, but may be it
--- config
    error_page 403 495 496 /page;

    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
    }
    location = /other {
        auth_cert_verify partners;
        auth_cert staff;
        error_page 403 =403 @why;
        echo passed;
    }
    location @why {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
    }
    location = /page {
        echo page;
    }
--- client_cert: mallory
--- request eval
["GET /t", "GET /other"]
--- error_code eval
[403, 403]
--- response_body_like eval
[('"reason": "rule 1 of policy staff"') x 2]
--- response_headers eval
[("Content-Type: application/json") x 2]


=== TEST 15: whom another access directive refuses sees nothing
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        deny all;
        auth_cert_whoami;
    }
--- client_cert: alice mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[403, 403]
--- response_body_unlike eval
["verdict", "verdict"]


=== TEST 16: satisfy any: whom another one lets in gets 200
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        allow 127.0.0.1;
        deny all;
        satisfy any;
        auth_cert_whoami;
    }
--- client_cert: alice mallory none expired
--- request eval
[("GET /t") x 4]
--- error_code eval
[200, 200, 200, 200]
--- response_body_like eval
['"decision": "allow"', '"reason": "rule 1 of policy staff"',
 '"reason": "no certificate"', '"status": "FAILED"']


=== TEST 17: satisfy any: whom nobody lets in sees nothing
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        deny all;
        satisfy any;
        auth_cert_whoami;
    }
--- client_cert: alice mallory none
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, 403, 403]
--- response_body_like eval
['"decision": "allow"', '<title>403 Forbidden', '<title>403 Forbidden']


=== TEST 18: the "if" and "limit_except" blocks of its location answer, too
--- config
    location = /if {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
        if ($arg_a) { set $b 1; }
    }
    location = /limit {
        auth_cert_verify partners;
        auth_cert_whoami;
        limit_except POST { auth_cert staff; }
    }
--- client_cert: alice mallory alice mallory
--- request eval
["GET /if?a=1", "GET /if?a=1", "GET /limit", "GET /limit"]
--- error_code eval
[200, 403, 200, 403]
--- response_body_like eval
[('"rule": 2', '"rule": 1') x 2]


=== TEST 19: where something else answers, a refusal is one
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
        proxy_pass http://backend;
    }
    location /try {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
        try_files /secret.txt =404;
    }
--- user_files
>>> secret.txt
secret
--- client_cert: mallory none mallory
--- request eval
["GET /t", "GET /t", "GET /try"]
--- error_code eval
[403, 400, 403]
--- response_body_like eval
['<title>403 Forbidden', '<title>400 ', '"decision": "deny"']


=== TEST 20: auth_request takes its verdict
--- config
    location = /t {
        auth_cert_verify partners;
        auth_request /whoami;
        echo passed;
    }
    location = /whoami {
        internal;
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
    }
--- client_cert: alice mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 403]


=== TEST 21: a rule on the request: the verdict is that of the access phase
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
    }
--- client_cert: bob
--- request eval
["GET /t", "HEAD /t", "GET /t"]
--- error_code eval
[200, 403, 200]
--- response_body_like eval
['"rule": 3', '^$', '"rule": 3']


=== TEST 22: a connection that was never asked for a certificate
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name a.example;
        location / { echo a; }
    }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        location = /whoami {
            auth_cert_verify partners;
            auth_cert staff;
            auth_cert_whoami;
        }
    }
--- config
    location = /t { echo; }
--- client_cert: alice
--- sni: a.example
--- request
GET /whoami
--- more_headers
Host: b.example
--- error_code: 421
--- response_body
{"verify": {"status": "NONE", "error": null, "trust": null}, "identity": null, "verdict": {"decision": "deny", "policy": null, "rule": null, "role": null, "reason": "the connection was never asked for a certificate"}}


=== TEST 23: over HTTP/2, several times on one connection, 12 kB each
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert readers;
        auth_cert_whoami;
    }
--- client_cert: many-sans
--- http_version: 2
--- pipelined_requests eval
["GET /t", "GET /t"]
--- response_body_like eval
[('^\{.*"h1\.many\.example", .*"h300\.many\.example"\].*\}\n\z') x 2]


=== TEST 24: a refusal is logged as elsewhere
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_whoami;
    }
--- client_cert: mallory
--- log_level: info
--- request
GET /t
--- error_code: 403
--- error_log
client certificate refused: rule 1 of policy staff, subject: "CN=mallory,O=Evil Corp"


=== TEST 25: it stands once, in a location
--- config
    location = /t {
        auth_cert_whoami;
        auth_cert_whoami;
    }
--- must_die
--- error_log
"auth_cert_whoami" directive is duplicate


=== TEST 26: it is not for a server
--- config
    auth_cert_whoami;
    location = /t { echo; }
--- must_die
--- error_log
"auth_cert_whoami" directive is not allowed here


=== TEST 27: it has no arguments
--- config
    location = /t { auth_cert_whoami on; }
--- must_die
--- error_log
invalid number of arguments in "auth_cert_whoami" directive


=== TEST 28: a body that is not well-formed
--- config
    location /w { auth_cert_verify partners; auth_cert_whoami; }
--- protocols: 1.1
--- client_cert: alice
--- raw_request eval
"GET /w HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
. "Connection: close\r\n\r\nnone\r\n"
--- error_code: 400
