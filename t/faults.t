# Memory that runs out, and calls that fail, at any point of a handshake and a
# request: what a correct run would have refused is never let through, nothing
# is told of another client, the worker goes on.

BEGIN {
    # it has an allocator of its own
    if ($ENV{TEST_NGINX_USE_VALGRIND}) {
        print "1..0 # SKIP the allocator is replaced\n";
        exit;
    }
}

use AuthCert;
use Time::HiRes ();

faults();

http_config_for_all(<<'_EOC_');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy staff {
        deny   subject.CN=mallory;
        allow  san.email~^(\w+)@acme\.example$  san.dns=*.partners.example
               role=$1;
    }
_EOC_

# a file whose state is not known is read once more, a CA without a key decoded
# once more, one of a folder may be no certificate, of dates there are but
# warnings, and a CA may be there twice
our $taken = qr/^(?:stat64|ngx_(?:open|read)_dir|EVP_MD_CTX_new
                 |EVP_DigestUpdate|EVP_Digest(?:Init|Final)_ex
                 |clock_gettime|X509_get0_pubkey
                 |ASN1_TIME_to_tm|BIO_read|OPENSSL_sk_find|d2i_X509_bio)$/x;

run_tests();

__DATA__

=== TEST 1: an allocation of the module that fails allows nothing
--- http_config
    map $http_client_cert $shown { ~^:M "a certificate"; default none; }
--- config
    location /t {
        auth_cert_verify  partners;
        auth_cert  staff;
        auth_cert_forward  rfc9440 xfcc;
        auth_cert_header  X-Client-Role $auth_cert_role;
        auth_cert_header  X-Client $auth_cert_san_email;
        echo "$shown, $http_x_client_role, $http_x_client";
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "X-Client-Role: admin\r\nClient-Cert: :QQ==:\r\n\r\n";

    fail_each('pool', 1, 'alice', $request,
              qr/^a certificate, alice, alice\@acme\.example$/m);
    fail_each('pool', 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
    fail_each('pool', 1, 'expired', $request, qr/^HTTP\/1\.1 400 /);
}
--- error_code: 403


=== TEST 2: nor does any other one, in the handshake or later
--- config
    location /t {
        auth_cert_verify  partners;
        auth_cert  staff;
        auth_cert_header  X-Client-Role $auth_cert_role;
        echo "$http_x_client_role";
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "X-Client-Role: admin\r\n\r\n";

    fail_each('malloc', 11, 'alice', $request, qr/^alice$/m);
    fail_each('malloc', 13, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
}
--- error_code: 403


=== TEST 3: nor does one that fails at start: nginx does not start
--- crls
crl.pem
point.pem point=http://crl.example/1
--- user_files
>>> names.list
alice  clerk
--- http_config
    auth_cert_zone 1m;

    auth_cert_trust revoking {
        ca     $TEST_NGINX_PKI/partners.crt;
        ca     $TEST_NGINX_PKI/ca.d;
        crl    $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl    $TEST_NGINX_SERVER_ROOT/html/point.pem;
        depth  3;
    }

    auth_cert_policy listed {
        deny   san.ip=192.0.2.77  san.uri=spiffe://prod.example/ns/*/sa/web;
        allow  subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
        allow  subject.CN=$arg_a  $arg_b=1  role=guest;
        allow  "subject=CN=bob,O=Acme\\, Inc."  san.ip=192.0.2.0/24;
        allow  san.email~^(\w+)@acme\.example$  serial=0b0b  role=$1;
    }

    auth_cert_map $team subject.OU { Platform core; ~^B(\w+) $1; default none; }

    server {
        server_name b.example;
        auth_cert_verify revoking optional;
        auth_cert_handshake strict;
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;

    location /t {
        auth_cert_verify  partners revoking;
        auth_cert  staff listed;
        auth_cert_forward  rfc9440 xfcc;
        auth_cert_header  X-Client-Role $auth_cert_role;
        auth_cert_header  X-Team $team;
        echo passed;
    }

    location /w { auth_cert_verify revoking; auth_cert_whoami; }
    location /n { auth_cert staff; auth_cert_status 404; echo passed; }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    fail_each_start('pool', 1);
    fail_each_start('call', 1, taken => $main::taken);
}
--- error_code: 403


=== TEST 4: whatever is made of the certificate, and with revocation
--- crls
crl.pem revoke=bob
--- user_files
>>> names.list
alice  clerk
--- http_config
    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }

    auth_cert_policy listed {
        deny   issuer.CN=nobody  san.uri~^x:  serial=1  ext.1.2.3.4=a;
        allow  subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list
               san.ip=192.0.2.0/24  $request_method=GET
               san.uri=spiffe://prod.example/ns/*/sa/web  san.dns=$arg_dns;
    }

    auth_cert_map $team subject.OU { Platform core; ~^B(\w+) $1; default none; }
--- config
    auth_cert_verify  revoking;
    auth_cert_handshake  strict;

    location /t {
        auth_cert  listed;
        auth_cert_header  X-Team $team;
        auth_cert_header  X-Issuer $auth_cert_issuer;
        auth_cert_header  X-Uris $auth_cert_san_uri;
        auth_cert_header  X-Chain $auth_cert_chain_rfc9440;
        auth_cert_header  X-Serial $auth_cert_serial;
        auth_cert_header  X-Digest $auth_cert_fingerprint;
        echo "$auth_cert_role, $http_x_team, $http_x_issuer, $http_x_digest";
    }

    location /w { auth_cert listed; auth_cert_whoami; }
--- no_error_log
exited on signal
--- client_cert: none
--- tls_alert: certificate_required
--- tls_version: TLSv1.3
--- request
GET /t
--- before_request eval
sub {
    my $end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    my $name = 'dns=alice.partners.example';

    fail_each('pool', 1, 'alice', "GET /t?$name$end",
              qr/^clerk, core, CN=Acme CA,O=Acme, [0-9a-f]{64}$/m);
    fail_each('pool', 1, 'alice', "GET /w?$name$end",
              qr/"0a1b2c".*"role": "clerk"/);
    fail_each('pool', 1, 'alice', "GET /t?dns=none.example$end",
              qr/^HTTP\/1\.1 403 /);
    fail_each('pool', 1, 'bob', "GET /t?$name$end", qr/^$/);
    fail_each('malloc', 17, 'bob', "GET /t?$name$end", qr/^$/);
}


=== TEST 5: nor what nginx made of a variable before, by set, if or map
--- http_config
    map $auth_cert_subject_cn $mapped { mallory bad; default good; }
    auth_cert_map $named subject.CN { mallory bad; default good; }

    auth_cert_policy tested { deny $auth_cert_subject_cn=mallory; allow all; }
    auth_cert_policy copied { deny $copy=mallory; allow all; }
    auth_cert_policy mapped { deny $mapped=bad; allow all; }
    auth_cert_policy named  { deny $named=bad; allow all; }
--- config
    auth_cert_verify  partners;

    location /tested {
        if ($auth_cert_subject_cn = nobody) { set $copy $uri; }
        auth_cert tested;
        echo passed;
    }

    location /copied {
        set $copy $auth_cert_subject_cn;
        auth_cert copied;
        echo passed;
    }

    location /mapped {
        if ($mapped = nobody) { set $copy $uri; }
        auth_cert mapped;
        echo passed;
    }

    location /named {
        auth_cert named;
        echo passed;
    }

    location /if {
        if ($auth_cert_subject_cn = mallory) { return 403; }
        auth_cert off;
        echo passed;
    }

    location /sub {
        auth_cert off;
        auth_request /if;
        echo passed;
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /tested
--- before_request eval
sub {
    my $end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    for my $path (qw(tested copied mapped named if sub)) {
        fail_each('pool', 1, 'mallory', "GET /$path$end",
                  qr/^HTTP\/1\.1 403 /);
    }
}
--- error_code: 403


=== TEST 6: nothing but what came in is passed on after an error
--- config
    error_page  500 =200 /always;

    location /t {
        auth_cert_forward  xfcc;
        echo passed;
    }

    location /always {
        auth_cert_forward  xfcc always_forward_only;
        echo "[$http_x_forwarded_client_cert]";
    }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "X-Forwarded-Client-Cert: Hash=a\x01\x02\x03b\r\n\r\n";

    fail_each('pool', 1, 'alice', $request,
              qr/^(?:passed|\[(?:Hash=a%01%02%03b)?\])$/m);
}
--- response_body
passed


=== TEST 7: nor does a call that fails, with nothing known of the chain yet
--- crls
d/crl.pem revoke=bob
d/deep1.pem issuer=deep1
d/deep2.pem issuer=deep2
d/deep3.pem issuer=deep3
d/deep3-1.pem issuer=deep3 point=http://crl.example/1
--- http_config
    auth_cert_verify_cache off;

    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/d;
    }

    auth_cert_policy nobody {
        deny   issuer.CN=nobody  san.uri~^x:  serial=1  ext.1.2.3.4=a;
        deny   eku=1.2.3.4;
        deny   policy=1.2.3.4;
        deny   san.dirname=CN=mallory;
        deny   san.rid=1.2.3;
        deny   san.upn=mallory@corp.example;
        deny   spki=0000000000000000000000000000000000000000000000000000000000000000;
        allow  verified;
    }
--- config
    auth_cert_verify  revoking;
    auth_cert_handshake  strict;

    location /t {
        auth_cert  staff;
        auth_cert_header  X-Chain $auth_cert_chain_rfc9440;
        echo "$auth_cert_role";
    }

    location /n { auth_cert nobody; echo passed; }
--- no_error_log
exited on signal
--- client_cert: bob
--- tls_alert: certificate_revoked
--- request
GET /t
--- before_request eval
sub {
    my $end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    fail_each('call', 1, 'alice', "GET /t$end", qr/^alice$/m);
    fail_each('call', 1, 'alice', "GET /t$end", qr/^alice$/m, resume => 1);
    fail_each('call', 1, 'deep', "GET /n$end", qr/^passed$/m);
    fail_each('call', 1, 'deep', "GET /n$end", qr/^passed$/m, resume => 1);
    fail_each('call', 1, 'policies', "GET /n$end", qr/^passed$/m);
    fail_each('call', 1, 'mallory', "GET /t$end", qr/^HTTP\/1\.1 403 /);
    fail_each('call', 1, 'bob', "GET /t$end", qr/^$/);
}
--- error_code: 000


=== TEST 8: a CRL of a CA that only the client sends is not left out by either
--- crls
d/crl.pem
d/deep1.pem issuer=deep1
d/deep2.pem issuer=deep2
d/deep3.pem issuer=deep3
d/deep3-newer.pem issuer=deep3 number=2 revoke=deep
--- http_config
    auth_cert_reload 100ms;

    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/d;
        crl_missing  allow;
    }
--- config
    location /t { auth_cert_verify revoking; echo passed; }
--- no_error_log
exited on signal
--- client_cert: deep
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "\r\n";

    # CRLs that were read anew have not been verified with a key of the client's
    my $touched = 0;

    my $change = sub {
        my $file = Test::Nginx::Util::html_dir() . '/d/crl.pem';
        my $log = AuthCert::Faults::error_log_size();

        $touched++;
        utime $touched, $touched, $file or die "$file: $!\n";
        AuthCert::Faults::outcome($log, 'is') or die "it is not in force\n";
    };

    fail_each(@$_, 'deep', $request, qr/^HTTP\/1\.1 400 /, before => $change)
        for [ 'call', 1 ], [ 'malloc', 29 ];
}
--- error_code: 400


=== TEST 9: nor where nginx itself verifies, with its own CRL
--- crls
crl.pem
--- http_config
    ssl_client_certificate  $TEST_NGINX_PKI/partners.crt;
    ssl_crl                 $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    ssl_session_cache       shared:ssl:1m;
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;

    ssl_verify_client  optional;

    location /t {
        auth_cert  staff;
        auth_cert_header  X-Chain $auth_cert_chain_rfc9440;
        echo "$auth_cert_role";
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "\r\n";

    fail_each_start('pool', 1);
    fail_each_start('call', 1, taken => $main::taken);

    for my $kind (qw(pool call)) {
        fail_each($kind, 1, 'alice', $request, qr/^alice$/m);
        fail_each($kind, 1, 'alice', $request, qr/^alice$/m, resume => 1);
        fail_each($kind, 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
        fail_each($kind, 1, 'expired', $request, qr/^HTTP\/1\.1 400 /);
    }
}
--- error_code: 403


=== TEST 10: a header whose variable could not be made is not left out
--- config
    auth_cert_verify  partners;

    location /t {
        auth_cert  staff;
        auth_cert_header  X-Chain $auth_cert_chain_rfc9440;
        auth_cert_header  X-Verify $auth_cert_verify;
        auth_cert_header  X-Trust $auth_cert_trust;
        auth_cert_header  X-CA $auth_cert_ca;
        auth_cert_header  X-Days $auth_cert_days_left;
        auth_cert_header  X-Role $auth_cert_role;
        auth_cert_header  X-Decision $auth_cert_decision;
        auth_cert_header  X-Rule $auth_cert_rule;
        auth_cert_header  X-Reason "$auth_cert_reason.";
        auth_cert_header  X-Failures $auth_cert_reload_failures;
        proxy_pass  http://backend;
    }

    # of nothing that is known before: without "auth_cert off" whatever fails
    # would have failed in the access phase
    location /alone/ {
        auth_cert  off;

        location /alone/chain  { auth_cert_header X $auth_cert_chain_rfc9440; proxy_pass http://backend; }
        location /alone/verify { auth_cert_header X $auth_cert_verify; proxy_pass http://backend; }
        location /alone/trust  { auth_cert_header X $auth_cert_trust; proxy_pass http://backend; }
        location /alone/ca     { auth_cert_header X $auth_cert_ca; proxy_pass http://backend; }
        location /alone/days   { auth_cert_header X $auth_cert_days_left; proxy_pass http://backend; }
    }
--- no_error_log
exited on signal
--- client_cert: via-intermediate
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "X-Role: admin\r\nX-Decision: allow\r\n\r\n";

    my $all = join '.*', map { "X-$_: [^\n]*\\S" }
              qw(Verify Trust CA Days Role Decision Rule Reason Failures);

    fail_each('pool', 1, 'alice', $request, qr/$all/s);
    fail_each('call', 1, 'alice', $request, qr/$all/s);

    for my $path (qw(chain verify trust ca days)) {
        my $right = $path eq 'verify' ? qr/^X: (?:SUCCESS|FAILED:)/m : qr/^X: ./m;
        my $other = $request =~ s/ \/t / \/alone\/$path /r;

        fail_each('pool', 1, 'via-intermediate', $other, $right);
    }
}
--- error_code: 403


=== TEST 11: a table of many rules
--- http_config eval
"auth_cert_policy many {\n"
. join('', map { "deny subject.CN=nobody-$_;\nallow serial=$_;\n" } 1 .. 40)
. "deny subject.CN=mallory;\nallow verified;\n}\n"
--- config
    location /t { auth_cert_verify partners; auth_cert many; echo passed; }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "\r\n";

    fail_each_start('pool', 1);
    fail_each($_, 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /) for qw(pool call);
}
--- error_code: 403


=== TEST 12: strict lets nobody in whose handshake or session could not be judged
--- crls
crl.pem
good.pem
revoked.pem revoke=bob
--- http_config
    auth_cert_verify_cache off;
    auth_cert_reload 100ms;

    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    auth_cert_verify  revoking;
    auth_cert_handshake  strict;

    location /t { echo passed; }
    location /open { auth_cert off; echo open; }
--- no_error_log
exited on signal
--- client_cert: bob
--- tls_alert: certificate_revoked
--- request
GET /open
--- before_request eval
sub {
    my $request = "GET /open HTTP/1.1\r\nHost: localhost\r\n"
                . "Connection: close\r\n\r\n";

    # a CRL that is changed while it is read can be in force twice in the log
    my $change = sub {
        my ($name, $right) = @_;

        copy_file(AuthCert::Config::absolute("$name.pem"), 'crl.pem');

        for (1 .. 400 * AuthCert::Config::patience()) {
            return if (AuthCert::Faults::request('bob', $request))[0] =~ $right;
            Time::HiRes::sleep(0.025);
        }

        die "$name.pem is not in force\n";
    };

    $change->('revoked', qr/^$/);

    fail_each($_, 1, 'bob', $request, qr/^$/) for qw(call pool);
    fail_each('malloc', 13, 'bob', $request, qr/^$/);

    fail_each($_, 1, 'bob', $request, qr/^$/, resume => 1,
              before => sub { $change->('good', qr/^open$/m) },
              between => sub { $change->('revoked', qr/^$/) })
        for qw(call pool);
}
--- error_code: 000


=== TEST 13: nor where a set has a purpose and anchors of its own
--- http_config
    auth_cert_verify_cache off;

    auth_cert_trust issuing {
        ca             $TEST_NGINX_PKI/intermediate.crt;
        partial_chain  on;
        purpose        any;
    }
--- config
    location /t { auth_cert_verify issuing; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "\r\n";

    for my $kind (qw(pool call)) {
        fail_each($kind, 1, 'via-intermediate', $request, qr/^passed$/m);
        fail_each($kind, 1, 'alice', $request, qr/^HTTP\/1\.1 400 /);
    }
}
--- error_code: 400


=== TEST 14: who is refused is in the log, at least with the reason
--- config
    location /t { auth_cert_verify partners; auth_cert staff; echo passed; }
--- client_cert: long-cn
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "\r\n";

    fail_each('pool', 1, 'long-cn', $request, qr/^HTTP\/1\.1 403 /);
}
--- error_code: 403
--- error_log eval
[qr/client certificate refused: no rule of policy staff matched, subject: "CN=a{394}\.\.\.", issuer: "/,
 qr/client certificate refused: no rule of policy staff matched, client: /,
 qr/client certificate refused: no_rule, subject: "CN=a+\.\.\."/]
--- no_error_log
exited on signal


=== TEST 15: who has a certificate that nobody verified is not without one
--- load: auth_cert ndk lua echo
--- http_config
    auth_cert_policy guests { allow anonymous; }

    init_by_lua_block {
        local file = io.open("$TEST_NGINX_PKI/ops.crt")
        OPS = assert(require("ngx.ssl").parse_pem_cert(file:read("*a")))
        file:close()
    }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;

        location /t {
            auth_cert_verify  partners optional;
            auth_cert  guests;
            echo anonymous;
        }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;

    ssl_certificate_by_lua_block {
        assert(require("ngx.ssl").verify_client(OPS, 1))
    }
--- no_error_log
exited on signal
--- client_cert: ops-carol
--- more_headers
Host: b.example
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n"
                . "\r\n";

    for my $kind (qw(pool call)) {
        fail_each($kind, 1, 'ops-carol', $request, qr/^HTTP\/1\.1 400 /);
    }
}
--- error_code: 400


=== TEST 16: an error is no verdict that is kept for the connection
--- crls
crl.pem
--- http_config
    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    auth_cert_verify  revoking;
    location /first { auth_cert staff; echo first; }
    location /t { auth_cert staff; echo passed; }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $request = join '', map { "GET $_ HTTP/1.1\r\nHost: localhost\r\n\r\n" }
                               qw(/first /t /t);
    my ($n, %found) = (1);

    # streams of HTTP/2: an error ends a connection of HTTP/1.1
    while (1) {
        AuthCert::Faults::arm('fails', 'pool', $n++);

        my ($text) = AuthCert::Faults::request('alice', $request,
                                               class => 'AuthCert::Http2');
        last if !defined AuthCert::Faults::disarm();

        $found{join ' ', $text =~ m{^HTTP/2 (\d+)}mg}++;
    }

    cmp_ok($found{'200 500 200'} // 0, '>', 0, 'the next one is let in');
    is($found{'200 500 500'}, undef, 'and no error lasts');
    is($found{'400 400 400'}, undef, 'nor is one taken for a bad certificate');
}
--- error_code: 403


=== TEST 17: nor does a request of which all that follows fails
--- config
    auth_cert_verify  partners;

    location /t {
        set $copy $auth_cert_subject_cn;
        auth_cert  staff;
        auth_cert_forward  rfc9440 xfcc;
        auth_cert_header  X-Client-Role $auth_cert_role;
        echo "$copy, $http_x_client_role";
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "X-Client-Role: admin\r\n\r\n";

    for my $kind (qw(pool call)) {
        fail_each($kind, 1, 'alice', $request, qr/^alice, alice$/m, lasts => 1);
        fail_each($kind, 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /,
                  lasts => 1);
    }

    fail_each('malloc', 127, 'mallory', $request, qr/^HTTP\/1\.1 403 /,
              lasts => 1);
}
--- error_code: 403


=== TEST 18: a role of a changed list, one that is written anew, headers to append to
--- user_files
>>> names.list
bob
--- http_config
    auth_cert_reload 100ms;

    auth_cert_policy listed {
        allow  subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
    }

    auth_cert_policy cut { allow subject.CN=alice $arg_a~^(.*)$ role=$1; }
--- config
    auth_cert_verify  partners;

    location /t {
        auth_cert  listed;
        auth_cert_forward  xfcc append_forward;
        auth_cert_header  X-Client-Role $auth_cert_role;
        echo "$http_x_client_role";
    }

    location /early { auth_cert cut; set $copy $auth_cert_role; echo "$copy"; }
    location /cut   { auth_cert cut; auth_cert_whoami; }
    location /w     { auth_cert_whoami; }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    my $xfcc = "X-Forwarded-Client-Cert: Hash=ab\r\n";

    write_file('names.list', "alice clerk\n");
    wait_log('changed list .* is in force');

    fail_each('pool', 1, 'alice', "GET /t$end$xfcc\r\n", qr/^clerk$/m);
    fail_each('pool', 1, 'mallory', "GET /t$end$xfcc\r\n",
              qr/^HTTP\/1\.1 403 /);
    fail_each('pool', 1, 'alice', "GET /early?a=\xff$end\r\n", qr/^%FF$/m);
    fail_each('pool', 1, 'alice', "GET /cut?a=\xff$end\r\n",
              qr/"role": "%FF"/);
    fail_each('pool', 1, 'alice', "GET /t$end$xfcc\r\n", qr/^clerk$/m,
              resume => 1);

    for my $resume (0, 1) {
        fail_each('pool', 1, 'expired', "GET /w$end\r\n",
                  qr/"status": "FAILED".*"subject": "CN=alice"/,
                  resume => $resume);
    }

    fail_each('pool', 1, 'expired', "GET /w$end\r\n",
              qr/"status": "FAILED".*"subject": "CN=alice"/, lasts => 1);
}
--- error_code: 403


=== TEST 19: nothing that was sent is passed on where nginx itself refuses
--- http_config
    ssl_client_certificate  $TEST_NGINX_PKI/partners.crt;
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;

    ssl_verify_client  on;
    error_page  495 496 =200 /refused;

    location /t { auth_cert off; echo passed; }

    location = /refused {
        auth_cert  off;
        auth_cert_header  X-Client-Role none;
        echo "[$http_x_client_role]";
    }
--- no_error_log
exited on signal
--- client_cert: none
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "X-Client-Role: admin\r\n\r\n";

    fail_each('pool', 1, 'none', $request, qr/^\[(?:none)?\]$/m);
}
--- response_body_like: ^\[(?:none)?\]$


=== TEST 20: TLS without any set of CAs
--- config
    location /n { auth_cert staff; echo passed; }
--- no_error_log
exited on signal
--- client_cert: none
--- request
GET /n
--- before_request eval
sub {
    my $end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    fail_each('pool', 1, 'none', "GET /n$end", qr/^HTTP\/1\.1 400 /);
}
--- error_code: 400


=== TEST 21: a configuration with a mistake is none without memory either
--- user_files
>>> rules.conf
--- http_config
    auth_cert_policy mistaken {
        include $TEST_NGINX_SERVER_ROOT/html/rules.conf;
        allow all;
    }
--- config
    location /t { auth_cert_verify partners; auth_cert staff; echo passed; }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    for my $rule ('allow san.ip=abc;', 'allow subject.CN~(;',
                  'deny all; allow subject.CN=alice;')
    {
        write_file('rules.conf', "$rule\n");
        fail_each_start('pool', 1);
    }
}
--- error_code: 403


=== TEST 22: a CRL of a distribution point is not left out either
--- crls
d/all.pem
d/1.pem point=http://crl.example/1 number=2 revoke=point-1
--- http_config
    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/d;
    }
--- config
    location /t { auth_cert_verify revoking; echo passed; }
--- no_error_log
exited on signal
--- client_cert: point-1
--- request
GET /t
--- before_request eval
sub {
    my $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . "\r\n";

    for my $kind (qw(pool call)) {
        fail_each($kind, 1, 'point-1', $request, qr/^HTTP\/1\.1 400 /);
        fail_each($kind, 1, 'point-2', $request, qr/^passed$/m);
    }
}
--- error_code: 400
