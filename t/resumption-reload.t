# A reload of nginx leads a server name elsewhere: what the new server demands
# is demanded of a session, too, that began at the old one.  Of "NAME:443" nginx
# cuts the port off, which is not done before a session is looked up.  Since
# 1.29.2 nginx has chosen the server by then, and the session is not taken.

use lib 't/lib';
use AuthCert;

master_on();

my $chosen_first = $ENV{TEST_NGINX_VERSION_NUM} >= 1029002;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
EOC

# "--- before" and "--- after": the settings of the server that a name led to at
# first, and of that to which it leads after a reload, before request 2;
# "--- logged": what the log has of that when there is a request 3;
# "--- instead": what is expected where the session is not taken
add_block_preprocessor(sub {
    my $block = shift;

    my @servers = map {
        my ($name, $settings) = @$_;

        "    server {\n" . tls_server(1)
        . "        server_name $name;\n"
        . '        include $TEST_NGINX_SERVER_ROOT/html/' . "$name.conf;\n"
        . "        $settings\n"
        . '        location /t { echo "$server_name [$auth_cert_subject_cn]'
        . ' $ssl_client_verify"; }' . "\n    }\n"
    } [ 'old', $block->before ], [ 'new', $block->after ];

    if ($chosen_first) {
        my %instead = %{ $block->instead // {} };

        $block->set_value($_, $instead{$_}) for keys %instead;
        $block->set_value('tls_reused', $block->tls_reused =~ s/yes/no/r);
    }

    $block->set_value('http_config', join '', @servers);
    $block->set_value('config', '');
    $block->set_value('no_tls', '');
    $block->set_value('tls_resume', '');
    $block->set_value('sni', 'a.example:443');
    $block->set_value('request', [('GET /t') x split ' ', $block->tls_reused]);
    $block->set_value('more_headers', 'Host: a.example');
    $block->set_value('user_files',
                      ">>> old.conf\n>>> new.conf\n>>> ticket.key\n"
                      . '0123456789abcdef' x 5);
    $block->set_value('before_request', sub {
        if ($_[0] == 2) {
            write_file('new.conf', "server_name a.example;\n");
            reload_nginx();
        }

        wait_log($block->logged) if $_[0] == 3;
    });
});

filters { before => 'chomp', after => 'chomp', logged => 'chomp' };

run_tests();

__DATA__

=== TEST 1: TLS 1.3: a strict server demands a certificate that the old one did not ask for
--- before
--- after
auth_cert_verify partners; auth_cert_handshake strict;
--- tls_version: TLSv1.3
--- client_cert: none
--- tls_alert: - certificate_required certificate_required
--- tls_reused: no no no
--- error_code eval
[200, "000", "000"]
--- response_body_like eval
["^old \\[\\] NONE\n", "", ""]
--- logged
refused: no certificate, server name: "a\.example:443"


=== TEST 2: TLS 1.2
--- before
--- after
auth_cert_verify partners; auth_cert_handshake strict;
--- tls_version: TLSv1.2
--- client_cert: none
--- tls_alert: - handshake_failure
--- tls_reused: no no
--- error_code eval
[200, "000"]


=== TEST 3: one that is not strict never asked this client: it has to come again
--- before
--- after
auth_cert_verify partners;
--- client_cert: none
--- tls_reused: no yes
--- error_code eval
[200, 421]
--- instead eval
{ error_code => [200, 400] }


=== TEST 4: one that asks for none takes nobody's word for the certificate
--- before
auth_cert_verify partners;
--- after
--- client_cert: alice
--- tls_reused: no yes
--- response_body eval
["old [alice] SUCCESS\n", "new [] FAILED:certificate not trusted\n"]
--- instead eval
{ response_body => ["old [alice] SUCCESS\n", "new [] NONE\n"] }


=== TEST 5: another set than that of the old server has its own say
--- before
auth_cert_verify partners optional; auth_cert off;
--- after
auth_cert_verify ops;
--- client_cert: ops-alice
--- tls_reused: no yes
--- response_body_like eval
["^old \\[\\] FAILED:unable to get", "^new \\[alice\\] SUCCESS\n"]


=== TEST 6: which may be to refuse
--- before
auth_cert_verify ops;
--- after
auth_cert_verify partners;
--- client_cert: ops-alice
--- tls_reused: no yes
--- error_code eval
[200, 400]
