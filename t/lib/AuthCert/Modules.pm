package AuthCert::Modules;

# Other modules beside ours, and the order in which nginx loads them; see
# "load" in t/README.md.

use v5.10.1;
use strict;
use warnings;

use Test::Nginx::Util ();

my $default = $Test::Nginx::Util::LoadModules // '';


# path(NAME): "auth_cert" is the module under test, wherever it was built;
# there is none where it is a part of nginx
sub path {
    my $name = shift;

    return grep { /auth_cert/ } split ' ', $default if $name eq 'auth_cert';

    my $file = $name eq 'ndk' ? 'ndk_http_module.so'
             : $name eq 'stream' ? 'ngx_stream_module.so'
             : "ngx_http_${name}_module.so";

    return "$ENV{TEST_NGINX_MODULES}/$file";
}


# orders(BLOCK): the lines of its section "load"
sub orders {
    my $block = shift;
    return grep { /\S/ } split /\n/, $block->load;
}


sub install {
    no warnings 'redefine';

    my $run_test = \&Test::Nginx::Util::run_test;

    *Test::Nginx::Util::run_test = sub ($) {
        my $block = shift;

        return $run_test->($block) if !defined $block->load;

        for my $order (orders($block)) {
            my $copy = bless { %$block }, ref $block;
            $copy->set_value('name', $block->name . " ($order)");

            local $Test::Nginx::Util::LoadModules =
                join ' ', map { path($_) } split ' ', $order;

            $run_test->($copy);
        }
    };
}


1;
