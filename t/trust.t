# Trust sets: what they are made of, which of them vouches for a client, and
# what depth, purpose and partial_chain allow.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_trust imposters { ca $TEST_NGINX_PKI/imposter.crt; }
    auth_cert_trust legacy { ca $TEST_NGINX_PKI/legacy.crt; }
EOC

run_tests();

__DATA__

=== TEST 1: each location verifies against its own set
--- config
    error_page 495 =495 /refused;

    location /partners {
        auth_cert_verify partners;
        echo "$auth_cert_trust: $auth_cert_subject_cn";
    }

    location /ops {
        auth_cert_verify ops;
        echo "$auth_cert_trust: $auth_cert_subject_cn";
    }

    location = /refused {
        internal;
        echo $auth_cert_reason;
    }
--- client_cert: alice alice ops-carol ops-carol
--- request eval
["GET /partners", "GET /ops", "GET /partners", "GET /ops"]
--- error_code eval
[200, 495, 495, 200]
--- response_body eval
["partners: alice\n",
 "certificate not verified: unable to get local issuer certificate\n",
 "certificate not verified: unable to get local issuer certificate\n",
 "ops: carol\n"]


=== TEST 2: several sets for one location: $auth_cert_trust is who vouched
--- config
    location /t {
        auth_cert_verify legacy ops partners;
        echo "$auth_cert_trust: $auth_cert_subject_cn";
    }
--- client_cert: alice ops-carol legacy-dave
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
["partners: alice\n", "ops: carol\n", "legacy: dave\n"]


=== TEST 3: the first set that vouches is the one that counts
--- http_config
    auth_cert_trust same { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    location /one {
        auth_cert_verify same partners;
        echo $auth_cert_trust;
    }

    location /two {
        auth_cert_verify partners same;
        echo $auth_cert_trust;
    }
--- client_cert: alice
--- keep_connection
--- request eval
["GET /one", "GET /two", "GET /one"]
--- response_body eval
["same\n", "partners\n", "same\n"]


=== TEST 4: none of the sets vouches: the reason is the most telling one
--- config
    error_page 495 =495 /refused;

    location /t {
        auth_cert_verify ops partners legacy;
        echo passed;
    }

    location = /refused {
        internal;
        echo $auth_cert_reason;
    }
--- client_cert: expired self-signed
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[495, 495]
--- response_body eval
["certificate not verified: certificate has expired\n",
 "certificate not verified: self-signed certificate\n"]


=== TEST 5: CAs of one name and two keys, in two sets, are not mixed up
--- config
    location /partners {
        auth_cert_verify partners;
        echo $auth_cert_trust;
    }

    location /imposters {
        auth_cert_verify imposters;
        echo $auth_cert_trust;
    }

    location /both {
        auth_cert_verify imposters partners;
        echo $auth_cert_trust;
    }
--- client_cert: alice alice alice imposter-alice imposter-alice imposter-alice
--- request eval
["GET /partners", "GET /imposters", "GET /both",
 "GET /partners", "GET /imposters", "GET /both"]
--- error_code eval
[200, 400, 200, 400, 200, 200]
--- response_body_like eval
["^partners\n", "SSL certificate error", "^partners\n",
 "SSL certificate error", "^imposters\n", "^imposters\n"]


=== TEST 6: a rule knows the set that vouched, and the anchor
--- http_config eval
'    auth_cert_policy partners-only { allow trust=partners; }
     auth_cert_policy anchored { allow ca=' . fingerprint('ops') . '; }'
--- config
    auth_cert_verify imposters partners ops;

    location /trust {
        auth_cert partners-only;
        echo $auth_cert_trust;
    }

    location /ca {
        auth_cert anchored;
        echo $auth_cert_trust;
    }
--- client_cert: alice imposter-alice alice ops-alice
--- request eval
["GET /trust", "GET /trust", "GET /ca", "GET /ca"]
--- error_code eval
[200, 403, 403, 200]


=== TEST 7: a CA file in DER
--- http_config
    auth_cert_trust der { ca $TEST_NGINX_PKI/ops.der; }
--- config
    location /t {
        auth_cert_verify der;
        echo $auth_cert_subject_cn;
    }
--- client_cert: ops-carol alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]
--- response_body_like eval
["^carol\n", "SSL certificate error"]


=== TEST 8: a bundle of several CAs in one file
--- http_config
    auth_cert_trust all { ca $TEST_NGINX_PKI/partners+ops.crt; }
--- config
    location /t {
        auth_cert_verify all;
        echo $auth_cert_subject_cn;
    }
--- client_cert: ops-carol alice legacy-dave
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^carol\n", "^alice\n", "SSL certificate error"]


=== TEST 9: a directory of CA files in PEM and DER
--- http_config
    auth_cert_trust all { ca $TEST_NGINX_PKI/ca.d; }
--- config
    location /t {
        auth_cert_verify all;
        echo $auth_cert_subject_cn;
    }
--- client_cert: ops-carol alice legacy-dave
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^carol\n", "^alice\n", "SSL certificate error"]


=== TEST 10: in a directory, names that begin with a dot and subdirectories are left out
--- http_config
    auth_cert_trust some { ca $TEST_NGINX_SERVER_ROOT/html/ca; }
--- user_files eval
">>> ca/ops.pem\n" . pki_text('ops.crt')
. ">>> ca/.partners.pem\n" . pki_text('partners.crt')
. ">>> ca/sub/legacy.pem\n" . pki_text('legacy.crt')
--- config
    location /t {
        auth_cert_verify some;
        echo $auth_cert_subject_cn;
    }
--- client_cert: ops-carol alice legacy-dave
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 400, 400]
--- response_body_like eval
["^carol\n", "SSL certificate error", "SSL certificate error"]


=== TEST 11: several "ca" lines add up
--- http_config
    auth_cert_trust all {
        ca $TEST_NGINX_PKI/partners.crt;
        ca $TEST_NGINX_PKI/ops.der;
    }
--- config
    location /t {
        auth_cert_verify all;
        echo $auth_cert_subject_cn;
    }
--- client_cert: ops-carol alice legacy-dave
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^carol\n", "^alice\n", "SSL certificate error"]


=== TEST 12: text around the certificates, and other PEM objects, are skipped
--- http_config
    auth_cert_trust all { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
--- user_files eval
">>> ca.pem\nThe CAs of our partners\n" . pki_text('legacy.key')
. pki_text('partners.crt') . "# and ours\n" . pki_text('ops.crt') . "# end\n"
--- config
    location /t {
        auth_cert_verify all;
        echo $auth_cert_subject_cn;
    }
--- client_cert: ops-carol alice
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["carol\n", "alice\n"]


=== TEST 13: the path of a CA file is relative to the folder of nginx.conf
--- http_config
    auth_cert_trust all { ca ../html/ca.pem; }
--- user_files eval
">>> ca.pem\n" . pki_text('ops.crt')
--- config
    location /t {
        auth_cert_verify all;
        echo $auth_cert_subject_cn;
    }
--- client_cert: ops-carol
--- request
GET /t
--- response_body
carol


=== TEST 14: depth counts the intermediates between the client and the root
--- http_config
    auth_cert_trust two { ca $TEST_NGINX_PKI/partners.crt; depth 2; }
    auth_cert_trust three { ca $TEST_NGINX_PKI/partners.crt; depth 3; }
--- config
    error_page 495 =495 /refused;

    location /two {
        auth_cert_verify two;
        echo $auth_cert_subject_cn;
    }

    location /three {
        auth_cert_verify three;
        echo $auth_cert_subject_cn;
    }

    location = /refused {
        internal;
        echo $auth_cert_reason;
    }
--- client_cert: deep deep via-intermediate
--- request eval
["GET /two", "GET /three", "GET /two"]
--- error_code eval
[495, 200, 200]
--- response_body eval
["certificate not verified: certificate chain too long\n",
 "deep\n", "via-intermediate\n"]


=== TEST 15: what one set has verified is no hit for a set of another depth
--- http_config
    auth_cert_trust two { ca $TEST_NGINX_PKI/partners.crt; depth 2; }
    auth_cert_trust three { ca $TEST_NGINX_PKI/partners.crt; depth 3; }
--- config
    location /two { auth_cert_verify two; echo passed; }
    location /three { auth_cert_verify three; echo passed; }
--- client_cert: deep
--- request eval
["GET /three", "GET /two"]
--- error_code eval
[200, 400]


=== TEST 16: depth 0 lets only clients of the root itself pass
--- http_config
    auth_cert_trust root { ca $TEST_NGINX_PKI/partners.crt; depth 0; }
--- config
    location /t {
        auth_cert_verify root;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice via-intermediate
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 17: by default three intermediates are no problem
--- config
    location /t {
        auth_cert_verify partners;
        echo $auth_cert_subject_cn;
    }
--- client_cert: via-intermediate deep
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["via-intermediate\n", "deep\n"]


=== TEST 18: an intermediate that the set holds need not be sent
--- http_config
    auth_cert_trust filled {
        ca $TEST_NGINX_PKI/partners.crt;
        ca $TEST_NGINX_PKI/deep1.crt;
        ca $TEST_NGINX_PKI/deep2.crt;
        ca $TEST_NGINX_PKI/deep3.crt;
    }
--- config
    location /filled {
        auth_cert_verify filled;
        echo $auth_cert_subject_cn;
    }

    location /root {
        auth_cert_verify partners;
        echo $auth_cert_subject_cn;
    }
--- client_cert: no-chain
--- request eval
["GET /filled", "GET /root"]
--- error_code eval
[200, 400]


=== TEST 19: an intermediate alone is no anchor
--- http_config
    auth_cert_trust issuing { ca $TEST_NGINX_PKI/intermediate.crt; }
--- config
    location /t {
        auth_cert_verify issuing;
        echo $auth_cert_subject_cn;
    }
--- client_cert: via-intermediate
--- request
GET /t
--- error_code: 400
--- error_log
certificate not verified: unable to get issuer certificate
--- log_level: info


=== TEST 20: with partial_chain it is one, for what it has issued and no more
--- http_config eval
'    auth_cert_trust issuing {
        ca $TEST_NGINX_PKI/intermediate.crt;
        partial_chain on;
     }
     auth_cert_policy anchored { allow ca=' . fingerprint('intermediate') . '; }'
--- config
    location /t {
        auth_cert_verify issuing;
        auth_cert anchored;
        echo $auth_cert_subject_cn;
    }
--- client_cert: via-intermediate alice deep
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 400, 400]


=== TEST 21: with partial_chain a client's own certificate can be the anchor
--- http_config
    auth_cert_trust pinned {
        ca $TEST_NGINX_PKI/bob.crt;
        partial_chain on;
    }
--- config
    location /t {
        auth_cert_verify pinned;
        echo "$auth_cert_trust: $auth_cert_subject_cn";
    }
--- client_cert: bob alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 22: purpose sslclient wants clientAuth where there is an EKU
--- config
    location /t {
        auth_cert_verify partners;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice no-eku policies any-eku server-only
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 200, 400, 400]


=== TEST 23: purpose any does not look at the EKU, but at all else
--- http_config
    auth_cert_trust any { ca $TEST_NGINX_PKI/partners.crt; purpose any; }
--- config
    location /t {
        auth_cert_verify any;
        echo passed;
    }
--- client_cert: server-only any-eku expired below-leaf path-length constrained-bad critical imposter-alice self-signed
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t", "GET /t", "GET /t", "GET /t",
 "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400, 400, 400, 400, 400, 400, 400]


=== TEST 24: one CA in two sets with two purposes
--- http_config
    auth_cert_trust any { ca $TEST_NGINX_PKI/partners.crt; purpose any; }
--- config
    location /strict {
        auth_cert_verify partners;
        echo $auth_cert_trust;
    }

    location /any {
        auth_cert_verify any;
        echo $auth_cert_trust;
    }

    location /both {
        auth_cert_verify partners any;
        echo $auth_cert_trust;
    }
--- client_cert: server-only
--- request eval
["GET /strict", "GET /any", "GET /both"]
--- error_code eval
[400, 200, 200]
--- response_body_like eval
["SSL certificate error", "^any\n", "^any\n"]


=== TEST 25: a set is inherited as a whole, or replaced as a whole
--- config
    auth_cert_verify partners legacy;

    location /inherited {
        echo $auth_cert_trust;
    }

    location /replaced {
        auth_cert_verify ops;
        echo $auth_cert_trust;

        location /replaced/nested {
            echo "nested: $auth_cert_trust";
        }
    }
--- client_cert: alice alice ops-carol ops-carol ops-carol
--- request eval
["GET /inherited", "GET /replaced", "GET /inherited", "GET /replaced",
 "GET /replaced/nested"]
--- error_code eval
[200, 400, 400, 200, 200]


=== TEST 26: optional excuses a missing certificate, never a bad one
--- config
    error_page 495 =495 /refused;

    location /t {
        auth_cert_verify partners optional;
        echo "$auth_cert_verify $auth_cert_subject_cn";
    }

    location = /refused {
        internal;
        echo $auth_cert_reason;
    }
--- client_cert: none alice imposter-alice expired
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 495, 495]
--- response_body eval
["NONE \n", "SUCCESS alice\n",
 "certificate not verified: certificate signature failure\n",
 "certificate not verified: certificate has expired\n"]


=== TEST 27: off: nobody vouches, whatever the client sends
--- http_config
    auth_cert_policy verified { allow verified; }
    auth_cert_policy anonymous { allow anonymous; }
--- config
    auth_cert_verify partners;

    location /verified {
        auth_cert_verify off;
        auth_cert verified;
        echo passed;
    }

    location /anonymous {
        auth_cert_verify off;
        auth_cert anonymous;
        echo "[$auth_cert_verify][$auth_cert_subject][$auth_cert_trust]";
    }
--- client_cert: alice alice none
--- request eval
["GET /verified", "GET /anonymous", "GET /anonymous"]
--- error_code eval
[403, 200, 200]
--- response_body_like eval
["403 Forbidden", '^\[NONE\]\[\]\[\]$', '^\[NONE\]\[\]\[\]$']


=== TEST 28: a CA with an old and a new key in one set
--- http_config
    auth_cert_trust renewed {
        ca $TEST_NGINX_PKI/partners.crt;
        ca $TEST_NGINX_PKI/imposter.crt;
    }
--- config
    location /t {
        auth_cert_verify renewed;
        echo $auth_cert_subject_cn;
    }
--- client_cert: keyid-partners keyid-imposter
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["keyid-partners\n", "keyid-imposter\n"]
--- tls_ca_names
Acme CA
