package AuthCert::Geo;

# Writes a database for the geoip2 module: MaxMind DB, version 2.0, with
# records of 24 bits and one network that has a country.

use v5.10.1;
use strict;
use warnings;

use Socket ();

use AuthCert::Config;

my %type = (string => 2, uint16 => 5, uint32 => 6, map => 7, uint64 => 9,
            array => 11);


# control(TYPE, SIZE): the byte before a value; types above 7 are extended
sub control {
    my ($type, $size) = @_;

    my $number = $type{$type};

    die "too large: $size\n" if $size > 28;

    return $number <= 7 ? chr($number << 5 | $size)
                        : chr($size) . chr($number - 7);
}


sub string { return control('string', length $_[0]) . $_[0] }


# uint(TYPE, NUMBER)
sub uint {
    my ($type, $number) = @_;

    my $bytes = pack 'N', $number;
    $bytes =~ s/^\0+//;

    return control($type, length $bytes) . $bytes;
}


# map_of(KEY, VALUE, ...): the values are encoded already
sub map_of {
    my $text = control('map', @_ / 2);

    while (my ($key, $value) = splice @_, 0, 2) {
        $text .= string($key) . $value;
    }

    return $text;
}


# make_for(BLOCK): html/country.mmdb as its section "country" says
sub make_for {
    my $block = shift;

    if (($block->country // '') =~ m{^(\S+)/(\d+) (\S+)$}) {
        AuthCert::Config::write_file('country.mmdb', database($1, $2, $3));
    }
}


# database(ADDRESS, BITS, CODE)
sub database {
    my ($address, $length, $code) = @_;

    my @bits = split '', unpack 'B32', Socket::inet_aton($address);

    # a node for each bit of the network: on to the next one, or nowhere.
    # A record is a node's number; the number of nodes: nothing; above it and
    # the 16 bytes of a separator: a place in the data
    my $nodes = $length;
    my $tree = '';

    for my $i (0 .. $length - 1) {
        my $next = $i + 1 < $length ? $i + 1 : $nodes + 16;
        my @records = ($nodes, $nodes);

        $records[$bits[$i]] = $next;
        $tree .= join '', map { substr pack('N', $_), 1 } @records;
    }

    my $data = map_of(country => map_of(iso_code => string($code)));

    my $metadata = map_of(
        binary_format_major_version => uint('uint16', 2),
        binary_format_minor_version => uint('uint16', 0),
        build_epoch                 => uint('uint64', 1),
        database_type               => string('Country'),
        description                 => map_of(en => string('test')),
        ip_version                  => uint('uint16', 4),
        languages                   => control('array', 1) . string('en'),
        node_count                  => uint('uint32', $nodes),
        record_size                 => uint('uint16', 24),
    );

    return $tree . "\0" x 16 . $data . "\xab\xcd\xefMaxMind.com"
           . $metadata;
}


1;
