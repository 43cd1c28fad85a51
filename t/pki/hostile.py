"""Certificates that no library issues, or that say what is easily read wrong.

The authority "partners" signs each of them, so that only what is in them can
keep them from being accepted.  They share one key.
"""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature, encode_dss_signature)
from cryptography.hazmat.primitives.serialization import (Encoding,
                                                          PublicFormat)

from der import (arcs, bits, bmp, boolean, ia5, indefinite, integer,
                 long_form, numeric, octets, oid, printable,
                 sequence, set_of, t61, tlv, universal, utf8)

CN, O, OU = "2.5.4.3", "2.5.4.10", "2.5.4.11"
SAN, EKU, POLICIES = "2.5.29.17", "2.5.29.37", "2.5.29.32"
BASIC_CONSTRAINTS, KEY_USAGE = "2.5.29.19", "2.5.29.15"
CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"
UPN = "1.3.6.1.4.1.311.20.2.3"
SMTP_UTF8 = "1.3.6.1.5.5.7.8.9"

ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))

# longer than any OID in use: 600 arcs
LONG_OID = "1.2" + ".1" * 599


# parts of a certificate

def attribute(kind, value):
    return sequence(oid(kind), value)


def name(*attributes):
    """A name of (type, value); a list of them is one RDN."""
    rdns = []
    for item in attributes:
        members = item if isinstance(item, list) else [item]
        rdns.append(set_of(*[attribute(*member) for member in members]))
    return sequence(*rdns)


def cn(value):
    return name((CN, value))


def extension(kind, value, critical=False):
    flag = boolean(True) if critical else b""
    return sequence(oid(kind), flag, octets(value))


def san(*names):
    return extension(SAN, sequence(*names))


def other(kind, value):
    return tlv(0xa0, oid(kind), tlv(0xa0, value))


def email(data):
    return tlv(0x81, data)


def dns(data):
    return tlv(0x82, data)


def dirname(value):
    return tlv(0xa4, value)


def uri(data):
    return tlv(0x86, data)


def ip(data):
    return tlv(0x87, data)


def rid(text):
    return tlv(0x88, arcs(text))


def utc(text):
    return tlv(23, text)


def generalized(text):
    return tlv(24, text)


END_ENTITY = extension(BASIC_CONSTRAINTS, sequence(), critical=True)
def qualified(count):
    """Policies with a qualifier each."""
    return sequence(*[
        sequence(oid("1.2.%d" % (3 + n)),
                 sequence(sequence(oid("1.2.3"), tlv(5))))
        for n in range(count)])


USAGE = extension(EKU, sequence(oid(CLIENT_AUTH)))


class Issuer:
    """What all certificates have in common."""

    def __init__(self, subject, key):
        self.subject = subject
        self.key = key
        self.leaf_key = ec.generate_private_key(ec.SECP256R1())
        self.spki = self.leaf_key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.last = 0

    def issue(self, label, subject=None, extensions=(), serial=None,
              start=utc(b"250101000000Z"), end=utc(b"491231235959Z"),
              usage=USAGE, constraints=END_ENTITY, spki=None):
        self.last += 1

        certificate = sequence(
            tlv(0xa0, integer(2)),
            serial or integer(0x70000000 + self.last),
            ECDSA_SHA256,
            self.subject,
            sequence(start, end),
            subject or cn(utf8(label)),
            spki or self.spki,
            tlv(0xa3, sequence(constraints, usage, *extensions)))

        signature = self.key.sign(certificate, ec.ECDSA(hashes.SHA256()))

        return sequence(certificate, ECDSA_SHA256, bits(signature))


# the tables: a label, and what the certificate has that others have not

SUBJECTS = {
    "t61": cn(t61(b"Zo\xeb")),
    "t61-c1": cn(t61(b"a\x85b")),
    "universal": cn(universal("Zoë 東京".encode("utf-32-be"))),
    "bmp-nul": cn(bmp("alice\0".encode("utf-16-be"))),
    "printable-high": cn(printable(b"Zo\xeb")),
    "printable-other": cn(printable(b"*.a_b@c")),
    "ia5-high": cn(ia5(b"Zo\xeb")),
    "numeric": cn(numeric(b"0123 456")),
    "numeric-letter": cn(numeric(b"12a")),
    "long-rdn": sequence(long_form(0x31, attribute(CN, utf8("alice")))),
    "long-attribute": sequence(set_of(long_form(0x30, oid(CN),
                                                utf8("alice")))),
    "long-attribute-type": sequence(set_of(sequence(
        long_form(6, arcs(CN)), utf8("alice")))),
    "pieces-cn": cn(tlv(0x2c, utf8("ali"), utf8("ce"))),
    "long-string": cn(long_form(12, b"alice")),
    "indefinite-rdn": sequence(indefinite(0x31, attribute(CN, utf8("alice")))),
    "trailing-cn": cn(utf8("admin ")),
    "escaped-cn": cn(utf8("\\20admin\\")),
    "bits-cn": cn(bits(b"alice")),
    "sequence-cn": cn(sequence(utf8("alice"))),
    "lost": cn(utf8("lost")),
    "tab-cn": cn(utf8("alice\tadmin")),
    "escape-cn": cn(utf8("\x1b[31malice")),
    "delete-cn": cn(utf8("alice\x7f")),
    "c1-cn": cn(utf8("alice\u0085admin")),
    "last-c1-cn": cn(utf8("alice\u009f")),
    "empty-cn": cn(utf8("")),
    "space-cn": cn(utf8(" ")),
    "attribute-cn": cn(utf8("x,2.5.4.10=y")),
    "hash-cn": cn(utf8("#0c05616c696365")),
    "quote-cn": cn(utf8('a";URI=urn:forged;Subject="b\\')),
    "percent-cn": cn(utf8("%0d%0aalice$uri")),
    "long-cn": cn(utf8("a" * 10000)),
    "line-cn": cn(utf8("alice\u2028admin")),
    "forged-dn": name((OU, utf8("CN=alice")), (CN, utf8("nobody,CN=alice"))),
    "unknown-type": name(("1.2.3.4", utf8("abc")), (CN, utf8("alice"))),
    "long-type": name((LONG_OID, utf8("abc")), (CN, utf8("alice"))),
    # names that have digits, that are none, and that another type has as well
    "odd-types": name(("2.5.4.45", utf8("a")),
                      ("1.3.6.1.4.1.11129.2.4.2", utf8("b")),
                      ("0.9.2342.19200300.100.1.44", utf8("c"))),
    "one-bad-of-two": name((CN, utf8("alice")), (CN, utf8("b\0b"))),
    "bad-ou": name((OU, utf8("b\nb")), (CN, utf8("alice"))),
    "1000-attributes": name(*[(OU, utf8("%d" % n)) for n in range(1000)]),
    "empty-rdn": sequence(set_of(attribute(CN, utf8("alice"))), set_of()),
}

NAMES = {
    "dns-empty": san(dns(b"")),
    "dns-high": san(dns(b"m\xfcller.example"), dns(b"ok.example")),
    "dns-utf8": san(dns("müller.example".encode())),
    "dns-crlf": san(dns(b"a.example\r\nX-Client-Role: admin")),
    "dns-space": san(dns(b" a.example ")),
    "dns-delete": san(dns(b"a.example\x7f")),
    "email-nul": san(email(b"alice@acme.example\0@evil.example")),
    "email-ats": san(email(b"Al@Ice@ACME.Example")),
    "uri-nul": san(uri(b"spiffe://prod.example/ns/billing/sa/web\0x")),
    "uri-nul-second": san(uri(b"spiffe://prod.example/ns/billing/sa/web"),
                          uri(b"a\0b")),
    "uri-quote": san(uri(b'urn:x:"a";By=urn:forged'), dns(b"q.example")),
    "uri-comma": san(uri(b"urn:x:a,b;c=d"), uri(b"urn:plain"),
                     dns(b"a=b.example")),
    "uri-backslash": san(uri(b"urn:x:a\\"), uri(b"urn:y"),
                         dns(b"a\\b.example")),
    # BER has strings in pieces, DER has not
    "dns-pieces": san(tlv(0xa2, ia5(b"alice.partners"), ia5(b".example")),
                      dns(b"ok.example")),
    "ip-pieces": san(tlv(0xa7, octets(b"\xc0\0"), octets(b"\x02\1"))),
    "upn-pieces": san(other(UPN, tlv(0x2c, utf8("alice"),
                                     utf8("@corp.example")))),
    # and lengths and tags of which only the shortest form is DER
    "names-long": extension(SAN, long_form(0x30, dns(b"a.example"))),
    "name-long": san(uri(b"urn:a"), long_form(0x82, b"a.example")),
    "name-high": san(b"\x9f\x02\x09a.example"),
    "names-indefinite": extension(SAN, indefinite(0x30, dns(b"a.example"))),
    "upn-long": san(other(UPN, long_form(12, b"alice@corp.example"))),
    "other-long-type": san(tlv(0xa0, long_form(6, arcs("1.2.3.4")),
                               tlv(0xa0, utf8("abc"))), dns(b"a.example")),
    "dirname-long": san(dirname(sequence(
        long_form(0x31, attribute(CN, utf8("alice"))))), dns(b"a.example")),
    "dirname-pieces": san(dirname(cn(tlv(0x2c, utf8("ali"), utf8("ce")))),
                          dns(b"a.example")),
    "rid-big": san(rid("2.25.%d" % (2 ** 128 - 1)), rid("2.999.3"),
                   rid("1.39.16383.0.127.128")),
    # just above powers of ten
    "rid-round": san(rid("2.%d" % (10 ** 17 - 80)), rid("2.%d" % (10 ** 17)),
                     rid("2.%d" % (10 ** 34 - 75))),
    "rid-huge": san(tlv(0x88, b"\x69" + b"\xff" * 20 + b"\x7f"),
                    rid("1.2.3")),
    "ip-empty": san(ip(b"")),
    "ip-5": san(ip(b"\xc0\0\x02\x01\0"), ip(b"\xc0\0\x02\x02")),
    "ip-8": san(ip(b"\xc0\0\x02\0\xff\xff\xff\0")),
    "ip-32": san(ip(b"\0" * 32)),
    "upn-ia5": san(other(UPN, ia5(b"alice@corp.example"))),
    "upn-nul": san(other(UPN, utf8("alice@corp.example\0.evil.example"))),
    "upn-surrogate": san(other(UPN, utf8(b"alice\xed\xa0\x80@corp.example"))),
    "upn-overlong": san(other(UPN, utf8(b"alice\xc1\x80corp.example"))),
    "upn-invalid": san(other(UPN, utf8(b"alice\xff@corp.example"))),
    "dirname-invalid": san(dirname(cn(utf8(b"al\xffice"))), dns(b"a.example")),
    "upn-integer": san(other(UPN, integer(42))),
    "upn-two": san(other(UPN, utf8("alice@corp.example")),
                   other(UPN, utf8("bob@corp.example"))),
    "smtp-utf8": san(other(SMTP_UTF8, utf8("用户@例子.example"))),
    "other-integer": san(other("1.2.3.4", integer(42))),
    "other-hash": san(other("1.2.3.4", utf8("#02012a"))),
    "other-invalid": san(other("1.2.3.4", utf8(b"a\xffb")),
                         other("1.2.3.5", utf8("ok"))),
    "other-long": san(other(LONG_OID, utf8("abc"))),
    "other-order": san(other("1.2.3.9", utf8("i")),
                       other("1.2.3.4", utf8("d1")),
                       other("1.2.3.10", utf8("j")),
                       other("1.2.3.4", utf8("d2"))),
    "dirname-empty": san(dirname(sequence())),
    "dirname-nul": san(dirname(cn(utf8("alice\0x"))),
                       dirname(cn(utf8("bob")))),
    "rid-long": san(rid(LONG_OID)),
    "other-kinds": san(tlv(0xa3, sequence()),
                       tlv(0xa5, tlv(0xa1, utf8("party"))),
                       dns(b"a.example")),
    "no-names": san(),
    "names-in-order": san(uri(b"urn:2"), dns(b"b.example"), uri(b"urn:1"),
                          dns(b"a.example"), dns(b"b.example")),
    "long-dns": san(dns(b"a" * 10000)),

    # 40 kB, below what is taken of a chain
    "10000-names": san(*[dns(b"%02x" % (n % 256)) for n in range(10000)]),
    "2000-others": san(*[other("1.2.3.%d" % (n % 1000), utf8("%d" % n))
                         for n in range(2000)]),

    # more than is taken of a chain, less than OpenSSL takes of it
    "50-kilobytes": extension("1.2.3.4.9", utf8("a" * 50000)),

    "names-twice": (san(dns(b"a.example")), san(dns(b"b.example"))),
    "names-broken": extension(SAN, b"\x30\x05\x82\x09a.ex"),
    "spiffe-twice": san(*[uri(b"spiffe://prod.example/ns/billing/sa/web")] * 2),
    "spiffe-with-dns": san(dns(b"a.example"), email(b"a@b.example"),
                           uri(b"spiffe://prod.example/ns/billing/sa/web")),
    "names-trailing": extension(SAN, sequence(dns(b"a.example")) + b"\x05\0"),
    "names-string": extension(SAN, utf8("a.example")),
    "names-nothing": extension(SAN, b""),
}

# URIs that are SPIFFE IDs, and that are nearly some
SPIFFE = {
    "spiffe-domain": "spiffe://prod.example",
    "spiffe-chars": "spiffe://a_b-c.1/A-z_0.9/...",
    "spiffe-address": "spiffe://192.0.2.1/x",
    "spiffe-long": "spiffe://prod.example/" + "a" * (2048 - 22),
    "spiffe-long-domain": "spiffe://" + "a" * 255 + "/x",

    "spiffe-upper-domain": "spiffe://Prod.example/x",
    "spiffe-upper-scheme": "SPIFFE://prod.example/x",
    "spiffe-no-domain": "spiffe:///ns/billing",
    "spiffe-nothing": "spiffe://",
    "spiffe-user": "spiffe://alice@prod.example/x",
    "spiffe-empty-port": "spiffe://prod.example:/x",
    "spiffe-query": "spiffe://prod.example/x?y=z",
    "spiffe-domain-query": "spiffe://prod.example?y=z",
    "spiffe-fragment": "spiffe://prod.example/x#y",
    "spiffe-slash": "spiffe://prod.example/x/",
    "spiffe-only-slash": "spiffe://prod.example/",
    "spiffe-empty-segment": "spiffe://prod.example/ns//x",
    "spiffe-dot": "spiffe://prod.example/ns/./x",
    "spiffe-last-dots": "spiffe://prod.example/ns/..",
    "spiffe-percent": "spiffe://prod.example/ns%2fbilling",
    "spiffe-percent-domain": "spiffe://prod%2eexample/x",
    "spiffe-percent-dots": "spiffe://prod.example/%2e%2e/x",
    "spiffe-colon": "spiffe://prod.example/a:b",
    "spiffe-star": "spiffe://prod.example/*",
    "spiffe-tilde": "spiffe://prod.example/~a",
    "spiffe-space": "spiffe://prod.example/a b",
    "spiffe-backslash": "spiffe://prod.example\\x",
    "spiffe-semicolon": "spiffe://prod.example/a;b",
    "spiffe-ipv6": "spiffe://[2001:db8::1]/x",
    "spiffe-too-long": "spiffe://prod.example/" + "a" * (2049 - 22),
    "spiffe-too-long-domain": "spiffe://" + "a" * 256 + "/x",
    "spiffe-https": "https://prod.example/x",
    "spiffe-one-slash": "spiffe:/prod.example/x",
    "spiffe-leading-space": " spiffe://prod.example/x",
}

WEB = san(uri(b"spiffe://prod.example/ns/billing/sa/web"))

# strings that make a name unreadable for OpenSSL, which ends the handshake;
# elsewhere it does not look at them
STRINGS = [
    utf8(b"\xc1\xa1lice"),               # 0: overlong
    utf8(b"alice\xc0\x80"),              # 1: overlong NUL
    utf8(b"al\xffice"),                  # 2
    utf8(b"alice\xe6\x9d"),              # 3: cut off
    utf8(b"a\xed\xa0\x80"),              # 4: surrogate
    utf8(b"a\xf4\x90\x80\x80"),          # 5: above U+10FFFF
    utf8(b"a\x80"),                      # 6: continuation alone
    universal(b"\0\0\0a\0\0\0"),         # 7: cut off
    universal(b"\0\x11\0\0"),            # 8: above U+10FFFF
    universal(b"\0\0\xd8\0"),            # 9: surrogate
    bmp(b"\0a\0l\0"),                   # 10: cut off
    bmp(b"\0a\xd8\0"),                  # 11: surrogate
    bmp(b"\0a\0\n"),                    # 12
    ia5(b"Zo\xeb"),                      # 13
    tlv(26, b"Zo\xeb"),                  # 14: VisibleString
    t61(b"Zo\x9b"),                      # 15: C1 control
    utf8("alice\0"),                     # 16
    tlv(12, b"alice") + b"\0",           # 17: more than a string
    tlv(0x2c, utf8("ali"), utf8("ce")),  # 18: in two parts, as BER may be
    b"\x0c\x85alice",                    # 19: shorter than it says

    # and some that can be used
    t61(b"Zo\xeb"),                      # 20
    universal("東京".encode("utf-32-be")),   # 21
    bmp("東京".encode("utf-16-be")),         # 22
    tlv(26, b"alice"),                   # 23
    utf8("\U0001f511"),                  # 24
    utf8(""),                            # 25
    numeric(b"42"),                      # 26

    utf8(b"a\xe6\x9dbc"),                # 27: another one before its end
]

EXTENSIONS = {
    "strings": [extension("1.2.3.4.100.%d" % n, string)
                for n, string in enumerate(STRINGS)],
    "ext-twice": (extension("1.2.3.4.9", utf8("abc")),
                  extension("1.2.3.4.9", utf8("def"))),
    "ext-empty": extension("1.2.3.4.9", b""),
    "ext-nul": (extension("1.2.3.4.9", utf8("a\0b")),
                extension("1.2.3.4.10", utf8("ok"))),
    "ext-hash": extension("1.2.3.4.9", utf8("#02012a")),
    "ext-two-values": extension("1.2.3.4.9", utf8("abc") + utf8("def")),
    "ext-long-oid": extension(LONG_OID, utf8("abc")),
    "policies-twice": (extension(POLICIES, sequence(sequence(oid("1.2.3")))),
                       extension(POLICIES, sequence(sequence(oid("1.2.4"))))),
    "policies-broken": extension(POLICIES, b"\x30\x03\x30\x05\x06"),
    "policies-64": extension(POLICIES, qualified(64)),
    "policies-65": extension(POLICIES, qualified(65)),
    "policies-qualifier": extension(POLICIES, sequence(
        sequence(oid("1.2.3")),
        sequence(oid("1.2.4"), sequence(sequence(tlv(5)))))),
    "policies-no-oid": extension(POLICIES, sequence(
        sequence(oid("1.2.3")),
        sequence(tlv(6, b"\x81" * 24 + b"\1\x80\1")))),
    "eku-twice": extension(EKU, sequence(oid(CLIENT_AUTH))),
    "1000-extensions": [extension("1.2.3.%d" % n, utf8("%d" % n))
                        for n in range(1000)],
}

USAGES = {
    "eku-long-oid": extension(EKU, sequence(oid(CLIENT_AUTH), oid(LONG_OID))),
    "eku-long-type": extension(EKU, sequence(
        oid(CLIENT_AUTH), long_form(6, arcs("1.2.3")))),
    "eku-broken": extension(EKU, b"\x30\x03\x06\x09"),
}

SERIALS = {
    "zero-serial": integer(0),
    "negative-serial": integer(-1),
    "negative-129-serial": integer(-129),
    "21-byte-serial": tlv(2, b"\x01" + b"\x23" * 20),
    "long-serial": tlv(2, b"\x7f" * 500),
}

DATES = {
    "ends-9999": dict(end=generalized(b"99991231235959Z")),
    "ends-2050": dict(end=generalized(b"20500101000000Z")),
    "begins-1950": dict(start=utc(b"500101000000Z")),
    "leap-day": dict(start=utc(b"240229235959Z")),
    "before-1970": dict(start=utc(b"691231235959Z")),
    "begins-0": dict(start=generalized(b"00000101000000Z")),
    "no-time": dict(start=utc(b"yesterday, 12h")),
    "offset-time": dict(end=utc(b"491231235959+0100")),
}


SPIFFE_USES = {
    "spiffe-ca": dict(
        extensions=[WEB],
        constraints=extension(BASIC_CONSTRAINTS, sequence(boolean(True)))),
    "spiffe-no-constraints": dict(extensions=[WEB], constraints=b""),
    "spiffe-signature": dict(
        extensions=[WEB, extension(KEY_USAGE, b"\x03\x02\x07\x80", True)]),
    "spiffe-cert-sign": dict(
        extensions=[WEB, extension(KEY_USAGE, b"\x03\x02\x02\x84", True)]),
    "spiffe-crl-sign": dict(
        extensions=[WEB, extension(KEY_USAGE, b"\x03\x02\x01\x82", True)]),
}


def rows():
    """Labels, and what Issuer.issue() is to be told of them."""
    for label, subject in SUBJECTS.items():
        yield label, dict(subject=subject)

    for label, parts in [*NAMES.items(), *EXTENSIONS.items()]:
        yield label, dict(extensions=[parts] if isinstance(parts, bytes)
                          else parts)

    for label, text in SPIFFE.items():
        yield label, dict(extensions=[san(uri(text.encode()))])

    for label, usage in USAGES.items():
        yield label, dict(usage=usage)

    for label, serial in SERIALS.items():
        yield label, dict(serial=serial)

    yield from DATES.items()
    yield from SPIFFE_USES.items()


# SEC 2, section 2.4.2: P-256, its field and its order
FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551


def explicit(key):
    """The key, its curve not by name but by all numbers of it (RFC 3279)."""
    curve = sequence(
        integer(1),
        sequence(oid("1.2.840.10045.1.1"), integer(FIELD)),
        sequence(octets((FIELD - 3).to_bytes(32, "big")), octets(bytes.fromhex(
            "5ac635d8aa3a93e7b3ebbd55769886bc"
            "651d06b0cc53b0f63bce3c3e27d2604b"))),
        octets(bytes.fromhex(
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")),
        integer(ORDER), integer(1))

    point = key.public_key().public_bytes(Encoding.X962,
                                          PublicFormat.UncompressedPoint)

    return sequence(sequence(oid("1.2.840.10045.2.1"), curve), bits(point))


def twin(certificate):
    """What anybody can make of it: for (r, s) of ECDSA, (r, -s) is as good."""
    loaded = x509.load_der_x509_certificate(certificate)
    r, s = decode_dss_signature(loaded.signature)
    return sequence(loaded.tbs_certificate_bytes, ECDSA_SHA256,
                    bits(encode_dss_signature(r, ORDER - s)))


def certificates(subject, key):
    """Their labels and DER, and their key; the issuer's name is DER."""
    issuer = Issuer(subject, key)
    made = {label: issuer.issue(label, **row) for label, row in rows()}
    made["lost-twin"] = twin(made["lost"])
    made["explicit-curve"] = issuer.issue("explicit-curve",
                                          spki=explicit(issuer.leaf_key))
    return made, issuer.leaf_key
