# CRLs of keys that OpenSSL knows by the names of their type only: ML-DSA, from
# OpenSSL 3.5 on.

BEGIN {
    if (`openssl list -public-key-algorithms` !~ /ML-DSA/) {
        print "1..0 # SKIP this OpenSSL has no ML-DSA\n";
        exit;
    }
}

use lib 't/lib';
use AuthCert;

faults() if !$ENV{TEST_NGINX_USE_VALGRIND};

cas_for_all('ML-DSA-44');

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


=== TEST 2: a fault does not make it that of another CA
--- ca: one.crt
--- crl: one.pem
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    return if $ENV{TEST_NGINX_USE_VALGRIND};

    # which is asked once more
    fail_each_start('call', 1, taken => qr/^(?:stat64|clock_gettime|BIO_read
                 |EVP_MD_CTX_new|EVP_DigestUpdate|EVP_Digest(?:Init|Final)_ex
                 |ASN1_TIME_to_tm|OPENSSL_sk_find|EVP_PKEY_is_a
                 |X509_get0_pubkey)$/x);
}
--- error_code: 400


=== TEST 3: of another one
--- ca: one.crt
--- crl: other.pem
--- must_die
--- error_log
is not signed with the key of
