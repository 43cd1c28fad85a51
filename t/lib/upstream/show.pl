# Plays an upstream server: answers with the headers that it got, in their
# order and as they came, and with the body.
#
# usage: show.pl http|fastcgi|scgi|uwsgi SOCKET
#
# Left out is what every request of the tests has: Host, "Connection: close",
# Content-Length, and Accept and User-Agent of curl; of the CGI protocols also
# all that is no header.  The query "all" shows these, too; with the query
# "log" the answer is also added to the file SOCKET.log; with "vary" an HTTP
# client may keep the answer, for requests with the same Client-Cert; with
# "log&stale" it is logged, and a cache of nginx may keep it but has to ask
# again.
#
# Ends when its standard input does.

use v5.10.1;
use strict;
use warnings;

use IO::Select;
use IO::Socket::UNIX;

# read(SOCKET): the headers, each [name, value]; the body; the query; what
# answer needs.  Nothing at the end.
# answer(SOCKET, TEXT, NEED): 1 when the connection goes on

my %protocol = (
    http    => [\&read_http, \&answer_http],
    fastcgi => [\&read_fastcgi, \&answer_fastcgi],
    scgi    => [\&read_scgi, \&answer_cgi],
    uwsgi   => [\&read_uwsgi, \&answer_cgi],
);

my ($name, $path) = @ARGV;
my ($read, $answer) = @{ $protocol{$name} };


sub take {
    my ($socket, $length) = @_;
    my $data = '';

    while (length $data < $length) {
        read $socket, $data, $length - length $data, length $data or die;
    }

    return $data;
}


sub read_http {
    my $socket = shift;
    my (@headers, $length);

    my $line = <$socket> // return;
    my ($query) = $line =~ /\?(\S*)/;

    while (($_ = <$socket> // die) ne "\r\n") {
        s/\r\n\z//;
        my ($name, $value) = split /: /, $_, 2;
        push @headers, [$name, $value];
        $length = $value if $name eq 'Content-Length';
    }

    my $body = $length ? take($socket, $length) : '';
    my ($upgrade) = map { $_->[1] } grep { $_->[0] eq 'Upgrade' } @headers;

    return (\@headers, $body, $query, [$upgrade, $query]);
}


sub answer_http {
    my ($socket, $text, $need) = @_;
    my ($upgrade, $query) = @$need;

    if (defined $upgrade) {
        print $socket "HTTP/1.1 101 Switching Protocols\r\n",
                      "Connection: upgrade\r\nUpgrade: $upgrade\r\n\r\n",
                      $text;
        return 0;
    }

    print $socket "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n",
                  "Content-Length: ", length $text, "\r\n";

    if (($query // '') eq 'vary') {
        print $socket "Vary: Client-Cert\r\nCache-Control: max-age=1000\r\n";
    }

    if (($query // '') eq 'log&stale') {
        print $socket "X-Accel-Expires: \@1\r\n";
    }

    print $socket "\r\n", $text;
    return 1;
}


sub read_fastcgi {
    my $socket = shift;
    my %stream = (1 => '', 4 => '', 5 => '');

    # params and stdin, each closed by an empty record
    for (my $open = 2; $open; ) {
        my $head;
        read($socket, $head, 8) or return;

        my (undef, $type, undef, $length, $padding) = unpack 'CCnnC', $head;
        my $data = take($socket, $length);
        take($socket, $padding);

        $stream{$type} .= $data;
        $open-- if !$length;
    }

    my @params;
    my $data = $stream{4};

    while (length $data) {
        my @length;

        for (0, 1) {
            my $long = ord($data) & 0x80;
            push @length, $long ? unpack('N', $data) & 0x7fffffff : ord $data;
            substr $data, 0, $long ? 4 : 1, '';
        }

        push @params, [substr($data, 0, $length[0], ''),
                       substr($data, 0, $length[1], '')];
    }

    my $keep = ord(substr $stream{1}, 2, 1) & 1;

    return (\@params, $stream{5}, query(\@params), $keep);
}


sub answer_fastcgi {
    my ($socket, $text, $keep) = @_;

    $text = "Content-Type: text/plain\r\n\r\n$text";

    while (length $text) {
        my $data = substr $text, 0, 32768, '';
        print $socket pack('CCnnCx', 1, 6, 1, length $data, 0), $data;
    }

    print $socket pack('CCnnCx', 1, 6, 1, 0, 0),
                  pack('CCnnCxNCxxx', 1, 3, 1, 8, 0, 0, 0);
    return $keep;
}


sub read_scgi {
    my $socket = shift;

    local $/ = ':';
    chomp(my $length = <$socket> // return);

    my @words = split /\0/, take($socket, $length), -1;
    my @params;

    push @params, [splice @words, 0, 2] while @words > 1;
    take($socket, 1);

    return (\@params, body($socket, \@params), query(\@params));
}


sub read_uwsgi {
    my $socket = shift;
    my ($head, @params);

    read($socket, $head, 4) or return;

    my $data = take($socket, unpack 'xv', $head);
    my @words = unpack '(v/a)*', $data;

    push @params, [splice @words, 0, 2] while @words;

    return (\@params, body($socket, \@params), query(\@params));
}


sub answer_cgi {
    my ($socket, $text) = @_;

    print $socket "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n$text";
    return 0;
}


sub param {
    my ($params, $name) = @_;
    my ($found) = grep { $_->[0] eq $name } @$params;

    return $found && $found->[1];
}


sub query { return param($_[0], 'QUERY_STRING') }


sub body {
    my ($socket, $params) = @_;
    return take($socket, param($params, 'CONTENT_LENGTH') || 0);
}


sub is_usual {
    my ($name, $value) = @_;

    if ($protocol{$ARGV[0]}[0] != \&read_http) {
        $name =~ s/^HTTP_// or return 1;
        $name =~ tr/A-Z_/a-z-/;
    }

    return 1 if lc $name eq 'connection'
                && $value =~ /^(?:close|keep-alive)\z/;
    return $name =~ /^(?:host|content-length|accept|user-agent)\z/i;
}


sub append {
    my ($file, $text) = @_;

    open my $out, '>>', $file or die "$file: $!\n";
    print $out $text;
    close $out or die "$file: $!\n";
}


sub serve {
    my $socket = shift;

    binmode $socket;
    $socket->autoflush(1);

    while (my ($headers, $body, $query, $need) = $read->($socket)) {
        my @shown = grep { ($query // '') eq 'all' || !is_usual(@$_) }
                         @$headers;

        my $text = join '', map { "$_->[0]: $_->[1]\n" } @shown;

        $text = "nothing\n" if !@shown;
        $text .= "\n$body\n" if length $body;

        append("$path.log", $text) if ($query // '') =~ /^log/;

        $answer->($socket, $text, $need) or return;
    }
}


my $listener = IO::Socket::UNIX->new(Local => "$path.new", Listen => 64)
    or die "$path: $!\n";

chmod 0777, "$path.new" or die "$path: $!\n";
rename "$path.new", $path or die "$path: $!\n";

$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';

my $select = IO::Select->new($listener, \*STDIN);

while (1) {
    my @ready = $select->can_read();
    last if grep { $_ == \*STDIN } @ready;

    my $socket = $listener->accept() or next;

    if (!fork) {
        close $listener;
        serve($socket);
        exit;
    }

    close $socket;
}
