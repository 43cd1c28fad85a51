# A session keeps of a chain what is needed, not all that a hostile client has
# sent; and who resumes it is judged as in a full handshake nevertheless.

use lib 't/lib';
use AuthCert;

master_on();
fake_clock();
keep_sessions();
upstream('http');

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('config', <<'EOC') unless defined $block->config;
        location /t {
            auth_cert_verify partners;
            auth_cert off;
            echo "$auth_cert_verify, $auth_cert_trust";
        }
EOC
});

# RFC 8941, byte sequence
sub bytes { join ', ', map { ':' . der_base64($_) . ':' } @_ }

sub deep {
    return 'Client-Cert: ' . bytes('deep') . "\n"
           . 'Client-Cert-Chain: ' . bytes('deep3', 'deep2', 'deep1') . "\n";
}

run_tests();

__DATA__

=== TEST 1: 16 kB that no chain needs are not kept
--- protocols: 1.1
--- tls_version: TLSv1.2
--- client_cert: crowded
--- tls_session_size: 6000 6000 6000
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
[("SUCCESS, partners\n") x 3]


=== TEST 2: nor where the client does not verify
--- protocols: 1.1
--- tls_version: TLSv1.2
--- client_cert: crowded-imposter
--- tls_session_size: 4000 4000 4000
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
[("FAILED:certificate signature failure, \n") x 3]


=== TEST 3: the verified chain is told as before, each certificate in its place
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert off;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: crowded
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
[(deep()) x 3]


=== TEST 4: and where the chain is verified with each connection
--- http_config
    auth_cert_verify_cache off;
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert off;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: crowded
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
[(deep()) x 3]


=== TEST 5: what a resumed session puts into the cache holds for the whole chain
--- http_config
    auth_cert_verify_cache 60s;
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert off;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: crowded
--- sni: a.example a.example b.example
--- before_request eval
sub {
    my ($n) = @_;
    set_clock('2040-01-01T00:00:00Z') if $n == 1;
    set_clock('2040-01-01T00:02:00Z') if $n == 2;
}
--- tls_reused: no yes no
--- request eval
[("GET /t") x 3]
--- response_body eval
[(deep()) x 3]


=== TEST 6: where the chain has ended another one may lead to the CA
--- client_cert: crowded-renewed
--- before_request eval
sub {
    my ($n) = @_;
    set_clock('2040-12-31T00:00:00Z') if $n == 1;
    set_clock('2041-01-01T00:00:00Z') if $n == 3;
}
--- tls_reused: no yes no yes
--- request eval
[("GET /t") x 4]
--- response_body eval
[("SUCCESS, partners\n") x 4]


=== TEST 7: another set of the server may need what the first does not
--- http_config
    auth_cert_trust near {
        ca $TEST_NGINX_PKI/deep2.crt;
        partial_chain on;
    }
--- config
    location /near {
        auth_cert_verify near;
        auth_cert off;
        echo "$auth_cert_verify, $auth_cert_trust";
    }

    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo "$auth_cert_verify, $auth_cert_trust";
    }
--- client_cert: crowded
--- tls_reused: no yes yes
--- request eval
["GET /near", "GET /t", "GET /near"]
--- response_body eval
["SUCCESS, near\n", "SUCCESS, partners\n", "SUCCESS, near\n"]


=== TEST 8: and so may other CAs
--- http_config
    auth_cert_trust changing {
        ca $TEST_NGINX_SERVER_ROOT/html/ca.pem;
        partial_chain on;
    }
--- config
    location /t {
        auth_cert_verify changing;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- user_files eval
">>> ca.pem\n" . pki_text('deep2.crt')
--- client_cert: crowded
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 3) { copy_file('partners.crt', 'ca.pem'); reload_nginx() }
}
--- tls_reused: no yes no yes
--- request eval
[("GET /t") x 4]
--- response_body eval
[("SUCCESS\n") x 4]


=== TEST 9: on an open connection as well, where few certificates were sent
--- protocols: 1.1
--- http_config
    auth_cert_reload 100ms;

    auth_cert_trust changing {
        ca $TEST_NGINX_SERVER_ROOT/html/ca.pem;
        partial_chain on;
    }
--- config
    location /first {
        auth_cert_verify changing;
        auth_cert off;
        keepalive_timeout 0;
        echo $auth_cert_verify;
    }

    location /t {
        auth_cert_verify changing;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- user_files eval
">>> ca.pem\n" . pki_text('deep2.crt')
--- client_cert: deep
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 3) {
        copy_file('partners.crt', 'ca.pem');
        wait_log('changed CA file .* is in force');
    }
}
--- keep_connection
--- tls_reused: no yes yes
--- request eval
["GET /first", "GET /t", "GET /t"]
--- response_body eval
[("SUCCESS\n") x 3]


=== TEST 10: an intermediate that is revoked, of a chain that was cut down
--- crls
root.pem
deep1.pem issuer=deep1 revoke=deep2
--- http_config
    auth_cert_trust revoking {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/root.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/deep1.pem;
        crl_missing allow;
    }
--- config
    location /t {
        auth_cert_verify revoking;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- client_cert: crowded
--- tls_reused: no yes
--- request eval
[("GET /t") x 2]
--- response_body eval
[("FAILED:certificate revoked\n") x 2]


=== TEST 11: what is left of a chain is not taken for the chain of another client
--- http_config
    include $TEST_NGINX_SERVER_ROOT/html/cache.conf;
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert off;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- user_files
>>> cache.conf
auth_cert_verify_cache off;
--- client_cert: crowded crowded deep-shuffled
--- sni: a.example a.example b.example
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        write_file('cache.conf', "auth_cert_verify_cache 60s;\n");
        reload_nginx();
    }
}
--- tls_reused: no yes no
--- request eval
[("GET /t") x 3]
--- response_body eval
[(deep()) x 3]


=== TEST 12: nor is the chain of another client taken that was cut down, too
--- crls
renewed.pem issuer=renewed revoke=by-renewed
--- http_config
    auth_cert_trust revoking {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/renewed.pem;
        crl_missing allow;
    }
--- config
    location /t {
        auth_cert_verify revoking;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- client_cert: crowded crowded crowded-renewed crowded-renewed
--- sni: a.example a.example b.example b.example
--- tls_reused: no yes no yes
--- request eval
[("GET /t") x 4]
--- response_body eval
[("SUCCESS\n") x 2, ("FAILED:certificate revoked\n") x 2]


=== TEST 13: ssl_verify_client needs its own, as a set does
--- config
    ssl_verify_client optional;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_verify_depth 4;

    location /t {
        auth_cert off;
        echo "$auth_cert_verify, $auth_cert_trust";
    }
--- client_cert: crowded
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
[("SUCCESS, native\n") x 3]


=== TEST 14: a session that keeps all of a chain outlasts it
--- client_cert: deep
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 2 }
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
["SUCCESS, partners\n", ("FAILED:certificate has expired, \n") x 2]
