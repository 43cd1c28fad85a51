#!/usr/bin/perl

# The table of coverage.sh, and its list of lines that were not reached.
#
# usage: coverage.pl TOP FOLDER LIST PERCENT
#
# FOLDER has what gcov wrote; fails when less than PERCENT of all lines were
# reached.

use v5.10.1;
use strict;
use warnings;

use IO::Uncompress::Gunzip ();
use JSON::PP ();

my ($top, $folder, $list, $wanted) = @ARGV;
my (%lines, %branches, %function);


sub slurp_json {
    my $file = shift;
    my $text = '';

    IO::Uncompress::Gunzip::gunzip($file => \$text) or die "$file: $!\n";
    return JSON::PP::decode_json($text);
}


# a header is in several units
for my $json (glob "$folder/*.gcov.json.gz") {
    for my $file (@{ slurp_json($json)->{files} }) {
        my ($name) = $file->{file} =~ m{^\Q$top\E/(module/.*)} or next;

        for my $line (@{ $file->{lines} }) {
            my $n = $line->{line_number};

            $lines{$name}{$n} += $line->{count};
            $function{$name}{$n} = $line->{function_name} // '';

            my $branch = 0;
            $branches{$name}{$n}[$branch++] += $_->{count}
                for @{ $line->{branches} };
        }
    }
}

%lines or die "nothing was counted\n";


# row(NAME, LINES, REACHED, BRANCHES, TAKEN)
sub row {
    my ($name, @n) = @_;
    my @percent = map { $n[$_] ? 100 * $n[$_ + 1] / $n[$_] : 100 } 0, 2;

    printf "%-42s %5d %6.1f%% %6d %6.1f%%\n", $name, $n[0], $percent[0],
           $n[2], $percent[1];

    return $percent[0];
}


open my $out, '>', $list or die "$list: $!\n";
printf "%-42s %5s %7s %6s %7s\n", '', 'lines', '', 'branch', '';

my @all = (0) x 4;

for my $name (sort keys %lines) {
    open my $in, '<', "$top/$name" or die "$name: $!\n";
    my @text = <$in>;

    my @uncovered = sort { $a <=> $b }
                    grep { !$lines{$name}{$_} } keys %{ $lines{$name} };
    my @branches = map { @$_ } values %{ $branches{$name} // {} };

    my @n = (scalar keys %{ $lines{$name} }, 0, scalar @branches,
             scalar grep { $_ } @branches);
    $n[1] = $n[0] - @uncovered;

    row($name =~ s{^module/}{}r, @n);
    $all[$_] += $n[$_] for 0 .. 3;

    for my $n (@uncovered) {
        my $text = $text[$n - 1] =~ s/^\s+|\s+$//gr;
        print $out "$name:$n: $function{$name}{$n}: $text\n";
    }
}

close $out or die "$list: $!\n";

my $percent = row('all', @all);

printf "%d lines that no test reached are in %s\n", $all[0] - $all[1],
       $list =~ s{^\Q$top\E/}{}r;

if ($percent < $wanted) {
    print "coverage: FAILED, less than $wanted% of the lines\n";
    exit 1;
}
