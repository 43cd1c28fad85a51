package AuthCert::Ticket;

# A session whose ticket is opened with the key that keep_sessions() gives
# nginx, changed in what the module keeps in it, and sealed again.

use v5.10.1;
use strict;
use warnings;

use Digest::SHA ();
use File::Temp ();
use Net::SSLeay ();

# a key file of 80 bytes, as nginx divides it
my $file = '0123456789abcdef' x 5;
my ($name, $mac_key, $key) = unpack 'a16 a32 a32', $file;


# changed(SESSION, SUB): SUB gets the data, and returns as many bytes
sub changed {
    my ($session, $change) = @_;

    my $der = Net::SSLeay::i2d_SSL_SESSION($session);
    my $at = index $der, $name;
    my ($iv, $sealed) = unpack 'x16 a16 a*', octets($der, $at);

    my $plain = cipher('-d', $iv, substr $sealed, 0, -32);
    my ($from, $size) = data($plain);
    my $data = $change->(substr $plain, $from, $size);

    length $data == $size or die "the data of a ticket has another size\n";
    substr $plain, $from, $size, $data;

    my $ticket = $name . $iv . cipher('-e', $iv, $plain);
    $ticket .= Digest::SHA::hmac_sha256($ticket, $mac_key);

    substr $der, $at, length $ticket, $ticket;

    return Net::SSLeay::d2i_SSL_SESSION($der);
}


# the content of the OCTET STRING that begins there
sub octets {
    my ($der, $at) = @_;

    $at > 4 or die "the session has no ticket of this key\n";

    my $size = unpack 'n', substr $der, $at - 2, 2;
    substr($der, $at - 4, 2) eq "\x04\x82" or die "what a small ticket\n";

    return substr $der, $at, $size;
}


# the place and the size of [18], the application data, in a SSL_SESSION
sub data {
    my $der = shift;

    my (undef, $at) = element($der, 0);

    while ($at < length $der) {
        my ($tag, $from, $size) = element($der, $at);

        return (element($der, $from))[1, 2] if $tag == 0xb2;
        $at = $from + $size;
    }

    die "the session has no data of the module\n";
}


# the tag at that place, where its content begins, and the size of that
sub element {
    my ($der, $at) = @_;

    my ($tag, $size) = unpack 'C2', substr $der, $at, 2;
    my $more = $size & 0x80 ? $size & 0x7f : 0;

    $size = unpack 'N', substr "\0\0\0\0" . substr($der, $at + 2, $more), -4
        if $more;

    return ($tag, $at + 2 + $more, $size);
}


sub cipher {
    my ($way, $iv, $data) = @_;

    my $in = File::Temp->new();
    binmode $in;
    print $in $data;
    close $in or die "ticket: $!\n";

    my $out = sprintf 'openssl enc %s -aes-256-cbc -K %s -iv %s -in %s', $way,
                      unpack('H*', $key), unpack('H*', $iv), $in->filename;
    $out = `$out`;
    $? == 0 or die "openssl enc failed\n";

    return $out;
}


1;
