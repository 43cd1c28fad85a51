package AuthCert::Verdicts;

# The section "verdicts": a table of clients and rules, a request for each
# line.  It is turned into the sections that everybody knows.

use v5.10.1;
use strict;
use warnings;


# lines(TEXT): [ client, arguments of the request, action, role, rules ]
sub lines {
    my ($block, $text) = @_;
    my @lines;

    for my $line (split /\n/, $text) {
        next if $line =~ /^\s*(#|$)/;

        $line =~ /^\s*([\w.-]+)(?:\?(\S*))?\s+(allow|deny)(?::(\S+))?\s+(.+)$/
            or die $block->name . ": no verdict: $line\n";

        push @lines, [ $1, $2, $3, $4, $5 ];
    }

    return @lines;
}


sub complete {
    my $block = shift;

    return unless defined $block->verdicts;

    my (@clients, @requests, @codes, @bodies);
    my ($policies, $locations) = ('', '');

    for my $line (lines($block, $block->verdicts)) {
        my ($client, $arguments, $action, $role, $rules) = @$line;

        my $n = @requests + 1;

        $role =~ s/␠/ /g if defined $role;
        my $allow = $action eq 'allow';

        $policies .= "auth_cert_policy p$n { $rules }\n";
        $locations .= "location = /$n { auth_cert p$n;"
                      . " echo '\$auth_cert_role'; }\n";

        push @clients, $client;
        push @requests, "GET /$n" . (defined $arguments ? "?$arguments" : '');
        push @codes, $allow ? 200 : 403;
        # a failure shows the pattern, and with it the line
        (my $comment = "$client $rules") =~ tr/()/[]/;

        push @bodies, "(?#$comment)" . ($allow
            ? '\A' . quotemeta($role // '') . '\n\z' : '403 Forbidden');
    }

    $block->set_value('http_config', ($block->http_config // '') . $policies);
    $block->set_value('config', ($block->config // '') . $locations);

    $block->set_value('client_cert', \@clients);
    $block->set_value('request', \@requests);
    $block->set_value('error_code', \@codes);
    $block->set_value('response_body_like', \@bodies);
}


1;
