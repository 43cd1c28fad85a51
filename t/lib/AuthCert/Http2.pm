package AuthCert::Http2;

# HTTP/2 inside of the TLS client: requests of one connection are streams.

use v5.10.1;
use strict;
use warnings;

use Net::SSLeay ();
use Protocol::HTTP2::Client ();
use Time::HiRes ();

use AuthCert::Client;
use AuthCert::Message;

our @ISA = ('AuthCert::Client');


sub context {
    my $self = shift;
    my $ctx = $self->SUPER::context();

    Net::SSLeay::CTX_set_alpn_protos($ctx, ['h2']);

    return $ctx;
}


sub handshake {
    my $self = shift;

    $self->SUPER::handshake();

    if (!$self->{error}
        && (Net::SSLeay::P_alpn_selected($self->{ssl}) // '') ne 'h2')
    {
        $self->{error} = 'handshake: the server does not speak HTTP/2';
    }

    $self->{responses} = [];
    $self->{http2} = Protocol::HTTP2::Client->new(
        keepalive => 1,
        on_error  => sub { $self->{error} ||= "HTTP/2 error $_[0]" });
}


sub send {
    my ($self, $bits) = @_;

    my @requests = AuthCert::Message::parse(join '', map { $_->{value} }
                                                         @$bits);

    for my $request (@requests) {
        my ($method, $authority, $path, $headers)
            = AuthCert::Message::pseudo($request);

        push @{ $self->{responses} }, \my $response;

        $self->{http2}->request(
            ':method'    => $method,
            ':scheme'    => 'https',
            ':authority' => $authority,
            ':path'      => $path,
            headers      => [ map { @$_ } @$headers ],
            length $request->[2] ? (data => $request->[2]) : (),
            on_done      => sub { $response = message(@_) },
            on_error     => sub { $self->{error} = "HTTP/2 reset $_[0]" });
    }

    $self->flush();
}


sub message {
    my ($fields, $body) = @_;
    my ($status, @headers);

    for (my $i = 0; $i < @$fields; $i += 2) {
        my ($name, $value) = @{$fields}[$i, $i + 1];
        $name eq ':status' ? $status = $value
                           : push @headers, [ $name, $value ];
    }

    return AuthCert::Message::response('2', $status, \@headers, $body // '');
}


# flush(): what the protocol has to say
sub flush {
    my $self = shift;

    local $SIG{PIPE} = 'IGNORE';

    while (my $frame = $self->{http2}->next_frame()) {
        # why it failed may stand in an alert: receive() looks
        return if Net::SSLeay::write($self->{ssl}, $frame) <= 0;
    }
}


sub receive {
    my $self = shift;
    my $end = Time::HiRes::time() + $self->{timeout};
    my $all = $self->{responses};

    # without a request it is an alert that is waited for

    while (!@$all || grep { !defined $$_ } @$all) {
        if (!defined $self->fill($end)) {
            last;
        }

        $self->{http2}->feed($self->{buffer});
        $self->{buffer} = '';
        $self->flush();

        last if $self->{error};
    }

    my $text = join '', map { $$_ // '' } splice @$all;

    if (length $text && $self->{error} eq 'closed by the server') {
        $self->{error} = '';
    }

    return $text;
}


sub close {
    my $self = shift;

    undef $self->{http2};
    $self->SUPER::close();
}


1;
