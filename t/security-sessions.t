# What a session is worth that was made under another configuration.

use lib 't/lib';
use AuthCert;

master_on();

run_tests();

__DATA__

=== TEST 1: after the CAs changed, a client without a certificate is asked again
--- http_config
    auth_cert_trust files { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
    ssl_session_cache shared:sessions:1m;
    ssl_session_tickets off;
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- config
    error_page 421 =421 /refused;
    error_page 496 =496 /refused;

    location /t {
        auth_cert_verify files;
        echo passed;
    }

    location /optional {
        auth_cert_verify files optional;
        echo welcome;
    }

    location = /refused {
        internal;
        echo $auth_cert_reason;
    }
--- client_cert: none
--- tls_resume
--- tls_reused: no yes no yes
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 3) { copy_file('ops.crt', 'ca.pem'); reload_nginx() }
}
--- request eval
["GET /optional", "GET /optional", "GET /optional", "GET /t"]
--- error_code eval
[200, 200, 200, 496]


=== TEST 2: intermediates of the full handshake serve the resumed one, without a cache too
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify_cache off;
--- config
    location /t {
        auth_cert_verify partners;
        echo $auth_cert_verify;
    }
--- client_cert: via-intermediate via-intermediate deep deep
--- tls_version: TLSv1.3 TLSv1.3 TLSv1.2 TLSv1.2
--- tls_resume
--- tls_reused: no yes no yes
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- response_body eval
["SUCCESS\n", "SUCCESS\n", "SUCCESS\n", "SUCCESS\n"]


=== TEST 3: a session of before the module was used is none that it can judge
--- http_config
    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
    include $TEST_NGINX_SERVER_ROOT/html/trust.conf;
--- config
    include $TEST_NGINX_SERVER_ROOT/html/location.conf;
--- user_files eval
">>> trust.conf
# none
>>> location.conf
ssl_verify_client optional_no_ca;
location /t { echo plain; }
>>> ticket.key\n" . '0123456789abcdef' x 5
--- client_cert: deep
--- tls_resume
--- tls_reused: no yes no yes
--- before_request eval
sub {
    return if $_[0] != 3;

    write_file('trust.conf', "auth_cert_trust partners {\n"
                             . "    ca $ENV{TEST_NGINX_PKI}/partners.crt;\n}\n");
    write_file('location.conf', "location /t {\n"
                                . "    auth_cert_verify partners;\n"
                                . "    echo \$auth_cert_verify;\n}\n");
    reload_nginx();
}
--- request eval
[("GET /t") x 4]
--- response_body eval
[("plain\n") x 2, ("SUCCESS\n") x 2]
