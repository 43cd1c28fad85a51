package AuthCert::Whoami;

# The section "whoami": a table of clients and what auth_cert_whoami has to
# say of them, a request for each client.

use v5.10.1;
use strict;
use warnings;

use Encode ();
use JSON::PP ();
use Test::More ();
use Test::Nginx::Socket ();

my $json = JSON::PP->new->canonical->allow_nonref;

# table(BLOCK): [ client, [ member, JSON ]... ]...; a line that begins with
# white space goes on with the client of the line above
sub table {
    my $block = shift;
    my @clients;

    for my $line (split /\n/, $block->whoami) {
        next if $line =~ /^\s*(#|$)/;

        my ($client, $member, $value) = $line =~ /^(\S*)\s+([\w.]+)\s+(.+)$/
            or die $block->name . ": not understood: $line\n";

        push @clients, [ $client ] if length $client;

        my $data = eval { $json->utf8->decode($value) };
        die $block->name . ": $line: $@" if $@;

        push @{ $clients[-1] }, [ $member, $json->utf8->encode($data) ];
    }

    return @clients;
}


# code(ROWS): whoami answers a client that does not verify with 400
sub code {
    return grep({ $_->[0] =~ /^verify/ && $_->[1] =~ /"FAILED"/ } @_)
           ? 400 : 200;
}


sub complete {
    my $block = shift;

    return if !defined $block->whoami || ref $block->whoami;

    my @clients = table($block);
    my (@names, @codes, @rows);

    for my $client (@clients) {
        my ($name, @row) = @$client;

        push @names, $name;
        push @codes, code(@row);
        push @rows, \@row;
    }

    # [ member, JSON ]... for each request
    $block->set_value('whoami', \@rows);

    $block->set_value('client_cert', \@names);
    $block->set_value('request', [ map { 'GET /whoami' } @names ]);
    $block->set_value('error_code', \@codes)
        unless defined $block->error_code;

    return if defined $block->config;

    $block->set_value('config', <<'EOC');
    location = /whoami {
        auth_cert_verify partners;
        auth_cert_whoami;
    }
EOC
}


# decode(BODY): dies where it is no JSON, or no UTF-8, which JSON::PP would
# let pass
sub decode {
    return JSON::PP->new->decode(
        Encode::decode('UTF-8', shift, Encode::FB_CROAK | Encode::LEAVE_SRC));
}


# member(DATA, PATH): of the decoded answer, "identity.san.dns"
sub member {
    my ($data, $path) = @_;

    for my $key (split /\./, $path) {
        return 'no such member' unless ref $data eq 'HASH'
                                       && exists $data->{$key};
        $data = $data->{$key};
    }

    return $json->utf8->encode($data);
}


sub check {
    my ($block, $body, $n) = @_;

    my $rows = $block->whoami or return;
    my ($client) = $block->client_cert->[$n];
    my $name = $block->name . " - $client";

    my $data = eval { decode($body) };

    if (!defined $data) {
        Test::More::fail("$name: no JSON: $@ $body");
        return;
    }

    for my $row (@{ $rows->[$n] }) {
        my ($path, $value) = @$row;
        Test::More::is(member($data, $path), $value, "$name: $path");
    }
}


sub install {
    Test::Nginx::Socket::add_response_body_check(\&check);
}


1;
