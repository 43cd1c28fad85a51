package AuthCert::Protocol;

# The same blocks over HTTP/1.1, HTTP/2 and HTTP/3.  TEST_PROTOCOLS lists
# which, "1.1" if it is not set; t/README.md says which blocks take part.

use v5.10.1;
use strict;
use warnings;

use Test::More ();
use Test::Nginx::Util ();

use AuthCert::Http2;
use AuthCert::Http3;

my @wanted = split ' ', $ENV{TEST_PROTOCOLS} || '1.1';
my %done = map { $_ => 0 } @wanted;
my $current = '1.1';

my %client = (
    '1.1' => 'AuthCert::Client',
    '2'   => 'AuthCert::Http2',
    '3'   => 'AuthCert::Http3',
);


# client(): the class of the protocol that a block is run with
sub client {
    return $client{$current};
}


# suits(BLOCK, PROTOCOL): whether the block says nothing that only another
# protocol has
sub suits {
    my ($block, $protocol) = @_;

    my $listed = $block->protocols;

    # QUIC has it with OpenSSL 3.5.1 and nginx 1.29.1

    return 0 if $protocol eq '3' && defined $block->config
                && $block->config =~ /\bssl_early_data\s+on\b/
                && $ENV{TEST_NGINX_VERSION_NUM} < 1029001;

    return scalar grep { $_ eq $protocol } split ' ', $listed
        if defined $listed;

    return 1 if $protocol eq '1.1';

    return 0 if !defined $block->client_cert || !defined $block->request;

    for my $section (qw(must_die raw_request pipelined_requests via curl_args
                        http_version http09 no_tls))
    {
        return 0 if defined $block->$section;
    }

    return 1 if $protocol eq '2';

    # the client has no such options

    return 0 if defined $block->tls_groups || defined $block->tls_forget;

    # QUIC is TLS 1.3

    my $versions = $block->tls_version // '';
    my $text = $block->config . ($block->http_config // '');

    return "@{[ ref $versions ? @$versions : $versions ]}" !~ /TLSv1\.2/
           && $text !~ /\bssl_protocols\s+TLSv1\.2\s*;/;
}


# variant(BLOCK, PROTOCOL): a copy whose TLS listeners speak it
sub variant {
    my ($block, $protocol) = @_;

    return $block if $protocol eq '1.1';

    my $copy = bless { %$block }, ref $block;
    my $add = $protocol eq '2' ? \&add_http2 : \&add_quic;

    for my $section (qw(config http_config)) {
        $copy->set_value($section, $add->($block->$section, $section));
    }

    if (defined $block->more_headers && defined $block->response_body) {
        $copy->set_value('response_body', lower_case($block));
    }

    $copy->set_value('name', $block->name . " (HTTP/$protocol)");

    return $copy;
}


# lower_case(BLOCK): its response_body, where a line that the client sent and
# that an upstream shows has its name as it is sent in these versions
sub lower_case {
    my $block = shift;
    my ($headers, $body) = ($block->more_headers, $block->response_body);

    my %sent = map { $_ => 1 }
               map { split /\n/ } ref $headers ? @$headers : $headers;

    my @bodies = map {
        s{^([^:\n]+)(: .*)$}{$sent{"$1$2"} ? lc($1) . $2 : "$1$2"}gmer
    } ref $body ? @$body : $body;

    return ref $body ? \@bodies : $bodies[0];
}


sub add_http2 {
    my ($text, $section) = @_;

    if ($ENV{TEST_NGINX_VERSION_NUM} >= 1025001) {
        return $section eq 'http_config' ? "http2 on;\n$text" : $text;
    }

    $text =~ s/(\blisten\s+[^;]*\bssl\b(?![^;]*\bhttp2\b)[^;]*)/$1 http2/g;

    return $text;
}


sub add_quic {
    my $text = shift;

    $text =~ s{(\blisten\s+(127\.0\.0\.1:\S+)\s+ssl\b([^;]*);)}{
        my ($listen, $address, $parameters) = ($1, $2, $3);
        my $default = $parameters =~ /\bdefault_server\b/
                      ? ' default_server' : '';
        "$listen listen $address quic$default;"
    }ge;

    return $text;
}


sub end_of_file {
    my $log = $ENV{TEST_PROTOCOLS_LOG};

    # a file needs at least one test
    if (%done && !grep { $_ } values %done) {
        Test::More->builder->skip("no block for HTTP/@wanted");
    }

    return unless $log && %done;

    open my $out, '>>', $log or die "$log: $!\n";
    print $out "$_ $done{$_}\n" for keys %done;
    CORE::close($out) or die "$log: $!\n";
    %done = ();
}


sub install {
    no warnings 'redefine';

    my $run_test = \&Test::Nginx::Util::run_test;
    my $cleanup = \&Test::Nginx::Util::cleanup;

    *Test::Nginx::Util::run_test = sub ($) {
        my $block = shift;

        for my $protocol (@wanted) {
            next unless suits($block, $protocol);

            $current = $protocol;
            $done{$protocol}++;
            $run_test->(variant($block, $protocol));
        }
    };

    *Test::Nginx::Util::cleanup = sub () {
        end_of_file();
        $cleanup->();
    };
}


1;
