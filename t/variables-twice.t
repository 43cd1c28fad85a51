# nginx's "set" and "rewrite" ask for a variable twice, once for its length and
# once for its text, into a buffer of that length.  Lists and CRLs that change
# in between must not give them two texts.

use lib 't/lib';
use AuthCert;

master_on();
workers(2);

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('load', 'js auth_cert echo');
    $block->set_value('user_files', <<'EOJ' . ($block->user_files // ''));
>>> client.js
import fs from 'fs';

/* stands between the two questions; another process reads what is new */

function change(r) {
    const folder = r.variables.folder;
    const end = Date.now() + 60000;

    ['list', 'crl.pem'].forEach(name => {
        try {
            fs.renameSync(`${folder}/html/next-${name}`,
                          `${folder}/html/${name}`);
        } catch (e) {
            /* not the one that this test changes */
        }
    });

    while (Date.now() < end) {
        const log = fs.readFileSync(`${folder}/logs/error.log`).toString();

        if (/changed .* is in force|stays in force/.test(log)) {
            return '';
        }
    }

    return 'nothing changed';
}

export default { change };
EOJ
});

http_config_for_all(<<'EOC');
    js_path $TEST_NGINX_SERVER_ROOT/html;
    js_import client from client.js;
    js_set $change client.change;

    map $host $folder { default $TEST_NGINX_SERVER_ROOT; }

    auth_cert_reload 100ms;
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

run_tests();

__DATA__

=== TEST 1: a map over a list that gives a longer value
--- http_config
    auth_cert_map $team subject.CN { @../html/list red; default none; }
--- config
    auth_cert_verify partners;
    location = /t { set $copy "$team$change"; echo "[$copy]"; }
--- user_files
>>> list
alice red
>>> next-list
alice infrared
--- client_cert: alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[500, 200]
--- response_body_like eval
["", qr/^\[infrared\]$/]


=== TEST 2: a shorter one
--- http_config
    auth_cert_map $team subject.CN { @../html/list red; default none; }
--- config
    auth_cert_verify partners;
    location = /t { set $copy "$team$change"; echo "[$copy]"; }
--- user_files
>>> list
alice infrared
>>> next-list
alice red
--- client_cert: alice
--- request
GET /t
--- error_code: 500
--- error_log
CRLs or lists changed while a variable of this request was made


=== TEST 3: the default, and then a value
--- http_config
    auth_cert_map $team subject.CN { @../html/list red; }
--- config
    auth_cert_verify partners;
    location = /t { set $copy "$team$change"; echo "[$copy]"; }
--- user_files
>>> list
bob red
>>> next-list
alice red
--- client_cert: alice
--- request
GET /t
--- error_code: 500
--- error_log
CRLs or lists changed while a variable of this request was made


=== TEST 4: what does not change for this client is no reason to refuse it
--- http_config
    auth_cert_map $team subject.CN { @../html/list red; default none; }
--- config
    auth_cert_verify partners;
    location = /t { set $copy "$team$change"; echo "[$copy]"; }
--- user_files
>>> list
alice red
bob blue
>>> next-list
alice red
bob ultraviolet
--- client_cert: alice
--- request
GET /t
--- response_body
[red]


=== TEST 5: a variable that is asked for only after the change
--- http_config
    auth_cert_map $team subject.CN { @../html/list red; default none; }
    auth_cert_map $same subject.CN { @../html/list red; default none; }
--- config
    auth_cert_verify partners;
    location = /t { set $copy "$team"; set $copy "$change$same"; echo "[$copy]"; }
--- user_files
>>> list
alice red
>>> next-list
alice infrared
--- client_cert: alice
--- request
GET /t
--- response_body
[infrared]


=== TEST 6: roles of a policy over variables
--- http_config
    auth_cert_policy staff {
        allow subject.CN=@../html/list $arg_a=x role=clerk;
    }
--- config
    auth_cert_verify partners;
    location = /t { auth_cert staff; set $copy "$auth_cert_role$change"; echo "[$copy]"; }
--- user_files
>>> list
alice clerk
>>> next-list
alice accountant
--- client_cert: alice
--- request
GET /t?a=x
--- error_code: 500
--- error_log
CRLs or lists changed while a variable of this request was made


=== TEST 7: revoked in between
--- http_config
    auth_cert_trust revocable {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
    auth_cert_policy staff { allow subject.CN=alice $arg_a=x; }
--- crls
crl.pem
next-crl.pem revoke=alice number=2
--- config
    auth_cert_verify revocable;
    location = /t {
        auth_cert staff;
        set $copy "$auth_cert_verify $auth_cert_reason$change";
        echo "[$copy]";
    }

--- client_cert: alice
--- request
GET /t?a=x
--- error_code: 400
--- error_log
CRLs or lists changed while a variable of this request was made


=== TEST 8: rewrite
--- http_config
    auth_cert_map $team subject.CN { @../html/list red; default none; }
--- config
    auth_cert_verify partners;
    location = /t { rewrite ^ "/team/$team$change" last; }
    location /team/ { echo "[$uri]"; }
--- user_files
>>> list
alice red
>>> next-list
alice infrared
--- client_cert: alice
--- request
GET /t
--- error_code: 500
--- error_log
CRLs or lists changed while a variable of this request was made


=== TEST 9: the number of bad files gets a digit more
--- http_config
    auth_cert_map $team subject.CN { @../html/list red; default none; }
--- config
    auth_cert_verify partners;
    location = /t { set $copy "$auth_cert_reload_failures$change"; echo "[$copy]"; }
--- user_files
>>> list
alice red
--- client_cert: alice
--- before_request eval
sub {
    return if $_[0] != 1;

    for my $n (1 .. 9) {
        write_file('list', 'alice red' . ' blue' x $n . "\n");
        wait_log('stays in force', $n);
    }

    truncate $Test::Nginx::Util::ErrLogFile, 0;
    write_file('next-list', "alice green green green\n");
}
--- request
GET /t
--- error_code: 500
--- error_log
CRLs or lists changed while a variable of this request was made
