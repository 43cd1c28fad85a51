# "*" and "**" in a pattern of san.uri and spiffe_id: one whole segment of the
# path, and all that is left of it.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify partners optional;
EOC

run_tests();

__DATA__

=== TEST 1: * is one segment, whichever
--- verdicts
alice      allow  allow san.uri=spiffe://prod.example/ns/*/sa/web;
alice      allow  allow san.uri=spiffe://prod.example/*/*/sa/web;
alice      allow  allow san.uri=spiffe://prod.example/ns/billing/sa/*;
service    allow  allow san.uri=spiffe://prod.example/ns/billing/sa/*;
service    deny   allow san.uri=spiffe://prod.example/ns/*/sa/web;
path-x     allow  allow san.uri=https://a.example/*;
path-star  allow  allow san.uri=https://a.example/*;


=== TEST 2: * is no more than one segment, and no less
--- verdicts
path-xy    deny   allow san.uri=https://a.example/*;
path-xyz   deny   allow san.uri=https://a.example/*/*;
path-x     deny   allow san.uri=https://a.example/*/*;
path-x     deny   allow san.uri=https://a.example/x/*;
alice      deny   allow san.uri=spiffe://prod.example/ns/*/web;
alice      deny   allow san.uri=spiffe://prod.example/*/sa/web;
alice      deny   allow san.uri=spiffe://prod.example/ns/*;
path-none  deny   allow san.uri=https://a.example/*;
path-root  deny   allow san.uri=https://a.example/*;


=== TEST 3: ** is one segment or more at the end
--- verdicts
alice      allow  allow san.uri=spiffe://prod.example/**;
alice      allow  allow san.uri=spiffe://prod.example/ns/billing/**;
alice      allow  allow san.uri=spiffe://prod.example/ns/billing/sa/**;
alice      allow  allow san.uri=spiffe://prod.example/ns/*/**;
alice      deny   allow san.uri=spiffe://prod.example/ns/billing/sa/web/**;
path-x     deny   allow san.uri=https://a.example/x/**;
path-xy    allow  allow san.uri=https://a.example/x/**;
path-xyz   allow  allow san.uri=https://a.example/x/**;
path-none  deny   allow san.uri=https://a.example/**;
path-root  deny   allow san.uri=https://a.example/**;


=== TEST 4: what is written out is compared byte by byte
--- verdicts
alice      deny   allow san.uri=spiffe://prod.example/ns/BILLING/sa/*;
alice      deny   allow san.uri=spiffe://prod.example/ns/bill/sa/*;
alice      deny   allow san.uri=spiffe://prod.example/ns/billings/sa/*;
path-x     deny   allow san.uri=https://A.example/*;
path-upper deny   allow san.uri=https://a.example/*;


=== TEST 5: another scheme or authority is not matched, however alike it looks
--- verdicts
path-scheme  deny  allow san.uri=https://a.example/*;
path-port    deny  allow san.uri=https://a.example/*;
path-user    deny  allow san.uri=https://a.example/*;
path-longer  deny  allow san.uri=https://a.example/*;
path-x       deny  allow san.uri=https://example/*;
path-x       deny  allow san.uri=https://evil.example/*;
path-urn     deny  allow san.uri=https://a.example/*;
alice        deny  allow san.uri=spiffe://prod.example.com/**;
alice        deny  allow san.uri=spiffe://staging.example/**;


=== TEST 6: no rule allows by a wildcard what readers of the URI may take for another path
--- verdicts
path-slash         deny   allow san.uri=https://a.example/**;
path-slash         deny   allow san.uri=https://a.example/x/*;
path-empty         deny   allow san.uri=https://a.example/**;
path-empty         deny   allow san.uri=https://a.example/x/*/y;
path-dot           deny   allow san.uri=https://a.example/**;
path-dots          deny   allow san.uri=https://a.example/x/**;
path-dots          deny   allow san.uri=https://a.example/x/*/y;
path-percent       deny   allow san.uri=https://a.example/*;
path-percent       deny   allow san.uri=https://a.example/**;
path-percent-dots  deny   allow san.uri=https://a.example/x/*/y;
path-query         deny   allow san.uri=https://a.example/*;
path-fragment      deny   allow san.uri=https://a.example/*;
path-backslash     deny   allow san.uri=https://a.example/*;


=== TEST 7: and a rule that denies by one denies it
--- verdicts
path-slash         deny   deny san.uri=https://a.example/x; deny san.uri=https://a.example/x/**; allow all;
path-dots          deny   deny san.uri=https://a.example/secret/**; allow all;
path-percent       deny   deny san.uri=https://a.example/secret/*; allow all;
path-backslash     deny   deny san.uri=https://a.example/secret/*; allow all;
path-query         deny   deny san.uri=https://a.example/secret/*; allow all;
path-percent       deny   allow san.uri!=https://a.example/secret/**;
path-dots          deny   allow san.uri!=https://a.example/secret/**;
# elsewhere it is another path for sure
path-dots          allow  deny san.uri=https://b.example/**; allow all;
path-dots          allow  allow san.uri!=https://b.example/**;
path-x             allow  deny san.uri=https://a.example/secret/**; allow all;
path-x             allow  allow san.uri!=https://a.example/secret/**;


=== TEST 8: any of several URIs will do
--- verdicts
two-uris   allow  allow san.uri=spiffe://prod.example/**;
two-uris   deny   allow san.uri!=spiffe://prod.example/**;
two-uris   deny   deny san.uri=spiffe://prod.example/**; allow all;


=== TEST 9: spiffe_id takes the same patterns, for certificates with such an ID only
--- verdicts
alice        allow  allow spiffe_id=spiffe://prod.example/ns/*/sa/web;
service      allow  allow spiffe_id=spiffe://prod.example/ns/billing/**;
two-uris     deny   allow spiffe_id=spiffe://prod.example/**;
spiffe-port  deny   allow spiffe_id=spiffe://prod.example/**;
spiffe-dots  deny   allow spiffe_id=spiffe://prod.example/**;
spiffe-dots  deny   allow san.uri=spiffe://prod.example/**;
device-17    deny   allow spiffe_id=spiffe://prod.example/**;
