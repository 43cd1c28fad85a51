# Trust sets that are alike and are not the same.

use lib 't/lib';
use AuthCert;

# the CA of partners with the settings of a "TRUSTED CERTIFICATE"
sub trusted {
    my $options = shift;
    my $file = pki_file('partners.crt');
    return scalar `openssl x509 -in $file $options -trustout`;
}

run_tests();

__DATA__

=== TEST 1: a CA that one set rejects for clients is not trusted as the other set trusts it
--- user_files eval
">>> rejected.pem\n" . trusted('-addreject clientAuth')
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust rejected { ca $TEST_NGINX_SERVER_ROOT/html/rejected.pem; }
--- config
    error_page 495 =495 /refused;

    location /partners {
        auth_cert_verify partners;
        echo $auth_cert_trust;
    }

    location /rejected {
        auth_cert_verify rejected;
        echo $auth_cert_trust;
    }

    location = /refused {
        internal;
        echo $auth_cert_reason;
    }
--- client_cert: alice
--- request eval
["GET /partners", "GET /rejected", "GET /partners"]
--- error_code eval
[200, 495, 200]
