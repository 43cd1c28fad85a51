# A text as a pattern: in each field's own comparison.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_verify partners ops optional;
EOC


# 0a1b... as 0A:1B:...
sub colons {
    return join ':', uc($_[0]) =~ /../g;
}


run_tests();

__DATA__

=== TEST 1: an attribute is compared byte by byte
--- verdicts
alice       allow  allow subject.CN=alice;
upper-case  deny   allow subject.CN=alice;
upper-case  allow  allow subject.CN=ALICE;
alice       deny   allow subject.CN=alic;
alice       deny   allow subject.CN=alicee;
alice       deny   allow "subject.CN=alice ";
alice       allow  allow "subject.O=Acme, Inc.";
alice       deny   allow "subject.O=Acme,  Inc.";
alice       deny   allow "subject.O=Acme\, Inc.";


=== TEST 2: the string type that an attribute has in the certificate says nothing
--- verdicts
printable   allow  allow subject.CN=alice;
utf8        allow  allow "subject.CN=Zoë 東京";
bmp         allow  allow "subject.CN=Zoë 東京";
utf8        allow  allow "subject.O=Müller & Söhne";
utf8        deny   allow "subject.O=MÜLLER & SÖHNE";


=== TEST 3: attributes are named by short name, in any case, or by OID
--- verdicts
alice       allow  allow subject.CN=alice;
alice       allow  allow subject.cn=alice;
alice       allow  allow subject.commonName=alice;
alice       allow  allow subject.2.5.4.3=alice;
alice       deny   allow subject.2.5.4.4=alice;
country     allow  allow subject.C=DE;
country     allow  allow subject.emailAddress=eve@acme.example;
country     allow  allow subject.E=eve@acme.example;
country     allow  allow subject.1.2.840.113549.1.9.1=eve@acme.example;
multi-rdn   allow  allow subject.UID=a1;
multi-rdn   allow  allow subject.uid=a1;
multi-rdn   allow  allow subject.0.9.2342.19200300.100.1.1=a1;
alice       allow  allow "issuer.CN=Acme CA";
alice       allow  allow issuer.O=Acme;
alice       deny   allow issuer.CN=alice;
alice       deny   allow "subject.CN=Acme CA";


=== TEST 4: special characters stand for themselves, without escapes
--- verdicts
special-cn  allow  allow 'subject.CN= #a,b+c"d\e<f>g;h=i ';
special-cn  deny   allow 'subject.CN=#a,b+c"d\e<f>g;h=i';
special-cn  deny   allow 'subject.CN= #a\,b\+c\"d\\e\<f\>g\;h=i ';


=== TEST 5: a name is compared as RFC 4518 and OpenSSL prepare it
--- verdicts
# case and runs of spaces do not count, everything else does
alice       allow  allow "subject=CN=alice,OU=Platform,OU=Billing,O=Acme\, Inc.";
alice       allow  allow "subject=CN=ALICE,OU=platform,OU=BILLING,O=acme\, inc.";
alice       allow  allow "subject=CN=alice,OU=Platform,OU=Billing,O=Acme\,   Inc.";
alice       allow  allow "subject=CN=alice,OU=Platform,OU=Billing,O=\ Acme\, Inc.\ ";
alice       deny   allow "subject=CN=alice,OU=Platform,OU=Billing,O=Acme\,Inc.";
upper-case  allow  allow subject=CN=alice;
# the order of RDNs counts, and all of them
alice       deny   allow "subject=CN=alice,OU=Billing,OU=Platform,O=Acme\, Inc.";
alice       deny   allow "subject=O=Acme\, Inc.,OU=Billing,OU=Platform,CN=alice";
alice       deny   allow "subject=CN=alice,OU=Platform,OU=Billing";
alice       deny   allow subject=CN=alice;
bob         deny   allow "subject=CN=alice,OU=Platform,OU=Billing,O=Acme\, Inc.";
# types by any of their names
alice       allow  allow "subject=2.5.4.3=alice,ou=Platform,2.5.4.11=Billing,O=Acme\, Inc.";
country     allow  allow "subject=emailAddress=eve@acme.example,CN=eve,O=Acme\, Inc.,C=DE";
country     allow  allow "subject=1.2.840.113549.1.9.1=EVE@acme.example,CN=eve,O=Acme\, Inc.,C=de";
# the string type does not count
printable   allow  allow subject=CN=alice;
bmp         allow  allow "subject=CN=Zoë 東京";
bmp         allow  allow "subject=CN=zo\c3\ab \e6\9d\b1\e4\ba\ac";
utf8        deny   allow "subject=CN=ZOË 東京,O=Müller & Söhne";
utf8        allow  allow "subject=CN=ZOë 東京,O=MüLLER & SöHNE";
# also not where it is written as DER: PrintableString, BMPString
printable   allow  allow subject=CN=#0c05616c696365;
alice       allow  allow "subject=CN=#1e0a0061006c006900630065,OU=Platform,OU=Billing,O=Acme\, Inc.";
# the attributes of one RDN are a set
multi-rdn   allow  allow "subject=UID=a1+CN=alice,O=Acme\, Inc.";
multi-rdn   allow  allow "subject=CN=alice+UID=a1,O=Acme\, Inc.";
multi-rdn   deny   allow "subject=UID=a1,CN=alice,O=Acme\, Inc.";
two-cns     allow  allow subject=CN=alice,CN=first;
two-cns     deny   allow subject=CN=alice+CN=first;
attribute-cn  deny   allow subject=CN=x,O=y;
attribute-cn  allow  allow "subject=CN=x\,2.5.4.10=y";
multi-rdn   deny   allow "subject=CN=alice,UID=a1,O=Acme\, Inc.";
multi-rdn   deny   allow "subject=CN=alice,O=Acme\, Inc.";
# escapes
special-cn  allow  allow 'subject=CN=\ #a\,b\+c\\"d\\\\e\<f\>g\;h=i\ ';
special-cn  allow  allow 'subject=CN=\20\23a\2cb\2Bc\22d\5ce\3cf\3eg\3bh\3di\20';


=== TEST 6: what one attribute says cannot pass for another
--- verdicts
special-cn  deny   allow subject=CN=a;
two-cns     allow  allow subject=CN=alice,CN=first;
two-cns     deny   allow subject=CN=alice\,CN=first;
two-cns     deny   allow subject=CN=alice;
two-cns     deny   allow subject=CN=first;


=== TEST 7: issuers and directory names compare as subjects do
--- verdicts
alice       allow  allow "issuer=CN=Acme CA,O=Acme";
alice       allow  allow "issuer=cn=ACME  CA,o=ACME";
alice       deny   allow "issuer=O=Acme,CN=Acme CA";
ops-alice   allow  allow "issuer=CN=Ops CA,O=Acme Operations";
dirname     allow  allow "san.dirname=CN=alice,O=Acme\, Inc.";
dirname     allow  allow "san.dirname=CN=Alice,O=ACME\, Inc.";
dirname     deny   allow san.dirname=CN=alice;
alice       deny   allow "san.dirname=CN=alice,O=Acme\, Inc.";


=== TEST 8: an empty subject is no name, and no name is like it
--- verdicts
no-subject  deny   allow subject=CN=alice;
no-subject  allow  allow subject!=CN=alice;
no-subject  deny   allow subject~^;
no-subject  allow  allow san.dns=no-subject.example;


=== TEST 9: the case of a DNS name does not count
--- verdicts
bob         allow  allow san.dns=bob.ops.example.com;
bob         allow  allow san.dns=BOB.OPS.Example.COM;
upper-case  allow  allow san.dns=bob.ops.example.com;
upper-case  allow  allow san.dns=BOB.OPS.Example.COM;
bob         deny   allow san.dns=ops.example.com;
bob         deny   allow san.dns=ob.ops.example.com;
host-trailing-dot  deny   allow san.dns=bob.ops.example.com;
host-idn           allow  allow san.dns=XN--MNCHEN-3YA.ops.example.com;
host-underscore    allow  allow san.dns=_bob.ops.example.com;


=== TEST 10: a URI is compared byte by byte
--- verdicts
alice          allow  allow san.uri=spiffe://prod.example/ns/billing/sa/web;
alice          deny   allow san.uri=spiffe://prod.example/ns/billing/sa/Web;
alice          deny   allow san.uri=spiffe://prod.example/ns/billing/sa;
path-x         allow  allow san.uri=https://a.example/x;
path-upper     deny   allow san.uri=https://a.example/x;
path-upper     allow  allow san.uri=HTTPS://A.example/x;
path-percent   allow  allow san.uri=https://a.example/x%2Fy;
path-percent   deny   allow san.uri=https://a.example/x%2fy;
path-percent   deny   allow san.uri=https://a.example/x/y;
path-slash     deny   allow san.uri=https://a.example/x;
path-dots      deny   allow san.uri=https://a.example/y;
path-port      deny   allow san.uri=https://a.example/x;
comma-uri      allow  allow 'san.uri=urn:x:a,b\\c';
two-uris       allow  allow san.uri=urn:second;
device-17      allow  allow san.uri=urn:device:17;
device-17      deny   allow san.uri=urn:device:1;


=== TEST 11: the case of an e-mail address counts before the @ only
--- verdicts
alice       allow  allow san.email=alice@acme.example;
alice       allow  allow san.email=alice@ACME.Example;
alice       deny   allow san.email=Alice@acme.example;
upper-case  allow  allow san.email=alice@acme.example;
upper-case  deny   allow san.email=ALICE@acme.example;
email-ats   allow  allow san.email=Al@Ice@acme.example;
email-ats   deny   allow san.email=Al@ice@acme.example;
alice       deny   allow san.email=alice@acme.example.org;
country     deny   allow san.email=eve@acme.example;


=== TEST 12: an address is compared as an address, in whatever form it is written
--- verdicts
alice       allow  allow san.ip=192.0.2.1;
alice       deny   allow san.ip=192.0.2.10;
alice       allow  allow san.ip=2001:db8::1;
alice       allow  allow san.ip=2001:DB8::1;
alice       allow  allow san.ip=2001:0db8:0:0:0:0:0:0001;
alice       allow  allow san.ip=2001:db8::0.0.0.1;
alice       deny   allow san.ip=2001:db8::2;
alice       deny   allow san.ip=::ffff:192.0.2.1;
mapped-ip   allow  allow san.ip=::ffff:192.0.2.1;
mapped-ip   allow  allow san.ip=::ffff:c000:201;
mapped-ip   deny   allow san.ip=192.0.2.1;


=== TEST 13: a serial is compared as a number in hex
--- verdicts
alice       allow  allow serial=0a1b2c;
alice       allow  allow serial=0A1B2C;
alice       allow  allow serial=0A:1B:2C;
alice       allow  allow serial=a1b2c;
alice       allow  allow serial=0xa1b2c;
alice       allow  allow serial=000000a1b2c;
alice       deny   allow serial=a1b2;
alice       deny   allow serial=0a1b2c00;
alice       deny   allow serial=-0a1b2c;
bob         allow  allow serial=b0b;
high-serial allow  allow serial=80;
high-serial allow  allow serial=00:80;
big-serial  allow  allow serial=7fffffffffffffffffffffffffffffffffffffff;
big-serial  deny   allow serial=7ffffffffffffffffffffffffffffffffffffffe;


=== TEST 14: of a digest, case and colons do not count
--- verdicts eval
my ($cert, $key) = (fingerprint('alice'), spki('alice'));
my ($anchor, $colons) = (fingerprint('partners'), colons($cert));
<<"EOT"
alice       allow  allow fingerprint=$cert;
alice       allow  allow fingerprint=\U$cert\E;
alice       allow  allow fingerprint=$colons;
bob         deny   allow fingerprint=$cert;
alice       deny   allow fingerprint=$key;
alice       allow  allow spki=$key;
alice       allow  allow spki=@{[ colons($key) ]};
alice       deny   allow spki=$cert;
alice       allow  allow ca=$anchor;
alice       allow  allow ca=@{[ colons($anchor) ]};
ops-alice   deny   allow ca=$anchor;
alice       deny   allow fingerprint=$anchor;
EOT


=== TEST 15: the anchor is the root, also where the client sends intermediates
--- verdicts eval
<<"EOT"
via-intermediate  allow  allow ca=@{[ fingerprint('partners') ]};
via-intermediate  deny   allow ca=@{[ fingerprint('intermediate') ]};
EOT


=== TEST 16: object identifiers are compared as such, by number or by name
--- verdicts
alice       allow  allow eku=1.3.6.1.5.5.7.3.2;
alice       allow  allow eku=clientAuth;
alice       allow  allow "eku=TLS Web Client Authentication";
alice       deny   allow eku=codeSigning;
alice       deny   allow eku=1.3.6.1.5.5.7.3;
alice       deny   allow eku=1.3.6.1.5.5.7.3.20;
no-eku      deny   allow eku=clientAuth;
policies    allow  allow eku=codeSigning;
policies    allow  allow eku=clientAuth;
policies    allow  allow policy=1.2.3.4.1;
policies    allow  allow policy=1.2.3.4.2;
policies    deny   allow policy=1.2.3.4;
policies    deny   allow policy=1.2.3.4.3;
alice       deny   allow policy=1.2.3.4.1;
rid         allow  allow san.rid=1.2.3.4.5;
rid         deny   allow san.rid=1.2.3.4;


=== TEST 17: an extension is a text, or # and its DER in hex
--- verdicts
policies    allow  allow ext.1.2.3.4.9=abc;
policies    deny   allow ext.1.2.3.4.9=#0c03616263;
policies    deny   allow ext.1.2.3.4.9=ABC;
policies    allow  allow ext.1.2.3.4.10=#02012a;
policies    allow  allow ext.1.2.3.4.10=#02012A;
policies    deny   allow ext.1.2.3.4.10=42;
policies    deny   allow ext.1.2.3.4.11=abc;
alice       deny   allow ext.1.2.3.4.9=abc;
alice       allow  allow ext.1.2.3.4.9!=abc;
alice       allow  allow ext.extendedKeyUsage=#300a06082b06010505070302;


=== TEST 18: so is an otherName, and a UPN is a text
--- verdicts
other-name  allow  allow san.other.1.2.3.4=abc;
other-name  deny   allow san.other.1.2.3.5=abc;
other-name  deny   allow san.other.1.2.3.4=ABC;
upn         allow  allow san.upn=alice@corp.example;
upn         deny   allow san.upn=ALICE@corp.example;
upn         allow  allow san.other.1.3.6.1.4.1.311.20.2.3=alice@corp.example;
upn         deny   allow san.email=alice@corp.example;
alice       deny   allow san.upn=alice@acme.example;


=== TEST 19: a SPIFFE ID is the only URI of its certificate
--- verdicts
alice       allow  allow spiffe_id=spiffe://prod.example/ns/billing/sa/web;
alice       deny   allow spiffe_id=spiffe://prod.example/ns/billing/sa/WEB;
service     deny   allow spiffe_id=spiffe://prod.example/ns/billing/sa/web;
two-uris    deny   allow spiffe_id=spiffe://prod.example/ns/billing/sa/web;
two-uris    allow  allow san.uri=spiffe://prod.example/ns/billing/sa/web;
spiffe-port deny   allow spiffe_id=spiffe://prod.example/ns/billing/sa/web;


=== TEST 20: a field reads its own kind of name, and no other
--- verdicts
alice       deny   allow subject.CN=alice.partners.example;
alice       deny   allow san.dns=alice;
alice       deny   allow san.email=alice@acme.Example.alice;
country     deny   allow san.email=eve@acme.example;
upn         deny   allow san.email=alice@corp.example;


=== TEST 21: != is the opposite in each field's comparison
--- verdicts
bob         deny   allow san.dns!=BOB.ops.example.com;
bob         allow  allow san.dns!=alice.ops.example.com;
alice       deny   allow san.ip!=2001:db8:0::1;
alice       deny   allow san.email!=alice@ACME.example;
alice       deny   allow serial!=0A:1B:2C;
alice       deny   allow eku!=clientAuth;
alice       deny   allow "subject!=CN=ALICE,OU=Platform,OU=Billing,O=Acme\, Inc.";
alice       allow  allow "subject!=CN=ALICE,OU=Billing,OU=Platform,O=Acme\, Inc.";


=== TEST 22: what no value can be is an error, not a rule that never matches
--- user_files
>>> rules.conf
allow all;
--- http_config
    auth_cert_policy tested { include $TEST_NGINX_SERVER_ROOT/html/rules.conf; }
--- config
    location /t { auth_cert tested; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    for my $pattern (
        'subject=CN', 'subject=C N=x', 'subject=C!N=x', 'subject==x',
        'subject=1.2.x=y', 'subject=CN=a\\\\', 'subject=CN=a\\\\z',
        'subject=CN=a\\\\4', 'subject=CN=a\\\\4z', 'subject=CN=#',
        'subject=CN=#0', 'subject=CN=#zz', 'subject=CN=#0500',
        'subject=CN=a;b', 'subject=CN=<a>', 'subject=CN= a', 'subject=CN=a ',
        'subject=CN=a\\\\00b', 'subject=CN=a,', 'subject=NoType=a',
        'san.rid=1', 'san.rid=3.1', 'san.rid=1.40.1', 'san.rid=1.02',
        'san.rid=1..2', 'san.rid=1.2.', 'san.rid=1.2x', 'eku=clientauth.1',
        'san.email=a', 'san.email=a@', "san.email=\xc3\xa4\@acme.example",
        'san.ip=1.2.3', 'san.ip=1.2.3.4.5', 'san.ip=::g', 'san.ip=' . '1' x 60,
        'serial=', 'serial=0x', 'serial=zz', 'serial=0a::1b', 'serial=:0a',
        'serial=0a:',
        'ext.1.2.3=#0', 'ext.1.2.3=#zz', 'fingerprint=00', 'spki=zz',
        'subject.CN~(', 'subject.CN~(*LIMIT_MATCH=1)a(')
    {
        write_file('rules.conf', qq{allow "$pattern";\n});

        my ($said, $accepted) = AuthCert::Messages::test_configuration();

        Test::More::ok(!$accepted, "refused: $pattern");
        Test::More::like($said, qr/\[emerg\] .* in \S+rules\.conf:1$/m,
                         'it says where')
    }
}
--- request
GET /t
--- error_code: 200
