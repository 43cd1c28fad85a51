package AuthCert::Example;

# An example of examples/, started by its own script on free ports, and the
# clients that try it.

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Temp ();
use IO::Socket::INET ();
use IPC::Run ();
use MIME::Base64 ();
use Test::More ();

my $port = 8443;
my @backend_ports = (9001 .. 9003);


sub slurp {
    my $file = shift;
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}


# free_ports(N): that nobody listens on now
sub free_ports {
    my @sockets = map { IO::Socket::INET->new(Listen => 1,
                                              LocalAddr => '127.0.0.1')
                        // die "no free port: $!\n" } 1 .. shift;

    return map { $_->sockport } @sockets;
}


# wait_for(PORT...): until somebody listens on each
sub wait_for {
    for my $port (@_) {
        for (my $n = 0; ; $n++) {
            last if IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port");
            die "nobody listens on port $port\n" if $n == 200;
            select undef, undef, undef, 0.05;
        }
    }
}


# start(NAME): dies unless nginx runs
sub start {
    my ($class, $name) = @_;

    my $dir = File::Temp->newdir('auth_cert_example.XXXXXX', TMPDIR => 1);
    my $self = bless { name => $name, dir => "$dir/$name", keep => $dir },
                     $class;

    chmod 0755, $dir;

    for (1 .. 5) {
        my @ports = free_ports(1 + @backend_ports);
        my @pairs = map { "$_=" . shift @ports } $port, @backend_ports;

        ($self->{port}) = $pairs[0] =~ /=(\d+)/;
        $self->{out} = '';

        local $ENV{EXAMPLE_DIR} = $self->{dir};
        local $ENV{EXAMPLE_PORTS} = "@pairs";

        $self->{run} = IPC::Run::start(
            ['bash', 'examples/start.sh', $name], \undef, '>&', \$self->{out},
            IPC::Run::timeout(120));

        $self->{run}->pump until $self->{out} =~ /nginx listens/
                                 || !$self->{run}->pumpable;

        return $self if $self->{out} =~ /nginx listens/;

        $self->{run}->finish;
        delete $self->{run};

        # somebody else was faster to take a port
        last unless $self->{out} . slurp("$self->{dir}/logs/error.log")
                    =~ /Address already in use/;
    }

    die "$name does not start:\n$self->{out}";
}


sub DESTROY {
    my $self = shift;

    local ($?, $@);

    if ($self->{run}) {
        $self->{run}->signal('TERM');
        eval { $self->{run}->finish };
    }
}


sub file {
    my ($self, $name) = @_;
    return "$self->{dir}/$name";
}


# shell(COMMAND): of a user in the example's folder; $top is the project's.
# Returns status (or 000), what came, and what curl said.
sub shell {
    my ($self, $command) = @_;

    my $alias = slurp($self->file('README.md')) =~ /^alias call='(.*)'$/m
                ? $1 : 'curl';
    my $curl = 'curl() { command curl -sS --max-time 20 '
               . '-o answer -w "%{http_code}" "$@"; }';

    my $script = "top='" . Cwd::cwd() . "'; rm -f answer; $curl; call() { $alias \"\$@\"; }; $command";
    $script =~ s/\b$port\b/$self->{port}/g;

    my ($status, $said) = ('', '');

    IPC::Run::run(['bash', '-c', $script], \undef, \$status, \$said,
                  init => sub { chdir $self->{dir} or die "$!\n" },
                  IPC::Run::timeout(30));

    my $answer = $self->file('answer');
    return ($status, -e $answer ? slurp($answer) : '', $said);
}


# wait_log(PATTERN): until the error log has it
sub wait_log {
    my ($self, $pattern) = @_;

    for (1 .. 400) {
        return if slurp($self->file('logs/error.log')) =~ $pattern;
        select undef, undef, undef, 0.05;
    }

    die "the error log does not get $pattern\n";
}


# try_readme: what the README says comes out as it says
sub try_readme {
    my $self = shift;
    my $n = 0;

    Test::More::is(slurp($self->file('nginx.conf')),
                   slurp("examples/$self->{name}/nginx.conf"),
                   'the configuration is the one that users read');

    for (split /\n/, slurp($self->file('README.md'))) {
        my ($command, $expected) = /^((?:curl|call) .*?) +# (.*)$/ or next;
        my ($status, $answer, $said) = $self->shell($command);

        $expected = '000' if $expected eq 'no answer';
        $n++;

        Test::More::is($status, $expected, $command)
            or Test::More::diag($said . $answer);
    }

    Test::More::cmp_ok($n, '>', 4, 'the README has commands to try');
}


# upstream_gets(COMMAND, NAME, HEADERS): the upstream NAME gets just these
# headers beside those that nginx and curl make; values may be regexes
sub upstream_gets {
    my ($self, $command, $upstream, $headers) = @_;

    my ($status, $answer, $said) = $self->shell($command);
    my ($name, $rest) = $answer =~ /\Aupstream (\w+) got\n.*\n((?s:.*))/;

    my %got = map { /^([^:]+): ?(.*)$/ ? ($1 => $2) : () }
              split /\n/, $rest // '';
    delete @got{qw(Host Connection User-Agent Accept Content-Length
                   Content-Type Authorization)};

    Test::More::subtest($command => sub {
        Test::More::is($name, $upstream, "it reaches $upstream")
            or Test::More::diag("$status $said $answer");

        for my $header (sort keys %$headers) {
            my $value = delete $got{$header};

            ref $headers->{$header}
                ? Test::More::like($value, $headers->{$header}, $header)
                : Test::More::is($value, $headers->{$header}, $header);
        }

        Test::More::is_deeply(\%got, {}, 'and nothing else');
    });
}


# der(NAME): certificate NAME of certs/, or the N-th of it from 0, in base64
sub der {
    my ($self, $name, $n) = @_;

    my @certificates = slurp($self->file("certs/$name.crt"))
        =~ /-----BEGIN CERTIFICATE-----(.*?)-----END/gs;

    return MIME::Base64::encode_base64(
        MIME::Base64::decode_base64($certificates[$n // 0]), '');
}


# alert(HOST, CERTIFICATE): what ends the handshake with OpenSSL's own client
sub alert {
    my ($self, $host, $certificate) = @_;

    my @certificate = defined $certificate
        ? ('-cert', $self->file("certs/$certificate.crt"),
           '-cert_chain', $self->file("certs/$certificate.crt"),
           '-key', $self->file("certs/$certificate.key"))
        : ();

    IPC::Run::run(['openssl', 's_client', '-quiet', '-connect',
                   "127.0.0.1:$self->{port}", '-servername', $host,
                   @certificate],
                  \"GET / HTTP/1.0\r\nHost: $host\r\n\r\n", \my $out,
                  \my $said, IPC::Run::timeout(30));

    return $said =~ /alert ([\w ]+)/ ? $1 : "none, but: $out";
}


sub log_has {
    my ($self, $pattern, $title, $file) = @_;

    Test::More::like(slurp($self->file('logs/' . ($file // 'error.log'))),
                     $pattern, $title);
}


1;
