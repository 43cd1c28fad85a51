# What else a certificate says: serial, fingerprints, dates, usages, policies
# and extensions.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

run_tests();

__DATA__

=== TEST 1: a serial is its bytes, without a sign byte, "-" before a negative
--- whoami
alice                identity.serial  "0a1b2c"
high-serial          identity.serial  "80"
big-serial           identity.serial  "7fffffffffffffffffffffffffffffffffffffff"
21-byte-serial       identity.serial  "012323232323232323232323232323232323232323"
zero-serial          identity.serial  "00"
negative-serial      identity.serial  "-ff"
negative-129-serial  identity.serial  "-ff7f"


=== TEST 2: a serial of 500 bytes
--- whoami eval
'long-serial identity.serial "' . ('7f' x 500) . '"'


=== TEST 3: fingerprint and spki are SHA-256 of certificate and key
--- whoami eval
join '', map {
    "$_ identity.fingerprint \"" . fingerprint($_) . "\"\n"
    . " identity.spki \"" . spki($_) . "\"\n"
} qw(alice rsa utf8 10000-names)


=== TEST 4: dates of all forms and centuries
--- whoami
alice        identity.not_before  "2025-01-01T00:00:00Z"
             identity.not_after   "2049-12-31T23:59:59Z"
ends-2050    identity.not_after   "2050-01-01T00:00:00Z"
ends-9999    identity.not_after   "9999-12-31T23:59:59Z"
begins-1950  identity.not_before  "1950-01-01T00:00:00Z"
begins-0     identity.not_before  "0000-01-01T00:00:00Z"
leap-day     identity.not_before  "2024-02-29T23:59:59Z"
before-1970  identity.not_before  "1969-12-31T23:59:59Z"
no-time      verify.status        "FAILED"
             identity.not_before  null
             identity.not_after   "2049-12-31T23:59:59Z"


=== TEST 5: extended key usages are OIDs, in order
--- whoami
policies      identity.eku       ["1.3.6.1.5.5.7.3.2","1.3.6.1.5.5.7.3.3"]
any-eku       verify.status      "FAILED"
              identity.eku       ["2.5.29.37.0"]
no-eku        identity.eku       []
              identity.unusable  []
eku-long-oid  identity.eku       ["1.3.6.1.5.5.7.3.2"]
              identity.unusable  ["eku"]
eku-long-type  identity.eku       []
               identity.unusable  ["eku"]
eku-broken    verify.status      "FAILED"
              identity.eku       []
              identity.unusable  ["eku"]
eku-twice     verify.status      "FAILED"
              identity.eku       []
              identity.unusable  ["eku","ext"]


=== TEST 6: policies that cannot be told
--- whoami
policies-twice   identity.unusable  ["policy","ext"]
policies-broken  identity.unusable  ["policy"]
policies-no-oid  identity.unusable  ["policy"]
policies-qualifier  identity.unusable  ["policy"]
policies         identity.unusable  []


=== TEST 7: extensions that cannot be told
--- whoami
ext-twice        identity.unusable  ["ext"]
ext-nul          identity.unusable  ["ext"]
ext-long-oid     identity.unusable  ["ext"]
ext-empty        identity.unusable  []
1000-extensions  identity.unusable  []


=== TEST 8: a rule sees the text of an extension, or "#" and its DER in hex
--- http_config
    auth_cert_map $text  ext.1.2.3.4.9   { ~^(?<v>.*)$ $v; default none; }
    auth_cert_map $other ext.1.2.3.4.10  { ~^(?<v>.*)$ $v; default none; }
--- config
    location = /t {
        auth_cert_verify partners;
        echo "$text $other";
    }
--- client_cert eval
["policies", "ext-hash", "ext-empty", "ext-two-values", "ext-twice",
 "ext-nul", "ext-long-oid", "alice"]
--- request eval
[("GET /t") x 8]
--- response_body eval
["abc #02012a\n", "#0c0723303230313261 none\n", "# none\n",
 "#0c036162630c03646566 none\n", "none none\n", "none ok\n", "none none\n",
 "none none\n"]


=== TEST 9: rules on what cannot be told: nothing matches, a denial does
--- http_config
    auth_cert_policy ext_allow { allow ext.1.2.3.4.9=abc; }
    auth_cert_policy ext_not   { allow ext.1.2.3.4.9!=x; }
    auth_cert_policy ext_deny  { deny ext.1.2.3.4.9=x; allow all; }
    auth_cert_policy pol_allow { allow policy=1.2.3.4.2; }
    auth_cert_policy pol_deny  { deny policy=1.2.9; allow all; }
    auth_cert_policy eku_deny  { deny eku=codeSigning; allow all; }
    auth_cert_policy serial    { allow serial=80; }
    auth_cert_policy negative  { allow serial=ff; }
--- config
    auth_cert_verify partners;
    location = /ext       { auth_cert ext_allow; echo passed; }
    location = /ext_not   { auth_cert ext_not; echo passed; }
    location = /ext_deny  { auth_cert ext_deny; echo passed; }
    location = /policy    { auth_cert pol_allow; echo passed; }
    location = /pol_deny  { auth_cert pol_deny; echo passed; }
    location = /eku_deny  { auth_cert eku_deny; echo passed; }
    location = /serial    { auth_cert serial; echo passed; }
    location = /negative  { auth_cert negative; echo passed; }
--- client_cert eval
["policies", "ext-twice", "ext-long-oid", "ext-twice", "ext-nul", "ext-hash",
 "ext-twice", "ext-nul", "ext-long-oid", "ext-hash", "policies",
 "policies-twice", "policies-twice", "policies-broken", "policies",
 "policies", "eku-long-oid", "alice", "high-serial", "negative-serial"]
--- request eval
["GET /ext", "GET /ext", "GET /ext", "GET /ext_not", "GET /ext_not",
 "GET /ext_not", "GET /ext_deny", "GET /ext_deny", "GET /ext_deny",
 "GET /ext_deny", "GET /policy", "GET /policy", "GET /pol_deny",
 "GET /pol_deny", "GET /pol_deny", "GET /eku_deny", "GET /eku_deny",
 "GET /eku_deny", "GET /serial", "GET /negative"]
--- error_code eval
[200, 403, 403, 403, 403, 200, 403, 403, 403, 200, 200, 403, 403, 403, 200,
 403, 403, 200, 200, 403]


=== TEST 10: strings that are not what their type says are no text
--- http_config eval
join '', map {
    "auth_cert_map \$s$_ ext.1.2.3.4.100.$_ { ~^(?<v>.*)\$ \"[\$v]\";"
    . " default none; }\n"
} 0 .. 27
--- config eval
"location = /t { auth_cert_verify partners; echo \""
    . join(' ', map { "$_:\$s$_" } 0 .. 27) . "\"; }"
--- client_cert: strings
--- request
GET /t
--- response_body eval
join(' ', (map { "$_:none" } 0 .. 16),
          '17:[#0c05616c69636500]', '18:none', '19:none',
          '20:[Zoë]', '21:[東京]', '22:[東京]', '23:[alice]', '24:[🔑]',
          '25:[]', '26:[42]', '27:none') . "\n"
