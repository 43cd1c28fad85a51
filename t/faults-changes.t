# Files that are written in place while nginx reads them: what was in force
# stays in force, until a whole version was read.

BEGIN {
    # it has an allocator of its own
    if ($ENV{TEST_NGINX_USE_VALGRIND}) {
        print "1..0 # SKIP the allocator is replaced\n";
        exit;
    }
}

use lib 't/lib';
use AuthCert;

faults();

http_config_for_all(<<'_EOC_');
    auth_cert_reload 100ms;
_EOC_

# a file under html/ of several others
sub join_files {
    my ($name, @parts) = @_;

    write_file($name, join '', map {
        AuthCert::Config::read_file(AuthCert::Config::absolute($_)) } @parts);
}

our @who = ('alice', 'mallory');
our $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

run_tests();

__DATA__

=== TEST 1: a CRL that becomes another one at any point of its reading
--- crls
crl.pem revoke=mallory
one.pem revoke=mallory
two.pem revoke=alice fill=300
long.pem revoke=mallory fill=3000
longer.pem revoke=alice fill=4000
--- http_config
    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify revoking; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    change_each('read', 1, 'crl.pem', 'one.pem', 'two.pem', \@main::who,
                $main::request);
    change_each('read', 197, 'crl.pem', 'long.pem', 'longer.pem', \@main::who,
                $main::request);
}
--- response_body
passed


=== TEST 2: a CRL that is another one when it is read for the second time
--- crls
crl.pem revoke=mallory
one.pem revoke=mallory
fewer.pem revoke=alice
more.pem revoke=alice fill=40
wide.pem revoke=alice revoke=0123456789abcdef0123456789abcdef012345
der.pem revoke=alice form=der
user.pem revoke=alice scope=user
many.pem revoke=mallory fill=1000
foreign.pem issuer=long-cn fill=1000
signed.pem issuer=ed25519-ca
larger.pem issuer=ed25519-ca fill=300
ops.pem issuer=ops fill=1
ops-point.pem issuer=ops fill=1 point=http://crl.example/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
tuned.pem revoke=mallory fill=1
--- http_config
    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify revoking; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    # what was measured ends within the name of the issuer, its entries, what
    # Ed25519 signs, and the algorithm of the second CRL

    main::join_files('issuer.pem', 'foreign.pem', 'fewer.pem');
    main::join_files('two.pem', 'signed.pem', 'one.pem');
    main::join_files('message.pem', 'larger.pem', 'fewer.pem');
    main::join_files('three.pem', 'ops.pem', 'tuned.pem');
    main::join_files('algorithm.pem', 'ops-point.pem', 'more.pem', 'fewer.pem');
    main::join_files('gone.pem', 'fewer.pem');
    write_file('cut.pem', substr pki_text('partners.crt'), 0, 200);

    my @pairs = (
        [ 'one', 'fewer' ], [ 'one', 'more' ], [ 'one', 'wide' ],
        [ 'one', 'der' ], [ 'one', 'user' ], [ 'many', 'fewer' ],
        [ 'many', 'issuer' ], [ 'two', 'message' ], [ 'message', 'two' ],
        [ 'three', 'algorithm' ], [ 'two', 'gone' ]);

    for (@pairs) {
        my ($first, $second) = map { "$_.pem" } @$_;
        my $who = $_->[0] eq 'message' ? [ reverse @main::who ] : \@main::who;

        change_each('rewind', 1, 'crl.pem', $first, $second, $who,
                    $main::request);
    }

    change_each('rewind', 1, 'crl.pem', 'one.pem', 'cut.pem', \@main::who,
                $main::request, bad => 1);
}
--- response_body
passed


=== TEST 3: one of a directory
--- crls
d/crl.pem revoke=mallory
d/ops.pem issuer=ops
one.pem revoke=mallory
two.pem revoke=alice fill=300
--- user_files
>>> bad.pem
no CRL
--- http_config
    auth_cert_trust revoking {
        ca   $TEST_NGINX_PKI/partners.crt;
        crl  $TEST_NGINX_SERVER_ROOT/html/d;
    }
--- config
    location /t { auth_cert_verify revoking; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    change_each('read', 1, 'd/crl.pem', 'one.pem', 'two.pem', \@main::who,
                $main::request);
    change_each('read', 3, 'd/crl.pem', 'one.pem', 'bad.pem', \@main::who,
                $main::request, bad => 1);
}
--- response_body
passed


=== TEST 4: CAs
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
. ">>> one.pem\n" . pki_text('partners.crt')
. ">>> two.pem\n" . pki_text('rsa-ca.crt') . pki_text('ops.crt')
. ">>> bad.pem\n" . substr(pki_text('ops.crt'), 0, 300)
# more than is read at a time: of both halves both CAs would come
. ">>> begin.pem\n" . pki_text('partners.crt') . "#\n" x 3000
. ">>> end.pem\n" . "#\n" x 3000 . pki_text('ops.crt')
--- http_config
    auth_cert_trust changing { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
--- config
    location /t { auth_cert_verify changing; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my @who = ('alice', 'ops-carol');

    change_each('read', 1, 'ca.pem', 'one.pem', 'two.pem', \@who,
                $main::request);
    change_each('read', 1, 'ca.pem', 'one.pem', 'bad.pem', \@who,
                $main::request, bad => 1);
    change_each('read', 1, 'ca.pem', 'begin.pem', 'end.pem', \@who,
                $main::request);
}
--- response_body
passed


=== TEST 5: a list, of which no part is taken for the whole
--- user_files
>>> names.list
mallory
>>> one.list
mallory
>>> two.list
somebody-else
alice
>>> short.list
alice
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy listed {
        deny   subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
        allow  verified;
    }
--- config
    location /t { auth_cert_verify partners; auth_cert listed; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    change_each('read', 1, 'names.list', 'one.list', $_, \@main::who,
                $main::request) for 'two.list', 'short.list';
}
--- response_body
passed
--- error_log
names.list" has changed while being read; the last good version


=== TEST 6: one that changes twice between two ticks of the clock
--- user_files
>>> names.list
mallory
>>> one.list
mallory
>>> same.list
alice
#
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy listed {
        deny   subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
        allow  verified;
    }
--- config
    location /t { auth_cert_verify partners; auth_cert listed; echo passed; }
--- no_error_log
exited on signal
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    change_each('read', 1, 'names.list', 'one.list', 'same.list', \@main::who,
                $main::request, tick => 20, rewritten => 2);
}
--- response_body
passed
