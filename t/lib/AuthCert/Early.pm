package AuthCert::Early;

# Early data (0-RTT) of a resumed session, and what the client sent, so that it
# can be sent again: by "openssl s_client" through a relay that records it, or
# by HTTP/3.

use v5.10.1;
use strict;
use warnings;

use IO::Select ();
use IO::Socket::INET ();
use IPC::Run ();
use Test::Nginx::Util ();
use Time::HiRes ();

use AuthCert::Config;
use AuthCert::Http3;
use AuthCert::Protocol;
use AuthCert::Request;

use constant APPLICATION_DATA => 23;

# of HTTP/3: its number
my $session;


# early_session(CLIENT, REQUEST): a full handshake and a request; the session
# is kept for early_data()
sub early_session {
    my ($cert, $request) = @_;

    if (is_http3()) {
        my $client = http3($cert);
        $client->handshake();
        $client->send([ { value => $request } ]);
        my $response = $client->receive();
        $session = $client->session();
        $client->close();
        return $response;
    }

    return s_client(port(), $cert, $request, '-sess_out', session_file());
}


# early_data(CLIENT, REQUEST): the response to a request in early data of that
# session, and what was sent with it
sub early_data {
    my ($cert, $request) = @_;

    if (is_http3()) {
        my $client = http3($cert, session => $session, early => $request);
        $client->handshake();
        my $response = $client->{error} ? '' : $client->receive();
        $client->close();
        return ($response, $client->{sent});
    }

    my $file = Test::Nginx::Util::html_dir() . '/early';

    open my $out, '>', $file or die "$file: $!\n";
    print {$out} $request;
    close $out;

    my $listener = IO::Socket::INET->new(Listen => 1,
                                         LocalAddr => '127.0.0.1')
        or die "listen: $!\n";

    pipe my $from, my $to or die "pipe: $!\n";

    my $pid = fork() // die "fork: $!\n";

    if ($pid == 0) {
        require POSIX;
        eval { relay($listener, $to) };
        POSIX::_exit(0);
    }

    close $to;

    my $response = s_client($listener->sockport(), $cert, '',
                            '-sess_in', session_file(), '-early_data', $file);

    close $listener;
    local $/;
    my $recorded = <$from>;
    waitpid $pid, 0;

    return ($response, $recorded);
}


# early_again(RECORDED): sends it once more, from another connection; waits
# until nginx has answered, which nobody can read, or closes
sub early_again {
    my $recorded = shift;

    return http3()->again($recorded) if is_http3();

    my $socket = server();

    print {$socket} $recorded;
    $socket->flush();
    IO::Select->new($socket)->can_read(10);
    $socket->sysread(my $answer, 65536);
    shutdown $socket, 1;
    1 while IO::Select->new($socket)->can_read(10)
            && $socket->sysread($answer, 65536);
}


# early_log(NAME): the lines of html/NAME, when there are so many
sub early_log {
    my ($name, $n) = @_;
    my $file = Test::Nginx::Util::html_dir() . "/$name";
    my @lines;

    for (1 .. 500) {
        @lines = ();
        if (open my $in, '<', $file) {
            @lines = <$in>;
        }
        last if @lines >= $n;
        Time::HiRes::sleep(0.01);
    }

    return join '', @lines;
}


sub is_http3 {
    return AuthCert::Protocol::client() eq 'AuthCert::Http3';
}


sub http3 {
    my ($cert, %options) = @_;

    return AuthCert::Http3->new(
        port => port(), timeout => 10, sni => 'localhost',
        cert => $cert && AuthCert::Request::certificate($cert),
        key => $cert && AuthCert::Config::pki_file("$cert.key"), %options);
}


sub session_file {
    return Test::Nginx::Util::html_dir() . '/session.pem';
}


sub port {
    return $Test::Nginx::Util::RandPorts->{TEST_NGINX_RAND_PORT_1};
}


sub server {
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => port())
        // die "connect: $!\n";
}


# One connection.  All up to the first record of application data, which is
# the request, goes to the server and into the pipe; the client's end of the
# handshake is held back, so that it cannot be there before the request.
sub relay {
    my ($listener, $to) = @_;
    my $client = $listener->accept();
    my $server = server();
    my $select = IO::Select->new($client, $server);
    my ($sent, $buffer) = (0, '');

    while (my @ready = $select->can_read(20)) {
        for my $from (@ready) {
            sysread($from, my $data, 65536) or return;

            if ($from == $server) {
                syswrite $client, $data;
                next;
            }

            $buffer .= $data;

            while (!$sent && $buffer =~ /^(.)..(..)/s) {
                my ($type, $size) = (ord $1, 5 + unpack 'n', $2);
                last if length $buffer < $size;

                my $record = substr $buffer, 0, $size, '';
                syswrite $to, $record;
                syswrite $server, $record;
                $sent = ($type == APPLICATION_DATA);
            }
        }
    }
}


sub s_client {
    my ($port, $cert, $request, @args) = @_;
    my ($out, $err);

    IPC::Run::run(['openssl', 's_client', '-connect', "127.0.0.1:$port",
                   '-servername', 'localhost', '-tls1_3', '-ign_eof',
                   '-quiet', '-cert', AuthCert::Request::certificate($cert),
                   '-key', AuthCert::Config::pki_file("$cert.key"),
                   '-CAfile', AuthCert::Config::pki_file('partners.crt'),
                   @args], '<', \$request, '>', \$out, '2>', \$err,
                  IPC::Run::timeout(30));

    return $out;
}


1;
