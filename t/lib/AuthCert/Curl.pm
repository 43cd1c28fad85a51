package AuthCert::Curl;

# Requests by curl: HTTP/2, HTTP/3, and whatever its options offer.

use v5.10.1;
use strict;
use warnings;

use File::Temp ();
use IPC::Run ();
use Test::Nginx::Util ();

use AuthCert::Client;
use AuthCert::Message;

my %version = ('TLSv1.2' => '1.2', 'TLSv1.3' => '1.3');


# fetch(BITS, OPTIONS...): the responses, what curl said, the alert it got;
# several requests in BITS go out on one connection
sub fetch {
    my ($bits, %o) = @_;

    my @requests = AuthCert::Message::parse(join '', map { $_->{value} } @$bits);
    my $folder = File::Temp->newdir();
    my @command = ('curl');

    for my $n (0 .. $#requests) {
        push @command, '--next' if $n;
        push @command, '-o', "$folder/body.$n", '-D', "$folder/head.$n",
                       body("$folder/sent.$n", $requests[$n][2]),
                       arguments($requests[$n], %o);
    }

    warn "# @command\n" if Test::Nginx::Util::verbose();

    my $error = '';
    IPC::Run::run(\@command, \undef, \my $out, \$error,
                  IPC::Run::timeout($o{timeout} * @requests + 2));

    my $responses = join '', map { response($folder, $_) } 0 .. $#requests;

    # nginx may answer a request whose body it does not read before curl has
    # sent all of it
    if ($responses && $error =~ /^curl: \(92\)/
        && grep { length $_->[2] } @requests)
    {
        $error = '';
    }

    return ($responses, $error, alert($error));
}


# body(FILE, DATA): in a file, an argument cannot hold all bytes
sub body {
    my ($file, $data) = @_;

    return unless length $data;

    open my $out, '>:raw', $file or die "$file: $!\n";
    print $out $data;
    close $out or die "$file: $!\n";

    return ('--data-binary', '@' . $file);
}


# response(FOLDER, N): in the form of HTTP/1.1, where the next one begins
# after Content-Length bytes; a trailer becomes a part of the header
sub response {
    my ($folder, $n) = @_;

    my $head = content("$folder/head.$n");
    my $body = content("$folder/body.$n");
    my $length = length $body;

    $head =~ s/\r\n\r\n((?:[^\r\n]+\r\n)+)\z/\r\n$1\r\n/;

    $head =~ s/^(?:transfer-encoding|content-length):.*\n//gmi
        if $length || $head !~ /^content-length:/mi;

    $head =~ s/\r\n\r\n\z/\r\nContent-Length: $length\r\n\r\n/
        unless $head =~ /^content-length:/mi;

    return $head . $body;
}


sub content {
    my $file = shift;

    open my $in, '<:raw', $file or return '';
    local $/;
    return <$in> // '';
}


# alert(TEXT): the alert that OpenSSL's error names, for some with the word
# "alert" before it
sub alert {
    my $text = lc shift;

    for my $name (AuthCert::Client::alerts()) {
        my $words = $name =~ tr/_/ /r;
        return $name if $text =~ /\b(?:tls|ssl)v?\w* (?:alert )?$words\b/;
    }

    return undef;
}


sub arguments {
    my ($request, %o) = @_;
    my ($line, $headers) = @$request;
    my ($method, $uri) = split ' ', $line;

    my $host = $o{sni} // '127.0.0.1';
    my $http = $o{http} // '1.1';

    my @arguments = ('-sS', '-k', '--path-as-is', '--globoff',
                     '--max-time', $o{timeout}, '--http1.1',
                     '--connect-to', "::127.0.0.1:$o{port}");

    # the last one of several --http... counts
    push @arguments, "--http$http" if $http ne '1.1';

    push @arguments, $method eq 'HEAD' ? '-I' : ('-X', $method);

    for my $header (@$headers) {
        next if $header =~ /^(?:Connection|Content-Length)\s*:/i;
        next if $header =~ /^Host:\s*\Q$host\E$/i;
        push @arguments, '-H', $header =~ /:\s*$/ ? $header =~ s/:\s*$/;/r
                                                  : $header;
    }

    if (my $version = $o{version}) {
        push @arguments, "--tlsv$version{$version}",
                         '--tls-max', $version{$version};
    }

    push @arguments, '--cert', $o{cert}, '--key', $o{key} if $o{cert};

    return @arguments, @{ $o{args} }, "https://$host$uri";
}


1;
