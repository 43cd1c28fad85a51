# The documentation: every example is a configuration that nginx takes
# without a warning, and everything that the module knows by name is described.

use v5.10.1;
use strict;
use warnings;

use File::Copy qw(copy);
use File::Temp ();
use Test::More;

my $nginx = $ENV{TEST_NGINX_BINARY} // 'nginx';
my $dir = File::Temp->newdir('auth_cert_docs.XXXXXX', TMPDIR => 1);

chmod 0755, $dir;


# what the examples name: sets and policies that the page explains elsewhere

my %defined_elsewhere = (
    auth_cert_trust  => { map { $_ => "{ ca $dir/pki/$_.pem; }" }
                          qw(partners ops devices) },
    auth_cert_policy => { map { $_ => '{ allow verified; }' }
                          qw(staff editors billing) },
);


# what they read from /etc/nginx, by the names of the test's certificates

my %files = (
    'pki/partners.pem'       => 'partners.crt',
    'pki/ops.pem'            => 'ops.crt',
    'pki/devices.pem'        => 'partners.crt',
    'pki/devices/one.pem'    => 'partners.crt',
    'pki/old-device-ca.der'  => 'ops.der',
    'pki/intermediate.pem'   => 'intermediate.crt',
    'pki/server.pem'         => 'server.crt',
    'pki/server.key'         => 'server.key',
    'modules/ngx_http_auth_cert_module.so' => undef,
);

# one list is shown in the page, these stand for the others

my %lists = (
    'plans.list'  => ('ab' x 32) . "  gold\n",
    'stolen.list' => "0a1b2c\n",
);


sub slurp {
    my $file = shift;
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}


sub spew {
    my ($file, $text) = @_;
    open my $out, '>', $file or die "$file: $!\n";
    print $out $text;
    close $out or die "$file: $!\n";
}


sub make_files {
    chomp(my $pki = `bash t/pki/make-pki.sh`);

    mkdir "$dir/$_" for qw(pki pki/devices pki/crl lists logs temp html);

    system('bash', 't/pki/make-crl.sh', $pki, "$dir/pki/crl/partners.pem") == 0
        or die "make-crl.sh failed\n";

    for my $name (grep { defined $files{$_} } keys %files) {
        copy("$pki/$files{$name}", "$dir/$name") or die "$name: $!\n";
    }

    spew("$dir/lists/$_", $lists{$_}) for keys %lists;

    my ($shown) = grep { $_->[1] =~ /^# / }
                       blocks('docs/directives.md', 'text');

    spew("$dir/lists/pinned.list", $shown->[1]);
}


# blocks(FILE, LANGUAGE): [line number, text] of each block of that language
sub blocks {
    my ($file, $language) = @_;
    my (@blocks, $line, $text);

    for (split /^/, slurp($file)) {
        $line++;

        if (/^```$language$/) {
            $text = '';
            push @blocks, [$line];

        } elsif (defined $text && /^```$/) {
            $blocks[-1][1] = $text;
            undef $text;

        } elsif (defined $text) {
            $text .= $_;
        }
    }

    return @blocks;
}


# configuration(TEXT): a whole configuration around an example
sub configuration {
    my $text = shift;

    my $level = $text =~ /^http\b/m ? 'main'
        : $text =~ /^(?:server|auth_cert_(?:trust|policy|map|zone|reload|verify_cache)|log_format)\b/m
        ? 'http' : 'server';

    my $before = '';

    for my $directive (sort keys %defined_elsewhere) {
        my $names = $defined_elsewhere{$directive};

        for my $name (sort keys %$names) {
            next if $text =~ /^\s*$directive\s+$name\s/m;
            $before .= "$directive $name $names->{$name}\n";
        }
    }

    $text =~ s/^load_module .*//m;
    $text =~ s{/etc/nginx/}{$dir/}g;
    $text =~ s{/var/log/nginx/}{$dir/logs/}g;
    $text =~ s/\blisten(\s+)443\b/listen${1}8443/g;

    my $main = "pid $dir/nginx.pid;\nerror_log $dir/logs/error.log;\n"
        . join '', map { "load_module $_;\n" }
                   split ' ', $ENV{TEST_NGINX_LOAD_MODULES} // '';

    if ($level eq 'main') {
        $text =~ s/^http\s*\{/http {\n$before/m;
        return $main . $text;
    }

    if ($level eq 'server') {
        $text = "server {\nlisten 8443 ssl;\n"
            . "ssl_certificate $dir/pki/server.pem;\n"
            . "ssl_certificate_key $dir/pki/server.key;\n"
            . "auth_cert_verify partners;\n$text\n}\n";
    }

    my $temp = join '', map { "${_}_temp_path $dir/temp/$_;\n" }
                        qw(client_body proxy fastcgi scgi uwsgi);

    return "$main\nevents {\n}\n\nhttp {\nvariables_hash_max_size 2048;\n"
        . "$temp$before$text}\n";
}


sub example_is_taken {
    my ($file, $line, $text) = @_;

    spew("$dir/nginx.conf", configuration($text));

    my $said = `'$nginx' -t -e stderr -p '$dir' -c '$dir/nginx.conf' 2>&1`;

    ok($? == 0 && $said !~ /\[(?:warn|emerg|alert|error)\]/,
       "$file:$line: nginx takes the example")
        or diag($said);
}


# is_complete(WHAT, [WHAT THERE IS], [WHAT IS DESCRIBED])
sub is_complete {
    my ($what, $there, $described) = @_;

    ok(@$there > 0, "$what are found in the source");
    is_deeply([sort @$described], [sort @$there],
              "the $what described are those of the module");
}


sub headings {
    my ($file, $level) = @_;
    return slurp($file) =~ /^#{$level} (\w+)$/mg;
}


make_files();

my @pages = ('README.md', sort(glob 'docs/*.md'), sort(glob 'examples/*/*.md'));

for my $page (@pages) {
    example_is_taken($page, @$_) for blocks($page, 'nginx');
}

my $directives = slurp('docs/directives.md');
my $variables = slurp('docs/variables.md');
my $front = slurp('module/http/ngx_http_auth_cert_module.c');

is_complete('directives',
            [$front =~ /ngx_string\("(auth_cert\w*)"\)/g],
            [grep { /^auth_cert/ } headings('docs/directives.md', 2)]);

is_complete('variables',
            [slurp('module/http/ngx_http_auth_cert_variables.c')
             =~ /^\s+ngx_http_auth_cert_(?:field|made|state)\("(\w+)"/mg],
            [$variables =~ /^\| `\$auth_cert_(\w+)` \|/mg]);

for my $sub (slurp('module/core/ngx_auth_cert_conf.c')
             =~ /\{ ngx_string\("(\w+)"\), \d, /g)
{
    ok($directives =~ /^\| `$sub [^|]*/m, "\"$sub\" of a set is described");
}

for my $selector (slurp('module/core/ngx_auth_cert_field.c')
                  =~ /\{ ngx_string\("([^"]+)"\), NGX_AUTH_CERT_TYPE/g)
{
    ok($directives =~ /^\|.* `\Q$selector\E\w*`/m,
       "the selector \"$selector\" is described");
}

for my $mode (slurp('module/http/ngx_http_auth_cert_forward.c')
              =~ /\{ "(\w+)", NGX_HTTP_AUTH_CERT_XFCC/g)
{
    ok($directives =~ /^\| `$mode`/m, "the XFCC mode \"$mode\" is described");
}

# reasons: sentences, or formats where something is filled in; the first one
# no user ever sees

my $log = slurp('module/core/ngx_auth_cert_log.c');
my %filled_in = ('%ui' => 'N', '%V' => 'NAME', '%s' => 'ERROR');

for my $reason ($log =~ /^ {6}ngx_string\("([^"]+)"\)/mg,
                $log =~ /ngx_sprintf\(text->data, "([^"]+)"/g)
{
    next if $reason eq 'nothing was decided';

    $reason =~ s/(%\w+)/$filled_in{$1}/g;
    ok($directives =~ /^\| `\Q$reason\E` \|/m,
       "the reason \"$reason\" is described");
}

done_testing();
