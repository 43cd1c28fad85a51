# CRLs that are not well-formed, octet by octet: none is taken, and nginx says
# what is wrong with it.

use v5.10.1;
use strict;
use warnings;

use MIME::Base64 ();

use lib 't/lib';
use AuthCert;


# DER

sub tlv {
    my ($tag, @parts) = @_;
    my $body = join '', @parts;
    my $length = length $body;

    return pack('CC', $tag, $length) . $body if $length < 128;
    return pack('CCC', $tag, 0x81, $length) . $body if $length < 256;
    return pack('CCn', $tag, 0x82, $length) . $body if $length < 65536;
    return pack('CCCn', $tag, 0x83, $length >> 16, $length & 0xffff) . $body;
}

sub seq { return tlv(0x30, @_) }

# OID's last arcs below 2.5.29
sub extension {
    my ($number, $value, $critical) = @_;
    return seq(tlv(6, "\x55\x1d" . chr $number),
               $critical ? "\x01\x01\xff" : '', tlv(4, $value));
}

sub utc { return tlv(0x17, "$_[0]0101000000Z") }

# a header that says more than there is room for
sub long { return pack 'CCCn', $_[0], 0x83, 0x7f, 0xffff }

# RSASSA-PSS with these parameters; an algorithm without any, by OID
sub pss { return seq(tlv(6, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"), @_) }
sub plain { return seq(tlv(6, $_[0])) }

# for the blocks below
our $sha256 = plain("\x60\x86\x48\x01\x65\x03\x04\x02\x01");
our $md5 = plain("\x2a\x86\x48\x86\xf7\x0d\x02\x05");
our $mgf1 = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08";

our $ecdsa = seq(tlv(6, "\x2a\x86\x48\xce\x3d\x04\x03\x02"));
our $name = seq(tlv(0x31, seq(tlv(6, "\x55\x04\x03"), tlv(12, 'Acme CA ' x 50))));

# crl(PART => VALUE...): DER; parts that are not given are good ones
sub crl {
    my %part = (
        version => tlv(2, "\x01"), algorithm => $ecdsa, issuer => $name,
        this => utc(25), next => utc(49), entries => '',
        extensions => extension(20, tlv(2, "\x01")), more => '',
        outer => $ecdsa, signature => tlv(3, "\x00abc"), rest => '', @_);

    return seq(
        seq(@part{qw(version algorithm issuer this next)},
            length $part{entries} ? seq($part{entries}) : '',
            length $part{extensions} ? tlv(0xa0, seq($part{extensions})) : '',
            $part{more}),
        @part{qw(outer signature rest)});
}

sub pem {
    my ($base64, $end) = @_;
    return "-----BEGIN X509 CRL-----\n$base64\n" . ($end // '');
}

# each is taken by "nginx -t", as it is of a CA that is not known
sub taken {
    while (my ($sentence, $crl) = splice @_, 0, 2) {
        write_file('crl.pem', $crl);

        my ($said, $accepted) = AuthCert::Messages::test_configuration();

        Test::More::ok($accepted, "taken: $sentence")
            or Test::More::diag($said);
    }
}

# each is refused by "nginx -t", with its sentence
sub refused {
    my @rows = @_;

    while (my ($sentence, $crl) = splice @rows, 0, 2) {
        write_file('crl.pem', $crl);

        my ($said, $accepted) = AuthCert::Messages::test_configuration();

        Test::More::ok(!$accepted, "refused: $sentence");
        Test::More::like($said, qr/\[emerg\] .*\Q$sentence\E.* in \S+:\d+$/m,
                         "said: $sentence");
    }
}

run_tests();

__DATA__

=== TEST 1: what a CRL must have, and must not have
--- crls
crl.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    refused(
        'is no CRL', seq(tlv(0x31, 'x' x 300)),
        'its version is not v1 or v2', crl(version => tlv(2, "\x02")),
        'its version is not v1 or v2', crl(version => tlv(2, "\x01\x00")),
        'its signature algorithm is not supported',
            crl(algorithm => seq(tlv(6, "\x2a\x03"))),
        'its signature algorithm is not supported',
            crl(algorithm => tlv(0x31, '')),
        'its issuer cannot be decoded', crl(issuer => tlv(0x31, 'x' x 300)),
        'its issuer cannot be decoded', crl(issuer => seq("\x31\x02ab" x 99)),
        'its issuer cannot be decoded',
            crl(issuer => seq(), extensions => extension(99, 'x' x 300)),
        'thisUpdate is missing', crl(this => '', next => ''),
        'thisUpdate is no time', crl(this => tlv(0x17, 'never')),
        'nextUpdate is not after thisUpdate', crl(next => utc(24)),
        'nextUpdate is not after thisUpdate', crl(next => utc(25)),
        'has an unexpected element', crl(more => tlv(0x0c, 'x')),
        'has an unexpected element',
            crl(extensions => '',
                more => tlv(0xa1, seq(extension(20, tlv(2, "\x01"))))),
        'its signature algorithm differs from the signed one',
            crl(outer => seq(tlv(6, "\x2a\x86\x48\xce\x3d\x04\x03\x03"))),
        'its signature cannot be decoded', crl(signature => tlv(4, 'abc')),
        'its signature cannot be decoded', crl(signature => tlv(3, "\x09a")),
        'its signature cannot be decoded', crl(signature => tlv(4, "\x00abc")),
        'its signature cannot be decoded', crl(signature => tlv(3, "\x00")),
        'its signature cannot be decoded', crl(signature => tlv(3)),
        'bytes follow the signature', crl(rest => tlv(5)),
        'bytes follow the CRL', crl() . "\x05\x00",
        'is truncated', substr(crl(), 0, -1),
        'is truncated', substr(crl(outer => ''), 0, -6),
        'has an unexpected element', crl(version => ''),
        'nextUpdate is missing', crl(next => '', extensions => ''),
        'nextUpdate is missing', crl(next => tlv(4, 'x')),
        'an element is too large', crl(issuer => seq('x' x 70000)),
    );

    for my $part (qw(version algorithm this next outer)) {
        refused('an element is longer than what holds it',
                crl($part => long(0x30)));
    }

    refused('an element is longer than what holds it',
            crl(entries => seq(tlv(2, "\x05"), utc(25)), extensions => '',
                more => long(0xa0)));

    refused('an element is longer than what holds it',
            crl(issuer => long(0x30) . 'x' x 400));

    taken('of the first version, which has no extensions',
          crl(version => '', extensions => ''));
}
--- request
GET /t
--- response_body
passed


=== TEST 2: entries
--- crls
crl.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    my $moment = utc(25);
    my $serial = tlv(2, "\x05");
    my $entry = sub { crl(entries => seq(@_)) };
    my $reason = sub { seq(extension(21, @_)) };

    write_file('crl.pem', $entry->($serial, $moment));

    my (undef, $accepted) = AuthCert::Messages::test_configuration();

    Test::More::ok($accepted, 'as it should be, of a CA that is not known');

    refused(
        'cannot be decoded', $entry->($moment, $serial),
        'cannot be decoded', $entry->($serial, tlv(4, 'abc')),
        'cannot be decoded', $entry->(tlv(4, "\x05"), $moment),
        'an element is longer than what holds it', crl(entries => long(0x30)),
        'an element is longer than what holds it', $entry->(long(2), $moment),
        'an element is longer than what holds it',
            $entry->($serial, $moment, long(0x30) . 'x'),
        'an element is missing', $entry->($serial),
        'has an unexpected element', $entry->($serial, $moment, tlv(5), tlv(5)),
        'has an unexpected element', $entry->($serial, $moment, tlv(5)),
        'has an unexpected element',
            $entry->($serial, $moment, $reason->(tlv(10, "\x01")), tlv(5)),
        'has an unexpected element',
            crl(version => '', extensions => '', entries =>
                seq($serial, $moment, $reason->(tlv(10, "\x01")))),
        'its serial is not of 1 to', $entry->(tlv(2, ''), $moment),
        'its serial is not of 1 to', $entry->(tlv(2, 'x' x 40), $moment),
        'cannot be decoded', crl(entries => tlv(0x31, $serial, $moment)),
        'an element is longer than what holds it',
            $entry->($serial, "\x17\x7fabc"),
        ': an element is no DER', $entry->("\x02\x80\x05\x00\x00", $moment),
        ': an element is no DER',
            crl(entries => "\x30\x80$serial$moment\x00\x00"),
        'the length of an element is no DER',
            $entry->("\x02\x81\x01\x05", $moment),
        'names a certificate issuer: an indirect CRL',
            $entry->($serial, $moment,
                     seq(extension(29, seq(tlv(0xa4, seq())), 1))),
        'its reason is no reason',
            $entry->($serial, $moment, $reason->(tlv(10, 'x' x 9))),
        'entry 2: its extension "X509v3 CRL Reason Code" cannot be decoded',
            crl(entries => seq($serial, $moment, $reason->(tlv(10, "\x01")))
                         . seq($serial, $moment, $reason->(tlv(2, "\x01")))),
        'has removeFromCRL entries but is no delta',
            $entry->($serial, $moment, $reason->(tlv(10, "\x08"))),
    );
}
--- request
GET /t
--- response_body
passed


=== TEST 3: extensions
--- crls
crl.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    my $number = extension(20, tlv(2, "\x01"));
    my $with = sub { crl(extensions => join '', @_) };
    my $point = sub { $with->($number, extension(28, seq(@_), 1)) };

    refused(
        'its extensions cannot be decoded', $with->(tlv(5)),
        'its extensions cannot be decoded',
            crl(extensions => '', more => tlv(0xa0, seq($number), tlv(5))),
        'has an extension twice', $with->($number, $number),
        'has too many extensions',
            $with->(map { seq(tlv(6, "\x2a" . chr $_), tlv(4, '')) } 1 .. 90),
        'has the critical extension "2.5.29.99", which is not supported',
            $with->(extension(99, tlv(5), 1)),
        'cannot be decoded', $with->(extension(20, 'x')),
        'its extension "X509v3 CRL Number" cannot be decoded',
            $with->(extension(20, tlv(2, "\x01") . tlv(5))),
        'its number is negative or has more than',
            $with->(extension(20, tlv(2, "\xff"))),
        'its number is negative or has more than',
            $with->(extension(20, tlv(2, 'x' x 40))),
        'is a delta without cRLNumber',
            $with->(extension(27, tlv(2, "\x01"), 1)),
        'is a delta that is older than its base',
            $with->($number, extension(27, tlv(2, "\x02"), 1)),
        'is an indirect CRL', $point->("\x84\x01\xff"),
        'is partitioned by reasons', $point->("\x83\x02\x06\x40"),
        'is about attribute certificates', $point->("\x85\x01\xff"),
        'is about no certificate', $point->("\x81\x01\xff", "\x82\x01\xff"),
        'its distribution point has no full name',
            $point->(tlv(0xa0, tlv(0xa1, seq(tlv(6, "\x55\x04\x03"),
                                             tlv(12, 'x'))))),
        'its distribution point has no full name',
            $point->(tlv(0xa0, tlv(0xa0))),
        'an element is longer than what holds it', $with->($number) =~
            s/\xa0(.)(?=\x30.\x30.\x06\x03\x55\x1d\x14)/\xa0\x7f/sr,
    );

    taken('one that is not known and not critical',
          $with->($number, extension(99, tlv(5))),
          'one that names a key of an issuer by its serial only',
          $with->($number, extension(35, seq(tlv(0x82, "\x05")))));
}
--- request
GET /t
--- response_body
passed


=== TEST 4: PEM
--- crls
crl.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    my $end = "-----END X509 CRL-----\n";
    my $good = MIME::Base64::encode_base64(crl(), "\n");

    refused(
        'bad base64', pem('MII*', $end),
        'bad base64', pem('MIIB', $end) =~ s/MIIB/MIIBA/r,
        'is truncated', pem('MIIB'),
        ': an element is no DER', pem('MIIB', $end),
        'holds no CRL', "some text\n",
        'holds a NUL', pem("MI\0IB", $end),
        'bad base64', pem("MIIB\nMI-B", $end),
        'bad base64', pem("MA==\nMIIB", $end),
        'bad base64', pem($good =~ s/\n\z/-\n/r, $end),
        'bad base64', pem($good =~ s/\n/\n****\n/r, $end),
        'has a line "-----END X509 CRL-----" without a beginning',
            "some text\n$end",
    );

    taken('lines without anything',
          pem($good =~ s/\n/\n \n\n/r, $end));
}
--- request
GET /t
--- response_body
passed


=== TEST 5: algorithms of signatures
--- crls
crl.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    my $with = sub { crl(algorithm => $_[0], outer => $_[0]) };
    my $mask = sub { tlv(0xa1, seq(tlv(6, $mgf1), @_)) };

    taken('RSA-PSS as it is without parameters', $with->(pss(seq())),
          'with SHA-256',
          $with->(pss(seq(tlv(0xa0, $sha256), $mask->($sha256),
                          tlv(0xa2, tlv(2, "\x20"))))));

    refused(map { ('its signature algorithm is not supported', $with->($_)) }
        plain("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"),      # md5WithRSA
        plain("\x60\x86\x48\x01\x65\x03\x04\x02\x01"),      # SHA-256 alone
        plain("\x2a\x81\x1c\xcf\x55\x01\x83\x75"),          # SM2 with SM3
        pss(),
        pss(tlv(5)),
        pss(seq("\x01")),
        pss(seq(tlv(0xa0, $md5))),
        pss(seq($mask->())),
        pss(seq($mask->($md5))),
        pss(seq($mask->(seq("\x01")))),
        pss(seq(tlv(0xa1, seq(tlv(6, "\x2a\x03"), $sha256)))),
        pss(seq(tlv(0xa2, tlv(2, "\xff")))),
        pss(seq(tlv(0xa2, tlv(2, "\x7f\xff\xff")))),
        pss(seq(tlv(0xa3, tlv(2, "\x02")))),
        pss(seq() . tlv(5)));

    # more than is kept of what no digest stands for
    my $entry = seq(tlv(2, "\x05"), utc(25));
    my $ed25519 = plain("\x2b\x65\x70");

    refused('too large for its signature algorithm, which signs no digest',
            crl(algorithm => $ed25519, outer => $ed25519,
                entries => $entry x 220000));
}
--- request
GET /t
--- response_body
passed
