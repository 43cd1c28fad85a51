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


=== TEST 2: a server holds a certificate to its own security level, whatever server name it came by
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name a.example;
        ssl_ciphers ALL:@SECLEVEL=0;

        location /t {
            auth_cert_verify partners;
            echo "a $auth_cert_verify";
        }
    }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        ssl_ciphers ALL:@SECLEVEL=2;
        error_page 495 =495 /refused;

        location /t {
            auth_cert_verify partners;
            echo "b $auth_cert_verify";
        }

        location = /refused {
            internal;
            echo $auth_cert_reason;
        }
    }
--- config
    location /t {
        echo none;
    }
--- no_tls
--- client_cert: sha1 sha1 sha1 alice
--- sni: a.example
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- more_headers eval
["Host: a.example", "Host: b.example", "Host: a.example", "Host: b.example"]
--- error_code eval
[200, 495, 200, 200]


=== TEST 3: ssl_ocsp that would check nothing is a mistake
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    ssl_ocsp on;
    ssl_ocsp_responder http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/;
    ssl_trusted_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert_verify partners;
        echo passed;
    }
--- must_die
--- error_log
"ssl_ocsp" has no effect on certificates that "auth_cert_verify" verifies in the server in


=== TEST 4: the same by ssl_verify_client, without any policy
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name a.example;
        ssl_ciphers ALL:@SECLEVEL=0;

        location /t {
            auth_cert_verify partners;
            echo a;
        }
    }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        ssl_ciphers ALL:@SECLEVEL=2;
        ssl_verify_client on;
        ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

        location /t {
            echo b;
        }
    }
--- config
    location /t {
        echo none;
    }
--- no_tls
--- client_cert: sha1 sha1 alice
--- sni: none
--- request eval
["GET /t", "GET /t", "GET /t"]
--- more_headers eval
["Host: a.example", "Host: b.example", "Host: b.example"]
--- error_code eval
[200, 400, 200]
