#!/usr/bin/perl

# Checks that dependencies go one way: what a file may know of.
#
# usage: layers.pl FILE...

use v5.10.1;
use strict;
use warnings;

# Files (a pattern of their names), what their code must not hold, and why.
# With 1 in the second column, the rule is for all files but these.

my @rules = (
    [ qr{/core/(?!ngx_auth_cert_compat\.h)}, 0, qr/\bngx_(?:http|stream)_\w+|\bNGX_(?:HTTP|STREAM)_\w+/,
      'the core knows neither HTTP nor stream' ],

    [ qr{/http/}, 0, qr/\bngx_stream_\w+/, 'HTTP knows no stream' ],
    [ qr{/stream/}, 0, qr/\bngx_http_\w+/, 'stream knows no HTTP' ],

    [ qr{/ngx_auth_cert_compat\.h$}, 1,
      qr/\bnginx_version\b|\bOPENSSL_VERSION\w*|\bNGX_PCRE2\b/,
      'versions are told apart in ngx_auth_cert_compat.h only' ],

    [ qr{/ngx_auth_cert_(?:policy|rule|run|match|condition|list|lines|table|
                           role|regex|wildcard|normal)(?:_\w+)?\.[ch]$}x, 0,
      qr{\b(?:X509|SSL|ASN1|EVP|BIO|GENERAL_NAME|OPENSSL)_\w+
         |\bX509\b|<openssl/}x,
      'rules are evaluated without OpenSSL' ],

    [ qr{/ngx_auth_cert_(?:identity|name|san|dn|extension|string|oid|
                           trust|ca|crl\w*)\.c$|\.h$}x, 1,
      qr{\bX509_get0?_(?:subject|issuer|serial|notB|notA|not[BA]|ext|pubkey
                       |X509_PUBKEY|extension)\w*
         |\bX509_NAME_(?:ENTRY|get|entry|print|oneline)\w*|\bX509_EXTENSION_\w+|\bGENERAL_NAME\w*
         |\bASN1_STRING_\w+}x,
      'the facts of a certificate are read for the identity only' ],
);

my $errors = 0;

for my $file (@ARGV) {
    open my $in, '<', $file or die "$file: $!\n";
    my $text = do { local $/; <$in> };
    close $in;

    # comments and strings may say anything; an #include is no string
    $text =~ s{(/\*.*?\*/|(?<!include )"(?:\\.|[^"\\\n])*")}
              { $1 =~ s/[^\n]//gr }gsex;

    for my $rule (@rules) {
        my ($files, $others, $forbidden, $why) = @$rule;

        next if ($file =~ $files) == $others;

        my $n = 0;
        for my $line (split /\n/, $text) {
            $n++;
            next unless $line =~ /($forbidden)/;
            say "$file:$n: \"$1\": $why";
            $errors++;
        }
    }
}

printf "layers: %d files, %d errors\n", scalar @ARGV, $errors;

exit($errors ? 1 : 0);
