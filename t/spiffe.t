# SPIFFE IDs, as the standards SPIFFE-ID and X509-SVID have them: one URI
# among the names, spelled as they say, of a certificate that signs no others.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

run_tests();

__DATA__

=== TEST 1: a SPIFFE ID is shown, its case kept in the path
--- whoami
alice            identity.spiffe_id  "spiffe://prod.example/ns/billing/sa/web"
service          identity.spiffe_id  "spiffe://prod.example/ns/billing/sa/worker"
spiffe-chars     identity.spiffe_id  "spiffe://a_b-c.1/A-z_0.9/..."
spiffe-address   identity.spiffe_id  "spiffe://192.0.2.1/x"
spiffe-with-dns  identity.spiffe_id  "spiffe://prod.example/ns/billing/sa/web"


=== TEST 2: a trust domain alone is no identity of a client
--- whoami
spiffe-domain      identity.spiffe_id  null
                   identity.san.uri    ["spiffe://prod.example"]
                   identity.unusable   []
spiffe-only-slash  identity.spiffe_id  null


=== TEST 3: up to 2048 bytes, and 255 for the trust domain
--- whoami eval
'spiffe-long identity.spiffe_id "spiffe://prod.example/' . ('a' x 2026) . "\"\n"
. 'spiffe-long-domain identity.spiffe_id "spiffe://' . ('a' x 255) . "/x\"\n"
. "spiffe-too-long identity.spiffe_id null\n"
. "spiffe-too-long-domain identity.spiffe_id null\n"


=== TEST 4: the scheme is "spiffe", in lower case
--- whoami
spiffe-upper-scheme   identity.spiffe_id  null
spiffe-https          identity.spiffe_id  null
spiffe-one-slash      identity.spiffe_id  null
spiffe-leading-space  identity.spiffe_id  null


=== TEST 5: the trust domain is a name in lower case, without user and port
--- whoami
spiffe-upper-domain    identity.spiffe_id  null
spiffe-no-domain       identity.spiffe_id  null
spiffe-nothing         identity.spiffe_id  null
spiffe-user            identity.spiffe_id  null
spiffe-port            identity.spiffe_id  null
spiffe-empty-port      identity.spiffe_id  null
spiffe-percent-domain  identity.spiffe_id  null
spiffe-ipv6            identity.spiffe_id  null
spiffe-backslash       identity.spiffe_id  null


=== TEST 6: no query and no fragment
--- whoami
spiffe-query         identity.spiffe_id  null
spiffe-domain-query  identity.spiffe_id  null
spiffe-fragment      identity.spiffe_id  null


=== TEST 7: segments are not empty, no "." or "..", and not encoded
--- whoami
spiffe-slash          identity.spiffe_id  null
spiffe-empty-segment  identity.spiffe_id  null
spiffe-dot            identity.spiffe_id  null
spiffe-dots           identity.spiffe_id  null
spiffe-last-dots      identity.spiffe_id  null
spiffe-percent        identity.spiffe_id  null
spiffe-percent-dots   identity.spiffe_id  null
spiffe-colon          identity.spiffe_id  null
spiffe-star           identity.spiffe_id  null
spiffe-tilde          identity.spiffe_id  null
spiffe-space          identity.spiffe_id  null
spiffe-semicolon      identity.spiffe_id  null


=== TEST 8: with another URI, be it the same, there is no SPIFFE ID
--- whoami
two-uris        identity.spiffe_id  null
                identity.san.uri    ["spiffe://prod.example/ns/billing/sa/web","urn:second"]
spiffe-twice    identity.spiffe_id  null
uri-nul         identity.spiffe_id  null
uri-nul-second  identity.spiffe_id  null
names-trailing  identity.spiffe_id  null
names-twice     verify.status       "FAILED"
                identity.spiffe_id  null


=== TEST 9: a certificate that may sign others has no SPIFFE ID
--- whoami
spiffe-signature       identity.spiffe_id  "spiffe://prod.example/ns/billing/sa/web"
spiffe-no-constraints  identity.spiffe_id  "spiffe://prod.example/ns/billing/sa/web"
spiffe-ca              verify.status       "SUCCESS"
                       identity.spiffe_id  null
                       identity.san.uri    ["spiffe://prod.example/ns/billing/sa/web"]
spiffe-cert-sign       verify.status       "SUCCESS"
                       identity.spiffe_id  null
spiffe-crl-sign        verify.status       "SUCCESS"
                       identity.spiffe_id  null


=== TEST 10: the variables of ID and trust domain
--- config
    location = /t {
        auth_cert_verify partners;
        echo "$auth_cert_spiffe_id|$auth_cert_spiffe_trust_domain";
    }
--- client_cert: alice spiffe-domain spiffe-chars two-uris spiffe-port mallory spiffe-ca
--- request eval
[("GET /t") x 7]
--- response_body eval
["spiffe://prod.example/ns/billing/sa/web|prod.example\n",
 "|\n", "spiffe://a_b-c.1/A-z_0.9/...|a_b-c.1\n", ("|\n") x 4]


=== TEST 11: rules on the SPIFFE ID
--- http_config
    auth_cert_policy web     { allow spiffe_id=spiffe://prod.example/ns/billing/sa/web; }
    auth_cert_policy billing { allow spiffe_id=spiffe://prod.example/ns/billing/**; }
    auth_cert_policy denied  { deny spiffe_id=spiffe://evil.example/**; allow all; }
--- config
    auth_cert_verify partners;
    location = /web     { auth_cert web; echo passed; }
    location = /billing { auth_cert billing; echo passed; }
    location = /denied  { auth_cert denied; echo passed; }
--- client_cert: alice service two-uris uri-nul-second service spiffe-slash alice uri-nul-second two-uris names-trailing
--- request eval
["GET /web", "GET /web", "GET /web", "GET /web", "GET /billing",
 "GET /billing", "GET /denied", "GET /denied", "GET /denied", "GET /denied"]
--- error_code eval
[200, 403, 403, 403, 200, 403, 200, 403, 200, 403]
