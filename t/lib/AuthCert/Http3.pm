package AuthCert::Http3;

# HTTP/3, with the methods of the TLS client.  The work is done by http3.py,
# one process for a test file.

use v5.10.1;
use strict;
use warnings;

use File::Basename ();
use IPC::Open2 ();
use JSON::PP ();
use MIME::Base64 ();

use AuthCert::Client;
use AuthCert::Message;

my $program = File::Basename::dirname(__FILE__) . '/http3.py';
my $json = JSON::PP->new->ascii;
my ($pid, $from, $to);


# new(port, timeout, cert, key, sni, session, early)
sub new {
    my ($class, %self) = @_;

    if (!$pid) {
        $pid = IPC::Open2::open2($from, $to, '/usr/bin/python3', $program);
    }

    return bless { error => '', alert => undef, ca_names => [], %self },
                 $class;
}


# ask(COMMAND, ARGUMENT...): its answer; what is common goes into the client
sub ask {
    my ($self, @command) = @_;

    print $to $json->encode(\@command), "\n";
    $to->flush();

    my $line = <$from> // die "http3.py ended\n";
    my $answer = $json->decode($line);

    $self->{error} = $answer->{error} // '';

    if (defined $answer->{alert}) {
        $self->{alert} = AuthCert::Client::alert_name($answer->{alert});
    }

    return $answer;
}


sub handshake {
    my $self = shift;
    my %o = map { $_ => $self->{$_} } qw(port timeout sni cert key session);

    $o{port} += 0;
    $o{timeout} += 0;

    $o{early} = requests($self->{early}) if defined $self->{early};

    my $answer = $self->ask('open', \%o);

    $self->{$_} = $answer->{$_} for qw(reused asked sent);
    $self->{ca_names} = $answer->{ca_names} // [];
}


sub send {
    my ($self, $bits) = @_;

    $self->ask('send', requests(join '', map { $_->{value} } @$bits));
}


# requests(TEXT): those of HTTP/1.1 in it, as http3.py wants them
sub requests {
    return [ map {
        my ($method, $authority, $path, $headers)
            = AuthCert::Message::pseudo($_);
        [ $method, $authority, $path, $headers,
          MIME::Base64::encode_base64($_->[2], '') ];
    } AuthCert::Message::parse(shift) ];
}


# again(SENT): what a connection with early data began with, from somewhere
# else
sub again {
    my ($self, $sent) = @_;

    $self->ask('again', $self->{port} + 0, $self->{timeout} + 0, $sent)
         ->{answered} or die "nginx does not answer\n";
}


sub receive {
    my $self = shift;
    my $text = '';

    for my $response (@{ $self->ask('receive')->{responses} // [] }) {
        my ($fields, $body) = @$response;
        my ($status) = map { $_->[1] } grep { $_->[0] eq ':status' } @$fields;

        $text .= AuthCert::Message::response('3', $status,
                     [ grep { $_->[0] ne ':status' } @$fields ],
                     MIME::Base64::decode_base64($body));
    }

    return $text;
}


# session(): a number; it is known once the connection is closed
sub session {
    my $self = shift;

    return undef if $self->{error};

    my $answer = $self->ask('close');
    $self->{error} = '';
    $self->{is_closed} = 1;
    return $answer->{session};
}


sub close {
    my $self = shift;
    my ($error, $alert) = @{$self}{qw(error alert)};

    $self->ask('close') unless $self->{is_closed};
    @{$self}{qw(error alert)} = ($error, $alert);
}


END {
    local $?;

    if ($pid) {
        CORE::close($to);
        waitpid $pid, 0;
    }
}


1;
