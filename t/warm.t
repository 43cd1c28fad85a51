# A worker begins with a handshake with itself; whether it can or not, clients
# are served.

use lib 't/lib';
use AuthCert;

master_on();

add_block_preprocessor(sub {
    my $block = shift;

    delete $ENV{OPENSSL_CONF};
    $ENV{OPENSSL_CONF} = "$Test::Nginx::Util::HtmlDir/openssl.cnf"
        if ($block->user_files // '') =~ /openssl\.cnf/;
});

run_tests();

__DATA__

=== TEST 1: a worker can, in a server that asks for certificates
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- response_body
passed
--- no_error_log
handshake with itself


=== TEST 2: it cannot where OpenSSL takes no ECDSA, but for a server that does
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    ssl_conf_command SignatureAlgorithms ECDSA+SHA256;
    ssl_conf_command ClientSignatureAlgorithms ECDSA+SHA256;
    location /t { auth_cert_verify partners; echo served; }
--- user_files
>>> openssl.cnf
openssl_conf = init

[init]
ssl_conf = ssl

[ssl]
system_default = default

[default]
SignatureAlgorithms = RSA-PSS+SHA256
--- client_cert: alice
--- request
GET /t
--- response_body
served
--- error_log
auth_cert: a worker could not have a handshake with itself, its first client will wait a little longer
