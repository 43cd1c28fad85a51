# A resumed session has the verdict of a full handshake: made anew, from all
# that the client had sent, whatever kept the session.

use lib 't/lib';
use AuthCert;

master_on();
fake_clock();

# four ways to keep a session
my %kept = (
    'TLS 1.2 ticket'   => ['TLSv1.2', ''],
    'TLS 1.2 cache'    => ['TLSv1.2', 'ssl_session_tickets off;'],
    'TLS 1.3 ticket'   => ['TLSv1.3', ''],
    'TLS 1.3 stateful' => ['TLSv1.3', 'ssl_session_tickets off;'],
);

filters { kept => 'chomp', cache => 'chomp' };

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
        allow subject.CN=deep role=diver;
        deny  all;
    }

    ssl_session_timeout 9000d;
EOC

add_block_preprocessor(sub {
    my $block = shift;

    my $kept = $block->kept or return;
    my ($version, $directive) = @{ $kept{$kept} or die "kept: $kept" };

    $block->set_value('tls_version', $version);
    $block->set_value('tls_resume', '');
    my $cache = $block->cache // 'shared:sessions:1m';

    $block->set_value('http_config', ($block->http_config // '')
                                     . "    ssl_session_cache $cache;\n"
                                     . "    $directive\n");

    $block->set_value('config', <<'EOC') unless defined $block->config;
        location /t {
            auth_cert_verify partners;
            auth_cert staff;
            echo "$auth_cert_subject_cn is $auth_cert_role";
        }

        location /verify {
            auth_cert_verify partners;
            auth_cert off;
            echo "$auth_cert_verify, $ssl_client_verify";
        }
EOC
});

run_tests();

__DATA__

=== TEST 1: TLS 1.2 ticket: who was let in is let in
--- client_cert: alice
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[("alice is accountant\n") x 3]
--- kept: TLS 1.2 ticket


=== TEST 2: TLS 1.2 ticket: who was denied is denied
--- client_cert: bob
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /verify"]
--- error_code eval
[403, 403, 200]
--- response_body_like eval
["403 Forbidden", "403 Forbidden", "^SUCCESS, SUCCESS\n"]
--- kept: TLS 1.2 ticket


=== TEST 3: TLS 1.2 ticket: who did not verify does not verify
--- client_cert: imposter-alice
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^FAILED:certificate signature failure, FAILED:certificate signature failure\n",
 "^FAILED:certificate signature failure, FAILED:certificate signature failure\n",
 "The SSL certificate error"]
--- kept: TLS 1.2 ticket


=== TEST 4: TLS 1.2 ticket: who had no certificate has none
--- client_cert: none alice
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^NONE, NONE\n", "^NONE, NONE\n", "No required SSL certificate was sent"]
--- kept: TLS 1.2 ticket


=== TEST 5: TLS 1.2 ticket: intermediates that came only in the full handshake
--- client_cert: deep
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /verify"]
--- response_body eval
["deep is diver\n", "deep is diver\n", "SUCCESS, SUCCESS\n"]
--- kept: TLS 1.2 ticket


=== TEST 6: TLS 1.2 ticket: a session that was renewed several times in a row
--- client_cert: deep
--- tls_reused: no yes yes yes yes yes
--- request eval
[("GET /t") x 6]
--- response_body eval
[("deep is diver\n") x 6]
--- kept: TLS 1.2 ticket


=== TEST 7: TLS 1.2 ticket: a certificate that has ended meanwhile
--- client_cert: alice
--- tls_reused: no yes yes
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 2 }
--- request eval
["GET /t", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^alice is accountant\n",
 "^FAILED:certificate has expired, FAILED:certificate has expired\n",
 "The SSL certificate error"]
--- kept: TLS 1.2 ticket


=== TEST 8: TLS 1.2 ticket: a chain of 17 certificates is too long again
--- client_cert: too-long
--- tls_reused: no yes
--- request eval
["GET /verify", "GET /verify"]
--- response_body eval
[("FAILED:certificate chain too long, FAILED:certificate chain too long\n")
 x 2]
--- kept: TLS 1.2 ticket


=== TEST 9: TLS 1.2 cache: who was let in is let in
--- client_cert: alice
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[("alice is accountant\n") x 3]
--- kept: TLS 1.2 cache


=== TEST 10: TLS 1.2 cache: who was denied is denied
--- client_cert: bob
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /verify"]
--- error_code eval
[403, 403, 200]
--- response_body_like eval
["403 Forbidden", "403 Forbidden", "^SUCCESS, SUCCESS\n"]
--- kept: TLS 1.2 cache


=== TEST 11: TLS 1.2 cache: who did not verify does not verify
--- client_cert: imposter-alice
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^FAILED:certificate signature failure, FAILED:certificate signature failure\n",
 "^FAILED:certificate signature failure, FAILED:certificate signature failure\n",
 "The SSL certificate error"]
--- kept: TLS 1.2 cache


=== TEST 12: TLS 1.2 cache: who had no certificate has none
--- client_cert: none alice
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^NONE, NONE\n", "^NONE, NONE\n", "No required SSL certificate was sent"]
--- kept: TLS 1.2 cache


=== TEST 13: TLS 1.2 cache: intermediates that came only in the full handshake
--- client_cert: deep
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /verify"]
--- response_body eval
["deep is diver\n", "deep is diver\n", "SUCCESS, SUCCESS\n"]
--- kept: TLS 1.2 cache


=== TEST 14: TLS 1.2 cache: a session that was renewed several times in a row
--- client_cert: deep
--- tls_reused: no yes yes yes yes yes
--- request eval
[("GET /t") x 6]
--- response_body eval
[("deep is diver\n") x 6]
--- kept: TLS 1.2 cache


=== TEST 15: TLS 1.2 cache: a certificate that has ended meanwhile
--- client_cert: alice
--- tls_reused: no yes yes
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 2 }
--- request eval
["GET /t", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^alice is accountant\n",
 "^FAILED:certificate has expired, FAILED:certificate has expired\n",
 "The SSL certificate error"]
--- kept: TLS 1.2 cache


=== TEST 16: TLS 1.2 cache: a chain of 17 certificates is too long again
--- client_cert: too-long
--- tls_reused: no yes
--- request eval
["GET /verify", "GET /verify"]
--- response_body eval
[("FAILED:certificate chain too long, FAILED:certificate chain too long\n")
 x 2]
--- kept: TLS 1.2 cache


=== TEST 17: TLS 1.3 ticket: who was let in is let in
--- client_cert: alice
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[("alice is accountant\n") x 3]
--- kept: TLS 1.3 ticket


=== TEST 18: TLS 1.3 ticket: who was denied is denied
--- client_cert: bob
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /verify"]
--- error_code eval
[403, 403, 200]
--- response_body_like eval
["403 Forbidden", "403 Forbidden", "^SUCCESS, SUCCESS\n"]
--- kept: TLS 1.3 ticket


=== TEST 19: TLS 1.3 ticket: who did not verify does not verify
--- client_cert: imposter-alice
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^FAILED:certificate signature failure, FAILED:certificate signature failure\n",
 "^FAILED:certificate signature failure, FAILED:certificate signature failure\n",
 "The SSL certificate error"]
--- kept: TLS 1.3 ticket


=== TEST 20: TLS 1.3 ticket: who had no certificate has none
--- client_cert: none alice
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^NONE, NONE\n", "^NONE, NONE\n", "No required SSL certificate was sent"]
--- kept: TLS 1.3 ticket


=== TEST 21: TLS 1.3 ticket: intermediates that came only in the full handshake
--- client_cert: deep
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /verify"]
--- response_body eval
["deep is diver\n", "deep is diver\n", "SUCCESS, SUCCESS\n"]
--- kept: TLS 1.3 ticket


=== TEST 22: TLS 1.3 ticket: a session that was renewed several times in a row
--- client_cert: deep
--- tls_reused: no yes yes yes yes yes
--- request eval
[("GET /t") x 6]
--- response_body eval
[("deep is diver\n") x 6]
--- kept: TLS 1.3 ticket


=== TEST 23: TLS 1.3 ticket: a certificate that has ended meanwhile
--- client_cert: alice
--- tls_reused: no yes yes
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 2 }
--- request eval
["GET /t", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^alice is accountant\n",
 "^FAILED:certificate has expired, FAILED:certificate has expired\n",
 "The SSL certificate error"]
--- kept: TLS 1.3 ticket


=== TEST 24: TLS 1.3 ticket: a chain of 17 certificates is too long again
--- client_cert: too-long
--- tls_reused: no yes
--- request eval
["GET /verify", "GET /verify"]
--- response_body eval
[("FAILED:certificate chain too long, FAILED:certificate chain too long\n")
 x 2]
--- kept: TLS 1.3 ticket


=== TEST 25: TLS 1.3 stateful: who was let in is let in
--- client_cert: alice
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[("alice is accountant\n") x 3]
--- kept: TLS 1.3 stateful


=== TEST 26: TLS 1.3 stateful: who was denied is denied
--- client_cert: bob
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /verify"]
--- error_code eval
[403, 403, 200]
--- response_body_like eval
["403 Forbidden", "403 Forbidden", "^SUCCESS, SUCCESS\n"]
--- kept: TLS 1.3 stateful


=== TEST 27: TLS 1.3 stateful: who did not verify does not verify
--- client_cert: imposter-alice
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^FAILED:certificate signature failure, FAILED:certificate signature failure\n",
 "^FAILED:certificate signature failure, FAILED:certificate signature failure\n",
 "The SSL certificate error"]
--- kept: TLS 1.3 stateful


=== TEST 28: TLS 1.3 stateful: who had no certificate has none
--- client_cert: none alice
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^NONE, NONE\n", "^NONE, NONE\n", "No required SSL certificate was sent"]
--- kept: TLS 1.3 stateful


=== TEST 29: TLS 1.3 stateful: intermediates that came only in the full handshake
--- client_cert: deep
--- tls_reused: no yes yes
--- request eval
["GET /t", "GET /t", "GET /verify"]
--- response_body eval
["deep is diver\n", "deep is diver\n", "SUCCESS, SUCCESS\n"]
--- kept: TLS 1.3 stateful


=== TEST 30: TLS 1.3 stateful: a session that was renewed several times in a row
--- client_cert: deep
--- tls_reused: no yes yes yes yes yes
--- request eval
[("GET /t") x 6]
--- response_body eval
[("deep is diver\n") x 6]
--- kept: TLS 1.3 stateful


=== TEST 31: TLS 1.3 stateful: a certificate that has ended meanwhile
--- client_cert: alice
--- tls_reused: no yes yes
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 2 }
--- request eval
["GET /t", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^alice is accountant\n",
 "^FAILED:certificate has expired, FAILED:certificate has expired\n",
 "The SSL certificate error"]
--- kept: TLS 1.3 stateful


=== TEST 32: TLS 1.3 stateful: a chain of 17 certificates is too long again
--- client_cert: too-long
--- tls_reused: no yes
--- request eval
["GET /verify", "GET /verify"]
--- response_body eval
[("FAILED:certificate chain too long, FAILED:certificate chain too long\n")
 x 2]
--- kept: TLS 1.3 stateful


=== TEST 33: TLS 1.2 cache: who was refused is asked again
--- client_cert: none none imposter-alice imposter-alice
--- tls_reused: no no no no
--- tls_asked: yes yes yes yes
--- request eval
[("GET /t") x 4]
--- error_code eval
[(400) x 4]
--- kept: TLS 1.2 cache


=== TEST 34: TLS 1.3 stateful: who was refused is asked again
--- client_cert: none none imposter-alice imposter-alice
--- tls_reused: no no no no
--- tls_asked: yes yes yes yes
--- request eval
[("GET /t") x 4]
--- error_code eval
[(400) x 4]
--- kept: TLS 1.3 stateful


=== TEST 35: TLS 1.2 ticket: a certificate of 6 kB
--- client_cert: many-sans
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 403]
--- kept: TLS 1.2 ticket


=== TEST 36: TLS 1.3 ticket: a certificate of 6 kB
--- client_cert: many-sans
--- tls_reused: no yes yes
--- request eval
["GET /verify", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 403]
--- kept: TLS 1.3 ticket


=== TEST 37: a builtin cache cannot be asked: a full handshake each time
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$auth_cert_subject_cn is $auth_cert_role";
    }
--- cache: builtin:1000
--- client_cert: alice
--- tls_reused: no no
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[("alice is accountant\n") x 2]
--- kept: TLS 1.2 cache


=== TEST 38: TLS 1.2 ticket: a reload changes nothing as long as the CAs are the same
--- http_config
    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
--- user_files eval
">>> ticket.key\n" . "0123456789abcdef" x 5
--- client_cert: deep
--- tls_reused: no yes yes
--- before_request eval
sub { reload_nginx() if $_[0] > 1 }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[("deep is diver\n") x 3]
--- kept: TLS 1.2 ticket


=== TEST 39: TLS 1.3 ticket: a reload changes nothing as long as the CAs are the same
--- http_config
    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
--- user_files eval
">>> ticket.key\n" . "0123456789abcdef" x 5
--- client_cert: deep
--- tls_reused: no yes yes
--- before_request eval
sub { reload_nginx() if $_[0] > 1 }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[("deep is diver\n") x 3]
--- kept: TLS 1.3 ticket


=== TEST 40: TLS 1.2 cache: a reload that takes the CA away
--- http_config
    auth_cert_trust changing { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
--- config
    location /t {
        auth_cert_verify changing;
        auth_cert staff;
        echo "$auth_cert_subject_cn is $auth_cert_role";
    }
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 3) { copy_file('ops.crt', 'ca.pem'); reload_nginx() }
    if ($n == 5) { copy_file('partners.crt', 'ca.pem'); reload_nginx() }
}
--- tls_reused: no yes no no no yes
--- request eval
[("GET /t") x 6]
--- error_code eval
[200, 200, 400, 400, 200, 200]
--- kept: TLS 1.2 cache


=== TEST 41: TLS 1.3 ticket: a reload that takes the CA away
--- http_config
    auth_cert_trust changing { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
--- config
    location /t {
        auth_cert_verify changing;
        auth_cert staff;
        echo "$auth_cert_subject_cn is $auth_cert_role";
    }
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
. ">>> ticket.key\n" . "0123456789abcdef" x 5
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 3) { copy_file('ops.crt', 'ca.pem'); reload_nginx() }
    if ($n == 5) { copy_file('partners.crt', 'ca.pem'); reload_nginx() }
}
--- tls_reused: no yes no yes no yes
--- request eval
[("GET /t") x 6]
--- error_code eval
[200, 200, 400, 400, 200, 200]
--- kept: TLS 1.3 ticket


=== TEST 42: TLS 1.3 ticket: a reload that makes the server ask for a certificate
--- http_config
    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
--- config
    location /t {
        include $TEST_NGINX_SERVER_ROOT/html/verify.conf;
        echo "welcome $auth_cert_subject_cn";
    }
--- user_files eval
">>> verify.conf\nauth_cert_verify off;\n"
. ">>> ticket.key\n" . "0123456789abcdef" x 5
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 3) {
        write_file('verify.conf', "auth_cert_verify partners;\n");
        reload_nginx();
    }
}
--- tls_reused: no yes no yes
--- tls_asked: no no yes no
--- request eval
[("GET /t") x 4]
--- response_body eval
["welcome \n", "welcome \n", "welcome alice\n", "welcome alice\n"]
--- kept: TLS 1.3 ticket


=== TEST 43: TLS 1.2 ticket: a reload that changes the policy
--- http_config
    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
    auth_cert_policy changing {
        include $TEST_NGINX_SERVER_ROOT/html/rules.conf;
    }
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert changing;
        echo "welcome $auth_cert_subject_cn";
    }
--- user_files eval
">>> rules.conf\nallow subject.CN=alice;\n"
. ">>> ticket.key\n" . "0123456789abcdef" x 5
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        write_file('rules.conf', "allow subject.CN=bob;\n");
        reload_nginx();
    }
}
--- tls_reused: no yes
--- request eval
[("GET /t") x 2]
--- error_code eval
[200, 403]
--- kept: TLS 1.2 ticket


=== TEST 44: TLS 1.3 ticket: also when lenient becomes strict
--- http_config
    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
--- config
    include $TEST_NGINX_SERVER_ROOT/html/handshake.conf;

    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }
--- user_files eval
">>> handshake.conf\nauth_cert_handshake lenient;\n"
. ">>> ticket.key\n" . "0123456789abcdef" x 5
--- client_cert: none
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        write_file('handshake.conf', "auth_cert_handshake strict;\n");
        reload_nginx();
    }
}
--- tls_alert: - certificate_required
--- tls_asked: yes yes
--- request eval
[("GET /t") x 2]
--- error_code eval
[400, '000']
--- kept: TLS 1.3 ticket


=== TEST 45: TLS 1.3 ticket: one certificate of 50 kB is too long again
--- client_cert: 50-kilobytes
--- tls_reused: no yes
--- request eval
["GET /verify", "GET /verify"]
--- response_body eval
[("FAILED:certificate chain too long, FAILED:certificate chain too long\n")
 x 2]
--- kept: TLS 1.3 ticket
