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
