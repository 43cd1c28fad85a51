#!/usr/bin/perl

# Checks what can be checked of nginx's style, and of this project's limits.
#
# usage: style.pl [--any-name] FILE...
#
# Prints file:line: what is wrong.  "warning:" lines do not fail the run.
# --any-name: leave out the rules about names and copyright, for a look at
# files of nginx itself.

use v5.10.1;
use strict;
use warnings;

use constant {
    COLUMNS       => 80,
    FUNCTION_WARN => 70,
    FUNCTION_FAIL => 100,
    FILE_WARN     => 500,
    FILE_FAIL     => 800,
};

my $any_name = @ARGV && $ARGV[0] eq '--any-name' ? shift : 0;

my ($file, $errors, $warnings) = ('', 0, 0);


sub report {
    my ($line, $text) = @_;
    say "$file:$line: $text";
    $errors++;
}


sub advise {
    my ($line, $text) = @_;
    say "$file:$line: warning: $text";
    $warnings++;
}


# code(TEXT): the same lines without comments and the insides of strings, so
# that columns stay
sub code {
    my $text = shift;

    $text =~ s{
        ( /\*.*?\*/ | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
    }{
        my $part = $1;
        if ($part =~ m{^/}) {
            $part =~ s/[^\n]/ /g;
        } else {
            my $quote = substr $part, 0, 1;
            $part = $quote . ('.' x (length($part) - 2)) . $quote;
        }
        $part;
    }gsex;

    return $text;
}


# rules of a line

sub check_lines {
    my $raw = shift;
    my $empty = 0;

    for my $n (1 .. @$raw) {
        my $line = $raw->[$n - 1];

        report($n, 'a tab') if $line =~ /\t/;
        report($n, 'a carriage return') if $line =~ /\r/;
        report($n, 'white space at the end of the line') if $line =~ / $/;
        report($n, 'longer than ' . COLUMNS . ' columns')
            if length $line > COLUMNS;
        report($n, "\"$1\": do it, or leave it out")
            if $line =~ /\b(TODO|FIXME|XXX)\b/;

        $empty = $line eq '' ? $empty + 1 : 0;
        report($n, 'more than two empty lines') if $empty == 3;
    }

    report(scalar @$raw, 'empty lines at the end of the file') if $empty;
}


my $type = qr/(?:u_char|char|void|int|size_t|off_t|long|ngx_\w+_t|\w+_pt)/;

sub check_code_lines {
    my $code = shift;

    for my $n (1 .. @$code) {
        local $_ = $code->[$n - 1];

        report($n, 'a comment that begins with //') if m{//};
        report($n, '#if 0') if /^\s*#\s*if\s+0\b/;
        report($n, 'dd() is for one\'s own debugging') if /\bdd\(/;

        next if /^\s*#/;

        report($n, "no space after \"$1\"")
            if /\b(if|for|while|switch)\(/;
        report($n, 'return with parentheses') if /\breturn\(/;
        report($n, 'no space before "{"') if /\)\{/;
        report($n, '"}" and "else" stand on one line') if /^\s*else\b/;
        report($n, 'no space after ","') if /,[^\s,)]/;
        report($n, 'a space before "," or ";"')
            if /\S\s+[,;]/ && !/^\s*for \(|^\s*;|\(\s*;|;\s*;/;
        report($n, 'no space after a cast')
            if /(?<![\w*])\((?:const )?$type(?: \*+)?\)[\w(&]/
               && !/sizeof\($type/;
        report($n, '"*" belongs to the name, not to the type')
            if /\b$type\*+ ?\w/;
        report($n, 'sizeof without a space before "("') if /\bsizeof \(/;
        report($n, '"{" is not indented by multiples of four')
            if /^( +)\{$/ && length($1) % 4;
    }
}


# an if, for or while without braces
sub check_braces {
    my $code = shift;

    for (my $n = 0; $n < @$code; $n++) {
        next unless $code->[$n] =~ /^\s+(?:\} else )?(if|for|while) \(/;

        my ($word, $end, $depth) = ($1, $n, 0);

        for (; $end < @$code; $end++) {
            $depth += () = $code->[$end] =~ /\(/g;
            $depth -= () = $code->[$end] =~ /\)/g;
            last if $depth <= 0;
        }

        next if $end >= @$code || $code->[$end] =~ /[{;\\]\s*$/;

        my $next = $code->[$end + 1] // '';
        report($n + 1, "\"$word\" without braces") unless $next =~ /^\s+\{/;

        report($end + 2, '"{" stands alone only after a condition of '
                         . 'several lines')
            if $next =~ /^\s+\{$/ && $end == $n
               && length $code->[$n] <= COLUMNS - 4;
    }
}


# functions

sub check_functions {
    my ($raw, $code) = @_;
    my $prefix = prefix();

    for (my $n = 0; $n < @$code; $n++) {
        next unless $code->[$n] eq '{';

        my $name = $n - 1;
        $name-- while $name > 0 && $code->[$name] =~ /^\s/;

        # a continued macro, or something that is no function
        next unless $code->[$name] =~ /^(.*?)(\w+)\(/;

        my ($before, $called) = ($1, $2);

        report($name + 1, "the return type of $called() stands on its own "
                          . 'line') if $before ne '';
        report($name + 1, "$called() does not begin with $prefix")
            if !$any_name && $called !~ /^$prefix(?:_|$)/;

        my $start = $before ne '' ? $name : $name - 1;
        check_before($raw, $code, $start, $called);

        my $end = $n;
        $end++ while $end < $#$code && $code->[$end] ne '}';

        check_length($name, $end, $called);
        check_after($raw, $end, $called);
        check_declarations($code, $n + 1, $called);

        $n = $end;
    }
}


sub prefix {
    my ($layer) = $file =~ m{module/(\w+)/};

    return 'ngx_auth_cert' if !defined $layer || $layer eq 'core';
    return "ngx_${layer}_auth_cert";
}


# two empty lines before a function and the comment that belongs to it
sub check_before {
    my ($raw, $code, $start, $called) = @_;

    my $above = $start - 1;

    # up over the comment, which an empty line may part from the function
    $above-- if $above > 0 && $raw->[$above] eq ''
                && $raw->[$above - 1] =~ m{\*/$};

    while ($above >= 0 && $raw->[$above] ne ''
           && $code->[$above] =~ /^\s*$/)
    {
        $above--;
    }

    return if $above < 0 || $raw->[$above] =~ /^#|\\$/;

    my $empty = 0;
    $empty++, $above-- while $above >= 0 && $raw->[$above] eq '';

    return if $above < 0 || $raw->[$above] =~ /^#|\\$/;

    report($start + 1, "two empty lines before $called()") if $empty != 2;
}


sub check_after {
    my ($raw, $end, $called) = @_;

    my $below = $end + 1;
    $below++ while $below < @$raw && $raw->[$below] eq '';

    return if $below >= @$raw || $raw->[$below] =~ /^#/;

    report($end + 2, "two empty lines after $called()")
        if $below - $end - 1 != 2;
}


sub check_length {
    my ($name, $end, $called) = @_;
    my $lines = $end - $name + 1;

    if ($lines > FUNCTION_FAIL) {
        report($name + 1, "$called() has $lines lines, the limit is "
                          . FUNCTION_FAIL);

    } elsif ($lines > FUNCTION_WARN) {
        advise($name + 1, "$called() has $lines lines, more than "
                          . FUNCTION_WARN);
    }
}


# the declarations at the top of a function: names in one column, two spaces
# after the longest type, which stands last, and an empty line after them
sub check_declarations {
    my ($code, $n, $called) = @_;
    my @found;

    for (; $n < @$code; $n++) {
        last unless $code->[$n] =~ m{
            ^\ {4} ( (?:(?:static|const|struct|unsigned|volatile)\ )*
                     [A-Za-z_]\w* (?:\(\w+\))? )
            (\ +) (\**) ([A-Za-z_]\w*) (?:\[[^\]]*\])* (\ =\ [^;]*)?
            (?:,\ \**\w+ (?:\[[^\]]*\])* (?:\ =\ [^;]*)?)* ;\s*$
        }x;

        my ($type, $space, $stars, $value) = ($1, length $2, length $3, $5);
        last if $type =~ /^(?:return|goto|else|case|break|continue)$/;

        push @found, {
            line   => $n + 1,
            type   => $type,
            stars  => $stars,
            column => 4 + length($type) + $space + $stars,
            value  => $value,
        };
    }

    # one that does not fit the pattern, or depends on an #if: nothing is
    # certain; "type *name = conf;" comes before the others, with one space
    return if !@found
              || $code->[$n] =~ /^#|^    (?:\S.*[^;{}]$|(?:static )?enum\b)/
              || grep { defined $_->{value} } @found;

    report($n + 1, "an empty line after the declarations of $called()")
        if $code->[$n] =~ /\S/;

    my ($longest) = sort { $b <=> $a } map { length $_->{type} } @found;
    my ($stars) = sort { $b <=> $a } map { $_->{stars} } @found;
    my ($widest) = sort { $b <=> $a }
                   map { $_->{stars} + length $_->{type} } @found;

    # nginx leaves room for "*" after the longest type, or does not
    report($found[0]{line}, "two spaces after the longest type in $called()")
        if $found[0]{column} != 4 + $widest + 2
           && $found[0]{column} != 4 + $longest + $stars + 2;

    report($found[-1]{line}, "the longest type of $called() stands last")
        if length $found[-1]{type} < $longest
           && $found[-1]{type} !~ /^static/;

    for my $declaration (@found) {
        next if $declaration->{column} == $found[0]{column};
        report($declaration->{line}, "names stand in one column in "
                                     . "$called()");
        last;
    }
}


# the file

sub check_file {
    my ($text, $raw) = @_;
    my $lines = @$raw;

    report(1, 'no newline at the end') unless $text =~ /\n\z/;

    if ($lines > FILE_FAIL) {
        report($lines, "$lines lines, the limit is " . FILE_FAIL);

    } elsif ($lines > FILE_WARN) {
        advise($lines, "$lines lines, more than " . FILE_WARN);
    }

    return if $any_name;

    my ($base) = $file =~ m{([^/]+)$};
    my $prefix = prefix();

    report(1, "the file's name does not begin with $prefix")
        unless $base =~ /^$prefix(?:_|\.h$)/;

    my ($comment) = $text =~ m{\A\s*/\*(.*?)\*/}s;

    if (!defined $comment || $comment !~ /Copyright/) {
        report(1, 'the first comment names the copyright');
        return;
    }

    $comment =~ s/^.*Copyright.*$//m;
    report(1, 'the first comment says in a sentence what belongs here')
        unless $comment =~ /\w+ \w+.*\./s;
}


for my $name (@ARGV) {
    $file = $name;

    open my $in, '<', $file or die "$file: $!\n";
    my $text = do { local $/; <$in> };
    close $in;

    my @raw = split /\n/, $text, -1;
    pop @raw if @raw && $raw[-1] eq '';

    my @code = map { s/\s+$//r } split /\n/, code($text), -1;

    check_file($text, \@raw);
    check_lines(\@raw);
    check_code_lines(\@code);
    check_braces(\@code);
    check_functions(\@raw, \@code);
}

printf "style: %d files, %d errors, %d warnings\n", scalar @ARGV, $errors,
       $warnings;

exit($errors ? 1 : 0);
