# CRLs that come before the CA that signed them: they are read again with the
# CA, at once.  What failed is tried once more after ten intervals as well, of
# which there are none here before a block has given up.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_reload 1500ms;
EOC

run_tests();

__DATA__

=== TEST 1: a CRL that comes before its CA is read again when the CA is there
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- crls
crl.pem
--- http_config
    auth_cert_trust files {
        ca  $TEST_NGINX_SERVER_ROOT/html/ca.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify files; echo $auth_cert_subject_cn; }
--- client_cert: alice imposter-alice imposter-alice
--- before_request eval
sub {
    my ($n) = @_;
    return if $n == 1;

    if ($n == 2) {
        make_crl('crl.pem', 'issuer=imposter', 'number=2');
        wait_log('the last good version of ".*crl.pem" stays in force');

    } else {
        copy_file('imposter.crt', 'ca.pem');
        wait_log('changed CRL file ".*crl.pem" is in force');
    }
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 400, 200]


=== TEST 2: and so is a file of a directory
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- crls
d/root.pem
--- http_config
    auth_cert_trust files {
        ca  $TEST_NGINX_SERVER_ROOT/html/ca.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/d;
    }
--- config
    location /t { auth_cert_verify files; echo $auth_cert_subject_cn; }
--- client_cert: keyid-partners keyid-imposter keyid-imposter keyid-partners
--- before_request eval
sub {
    my ($n) = @_;

    if ($n == 2) {
        make_crl('d/imposter.pem', 'issuer=imposter');
        wait_log('imposter.pem": the CRL of .*; the last good version of this');

    } elsif ($n == 3) {
        write_file('ca.pem',
                   pki_text('partners.crt') . pki_text('imposter.crt'));
        wait_log('changed CRL file ".*d" is in force', 2);
    }
}
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 400, 200, 200]
