package AuthCert::Message;

# Requests and responses as Test::Nginx writes and reads them, which is as
# HTTP/1.1 does, for clients of other versions.

use v5.10.1;
use strict;
use warnings;


# parse(TEXT): the requests in it, each [ line, headers, body ]
sub parse {
    my $text = shift;
    my @requests;

    while ($text =~ /\G(\S[^\r]*)\r\n((?:[^\r]+\r\n)*)\r\n/g) {
        my ($line, @headers) = ($1, split /\r\n/, $2);
        my ($length) = map { /^Content-Length:\s*(\d+)/i } @headers;
        my $body = '';

        if ($length) {
            $body = substr $text, pos $text, $length;
            pos($text) += $length;
        }

        push @requests, [ $line, \@headers, $body ];
    }

    return @requests;
}


# pseudo(REQUEST): method, authority, path and the headers [ name, value ] of
# a request of HTTP/2 and 3
sub pseudo {
    my ($line, $headers, $body) = @{ $_[0] };
    my ($method, $path) = split ' ', $line;
    my ($authority, @rest) = ('');

    for my $header (@$headers) {
        my ($name, $value) = $header =~ /^([^:]+):\s*(.*?)\s*$/ or next;

        if ($name =~ /^host$/i) {
            $authority = $value;

        # headers of a connection have no place there
        } elsif ($name !~ /^(?:connection|keep-alive|transfer-encoding)$/i) {
            push @rest, [ lc $name, $value ];
        }
    }

    return ($method, $authority, $path, \@rest);
}


# response(VERSION, STATUS, HEADERS, BODY): Content-Length tells a reader of
# several where the next one begins
sub response {
    my ($version, $status, $headers, $body) = @_;
    my $text = "HTTP/$version $status\r\n";

    for my $header (@$headers) {
        $text .= "$header->[0]: $header->[1]\r\n";
    }

    if (!grep { $_->[0] eq 'content-length' } @$headers) {
        $text .= 'content-length: ' . length($body) . "\r\n";
    }

    return "$text\r\n$body";
}


1;
