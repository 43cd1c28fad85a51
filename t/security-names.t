# What an expression on the text of a name sees, and what the selectors of its
# attributes see: docs/security.md, "What is left to you".

use lib 't/lib';
use AuthCert;

run_tests();

__DATA__

=== TEST 1: an expression on a whole name is misled by the value of an attribute
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify partners;
--- verdicts
# client     verdict  rules
forged-dn    allow    allow subject~(^|,)CN=alice(,|$);
forged-dn    allow    allow subject~CN=alice;


=== TEST 2: the selectors of attributes are not, nor is a name that is compared
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify partners;
--- verdicts
# client     verdict  rules
forged-dn    deny     allow subject.CN=alice;
forged-dn    deny     allow subject.CN~^alice$;
forged-dn    deny     allow subject=CN=alice;
forged-dn    deny     allow subject=CN=alice,OU=CN=alice;
forged-dn    deny     allow subject=CN=nobody,CN=alice,OU=CN=alice;
forged-dn    allow    allow subject=CN=nobody\,CN=alice,OU=CN=alice;
forged-dn    allow    allow subject.CN=nobody,CN=alice;
