# Large configurations: lists of a million lines, a hundred thousand rules.

use lib 't/lib';
use AuthCert;

use Digest::SHA qw( sha256_hex );
use File::Temp;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify partners;
EOC

my $dir = File::Temp->newdir();
chmod 0755, "$dir";


# large(NAME, LINES, SUB, N => LINE ...): a file of what SUB makes of each
# number, with other lines in the places N
sub large {
    my ($name, $lines, $line, %other) = @_;

    open my $out, '>', "$dir/$name" or die "$dir/$name: $!\n";

    for my $n (1 .. $lines) {
        print $out exists $other{$n} ? $other{$n} : $line->($n), "\n";
    }

    close $out or die "$dir/$name: $!\n";
    return "$dir/$name";
}


run_tests();

__DATA__

=== TEST 1: a value is found on the first, any, and the last of a million lines
--- http_config eval
my $list = large('fingerprints', 1_000_000, sub { sha256_hex($_[0]) },
                 1         => fingerprint('alice') . ' first',
                 654_321   => fingerprint('bob') . ' middle',
                 1_000_000 => fingerprint('service') . ' last');
"auth_cert_policy pinned { allow fingerprint=\@$list; }"
--- config
    location = /t { auth_cert pinned; echo $auth_cert_role; }
--- client_cert: alice bob service mallory
--- request eval
[("GET /t") x 4]
--- error_code eval
[200, 200, 200, 403]
--- response_body_like eval
["^first\$", "^middle\$", "^last\$", "403"]


=== TEST 2: the same for names, wildcards among them
--- http_config eval
my $list = large('names', 1_000_000,
                 sub { ($_[0] % 2 ? 'host' : '*.host') . "$_[0].example" },
                 500_000   => '*.partners.example wildcard',
                 1_000_000 => 'BOB.ops.example.com exact');
"auth_cert_policy names { allow san.dns=\@$list; }"
--- config
    location = /t { auth_cert names; echo $auth_cert_role; }
--- client_cert: alice bob many-sans
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, 200, 403]
--- response_body_like eval
["^wildcard\$", "^exact\$", "403"]


=== TEST 3: the first of 100,000 exact rules decides
--- http_config eval
my $rules = large('rules', 100_000, sub { "allow subject.CN=user$_[0];" },
                  1       => 'allow subject.CN=service role=first;',
                  50_000  => 'deny  subject.CN=bob;',
                  50_001  => 'allow san.dns=*.many.example role=wildcard;',
                  60_000  => 'allow san.email=bob@acme.example role=never;',
                  70_000  => 'allow san.email=alice@acme.example role=email;',
                  100_000 => 'allow subject.CN=alice role=last;');
"auth_cert_policy users { include $rules; }"
--- config
    location = /t { auth_cert users; echo "$auth_cert_role $auth_cert_rule"; }
--- client_cert: service bob many-sans alice mallory
--- request eval
[("GET /t") x 5]
--- error_code eval
[200, 403, 200, 200, 403]
--- response_body_like eval
["^first users:1\$", "403", "^wildcard users:50001\$",
 "^email users:70000\$", "403"]
