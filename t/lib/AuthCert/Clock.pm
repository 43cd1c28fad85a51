package AuthCert::Clock;

# The time that nginx lives in: a library that is preloaded adds to the clock
# what the test says, so that nobody has to wait until a certificate ends.

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Temp ();
use Test::Nginx::Util ();
use Time::Local ();

my $folder;


# fake_clock(): for all blocks of the file, to be called before run_tests()
sub fake_clock {
    $folder = File::Temp->newdir();

    my $source = File::Basename::dirname(Cwd::abs_path(__FILE__))
                 . '/clock.c';

    system('cc', '-shared', '-fPIC', '-O1', '-o', "$folder/clock.so",
           $source) == 0 or die "cannot compile $source\n";

    $ENV{TEST_NGINX_CLOCK} = "$folder/ahead";
    $Test::Nginx::Util::ld_preload = "$folder/clock.so";
}


# set_clock('2050-01-01T00:00:00Z'): from now on it is this time
sub set_clock {
    my $text = shift;

    $folder or die "set_clock() needs fake_clock()\n";

    my ($year, $month, @rest)
        = $text =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)Z$/
        or die "no time: \"$text\"\n";

    ahead(Time::Local::timegm(reverse(@rest), $month - 1, $year) - time);
}


sub ahead {
    my $seconds = shift;

    open my $out, '>', "$folder/ahead.new" or die "clock: $!\n";
    print $out "$seconds\n";
    close $out or die "clock: $!\n";

    rename "$folder/ahead.new", "$folder/ahead" or die "clock: $!\n";
}


# each block begins with the true time
sub reset {
    ahead(0) if $folder;
}


1;
