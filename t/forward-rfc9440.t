# auth_cert_forward rfc9440: Client-Cert and Client-Cert-Chain, RFC 9440.

use lib 't/lib';
use AuthCert;

upstream('http');

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops      { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_policy any { allow all; }
EOC

# RFC 8941, byte sequence
sub bytes { join ', ', map { ':' . der_base64($_) . ':' } @_ }

run_tests();

__DATA__

=== TEST 1: the leaf is sent, and no chain where the root itself issued it
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body eval
"Client-Cert: " . bytes('alice') . "\n"


=== TEST 2: the chain is sent without leaf and root
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: via-intermediate
--- request
GET /t
--- response_body eval
"Client-Cert: " . bytes('via-intermediate') . "
Client-Cert-Chain: " . bytes('intermediate') . "\n"


=== TEST 3: each certificate of the chain comes before the one that issued it
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: deep
--- request
GET /t
--- response_body eval
"Client-Cert: " . bytes('deep') . "
Client-Cert-Chain: " . bytes('deep3', 'deep2', 'deep1') . "\n"


=== TEST 4: the chain is the verified one, not all that the client sent
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: deep-shuffled alice-extra
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["Client-Cert: " . bytes('deep') . "
Client-Cert-Chain: " . bytes('deep3', 'deep2', 'deep1') . "\n",
 "Client-Cert: " . bytes('alice') . "\n"]


=== TEST 5: an intermediate that is the anchor is left out as a root is
--- http_config
    auth_cert_trust issuing {
        ca $TEST_NGINX_PKI/intermediate.crt;
        partial_chain on;
    }
--- config
    location /t {
        auth_cert_verify issuing;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: via-intermediate
--- request
GET /t
--- response_body eval
"Client-Cert: " . bytes('via-intermediate') . "\n"


=== TEST 6: the chain is that of the location's own trust set
--- http_config
    auth_cert_trust issuing {
        ca $TEST_NGINX_PKI/intermediate.crt;
        partial_chain on;
    }
--- config
    auth_cert_forward rfc9440;

    location /root {
        auth_cert_verify partners;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /issuing {
        auth_cert_verify issuing;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: via-intermediate
--- keep_connection
--- request eval
["GET /root", "GET /issuing", "GET /root"]
--- response_body eval
my $leaf = "Client-Cert: " . bytes('via-intermediate') . "\n";
my $chain = "Client-Cert-Chain: " . bytes('intermediate') . "\n";
["$leaf$chain", $leaf, "$leaf$chain"]


=== TEST 7: a resumed session gives what its full handshake gave, TLS 1.3
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: deep
--- tls_version: TLSv1.3
--- tls_resume
--- tls_reused: no yes
--- request eval
["GET /t", "GET /t"]
--- response_body eval
my $both = "Client-Cert: " . bytes('deep') . "
Client-Cert-Chain: " . bytes('deep3', 'deep2', 'deep1') . "\n";
[$both, $both]


=== TEST 8: a resumed session gives what its full handshake gave, TLS 1.2
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: deep
--- tls_version: TLSv1.2
--- tls_resume
--- tls_reused: no yes
--- request eval
["GET /t", "GET /t"]
--- response_body eval
my $both = "Client-Cert: " . bytes('deep') . "
Client-Cert-Chain: " . bytes('deep3', 'deep2', 'deep1') . "\n";
[$both, $both]


=== TEST 9: HTTP/2 makes no difference
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: via-intermediate
--- http_version: 2
--- request
GET /t
--- response_body eval
"Client-Cert: " . bytes('via-intermediate') . "
Client-Cert-Chain: " . bytes('intermediate') . "\n"


=== TEST 10: the values do not change within a connection
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: via-intermediate
--- keep_connection
--- request eval
["GET /t", "GET /t?2", "POST /t\nbody"]
--- response_body eval
my $both = "Client-Cert: " . bytes('via-intermediate') . "
Client-Cert-Chain: " . bytes('intermediate') . "\n";
[$both, $both, "$both\nbody\n"]


=== TEST 11: without a certificate neither field is sent
--- config
    location /t {
        auth_cert_verify partners optional;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none
--- more_headers eval
"Client-Cert: " . main::bytes('alice') . "
Client-Cert-Chain: " . main::bytes('intermediate')
--- request
GET /t
--- response_body
nothing


=== TEST 12: a client without a certificate cannot name a chain alone
--- config
    location /t {
        auth_cert_verify partners optional;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none
--- more_headers eval
"Client-Cert-Chain: " . main::bytes('intermediate')
--- request
GET /t
--- response_body
nothing


=== TEST 13: the client's chain is not added to a leaf that has none
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers eval
"Client-Cert-Chain: " . main::bytes('intermediate')
--- request
GET /t
--- response_body eval
"Client-Cert: " . bytes('alice') . "\n"


=== TEST 14: a certificate that does not verify is not forwarded
--- config
    auth_cert_forward rfc9440;

    location /t {
        auth_cert_verify partners optional;
        error_page 495 =495 /refused;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /refused {
        auth_cert_verify off;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: imposter-alice
--- request eval
["GET /t", "GET /refused"]
--- error_code eval
[495, 200]
--- response_body eval
["nothing\n", "nothing\n"]


=== TEST 15: where nobody verifies, nothing is sent
--- config
    auth_cert_forward rfc9440;

    location /checked {
        auth_cert_verify partners;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /off {
        auth_cert_verify off;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /native {
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- keep_connection
--- request eval
["GET /off", "GET /native", "GET /checked", "GET /off"]
--- response_body eval
["nothing\n", "nothing\n", "Client-Cert: " . bytes('alice') . "\n",
 "nothing\n"]


=== TEST 16: another location's trust set does not vouch here
--- config
    auth_cert_forward rfc9440;

    location /partners {
        auth_cert_verify partners;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /ops {
        auth_cert_verify ops optional;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- keep_connection
--- request eval
["GET /partners", "GET /ops"]
--- error_code eval
[200, 400]


=== TEST 17: the certificate that ssl_verify_client verified is forwarded
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_verify_depth 3;

    location /t {
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: via-intermediate
--- request
GET /t
--- response_body eval
"Client-Cert: " . bytes('via-intermediate') . "
Client-Cert-Chain: " . bytes('intermediate') . "\n"


=== TEST 18: one that ssl_verify_client lets pass unverified is not
--- config
    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert_forward rfc9440;
        proxy_set_header X-Verify $ssl_client_verify;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: ops-carol none
--- request eval
["GET /t", "GET /t"]
--- response_body_like eval
["^X-Verify: FAILED:[^\n]*\n\$", "^X-Verify: NONE\n\$"]


=== TEST 19: a location inherits from its server, and "off" ends that
--- http_config
    auth_cert_verify partners;
    auth_cert_forward rfc9440;
--- config
    location /inherits {
        location /inherits/off {
            auth_cert_forward off;

            location /inherits/off/still {
                proxy_pass http://$TEST_NGINX_HTTP;
            }

            location /inherits/off/on {
                auth_cert_forward rfc9440;
                proxy_pass http://$TEST_NGINX_HTTP;
            }

            proxy_pass http://$TEST_NGINX_HTTP;
        }

        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request eval
["GET /inherits", "GET /inherits/off", "GET /inherits/off/still",
 "GET /inherits/off/on"]
--- response_body eval
my $cert = "Client-Cert: " . bytes('alice') . "\n";
[$cert, "nothing\n", "nothing\n", $cert]


=== TEST 20: a setting is replaced as a whole
--- http_config
    auth_cert_verify partners;
    auth_cert_forward rfc9440;
--- config
    location /xfcc {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /both {
        auth_cert_forward xfcc rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request eval
["GET /xfcc", "GET /both"]
--- response_body_like eval
["^X-Forwarded-Client-Cert: [^\n]*\n\$",
 "^Client-Cert: [^\n]*\nX-Forwarded-Client-Cert: [^\n]*\n\$"]


=== TEST 21: "if" and limit_except keep what the location sends
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert_forward rfc9440;

        if ($arg_inside) {
            proxy_pass http://$TEST_NGINX_HTTP;
        }

        limit_except GET {
            auth_cert any;
        }

        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request eval
["GET /t", "GET /t?inside=1", "DELETE /t"]
--- response_body eval
my $cert = "Client-Cert: " . bytes('alice') . "\n";
[$cert, $cert, $cert]


=== TEST 22: the headers are there whether or not a policy decides
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert any;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body eval
"Client-Cert: " . bytes('alice') . "\n"


=== TEST 23: "satisfy any" that lets a client in without a certificate
--- config
    location /t {
        satisfy any;
        allow all;
        auth_cert_verify partners;
        auth_cert any;
        auth_cert_forward rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice none imposter-alice
--- more_headers
Client-Cert: :Zm9yZ2Vk:
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
["Client-Cert: " . bytes('alice') . "\n", "nothing\n", "nothing\n"]


=== TEST 24: the variables hold the same values
--- config
    location /t {
        auth_cert_verify partners;
        proxy_set_header X-Cert $auth_cert_rfc9440;
        proxy_set_header X-Chain $auth_cert_chain_rfc9440;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: deep
--- request
GET /t
--- response_body eval
"X-Cert: " . bytes('deep') . "
X-Chain: " . bytes('deep3', 'deep2', 'deep1') . "\n"


=== TEST 25: "off" is a word that stands alone
--- config
    location /t {
        auth_cert_forward rfc9440 off;
    }
--- must_die
--- error_log
invalid parameter "off" of "auth_cert_forward"
nginx.conf:


=== TEST 26: a word that says nothing is refused with those that do
--- config
    location /t {
        auth_cert_forward rfc9441;
    }
--- must_die
--- error_log
invalid parameter "rfc9441" of "auth_cert_forward", expected "rfc9440", "xfcc"


=== TEST 27: a word that comes twice is refused
--- config
    location /t {
        auth_cert_forward rfc9440 rfc9440;
    }
--- must_die
--- error_log
invalid parameter "rfc9440" of "auth_cert_forward"


=== TEST 28: two of the directives on one level are refused
--- config
    location /t {
        auth_cert_forward rfc9440;
        auth_cert_forward xfcc;
    }
--- must_die
--- error_log
"auth_cert_forward" directive is duplicate
