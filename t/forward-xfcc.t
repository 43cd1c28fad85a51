# auth_cert_forward xfcc: X-Forwarded-Client-Cert as Envoy writes it, and what
# becomes of one that came in.

use lib 't/lib';
use AuthCert;

upstream('http');

# what comes in is what a proxy in front sent, and a forged second line
http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_verify partners optional;
EOC

sub alice {
    return 'Hash=' . fingerprint('alice')
           . ';Subject="CN=alice,OU=Platform,OU=Billing,O=Acme\, Inc."'
           . ';URI=spiffe://prod.example/ns/billing/sa/web'
           . ';DNS=alice.partners.example';
}

sub line { "X-Forwarded-Client-Cert: $_[0]\n" }

run_tests();

__DATA__

=== TEST 1: hash, subject and names of the certificate are set
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body eval
line(alice())


=== TEST 2: without a certificate it is not set
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none
--- request
GET /t
--- response_body
nothing


=== TEST 3: sanitize_set, the default: what came in is replaced
--- config
    location /default {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /named {
        auth_cert_forward xfcc sanitize_set;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice alice none none
--- more_headers
X-Forwarded-Client-Cert: Hash=aa;URI=spiffe://prod.example/edge
--- request eval
["GET /default", "GET /named", "GET /default", "GET /named"]
--- response_body eval
[line(alice()), line(alice()), "nothing\n", "nothing\n"]


=== TEST 4: append_forward: what this nginx verified comes last
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Forwarded-Client-Cert: Hash=aa;URI=spiffe://prod.example/edge
--- request
GET /t
--- response_body eval
line('Hash=aa;URI=spiffe://prod.example/edge,' . alice())


=== TEST 5: append_forward: nothing came in
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body eval
line(alice())


=== TEST 6: append_forward: without a certificate what came in is dropped
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none
--- more_headers
X-Forwarded-Client-Cert: Hash=aa;URI=spiffe://prod.example/edge
--- request
GET /t
--- response_body
nothing


=== TEST 7: append_forward: several lines that came in are one list
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
x-other: kept
x-forwarded-client-cert: Hash=bb,Hash=cc
X-Forwarded-Client-Cert: Hash=dd
--- request
GET /t
--- response_body eval
"x-other: kept\n" . line('Hash=aa,Hash=bb,Hash=cc,Hash=dd,' . alice())


=== TEST 8: append_forward: empty lines add nothing
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers eval
["X-Forwarded-Client-Cert:", "X-Forwarded-Client-Cert:
X-Forwarded-Client-Cert: Hash=aa
X-Forwarded-Client-Cert:
X-Forwarded-Client-Cert: Hash=bb"]
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[line(alice()), line('Hash=aa,Hash=bb,' . alice())]


=== TEST 9: append_forward: an open quote cannot swallow what follows
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers eval
[map { "X-Forwarded-Client-Cert: $_" }
 'Hash=aa;URI=spiffe://prod.example/admin;Subject="',
 'Hash=aa;Subject="CN=x\"',
 'Hash=aa;Subject="CN=x\\\\"',
 'Hash=aa;Subject="CN=x\\\\\"',
 'Hash=aa;Subject="CN=x\\\\"y"',
 'Hash=aa;Subject="CN=x\\\\"\\"\\\\""',
 'Hash=aa;Subject="CN=x\\\\""\\\\"',
 'Hash=aa;Subject=\"', 'Hash=aa;URI=spiffe://prod.example/admin;DNS=\\',
 'Hash=aa;DNS=\\\\\\\\', 'Hash=aa;Subject="CN=x"
X-Forwarded-Client-Cert: Hash=bb;Subject="']
--- request eval
[("GET /t") x 11]
--- response_body eval
[(line(alice())) x 11]


=== TEST 10: append_forward: quotes that are closed are left as they are
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers eval
[map { "X-Forwarded-Client-Cert: $_" }
 'Hash=aa;Subject="CN=x,O=Acme\, Inc.";URI="urn:x:a;b"',
 'Hash=aa;Subject="";URI="a\"b"']
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[line('Hash=aa;Subject="CN=x,O=Acme\, Inc.";URI="urn:x:a;b",' . alice()),
 line('Hash=aa;Subject="";URI="a\"b",' . alice())]


=== TEST 11: forward_only: what came in passes from a verified client
--- config
    location /t {
        auth_cert_forward xfcc forward_only;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice none
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
X-Forwarded-Client-Cert: Hash=bb
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[line('Hash=aa,Hash=bb'), "nothing\n"]


=== TEST 12: forward_only: nothing of its own is set
--- config
    location /t {
        auth_cert_forward xfcc forward_only;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body
nothing


=== TEST 13: always_forward_only: what came in passes from anybody
--- config
    location /t {
        auth_cert_forward xfcc always_forward_only;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice none
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
X-Forwarded-Client-Cert: Hash=bb
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[line('Hash=aa,Hash=bb'), line('Hash=aa,Hash=bb')]


=== TEST 14: always_forward_only: also in a server without TLS
--- config
    location /t {
        auth_cert_verify off;
        auth_cert_forward xfcc always_forward_only;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- no_tls
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
--- request
GET /t
--- response_body eval
line('Hash=aa')


=== TEST 15: sanitize: nothing passes, nothing is set
--- config
    location /t {
        auth_cert_forward xfcc sanitize;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice none
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["nothing\n", "nothing\n"]


=== TEST 16: other spellings pass in no mode
--- config
    location /append {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /forward {
        auth_cert_forward xfcc forward_only;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /always {
        auth_cert_forward xfcc always_forward_only;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    underscores_in_headers on;
    ignore_invalid_headers off;
--- client_cert: alice
--- more_headers
X_Forwarded_Client_Cert: Hash=aa
X-Forwarded-Client_Cert: Hash=bb
x.forwarded.client.cert: Hash=cc
--- request eval
["GET /append", "GET /forward", "GET /always"]
--- response_body eval
[line(alice()), "nothing\n", "nothing\n"]


=== TEST 17: a location with another mode gets what came in, after a redirect
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://127.0.0.1:1;
        error_page 502 = /append;
    }

    location /append {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
--- request
GET /t
--- response_body eval
line('Hash=aa,' . alice())
--- error_log
connect() failed


=== TEST 18: subrequests append once, too
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        echo_location /sub;
        echo_location /sub;
    }

    location /sub {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
--- request
GET /t
--- response_body eval
line('Hash=aa,' . alice()) x 2


=== TEST 19: a subrequest is the first that sets it on the connection
--- config
    location /t {
        echo_location /sub;
    }

    location /sub {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body eval
line(alice())


=== TEST 20: the requests of a connection have nothing of each other
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- keep_connection
--- more_headers eval
["X-Forwarded-Client-Cert: Hash=aa", "", "X-Forwarded-Client-Cert: Hash=bb"]
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[line('Hash=aa,' . alice()), line(alice()), line('Hash=bb,' . alice())]


=== TEST 21: HTTP/2 makes no difference
--- config
    location /t {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- http_version: 2
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
X-Forwarded-Client-Cert: Hash=bb
--- request
GET /t
--- response_body eval
line('Hash=aa,Hash=bb,' . alice())


=== TEST 22: control characters that came in are escaped
--- config
    location /t {
        auth_cert_forward xfcc always_forward_only;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers eval
"X-Forwarded-Client-Cert: Hash=a\x01\x0b\x7fb"
--- request
GET /t
--- response_body eval
line('Hash=a%01%0B%7Fb')


=== TEST 23: By, each URI of the server's own certificate, comes first
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    ssl_certificate $TEST_NGINX_PKI/server-uris.crt;
    ssl_certificate_key $TEST_NGINX_PKI/server-uris.key;

    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body eval
line('By=spiffe://prod.example/edge;By="urn:edge:a,b";' . alice())


=== TEST 24: By is of the certificate that the client was shown
--- http_config eval
"
    server {
        server_name a.example;
        listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_1 ssl;
        ssl_certificate \$TEST_NGINX_PKI/server-uris.crt;
        ssl_certificate_key \$TEST_NGINX_PKI/server-uris.key;

        location /t {
            auth_cert_forward xfcc;
            proxy_pass http://\$TEST_NGINX_HTTP;
        }
    }

    server {
        server_name b.example;
        listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_1 ssl;
        include \$TEST_NGINX_PKI/server.conf;

        location /t {
            auth_cert_forward xfcc;
            proxy_pass http://\$TEST_NGINX_HTTP;
        }
    }
"
--- config
    location /t { echo none; }
--- client_cert: alice
--- sni: a.example
--- keep_connection
--- more_headers eval
["Host: b.example", "Host: a.example"]
--- request eval
["GET /t", "GET /t"]
--- response_body eval
my $line = line('By=spiffe://prod.example/edge;By="urn:edge:a,b";' . alice());
[$line, $line]


=== TEST 25: the variable names the server, too
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    ssl_certificate $TEST_NGINX_PKI/server-uris.crt;
    ssl_certificate_key $TEST_NGINX_PKI/server-uris.key;

    location /t {
        proxy_set_header X-Forwarded-Client-Cert $auth_cert_xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body eval
line('By=spiffe://prod.example/edge;By="urn:edge:a,b";' . alice())


=== TEST 26: each URI is a pair of its own, and so is each DNS name
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: two-uris
--- request
GET /t
--- response_body eval
line('Hash=' . fingerprint('two-uris') . ';Subject="CN=two-uris"'
     . ';URI=spiffe://prod.example/ns/billing/sa/web;URI=urn:second')


=== TEST 27: three hundred DNS names are sent
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: many-sans
--- request
GET /t
--- response_body eval
line('Hash=' . fingerprint('many-sans') . ';Subject="CN=many-sans"'
     . join '', map { ";DNS=h$_.many.example" } 1 .. 300)


=== TEST 28: values are quoted, no quote or backslash ends them early
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: quoted
--- request
GET /t
--- response_body eval
line('Hash=' . fingerprint('quoted') . ';Subject="CN=a\22\3BURI=\22b\5C"'
     . ';URI="urn:x:a\"b";URI="urn:x:c;d=e"'
     . ';DNS=one.example;DNS=two.example')


=== TEST 29: the subject is there also when it is empty
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: no-subject
--- request
GET /t
--- response_body eval
line('Hash=' . fingerprint('no-subject') . ';Subject=""'
     . ';DNS=no-subject.example')


=== TEST 30: what no line may hold does not stand in it
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: crlf-cn nul-cn nul-dns
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body_like eval
["^X-Forwarded-Client-Cert: Hash=[0-9a-f]{64};Subject=\"CN=#[0-9a-f]+\"\n\$",
 "^X-Forwarded-Client-Cert: Hash=[0-9a-f]{64};Subject=\"CN=#[0-9a-f]+\"\n\$",
 "^X-Forwarded-Client-Cert: Hash=[0-9a-f]{64};Subject=\"CN=nul-dns\"\n\$"]


=== TEST 31: a certificate that does not verify sets nothing, appends nothing
--- config
    auth_cert_verify off;

    location /set {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /append {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /forward {
        auth_cert_forward xfcc forward_only;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /asks {
        auth_cert_verify partners;
    }
--- client_cert: imposter-alice
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
--- request eval
["GET /set", "GET /append", "GET /forward"]
--- response_body eval
["nothing\n", "nothing\n", "nothing\n"]


=== TEST 32: a mode of Envoy's in capitals is none here
--- config
    location /t {
        auth_cert_forward xfcc SANITIZE_SET;
    }
--- must_die
--- error_log
invalid parameter "SANITIZE_SET" of "auth_cert_forward"


=== TEST 33: two modes are refused
--- config
    location /t {
        auth_cert_forward xfcc sanitize append_forward;
    }
--- must_die
--- error_log
invalid parameter "append_forward" of "auth_cert_forward"


=== TEST 34: a mode alone is refused
--- config
    location /t {
        auth_cert_forward append_forward;
    }
--- must_die
--- error_log
invalid parameter "append_forward" of "auth_cert_forward"


=== TEST 35: a name with a blank at either end is none
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: blank-ends
--- request
GET /t
--- response_body eval
line('Hash=' . fingerprint('blank-ends') . ';Subject="CN=\ admin\ "'
     . ';URI=urn:a b;DNS=kept.example')


=== TEST 36: who takes it apart at each ";" finds no name in the subject
--- config
    location /t {
        auth_cert_forward xfcc;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: quote-cn
--- request
GET /t
--- response_body_filters eval
sub { join '', map { "$_\n" } map { /^(\w+)=/ ? $1 : "?$_" }
               split /;/, $_[0] =~ s/^\S+ //r }
--- response_body
Hash
Subject
