# Rules that can never match, or never decide: errors and warnings at start
# that name file and line.

use lib 't/lib';
use AuthCert;

run_tests();

__DATA__

=== TEST 1: a rule behind "all"
--- http_file
auth_cert_policy staff {
    allow  subject.CN=alice;
    deny   all;

    allow  subject.CN=bob;
}
--- says
[emerg] auth_cert_policy "staff": "allow": can never match (the rule in part.conf:3 decides for all of its clients, place this one before it) in part.conf:5


=== TEST 2: "all" behind "all"
--- http_file
auth_cert_policy staff {
    allow  all;
    deny   all;
}
--- says
[emerg] auth_cert_policy "staff": "deny": can never match (the rule in part.conf:2 decides for all of its clients, place this one before it) in part.conf:3


=== TEST 3: a rule for certificates behind "verified"
--- http_file
auth_cert_policy staff {
    allow  verified;
    deny   subject.CN=mallory;
}
--- says
[emerg] auth_cert_policy "staff": "deny": can never match (the rule in part.conf:2 decides for all of its clients, place this one before it) in part.conf:3


=== TEST 4: a negated one, too: it admits verified clients only
--- http_file
auth_cert_policy staff {
    deny   verified;
    allow  subject.CN!=mallory;
}
--- says
[emerg] auth_cert_policy "staff": "allow": can never match (the rule in part.conf:2 decides for all of its clients, place this one before it) in part.conf:3


=== TEST 5: "all" behind "verified" and "anonymous"
--- http_file
auth_cert_policy staff {
    allow  verified;
    deny   anonymous;
    allow  all;
}
--- says
[emerg] auth_cert_policy "staff": "allow": can never match (the rule in part.conf:3 decides for all of its clients, place this one before it) in part.conf:4


=== TEST 6: "anonymous" behind "all" with a variable is reached
--- http_file
auth_cert_policy staff {
    allow  all  $request_method=GET;
    deny   anonymous;
    deny   verified;
    deny   $request_method=POST;
}
--- says
[emerg] auth_cert_policy "staff": "deny": can never match (the rule in part.conf:4 decides for all of its clients, place this one before it) in part.conf:5


=== TEST 7: a condition on the certificate of those who have none
--- http_file
auth_cert_policy staff {
    allow  anonymous  subject.CN=alice;
}
--- says
[emerg] auth_cert_policy "staff": "allow": can never match: "anonymous" clients have no certificate that a condition could match in part.conf:2


=== TEST 8: what a certificate does not say, of those who have none
--- http_file
auth_cert_policy staff {
    allow  anonymous  subject.CN!=mallory;
}
--- says
[emerg] auth_cert_policy "staff": "allow": can never match: what the certificate of "anonymous" clients does not hold cannot be told, leave the condition out in part.conf:2


=== TEST 9: "verified" and "anonymous" in one rule
--- http_file
auth_cert_policy staff {
    allow  verified  anonymous;
}
--- says
[emerg] auth_cert_policy "staff": "anonymous": "verified" and "anonymous" exclude each other in part.conf:2


=== TEST 10: two values of a field that has one only
--- http_file
auth_cert_policy staff {
    allow  trust=partners  trust=ops;
}
--- says
[emerg] auth_cert_policy "staff": "allow": can never match: it requires two values where no client has more than one, write a rule for each in part.conf:2


=== TEST 11: two values of a variable
--- http_file
auth_cert_policy staff {
    allow  $request_method=GET  $request_method=HEAD;
}
--- says
[emerg] auth_cert_policy "staff": "allow": can never match: it requires two values where no client has more than one, write a rule for each in part.conf:2


=== TEST 12: two texts for one digest, which may be the same
--- http_file
auth_cert_policy staff {
    allow  serial=0a1b  serial=0A:1B  subject.OU=a  subject.OU=b;
    deny   serial=1  serial=2;
}
--- says
[emerg] auth_cert_policy "staff": "deny": can never match: it requires two values where no client has more than one, write a rule for each in part.conf:3


=== TEST 13: a condition and its opposite
--- http_file
auth_cert_policy staff {
    allow  san.ip=192.0.2.1  san.ip!=192.0.2.2;
    allow  san.ip=192.0.2.1  san.dns=a.example  san.ip!=192.0.2.1;
}
--- says
[emerg] auth_cert_policy "staff": "allow": can never match: it requires a condition and its opposite in part.conf:3


=== TEST 14: the same condition in another notation, with another action
--- http_file
auth_cert_policy staff {
    deny   san.dns=bob.example.com;

    allow  san.dns=BOB.example.com;
}
--- says
[warn] auth_cert_policy "staff": what part.conf:4 says of san.dns "BOB.example.com" has no effect, part.conf:2 decides before with the same condition


=== TEST 15: the same wildcard, range, expression or list
--- user_files
>>> list
alice
--- http_file
auth_cert_policy staff {
    deny   san.dns=*.example.com;
    deny   san.ip=10.0.0.0/8;
    deny   subject.CN~^a;
    deny   subject.CN=@../html/list;
    allow  san.dns=*.example.com;
    allow  san.ip=10.0.0.0/8;
    allow  subject.CN~^a;
    allow  subject.CN=@../html/list;
}
--- says
[warn] auth_cert_policy "staff": what part.conf:6 says of san.dns "*.example.com" has no effect, part.conf:2 decides before with the same condition
[warn] auth_cert_policy "staff": what part.conf:7 says of san.ip "10.0.0.0/8" has no effect, part.conf:3 decides before with the same condition
[warn] auth_cert_policy "staff": what part.conf:8 says of subject.CN "^a" has no effect, part.conf:4 decides before with the same condition
[warn] auth_cert_policy "staff": what part.conf:9 says of subject.CN "@../html/list" has no effect, part.conf:5 decides before with the same condition


=== TEST 16: an expression that minds the case is another than one that does not
--- http_file
auth_cert_policy staff {
    deny   subject.CN~^a;
    allow  subject.CN~*^a;
    allow  subject.CN=^a;
    deny   subject.CN~*^a;
}
--- says
[warn] auth_cert_policy "staff": what part.conf:5 says of subject.CN "^a" has no effect, part.conf:3 decides before with the same condition


=== TEST 17: a negated condition is another than one that is not
--- http_file
auth_cert_policy staff {
    deny   subject.CN=alice;
    allow  subject.CN!=alice;
    deny   san.dns=*.a.example;
    allow  san.dns!=*.a.example;
}
--- says


=== TEST 18: the same condition with a variable
--- http_file
auth_cert_policy staff {
    deny   $arg_a=1;
    deny   subject.CN=$arg_b;
    allow  subject.CN=$arg_b;
    allow  $arg_a=1;
}
--- says
[warn] auth_cert_policy "staff": what part.conf:4 says of subject.CN "$arg_b" has no effect, part.conf:3 decides before with the same condition
[warn] auth_cert_policy "staff": what part.conf:5 says of $arg_a "1" has no effect, part.conf:2 decides before with the same condition


=== TEST 19: more conditions than an earlier rule has
--- http_file
auth_cert_policy staff {
    deny   subject.CN=alice;
    allow  $request_method=GET  subject.CN=alice;
}
--- says
[warn] auth_cert_policy "staff": what part.conf:3 says of subject.CN "alice" has no effect, part.conf:2 decides before with the same condition


=== TEST 20: fewer conditions than an earlier rule has are no mistake
--- http_file
auth_cert_policy staff {
    deny   subject.CN=alice  $request_method=PUT;
    allow  subject.CN=alice;
    allow  subject.CN=alice  subject.O=Acme;
    deny   all  $request_method=PUT;
}
--- says


=== TEST 21: the same condition with another role
--- http_file
auth_cert_policy staff {
    allow  subject.CN=alice  role=one;
    allow  subject.CN=alice  role=two;
}
--- says
[warn] auth_cert_policy "staff": what part.conf:3 says of subject.CN "alice" has no effect, part.conf:2 decides before with the same condition


=== TEST 22: the same condition after "verified" or "anonymous"
--- http_file
auth_cert_policy staff {
    deny   verified  subject.CN=alice;
    allow  subject.CN=alice;
    allow  anonymous  $arg_a=1;
    deny   $arg_a=1;
}
--- says
[warn] auth_cert_policy "staff": what part.conf:3 says of subject.CN "alice" has no effect, part.conf:2 decides before with the same condition


=== TEST 23: a pattern of a map that stands there twice
--- http_file
auth_cert_map $team subject.CN {
    alice    red;
    default  none;
    alice    blue;
}
--- says
[warn] auth_cert_map "$team": what part.conf:4 says of subject.CN "alice" has no effect, part.conf:2 decides before with the same condition


=== TEST 24: in a file of its own
--- user_files
>>> rules/a.conf

allow subject.CN=alice;
>>> rules/b.conf


deny subject.CN=alice;
deny all;
--- http_file
auth_cert_policy staff {
    include ../html/rules/*.conf;
    allow  subject.CN=carol;
}
--- says
[emerg] auth_cert_policy "staff": "allow": can never match (the rule in rules/b.conf:4 decides for all of its clients, place this one before it) in part.conf:3


=== TEST 25: a wildcard where none is possible
--- http_file
auth_cert_policy staff {
    allow  subject.CN=al*;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN=al*": "*" has no meaning here, use "~" for a regular expression in part.conf:2


=== TEST 26: a wildcard in an e-mail address
--- http_file
auth_cert_policy staff {
    allow  san.email=*@acme.example;
}
--- says
[emerg] auth_cert_policy "staff": "san.email=*@acme.example": "*" has no meaning here, use "~" for a regular expression in part.conf:2


=== TEST 27: a wildcard for a part of a label
--- http_file
auth_cert_policy staff {
    allow  san.dns=b*.example.com;
}
--- says
[emerg] auth_cert_policy "staff": "san.dns=b*.example.com": "*" can only be the whole left-most label, as in *.example.com; use "~" for a regular expression in part.conf:2


=== TEST 28: a wildcard for an inner label
--- http_file
auth_cert_policy staff {
    allow  san.dns=bob.*.example.com;
}
--- says
[emerg] auth_cert_policy "staff": "san.dns=bob.*.example.com": "*" can only be the whole left-most label, as in *.example.com; use "~" for a regular expression in part.conf:2


=== TEST 29: a wildcard for two labels
--- http_file
auth_cert_policy staff {
    allow  san.dns=*.*.example.com;
}
--- says
[emerg] auth_cert_policy "staff": "san.dns=*.*.example.com": "*" can only be the whole left-most label, as in *.example.com; use "~" for a regular expression in part.conf:2


=== TEST 30: a wildcard for all of a top-level domain
--- http_file
auth_cert_policy staff {
    allow  san.dns=*.com;
}
--- says
[emerg] auth_cert_policy "staff": "san.dns=*.com": a wildcard needs at least two labels after "*.", as in *.example.com in part.conf:2


=== TEST 31: a wildcard for a part of a segment
--- http_file
auth_cert_policy staff {
    allow  san.uri=spiffe://prod.example/ns/b*/sa/web;
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=spiffe://prod.example/ns/b*/sa/web": "*" stands for a whole segment, a part of one needs a regular expression ("~") in part.conf:2


=== TEST 32: "**" before the end
--- http_file
auth_cert_policy staff {
    allow  san.uri=spiffe://prod.example/**/web;
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=spiffe://prod.example/**/web": "**" can only be the last segment in part.conf:2


=== TEST 33: a wildcard in the authority
--- http_file
auth_cert_policy staff {
    allow  san.uri=https://*.example/x;
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=https://*.example/x": "*" cannot stand in the scheme or the authority; use "~" for a regular expression in part.conf:2


=== TEST 34: a wildcard in a URI without segments
--- http_file
auth_cert_policy staff {
    allow  san.uri=urn:device:*;
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=urn:device:*": has no segments that "*" could stand for, as it does not begin with "scheme://authority/"; use "~" for a regular expression in part.conf:2


=== TEST 35: a wildcard with a segment that it never matches
--- http_file
auth_cert_policy staff {
    allow  san.uri=https://a.example/x/../*;
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=https://a.example/x/../*": can never match: a wildcard matches no URI with empty, "." or ".." segments, "?", "#", "%" or "\" in part.conf:2


=== TEST 36: a wildcard together with a variable
--- http_file
auth_cert_policy staff {
    allow  san.uri=urn:x:$arg_a/*;
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=urn:x:$arg_a/*": a wildcard or an address range and $variables exclude each other, use two rules or a regular expression in part.conf:2


=== TEST 37: a SPIFFE ID that is none
--- http_file
auth_cert_policy staff {
    allow  san.uri=spiffe://Prod.example/ns/billing;
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=spiffe://Prod.example/ns/billing": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 38: a SPIFFE ID that ends in "/"
--- http_file
auth_cert_policy staff {
    allow  spiffe_id=spiffe://prod.example/ns/;
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://prod.example/ns/": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 39: a SPIFFE ID of another scheme
--- http_file
auth_cert_policy staff {
    allow  spiffe_id=https://prod.example/ns;
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=https://prod.example/ns": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 40: a wildcard for what is no SPIFFE ID
--- http_file
auth_cert_policy staff {
    allow  spiffe_id=https://prod.example/*;
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=https://prod.example/*": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 41: a selector of no certificate
--- http_file
auth_cert_policy staff {
    allow  san.http=a.example;
}
--- says
[emerg] auth_cert_policy "staff": "san.http=a.example": unknown selector, expected subject, subject.CN, issuer, issuer.CN (or another attribute type), san.dns, san.uri, san.email, san.ip, san.upn, san.dirname, san.rid, san.other.OID, serial, fingerprint, spki, eku, policy, ext.OID, spiffe_id, trust, ca or a $variable in part.conf:2


=== TEST 42: a set that does not exist
--- http_file
auth_cert_policy staff {
    deny   trust=nobody;
}
--- says
[emerg] unknown auth_cert_trust "nobody" in auth_cert_policy in part.conf:2; define it with auth_cert_trust nobody { ... } next to the server blocks


=== TEST 43: a host name that is none
--- http_file
auth_cert_policy staff {
    allow  san.dns=https://a.example;
}
--- says
[emerg] auth_cert_policy "staff": "san.dns=https://a.example": invalid value, expected a host name of letters, digits, "-", "_" and single "." between them (an internationalized one in its xn-- form) in part.conf:2


=== TEST 44: an address of an e-mail that is none
--- http_file
auth_cert_policy staff {
    allow  san.email=alice;
}
--- says
[emerg] auth_cert_policy "staff": "san.email=alice": invalid value, expected an address such as alice@example.org in part.conf:2


=== TEST 45: a SPIFFE ID with a port
--- http_file
auth_cert_policy staff {
    allow  "spiffe_id=spiffe://prod.example:443/ns";
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://prod.example:443/ns": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 46: a URI that would be a SPIFFE ID with a port
--- http_file
auth_cert_policy staff {
    allow  "san.uri=spiffe://prod.example:443/ns";
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=spiffe://prod.example:443/ns": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 47: a SPIFFE ID with a user
--- http_file
auth_cert_policy staff {
    allow  "spiffe_id=spiffe://a@prod.example/ns";
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://a@prod.example/ns": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 48: a SPIFFE ID with a query
--- http_file
auth_cert_policy staff {
    allow  "spiffe_id=spiffe://prod.example/ns?a=b";
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://prod.example/ns?a=b": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 49: a SPIFFE ID with a fragment
--- http_file
auth_cert_policy staff {
    allow  "spiffe_id=spiffe://prod.example/ns#a";
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://prod.example/ns#a": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 50: a SPIFFE ID with percent-encoding
--- http_file
auth_cert_policy staff {
    allow  "spiffe_id=spiffe://prod.example/n%73";
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://prod.example/n%73": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 51: a SPIFFE ID with dot segments
--- http_file
auth_cert_policy staff {
    allow  "spiffe_id=spiffe://prod.example/ns/../sa";
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://prod.example/ns/../sa": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 52: a SPIFFE ID with an empty segment
--- http_file
auth_cert_policy staff {
    allow  "spiffe_id=spiffe://prod.example//ns";
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://prod.example//ns": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 53: a SPIFFE ID with an upper-case scheme
--- http_file
auth_cert_policy staff {
    allow  "san.uri=SPIFFE://prod.example/ns";
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=SPIFFE://prod.example/ns": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 54: a SPIFFE ID without a path
--- http_file
auth_cert_policy staff {
    allow  spiffe_id=spiffe://prod.example;
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://prod.example": a trust domain alone is the SPIFFE ID of no client, add a path, or "/**" in a rule for all of its clients in part.conf:2


=== TEST 55: also where it must not be that one
--- http_file
auth_cert_policy staff {
    allow  spiffe_id!=spiffe://prod.example;
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id!=spiffe://prod.example": a trust domain alone is the SPIFFE ID of no client, add a path, or "/**" in a rule for all of its clients in part.conf:2


=== TEST 56: a SPIFFE ID without a path in a list
--- user_files
>>> list
spiffe://prod.example/ns
spiffe://prod.example
--- http_file
auth_cert_policy staff {
    allow  spiffe_id=@../html/list;
}
--- says
[emerg] list "list" line 2: "spiffe://prod.example": a trust domain alone is the SPIFFE ID of no client, add a path, or "/**" in a rule for all of its clients in part.conf:2


=== TEST 57: a SPIFFE ID without a path in a map
--- http_file
auth_cert_map $team spiffe_id {
    spiffe://prod.example  red;
}
--- says
[emerg] auth_cert_map "$team": "spiffe://prod.example": a trust domain alone is the SPIFFE ID of no client, add a path, or "/**" in a rule for all of its clients in part.conf:2


=== TEST 58: the URI of a trust domain is a URI
--- http_file
auth_cert_policy staff {
    allow  san.uri=spiffe://prod.example;
    allow  spiffe_id=spiffe://prod.example/**;
}
--- says


=== TEST 59: one that denies those of whom the first one cannot tell
--- http_file
auth_cert_policy staff {
    allow  subject.CN!=mallory;
    deny   subject.CN!=mallory;
}
--- says
