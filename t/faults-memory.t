# Memory that runs out inside what the module calls: OpenSSL may say of it that
# a signature is bad, that there is no certificate in a file, or nothing at
# all.  Nothing of it lets a client in, or a CA or a CRL out.

BEGIN {
    # it has an allocator of its own
    if ($ENV{TEST_NGINX_USE_VALGRIND}) {
        print "1..0 # SKIP the allocator is replaced\n";
        exit;
    }

    # OpenSSL itself loses a few bytes where memory runs out inside of it, and
    # nginx a connection's SSL object where SSL_set_ex_data() fails
    $ENV{ASAN_OPTIONS} .= ',detect_leaks=0' if $ENV{ASAN_OPTIONS};
}

use lib 't/lib';
use AuthCert;

faults();

# a file whose state is not known is read once more, a CA without a key decoded
# once more, of dates there are but warnings, and a CA may be there twice
our $taken = qr/^(?:stat64|ngx_(?:open|read)_dir|EVP_MD_CTX_new
                 |EVP_DigestUpdate|EVP_Digest(?:Init|Final)_ex
                 |clock_gettime|X509_get0_pubkey
                 |ASN1_TIME_to_tm|OPENSSL_sk_find)$/x;

our $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

run_tests();

__DATA__

=== TEST 1: at start
--- crls
d/crl.pem revoke=bob
d/deep1.pem issuer=deep1 form=der
--- user_files
>>> names.list
alice  clerk
--- http_config
    auth_cert_zone 1m;

    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/d;
    }

    auth_cert_policy listed {
        deny   san.ip=192.0.2.77  san.uri=spiffe://prod.example/ns/*/sa/web;
        allow  subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
        allow  "subject=CN=bob,O=Acme\\, Inc."  san.ip=192.0.2.0/24;
        allow  san.email~^(\w+)@acme\.example$  serial=0b0b  role=$1;
    }
--- config
    location /t { auth_cert_verify revoking; auth_cert listed; echo passed; }
--- no_error_log
exited on signal
--- client_cert: bob
--- request
GET /t
--- before_request eval
sub {
    # of the end of a file it says so, with or without memory
    fail_each_start('inner', 23, taken => qr/$main::taken|^PEM_read_bio_X509_AUX$/);
}
--- error_code: 400


=== TEST 2: no CA of a folder is left out
--- http_config
    auth_cert_trust folder { ca $TEST_NGINX_PKI/ca.d; }
--- config
    location /t { auth_cert_verify folder; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    # of what is no PEM it says so, with or without memory
    fail_each_start('inner', 13, taken => qr/$main::taken|^PEM_read_bio_X509_AUX$/);
}
--- response_body
passed


=== TEST 3: in a handshake and a request
--- crls
d/crl.pem revoke=bob
d/deep1.pem issuer=deep1
d/deep2.pem issuer=deep2
d/deep3.pem issuer=deep3
--- http_config
    auth_cert_verify_cache off;

    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/d;
    }

    auth_cert_policy nobody {
        deny   issuer.CN=nobody  san.uri~^x:  serial=1  ext.1.2.3.4=a;
        deny   eku=1.2.3.4;
        deny   policy=1.2.3.4;
        deny   san.dirname=CN=mallory;
        deny   subject.CN=mallory;
        allow  verified;
    }
--- config
    location /t { auth_cert_verify revoking; auth_cert nobody; echo passed; }
--- no_error_log
exited on signal
--- client_cert: bob
--- request
GET /t
--- before_request eval
sub {
    fail_each('inner', 1, 'deep', $main::request, qr/^passed$/m);
    fail_each('inner', 13, 'deep', $main::request, qr/^passed$/m, resume => 1);
    fail_each('inner', 1, 'mallory', $main::request, qr/^HTTP\/1\.1 403 /);
    fail_each('inner', 1, 'bob', $main::request, qr/^HTTP\/1\.1 400 /);
    fail_each('inner', 1, 'imposter-alice', $main::request,
              qr/^HTTP\/1\.1 400 /);
}
--- error_code: 400


=== TEST 4: where the CRL of a CA that only the client sends is verified
--- crls
d/crl.pem
d/deep3.pem issuer=deep3
d/deep3-newer.pem issuer=deep3 number=2 revoke=deep
d/rsa.pem issuer=rsa-issuing
d/rsa-newer.pem issuer=rsa-issuing number=2 revoke=via-rsa
--- http_config
    auth_cert_reload 100ms;

    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/d;
        crl_missing  allow;
    }
--- config
    location /t { auth_cert_verify revoking; echo passed; }
--- no_error_log
exited on signal
--- client_cert: deep
--- request
GET /t
--- before_request eval
sub {
    # CRLs that were read anew have not been verified with a key of the client's
    my $touched = 0;

    my $change = sub {
        my $file = Test::Nginx::Util::html_dir() . '/d/crl.pem';

        $touched++;
        utime $touched, $touched, $file or die "$file: $!\n";
        wait_log('changed CRL file .* is in force', $touched);
    };

    fail_each('inner', 1, $_, $main::request, qr/^HTTP\/1\.1 400 /,
              before => $change) for qw(deep via-rsa);
}
--- error_code: 400


=== TEST 5: TLS without any set of CAs
--- http_config
    auth_cert_policy staff { allow subject.CN=alice; }
--- config
    location /t { auth_cert staff; echo passed; }
--- no_error_log
exited on signal
--- client_cert: none
--- request
GET /t
--- before_request eval
sub {
    # not each: where it fails early in SSL_new(), OpenSSL 3.5 crashes
    fail_each('malloc', 13, 'none', $main::request, qr/^HTTP\/1\.1 400 /);
}
--- error_code: 400
