# satisfy all and any, with allow and deny, and auth_basic.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy alice { allow subject.CN=alice; }
    auth_cert_verify partners;
EOC


my @modes = qw( all any );
my @clients = qw( alice mallory none );
my @networks = ('', 'allow all;', 'deny all;');
my @passwords = ('', 'right', 'wrong');

# every mode with every other module, and every client
our @cases;

for my $mode (@modes) {
    for my $network (0 .. 2) {
        for my $password (0 .. 2) {
            push @cases, [ $mode, $network, $password, $_ ] for @clients;
        }
    }
}


# locations(CERT_FIRST): one for each mode and set of modules
sub locations {
    my $cert_first = shift;
    my $text = '';

    for my $mode (@modes) {
        for my $network (0 .. 2) {
            for my $basic (0, 1) {
                my $others = $networks[$network]
                    . ($basic ? "auth_basic realm; auth_basic_user_file "
                                . "$ENV{TEST_NGINX_SERVER_ROOT}/html/users;"
                              : '');
                my $cert = "auth_cert alice;";

                $text .= "location = /$mode/$network/$basic {\n"
                    . ($cert_first ? "satisfy $mode; $cert $others"
                                   : "$others $cert satisfy $mode;")
                    . " echo passed; }\n";
            }
        }
    }

    return $text;
}


sub requests {
    return [ map { "GET /$_->[0]/$_->[1]/" . ($_->[2] ? 1 : 0) } @cases ];
}


# "alice:right" in base64, and with another password
sub credentials {
    return [ map { $_->[2] == 0 ? ''
                   : $_->[2] == 1 ? 'Authorization: Basic YWxpY2U6cmlnaHQ='
                                  : 'Authorization: Basic YWxpY2U6d3Jvbmc=' }
             @cases ];
}


# what nginx answers where only allow, deny and auth_basic are asked, with
# the certificate as one more of them; a missing one is 496, shown as 400
sub statuses {
    my @statuses;

    for my $case (@cases) {
        my ($mode, $network, $password, $client) = @$case;

        my %refusal = (
            cert  => { alice => 0, mallory => 403, none => 400 }->{$client},
            ip    => $network == 2 ? 403 : 0,
            basic => $password == 2 ? 401 : 0,
        );

        my $admits = $client eq 'alice' || $network == 1 || $password == 1;

        push @statuses, $mode eq 'all'
            ? $refusal{cert} || $refusal{ip} || $refusal{basic} || 200
            : $admits ? 200
                      : $refusal{basic} || $refusal{ip} || $refusal{cert};
    }

    return \@statuses;
}


run_tests();

__DATA__

=== TEST 1: all of them must allow, or any: every combination
--- config eval
locations(1)
--- user_files
>>> users
alice:{PLAIN}right
--- client_cert eval
[ map { $_->[3] } @cases ]
--- request eval
requests()
--- more_headers eval
credentials()
--- error_code eval
statuses()


=== TEST 2: the order of the directives says nothing
--- config eval
locations(0)
--- user_files
>>> users
alice:{PLAIN}right
--- client_cert eval
[ map { $_->[3] } @cases ]
--- request eval
requests()
--- more_headers eval
credentials()
--- error_code eval
statuses()


=== TEST 3: a client that could still log in is asked to
--- config
    location = /t {
        satisfy any;
        auth_cert alice;
        auth_basic realm;
        auth_basic_user_file $TEST_NGINX_SERVER_ROOT/html/users;
        echo passed;
    }
--- user_files
>>> users
alice:{PLAIN}right
--- client_cert: mallory none alice
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[401, 401, 200]
--- response_headers eval
['WWW-Authenticate: Basic realm="realm"',
 'WWW-Authenticate: Basic realm="realm"', '!WWW-Authenticate']


=== TEST 4: the status of a refusal is kept when nobody else has one
--- config
    error_page 495 =495 /refused;
    error_page 496 =496 /refused;

    location = /t {
        satisfy any;
        auth_cert alice;
        auth_cert_status 404;
        echo passed;
    }

    location = /refused { internal; auth_cert off; auth_cert_verify off; echo refused; }
--- client_cert: mallory none imposter-alice alice
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[404, 496, 495, 200]


=== TEST 5: an address that is allowed needs no certificate, not even a good one
--- config
    location = /t {
        satisfy any;
        allow 127.0.0.0/8;
        deny all;
        auth_cert alice;
        echo passed;
    }
--- client_cert: none imposter-alice expired mallory
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 200, 200]


=== TEST 6: auth_request counts as one of them
--- config
    location = /any {
        satisfy any;
        auth_cert alice;
        auth_request /ask;
        echo passed;
    }

    location = /all {
        auth_cert alice;
        auth_request /ask;
        echo passed;
    }

    location = /ask {
        internal;
        auth_cert off;
        auth_cert_verify off;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/$http_x_answer;
    }
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        auth_cert_verify off;
        location = /204 { return 204; }
        location = /403 { return 403; }
    }
--- client_cert: alice alice mallory mallory alice alice mallory none
--- request eval
["GET /any", "GET /any", "GET /any", "GET /any",
 "GET /all", "GET /all", "GET /all", "GET /all"]
--- more_headers eval
[map { "X-Answer: $_" } 204, 403, 204, 403, 204, 403, 204, 204]
--- error_code eval
[200, 200, 200, 403, 200, 403, 403, 400]
