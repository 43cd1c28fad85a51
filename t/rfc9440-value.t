# The values for the upstream: Client-Cert and Client-Cert-Chain of RFC 9440,
# and an element of X-Forwarded-Client-Cert that no value can break out of.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_trust issuer {
        ca $TEST_NGINX_PKI/intermediate.crt;
        partial_chain on;
    }
    auth_cert_trust alice_only {
        ca $TEST_NGINX_PKI/alice.crt;
        partial_chain on;
    }
EOC

# pairs(ELEMENT, ESCAPE): the keys and values of an element of XFCC, read by
# one who knows ESCAPE (a regular expression) for an escape in quotes
sub pairs {
    my ($element, $escape) = @_;
    my @pairs;

    while (length $element) {
        $element =~ s/^([A-Za-z]+)=//  or return "no key: $element";
        my $key = $1;
        my $value;

        if ($element =~ s/^"((?:$escape|[^"])*+)"(?=;|$)//) {
            $value = $1;
        } elsif ($element =~ s/^([^",;=]*)(?=;|$)//) {
            $value = $1;
        } else {
            return "no value: $element";
        }

        push @pairs, "$key=$value";
        $element =~ s/^;//;
    }

    return join "\n", @pairs, '';
}

# as Envoy's documentation has it, and as one reads quoted strings elsewhere
sub by_envoy   { return pairs($_[0], qr/\\"/) }
sub by_generic { return pairs($_[0], qr/\\./) }

run_tests();

__DATA__

=== TEST 1: the certificate, in one line of base64 between colons
--- config
    location = /t {
        auth_cert_verify partners;
        echo $auth_cert_rfc9440;
    }
--- client_cert: alice rsa utf8 long-dns
--- request eval
[("GET /t") x 4]
--- response_body eval
[map { ":" . der_base64($_) . ":\n" } qw(alice rsa utf8 long-dns)]


=== TEST 2: the chain above it, as in TLS, without the root
--- config
    location = /t {
        auth_cert_verify partners;
        echo "$auth_cert_rfc9440 $auth_cert_chain_rfc9440";
    }
--- client_cert: alice via-intermediate deep
--- request eval
[("GET /t") x 3]
--- response_body eval
[":" . der_base64('alice') . ": \n",
 ":" . der_base64('via-intermediate') . ": :"
     . der_base64('intermediate') . ":\n",
 ":" . der_base64('deep') . ": :" . der_base64('deep3') . ":, :"
     . der_base64('deep2') . ":, :" . der_base64('deep1') . ":\n"]


=== TEST 3: it is what was verified, not what the client sent
--- config
    location = /t {
        auth_cert_verify partners;
        echo "$auth_cert_rfc9440 $auth_cert_chain_rfc9440";
    }
--- client_cert: deep-shuffled alice-extra
--- request eval
[("GET /t") x 2]
--- response_body eval
[":" . der_base64('deep') . ": :" . der_base64('deep3') . ":, :"
     . der_base64('deep2') . ":, :" . der_base64('deep1') . ":\n",
 ":" . der_base64('alice') . ": \n"]


=== TEST 4: the anchor is left out, also where it is no root
--- config
    location = /issuer {
        auth_cert_verify issuer;
        echo "[$auth_cert_chain_rfc9440]";
    }
    location = /partners {
        auth_cert_verify partners;
        echo "[$auth_cert_chain_rfc9440]";
    }
    location = /alice {
        auth_cert_verify alice_only;
        echo "$auth_cert_rfc9440 [$auth_cert_chain_rfc9440]";
    }
--- client_cert: via-intermediate via-intermediate alice
--- request eval
["GET /issuer", "GET /partners", "GET /alice"]
--- response_body eval
["[]\n", "[:" . der_base64('intermediate') . ":]\n",
 ":" . der_base64('alice') . ": []\n"]


=== TEST 5: each location has the chain of its own set, on one connection
--- config
    location = /issuer {
        auth_cert_verify issuer;
        echo "[$auth_cert_chain_rfc9440]";
    }
    location = /partners {
        auth_cert_verify partners;
        echo "[$auth_cert_chain_rfc9440]";
    }
--- client_cert: via-intermediate
--- keep_connection
--- request eval
["GET /partners", "GET /issuer", "GET /partners"]
--- response_body eval
["[:" . der_base64('intermediate') . ":]\n", "[]\n",
 "[:" . der_base64('intermediate') . ":]\n"]


=== TEST 6: on a resumed session, TLS 1.3
--- config
    location = /t {
        auth_cert_verify partners;
        echo "$ssl_session_reused $auth_cert_rfc9440 $auth_cert_chain_rfc9440";
    }
--- client_cert: deep
--- tls_version: TLSv1.3
--- tls_resume
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[map { "$_ :" . der_base64('deep') . ": :" . der_base64('deep3') . ":, :"
       . der_base64('deep2') . ":, :" . der_base64('deep1') . ":\n" } '.', 'r']


=== TEST 7: the same on a resumed session, TLS 1.2
--- config
    location = /t {
        auth_cert_verify partners;
        echo "$ssl_session_reused $auth_cert_rfc9440 $auth_cert_chain_rfc9440";
    }
--- client_cert: deep
--- tls_version: TLSv1.2
--- tls_resume
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[map { "$_ :" . der_base64('deep') . ": :" . der_base64('deep3') . ":, :"
       . der_base64('deep2') . ":, :" . der_base64('deep1') . ":\n" } '.', 'r']


=== TEST 8: nothing of a certificate that is not verified
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert off;
        echo "[$auth_cert_rfc9440$auth_cert_chain_rfc9440$auth_cert_xfcc]";
    }
--- client_cert: expired imposter-alice none
--- request eval
[("GET /t") x 3]
--- response_body eval
[("[]\n") x 3]


=== TEST 9: XFCC: hash first, the subject always, each name a pair
--- config
    location = /t {
        auth_cert_verify partners;
        echo $auth_cert_xfcc;
    }
--- client_cert: two-uris no-subject names-in-order rsa utf8
--- request eval
[("GET /t") x 5]
--- response_body eval
["Hash=" . fingerprint('two-uris') . ';Subject="CN=two-uris";'
 . "URI=spiffe://prod.example/ns/billing/sa/web;URI=urn:second\n",
 "Hash=" . fingerprint('no-subject') . ';Subject="";DNS=no-subject.example'
 . "\n",
 "Hash=" . fingerprint('names-in-order') . ';Subject="CN=names-in-order";'
 . "URI=urn:2;URI=urn:1;DNS=b.example;DNS=a.example;DNS=b.example\n",
 "Hash=" . fingerprint('rsa') . ";Subject=\"CN=rsa\"\n",
 "Hash=" . fingerprint('utf8')
 . ";Subject=\"CN=Zoë 東京,O=Müller & Söhne\"\n"]


=== TEST 10: XFCC: what has "," ";" "=" or a quote is in quotes
--- config
    location = /t {
        auth_cert_verify partners;
        echo $auth_cert_xfcc;
    }
--- client_cert: uri-comma uri-quote
--- request eval
[("GET /t") x 2]
--- response_body eval
["Hash=" . fingerprint('uri-comma') . ';Subject="CN=uri-comma";'
 . 'URI="urn:x:a,b;c=d";URI=urn:plain;DNS="a=b.example"' . "\n",
 "Hash=" . fingerprint('uri-quote') . ';Subject="CN=uri-quote";'
 . 'URI="urn:x:\\"a\\";By=urn:forged";DNS=q.example' . "\n"]


=== TEST 11: XFCC: a subject has no quotes inside, a name no backslash
--- config
    location = /t {
        auth_cert_verify partners;
        echo $auth_cert_xfcc;
    }
--- client_cert: special-cn quote-cn uri-backslash nul-cn
--- request eval
[("GET /t") x 4]
--- response_body eval
["Hash=" . fingerprint('special-cn')
 . ';Subject="CN=\\ #a\\,b\\+c\\22d\\5Ce\\<f\\>g\\3Bh=i\\ "' . "\n",
 "Hash=" . fingerprint('quote-cn')
 . ';Subject="CN=a\\22\\3BURI=urn:forged\\3BSubject=\\22b\\5C"' . "\n",
 "Hash=" . fingerprint('uri-backslash')
 . ';Subject="CN=uri-backslash";URI=urn:y' . "\n",
 "Hash=" . fingerprint('nul-cn')
 . ';Subject="CN=#0c13616c696365002e6576696c2e6578616d706c65"' . "\n"]


=== TEST 12: XFCC: who knows no other escape than \" reads the right pairs
--- config
    location = /t {
        auth_cert_verify partners;
        echo -n $auth_cert_xfcc;
    }
--- client_cert: special-cn quote-cn uri-quote uri-backslash uri-comma
--- request eval
[("GET /t") x 5]
--- response_body_filters eval
\&by_envoy
--- response_body eval
["Hash=" . fingerprint('special-cn') . "\n"
 . 'Subject=CN=\\ #a\\,b\\+c\\22d\\5Ce\\<f\\>g\\3Bh=i\\ ' . "\n",
 "Hash=" . fingerprint('quote-cn') . "\n"
 . 'Subject=CN=a\\22\\3BURI=urn:forged\\3BSubject=\\22b\\5C' . "\n",
 "Hash=" . fingerprint('uri-quote') . "\nSubject=CN=uri-quote\n"
 . 'URI=urn:x:\\"a\\";By=urn:forged' . "\nDNS=q.example\n",
 "Hash=" . fingerprint('uri-backslash') . "\nSubject=CN=uri-backslash\n"
 . "URI=urn:y\n",
 "Hash=" . fingerprint('uri-comma') . "\nSubject=CN=uri-comma\n"
 . "URI=urn:x:a,b;c=d\nURI=urn:plain\nDNS=a=b.example\n"]


=== TEST 13: XFCC: so does who takes any character after a backslash
--- config
    location = /t {
        auth_cert_verify partners;
        echo -n $auth_cert_xfcc;
    }
--- client_cert: special-cn quote-cn uri-quote uri-backslash uri-comma
--- request eval
[("GET /t") x 5]
--- response_body_filters eval
\&by_generic
--- response_body eval
["Hash=" . fingerprint('special-cn') . "\n"
 . 'Subject=CN=\\ #a\\,b\\+c\\22d\\5Ce\\<f\\>g\\3Bh=i\\ ' . "\n",
 "Hash=" . fingerprint('quote-cn') . "\n"
 . 'Subject=CN=a\\22\\3BURI=urn:forged\\3BSubject=\\22b\\5C' . "\n",
 "Hash=" . fingerprint('uri-quote') . "\nSubject=CN=uri-quote\n"
 . 'URI=urn:x:\\"a\\";By=urn:forged' . "\nDNS=q.example\n",
 "Hash=" . fingerprint('uri-backslash') . "\nSubject=CN=uri-backslash\n"
 . "URI=urn:y\n",
 "Hash=" . fingerprint('uri-comma') . "\nSubject=CN=uri-comma\n"
 . "URI=urn:x:a,b;c=d\nURI=urn:plain\nDNS=a=b.example\n"]


=== TEST 14: XFCC: By is each URI of the certificate that was shown
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name none.example;
        auth_cert_verify partners;
        location = /t { echo $auth_cert_xfcc; }
    }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        ssl_certificate      $TEST_NGINX_PKI/edge-a.crt;
        ssl_certificate_key  $TEST_NGINX_PKI/edge-a.key;
        server_name a.example;
        auth_cert_verify partners;
        location = /t { echo $auth_cert_xfcc; }
    }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        ssl_certificate      $TEST_NGINX_PKI/edge-b.crt;
        ssl_certificate_key  $TEST_NGINX_PKI/edge-b.key;
        server_name b.example;
        auth_cert_verify partners;
        location = /t { echo $auth_cert_xfcc; }
    }
--- config
    location = /t { echo; }
--- client_cert: rsa
--- sni: a.example b.example none.example
--- request eval
[("GET /t") x 3]
--- more_headers eval
["Host: a.example", "Host: b.example", "Host: none.example"]
--- response_body eval
my $element = "Hash=" . fingerprint('rsa') . ";Subject=\"CN=rsa\"\n";
["By=spiffe://prod.example/edge-a;By=urn:second;$element",
 "By=spiffe://prod.example/edge-b;By=urn:second;$element", $element]


=== TEST 15: XFCC: whatever Host says, and said before on the connection
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        ssl_certificate      $TEST_NGINX_PKI/edge-a.crt;
        ssl_certificate_key  $TEST_NGINX_PKI/edge-a.key;
        server_name a.example;
        auth_cert_verify partners;
        location = /t { echo "a $auth_cert_xfcc"; }
    }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        ssl_certificate      $TEST_NGINX_PKI/edge-b.crt;
        ssl_certificate_key  $TEST_NGINX_PKI/edge-b.key;
        server_name b.example;
        auth_cert_verify partners;
        location = /t { echo "b $auth_cert_xfcc"; }
    }
--- config
    location = /t { echo; }
--- client_cert: rsa
--- sni: a.example
--- keep_connection
--- request eval
[("GET /t") x 3]
--- more_headers eval
["Host: b.example", "Host: a.example", "Host: b.example"]
--- response_body eval
my $element = "By=spiffe://prod.example/edge-a;By=urn:second;Hash=" . fingerprint('rsa')
    . ";Subject=\"CN=rsa\"\n";
["b $element", "a $element", "b $element"]


=== TEST 16: XFCC of 300 names
--- config
    location = /t {
        auth_cert_verify partners;
        echo $auth_cert_xfcc;
    }
--- client_cert: many-sans
--- request
GET /t
--- response_body eval
"Hash=" . fingerprint('many-sans') . ";Subject=\"CN=many-sans\""
    . join('', map { ";DNS=h$_.many.example" } 1 .. 300) . "\n"
