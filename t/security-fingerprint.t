# What keeps a certificate out, and what does not: of one that an ECDSA key
# signed, anybody can make another, good one with the same content; see
# docs/security.md, "What is left to you".

use lib 't/lib';
use AuthCert;

use Test::More ();

Test::More::isnt(fingerprint('lost'), fingerprint('lost-twin'),
                 'twins have a fingerprint each');
Test::More::is(spki('lost'), spki('lost-twin'), 'and the same key');

run_tests();

__DATA__

=== TEST 1: a rule that denies a fingerprint does not keep the twin out
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify partners;
--- verdicts eval
my $lost = main::fingerprint('lost');
"lost       deny   deny fingerprint=$lost; allow verified;
lost-twin  allow  deny fingerprint=$lost; allow verified;
lost       allow  allow fingerprint=$lost;
lost-twin  deny   allow fingerprint=$lost;
"


=== TEST 2: one that denies its key, or its serial number, does
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify partners;
--- verdicts eval
my $key = main::spki('lost');
my $file = main::pki_file('lost.crt');
my ($serial) = `openssl x509 -in $file -noout -serial` =~ /=(\w+)/;
"lost       deny   deny spki=$key; allow verified;
lost-twin  deny   deny spki=$key; allow verified;
lost       deny   deny serial=$serial; allow verified;
lost-twin  deny   deny serial=$serial; allow verified;
alice      allow  deny spki=$key serial=$serial; allow verified;
"
