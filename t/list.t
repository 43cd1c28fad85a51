# Lists: files of patterns, one a line.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_verify partners ops optional;
EOC


# 0a1b... as 0A:1B:...
sub colons {
    return join ':', uc($_[0]) =~ /../g;
}


run_tests();

__DATA__

=== TEST 1: a value on one of the lines matches
--- user_files
>>> list
alice
bob
--- verdicts
alice      allow  allow subject.CN=@../html/list;
bob        allow  allow subject.CN=@../html/list;
mallory    deny   allow subject.CN=@../html/list;
upper-case deny   allow subject.CN=@../html/list;
two-cns    allow  allow subject.CN=@../html/list;
none       deny   allow subject.CN=@../html/list;
bob        deny   deny  subject.CN=@../html/list; allow all;
mallory    allow  deny  subject.CN=@../html/list; allow all;


=== TEST 2: a negated list matches who is on none of its lines
--- user_files
>>> list
alice
bob
--- verdicts
alice      deny   allow subject.CN!=@../html/list;
two-cns    deny   allow subject.CN!=@../html/list;
mallory    allow  allow subject.CN!=@../html/list;
none       deny   allow subject.CN!=@../html/list;
no-subject allow  allow subject.CN!=@../html/list;


=== TEST 3: comments, empty lines and spaces around a pattern do not count
--- user_files eval
">>> list\n"
. "# alice\n"
. "\n"
. "  \t \n"
. "   bob   # who is on call\n"
. "\tservice\t\n"
. "two#first # no comment within a word\n"
. "  # first\n"
. "Zo\x{c3}\x{ab}"                 # and no newline at the end
--- verdicts
alice      deny   allow subject.CN=@../html/list;
bob        allow  allow subject.CN=@../html/list;
service    allow  allow subject.CN=@../html/list;
two-cns    deny   allow subject.CN=@../html/list;
utf8       deny   allow subject.CN=@../html/list;


=== TEST 4: quotes keep spaces, and what would mean something else
--- user_files
>>> list
"Acme, Inc."
"Evil \"Corp"   # two escapes there are, \" and \\
"#alice"
"Zoë 東京" "role of Zoë"
" #a,b+c\"d\\e<f>g;h=i "
--- verdicts
alice      allow  allow subject.O=@../html/list;
mallory    deny   allow subject.O=@../html/list;
utf8       allow:role␠of␠Zoë  allow subject.CN=@../html/list;
special-cn allow  allow subject.CN=@../html/list;


=== TEST 5: the second column is the role
--- user_files
>>> list
alice    accountant
bob      "on call"
service
mallory  ""
--- verdicts
alice      allow:accountant   allow subject.CN=@../html/list;
bob        allow:on␠call      allow subject.CN=@../html/list;
service    allow              allow subject.CN=@../html/list;
mallory    allow              allow subject.CN=@../html/list;
alice      allow:accountant   allow subject.CN=@../html/list role=other;
service    allow:other        allow subject.CN=@../html/list role=other;
alice      allow:accountant   allow subject.CN=@../html/list "subject.O=Acme, Inc.";
alice      allow              allow subject.CN=@../html/list subject.O=none; allow all;
alice      allow:x            allow subject.CN=@../html/list subject.O=none; allow all role=x;


=== TEST 6: the lines of a file may end as on Windows, after its byte order mark
--- user_files eval
">>> list\n\x{ef}\x{bb}\x{bf}alice accountant\r\n\r\n# bob\r\n\"bob\"\r\n"
--- verdicts
alice      allow:accountant   allow subject.CN=@../html/list;
bob        allow              allow subject.CN=@../html/list;
mallory    deny               allow subject.CN=@../html/list;


=== TEST 7: a list of names, in the comparison of names
--- user_files
>>> list
"CN=ALICE,OU=Platform,OU=Billing,O=Acme\\,  Inc."  one
CN=alice,CN=first two
"CN=alice+UID=a1,O=Acme\\2c Inc."
--- verdicts
alice      allow:one  allow subject=@../html/list;
two-cns    allow:two  allow subject=@../html/list;
multi-rdn  allow      allow subject=@../html/list;
bob        deny       allow subject=@../html/list;


=== TEST 8: a list of DNS names, with wildcards
--- user_files
>>> list
*.OPS.example.com     ops
bob.ops.EXAMPLE.com   bob
h300.many.example     h300
*.b.ops.example.com   b
--- verdicts
ops-carol          allow:ops   allow san.dns=@../html/list;
bob                allow:bob   allow san.dns=@../html/list;
upper-case         allow:bob   allow san.dns=@../html/list;
many-sans          allow:h300  allow san.dns=@../html/list;
two-labels         allow:b     allow san.dns=@../html/list;
alice              deny        allow san.dns=@../html/list;
host-parent        deny        allow san.dns=@../html/list;
host-single        deny        allow san.dns=@../html/list;
host-leading-dot   deny        allow san.dns=@../html/list;
host-suffix        deny        allow san.dns=@../html/list;
wildcard-dns       deny        allow san.dns=@../html/list;
wildcard-dns       deny        allow san.dns!=@../html/list;
wildcard-dns       deny        deny  san.dns=@../html/list; allow all;
host-space         deny        allow san.dns!=@../html/list;
bob                deny        allow san.dns!=@../html/list;
alice              allow       allow san.dns!=@../html/list;


=== TEST 9: a list of URIs
--- user_files
>>> list
spiffe://prod.example/ns/billing/sa/web  web
urn:device:17
"urn:x:a,b\c"
https://a.example/x%2Fy
--- verdicts
alice         allow:web  allow san.uri=@../html/list;
device-17     allow      allow san.uri=@../html/list;
device-18     deny       allow san.uri=@../html/list;
comma-uri     allow      allow san.uri=@../html/list;
path-percent  allow      allow san.uri=@../html/list;
path-xy       deny       allow san.uri=@../html/list;


=== TEST 10: a list of e-mail addresses
--- user_files
>>> list
alice@ACME.example
--- verdicts
alice      allow  allow san.email=@../html/list;
upper-case allow  allow san.email=@../html/list;
bob        deny   allow san.email=@../html/list;


=== TEST 11: a list of addresses, with ranges; the narrowest gives the role
--- user_files
>>> list
0.0.0.0/0         any
192.0.2.64/26     bobs
192.0.2.77        bob
2001:DB8:0::/48   six
192.0.2.0/25      half
::FFFF:0:0/96     mapped
--- verdicts
bob        allow:bob     allow san.ip=@../html/list;
mapped-ip  allow:mapped  allow san.ip=@../html/list;
alice      allow:half    allow san.ip=@../html/list;
mallory    deny          allow san.ip=@../html/list;
alice      deny          allow san.ip!=@../html/list;
mallory    allow         allow san.ip!=@../html/list;


=== TEST 12: a range of the list ends where it says
--- user_files
>>> list
192.0.2.0/26
192.0.2.78/31
2001:db8::2/127
--- verdicts
bob        deny   allow san.ip=@../html/list;
alice      allow  allow san.ip=@../html/list;
mapped-ip  deny   allow san.ip=@../html/list;


=== TEST 13: lists of serials, digests and object identifiers
--- user_files eval
">>> serials\n0A:1B:2C  alice\n0xb0b\n00080\n"
. ">>> certs\n" . fingerprint('bob') . "\n" . colons(fingerprint('alice'))
. " # pinned\n"
. ">>> keys\n" . uc(spki('alice')) . "\n"
. ">>> oids\ncodeSigning\n1.2.3.4.2\n1.2.3.4.5\n"
--- verdicts
alice        allow:alice  allow serial=@../html/serials;
bob          allow        allow serial=@../html/serials;
high-serial  allow        allow serial=@../html/serials;
big-serial   deny         allow serial=@../html/serials;
alice        allow        allow fingerprint=@../html/certs;
bob          allow        allow fingerprint=@../html/certs;
mallory      deny         allow fingerprint=@../html/certs;
alice        allow        allow spki=@../html/keys;
bob          deny         allow spki=@../html/keys;
policies     allow        allow eku=@../html/oids;
alice        deny         allow eku=@../html/oids;
policies     allow        allow policy=@../html/oids;
rid          allow        allow san.rid=@../html/oids;


=== TEST 14: lists of the other fields
--- user_files
>>> list
alice@corp.example  upn
abc                 text
"#02012A"           der
partners            set
--- verdicts
upn         allow:upn   allow san.upn=@../html/list;
other-name  allow:text  allow san.other.1.2.3.4=@../html/list;
policies    allow:text  allow ext.1.2.3.4.9=@../html/list;
policies    allow:der   allow ext.1.2.3.4.10=@../html/list;
alice       allow:set   allow trust=@../html/list;
ops-alice   deny        allow trust=@../html/list;


=== TEST 15: a list for a variable
--- user_files
>>> list
GET
"x y"   space
--- verdicts
alice              allow         allow $request_method=@../html/list;
alice?a=GET        allow         allow verified $arg_a=@../html/list;
alice?a=POST       deny          allow verified $arg_a=@../html/list;
alice?a=get        deny          allow verified $arg_a=@../html/list;
alice?a=           deny          allow verified $arg_a=@../html/list;
alice              deny          allow verified $arg_a=@../html/list;
alice              allow         allow verified $arg_a!=@../html/list;


=== TEST 16: one file may serve several fields, each in its own comparison
--- user_files
>>> list
ALICE
alice.partners.example
--- verdicts
upper-case  allow  allow subject.CN=@../html/list;
alice       deny   allow subject.CN=@../html/list;
alice       allow  allow subject.CN=@../html/list; allow san.dns=@../html/list;
alice       deny   allow subject.CN=@../html/list san.dns=@../html/list;


=== TEST 17: two lines of one value and one role are one
--- user_files
>>> list
bob.ops.example.com  ops
BOB.ops.example.com  ops
--- verdicts
bob        allow:ops  allow san.dns=@../html/list;


=== TEST 18: a path is relative to the folder of nginx.conf
--- user_files eval
">>> $ENV{TEST_NGINX_SERVER_ROOT}/conf/near.list\nalice\n"
--- verdicts
alice      allow  allow subject.CN=@near.list;
bob        deny   allow subject.CN=@near.list;


=== TEST 19: a list without a line matches nobody, and nginx says so
--- user_files
>>> empty
>>> comments
# nobody yet
--- http_file
auth_cert_policy empty { allow subject.CN=@../html/empty; }
auth_cert_policy comments { allow subject.CN!=@../html/comments; }
--- config
    location = /empty { auth_cert empty; echo passed; }
    location = /comments { auth_cert comments; echo passed; }
--- says
[warn] list "empty" has no entry and matches nothing in part.conf:1
[warn] list "comments" has no entry and matches nothing in part.conf:2
--- client_cert: alice
--- request eval
["GET /empty", "GET /comments"]
--- error_code eval
[403, 200]


=== TEST 20: an unusable value is on no list, and on every one that denies
--- user_files
>>> list
alice
--- verdicts
nul-cn     deny   allow subject.CN=@../html/list;
nul-cn     deny   allow subject.CN!=@../html/list;
nul-cn     deny   deny  subject.CN=@../html/list; allow all;
crlf-cn    deny   deny  subject.CN=@../html/list; allow all;
