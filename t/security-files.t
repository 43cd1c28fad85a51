# Files that change while nginx runs, in an unfortunate order.

use lib 't/lib';
use AuthCert;

master_on();
workers(2);

http_config_for_all(<<'EOC');
    auth_cert_reload 100ms;

    auth_cert_trust files {
        ca  $TEST_NGINX_SERVER_ROOT/html/ca.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
EOC

run_tests();

__DATA__

=== TEST 1: in a directory, who spoils his own CRL does not hold back the others
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- crls
crl.pem
d/root.pem
d/sub.pem issuer=intermediate
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/d;
    }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: via-intermediate alice via-intermediate
--- before_request eval
sub {
    return if $_[0] != 2;
    write_file('d/sub.pem', "Not Found\n");
    wait_log('sub.pem": holds no CRL.*; the last good version of this file');
    make_crl('d/root.pem', 'number=2', 'revoke=intermediate');
    wait_log('changed CRL file ".*d" is in force', 2);
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 2: whom the last good version of a bad file revokes is revoked until it is good
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- crls
crl.pem
d/root.pem
d/sub.pem issuer=intermediate revoke=via-intermediate
--- http_config
    auth_cert_trust partners {
        ca          $TEST_NGINX_PKI/partners.crt;
        crl         $TEST_NGINX_SERVER_ROOT/html/d;
        crl_missing allow;
    }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: via-intermediate
--- before_request eval
sub {
    my ($n) = @_;

    # in the name of the root, by the key of the intermediate
    make_crl('d/sub.pem', 'issuer=partners', 'key=intermediate', 'number=9')
        if $n == 2;
    wait_log('sub.pem": the CRL of .* is not signed with') if $n == 2;

    make_crl('d/root.pem', "number=$n") if $n == 2 || $n == 3;
    make_crl('d/sub.pem', 'issuer=intermediate', 'number=2') if $n == 4;

    wait_log('changed CRL file ".*d" is in force', $n) if $n > 1;
}
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 400, 200]


=== TEST 3: a new file that is bad, and a link that leads nowhere, are left out
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- crls
crl.pem
d/root.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/d;
    }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: alice mallory alice
--- before_request eval
sub {
    return if $_[0] != 2;
    write_file('d/README', "CRLs\n");
    wait_log('the last good version of this file stays in force');
    make_link('d/gone.pem', 'nowhere.pem');
    wait_log('the last good version of this file stays in force', 2);
    make_crl('d/root.pem', 'number=2', 'revoke=mallory');
    wait_log('changed CRL file ".*d" is in force', 3);
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 400, 200]


=== TEST 4: a file of more CRLs than can be gone through in each handshake
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- crls
crl.pem
--- config
    location /t { auth_cert_verify files; echo $auth_cert_subject_cn; }
--- client_cert: alice
--- before_request eval
sub {
    my $file = AuthCert::Config::absolute('crl.pem');
    write_file('crl.pem', AuthCert::Config::read_file($file) x 4097);
    wait_log('CRL 4097: is one more than 4096 CRLs; the last good version of');
}
--- request
GET /t


=== TEST 5: files that a reload of nginx names no more make room for others
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
. ">>> set.conf\ncrl " . AuthCert::Config::absolute('big-1.pem') . ";\n"
--- crls
crl.pem
big-1.pem fill=20000
--- http_config
    auth_cert_zone 1m;
    auth_cert_trust partners {
        ca      $TEST_NGINX_PKI/partners.crt;
        include $TEST_NGINX_SERVER_ROOT/html/set.conf;
    }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: alice
--- before_request eval
sub {
    return if $_[0] != 2;

    for my $n (2 .. 5) {
        my $file = AuthCert::Config::absolute("big-$n.pem");
        make_crl("big-$n.pem", 'fill=20000', 'revoke=alice');
        write_file('set.conf', "crl $file;\n");
        reload_nginx();
    }
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]
--- no_error_log
[emerg]


=== TEST 6: reloads that fail leave the running workers what they have
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
. ">>> bad.pem\nno CRL\n"
. ">>> set.conf\ncrl " . AuthCert::Config::absolute('good.pem') . ";\n"
--- crls
crl.pem
good.pem revoke=alice
--- http_config
    auth_cert_trust partners {
        ca      $TEST_NGINX_PKI/partners.crt;
        include $TEST_NGINX_SERVER_ROOT/html/set.conf;
    }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: alice bob
--- before_request eval
sub {
    return if $_[0] != 1;

    my $bad = AuthCert::Config::absolute('bad.pem');
    my $master = Test::Nginx::Util::get_pid_from_pidfile('HUP');

    write_file('set.conf', "crl $bad;\n");

    for my $n (1 .. 3) {
        kill HUP => $master;
        wait_log('bad.pem": holds no CRL', $n);
    }
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]
--- no_error_log
[crit]
changed CRL file


=== TEST 7: what is tried again, and still bad, changes nothing and is not told again
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- crls
crl.pem
d/root.pem
d/sub.pem issuer=intermediate revoke=via-intermediate
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/d;
    }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: via-intermediate alice
--- before_request eval
sub {
    return if $_[0] != 1;

    write_file('d/sub.pem', "Not Found\n");
    wait_log('the last good version of this file stays in force');

    # of the file that takes its place there may have been a look at, too
    my @lines = map {
        sleep $_;
        open my $in, '<', $Test::Nginx::Util::ErrLogFile or die;
        scalar grep { /auth_cert: .* in force/ } <$in>;
    } 1, 3;

    Test::More::is($lines[1], $lines[0], 'nothing more is said');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 8: a directory of more CRLs than can be gone through in each handshake
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- crls
crl.pem
d/0.pem issuer=ops
--- http_config
    auth_cert_zone 16m;

    auth_cert_trust partners {
        ca          $TEST_NGINX_PKI/partners.crt;
        crl         $TEST_NGINX_SERVER_ROOT/html/d;
        crl_missing allow;
    }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: alice
--- before_request eval
sub {
    my $d = AuthCert::Config::absolute('d');

    for my $n (1 .. 4095) {
        link "$d/0.pem", "$d/$n.pem" or die "$n.pem: $!\n";
    }

    my (undef, $accepted) = AuthCert::Messages::test_configuration();
    Test::More::ok($accepted, 'as many as there may be');

    link "$d/0.pem", "$d/one.pem" or die "one.pem: $!\n";

    my ($said, $taken) = AuthCert::Messages::test_configuration();
    Test::More::ok(!$taken, 'and not one more');
    Test::More::like($said, qr/more than 4096 files, .* for CRLs from/,
                     'what it says');
}
--- request
GET /t
