package AuthCert::Config;

# The side of nginx: what is added to a block's configuration, files, reload.

use v5.10.1;
use strict;
use warnings;

use Digest::SHA ();
use File::Basename ();
use File::Path ();
use MIME::Base64 ();
use Test::Nginx::Util ();
use Time::HiRes ();

use AuthCert::Backend;

my $for_all = '';
my $sessions = '';


# http_config_for_all(TEXT): stands before each block's own http_config
sub http_config_for_all {
    $for_all = shift;
}


# keep_sessions(): in all blocks of the file each connection offers the session
# of the one before, which outlasts the clock and reloads of nginx
sub keep_sessions {
    $sessions = <<'EOC';
    ssl_session_timeout 9000d;
    ssl_session_ticket_key $TEST_NGINX_SERVER_ROOT/html/ticket.key;
EOC
}


sub complete_sessions {
    my $block = shift;

    $block->set_value('tls_resume', '');
    $block->set_value('user_files',
                      ($block->user_files // '')
                      . ">>> ticket.key\n" . '0123456789abcdef' x 5);
}


# tls_server(N): the lines that make a server listen on
# $TEST_NGINX_RAND_PORT_N with TLS, HTTP/1.1 and HTTP/2
sub tls_server {
    my $n = shift || 1;

    # "listen ... http2" until 1.25.1, a directive since then
    my $new = $ENV{TEST_NGINX_VERSION_NUM} >= 1025001;

    my ($parameter, $directive) = $new ? ('', 'http2 on;') : (' http2', '');

    return <<"EOC";
        listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_$n ssl$parameter;
        $directive
        include \$TEST_NGINX_PKI/server.conf;
EOC
}


# complete(BLOCK): adds the TLS listener and the backends that a block uses
sub complete {
    my $block = shift;

    return unless defined $block->config;

    complete_sessions($block) if $sessions;

    my $http = $for_all . $sessions . ($block->http_config // '');
    my $config = $block->config;

    # nginx takes the listener's lines from the first server that has them
    if ("$http$config" !~ /\blisten\s[^;]*\bssl\b/ && !defined $block->no_tls)
    {
        $config = tls_server(1) . $config;
    }

    # see t/README.md
    if ("$http$config" =~ m{http://backend\b}
        && $http !~ /\bupstream\s+backend\b/)
    {
        $http .= AuthCert::Backend::http_config();
    }

    $block->set_value('config', $config);
    $block->set_value('http_config', $http);

    # a worker that crashed or left something open; the look into the log
    # takes a while after each request, of which a table has many
    if (!defined $block->must_die && !defined $block->no_error_log
        && !defined $block->verdicts)
    {
        $block->set_value('no_error_log', '[alert]');
    }
}


sub absolute {
    my $name = shift;
    return $name =~ m{^/} ? $name
                          : Test::Nginx::Util::html_dir() . "/$name";
}


# write_file(NAME, TEXT): replaces a file at once, as an administrator should
sub write_file {
    my ($name, $text) = @_;

    my $file = absolute($name);
    File::Path::make_path(File::Basename::dirname($file));

    my $new = hidden($file);

    open my $out, '>', $new or die "$new: $!\n";
    print $out $text;
    close $out or die "$new: $!\n";

    rename $new, $file or die "$file: $!\n";
}


# a name beside the file that is left out in a directory
sub hidden {
    my $file = shift;
    return $file =~ s{([^/]+)$}{.$1.new}r;
}


# copy_file(FROM, NAME): FROM may be a file of the PKI, such as "ops.crt"
sub copy_file {
    my ($from, $name) = @_;
    write_file($name, read_file($from =~ m{^/} ? $from : pki_file($from)));
}


sub read_file {
    my $file = shift;

    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}


# patience(): under valgrind everything takes longer
sub patience {
    return $ENV{TEST_NGINX_USE_VALGRIND} ? 6 : 1;
}


sub workers {
    my $master = shift;
    my @workers;

    for my $pid (split ' ', `ps -o pid= --ppid $master`) {
        open my $in, '<', "/proc/$pid/cmdline" or next;
        my $title = <$in> // '';

        # valgrind does not show the title
        push @workers, $pid if $title =~ /worker process(?! is shutting)/
                               || $ENV{TEST_NGINX_USE_VALGRIND};
    }

    return @workers;
}


# reload_nginx(): HUP, and waits until only new workers take connections;
# needs master_on() at the top of the file
sub reload_nginx {
    my $master = Test::Nginx::Util::get_pid_from_pidfile('reload_nginx');
    my %old;

    # one that has just been started may not have its title yet
    for (1 .. 200 * patience()) {
        %old = map { $_ => 1 } workers($master);
        last if %old;
        Time::HiRes::sleep(0.025);
    }

    %old or die "reload_nginx() needs master_on()\n";

    kill HUP => $master;

    for (1 .. 200 * patience()) {
        Time::HiRes::sleep(0.025);
        my @now = workers($master);
        return if @now && !grep { $old{$_} } @now;
    }

    die "nginx did not reload\n";
}


# pki_file(NAME): absolute name of a file of the PKI
sub pki_file {
    my $name = shift;
    return "$ENV{TEST_NGINX_PKI}/$name";
}


# pki_text(NAME): what it holds
sub pki_text {
    return read_file(pki_file(shift));
}


sub der {
    my $file = shift . '.crt';

    pki_text($file) =~ /-----BEGIN CERTIFICATE-----(.*?)-----END/s
        or die "$file is no certificate\n";

    return MIME::Base64::decode_base64($1);
}


# of the certificate NAME: SHA-256 in lower-case hex, of it and of its key
sub fingerprint {
    return Digest::SHA::sha256_hex(der(shift));
}


sub spki {
    my $file = pki_file("$_[0].crt");
    my $key = `openssl x509 -in $file -noout -pubkey |
               openssl pkey -pubin -outform DER`;
    return Digest::SHA::sha256_hex($key);
}


# the certificate NAME in base64, in one line
sub der_base64 {
    return MIME::Base64::encode_base64(der(shift), '');
}


1;
