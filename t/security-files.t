# Files that change while nginx runs, in an unfortunate order.

use lib 't/lib';
use AuthCert;

master_on();
workers(2);

http_config_for_all(<<'EOC');
    auth_cert_reload 100ms;

    auth_cert_trust files {
        ca  $TEST_NGINX_SERVER_ROOT/html/ca.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
EOC

run_tests();

__DATA__

=== TEST 1: a CRL that comes before its CA is read again when the CA is there
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- crls
crl.pem
--- config
    location /t { auth_cert_verify files; echo $auth_cert_subject_cn; }
--- client_cert: alice imposter-alice
--- before_request eval
sub {
    return if $_[0] != 2;
    make_crl('crl.pem', 'issuer=imposter', 'number=2');
    wait_log('the last good version of ".*crl.pem" stays in force');
    copy_file('imposter.crt', 'ca.pem');
    wait_log('changed CRL file ".*crl.pem" is in force');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 200]
