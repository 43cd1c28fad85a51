# What a certificate says in its subject alternative names: each field reads
# one type of name, in order, byte for byte; a name that cannot be read makes
# its field unusable, a broken extension all of them.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

run_tests();

__DATA__

=== TEST 1: each type of name has a field
--- whoami
alice       identity.san  {"dns":["alice.partners.example"],"uri":["spiffe://prod.example/ns/billing/sa/web"],"email":["alice@acme.example"],"ip":["192.0.2.1","2001:db8::1"],"upn":[],"dirname":[],"rid":[],"other":[]}
            identity.unusable     []
dirname     identity.san.dirname  ["CN=alice,O=Acme\\, Inc."]
rid         identity.san.rid      ["1.2.3.4.5"]
upn         identity.san.upn      ["alice@corp.example"]
            identity.san.other    [["1.3.6.1.4.1.311.20.2.3","0c12616c69636540636f72702e6578616d706c65"]]
other-name  identity.san.other    [["1.2.3.4","0c03616263"]]
            identity.san.upn      []


=== TEST 2: no extension, one without names, and kinds that have no field
--- whoami
two-cns      identity.san  {"dns":[],"uri":[],"email":[],"ip":[],"upn":[],"dirname":[],"rid":[],"other":[]}
             identity.unusable  []
no-names     identity.san  {"dns":[],"uri":[],"email":[],"ip":[],"upn":[],"dirname":[],"rid":[],"other":[]}
             identity.unusable  []
other-kinds  identity.san  {"dns":["a.example"],"uri":[],"email":[],"ip":[],"upn":[],"dirname":[],"rid":[],"other":[]}
             identity.unusable  []


=== TEST 3: names keep their order within a field, repeated ones stay
--- whoami
names-in-order  identity.san.dns  ["b.example","a.example","b.example"]
                identity.san.uri  ["urn:2","urn:1"]


=== TEST 4: names are as the certificate writes them
--- whoami
upper-case     identity.san.dns    ["BOB.OPS.Example.COM"]
               identity.san.email  ["alice@ACME.Example"]
wildcard-dns   identity.san.dns    ["*.ops.example.com"]
comma-uri      identity.san.uri    ["urn:x:a,b\\c"]
dns-space      identity.san.dns    [" a.example "]
uri-quote      identity.san.uri    ["urn:x:\"a\";By=urn:forged"]
uri-backslash  identity.san.uri    ["urn:x:a\\","urn:y"]
dns-empty      identity.san.dns    [""]
               identity.unusable   []


=== TEST 5: addresses are 4 or 16 bytes, nothing else
--- whoami
mapped-ip  identity.san.ip    ["::ffff:192.0.2.1"]
           identity.unusable  []
ip-5       identity.san.ip    ["192.0.2.2"]
           identity.unusable  ["san.ip"]
ip-8       identity.san.ip    []
           identity.unusable  ["san.ip"]
ip-empty   identity.san.ip    []
           identity.unusable  ["san.ip"]
ip-32      identity.san.ip    []
           identity.unusable  ["san.ip"]


=== TEST 6: a name with a NUL or another control character cannot be used
--- whoami
nul-dns     identity.san.dns    []
            identity.unusable   ["san.dns"]
dns-crlf    identity.san.dns    []
            identity.unusable   ["san.dns"]
dns-delete  identity.san.dns    []
            identity.unusable   ["san.dns"]
email-nul   identity.san.email  []
            identity.unusable   ["san.email"]
uri-nul     identity.san.uri    []
            identity.unusable   ["san.uri"]


=== TEST 7: names of IA5String are ASCII
--- whoami
dns-high  identity.san.dns   ["ok.example"]
          identity.unusable  ["san.dns"]
dns-utf8  identity.san.dns   []
          identity.unusable  ["san.dns"]


=== TEST 8: a UPN is a UTF8String
--- whoami
upn-two      identity.san.upn   ["alice@corp.example","bob@corp.example"]
             identity.unusable  []
upn-ia5      identity.san.upn   []
             identity.unusable  ["san.upn"]
upn-integer  identity.san.upn   []
             identity.unusable  ["san.upn"]
upn-nul      identity.san.upn   []
             identity.unusable  ["san.upn","san.other"]
upn-invalid  identity.san.upn   []
             identity.san.other [["1.3.6.1.4.1.311.20.2.3","0c13616c696365ff40636f72702e6578616d706c65"]]
             identity.unusable  ["san.upn","san.other"]


=== TEST 9: other names are there as DER
--- whoami
smtp-utf8      identity.san.other  [["1.3.6.1.5.5.7.8.9","0c15e794a8e688b740e4be8be5ad902e6578616d706c65"]]
               identity.san.email  []
               identity.unusable   []
other-integer  identity.san.other  [["1.2.3.4","02012a"]]
               identity.unusable   []
other-invalid  identity.san.other  [["1.2.3.4","0c0361ff62"],["1.2.3.5","0c026f6b"]]
               identity.unusable   ["san.other"]
other-long     identity.san.other  []
               identity.unusable   ["san.other"]
other-order    identity.san.other  [["1.2.3.9","0c0169"],["1.2.3.4","0c026431"],["1.2.3.10","0c016a"],["1.2.3.4","0c026432"]]


=== TEST 10: directory names and registered IDs that cannot be told
--- whoami
dirname-empty  identity.san.dirname  []
               identity.unusable     ["san.dirname"]
dirname-nul    identity.san.dirname  ["CN=bob"]
               identity.unusable     ["san.dirname"]
rid-long       identity.san.rid      []
               identity.unusable     ["san.rid"]


=== TEST 11: more behind the names than they hold: no name can be used
--- whoami
names-trailing  identity.san       {"dns":[],"uri":[],"email":[],"ip":[],"upn":[],"dirname":[],"rid":[],"other":[]}
                identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]


=== TEST 12: a repeated or broken extension: not verified, and no name
--- whoami
names-twice      verify.status      "FAILED"
                 verify.error       "invalid or inconsistent certificate extension"
                 identity.san       {"dns":[],"uri":[],"email":[],"ip":[],"upn":[],"dirname":[],"rid":[],"other":[]}
                 identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other","ext"]
names-broken     verify.status      "FAILED"
                 verify.error       "invalid or inconsistent certificate extension"
                 identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
names-string     verify.status      "FAILED"
                 verify.error       "invalid or inconsistent certificate extension"
                 identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
names-nothing    verify.status      "FAILED"
                 verify.error       "invalid or inconsistent certificate extension"
                 identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
dirname-invalid  verify.status      "FAILED"
                 verify.error       "invalid or inconsistent certificate extension"
                 identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]


=== TEST 13: 300 and 10,000 names are all there, and one of 10,000 bytes
--- whoami eval
'many-sans identity.san.dns ['
    . join(',', map { "\"h$_.many.example\"" } 1 .. 300) . "]\n"
. '10000-names identity.san.dns ['
    . join(',', map { sprintf '"%02x"', $_ % 256 } 0 .. 9999) . "]\n"
. 'long-dns identity.san.dns ["' . ('a' x 10000) . "\"]\n"


=== TEST 14: 2000 other names of 1000 types are all there, in order
--- whoami eval
'2000-others identity.san.other ['
    . join(',', map { sprintf '["1.2.3.%d","0c%02x%s"]', $_ % 1000,
                              length $_, unpack 'H*', $_ } 0 .. 1999) . "]\n"
. ' identity.unusable []'


=== TEST 15: a rule that denies meets a field that cannot be used
--- http_config
    auth_cert_policy by_dns {
        deny  san.dns=none.example;
        allow all;
    }
    auth_cert_policy by_ip {
        deny  san.ip=203.0.113.1;
        allow all;
    }
    auth_cert_policy by_other {
        deny  san.other.1.2.3.5=none;
        allow all;
    }
    auth_cert_policy not_dns {
        allow san.dns!=none.example;
    }
--- config
    auth_cert_verify partners;
    location = /dns   { auth_cert by_dns; echo passed; }
    location = /ip    { auth_cert by_ip; echo passed; }
    location = /other { auth_cert by_other; echo passed; }
    location = /not   { auth_cert not_dns; echo passed; }
--- client_cert eval
["alice", "nul-dns", "dns-high", "names-trailing", "ip-8", "mapped-ip",
 "ip-8", "names-trailing", "other-invalid", "other-long", "names-trailing",
 "nul-dns", "dns-high", "alice", "two-cns"]
--- request eval
["GET /dns", "GET /dns", "GET /dns", "GET /dns", "GET /dns", "GET /ip",
 "GET /ip", "GET /ip", "GET /other", "GET /other", "GET /other",
 "GET /not", "GET /not", "GET /not", "GET /not"]
--- error_code eval
[200, 403, 403, 403, 200, 200, 403, 403, 200, 403, 403, 403, 403, 200, 200]


=== TEST 16: names of one type are never those of another
--- http_config
    auth_cert_policy dns   { allow san.dns~[@]; }
    auth_cert_policy uri   { allow san.uri~alice; }
    auth_cert_policy email { allow san.email~corp; }
    auth_cert_policy ip    { allow san.ip=192.0.2.1; }
    auth_cert_policy upn   { allow san.upn~alice; }
--- config
    auth_cert_verify partners;
    location = /dns   { auth_cert dns; echo passed; }
    location = /uri   { auth_cert uri; echo passed; }
    location = /email { auth_cert email; echo passed; }
    location = /ip    { auth_cert ip; echo passed; }
    location = /upn   { auth_cert upn; echo passed; }
--- client_cert eval
["alice", "alice", "upn", "mapped-ip", "alice", "alice"]
--- request eval
["GET /dns", "GET /uri", "GET /email", "GET /ip", "GET /upn", "GET /ip"]
--- error_code eval
[403, 403, 403, 403, 403, 200]


=== TEST 17: rules on other names: text, or "#" and DER that no text can be
--- http_config
    auth_cert_policy mailbox {
        allow san.other.1.3.6.1.5.5.7.8.9=用户@例子.example;
    }
    auth_cert_policy email   { allow san.email~.; }
    auth_cert_policy integer { allow san.other.1.2.3.4=#02012a; }
    auth_cert_policy second  { allow san.other.1.2.3.4=d2; }
    auth_cert_policy upn     { allow san.upn=bob@corp.example; }
--- config
    auth_cert_verify partners;
    location = /mailbox { auth_cert mailbox; echo passed; }
    location = /email   { auth_cert email; echo passed; }
    location = /integer { auth_cert integer; echo passed; }
    location = /second  { auth_cert second; echo passed; }
    location = /upn     { auth_cert upn; echo passed; }
--- client_cert eval
["smtp-utf8", "smtp-utf8", "other-integer", "other-hash", "other-order",
 "other-name", "upn-two", "upn"]
--- request eval
["GET /mailbox", "GET /email", "GET /integer", "GET /integer",
 "GET /second", "GET /second", "GET /upn", "GET /upn"]
--- error_code eval
[200, 403, 200, 403, 200, 403, 200, 403]


=== TEST 18: strings in pieces, which OpenSSL puts together and DER does not have, are unusable
--- whoami
dns-pieces  identity.san.dns   ["ok.example"]
            identity.unusable  ["san.dns"]
ip-pieces   identity.san.ip    []
            identity.unusable  ["san.ip"]
upn-pieces  identity.san.upn   []
            identity.unusable  ["san.upn","san.other"]
dirname-pieces  identity.san.dirname  []
                identity.san.dns      ["a.example"]
                identity.unusable     ["san.dirname"]


=== TEST 19: the largest arc of an OID that is told is beyond a UUID; a larger one is unusable
--- whoami
rid-big   identity.san.rid   ["2.25.340282366920938463463374607431768211455","2.999.3","1.39.16383.0.127.128"]
rid-round identity.san.rid   ["2.99999999999999920","2.100000000000000000","2.9999999999999999999999999999999925"]
rid-huge  identity.san.rid   ["1.2.3"]
          identity.unusable  ["san.rid"]


=== TEST 20: lengths and tags that are not the shortest, which OpenSSL reads, are no DER: no name can be used
--- whoami
names-long        identity.san.dns   []
                  identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
name-long         identity.san.dns   []
                  identity.san.uri   []
                  identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
name-high         identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
names-indefinite  identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
upn-long          identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
other-long-type   identity.san.dns   []
                  identity.san.other []
                  identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
dirname-long      identity.san.dns   []
                  identity.unusable  ["san.dns","san.uri","san.email","san.ip","san.upn","san.dirname","san.rid","san.other"]
