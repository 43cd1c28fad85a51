package AuthCert::Ticket;

# A session whose ticket is opened with the key that keep_sessions() gives
# nginx, changed in what the module keeps in it, and sealed again.  And
# ClientHellos with a ticket that no library would send.

use v5.10.1;
use strict;
use warnings;

use Digest::SHA ();
use IPC::Run ();
use Net::SSLeay ();

use AuthCert::Client;

# a key file of 80 bytes, as nginx divides it
my $file = '0123456789abcdef' x 5;
my ($key_name, $mac_key, $key) = unpack 'a16 a32 a32', $file;

# members of OpenSSL's SSL_SESSION in DER: explicit tags 6, 10 and 18
use constant { HOSTNAME => 0xa6, TICKET => 0xaa, APPDATA => 0xb2 };
use constant { SEQUENCE => 0x30, OCTETS => 4 };

use constant { SERVER_NAME => 0, SESSION_TICKET => 35, PRE_SHARED_KEY => 41 };


# tlv(TAG, CONTENT): DER
sub tlv {
    my ($tag, $content) = @_;
    my $size = length $content;

    if ($size >= 128) {
        (my $bytes = pack 'N', $size) =~ s/^\0+//;
        return chr($tag) . chr(0x80 | length $bytes) . $bytes . $content;
    }

    return chr($tag) . chr($size) . $content;
}


# elements(DER): [ tag, content ] of each
sub elements {
    my $der = shift;
    my @found;

    while (length $der) {
        my ($tag, $size) = unpack 'CC', $der;
        my $start = 2;

        if ($size & 0x80) {
            my $bytes = substr $der, 2, $size & 0x7f;
            $start += length $bytes;
            $size = unpack 'N', substr "\0\0\0$bytes", -4;
        }

        push @found, [ $tag, substr $der, $start, $size ];
        substr $der, 0, $start + $size, '';
    }

    return @found;
}


# member(SESSION, TAG[, OCTETS]): these octets of a session in DER; or the
# session with others in their place
sub member {
    my ($session, $tag, $octets) = @_;
    my ($outer) = elements($session);
    my @members = elements($outer->[1]);
    my ($found) = grep { $_->[0] == $tag } @members;

    die "no such member of a session: $tag\n" unless $found;

    return (elements($found->[1]))[0][1] unless defined $octets;

    $found->[1] = tlv(OCTETS, $octets);
    return tlv(SEQUENCE, join '', map { tlv(@$_) } @members);
}


# cipher(WAY, IV, DATA): "-e" or "-d"
sub cipher {
    my ($way, $iv, $data) = @_;
    my ($out, $err);

    IPC::Run::run(['openssl', 'enc', $way, '-aes-256-cbc',
                   '-K', unpack('H*', $key), '-iv', unpack('H*', $iv)],
                  \$data, \$out, \$err) or die "openssl enc: $err\n";
    return $out;
}


# open_ticket(TICKET): the session in it, in DER
sub open_ticket {
    my ($iv, $sealed) = unpack 'x16 a16 a*', shift;

    return cipher('-d', $iv, substr $sealed, 0, -32);
}


# seal_ticket(SESSION): the ticket
sub seal_ticket {
    my $iv = "\1" x 16;
    my $sealed = $key_name . $iv . cipher('-e', $iv, shift);

    return $sealed . Digest::SHA::hmac_sha256($sealed, $mac_key);
}


# changed(SESSION, SUB): SUB gets the data, and returns other data
sub changed {
    my ($session, $change) = @_;

    my $own = Net::SSLeay::i2d_SSL_SESSION($session);
    my $kept = open_ticket(member($own, TICKET));

    $kept = member($kept, APPDATA, $change->(member($kept, APPDATA)));

    return Net::SSLeay::d2i_SSL_SESSION(
               member($own, TICKET, seal_ticket($kept)));
}


# ticket_of(SESSION[, NAME]): its ticket, or one of a session that began under
# another server name
sub ticket_of {
    my ($session, $name) = @_;
    my $ticket = member(Net::SSLeay::i2d_SSL_SESSION($session), TICKET);

    return $ticket unless defined $name;
    return seal_ticket(member(open_ticket($ticket), HOSTNAME, $name));
}


# hello(PORT, TICKET, NAME): what answers a ClientHello of TLS 1.2 with that
# ticket and these octets as its server_name extension: the name of an alert, or
# "a ServerHello"
sub hello {
    my ($port, $ticket, $name) = @_;

    my $extensions = join '', map { pack 'n n/a*', @$_ }
        [ SERVER_NAME, $name ],
        [ 10, pack 'n/a*', pack 'n', 23 ],            # groups: P-256
        [ 13, pack 'n/a*', pack 'n', 0x0403 ],        # ecdsa_secp256r1_sha256
        [ 23, '' ],                                   # extended_master_secret
        [ SESSION_TICKET, $ticket ];

    return answer($port, $extensions, 0xc02b, 0xc02f, 0xc02c, 0xc030);
}


# offer(PORT, NAME, TICKETS...): the same of a ClientHello of TLS 1.3 with all of
# these tickets, and binders that are none
sub offer {
    my ($port, $name, @tickets) = @_;

    my $extensions = join '', map { pack 'n n/a*', @$_ }
        [ SERVER_NAME, pack 'n/a*', pack 'C n/a*', 0, $name ],
        [ 10, pack 'n/a*', pack 'n', 29 ],            # groups: X25519
        [ 13, pack 'n/a*', pack 'n', 0x0403 ],        # ecdsa_secp256r1_sha256
        [ 43, "\2\3\4" ],                             # supported_versions
        [ 45, "\1\1" ],                               # psk_dhe_ke
        [ 51, pack 'n/a*', pack 'n n/a*', 29, 'k' x 32 ],
        [ PRE_SHARED_KEY,
          pack('n/a*', join '', map { pack 'n/a* N', $_, 0 } @tickets)
          . pack 'n/a*', join '', map { pack 'C/a*', 'b' x 48 } @tickets ];

    return answer($port, $extensions, 0x1302);
}


# answer(PORT, EXTENSIONS, CIPHERS...)
sub answer {
    my ($port, $extensions, @ciphers) = @_;

    my $hello = pack 'n a32 C/a* n/a* C/a* n/a*', 0x0303, 'r' x 32, 's' x 32,
                pack('n*', @ciphers), "\0", $extensions;

    my $message = pack 'C a3 a*', 1, substr(pack('N', length $hello), 1),
                       $hello;

    my $socket = AuthCert::Client::connect_to($port, 10);

    # a record has at most 16 KiB
    print $socket pack 'C n n/a*', 22, 0x0301, $_
        for unpack '(a16384)*', $message;
    $socket->flush();

    read $socket, my $answer, 7;
    close $socket;

    my ($type, undef, undef, $level, $alert) = unpack 'C n n C C', $answer;

    return 'closed' unless defined $alert;
    return AuthCert::Client::alert_name($alert) if $type == 21;
    return $level == 2 ? 'a ServerHello' : unpack 'H*', $answer;
}


1;
