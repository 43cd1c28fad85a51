# All certificates of the tests, each with all that has to come out: read from
# the manifest that t/pki/expected.py made of their bytes.

use lib 't/lib';
use AuthCert;

use JSON::PP ();
use Test::More ();

my $json = JSON::PP->new->canonical->allow_nonref;
my @all = map { $json->utf8->decode($_) } split /\n/, pki_text('manifest.jsonl');

Test::More::cmp_ok(scalar @all, '>=', 150, 'there are enough of them');

# whoami lists these in an order of its own, by name they can be compared
add_block_preprocessor(sub {
    $_[0]->set_value('response_body_filters', sub {
        my $data = AuthCert::Whoami::decode($_[0]);

        if (defined $data->{identity}) {
            my $unusable = $data->{identity}{unusable};
            @$unusable = sort @$unusable;
        }

        return $json->utf8->encode($data);
    });
});


# what is expected of each, as "whoami" wants it
sub rows {
    my $text = '';

    for my $one (@all) {
        my %member = (
            'verify.status'    => $one->{verify},
            'verdict.decision' => $one->{decision},
            'verdict.rule'     => $one->{rule},
        );
        $member{"identity.$_"} = $one->{identity}{$_}
            for keys %{ $one->{identity} };

        my $name = $one->{name};
        for my $member (sort keys %member) {
            $text .= "$name $member "
                . $json->utf8->encode($member{$member}) . "\n";
            $name = '';
        }
    }

    return $text;
}


sub codes {
    return [ map { $_->{verify} eq 'FAILED' ? 400
                   : $_->{decision} eq 'allow' ? 200 : 403 } @all ];
}


run_tests();

__DATA__

=== TEST 1: each certificate is read, verified and judged as the manifest says
--- protocols: 1.1
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy all {
        deny   san.dns=none.example;
        allow  subject.CN=alice;
        allow  spiffe_id=spiffe://prod.example/ns/billing/sa/web;
        deny   subject.CN=none;
        deny   san.uri=urn:none;
        deny   san.ip=203.0.113.1;
        allow  all;
    }
--- config
    location = /whoami {
        auth_cert_verify partners;
        auth_cert all;
        auth_cert_whoami;
    }
--- whoami eval: rows()
--- error_code eval: codes()
