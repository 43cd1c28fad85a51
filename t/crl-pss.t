# CRLs of CAs whose keys are for RSASSA-PSS only, RFC 4055, section 1.2.

use lib 't/lib';
use AuthCert;

cas_for_all('RSA-PSS');

run_tests();

__DATA__

=== TEST 1: of its CA
--- ca: one.crt
--- crl: one.pem
--- client_cert: alice
--- request
GET /t
--- error_code: 400
--- no_error_log
CRL


=== TEST 2: of another one
--- ca: one.crt
--- crl: other.pem
--- must_die
--- error_log
is not signed with the key of
