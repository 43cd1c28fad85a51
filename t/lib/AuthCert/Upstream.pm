package AuthCert::Upstream;

# Starts the programs of t/lib/upstream for a test file, and ends them with
# it.

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Temp ();
use Test::Nginx::Util ();
use Time::HiRes ();

my $folder = File::Basename::dirname(Cwd::abs_path(__FILE__)) . '/../upstream';

my %command = (
    http    => [$^X, "$folder/show.pl", 'http'],
    fastcgi => [$^X, "$folder/show.pl", 'fastcgi'],
    scgi    => [$^X, "$folder/show.pl", 'scgi'],
    uwsgi   => [$^X, "$folder/show.pl", 'uwsgi'],
    grpc    => ['/usr/bin/python3', "$folder/show_grpc.py"],
);

my (%pid, $sockets);


# upstream(KIND): from now on $TEST_NGINX_HTTP, $TEST_NGINX_FASTCGI and so on
# is its address, $TEST_NGINX_HTTP_LOG the file in which it keeps answers
sub upstream {
    my $kind = shift;
    my $command = $command{$kind} // die "upstream(\"$kind\")?\n";

    $sockets //= File::Temp->newdir('auth_cert.XXXXXX', TMPDIR => 1);

    # nginx's workers may be another user
    chmod 0755, $sockets or die "$sockets: $!\n";

    my $socket = "$sockets/$kind";

    # it ends when its standard input does, whatever becomes of this process
    pipe my $from, my $to or die "pipe: $!\n";

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        close $to;
        open STDIN, '<&', $from or die "stdin: $!\n";
        open STDOUT, '>&', \*STDERR or die "stdout: $!\n";
        exec @$command, $socket or die "$command->[0]: $!\n";
    }

    close $from;
    $pid{$pid} = $to;

    wait_for($socket, $pid);
    $ENV{"TEST_NGINX_\U$kind"} = "unix:$socket";
    $ENV{"TEST_NGINX_\U$kind\E_LOG"} = "$socket.log";
}


sub wait_for {
    my ($socket, $pid) = @_;

    for (1 .. 400) {
        return if -S $socket;
        die "the server of $socket ended\n" if waitpid($pid, 1) == $pid;
        Time::HiRes::sleep(0.05);
    }

    die "no server at $socket\n";
}


END {
    local $?;

    for my $pid (keys %pid) {
        close $pid{$pid};
        waitpid $pid, 0;
    }
}


1;
