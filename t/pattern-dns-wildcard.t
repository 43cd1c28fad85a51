# "*." in a pattern of san.dns: one whole left-most label.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_verify partners ops optional;
EOC

run_tests();

__DATA__

=== TEST 1: it stands for one label, whichever
--- verdicts
bob              allow  allow san.dns=*.ops.example.com;
ops-carol        allow  allow san.dns=*.ops.example.com;
host-idn         allow  allow san.dns=*.ops.example.com;
host-underscore  allow  allow san.dns=*.ops.example.com;
alice            deny   allow san.dns=*.ops.example.com;
alice            allow  allow san.dns=*.partners.example;


=== TEST 2: case does not count, in the pattern or in the name
--- verdicts
upper-case       allow  allow san.dns=*.ops.example.com;
bob              allow  allow san.dns=*.OPS.Example.COM;


=== TEST 3: it stands for no more than one label, and for no less
--- verdicts
two-labels       deny   allow san.dns=*.ops.example.com;
two-labels       allow  allow san.dns=*.b.ops.example.com;
bob              deny   allow san.dns=*.example.com;
host-parent      deny   allow san.dns=*.ops.example.com;
host-parent      allow  allow san.dns=*.example.com;
host-single      deny   allow san.dns=*.example.com;
host-single      allow  deny san.dns=*.example.com; allow all;


=== TEST 4: an empty label is none
--- verdicts
host-leading-dot   deny   allow san.dns=*.ops.example.com;
host-empty-label   deny   allow san.dns=*.ops.example.com;


=== TEST 5: the rest is compared to its end
--- verdicts
host-suffix        deny   allow san.dns=*.ops.example.com;
host-suffix        allow  allow san.dns=*.example.com;
host-trailing-dot  deny   allow san.dns=*.ops.example.com;
bob                deny   allow san.dns=*.ops.example.co;
bob                deny   allow san.dns=*.ops.example.comm;


=== TEST 6: any of several names will do
--- verdicts
many-sans        allow  allow san.dns=*.many.example;
many-sans        deny   allow san.dns!=*.many.example;
many-sans        allow  allow san.dns!=*.ops.example.com;
mallory          deny   deny san.dns=*.partners.example; allow all;
bob              allow  deny san.dns=*.partners.example; allow all;


=== TEST 7: a certificate for a wildcard is not allowed as one of its hosts, and is denied as one
--- verdicts
# it may stand for all names that the pattern means, but is none of them
wildcard-dns     deny   allow san.dns=*.ops.example.com;
wildcard-dns     deny   allow san.dns!=*.ops.example.com;
wildcard-dns     deny   deny san.dns=*.ops.example.com; allow all;
wildcard-dns     allow  deny san.dns=*.partners.example; allow all;
wildcard-dns     deny   allow san.dns=bob.ops.example.com;
wildcard-dns     allow  deny san.dns=bob.ops.example.com; allow all;
host-part-star   deny   allow san.dns=*.ops.example.com;
host-part-star   deny   deny san.dns=*.ops.example.com; allow all;
host-inner-star  deny   allow san.dns=*.ops.example.com;


=== TEST 8: a name that no host can have is neither allowed nor let through a denial
--- verdicts
host-space       deny   allow san.dns=*.ops.example.com;
host-space       deny   allow san.dns!=*.ops.example.com;
host-leading-dot   deny   allow san.dns!=*.ops.example.com;
host-leading-dot   deny   deny san.dns=*.partners.example; allow all;
host-empty-label   deny   deny san.dns=*.ops.example.com; allow all;
host-trailing-dot  deny   deny san.dns=bob.ops.example.com; allow all;
host-trailing-dot  deny   allow san.dns!=mallory.partners.example;
host-space       deny   deny san.dns=*.partners.example; allow all;


=== TEST 9: it reads DNS names only
--- verdicts
alice            deny   allow san.dns=*.acme.example;
no-subject       deny   allow san.dns=*.no-subject.example;
