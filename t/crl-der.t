# CRL files are read by a parser of the module's own: what OpenSSL does not
# take for a CRL is none here either.

use AuthCert;

run_tests();

__DATA__

=== TEST 1: a serial with an octet that DER leaves out
--- crls
crl.pem revoke=bob padded=alice
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- must_die
--- error_log
entry 2: its serial has octets that DER leaves out


=== TEST 2: one that begins with an octet of its sign is well-formed
--- crls
crl.pem revoke=high-serial
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: high-serial
--- request
GET /t
--- error_code: 400


=== TEST 3: a NUL within the text of a file
--- crls
crl.pem revoke=bob
--- user_files eval
">>> nul.pem\n" . pki_text('partners.crt') . "a\0b\nc\n"
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/nul.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- must_die
--- error_log
nul.pem": holds a NUL, it is neither PEM nor DER


=== TEST 4: a NUL at the beginning of a line
--- crls
crl.pem revoke=bob
--- user_files eval
">>> nul.pem\n" . pki_text('partners.crt') . "\0b\nc\n"
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/nul.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- must_die
--- error_log
nul.pem": holds a NUL, it is neither PEM nor DER


=== TEST 5: a NUL on the last line
--- crls
crl.pem revoke=bob
--- user_files eval
">>> nul.pem\n" . pki_text('partners.crt') . "a\0-----BEGIN X509 CRL-----"
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/nul.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- must_die
--- error_log
nul.pem": holds a NUL, it is neither PEM nor DER


=== TEST 6: a NUL at the beginning of the last line
--- crls
crl.pem revoke=bob
--- user_files eval
">>> nul.pem\n" . pki_text('partners.crt') . "\0-----BEGIN X509 CRL-----"
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/nul.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- must_die
--- error_log
nul.pem": holds a NUL, it is neither PEM nor DER


=== TEST 7: a NUL at the end of the file
--- crls
crl.pem revoke=bob
--- user_files eval
">>> nul.pem\n" . pki_text('partners.crt') . "a\0"
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/nul.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- must_die
--- error_log
nul.pem": holds a NUL, it is neither PEM nor DER
