# What a certificate says of its subject and issuer: RDNs in the
# certificate's order, their text by RFC 4514 with the last one first, and no
# value that could be taken for another.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
EOC

run_tests();

__DATA__

=== TEST 1: the RDNs in their order, and the text in RFC 4514's
--- whoami
alice  identity.subject       "CN=alice,OU=Platform,OU=Billing,O=Acme\\, Inc."
       identity.subject_rdns  [[["2.5.4.10","O","Acme, Inc."]],[["2.5.4.11","OU","Billing"]],[["2.5.4.11","OU","Platform"]],[["2.5.4.3","CN","alice"]]]
       identity.issuer        "CN=Acme CA,O=Acme"
       identity.issuer_rdns   [[["2.5.4.10","O","Acme"]],[["2.5.4.3","CN","Acme CA"]]]
       identity.unusable      []


=== TEST 2: attributes of one RDN stay together, with "+"
--- whoami
multi-rdn  identity.subject       "CN=alice+UID=a1,O=Acme\\, Inc."
           identity.subject_rdns  [[["2.5.4.10","O","Acme, Inc."]],[["2.5.4.3","CN","alice"],["0.9.2342.19200300.100.1.1","UID","a1"]]]


=== TEST 3: several attributes of a type are all there
--- whoami
two-cns  identity.subject       "CN=alice,CN=first"
         identity.subject_rdns  [[["2.5.4.3","CN","first"]],[["2.5.4.3","CN","alice"]]]


=== TEST 4: an empty subject is empty, and usable
--- whoami
no-subject  identity.subject       ""
            identity.subject_rdns  []
            identity.unusable      []


=== TEST 5: short names of attribute types, for subject and issuer
--- whoami
full-name  identity.subject      "CN=eve,title=Dr.,SN=Doe,GN=Eve,serialNumber=4711,emailAddress=eve@acme.example,UID=u1,DC=acme,DC=example,OU=a\\\\b,OU=Billing,O=Acme\\, Inc.,street=Am Tor 1,L=München,ST=Bayern,C=DE"
           identity.issuer       "CN=Full CA,OU=Trust,O=Acme\\, Inc.,DC=acme,DC=example,L=München,ST=Bayern,C=DE"
           identity.issuer_rdns  [[["2.5.4.6","C","DE"]],[["2.5.4.8","ST","Bayern"]],[["2.5.4.7","L","München"]],[["0.9.2342.19200300.100.1.25","DC","example"]],[["0.9.2342.19200300.100.1.25","DC","acme"]],[["2.5.4.10","O","Acme, Inc."]],[["2.5.4.11","OU","Trust"]],[["2.5.4.3","CN","Full CA"]]]


=== TEST 6: special characters are escaped in the text, not in the value
--- whoami
special-cn  identity.subject       "CN=\\ #a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h=i\\ "
            identity.subject_rdns  [[["2.5.4.3","CN"," #a,b+c\"d\\e<f>g;h=i "]]]
space-cn    identity.subject       "CN=\\ "
            identity.subject_rdns  [[["2.5.4.3","CN"," "]]]
hash-cn     identity.subject       "CN=\\#0c05616c696365"
            identity.subject_rdns  [[["2.5.4.3","CN","#0c05616c696365"]]]
percent-cn  identity.subject       "CN=%0d%0aalice$uri"
quote-cn    identity.subject       "CN=a\\\"\\;URI=urn:forged\\;Subject=\\\"b\\\\"


=== TEST 7: a value that looks like RDNs is no RDN
--- whoami
forged-dn  identity.subject       "CN=nobody\\,CN=alice,OU=CN=alice"
           identity.subject_rdns  [[["2.5.4.11","OU","CN=alice"]],[["2.5.4.3","CN","nobody,CN=alice"]]]


=== TEST 8: all types of strings become UTF-8
--- whoami
utf8       identity.subject_rdns  [[["2.5.4.10","O","Müller & Söhne"]],[["2.5.4.3","CN","Zoë 東京"]]]
           identity.subject       "CN=Zoë 東京,O=Müller & Söhne"
bmp        identity.subject       "CN=Zoë 東京"
universal  identity.subject       "CN=Zoë 東京"
t61        identity.subject       "CN=Zoë"
printable  identity.subject       "CN=alice"
numeric    identity.subject       "CN=0123 456"


=== TEST 9: an empty value is one
--- whoami
empty-cn  identity.subject       "CN="
          identity.subject_rdns  [[["2.5.4.3","CN",""]]]
          identity.unusable      []


=== TEST 10: a value with control characters cannot be used, nor be hidden
--- whoami
nul-cn     identity.subject       "CN=#0c13616c696365002e6576696c2e6578616d706c65"
           identity.subject_rdns  [[["2.5.4.3","CN",null]]]
           identity.unusable      ["subject"]
crlf-cn    identity.subject       "CN=#0c1b616c6963650d0a582d436c69656e742d526f6c653a2061646d696e"
           identity.unusable      ["subject"]
bmp-nul    identity.subject       "CN=#1e0c0061006c0069006300650000"
           identity.unusable      ["subject"]
tab-cn     identity.subject_rdns  [[["2.5.4.3","CN",null]]]
           identity.unusable      ["subject"]
escape-cn  identity.subject_rdns  [[["2.5.4.3","CN",null]]]
           identity.unusable      ["subject"]
delete-cn  identity.subject_rdns  [[["2.5.4.3","CN",null]]]
           identity.unusable      ["subject"]
c1-cn      identity.subject_rdns  [[["2.5.4.3","CN",null]]]
           identity.unusable      ["subject"]
t61-c1     identity.subject_rdns  [[["2.5.4.3","CN",null]]]
           identity.unusable      ["subject"]


=== TEST 11: bytes that the type of a string does not have make it unusable
--- whoami
printable-high  identity.subject   "CN=#13035a6feb"
                identity.unusable  ["subject"]
ia5-high        identity.subject   "CN=#16035a6feb"
                identity.unusable  ["subject"]
numeric-letter  identity.subject   "CN=#1203313261"
                identity.unusable  ["subject"]


=== TEST 12: a value that is no string is written as its DER
--- whoami
bits-cn      identity.subject       "CN=#030600616c696365"
             identity.subject_rdns  [[["2.5.4.3","CN",null]]]
             identity.unusable      ["subject"]
sequence-cn  identity.subject       "CN=#30070c05616c696365"
             identity.unusable      ["subject"]


=== TEST 13: a line separator is a character, and a valid one in JSON
--- whoami
line-cn  identity.subject   "CN=alice\u2028admin"
         identity.unusable  []


=== TEST 14: one bad value takes the name away, not the other values
--- whoami
one-bad-of-two  identity.subject       "CN=#0c03620062,CN=alice"
                identity.subject_rdns  [[["2.5.4.3","CN","alice"]],[["2.5.4.3","CN",null]]]
                identity.unusable      ["subject"]
bad-ou          identity.subject       "CN=alice,OU=#0c03620a62"
                identity.subject_rdns  [[["2.5.4.11","OU",null]],[["2.5.4.3","CN","alice"]]]
                identity.unusable      ["subject"]


=== TEST 15: a type without a name stands there as its OID, with the DER
--- whoami
unknown-type  identity.subject       "CN=alice,1.2.3.4=#0c03616263"
              identity.subject_rdns  [[["1.2.3.4",null,"abc"]],[["2.5.4.3","CN","alice"]]]
              identity.unusable      []


=== TEST 16: with a type that cannot be told, nothing of the name can be used
--- whoami
long-type  identity.subject       null
           identity.subject_rdns  []
           identity.unusable      ["subject"]


=== TEST 17: a name with an RDN that holds nothing is not that without it
--- whoami
empty-rdn  identity.subject       null
           identity.subject_rdns  []
           identity.unusable      ["subject"]


=== TEST 18: 10,000 characters
--- whoami eval
'long-cn identity.subject "CN=' . ('a' x 10000) . "\"\n"
. ' identity.subject_rdns [[["2.5.4.3","CN","' . ('a' x 10000) . "\"]]]\n"


=== TEST 19: 1000 attributes
--- whoami eval
'1000-attributes identity.subject "' . join(',', map { "OU=$_" }
                                            reverse 0 .. 999) . "\"\n"
. ' identity.unusable []'


=== TEST 20: rules see values, not the text
--- http_config
    auth_cert_policy alice  { allow subject.CN=alice; }
    auth_cert_policy ou     { allow subject.OU=Platform; }
    auth_cert_policy dn     { allow "subject=CN=alice"; }
    auth_cert_policy denied { deny subject.CN=bob; allow all; }
    auth_cert_policy regex  { allow subject.CN~alice; }
    auth_cert_policy oid    { allow subject.1.2.3.4=abc; }
--- config
    auth_cert_verify partners;
    location = /alice  { auth_cert alice; echo alice; }
    location = /ou     { auth_cert ou; echo ou; }
    location = /dn     { auth_cert dn; echo dn; }
    location = /denied { auth_cert denied; echo allowed; }
    location = /regex  { auth_cert regex; echo regex; }
    location = /oid    { auth_cert oid; echo oid; }
--- client_cert eval
["alice", "forged-dn", "nul-cn", "nul-cn", "empty-rdn", "empty-rdn",
 "empty-rdn", "crlf-cn", "one-bad-of-two", "one-bad-of-two", "two-cns",
 "long-type", "printable", "bmp", "unknown-type"]
--- request eval
["GET /ou", "GET /alice", "GET /alice", "GET /regex", "GET /alice", "GET /dn",
 "GET /denied", "GET /regex", "GET /alice", "GET /denied", "GET /alice",
 "GET /denied", "GET /alice", "GET /alice", "GET /oid"]
--- error_code eval
[200, 403, 403, 403, 403, 403, 403, 403, 200, 403, 200, 403, 200, 403, 200]


=== TEST 21: a subject that is no DER, which OpenSSL reads, cannot be used
--- whoami
pieces-cn       identity.subject_rdns  [[["2.5.4.3","CN",null]]]
                identity.unusable  ["subject"]
long-rdn        identity.subject   null
                identity.unusable  ["subject"]
long-string     identity.subject   null
                identity.unusable  ["subject"]
indefinite-rdn  identity.subject   null
                identity.unusable  ["subject"]
long-attribute  identity.subject   null
                identity.unusable  ["subject"]
long-attribute-type  identity.subject   null
                     identity.unusable  ["subject"]


=== TEST 22: types whose names have digits, are none of RFC 4512, or are read as another type
--- whoami
odd-types  identity.subject       "0.9.2342.19200300.100.1.44=#0c0163,1.3.6.1.4.1.11129.2.4.2=#0c0162,x500UniqueIdentifier=a"
           identity.subject_rdns  [[["2.5.4.45","x500UniqueIdentifier","a"]],[["1.3.6.1.4.1.11129.2.4.2",null,"b"]],[["0.9.2342.19200300.100.1.44",null,"c"]]]
           identity.unusable      []
