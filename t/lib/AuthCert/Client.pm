package AuthCert::Client;

# A TLS client for tests: any certificate, server name, version and session;
# it tells the alert it got and what the server asked for.

use v5.10.1;
use strict;
use warnings;

use IO::Socket::INET ();
use Net::SSLeay ();
use Socket qw(SOL_SOCKET SO_RCVTIMEO SO_SNDTIMEO IPPROTO_TCP TCP_NODELAY);
use Time::HiRes ();

Net::SSLeay::load_error_strings();
Net::SSLeay::SSLeay_add_ssl_algorithms();

use constant {
    SSL_CB_READ_ALERT   => 0x4004,
    HANDSHAKE           => 22,
    SERVER_HELLO        => 2,
    CERTIFICATE_REQUEST => 13,
    CA_NAMES_EXTENSION  => 47,
    TLS1_3              => 0x0304,
};

# RFC 8446, section 4.1.3: the "random" of a HelloRetryRequest
my $retry = pack 'H*', 'cf21ad74e59a6111be1d8c021e65b891'
                       . 'c2a211167abb8c5e079e09e2c8a8339c';

my %version = ('TLSv1.2' => 0x0303, 'TLSv1.3' => TLS1_3);

# RFC 8446, section 6.2
my %alert = (
    0   => 'close_notify',            10  => 'unexpected_message',
    20  => 'bad_record_mac',          22  => 'record_overflow',
    40  => 'handshake_failure',       42  => 'bad_certificate',
    43  => 'unsupported_certificate', 44  => 'certificate_revoked',
    45  => 'certificate_expired',     46  => 'certificate_unknown',
    47  => 'illegal_parameter',       48  => 'unknown_ca',
    49  => 'access_denied',           50  => 'decode_error',
    51  => 'decrypt_error',           70  => 'protocol_version',
    71  => 'insufficient_security',   80  => 'internal_error',
    90  => 'user_canceled',           109 => 'missing_extension',
    110 => 'unsupported_extension',   112 => 'unrecognized_name',
    116 => 'certificate_required',    120 => 'no_application_protocol',
);


# alerts(): their names
sub alerts {
    return values %alert;
}


# alert_name(NUMBER)
sub alert_name {
    my $number = shift;
    return $alert{$number} // $number;
}


# new(port, timeout, cert, key, sni, version, groups, session, keep, forget)
sub new {
    my ($class, %self) = @_;

    my $self = bless { %self, error => '', alert => undef, asked => 0,
                       reused => 0, ca_names => [], buffer => '' }, $class;

    $self->{socket} = connect_to($self->{port}, $self->{timeout});
    $self->{ctx} = $self->context();

    return $self;
}


# connect_to(PORT, TIMEOUT): nginx may need a while until it listens
sub connect_to {
    my ($port, $timeout) = @_;
    my $end = Time::HiRes::time() + $timeout;

    while (1) {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => $port);

        # as long as nobody listens there, a connection from the port itself,
        # which the kernel may choose, is one to itself
        if ($socket && $socket->sockport() == $port) {
            CORE::close($socket);
            undef $socket;
        }

        if ($socket) {
            my $time = pack 'l!l!', $timeout, 0;
            setsockopt $socket, SOL_SOCKET, SO_RCVTIMEO, $time;
            setsockopt $socket, SOL_SOCKET, SO_SNDTIMEO, $time;
            setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
            return $socket;
        }

        die "connect to port $port: $!\n" if Time::HiRes::time() > $end;
        Time::HiRes::sleep(0.02);
    }
}


sub context {
    my $self = shift;

    my $ctx = Net::SSLeay::CTX_new_with_method(
                  Net::SSLeay::TLS_client_method()) or die openssl_error();

    # a hostile client holds itself to no security level
    Net::SSLeay::CTX_set_cipher_list($ctx, 'ALL:@SECLEVEL=0');

    if (my $name = $self->{version}) {
        my $number = $version{$name} // die "unknown version \"$name\"\n";
        Net::SSLeay::CTX_set_min_proto_version($ctx, $number);
        Net::SSLeay::CTX_set_max_proto_version($ctx, $number);
    }

    if (my $groups = $self->{groups}) {
        Net::SSLeay::CTX_set1_groups_list($ctx, $groups)
            or die "groups \"$groups\": ", openssl_error();
    }

    $self->use_certificate($ctx) if defined $self->{cert};

    return $ctx;
}


sub use_certificate {
    my ($self, $ctx) = @_;
    my $pem = Net::SSLeay::FILETYPE_PEM();

    # a chain is refused when the leaf has extensions that are not well-formed
    my $loaded = $self->{cert} =~ /\.chain\.crt$/
        ? Net::SSLeay::CTX_use_certificate_chain_file($ctx, $self->{cert})
        : Net::SSLeay::CTX_use_certificate_file($ctx, $self->{cert}, $pem);

    die "$self->{cert}: ", openssl_error() unless $loaded;

    Net::SSLeay::CTX_use_PrivateKey_file($ctx, $self->{key}, $pem)
        or die "$self->{key}: ", openssl_error();

    Net::SSLeay::ERR_clear_error();
}


# handshake(): in TLS 1.3 it is over for the client before the server has
# seen the certificate; a refusal comes with the first read
sub handshake {
    my $self = shift;

    my $ssl = $self->{ssl} = Net::SSLeay::new($self->{ctx});

    Net::SSLeay::set_fd($ssl, fileno $self->{socket});

    if (defined $self->{sni}) {
        Net::SSLeay::set_tlsext_host_name($ssl, $self->{sni});
    }

    if ($self->{session}) {
        Net::SSLeay::set_session($ssl, $self->{session});
    }

    Net::SSLeay::set_info_callback($ssl, sub {
        my (undef, $where, $code) = @_;
        if ($where == SSL_CB_READ_ALERT && ($code & 0xff) != 0) {
            $self->{alert} = alert_name($code & 0xff);
        }
    });

    Net::SSLeay::set_msg_callback($ssl, sub {
        my ($sent, undef, $type, $message) = @_;

        if ($self->{forget} && !$sent && $type == HANDSHAKE
            && ord $message == SERVER_HELLO
            && substr($message, 6, 32) eq $retry)
        {
            # a session that has ended is not offered a second time
            Net::SSLeay::SESSION_set_time(Net::SSLeay::get_session($ssl), 1);
        }

        if (!$sent && $type == HANDSHAKE
            && ord $message == CERTIFICATE_REQUEST)
        {
            $self->{asked} = 1;
            $self->{ca_names} = ca_names($ssl, $message);
        }
    });

    local $SIG{PIPE} = 'IGNORE';

    if (Net::SSLeay::connect($ssl) != 1) {
        $self->{error} = "handshake: " . openssl_error();
        return;
    }

    $self->{reused} = Net::SSLeay::session_reused($ssl);
}


# ca_names(SSL, MESSAGE): the common names in a CertificateRequest
sub ca_names {
    my ($ssl, $message) = @_;
    my $list = '';

    if (Net::SSLeay::version($ssl) == TLS1_3) {
        my (undef, $extensions) = unpack 'x4 C/a n/a', $message;

        while (length $extensions) {
            (my $type, my $data, $extensions) = unpack 'n n/a a*',
                                                       $extensions;
            $list = unpack 'n/a', $data if $type == CA_NAMES_EXTENSION;
        }

    } else {
        (undef, undef, $list) = unpack 'x4 C/a n/a n/a', $message;
    }

    my @names;

    for my $dn (unpack '(n/a)*', $list) {
        push @names, $dn =~ /\x06\x03\x55\x04\x03.(.)/s
                     ? substr($dn, $+[0], ord $1) : unpack('H*', $dn);
    }

    return \@names;
}


sub send {
    my ($self, $bits) = @_;

    local $SIG{PIPE} = 'IGNORE';

    for my $bit (@$bits) {
        my $data = $bit->{value};

        Time::HiRes::sleep($bit->{delay_before}) if $bit->{delay_before};

        # Test::Nginx writes each request as the last of its connection
        $data =~ s/^Connection: close\r$/Connection: keep-alive\r/m
            if $self->{keep};

        while (length $data) {
            my $n = Net::SSLeay::write($self->{ssl}, $data);

            # why it failed may stand in an alert: receive() looks
            return if $n <= 0;

            substr $data, 0, $n, '';
        }

        $self->{head} = $bit->{value} =~ /^HEAD / if $bit == $bits->[0];
    }
}


# receive(): all until the end, or one response of a connection that is kept
sub receive {
    my $self = shift;
    my $end = Time::HiRes::time() + $self->{timeout};

    while (!$self->{keep} || !defined $self->response_length()) {
        next if defined $self->fill($end);

        my $response = $self->{buffer};
        $self->{buffer} = '';

        if ($self->{error} eq 'closed by the server'
            && (length $response || !$self->{keep}))
        {
            $self->{error} = '';
        }

        $self->{error} ||= 'closed' if $self->{keep} && !length $response;
        return $response;
    }

    return substr $self->{buffer}, 0,
                  $self->response_length() // length $self->{buffer}, '';
}


# fill(END): reads more into the buffer; undef and the reason in "error" when
# there is no more
sub fill {
    my ($self, $end) = @_;
    my ($data, $n) = Net::SSLeay::read($self->{ssl}, 65536);

    if (defined $data && length $data) {
        $self->{buffer} .= $data;
        return 1 if Time::HiRes::time() < $end;
        $self->{error} = 'read: timeout';
        return undef;
    }

    my $reason = Net::SSLeay::get_error($self->{ssl}, $n // -1);

    if ($reason == Net::SSLeay::ERROR_ZERO_RETURN()) {
        $self->{error} = 'closed by the server';

    } elsif ($reason == Net::SSLeay::ERROR_WANT_READ()) {
        $self->{error} = 'read: timeout';

    } elsif ($self->{alert} || !length $self->{buffer}) {
        $self->{error} = 'read: ' . (openssl_error() || $!
                                     || 'closed by the server');
    }

    return undef;
}


# response_length(): of the first response in the buffer, undef until it is
# complete
sub response_length {
    my $self = shift;

    $self->{buffer} =~ /\r\n\r\n/g or return undef;

    my $start = pos $self->{buffer};
    my $head = substr $self->{buffer}, 0, $start;

    return $start if $self->{head} || $head =~ m{^HTTP/\S+ (?:1..|204|304)};

    if ($head =~ /^Content-Length: (\d+)/mi) {
        return length $self->{buffer} >= $start + $1 ? $start + $1 : undef;
    }

    if ($head =~ /^Transfer-Encoding: chunked/mi) {
        return $self->{buffer} =~ /\G(?:.*?\r\n)?0\r\n\r\n/gs
               ? pos $self->{buffer} : undef;
    }

    return undef;
}


# session(): to offer on another connection
sub session {
    my $self = shift;

    return undef if !$self->{ssl} || $self->{error};
    return Net::SSLeay::get1_session($self->{ssl});
}


sub close {
    my $self = shift;

    if (my $ssl = delete $self->{ssl}) {
        # a session whose connection is not shut down cannot be resumed
        local $SIG{PIPE} = 'IGNORE';
        Net::SSLeay::shutdown($ssl);
        Net::SSLeay::set_info_callback($ssl, undef);
        Net::SSLeay::set_msg_callback($ssl, undef);
        Net::SSLeay::free($ssl);
    }

    Net::SSLeay::CTX_free(delete $self->{ctx}) if $self->{ctx};
    CORE::close(delete $self->{socket}) if $self->{socket};
}


sub openssl_error {
    my @errors;

    while (my $code = Net::SSLeay::ERR_get_error()) {
        push @errors, Net::SSLeay::ERR_error_string($code);
    }

    return join '; ', @errors;
}


1;
