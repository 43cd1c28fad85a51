# Values that cannot be used - with a NUL or another control character, of a
# broken encoding, or none of their field's type: no rule allows by them, not
# even by a negation, and every rule that denies by the field does.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify partners optional;
EOC


# what the model below knows of some clients: the values of fields, or undef
# for one that cannot be used
my %clients = (
    alice            => { 'subject.CN' => [ 'alice' ],
                          'subject.OU' => [ 'Billing', 'Platform' ],
                          'san.dns'    => [ 'alice.partners.example' ] },
    bob              => { 'subject.CN' => [ 'bob' ],
                          'san.dns'    => [ 'bob.ops.example.com' ] },
    'two-cns'        => { 'subject.CN' => [ 'first', 'alice' ] },
    'nul-cn'         => { 'subject.CN' => [ undef ] },
    'one-bad-of-two' => { 'subject.CN' => [ 'alice', undef ] },
    'bad-ou'         => { 'subject.CN' => [ 'alice' ],
                          'subject.OU' => [ undef ] },
    'dns-high'       => { 'subject.CN' => [ 'dns-high' ],
                          'san.dns'    => [ undef, 'ok.example' ] },
    'host-space'     => { 'subject.CN' => [ 'host-space' ],
                          'san.dns'    => [ undef ] },
);

our %values = (
    'subject.CN' => [ qw( alice bob first mallory ) ],
    'subject.OU' => [ qw( Billing Platform Sales ) ],
    'san.dns'    => [ qw( alice.partners.example ok.example
                          bob.ops.example.com ) ],
);


# matches(RULE, FACTS): 1, 0, or undef when it cannot be told
sub matches {
    my ($rule, $facts) = @_;

    my @have = @{ $facts->{$rule->{field}} // [] };

    return 1 if grep { defined && $_ eq $rule->{value} } @have;
    return (grep { !defined } @have) ? undef : 0;
}


# decide(RULES, CLIENT): the number of the rule that decides, or 0
sub decide {
    my ($rules, $client) = @_;

    for my $n (1 .. @$rules) {
        my $rule = $rules->[$n - 1];
        my $match = matches($rule, $clients{$client});

        return $n if $match // ($rule->{action} eq 'deny');
    }

    return 0;
}


# random exact rules, the same ones in each run
our @policies = do {
    my $state = 20;
    my $random = sub {
        $state = ($state * 1103515245 + 12345) % 2**31;
        return ($state >> 8) % $_[0];
    };
    my @fields = sort keys %values;

    map { [ map {
        my $field = $fields[$random->(3)];
        my $values = $values{$field};

        { action => $random->(3) ? 'allow' : 'deny', field => $field,
          value => $values->[$random->(scalar @$values)] };
    } 1 .. 9 ] } 1 .. 8;
};

our @names = sort keys %clients;


# policies(SUB): each policy, its rules as SUB writes them
sub policies {
    my $write = shift;

    return join '', map {
        my $n = $_;
        "auth_cert_policy p$n {\n"
        . join("\n", map { $write->($_) } @{ $policies[$n] }) . "\n}\n";
    } 0 .. $#policies;
}


sub locations {
    return join '', map {
        "location = /$_ { auth_cert p$_; echo \$auth_cert_rule; }\n"
    } 0 .. $#policies;
}


sub requests {
    return [ map { ("GET /$_") x @names } 0 .. $#policies ];
}


# for each request what SUB makes of the deciding rule and its number
sub expected {
    my $make = shift;
    my @all;

    for my $n (0 .. $#policies) {
        for my $name (@names) {
            my $rule = decide($policies[$n], $name);
            my $allow = $rule
                        && $policies[$n][$rule - 1]{action} eq 'allow';
            push @all, $make->($allow, "p$n:$rule");
        }
    }

    return \@all;
}


run_tests();

__DATA__

=== TEST 1: a value with a control character is like no text
--- verdicts
# the value begins with "alice", and with what a C string would end
nul-cn     deny   allow subject.CN=alice;
nul-cn     deny   allow subject.CN~^alice;
nul-cn     deny   allow subject~alice;
nul-cn     deny   allow subject=CN=alice;
nul-dns    deny   allow san.dns=alice.partners.example;
nul-dns    deny   allow san.dns=*.partners.example;
nul-dns    deny   allow san.dns=*.evil.example;
nul-dns    deny   allow san.dns~partners;
crlf-cn    deny   allow subject.CN~^alice;
tab-cn     deny   allow subject.CN~^alice;
escape-cn  deny   allow subject.CN~alice$;
delete-cn  deny   allow subject.CN~^alice;
c1-cn      deny   allow subject.CN~^alice;
bmp-nul    deny   allow subject.CN~^alice;


=== TEST 2: an empty pattern is not how to ask for any value
--- http_file
auth_cert_policy any { allow subject.CN~; }
--- says
[emerg] auth_cert_policy "any": "subject.CN~": the pattern is empty, use "~^$" to match an empty value in part.conf:1


=== TEST 3: nor is it none of them
--- verdicts
nul-cn     deny   allow subject.CN!=mallory;
nul-cn     deny   allow subject.CN!~mallory;
nul-cn     deny   allow subject.CN!~*mallory;
nul-cn     deny   allow subject!=CN=mallory;
nul-cn     deny   allow subject!~mallory;
nul-dns    deny   allow san.dns!=mallory.example;
nul-dns    deny   allow san.dns!=*.mallory.example;
nul-dns    deny   allow san.dns!~mallory;
nul-cn?a=x deny   allow subject.CN!=$arg_a;


=== TEST 4: a rule that denies by the field matches it, whatever it asks for
--- verdicts
nul-cn     deny   deny subject.CN=mallory; allow all;
nul-cn     deny   deny subject.CN!=mallory; allow all;
nul-cn     deny   deny subject.CN~mallory; allow all;
nul-cn     deny   deny subject.CN!~mallory; allow all;
nul-cn     deny   deny subject=CN=mallory; allow all;
nul-cn     deny   deny subject~mallory; allow all;
nul-dns    deny   deny san.dns=mallory.example; allow all;
nul-dns    deny   deny san.dns=*.mallory.example; allow all;
nul-cn?a=x deny   deny subject.CN=$arg_a; allow all;
nul-cn     deny   deny subject.CN=$arg_none; allow all;


=== TEST 5: other fields of the certificate say what they say
--- verdicts
nul-cn     allow  allow "issuer.CN=Acme CA";
nul-cn     allow  allow subject.O!=Evil;
nul-cn     allow  deny subject.OU=Sales; allow all;
nul-dns    allow  allow subject.CN=nul-dns;
nul-dns    allow  deny san.uri=urn:x; deny san.email~evil; allow all;
bad-ou     allow  allow subject.CN=alice;
bad-ou     deny   allow subject.OU~.;
bad-ou     deny   allow subject=CN=alice;
bad-ou     deny   deny subject~mallory; allow all;


=== TEST 6: a value beside it can be used, but "none" cannot be told
--- verdicts
one-bad-of-two  allow  allow subject.CN=alice;
one-bad-of-two  allow  allow subject.CN~^alice$;
one-bad-of-two  deny   allow subject.CN=b;
one-bad-of-two  deny   allow subject.CN!=mallory;
one-bad-of-two  deny   allow subject.CN!=alice;
one-bad-of-two  deny   deny  subject.CN=mallory; allow all;
one-bad-of-two  allow  allow subject.CN=alice; deny subject.CN=mallory;
dns-high        allow  allow san.dns=ok.example;
dns-high        deny   allow san.dns!=mallory.example;
uri-nul-second  allow  allow san.uri=spiffe://prod.example/**;
uri-nul-second  deny   allow spiffe_id=spiffe://prod.example/**;
uri-nul-second  deny   deny  spiffe_id=spiffe://other.example/**; allow all;


=== TEST 7: of several conditions one that fails decides, wherever it stands
--- verdicts
# what cannot be told AND false is false
nul-cn     allow  deny subject.CN=alice subject.O=none; allow all;
nul-cn     allow  deny subject.O=none subject.CN=alice; allow all;
nul-cn     deny   deny subject.CN=alice subject.O!=none; allow all;
nul-cn     deny   deny subject.O!=none subject.CN=alice; allow all;
nul-cn     deny   deny subject.CN=alice $request_method=GET; allow all;
nul-cn     allow  deny subject.CN=alice $request_method=POST; allow all;
nul-cn     deny   allow subject.CN=alice subject.O!=none;
nul-cn     deny   allow subject.O!=none subject.CN!=alice;


=== TEST 8: every field has values that cannot be used
--- verdicts
email-nul         deny   allow san.email=alice@acme.example;
email-nul         deny   allow san.email!=mallory@evil.example;
email-nul         deny   deny  san.email=mallory@evil.example; allow all;
uri-nul           deny   allow san.uri=spiffe://prod.example/ns/billing/sa/web;
uri-nul           deny   allow san.uri!=spiffe://other.example/**;
uri-nul           deny   deny  san.uri=spiffe://other.example/**; allow all;
ip-5              allow  allow san.uri!=urn:x;
ip-5              allow  allow san.ip=192.0.2.0/24;
ip-5              deny   allow san.ip!=10.0.0.0/8;
ip-5              deny   deny  san.ip=10.0.0.0/8; allow all;
ip-8              deny   allow san.ip=192.0.2.0/24;
ip-empty          deny   deny  san.ip=10.0.0.0/8; allow all;
upn-nul           deny   allow san.upn~^alice@corp;
upn-nul           deny   allow san.upn!=mallory@corp.example;
upn-nul           deny   deny  san.upn=mallory@corp.example; allow all;
upn-ia5           deny   allow san.upn=alice@corp.example;
upn-ia5           deny   deny  san.upn=mallory@corp.example; allow all;
other-invalid     deny   allow san.other.1.2.3.4!=x;
other-invalid     deny   deny  san.other.1.2.3.4=x; allow all;
other-invalid     allow  allow san.other.1.2.3.5=ok;
other-long        deny   deny  san.other.1.2.3.4=x; allow all;
dirname-nul       deny   allow san.dirname!=CN=mallory;
dirname-nul       allow  allow san.dirname=CN=bob;
dirname-empty     deny   deny  san.dirname=CN=mallory; allow all;
rid-long          deny   deny  san.rid=1.2.3; allow all;
eku-long-oid      deny   allow eku!=codeSigning;
eku-long-oid      allow  allow eku=clientAuth;
policies-twice    deny   allow policy!=1.2.3.4;
policies-twice    deny   deny  policy=1.2.3.4; allow all;
policies-broken   deny   deny  policy=1.2.3.4; allow all;
# beside one that is no OID
policies-no-oid     deny   allow policy=1.2.3;
# beside one with a qualifier that OpenSSL could not read
policies-qualifier  deny   allow policy=1.2.3;
policies-qualifier  deny   deny  policy=1.2.5; allow all;
policies-64         allow  allow policy=1.2.66;
policies-65         deny   allow policy=1.2.3;
policies-65         deny   deny  policy=1.2; allow all;
ext-nul           deny   allow ext.1.2.3.4.9!=x;
ext-nul           deny   deny  ext.1.2.3.4.9=x; allow all;
ext-nul           allow  allow ext.1.2.3.4.10=ok;
ext-twice         deny   allow ext.1.2.3.4.9=abc;
ext-twice         deny   deny  ext.1.2.3.4.9=x; allow all;
long-type         deny   deny  subject.1.2.3.4=x; allow all;


=== TEST 9: a value that is none of its field's type is like one that cannot be used
--- verdicts
host-space        deny   allow san.dns!=mallory.example;
host-space        deny   deny  san.dns=mallory.example; allow all;
host-space        deny   deny  san.dns=*.mallory.example; allow all;
host-space        deny   deny  san.dns=$arg_none; allow all;
dns-empty         deny   deny  san.dns=mallory.example; allow all;
spiffe-space      deny   deny  san.uri=urn:x; allow all;
# a regular expression sees it as it is
host-space        allow  allow "san.dns~^bob \.ops";
host-space        allow  allow san.dns!~mallory;


=== TEST 10: an error of the expression is none of them, either
--- verdicts
many-as           deny   allow subject.CN!~^(a+)+$;
many-as           deny   deny  subject.CN~^(a+)+$; allow all;
many-as           allow  deny  subject.CN~^(a+)+$ subject.O=none; allow all;


=== TEST 11: a client without a certificate has no value, and is no "none of them" by that
--- verdicts
none              deny   allow subject.CN!=mallory;
none              deny   deny  subject.CN!=mallory; allow all;
none              allow  deny  subject.CN=mallory; allow all;
none              deny   allow subject.CN!=@../html/list; allow subject.CN!~x;
--- user_files
>>> list
mallory


=== TEST 12: rules looked up in a table decide as the model does
--- http_config eval
policies(sub { "$_[0]{action} $_[0]{field}=$_[0]{value};" })
--- config eval
locations()
--- client_cert eval
[ (@names) x @policies ]
--- request eval
requests()
--- error_code eval
expected(sub { $_[0] ? 200 : 403 })
--- response_body_like eval
expected(sub { $_[0] ? "^$_[1]\$" : '403' })


=== TEST 13: so do the same rules, gone through one by one
--- http_config eval
policies(sub { "$_[0]{action} $_[0]{field}=$_[0]{value} \$scheme=https;" })
--- config eval
locations()
--- client_cert eval
[ (@names) x @policies ]
--- request eval
requests()
--- error_code eval
expected(sub { $_[0] ? 200 : 403 })
--- response_body_like eval
expected(sub { $_[0] ? "^$_[1]\$" : '403' })


=== TEST 14: and the same values in lists
--- http_config eval
policies(sub { "$_[0]{action} $_[0]{field}=\@../html/$_[0]{value};" })
--- user_files eval
my %seen = map { $_ => 1 } map { @$_ } values %values;
join '', map { ">>> $_\n$_\n" } sort keys %seen
--- config eval
locations()
--- client_cert eval
[ (@names) x @policies ]
--- request eval
requests()
--- error_code eval
expected(sub { $_[0] ? 200 : 403 })
--- response_body_like eval
expected(sub { $_[0] ? "^$_[1]\$" : '403' })


=== TEST 15: denied by the first rule of a table that is on the field
--- http_config
    auth_cert_policy table {
        deny   subject.CN=mallory;
        deny   subject.CN=eve;
        deny   san.dns=mallory.example;
        deny   san.dns=eve.example;
        allow  all;
    }
--- config
    error_page 403 =403 /refused;
    location /t { auth_cert table; echo $auth_cert_rule; }
    location = /refused { internal; auth_cert off; echo $auth_cert_reason; }
--- client_cert: alice nul-dns dns-high host-space nul-cn
--- request eval
[("GET /t") x 5]
--- error_code eval
[200, (403) x 4]
--- response_body_like eval
["^table:5\$", ("^rule 3 of") x 3, "^rule 1 of"]
