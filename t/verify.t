# What makes a certificate fail, and the reason that is told: in
# $auth_cert_verify, and by $ssl_client_verify of nginx itself.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

add_block_preprocessor(sub {
    my $block = shift;

    # the reason is asked for where no verdict is made
    $block->set_value('config', <<'EOC') unless defined $block->config;
        location /t {
            auth_cert_verify partners;
            echo passed;
        }

        location /reason {
            auth_cert_verify partners;
            auth_cert off;
            echo "$auth_cert_verify";
            echo "$ssl_client_verify";
            echo "[$auth_cert_subject$auth_cert_trust$auth_cert_fingerprint]";
        }
EOC

    if (defined $block->reason) {
        # the words of OpenSSL's oldest version; newer ones may add some
        chomp(my $reason = $block->reason);
        $reason = "\Q$reason\E[^\n,]*";

        $block->set_value('request', ['GET /t', 'GET /reason']);
        $block->set_value('error_code', [400, 200]);
        $block->set_value('response_body_like', [
            'The SSL certificate error',
            "^FAILED:$reason\nFAILED:$reason\n\\[\\]\n\\z"]);
    }
});

run_tests();

__DATA__

=== TEST 1: what verifies says SUCCESS
--- client_cert: alice rsa
--- request eval
["GET /reason", "GET /reason"]
--- response_body_like eval
['^SUCCESS\nSUCCESS\n\[CN=alice,.*partners', '^SUCCESS\nSUCCESS\n\[CN=rsa']


=== TEST 2: no certificate
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo "$auth_cert_verify $ssl_client_verify";
    }
--- client_cert: none
--- request
GET /t
--- response_body
NONE NONE


=== TEST 3: a certificate that has ended
--- client_cert: expired
--- reason: certificate has expired


=== TEST 4: a certificate that has not begun
--- client_cert: not-yet
--- reason: certificate is not yet valid


=== TEST 5: an intermediate that has ended
--- client_cert: old-chain
--- reason: certificate has expired


=== TEST 6: a self-signed certificate
--- client_cert: self-signed
--- reason: self-signed certificate


=== TEST 7: a certificate of an unknown CA
--- client_cert: ops-carol
--- reason: unable to get local issuer certificate


=== TEST 8: the root of an unknown CA comes along
--- client_cert: own-root
--- reason: self-signed certificate in certificate chain


=== TEST 9: a CA of the same name with another key
--- client_cert: imposter-alice
--- reason: certificate signature failure


=== TEST 10: an EKU without clientAuth
--- client_cert: server-only
--- reason: unsuitable certificate purpose


=== TEST 11: anyExtendedKeyUsage alone is no clientAuth
--- client_cert: any-eku
--- reason: unsuitable certificate purpose


=== TEST 12: a name that the CA is not allowed to issue for
--- client_cert: constrained-bad
--- reason: permitted subtree violation


=== TEST 13: one that it is allowed to
--- client_cert: constrained-ok
--- request
GET /t
--- response_body
passed


=== TEST 14: a CA below one with path length 0
--- client_cert: path-length
--- reason: path length constraint exceeded


=== TEST 15: a certificate that was issued by no CA
--- client_cert: below-leaf
--- reason: invalid CA certificate


=== TEST 16: an unknown critical extension
--- client_cert: critical
--- reason: unhandled critical extension


=== TEST 17: a signature with SHA-1
--- client_cert: sha1
--- reason: CA signature digest algorithm too weak


=== TEST 18: a key that is too small
--- client_cert: weak-key
--- reason: EE certificate key too weak


=== TEST 19: intermediates that do not come
--- client_cert: no-chain
--- reason: unable to get local issuer certificate


=== TEST 20: intermediates in wrong order
--- client_cert: deep-shuffled
--- request
GET /t
--- response_body
passed


=== TEST 21: the root is sent, too
--- client_cert: with-root
--- request
GET /t
--- response_body
passed


=== TEST 22: certificates that have nothing to do with it come along
--- client_cert: unrelated
--- request eval
["GET /t", "GET /reason"]
--- response_body_like eval
["passed", '^SUCCESS\nSUCCESS\n\[CN=via-intermediate']


=== TEST 23: 16 certificates above the client's own are read
--- client_cert: longest
--- request eval
["GET /t", "GET /reason"]
--- response_body_like eval
["passed", '^SUCCESS\nSUCCESS\n\[CN=alice']


=== TEST 24: 17 are not, whatever they are
--- client_cert: too-long
--- reason: certificate chain too long


=== TEST 25: nor are 54 kB
--- client_cert: too-big
--- reason: certificate chain too long


=== TEST 26: the level of OpenSSL's security is that of ssl_ciphers
--- config
    ssl_ciphers DEFAULT:@SECLEVEL=0;

    location /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: sha1
--- request
GET /t
--- response_body
passed


=== TEST 27: the same reasons in TLS 1.2
--- client_cert: expired
--- tls_version: TLSv1.2
--- reason: certificate has expired


=== TEST 28: the same reasons in HTTP/2
--- client_cert: imposter-alice
--- http_version: 2
--- reason: certificate signature failure


=== TEST 29: a key whose curve is not given by its name
--- client_cert: explicit-curve
--- reason: Certificate public key has explicit ECC parameters


=== TEST 30: one certificate of 50 kB is more than is taken of a chain
--- client_cert: 50-kilobytes
--- reason: certificate chain too long


=== TEST 31: a chain that is too long for the cache is verified each time
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_chain_rfc9440; }
--- request eval
[("GET /t") x 4]
--- client_cert: six-steps
--- response_body eval
[(join(', ', map { ':' . der_base64("stair$_") . ':' } reverse 1 .. 6) . "\n")
 x 4]
