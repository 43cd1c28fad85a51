# Files that change while nginx runs: CRLs, CAs and lists follow them without
# a reload of nginx, also on connections that are open.

use lib 't/lib';
use AuthCert;

master_on();
workers(2);

http_config_for_all(<<'EOC');
    auth_cert_reload 100ms;

    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
EOC

run_tests();

__DATA__

=== TEST 1: revoked on an open connection
--- crls
crl.pem
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- keep_connection
--- before_request eval
sub {
    return if $_[0] != 3;
    make_crl('crl.pem', 'revoke=alice', 'number=2');
    wait_log('changed CRL file .* is in force');
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 2: revoked on an open HTTP/2 connection
--- crls
crl.pem
--- config
    location /t { auth_cert_verify partners; echo passed; }
    location /wait { auth_cert_verify partners; echo_sleep 3; echo waited; }
--- client_cert: alice
--- http_version: 2
--- pipelined_requests eval
["GET /t", "GET /wait", "GET /t"]
--- before_request eval
sub {
    return if fork;
    sleep 1;
    make_crl('crl.pem', 'revoke=alice', 'number=2');
    require POSIX;
    POSIX::_exit(0);
}
--- error_code eval
[200, 200, 400]
--- timeout: 10


=== TEST 3: revoked between a full handshake and its resumption, TLS 1.3
--- crls
crl.pem
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- tls_version: TLSv1.3
--- tls_resume
--- tls_reused: no yes yes
--- before_request eval
sub {
    return if $_[0] != 3;
    make_crl('crl.pem', 'revoke=alice', 'number=2');
    wait_log('changed CRL file .* is in force');
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 4: the same with TLS 1.2
--- crls
crl.pem
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- tls_version: TLSv1.2
--- tls_resume
--- tls_reused: no yes yes
--- before_request eval
sub {
    return if $_[0] != 3;
    make_crl('crl.pem', 'revoke=alice', 'number=2');
    wait_log('changed CRL file .* is in force');
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 5: strict refuses a session that is resumed after the revocation
--- crls
crl.pem
--- config
    auth_cert_handshake strict;
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- tls_resume
--- tls_alert: - certificate_revoked
--- before_request eval
sub {
    return if $_[0] != 2;
    make_crl('crl.pem', 'revoke=alice', 'number=2');
    wait_log('changed CRL file .* is in force');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, "000"]


=== TEST 6: a hold is released
--- crls
crl.pem revoke=alice
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    return if $_[0] != 2;
    make_crl('crl.pem', 'number=2');
    wait_log('changed CRL file .* is in force');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 7: a CRL with a bad signature leaves the last good one in force
--- crls
crl.pem revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice mallory
--- before_request eval
sub {
    return if $_[0] != 1;
    make_crl('crl.pem', 'number=2', 'revoke=alice', 'sign=bad');
    wait_log('the CRL of "/O=Acme/CN=Acme CA" is not signed with the key of '
             . 'the CA of that name; the last good version of .* stays');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 8: so does one of the same name but another key
--- crls
crl.pem revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice mallory
--- before_request eval
sub {
    return if $_[0] != 1;
    make_crl('crl.pem', 'number=2', 'revoke=alice', 'issuer=imposter');
    wait_log('the last good version of .* stays in force');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 9: so does a truncated, an empty and a missing file; a good one heals
--- crls
crl.pem revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: mallory mallory mallory mallory alice
--- before_request eval
sub {
    my ($n) = @_;
    my $file = Test::Nginx::Util::html_dir() . '/crl.pem';
    if ($n == 1) {
        write_file('crl.pem', "-----BEGIN X509 CRL-----\nMIIB");
        wait_log('is truncated.* stays in force');
    } elsif ($n == 2) {
        write_file('crl.pem', '');
        wait_log('holds no CRL.* stays in force');
    } elsif ($n == 3) {
        unlink $file;
        wait_log('cannot read CRLs.* stays in force');
    } elsif ($n == 4) {
        make_crl('crl.pem', 'number=2', 'revoke=alice');
        wait_log('changed CRL file .* is in force');
    }
}
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 400, 200, 400]


=== TEST 10: what is not supported in a CRL is refused, never ignored
--- crls
crl.pem revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    my @kinds = (['idp=indirect', 'is an indirect CRL'],
                 ['idp=reasons', 'is partitioned by reasons'],
                 ['extension=1.2.3.4', 'has the critical extension "1.2.3.4"'],
                 ['entry=1.2.3.4', 'entry 1: has the critical extension']);
    my ($option, $said) = @{$kinds[$n - 1]};
    make_crl('crl.pem', "number=1$n", 'revoke=alice', $option);
    wait_log(quotemeta($said) . '.*stays in force');
}
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 200, 200]


=== TEST 11: a symbolic link that is swapped, as Kubernetes does
--- crls
crl.pem
volume/..one/crl.pem
volume/..two/crl.pem number=2 revoke=alice
volume/..data -> ..one
volume/crl.pem -> ..data/crl.pem
--- http_config
    auth_cert_trust volume {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/volume;
    }
--- config
    location /t { auth_cert_verify volume; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    return if $_[0] != 2;
    make_link('volume/..data', '..two');
    wait_log('changed CRL file ".*/volume" is in force');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 12: a CA is added and another one removed
--- crls
crl.pem
ops-crl.pem issuer=ops
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- http_config
    auth_cert_trust changing {
        ca $TEST_NGINX_SERVER_ROOT/html/ca.pem;
    }
--- config
    location /t { auth_cert_verify changing; echo $auth_cert_subject_cn; }
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        copy_file('ops.crt', 'ca.pem');
        wait_log('changed CA file .* is in force');
    } elsif ($n == 3) {
        copy_file('partners+ops.crt', 'ca.pem');
        wait_log('changed CA file .* is in force', 2);
    }
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 400, 200]


=== TEST 13: the names that the handshake advertises follow the CAs
--- crls
crl.pem
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- http_config
    auth_cert_trust changing {
        ca $TEST_NGINX_SERVER_ROOT/html/ca.pem;
    }
--- config
    location /t { auth_cert_verify changing; echo $auth_cert_subject_cn; }
--- client_cert: ops-carol
--- before_request eval
sub {
    copy_file('ops.crt', 'ca.pem');
    wait_log('changed CA file .* is in force');
}
--- tls_ca_names
Ops CA
--- request
GET /t
--- response_body
carol


=== TEST 14: a bad CA file leaves the last good one in force
--- crls
crl.pem
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- http_config
    auth_cert_trust changing {
        ca $TEST_NGINX_SERVER_ROOT/html/ca.pem;
    }
--- config
    location /t { auth_cert_verify changing; echo $auth_cert_subject_cn; }
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 1) {
        copy_file('garbage.crt', 'ca.pem');
        wait_log('cannot be decoded.*stays in force');
    } else {
        write_file('ca.pem', "\n");
        wait_log('no certificate in.*stays in force');
    }
}
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["alice\n", "alice\n"]


=== TEST 15: a list changes; the verdict of an open connection with it
--- crls
crl.pem
--- user_files
>>> names.list
alice  clerk
--- http_config
    auth_cert_policy listed {
        allow subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
    }
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert listed;
        echo $auth_cert_role;
    }
--- client_cert: alice
--- keep_connection
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        write_file('names.list', "alice  boss\nbob\n");
        wait_log('changed list .* is in force');
    } elsif ($n == 3) {
        write_file('names.list', "bob\n");
        wait_log('changed list .* is in force', 2);
    }
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 403]
--- response_body_like eval
["^clerk\$", "^boss\$", "403 Forbidden"]


=== TEST 16: a bad list leaves the last good one in force
--- crls
crl.pem
--- user_files
>>> names.list
alice
--- http_config
    auth_cert_policy listed {
        allow subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
    }
--- config
    location /t { auth_cert_verify partners; auth_cert listed; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    write_file('names.list', "mallory\n\"bob\n");
    wait_log('list ".*/names.list" line 2: .* the closing quote is missing; the last good version of ".*/names.list" stays in force');
}
--- request
GET /t


=== TEST 17: HUP keeps what is in force, also when the CRL has become bad
--- crls
crl.pem revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice mallory
--- before_request eval
sub {
    return if $_[0] != 1;
    write_file('crl.pem', 'garbage');
    wait_log('holds no CRL.* stays in force');
    reload_nginx();
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 18: HUP does not read an unchanged CRL again
--- crls
crl.pem revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: mallory
--- before_request eval
sub { reload_nginx() }
--- request
GET /t
--- error_code: 400
--- no_error_log
changed CRL file


=== TEST 19: at start a bad CRL is an error with file and line
--- http_config
    auth_cert_trust bad {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_PKI/partners.crt;
    }
--- crls
crl.pem
--- config
    location /t { auth_cert_verify bad; echo passed; }
--- must_die
--- error_log eval
qr/\[emerg\] .*CRL file ".*partners.crt": holds no CRL, expected PEM or DER in .*nginx.conf:\d+/


=== TEST 20: so is one that is not there
--- http_config
    auth_cert_trust bad {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_PKI/none.pem;
    }
--- crls
crl.pem
--- config
    location /t { auth_cert_verify bad; echo passed; }
--- must_die
--- error_log eval
qr/\[emerg\] .*cannot read CRLs from ".*none.pem" .*in .*nginx.conf:\d+/


=== TEST 21: a worker has no threads while nothing changes
--- crls
crl.pem
--- config
    location /t { auth_cert_verify partners; echo_sleep 0.5; echo $pid; }
--- client_cert: alice
--- request
GET /t
--- response_body_filters eval
sub { my ($pid) = $_[0] =~ /^(\d+)$/m; my @tasks = glob "/proc/$pid/task/*";
      return scalar @tasks }
--- response_body: 1


=== TEST 22: a line that can never match makes a list bad
--- crls
crl.pem
--- user_files
>>> ids.list
spiffe://prod.example/ns/billing/sa/web
--- http_config
    auth_cert_policy listed {
        allow spiffe_id=@$TEST_NGINX_SERVER_ROOT/html/ids.list;
    }
--- config
    location /t { auth_cert_verify partners; auth_cert listed; echo passed; }
--- client_cert: alice service
--- before_request eval
sub {
    my ($n) = @_;
    return if $n == 2;
    write_file('ids.list', "spiffe://prod.example/ns/billing/sa/worker\nspiffe://prod.example\n");
    wait_log('list ".*/ids.list" line 2: "spiffe://prod.example": a trust domain alone is .*; the last good version of ".*/ids.list" stays in force');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 403]


=== TEST 23: revoked while a request goes on: what it asks afterwards is told so
--- crls
crl.pem
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert off;
        set $before $auth_cert_subject_cn;
        echo $before;
        echo_subrequest GET /revoke;
        echo_subrequest GET /again;
        echo "[$auth_cert_subject_cn] $auth_cert_verify";
    }

    location /revoke {
        proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/html/upstream.sock;
    }

    location /again {
        auth_cert_verify partners;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- client_cert: alice
--- before_request eval
sub {
    require IO::Socket::UNIX;

    my $socket = "$ENV{TEST_NGINX_SERVER_ROOT}/html/upstream.sock";
    my $upstream = IO::Socket::UNIX->new(Local => $socket, Listen => 1)
        or die "no upstream: $!\n";

    # nginx's workers may be another user
    chmod 0777, $socket or die "$socket: $!\n";

    return if fork;

    # ends also when nobody comes
    alarm 30;
    my $client = $upstream->accept();
    while (<$client> ne "\r\n") { }

    make_crl('crl.pem', 'revoke=alice', 'number=2');
    wait_log('changed CRL file .* is in force');

    print $client "HTTP/1.0 200 OK\r\n\r\nrevoked\n";
    close $client;

    require POSIX;
    POSIX::_exit(0);
}
--- request
GET /t
--- response_body
alice
revoked
FAILED:certificate revoked
[] FAILED:certificate revoked


=== TEST 24: a CA that is removed, on an open connection
--- crls
crl.pem
--- http_config
    auth_cert_trust changing {
        ca $TEST_NGINX_SERVER_ROOT/html/ca.pem;
    }
--- config
    location /t {
        auth_cert_verify changing;
        auth_cert off;
        echo "[$auth_cert_subject_cn]";
    }
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- client_cert: alice
--- keep_connection
--- before_request eval
sub {
    return if $_[0] != 3;
    copy_file('ops.crt', 'ca.pem');
    wait_log('changed CA file .* is in force');
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
["[alice]\n", "[alice]\n", "[]\n"]


=== TEST 25: a folder that has lost its CRLs keeps the last ones
--- crls
crl.pem
d/crl.pem revoke=mallory
--- http_config
    auth_cert_trust folder {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/d;
    }
--- config
    location /t { auth_cert_verify folder; echo passed; }
--- client_cert: alice mallory
--- before_request eval
sub {
    return if $_[0] != 1;
    unlink "$Test::Nginx::Util::ServRoot/html/d/crl.pem" or die $!;
    wait_log('no CRL in directory .*stays in force');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 26: a role that changes to one of the same length, on an open connection
--- crls
crl.pem
--- user_files
>>> names.list
alice  admin
--- http_config
    auth_cert_policy listed {
        allow subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
    }
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert listed;
        echo $auth_cert_role;
    }
--- client_cert: alice
--- keep_connection
--- before_request eval
sub {
    return if $_[0] != 3;
    write_file('names.list', "alice  guest\n");
    wait_log('changed list .* is in force');
}
--- request eval
[("GET /t") x 4]
--- response_body eval
["admin\n", "admin\n", "guest\n", "guest\n"]


=== TEST 27: another CA that vouches, on an open connection
--- crls
crl.pem
--- http_config eval
'auth_cert_trust changing {
    ca $TEST_NGINX_SERVER_ROOT/html/ca.pem;
    partial_chain on;
}
auth_cert_policy root {
    allow ca=' . fingerprint('partners') . ' role=root;
    allow all role=other;
}'
--- config
    location /t {
        auth_cert_verify changing;
        auth_cert root;
        echo "$auth_cert_role $auth_cert_ca";
    }
--- user_files eval
">>> ca.pem\n" . pki_text('deep2.crt')
--- client_cert: deep
--- keep_connection
--- before_request eval
sub {
    return if $_[0] != 3;
    copy_file('partners.crt', 'ca.pem');
    wait_log('changed CA file .* is in force');
}
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- response_body eval
[("other " . fingerprint('deep2') . "\n") x 2,
 ("root " . fingerprint('partners') . "\n") x 2]


=== TEST 28: of a CRL that ends soon it is told once in a while only
--- crls
crl.pem this=-1000000 next=1800
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    wait_log('a CRL of .* ends in');

    my @told = map {
        sleep $_;
        open my $in, '<', $Test::Nginx::Util::ErrLogFile or die;
        scalar grep { /a CRL of .* ends in/ } <$in>;
    } 0, 1;

    Test::More::is($told[1], $told[0], 'nothing more is said');
}
--- response_body
passed
