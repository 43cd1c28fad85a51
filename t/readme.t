# The configuration in README.md does what the page says.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use AuthCert::Example;
use File::Copy qw(copy);
use File::Temp ();
use IPC::Run ();
use Test::More;

my $nginx = $ENV{TEST_NGINX_BINARY} // 'nginx';
my $dir = File::Temp->newdir('auth_cert_readme.XXXXXX', TMPDIR => 1);
my ($port, $backend_port) = AuthCert::Example::free_ports(2);

chmod 0755, $dir;
chomp(my $pki = `bash t/pki/make-pki.sh`);

my %files = (
    'partners.pem' => 'partners.crt',
    'server.pem'   => 'server.crt',
    'server.key'   => 'server.key',
);


sub write_configuration {
    my ($block) = AuthCert::Example::slurp('README.md')
                  =~ /^```nginx\n(.*?)^```$/ms or die "no example\n";

    mkdir "$dir/pki";
    copy("$pki/$files{$_}", "$dir/pki/$_") or die "$_: $!\n" for keys %files;

    $block =~ s{/etc/nginx/}{$dir/}g;
    $block =~ s/\blisten(\s+)443\b/listen${1}127.0.0.1:$port/;
    $block =~ s/:8080\b/:$backend_port/;

    my $temp = join '', map { "${_}_temp_path $dir/$_;\n" }
                        qw(client_body proxy fastcgi scgi uwsgi);
    my $load = join '', map { "load_module $_;\n" }
                        split ' ', $ENV{TEST_NGINX_LOAD_MODULES};

    open my $out, '>', "$dir/nginx.conf" or die "$!\n";
    print $out "$load\npid $dir/nginx.pid;\nerror_log $dir/error.log info;\n"
             . "daemon off;\nevents {\n}\nhttp {\naccess_log off;\n$temp\n"
             . "$block}\n";
    close $out;
}


# get(CLIENT): status and body, by a client who forges the role
sub get {
    my $client = shift;

    my @certificate = $client eq 'none' ? ()
        : ('--cert', "$pki/$client.crt", '--key', "$pki/$client.key");

    IPC::Run::run(['curl', '-sS', '--max-time', 20, '--cacert',
                   "$pki/server-ca.crt", @certificate, '-H',
                   'X-Client-Role: admin', '-w', '%{http_code}',
                   "https://localhost:$port/"],
                  \undef, \my $out, \my $said);

    my ($body, $status) = $out =~ /\A(.*?)(\d{3})\z/s;
    return ($status, $body // $said);
}


write_configuration();

my $backend = IPC::Run::start(['perl', 'examples/backend.pl', 'billing',
                               $backend_port]);
my $server = IPC::Run::start([$nginx, '-e', "$dir/error.log", '-p', "$dir",
                              '-c', "$dir/nginx.conf"]);

AuthCert::Example::wait_for($backend_port, $port);

my ($status, $body) = get('service');

is($status, 200, 'a client with such a SPIFFE ID gets in');
like($body, qr/^X-Client-Role: service$/m, 'the upstream reads the role');
unlike($body, qr/admin/, 'and nothing that the client forged');

is((get('bob'))[0], 403, 'one with another certificate of the CA does not');
is((get('imposter-alice'))[0], 400, 'nor one with a certificate of another CA');
is((get('none'))[0], 400, 'nor one without a certificate');

my $log = AuthCert::Example::slurp("$dir/error.log");

like($log, qr/refused: $_/, "the error log says: $_")
    for 'no rule of policy billing matched', 'certificate not verified:',
        'no certificate';

$_->signal('TERM'), $_->finish for $server, $backend;

done_testing();
