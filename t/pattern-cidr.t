# Address ranges as patterns of san.ip.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify partners optional;
EOC

run_tests();

__DATA__

=== TEST 1: an address within the first bits of the range
--- verdicts
bob        allow  allow san.ip=192.0.2.0/24;
bob        allow  allow san.ip=192.0.0.0/16;
bob        allow  allow san.ip=192.0.0.0/8; deny all;
bob        deny   allow san.ip=192.0.3.0/24;
bob        deny   allow san.ip=10.0.0.0/8;


=== TEST 2: prefixes that end within a byte
--- verdicts
# bob is 192.0.2.77, which is ...01001101
bob        allow  allow san.ip=192.0.2.64/26;
bob        deny   allow san.ip=192.0.2.0/26;
bob        deny   allow san.ip=192.0.2.128/25;
bob        allow  allow san.ip=192.0.2.0/25;
bob        allow  allow san.ip=192.0.2.76/30;
bob        deny   allow san.ip=192.0.2.72/30;
bob        allow  allow san.ip=192.0.2.76/31;
bob        deny   allow san.ip=192.0.2.78/31;
bob        allow  allow san.ip=192.0.0.0/22;
bob        allow  allow san.ip=128.0.0.0/1;
bob        deny   allow san.ip=0.0.0.0/1;


=== TEST 3: a whole address, and every address of its kind
--- verdicts
bob        allow  allow san.ip=192.0.2.77/32;
bob        deny   allow san.ip=192.0.2.76/32;
bob        allow  allow san.ip=0.0.0.0/0;
bob        deny   allow san.ip=::/0;
mapped-ip  deny   allow san.ip=0.0.0.0/0;
mapped-ip  allow  allow san.ip=::/0;
mallory    deny   allow san.ip=0.0.0.0/0; allow san.ip=::/0;


=== TEST 4: IPv6
--- verdicts
alice      allow  allow san.ip=2001:db8::/32;
alice      allow  allow san.ip=2001:DB8::/32;
alice      allow  allow san.ip=2001:db8::/64;
alice      allow  allow san.ip=2001:db8::/127;
alice      allow  allow san.ip=2001:db8::1/128;
alice      deny   allow san.ip=2001:db8::/128;
alice      deny   allow san.ip=2001:db8::2/127;
alice      deny   allow san.ip=2001:db8:1::/48;
alice      allow  allow san.ip=2000::/3;
mapped-ip  allow  allow san.ip=::ffff:192.0.2.0/120;
mapped-ip  deny   allow san.ip=192.0.2.0/24;


=== TEST 5: any of several addresses will do
--- verdicts
alice      allow  allow san.ip=192.0.2.0/30;
alice      deny   allow san.ip!=192.0.2.0/30;
alice      deny   allow san.ip!=2001:db8::/32;
alice      allow  allow san.ip!=10.0.0.0/8;
alice      deny   deny san.ip=2001:db8::/32; allow all;
bob        allow  deny san.ip=2001:db8::/32; allow all;
mallory    allow  allow san.ip!=0.0.0.0/0 san.ip!=::/0;
