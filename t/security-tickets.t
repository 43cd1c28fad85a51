# Tickets that are sealed with the right key, but hold what this version of the
# module has not written: of another version, or of who has the key.  Nobody is
# let in by them, nothing is read beyond their end.

use lib 't/lib';
use AuthCert;
use AuthCert::Client;
use AuthCert::Ticket;

use Test::More ();

keep_sessions();

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

# offsets of the data: version, flags, digest of the server, end, failures
use constant { FLAGS => 1, UNTIL => 34, FAILURES => 42 };


sub port {
    return $Test::Nginx::Util::RandPorts->{TEST_NGINX_RAND_PORT_1};
}


sub connection {
    my ($name, $version, $session, $sni) = @_;

    my $client = AuthCert::Client->new(
        port => port(), version => $version, session => $session,
        sni => $sni // 'localhost', timeout => 10,
        cert => AuthCert::Request::certificate($name),
        key => pki_file("$name.key"));

    my $response = '';
    $client->handshake();

    if (!$client->{error}) {
        $client->send([ { value => "GET /t HTTP/1.1\r\nHost: localhost\r\n"
                                   . "Connection: close\r\n\r\n" } ]);
        $response = $client->receive();
    }

    return ($client, $response);
}


# what comes of a session whose data is changed: whether it was resumed, and
# the status, or the alert
sub changed {
    my ($name, $version, $change) = @_;

    my ($first) = connection($name, $version);
    my $session = AuthCert::Ticket::changed($first->session(), $change);
    $first->close();

    my ($client, $response) = connection($name, $version, $session);
    my $reused = $client->{reused} ? 'resumed' : 'full';
    $client->close();

    my ($status) = $response =~ m{^HTTP/1.1 (\d+)};
    return "$reused, " . ($status // $client->{alert} // $client->{error});
}


# check(NAME, CHANGE, TITLE, EXPECTED), in both versions of TLS
sub check {
    my ($name, $change, $title, $expected) = @_;

    for my $version ('TLSv1.2', 'TLSv1.3') {
        Test::More::is(changed($name, $version, $change), $expected,
                       "$title, $version");
    }
}


sub at {
    my ($data, $offset, $octets) = @_;

    substr $data, $offset, length $octets, $octets;
    return $data;
}


run_tests();

__DATA__

=== TEST 1: data of another version, or cut off
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: deep
--- request
GET /t
--- before_request eval
sub {
    check('deep', sub { $_[0] }, 'as it was', 'resumed, 200');
    check('deep', sub { at($_[0], 0, chr $_) }, "version $_", 'full, 200')
        for 0, 5, 7, 255;
    check('deep', sub { substr $_[0], 0, $_ }, "$_ octets", 'full, 200')
        for 0, 1, 2, 33, 41, 42;
    check('deep', sub { at($_[0], main::UNTIL, "\0" x 8) }, 'has ended',
          'full, 200');
    check('deep', sub { at($_[0], 2, "\0") }, 'of another server',
          'full, 200');
}
--- response_body
passed


=== TEST 2: failures that are none, or more than there are
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: ops-alice
--- request
GET /t
--- before_request eval
sub {
    my $cut = main::FAILURES;

    check('ops-alice', sub { $_[0] }, 'as it was', 'resumed, 400');
    check('ops-alice', sub { at($_[0], $cut, "\2") }, 'two, of one',
          'full, 400');
    check('ops-alice', sub { substr $_[0], 0, $cut + $_ }, "$_ octets",
          'full, 400')
        for 1, 8, 9, 43;

    # no error, X509_V_OK: what failed has to be verified
    check('ops-alice', sub { at($_[0], $cut + 42, "\0\0") }, 'no error',
          'resumed, 400');

    check('alice', sub { at($_[0], $cut, "\xff") }, '255, of none',
          'full, 200');
}
--- error_code: 400


=== TEST 3: chains that are none: refused as too long
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: deep
--- request
GET /t
--- no_error_log
exited on signal
--- before_request eval
sub {
    my $chain = main::FAILURES + 1 + 32;    # behind no failures, and the digest
    my $flags = main::FLAGS;

    my $with = sub {
        my ($data, $octets) = @_;
        return substr($data, 0, $chain) . $octets;
    };

    check('deep', sub { $_[0] . "\0" x $_ }, "$_ octets more", 'resumed, 400')
        for 1, 2;
    check('deep', sub { substr $_[0], 0, -1 }, 'cut off', 'resumed, 400');
    check('deep', sub { $with->($_[0], "\xff\xff\xff") }, '16 MB',
          'resumed, 400');
    check('deep', sub { $with->($_[0], "\0\0\1") }, 'one octet of none',
          'resumed, 400');
    check('deep', sub { $with->($_[0], "\0\0\0" x $_) }, "$_ left out",
          'resumed, 400') for 17, 1000;
    check('deep', sub { substr $_[0], 0, $chain - $_ }, "digest without $_",
          'resumed, 400') for 1, 32;

    # of whom nothing but the leaf is needed
    check('alice', sub { $with->($_[0], '') }, 'none for alice',
          'resumed, 200');
    check('alice', sub { $_[0] . "\0\0" }, 'two octets for alice',
          'resumed, 400');
    check('alice', sub { $_[0] . "\0\0\0" x 17 }, '17 for alice',
          'resumed, 400');
}
--- response_body
passed


=== TEST 4: chains of other certificates, with nothing known of the right ones
--- http_config
    auth_cert_verify_cache off;
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: deep
--- request
GET /t
--- no_error_log
exited on signal
--- before_request eval
sub {
    my $chain = main::FAILURES + 1;

    my $with = sub {
        my ($data, $octets) = @_;
        return substr($data, 0, $chain) . $octets;
    };

    check('deep', sub { $_[0] }, 'as it was', 'resumed, 200');
    check('deep', sub { $with->($_[0], '') }, 'none', 'resumed, 400');
    check('deep', sub { $with->($_[0], "\0\0\0" x $_) }, "$_ left out",
          'resumed, 400') for 1, 16, 17;
    check('deep', sub { $with->($_[0], "\0\0\2\x30\0") }, 'one that is none',
          'full, internal_error');
    check('deep', sub { at($_[0], $chain + 3 + 20, "\xff" x 9) }, 'damaged',
          'resumed, 400');
}
--- response_body
passed


=== TEST 5: server names that are none, with a ticket that is good
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- no_error_log
exited on signal
--- before_request eval
sub {
    my ($client) = connection('alice', 'TLSv1.2');
    my $session = $client->session();
    my $ticket = AuthCert::Ticket::ticket_of($session);
    $client->close();

    my $name = sub { pack 'n/a*', pack 'C n/a*', 0, $_[0] };

    my @cases = (
        [ '', 'decode_error', 'nothing' ],
        [ "\0", 'decode_error', 'one octet' ],
        [ "\0\3\0\0\0", 'a ServerHello', 'empty' ],
        [ substr($name->('localhost'), 0, -1), 'decode_error', 'cut off' ],
        [ $name->('localhost') . "\0", 'decode_error', 'more behind it' ],
        [ "\0\x0c\1\0\tlocalhost", 'decode_error', 'of another type' ],
        [ "\0\x0c\0\0\xfflocalhost", 'decode_error', 'longer than it is' ],
        [ $name->("a\0b"), 'unrecognized_name', 'with a NUL' ],
        [ $name->('a' x 255), 'a ServerHello', '255 octets' ],
        [ $name->('a' x 256), 'unrecognized_name', '256 octets' ],
        [ $name->('a' x 15000), 'unrecognized_name', '15,000 octets' ],
    );

    for my $case (@cases) {
        my ($octets, $expected, $title) = @$case;
        Test::More::is(AuthCert::Ticket::hello(port(), $ticket, $octets),
                       $expected, "a name that is $title");
    }

    # OpenSSL has no sessions under such names
    for my $size (255, 256, 15000) {
        my $long = 'a' x $size;
        $ticket = AuthCert::Ticket::ticket_of($session, $long);

        Test::More::is(AuthCert::Ticket::hello(port(), $ticket,
                                               $name->($long)),
                       $size == 255 ? 'a ServerHello' : 'unrecognized_name',
                       "a ticket of a name of $size octets");
    }
}
--- response_body
passed


=== TEST 6: sessions that cannot be resumed: four of them are looked at
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my ($client) = connection('alice', 'TLSv1.3');
    my $good = AuthCert::Ticket::ticket_of($client->session());
    my $other = AuthCert::Ticket::ticket_of($client->session(), 'a.example');

    $client->close();

    # what is resumed has to come with a binder that is right; OpenSSL says it
    # in one way or another
    my $wrong = 'illegal_parameter|decrypt_error';

    for ([ [ $good ], $wrong ],
         [ [ ($other) x 3, $good ], $wrong ],
         [ [ ($other) x 4 ], 'a ServerHello' ],
         [ [ ($other) x 4, $good ], 'a ServerHello' ],
         [ [ ($other) x 5, $good ], 'a ServerHello' ],
         [ [ ('no ticket') x 5, $good ], 'a ServerHello' ],
         [ [ ('no ticket') x 1000 ], 'a ServerHello' ])
    {
        my ($tickets, $expected) = @$_;

        Test::More::like(AuthCert::Ticket::offer(port(), 'localhost',
                                                 @$tickets),
                         qr/^(?:$expected)$/,
                         @$tickets . " sessions, $expected");
    }
}
--- response_body
passed
--- error_log
client offered more than 4 sessions to resume while SSL handshaking
--- log_level: info


=== TEST 7: so are those of a session cache, of which more are not looked up
--- config
    ssl_session_cache shared:sessions:1m;
    ssl_session_tickets off;

    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my ($client) = connection('alice', 'TLSv1.3');
    my $good = AuthCert::Ticket::ticket_of($client->session());

    $client->close();

    my $wrong = 'illegal_parameter|decrypt_error';

    for ([ [ ('i' x 32) x 3, $good ], $wrong ],
         [ [ ('i' x 32) x 4, $good ], 'a ServerHello' ],
         [ [ ('i' x 32) x 500 ], 'a ServerHello' ])
    {
        my ($tickets, $expected) = @$_;

        Test::More::like(AuthCert::Ticket::offer(port(), 'localhost',
                                                 @$tickets),
                         qr/^(?:$expected)$/,
                         @$tickets . " sessions, $expected");
    }
}
--- response_body
passed


=== TEST 8: nothing is left of them in memory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my ($client) = connection('10000-names', 'TLSv1.3');
    my $large = AuthCert::Ticket::ticket_of($client->session(), 'a.example');

    $client->close();

    my $pages = sub {
        my $pid = Test::Nginx::Util::get_pid_from_pidfile('pages');
        return (split ' ', AuthCert::Config::read_file("/proc/$pid/statm"))[1];
    };

    my $offers = sub {
        AuthCert::Ticket::offer(port(), 'localhost', ('no ticket') x 4, $large)
            for 1 .. shift;
    };

    $offers->(20);
    my $before = $pages->();

    # of 40 kB each; tools that look for what is lost keep what is freed
    $offers->(200);
    Test::More::cmp_ok($pages->() - $before, '<', 500, 'pages')
        unless $ENV{ASAN_OPTIONS} || $ENV{TEST_NGINX_USE_VALGRIND};
}
--- response_body
passed
