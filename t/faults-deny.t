# Memory that runs out while a rule that denies is evaluated: what could not be
# read is not taken for what the certificate does not have.

BEGIN {
    # it has an allocator of its own
    if ($ENV{TEST_NGINX_USE_VALGRIND}) {
        print "1..0 # SKIP the allocator is replaced\n";
        exit;
    }
}

use lib 't/lib';
use AuthCert;

faults();

http_config_for_all(<<'_EOC_');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
_EOC_

# "--- rules": a client and a condition that it meets in each line
sub rules {
    my $block = shift;

    return map { [ split ' ', $_, 2 ] } split /\n/, $block->rules;
}

add_block_preprocessor(sub {
    my $block = shift;
    my ($http, $server, $i) = ($block->http_config // '', '', 0);

    for (rules($block)) {
        $http .= "    auth_cert_policy p$i { deny $_->[1]; allow verified; }\n";
        $server .= "    location /p$i { auth_cert p$i; echo passed; }\n";
        $i++;
    }

    $block->set_value('http_config', $http);
    $block->set_value('config', "    auth_cert_verify partners;\n$server");
    $block->set_value('client_cert', 'mallory');
    $block->set_value('request', 'GET /p0');
    $block->set_value('error_code', '200');
    $block->set_value('no_error_log', 'exited on signal');

    $block->set_value('before_request', sub {
        my $i = 0;

        for my $rule (rules($block)) {
            my $request = "GET /p$i?cn=alice HTTP/1.1\r\nHost: localhost\r\n"
                        . "Connection: close\r\n\r\n";

            fail_each($_, 1, $rule->[0], $request, qr/^HTTP\/1\.1 403 /,
                      late => 1) for qw(malloc inner);
            $i++;
        }
    });
});

run_tests();

__DATA__

=== TEST 1: by a field
--- user_files
>>> names.list
alice
--- rules
alice        subject.CN=alice
alice        subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list
alice        subject.CN=$arg_cn
alice        subject~CN=alice
alice        "subject=CN=alice,OU=Platform,OU=Billing,O=Acme\\, Inc."
alice        issuer~Acme
alice        san.dns=*.partners.example
alice        san.uri=spiffe://prod.example/ns/*/sa/web
alice        san.email~^(\w+)@acme
alice        san.ip=192.0.2.0/24
alice        serial~.
alice        fingerprint~.
alice        spki~.
alice        eku=clientAuth
policies     policy=1.2.3.4.1
policies-64  policy=1.2.3
policies     ext.1.2.3.4.9=abc
strings      ext.1.2.3.4.100.22=東京
upn          san.upn=alice@corp.example
dirname      "san.dirname=CN=alice,O=Acme\\, Inc."
rid-big      san.rid=2.999.3
other-kinds  san.dns=a.example


=== TEST 2: by a variable, which is empty without the field
--- rules
alice        $auth_cert_subject_cn=alice
alice        $auth_cert_subject~CN=alice
alice        $auth_cert_issuer~Acme
alice        $auth_cert_serial~.
alice        $auth_cert_fingerprint~.
alice        $auth_cert_san_dns~partners
alice        $auth_cert_san_uri~spiffe
alice        $auth_cert_san_email~alice
alice        $auth_cert_san_ip~192
alice        $auth_cert_spiffe_id~spiffe
alice        $auth_cert_xfcc~Hash
alice        $auth_cert_verify=SUCCESS
alice        $auth_cert_ca~.
other-kinds  $auth_cert_san_dns~a.example


=== TEST 3: by a map, which has its default without the field
--- http_config
    auth_cert_map $unit subject.OU { Platform core; default none; }
    auth_cert_map $serial serial { ~(.*) $1; default none; }
    auth_cert_map $digest fingerprint { ~(.*) $1; default none; }
    auth_cert_map $key spki { ~(.*) $1; default none; }
    auth_cert_map $dns san.dns { ~(.*) $1; default none; }
    auth_cert_map $upn san.upn { ~(.*) $1; default none; }
    auth_cert_map $policy policy { ~(.*) $1; default none; }
--- rules
alice        $unit=core
alice        $serial!=none
alice        $digest!=none
alice        $key!=none
alice        $dns!=none
other-kinds  $dns!=none
upn          $upn!=none
policies     $policy!=none
policies-64  $policy!=none
