# Stands in for an upstream: answers each request with the name of the
# upstream and the request as it arrived.
#
# usage: backend.pl NAME PORT

use strict;
use warnings;

use IO::Socket::INET;

my ($name, $port) = @ARGV;

$SIG{PIPE} = 'IGNORE';

my $listener = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 100,
    ReuseAddr => 1) or die "backend.pl: port $port: $@\n";

while (1) {
    my $client = $listener->accept or next;

    my $request = '';

    while (defined(my $line = <$client>)) {
        $request .= $line;
        last if $line =~ /^\r?\n$/;
    }

    if ($request =~ /^Content-Length: (\d+)/mi) {
        read($client, my $body, $1);
    }

    $request =~ s/\r//g;

    print $client "HTTP/1.0 200 OK\r\n",
                  "Content-Type: text/plain\r\n",
                  "Connection: close\r\n\r\n",
                  "upstream $name got\n$request";

    close $client;
}
