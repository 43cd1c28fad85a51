# Names of attribute types that OpenSSL's own configuration adds: a name is
# written where RFC 4514 has it for one, and is read as the same type.

use lib 't/lib';

my $file;

BEGIN {
    require File::Temp;

    # nginx is told so by its environment
    $file = File::Temp->new();
    $ENV{OPENSSL_CONF} = $file->filename;
}

use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

# "--- type_name": that of 1.2.3.4
add_block_preprocessor(sub {
    my $name = $_[0]->type_name;

    open my $out, '>', $file->filename or die "$!\n";
    print $out "openssl_conf = init\n\n[init]\noid_section = oids\n\n"
               . "[oids]\n$name = 1.2.3.4\n";
    close $out;
});

filters { type_name => 'chomp' };

run_tests();

__DATA__

=== TEST 1: letters
--- type_name: acmeUnit
--- whoami
unknown-type  identity.subject       "CN=alice,acmeUnit=abc"
              identity.subject_rdns  [[["1.2.3.4","acmeUnit","abc"]],[["2.5.4.3","CN","alice"]]]


=== TEST 2: a digit in front
--- type_name: 2units
--- whoami
unknown-type  identity.subject       "CN=alice,1.2.3.4=#0c03616263"


=== TEST 3: a name that another type has in another case
--- type_name: cn
--- whoami
unknown-type  identity.subject       "CN=alice,1.2.3.4=#0c03616263"
