package AuthCert::Messages;

# The sections "http_file" and "says": a part of the configuration in a file
# of its own, and what nginx -t says about it, word for word.

use v5.10.1;
use strict;
use warnings;

use Test::More ();
use Test::Nginx::Util ();

my $FILE = 'part.conf';


sub complete {
    my $block = shift;

    return unless defined $block->http_file;

    my $files = $block->user_files // '';

    $block->set_value('user_files', "$files>>> $FILE\n" . $block->http_file);
    $block->set_value('http_config', ($block->http_config // '')
        . "include \$TEST_NGINX_SERVER_ROOT/html/$FILE;\n");

    $block->set_value('config', $block->config // 'location /t { }');
}


# test_configuration(): what nginx -t says, and 1 if it takes it
sub test_configuration {
    my $root = Test::Nginx::Util::server_root();
    my $said = `'$Test::Nginx::Util::NginxBinary' -t -e stderr -p '$root/' \\
                -c '$root/conf/nginx.conf' 2>&1`;

    return ($said, $? == 0);
}


# the lines on the configuration itself, with the names of files cut short
sub messages {
    my $said = shift;

    my $html = Test::Nginx::Util::html_dir();
    my $root = Test::Nginx::Util::server_root();

    my @lines = grep { !/ could not build optimal | test (failed|is succ)/
                       && !/ syntax is ok$/ } split /\n/, $said;

    for (@lines) {
        s/^nginx: //;
        s{^[\d/]+ [\d:]+ (\[\w+\]) \d+#\d+: }{$1 };
        s{\Q$root\E/conf/\.\./html/}{}g;
        s{\Q$html\E/}{}g;
        s{\Q$root\E/conf/}{}g;
        s{\Q$ENV{TEST_NGINX_PKI}\E/}{PKI/}g;
    }

    return join '', map { "$_\n" } @lines;
}


sub check {
    my $block = shift;

    my ($said, $accepted) = test_configuration();
    my $expected = $block->says;

    # "<*>" is what the libraries say in their own words
    my $pattern = join '.+', map { quotemeta } split /<\*>/, $expected;
    my $verb = $expected =~ /^\[emerg\]/m ? 'refuses' : 'takes';

    Test::More::is($accepted ? 'takes' : 'refuses', $verb,
                   $block->name . " - nginx $verb the configuration");
    $said = messages($said);
    $said =~ /\A$pattern\z/
        ? Test::More::pass($block->name . " - what it says")
        : Test::More::is($said, $expected, $block->name . " - what it says");
}


# a block without a request ends here
sub install {
    my $write_config_file = \&Test::Nginx::Util::write_config_file;
    my $run_test = \&Test::Nginx::Util::run_test;

    no warnings 'redefine';

    *Test::Nginx::Util::write_config_file = sub ($$$) {
        my ($block, $config, $ports) = @_;

        $write_config_file->($block, $config, $ports);

        return unless defined $block->says;

        check($block);
        die { checked => 1 } unless defined $block->request;
    };

    *Test::Nginx::Util::run_test = sub ($) {
        my $block = shift;

        return if eval { $run_test->($block); 1 };
        die $@ unless ref $@ eq 'HASH' && $@->{checked};
    };
}


1;
