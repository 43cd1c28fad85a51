package AuthCert::Modules;

# Other modules beside ours, and the order in which nginx loads them; see
# "load" in t/README.md.

use v5.10.1;
use strict;
use warnings;

use Test::Nginx::Util ();

my $asan = $ENV{ASAN_OPTIONS} // '';


# path(NAME): "auth_cert" is the module under test, wherever it was built or
# linked anew; there is none where it is a part of nginx
sub path {
    my $name = shift;

    return grep { /auth_cert/ }
           split ' ', $Test::Nginx::Util::LoadModules // ''
        if $name eq 'auth_cert';

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


# options(ORDER): those of AddressSanitizer; it cannot look for leaks in the
# memory of LuaJIT, and may hang there
sub options {
    my $order = shift;

    return $asan . ($order =~ /\blua\b/ ? ',detect_leaks=0' : '');
}


sub install {
    no warnings 'redefine';

    my $run_test = \&Test::Nginx::Util::run_test;

    *Test::Nginx::Util::run_test = sub ($) {
        my $block = shift;

        if (!defined $block->load) {
            local $ENV{ORI_ASAN_OPTIONS} = $asan;
            return $run_test->($block);
        }

        for my $order (orders($block)) {
            my $copy = bless { %$block }, ref $block;
            $copy->set_value('name', $block->name . " ($order)");

            local $Test::Nginx::Util::LoadModules =
                join ' ', map { path($_) } split ' ', $order;

            # Test::Nginx adds the name of the block to these
            local $ENV{ORI_ASAN_OPTIONS} = options($order);

            $run_test->($copy);
        }
    };
}


1;
