# A session of one server gives nothing at another one: whoever is let in has
# shown a certificate to a server that asks for it as this one does
# (CVE-2025-23419).  All servers here share the cache and the ticket keys.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy staff { allow subject.CN=alice; }
    auth_cert_policy carol { allow subject.CN=carol; }

    ssl_session_cache shared:sessions:1m;
    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
EOC

# four ways to keep a session
my %kept = (
    'TLS 1.2 ticket'   => ['TLSv1.2', ''],
    'TLS 1.2 cache'    => ['TLSv1.2', 'ssl_session_tickets off;'],
    'TLS 1.3 ticket'   => ['TLSv1.3', ''],
    'TLS 1.3 stateful' => ['TLSv1.3', 'ssl_session_tickets off;'],
);

my $location = 'location /t { echo "$server_name:$server_port'
               . ' $auth_cert_subject_cn $ssl_client_verify"; }';

# "--- servers": a name, the number of its port, and what it is made of;
# "--- steps": the status of each request, "-" for one that is refused in the
# handshake.  Each offers the session that the one before got.
add_block_preprocessor(sub {
    my $block = shift;
    my ($version, $directive) = @{ $kept{$block->kept} };
    my $http = ($block->http_config // '') . "    $directive\n";

    for my $line (split /\n/, $block->servers) {
        my ($name, $port, $settings) = split ' ', $line, 3;
        $settings //= '';

        $http .= "    server {\n" . tls_server($port)
                 . "        server_name $name;\n"
                 . "        $settings\n        $location\n    }\n";
    }

    # one request for each step, to the host that is the server name
    my @hosts = map { $_ eq 'none' ? 'localhost' : $_ }
                    split ' ', $block->sni // 'localhost';

    $block->set_value('http_config', $http);
    $block->set_value('config', '');
    $block->set_value('no_tls', '');
    $block->set_value('tls_version', $version);
    $block->set_value('tls_resume', '');
    $block->set_value('user_files',
                      ">>> ticket.key\n" . '0123456789abcdef' x 5);

    my $n = split ' ', $block->steps;
    $block->set_value('request', [('GET /t') x $n]);
    $block->set_value('more_headers',
                      [map { 'Host: ' . ($hosts[$_] // $hosts[-1]) }
                           0 .. $n - 1]);
    $block->set_value('error_code', [map { $_ eq '-' ? '000' : $_ }
                                         split ' ', $block->steps]);
});

filters { kept => 'chomp' };

run_tests();

__DATA__

=== TEST 1: TLS 1.2 ticket: by SNI, from A to B and back
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- sni: a.example b.example a.example b.example a.example b.example
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.2 ticket


=== TEST 2: TLS 1.2 ticket: on two ports under one name, from A to B and back
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- tls_port: 1 2 1 2 1 2
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.2 ticket


=== TEST 3: TLS 1.2 ticket: without SNI, from A to B and back
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- sni: none
--- tls_port: 1 2 1 2 1 2
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.2 ticket


=== TEST 4: TLS 1.2 ticket: from A to B, which is strict
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: alice
--- sni: a.example b.example
--- tls_alert: - unknown_ca
--- tls_asked: yes yes
--- steps: 200 -
--- kept: TLS 1.2 ticket


=== TEST 5: TLS 1.2 ticket: from B, which is strict, to A
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: ops-carol
--- sni: b.example a.example
--- tls_reused: no no
--- steps: 200 400
--- kept: TLS 1.2 ticket


=== TEST 6: TLS 1.2 ticket: on two ports, from A to B, which is strict
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: alice
--- tls_port: 1 2
--- tls_alert: - unknown_ca
--- tls_asked: yes yes
--- steps: 200 -
--- kept: TLS 1.2 ticket


=== TEST 7: TLS 1.2 ticket: from A to B, which has ssl_verify_client and nothing of the module
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no no
--- steps: 200 400
--- kept: TLS 1.2 ticket


=== TEST 8: TLS 1.2 ticket: from B, which has ssl_verify_client and nothing of the module, to A
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
--- client_cert: ops-carol
--- tls_port: 2 2 1
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.2 ticket


=== TEST 9: TLS 1.2 ticket: both have ssl_verify_client and a policy, from A to B
--- servers
a.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/partners.crt; auth_cert staff;
b.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt; auth_cert carol;
--- client_cert: alice
--- sni: a.example a.example b.example
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.2 ticket


=== TEST 10: TLS 1.2 ticket: both have ssl_verify_client and a policy, from B to A
--- servers
a.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/partners.crt; auth_cert staff;
b.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt; auth_cert carol;
--- client_cert: ops-carol
--- sni: b.example b.example a.example
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.2 ticket


=== TEST 11: TLS 1.2 ticket: A asks for nothing: B asks, and the client has the right certificate
--- servers
localhost 1
localhost 2 auth_cert_verify partners;
--- client_cert: alice
--- tls_port: 1 2 2 1
--- tls_asked: no yes no no
--- tls_reused: no no yes no
--- steps: 200 200 200 200
--- kept: TLS 1.2 ticket


=== TEST 12: TLS 1.2 ticket: A asks for nothing: B, which is strict, asks
--- servers
localhost 1
localhost 2 auth_cert_verify partners; auth_cert_handshake strict;
--- client_cert: alice
--- tls_port: 1 2
--- tls_asked: no yes
--- steps: 200 200
--- kept: TLS 1.2 ticket


=== TEST 13: TLS 1.2 ticket: A asks for nothing: B, which is strict, gets nothing
--- servers
localhost 1
localhost 2 auth_cert_verify partners; auth_cert_handshake strict;
--- client_cert: none
--- tls_port: 1 2
--- tls_asked: no yes
--- tls_alert: - handshake_failure
--- steps: 200 -
--- kept: TLS 1.2 ticket


=== TEST 14: TLS 1.2 ticket: B asks for nothing: it hears nothing of the certificate
--- servers
localhost 1 auth_cert_verify partners;
localhost 2
--- client_cert: alice
--- tls_port: 1 2 2
--- tls_asked: yes no no
--- tls_reused: no no yes
--- steps: 200 200 200
--- response_body_like eval
["^localhost:\\d+ alice SUCCESS\n", ("^localhost:\\d+  NONE\n") x 2]
--- kept: TLS 1.2 ticket


=== TEST 15: TLS 1.2 ticket: two servers that ask for the same: the policy is that of B
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify partners; auth_cert staff;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no yes
--- steps: 200 200
--- kept: TLS 1.2 ticket


=== TEST 16: TLS 1.2 ticket: two servers that ask for the same: who is denied by B
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify partners; auth_cert carol;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no yes
--- steps: 200 403
--- kept: TLS 1.2 ticket


=== TEST 17: TLS 1.2 ticket: names that a wildcard, a regular expression, the default server match
--- servers
first.example 1 auth_cert_verify ops;
*.wild.example 1 auth_cert_verify partners;
~^r\d+\.example$ 1 auth_cert_verify partners;
A.Example 1 auth_cert_verify partners;
--- client_cert: alice alice alice alice alice alice ops-carol ops-carol ops-carol ops-carol
--- sni: x.wild.example x.wild.example r17.example r17.example a.EXAMPLE A.EXAMPLE unknown.example unknown.example none none
--- tls_reused: no yes no yes no yes no yes no yes
--- steps: 200 200 200 200 200 200 200 200 200 200
--- kept: TLS 1.2 ticket


=== TEST 18: TLS 1.2 cache: by SNI, from A to B and back
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- sni: a.example b.example a.example b.example a.example b.example
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.2 cache


=== TEST 19: TLS 1.2 cache: on two ports under one name, from A to B and back
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- tls_port: 1 2 1 2 1 2
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.2 cache


=== TEST 20: TLS 1.2 cache: without SNI, from A to B and back
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- sni: none
--- tls_port: 1 2 1 2 1 2
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.2 cache


=== TEST 21: TLS 1.2 cache: from A to B, which is strict
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: alice
--- sni: a.example b.example
--- tls_alert: - unknown_ca
--- tls_asked: yes yes
--- steps: 200 -
--- kept: TLS 1.2 cache


=== TEST 22: TLS 1.2 cache: from B, which is strict, to A
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: ops-carol
--- sni: b.example a.example
--- tls_reused: no no
--- steps: 200 400
--- kept: TLS 1.2 cache


=== TEST 23: TLS 1.2 cache: on two ports, from A to B, which is strict
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: alice
--- tls_port: 1 2
--- tls_alert: - unknown_ca
--- tls_asked: yes yes
--- steps: 200 -
--- kept: TLS 1.2 cache


=== TEST 24: TLS 1.2 cache: from A to B, which has ssl_verify_client and nothing of the module
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no no
--- steps: 200 400
--- kept: TLS 1.2 cache


=== TEST 25: TLS 1.2 cache: from B, which has ssl_verify_client and nothing of the module, to A
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
--- client_cert: ops-carol
--- tls_port: 2 2 1
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.2 cache


=== TEST 26: TLS 1.2 cache: both have ssl_verify_client and a policy, from A to B
--- servers
a.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/partners.crt; auth_cert staff;
b.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt; auth_cert carol;
--- client_cert: alice
--- sni: a.example a.example b.example
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.2 cache


=== TEST 27: TLS 1.2 cache: both have ssl_verify_client and a policy, from B to A
--- servers
a.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/partners.crt; auth_cert staff;
b.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt; auth_cert carol;
--- client_cert: ops-carol
--- sni: b.example b.example a.example
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.2 cache


=== TEST 28: TLS 1.2 cache: A asks for nothing: B asks, and the client has the right certificate
--- servers
localhost 1
localhost 2 auth_cert_verify partners;
--- client_cert: alice
--- tls_port: 1 2 2 1
--- tls_asked: no yes no no
--- tls_reused: no no yes no
--- steps: 200 200 200 200
--- kept: TLS 1.2 cache


=== TEST 29: TLS 1.2 cache: A asks for nothing: B, which is strict, asks
--- servers
localhost 1
localhost 2 auth_cert_verify partners; auth_cert_handshake strict;
--- client_cert: alice
--- tls_port: 1 2
--- tls_asked: no yes
--- steps: 200 200
--- kept: TLS 1.2 cache


=== TEST 30: TLS 1.2 cache: A asks for nothing: B, which is strict, gets nothing
--- servers
localhost 1
localhost 2 auth_cert_verify partners; auth_cert_handshake strict;
--- client_cert: none
--- tls_port: 1 2
--- tls_asked: no yes
--- tls_alert: - handshake_failure
--- steps: 200 -
--- kept: TLS 1.2 cache


=== TEST 31: TLS 1.2 cache: B asks for nothing: it hears nothing of the certificate
--- servers
localhost 1 auth_cert_verify partners;
localhost 2
--- client_cert: alice
--- tls_port: 1 2 2
--- tls_asked: yes no no
--- tls_reused: no no yes
--- steps: 200 200 200
--- response_body_like eval
["^localhost:\\d+ alice SUCCESS\n", ("^localhost:\\d+  NONE\n") x 2]
--- kept: TLS 1.2 cache


=== TEST 32: TLS 1.2 cache: two servers that ask for the same: the policy is that of B
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify partners; auth_cert staff;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no yes
--- steps: 200 200
--- kept: TLS 1.2 cache


=== TEST 33: TLS 1.2 cache: two servers that ask for the same: who is denied by B
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify partners; auth_cert carol;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no yes
--- steps: 200 403
--- kept: TLS 1.2 cache


=== TEST 34: TLS 1.2 cache: names that a wildcard, a regular expression, the default server match
--- servers
first.example 1 auth_cert_verify ops;
*.wild.example 1 auth_cert_verify partners;
~^r\d+\.example$ 1 auth_cert_verify partners;
A.Example 1 auth_cert_verify partners;
--- client_cert: alice alice alice alice alice alice ops-carol ops-carol ops-carol ops-carol
--- sni: x.wild.example x.wild.example r17.example r17.example a.EXAMPLE A.EXAMPLE unknown.example unknown.example none none
--- tls_reused: no yes no yes no yes no yes no yes
--- steps: 200 200 200 200 200 200 200 200 200 200
--- kept: TLS 1.2 cache


=== TEST 35: TLS 1.3 ticket: by SNI, from A to B and back
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- sni: a.example b.example a.example b.example a.example b.example
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.3 ticket


=== TEST 36: TLS 1.3 ticket: on two ports under one name, from A to B and back
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- tls_port: 1 2 1 2 1 2
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.3 ticket


=== TEST 37: TLS 1.3 ticket: without SNI, from A to B and back
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- sni: none
--- tls_port: 1 2 1 2 1 2
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.3 ticket


=== TEST 38: TLS 1.3 ticket: from A to B, which is strict
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: alice
--- sni: a.example b.example
--- tls_alert: - unknown_ca
--- tls_asked: yes yes
--- steps: 200 -
--- kept: TLS 1.3 ticket


=== TEST 39: TLS 1.3 ticket: from B, which is strict, to A
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: ops-carol
--- sni: b.example a.example
--- tls_reused: no no
--- steps: 200 400
--- kept: TLS 1.3 ticket


=== TEST 40: TLS 1.3 ticket: on two ports, from A to B, which is strict
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: alice
--- tls_port: 1 2
--- tls_alert: - unknown_ca
--- tls_asked: yes yes
--- steps: 200 -
--- kept: TLS 1.3 ticket


=== TEST 41: TLS 1.3 ticket: from A to B, which has ssl_verify_client and nothing of the module
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no no
--- steps: 200 400
--- kept: TLS 1.3 ticket


=== TEST 42: TLS 1.3 ticket: from B, which has ssl_verify_client and nothing of the module, to A
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
--- client_cert: ops-carol
--- tls_port: 2 2 1
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.3 ticket


=== TEST 43: TLS 1.3 ticket: both have ssl_verify_client and a policy, from A to B
--- servers
a.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/partners.crt; auth_cert staff;
b.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt; auth_cert carol;
--- client_cert: alice
--- sni: a.example a.example b.example
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.3 ticket


=== TEST 44: TLS 1.3 ticket: both have ssl_verify_client and a policy, from B to A
--- servers
a.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/partners.crt; auth_cert staff;
b.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt; auth_cert carol;
--- client_cert: ops-carol
--- sni: b.example b.example a.example
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.3 ticket


=== TEST 45: TLS 1.3 ticket: A asks for nothing: B asks, and the client has the right certificate
--- servers
localhost 1
localhost 2 auth_cert_verify partners;
--- client_cert: alice
--- tls_port: 1 2 2 1
--- tls_asked: no yes no no
--- tls_reused: no no yes no
--- steps: 200 200 200 200
--- kept: TLS 1.3 ticket


=== TEST 46: TLS 1.3 ticket: A asks for nothing: B, which is strict, asks
--- servers
localhost 1
localhost 2 auth_cert_verify partners; auth_cert_handshake strict;
--- client_cert: alice
--- tls_port: 1 2
--- tls_asked: no yes
--- steps: 200 200
--- kept: TLS 1.3 ticket


=== TEST 47: TLS 1.3 ticket: A asks for nothing: B, which is strict, gets nothing
--- servers
localhost 1
localhost 2 auth_cert_verify partners; auth_cert_handshake strict;
--- client_cert: none
--- tls_port: 1 2
--- tls_asked: no yes
--- tls_alert: - certificate_required
--- steps: 200 -
--- kept: TLS 1.3 ticket


=== TEST 48: TLS 1.3 ticket: B asks for nothing: it hears nothing of the certificate
--- servers
localhost 1 auth_cert_verify partners;
localhost 2
--- client_cert: alice
--- tls_port: 1 2 2
--- tls_asked: yes no no
--- tls_reused: no no yes
--- steps: 200 200 200
--- response_body_like eval
["^localhost:\\d+ alice SUCCESS\n", ("^localhost:\\d+  NONE\n") x 2]
--- kept: TLS 1.3 ticket


=== TEST 49: TLS 1.3 ticket: two servers that ask for the same: the policy is that of B
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify partners; auth_cert staff;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no yes
--- steps: 200 200
--- kept: TLS 1.3 ticket


=== TEST 50: TLS 1.3 ticket: two servers that ask for the same: who is denied by B
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify partners; auth_cert carol;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no yes
--- steps: 200 403
--- kept: TLS 1.3 ticket


=== TEST 51: TLS 1.3 ticket: names that a wildcard, a regular expression, the default server match
--- servers
first.example 1 auth_cert_verify ops;
*.wild.example 1 auth_cert_verify partners;
~^r\d+\.example$ 1 auth_cert_verify partners;
A.Example 1 auth_cert_verify partners;
--- client_cert: alice alice alice alice alice alice ops-carol ops-carol ops-carol ops-carol
--- sni: x.wild.example x.wild.example r17.example r17.example a.EXAMPLE A.EXAMPLE unknown.example unknown.example none none
--- tls_reused: no yes no yes no yes no yes no yes
--- steps: 200 200 200 200 200 200 200 200 200 200
--- kept: TLS 1.3 ticket


=== TEST 52: TLS 1.3 stateful: by SNI, from A to B and back
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- sni: a.example b.example a.example b.example a.example b.example
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.3 stateful


=== TEST 53: TLS 1.3 stateful: on two ports under one name, from A to B and back
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- tls_port: 1 2 1 2 1 2
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.3 stateful


=== TEST 54: TLS 1.3 stateful: without SNI, from A to B and back
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops;
--- client_cert: alice alice alice ops-carol ops-carol ops-carol
--- sni: none
--- tls_port: 1 2 1 2 1 2
--- tls_reused: no no no no no no
--- steps: 200 400 200 200 400 200
--- kept: TLS 1.3 stateful


=== TEST 55: TLS 1.3 stateful: from A to B, which is strict
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: alice
--- sni: a.example b.example
--- tls_alert: - unknown_ca
--- tls_asked: yes yes
--- steps: 200 -
--- kept: TLS 1.3 stateful


=== TEST 56: TLS 1.3 stateful: from B, which is strict, to A
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: ops-carol
--- sni: b.example a.example
--- tls_reused: no no
--- steps: 200 400
--- kept: TLS 1.3 stateful


=== TEST 57: TLS 1.3 stateful: on two ports, from A to B, which is strict
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify ops; auth_cert_handshake strict;
--- client_cert: alice
--- tls_port: 1 2
--- tls_alert: - unknown_ca
--- tls_asked: yes yes
--- steps: 200 -
--- kept: TLS 1.3 stateful


=== TEST 58: TLS 1.3 stateful: from A to B, which has ssl_verify_client and nothing of the module
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no no
--- steps: 200 400
--- kept: TLS 1.3 stateful


=== TEST 59: TLS 1.3 stateful: from B, which has ssl_verify_client and nothing of the module, to A
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt;
--- client_cert: ops-carol
--- tls_port: 2 2 1
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.3 stateful


=== TEST 60: TLS 1.3 stateful: both have ssl_verify_client and a policy, from A to B
--- servers
a.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/partners.crt; auth_cert staff;
b.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt; auth_cert carol;
--- client_cert: alice
--- sni: a.example a.example b.example
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.3 stateful


=== TEST 61: TLS 1.3 stateful: both have ssl_verify_client and a policy, from B to A
--- servers
a.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/partners.crt; auth_cert staff;
b.example 1 ssl_verify_client on; ssl_client_certificate $TEST_NGINX_PKI/ops.crt; auth_cert carol;
--- client_cert: ops-carol
--- sni: b.example b.example a.example
--- tls_reused: no yes no
--- steps: 200 200 400
--- kept: TLS 1.3 stateful


=== TEST 62: TLS 1.3 stateful: A asks for nothing: B asks, and the client has the right certificate
--- servers
localhost 1
localhost 2 auth_cert_verify partners;
--- client_cert: alice
--- tls_port: 1 2 2 1
--- tls_asked: no yes no no
--- tls_reused: no no yes no
--- steps: 200 200 200 200
--- kept: TLS 1.3 stateful


=== TEST 63: TLS 1.3 stateful: A asks for nothing: B, which is strict, asks
--- servers
localhost 1
localhost 2 auth_cert_verify partners; auth_cert_handshake strict;
--- client_cert: alice
--- tls_port: 1 2
--- tls_asked: no yes
--- steps: 200 200
--- kept: TLS 1.3 stateful


=== TEST 64: TLS 1.3 stateful: A asks for nothing: B, which is strict, gets nothing
--- servers
localhost 1
localhost 2 auth_cert_verify partners; auth_cert_handshake strict;
--- client_cert: none
--- tls_port: 1 2
--- tls_asked: no yes
--- tls_alert: - certificate_required
--- steps: 200 -
--- kept: TLS 1.3 stateful


=== TEST 65: TLS 1.3 stateful: B asks for nothing: it hears nothing of the certificate
--- servers
localhost 1 auth_cert_verify partners;
localhost 2
--- client_cert: alice
--- tls_port: 1 2 2
--- tls_asked: yes no no
--- tls_reused: no no yes
--- steps: 200 200 200
--- response_body_like eval
["^localhost:\\d+ alice SUCCESS\n", ("^localhost:\\d+  NONE\n") x 2]
--- kept: TLS 1.3 stateful


=== TEST 66: TLS 1.3 stateful: two servers that ask for the same: the policy is that of B
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify partners; auth_cert staff;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no yes
--- steps: 200 200
--- kept: TLS 1.3 stateful


=== TEST 67: TLS 1.3 stateful: two servers that ask for the same: who is denied by B
--- servers
localhost 1 auth_cert_verify partners;
localhost 2 auth_cert_verify partners; auth_cert carol;
--- client_cert: alice
--- tls_port: 1 2
--- tls_reused: no yes
--- steps: 200 403
--- kept: TLS 1.3 stateful


=== TEST 68: TLS 1.3 stateful: names that a wildcard, a regular expression, the default server match
--- servers
first.example 1 auth_cert_verify ops;
*.wild.example 1 auth_cert_verify partners;
~^r\d+\.example$ 1 auth_cert_verify partners;
A.Example 1 auth_cert_verify partners;
--- client_cert: alice alice alice alice alice alice ops-carol ops-carol ops-carol ops-carol
--- sni: x.wild.example x.wild.example r17.example r17.example a.EXAMPLE A.EXAMPLE unknown.example unknown.example none none
--- tls_reused: no yes no yes no yes no yes no yes
--- steps: 200 200 200 200 200 200 200 200 200 200
--- kept: TLS 1.3 stateful


=== TEST 69: TLS 1.3 ticket: another name is another session, though the servers ask for the same
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify partners;
--- client_cert: alice
--- sni: a.example a.example b.example none
--- tls_reused: no yes no no
--- steps: 200 200 200 200
--- kept: TLS 1.3 ticket


=== TEST 70: TLS 1.2 cache: another name is another session, though the servers ask for the same
--- servers
a.example 1 auth_cert_verify partners;
b.example 1 auth_cert_verify partners;
--- client_cert: alice
--- sni: a.example a.example b.example none
--- tls_reused: no yes no no
--- steps: 200 200 200 200
--- kept: TLS 1.2 cache


=== TEST 71: TLS 1.2 ticket: a name that ends in a dot leads to the server without it
--- servers
first.example 1 auth_cert_verify ops;
a.example 1 auth_cert_verify partners;
--- client_cert: alice
--- sni: a.example. A.Example. a.example
--- tls_reused: no yes no
--- steps: 200 200 200
--- kept: TLS 1.2 ticket
