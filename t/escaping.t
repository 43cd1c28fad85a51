# What a client sends reaches a log, a header or JSON only so that it cannot
# break out of its place.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy nobody { deny all; }

    # the role is what the client writes into its request
    auth_cert_policy by_uri { allow $uri~^/t/(?s:(.*))$ role=$1; }

    auth_cert_map $by_uri $uri { ~^/t/(?s:(.*))$ $1; }
EOC

run_tests();

__DATA__

=== TEST 1: a line end in a subject is no line end in headers
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert_header X-Cn $auth_cert_subject_cn;
        auth_cert_header X-Subject $auth_cert_subject;
        proxy_set_header X-Subject-Too $auth_cert_subject;
        proxy_http_version 1.0;
        proxy_set_header Connection '';
        proxy_pass http://backend;
        add_header X-Sent $auth_cert_subject;
    }
--- client_cert: crlf-cn
--- request
GET /t
--- response_headers
X-Sent: CN=#0c1b616c6963650d0a582d436c69656e742d526f6c653a2061646d696e
! X-Client-Role
--- response_body eval
join "\r\n", 'GET /t HTTP/1.0',
    'X-Subject-Too: '
        . 'CN=#0c1b616c6963650d0a582d436c69656e742d526f6c653a2061646d696e',
    'Host: backend',
    'X-Subject: CN=#0c1b616c6963650d0a582d436c69656e742d526f6c653a2061646d696e',
    '', ''


=== TEST 2: nor in the access log, even where nginx does not escape
--- http_config
    log_format raw escape=none '<$auth_cert_subject_cn|$auth_cert_san_dns|'
                               '$auth_cert_subject|$auth_cert_xfcc>';
--- config
    access_log logs/access.log raw;
    location = /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: dns-crlf
--- request
GET /t
--- access_log eval
'<dns-crlf||CN=dns-crlf|Hash=' . fingerprint('dns-crlf')
    . ';Subject="CN=dns-crlf">'


=== TEST 3: nor in the error log
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert nobody;
        echo passed;
    }
--- client_cert: crlf-cn
--- log_level: info
--- request
GET /t
--- error_code: 403
--- error_log
client certificate refused: rule 1 of policy nobody, subject: "CN=#0c1b616c6963650d0a582d436c69656e742d526f6c653a2061646d696e", issuer: "CN=Acme CA,O=Acme", serial:


=== TEST 4: quotes in a subject do not end it in the error log
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert nobody;
        echo passed;
    }
--- client_cert: quote-cn
--- log_level: info
--- request
GET /t
--- error_code: 403
--- error_log
subject: "CN=a\"\;URI=urn:forged\;Subject=\"b\\", issuer: "CN=Acme CA,O=Acme", serial:


=== TEST 5: a long subject does not push the rest out of the line
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert nobody;
        echo passed;
    }
--- client_cert: long-cn
--- log_level: info
--- request
GET /t?last
--- error_code: 403
--- error_log eval
qr/subject: "CN=a{390,400}\.\.\.", issuer: "CN=Acme CA,O=Acme", serial: [0-9a-f]+, fingerprint: [0-9a-f]{64}, client: 127\.0\.0\.1, .*request: "GET \/t\?last /


=== TEST 6: a serial of 500 bytes does not, either
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert nobody;
        echo passed;
    }
--- client_cert: long-serial
--- log_level: info
--- request
GET /t
--- error_code: 403
--- error_log eval
qr/serial: (?:7f){30,}7?\.\.\., fingerprint: [0-9a-f]{64}, client/


=== TEST 7: log_format escape=json of all that is odd is JSON
--- http_config
    log_format json escape=json '{"s":"$auth_cert_subject",'
                                '"cn":"$auth_cert_subject_cn"}';
--- config
    access_log logs/access.log json;
    location = /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: special-cn
--- request
GET /t
--- access_log
{"s":"CN=\\ #a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h=i\\20","cn":"\\20#a\\,b+c\"d\\\\e<f>g;h=i\\20"}


=== TEST 8: what is percent-encoded in a certificate stays so
--- config
    location = /t {
        auth_cert_verify partners;
        add_header X-Cn $auth_cert_subject_cn;
        return 302 /u/$auth_cert_subject_cn;
    }
--- client_cert: percent-cn
--- request
GET /t
--- error_code: 302
--- response_headers
X-Cn: %0d%0aalice$uri
--- response_headers_like
Location: https?://[^/]+/u/%0d%0aalice\$uri


=== TEST 9: a role out of the request has no line end in headers
--- config
    location /t/ {
        auth_cert_verify partners optional;
        auth_cert by_uri;
        add_header X-Role "[$auth_cert_role]";
        add_header X-Map "[$by_uri]";
        auth_cert_header X-Role "[$auth_cert_role]";
        proxy_set_header X-Role-Too "[$auth_cert_role]";
        proxy_set_header X-Map "[$by_uri]";
        proxy_http_version 1.0;
        proxy_set_header Connection '';
        proxy_pass http://backend/;
    }
--- client_cert: alice
--- request
GET /t/a%0D%0AX-Admin:%20yes%7f
--- response_headers
X-Role: [a%0D%0AX-Admin: yes%7F]
X-Map: [a%0D%0AX-Admin: yes%7F]
! X-Admin
--- response_body eval
join "\r\n", 'GET /a%0D%0AX-Admin:%20yes%7F HTTP/1.0',
    'X-Role-Too: [a%0D%0AX-Admin: yes%7F]',
    'X-Map: [a%0D%0AX-Admin: yes%7F]', 'Host: backend',
    'X-Role: [a%0D%0AX-Admin: yes%7F]', '', ''


=== TEST 10: a role that can be read is left as it is, else it is ASCII
--- config
    location /t/ {
        auth_cert_verify partners optional;
        auth_cert by_uri;
        echo "[$auth_cert_role] [$by_uri]";
    }
--- client_cert: none
--- request eval
["GET /t/100%25", "GET /t/%C3%BC%20x", "GET /t/%C3%BC%FF", "GET /t/"]
--- response_body eval
["[100%] [100%]\n", "[ü x] [ü x]\n", "[%C3%BC%FF] [%C3%BC%FF]\n",
 "[] []\n"]


=== TEST 11: in whoami a role out of the request is JSON and UTF-8
--- config
    location /t/ {
        auth_cert_verify partners optional;
        auth_cert by_uri;
        auth_cert_whoami;
    }
--- client_cert: none
--- request eval
["GET /t/a%0D%0A%22%5C%01b", "GET /t/%FFa%C0%80%E6%9D",
 "GET /t/%ED%A0%80", "GET /t/%C3%BC%22%5C"]
--- response_body_filters eval
sub { my $data = AuthCert::Whoami::decode($_[0]);
      my $role = $data->{verdict}{role};
      utf8::encode($role);
      return $role }
--- response_body eval
["a%0D%0A\"\\%01b", "%FFa%C0%80%E6%9D", "%ED%A0%80", "ü\"\\"]


=== TEST 12: so is one of the configuration that is neither
--- http_config eval
"auth_cert_policy latin { allow all \"role=M\xfcller\\n\xed\xa0\x80\"; }"
--- config
    location /t {
        auth_cert_verify partners optional;
        auth_cert latin;
        auth_cert_whoami;
    }
--- client_cert: none
--- request
GET /t
--- response_body_filters eval
sub { my $data = AuthCert::Whoami::decode($_[0]);
      my $role = $data->{verdict}{role};
      utf8::encode($role);
      return $role }
--- response_body eval
my $bad = "\xef\xbf\xbd";
"M${bad}ller\n$bad$bad$bad"


=== TEST 13: a control character is found wherever it stands in a header
--- config
    location /t/ {
        auth_cert_header X-Uri $uri;
        proxy_pass http://backend;
    }
--- client_cert: none
--- request eval
[map { my $at = $_; map { 'GET /t/' . 'x' x $at . $_ . 'y' x (18 - $at) }
       qw(%01 %1F %7F) } 0 .. 18]
--- response_body_filters eval
sub { $_[0] =~ /^X-Uri: (.*)\r$/m ? $1 : 'none' }
--- response_body eval
[map { my $at = $_; map { '/t/' . 'x' x $at . $_ . 'y' x (18 - $at) }
       qw(%01 %1F %7F) } 0 .. 18]


=== TEST 14: and the bytes beside them are none, wherever they stand
--- config
    location /t/ {
        auth_cert_header X-Uri $uri;
        proxy_pass http://backend;
    }
--- client_cert: none
--- request eval
[map { my $at = $_; map { 'GET /t/' . '%FF' x $at . $_ . '%80' x (18 - $at) }
       qw(%21 %7E %A0) } 0 .. 18]
--- response_body_filters eval
sub { $_[0] =~ /^X-Uri: (.*)\r$/m ? $1 : 'none' }
--- response_body eval
[map { my $at = $_;
       map { '/t/' . "\xff" x $at . $_ . "\x80" x (18 - $at) }
       ("!", "~", "\xa0") } 0 .. 18]
