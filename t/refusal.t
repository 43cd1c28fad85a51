# A refusal can be explained: in the error log, and in the location that
# error_page leads to.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
    }
EOC

run_tests();

__DATA__

=== TEST 1: the log line names the certificate that a policy denies
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }
--- client_cert: bob
--- request
GET /t
--- error_code: 403
--- error_log
client certificate refused: no rule of policy staff matched, subject: "CN=bob,O=Acme\, Inc.", issuer: "CN=Acme CA,O=Acme", serial: 0b0b, fingerprint:
--- log_level: info


=== TEST 2: it names one that does not verify, too
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }
--- client_cert: expired
--- request
GET /t
--- error_code: 400
--- error_log
client certificate refused: certificate not verified: certificate has expired, subject: "CN=alice", issuer: "CN=Acme CA,O=Acme", serial:
--- log_level: info


=== TEST 3: without a certificate there is nothing to name
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }
--- client_cert: none
--- request
GET /t
--- error_code: 400
--- error_log
client certificate refused: no certificate, client:
--- log_level: info


=== TEST 4: the level of the line is auth_cert_log_level
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_log_level warn;
        echo passed;
    }
--- client_cert: bob
--- request
GET /t
--- error_code: 403
--- error_log eval
qr/\[warn\] .*client certificate refused: no rule of policy staff matched/
--- log_level: warn


=== TEST 5: below the level of the error log nothing is written
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_log_level notice;
        echo passed;
    }
--- client_cert: bob
--- request
GET /t
--- error_code: 403
--- no_error_log
client certificate refused
--- log_level: warn


=== TEST 6: the location of error_page knows the verdict and the reason
--- config
    error_page 403 495 496 =403 /refused;

    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }

    location = /refused {
        internal;
        echo "$auth_cert_decision: $auth_cert_reason";
    }
--- client_cert: none bob imposter-alice
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[403, 403, 403]
--- response_body eval
["deny: no certificate\n",
 "deny: no rule of policy staff matched\n",
 "deny: certificate not verified: certificate signature failure\n"]


=== TEST 7: but sees nothing of the certificate, as its own sets do not vouch
--- config
    error_page 403 /refused;

    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }

    location = /refused {
        internal;
        echo "[$auth_cert_verify][$auth_cert_subject][$auth_cert_role]";
    }
--- client_cert: bob
--- request
GET /t
--- error_code: 403
--- response_body
[NONE][][]


=== TEST 8: with sets and "auth_cert off" it does, and still knows the verdict
--- config
    error_page 403 /refused;

    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }

    location = /refused {
        internal;
        auth_cert_verify partners optional;
        auth_cert off;
        echo "$auth_cert_subject_cn: $auth_cert_decision";
    }
--- client_cert: bob
--- request
GET /t
--- error_code: 403
--- response_body
bob: deny


=== TEST 9: subrequests are not asked, as with nginx's own access directives
--- config
    location /t {
        auth_request /check;
        echo passed;
    }

    location = /check {
        internal;
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }
--- client_cert: bob
--- request
GET /t
--- response_body
passed


=== TEST 10: a location of error_page that decides itself has its own verdict
--- config
    error_page 404 /missing;

    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        root html;
    }

    location = /missing {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$auth_cert_decision: $auth_cert_rule";
    }
--- client_cert: alice
--- request
GET /t/none
--- error_code: 404
--- response_body
allow: staff:1


=== TEST 11: a level that is none names what can be
--- config
    location /t {
        auth_cert_log_level debug;
        echo passed;
    }
--- must_die
--- error_log eval
qr/invalid value "debug" of "auth_cert_log_level", it must be "info", "notice", "warn" or "error" in .*nginx.conf:\d+/


=== TEST 12: a long name is cut off, but no character in two
--- config
    location /t { auth_cert_verify partners; auth_cert staff; echo passed; }
--- client_cert: many-umlauts
--- request
GET /t
--- error_code: 403
--- error_log eval
qr/ subject: "CN=x(?:\xc3\xbc){196}\.\.\.", issuer: "/


=== TEST 13: of two refusals the one that led there is told
--- config
    recursive_error_pages on;

    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        error_page 403 =403 /second;
        echo passed;
    }

    location = /second {
        internal;
        auth_cert_verify off;
        auth_cert nobody;
        error_page 403 =403 /third;
        echo passed;
    }

    location = /third {
        internal;
        auth_cert_verify off;
        auth_cert off;
        echo $auth_cert_reason;
    }
--- http_config
    auth_cert_policy nobody { deny all; }
--- client_cert: bob
--- request
GET /t
--- error_code: 403
--- response_body
rule 1 of policy nobody
