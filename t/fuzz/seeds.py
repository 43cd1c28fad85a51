"""Writes inputs that the fuzzers start with, from the certificates of the
tests.

usage: seeds.py PKI OUT
"""

import base64
import glob
import os
import re
import subprocess
import sys


def element(der, pos):
    """tag, start of the content, end"""
    tag, length, start = der[pos], der[pos + 1], pos + 2
    if length & 0x80:
        size = length & 0x7f
        length = int.from_bytes(der[start:start + size], "big")
        start += size
    return tag, start, start + length


def children(der):
    """what is in an element, each with its header"""
    _, pos, last = element(der, 0)
    while pos < last:
        _, _, end = element(der, pos)
        yield der[pos:end]
        pos = end


def content(der):
    _, start, end = element(der, 0)
    return der[start:end]


def der_of(path):
    with open(path) as f:
        text = f.read()
    for block in re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END", text,
                            re.S):
        yield base64.b64decode(block)


def write(out, fuzzer, name, data):
    folder = os.path.join(out, fuzzer)
    os.makedirs(folder, exist_ok=True)
    if len(data) <= 16384:
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)


# alternative names, purposes, policies

EXTENSIONS = {
    bytes.fromhex("0603551d11"): ("names", b"\2"),
    bytes.fromhex("0603551d25"): ("purposes", b"\6"),
    bytes.fromhex("0603551d20"): ("policies", b"\7"),
}


def certificate(out, name, der):
    write(out, "certificate", name, b"\0" + der)

    tbs = list(children(next(children(der))))
    if tbs[0][0] != 0xa0:
        return

    write(out, "certificate", name + "-subject", b"\1" + content(tbs[5]))
    write(out, "certificate", name + "-serial", b"\4" + content(tbs[1]))
    write(out, "certificate", name + "-validity", b"\5" + content(tbs[4]))

    for part in tbs[7:]:
        if part[0] != 0xa3:
            continue
        extensions = content(content(part))
        write(out, "certificate", name + "-extensions", b"\3" + extensions)
        for extension in children(content(part)):
            parts = list(children(extension))
            kind = EXTENSIONS.get(parts[0])
            if kind:
                write(out, "certificate", name + "-" + kind[0],
                      kind[1] + content(parts[-1]))


def crls(pki, out):
    maker = os.path.join(os.path.dirname(__file__), "..", "pki", "make-crl.py")
    rows = {
        "empty": [], "two": ["revoke=alice", "revoke=0b0b"],
        "many": ["fill=300"], "delta": ["base=1", "number=2", "remove=alice"],
        "user": ["scope=user", "revoke=alice"], "ca": ["scope=ca"],
        "point": ["point=http://a.example/crl", "revoke=bob"],
        "indirect": ["idp=indirect"], "reasons": ["idp=reasons"],
        "critical": ["extension=1.2.3.4"], "entry": ["entry=1.2.3.4",
                                                     "revoke=alice"],
        "unnumbered": ["number=none"], "sha1": ["digest=sha1"],
    }
    folder = os.path.join(out, "crl")
    os.makedirs(folder, exist_ok=True)
    for name, options in rows.items():
        for form in "der", "pem":
            subprocess.run([sys.executable, "-B", maker, pki,
                            os.path.join(folder, f"{name}.{form}"),
                            f"form={form}"] + options, check=True)
    changes(folder, out)


def changes(folder, out):
    """each CRL with each other one behind it, and the length of the first"""
    for form in "der", "pem":
        names = sorted(glob.glob(os.path.join(folder, "*." + form)))
        for first in names:
            for second in names:
                with open(first, "rb") as f, open(second, "rb") as g:
                    one, two = f.read(), g.read()
                name = "-".join(os.path.basename(name)
                                for name in (first, second))
                write(out, "change", name,
                      len(one).to_bytes(2, "big") + one + two)


# type of the field, list, NUL, values

LISTS = {
    "text": b"\0alice admin\n# a comment\n\"b o b\" \"a role\"\n\0alice\nb o b",
    "name": b"\1\"CN=alice,O=Acme\\\\, Inc.\"\n\0CN=alice,O=acme\\, inc.",
    "dns": b"\2a.example r\n*.ops.example.com ops\n"
           b"\0bob.ops.example.com\nA.example\na.b.ops.example.com\n",
    "uri": b"\3urn:device:17\nspiffe://td/a\n\0urn:device:17\nspiffe://td/a",
    "email": b"\5alice@Acme.example x\n\0alice@acme.example\nbob@x",
    "ip": b"\x0610.0.0.0/8 a\n10.1.0.0/16 b\n2001:db8::/32\n192.0.2.1\n"
          b"\0\x3110.1.2.3\n2001:db8::1\n192.0.2.1",
    "serial": b"\x070A:1B:2C\n00ff\n-01\n\0000a1b2c\nff",
    "digest": b"\x08" + b"0f" * 32 + b" r\n\0" + b"0F:" * 31 + b"0f",
    "oid": b"\x091.2.3.4\n\0001.2.3.4",
    "any": b"\x0a#0c03616263\nabc\n\0abc\n#0c03616263",
}


# words of rules, a line each, an empty line, values

PATTERNS = {
    "exact": b"allow\nsubject.CN=alice\nrole=a\n;\ndeny\nall\n;\n\nalice\nbob",
    "dns": b"allow\nsan.dns=*.ops.example.com\n;\n\nbob.ops.example.com",
    "uri": b"allow\nsan.uri=spiffe://td/ns/*/sa/**\n;\n\nspiffe://td/ns/a/sa/b",
    "url": b"allow\nsan.uri=https://a.example/*/x\n;\n\nhttps://a.example/b/x",
    "ip": b"allow\nsan.ip=10.0.0.0/8\n;\nallow\nsan.ip=2001:db8::/32\n;\n\n"
          b"10.1.2.3\n2001:db8::1",
    "regex": b"allow\nsan.email~^([^@]+)@(?<d>acme)\\.example$\nrole=$1-$d\n"
             b";\n\nalice@acme.example",
    "caseless": b"allow\nsubject.O~*acme\nsubject.CN!~^x\n;\n\nACME",
    "burn": b"deny\nsubject.CN~^(a+)+$\n;\nallow\nverified\n;\n\n"
            b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
    "negated": b"allow\nsubject.CN!=alice\nverified\n;\n\nbob",
    "name": b"allow\nsubject=CN=alice,O=Acme\\, Inc.\n;\n\n"
            b"CN=alice,O=Acme\\, Inc.",
    "serial": b"allow\nserial=0A:1B:2C\n;\n\n0a1b2c\n-01\n00",
    "variable": b"allow\nsan.uri=urn:device:$d\n;\nallow\n$v=1\n;\n\nd",
    "run": b"".join(b"allow\nsubject.CN=%d\nrole=r%d\n;\n" % (i, i)
                    for i in range(8)) + b"deny\nserial=5\n;\n\n5\n7",
    "other": b"allow\nsan.other.1.2.3.4=#0c03616263\n;\n\nabc\n#0c03616263",
}


# what is done with X-Forwarded-Client-Cert, headers

HEADERS = {
    "xfcc": b"X-Forwarded-Client-Cert: By=a;Hash=00;Subject=\"CN=a\"\n"
            b"x-forwarded-client-cert: URI=\"b\\\"\\\\c\"\nHost: a",
    "names": b"client-cert: x\nClient_Cert: y\nX-Client-Role: admin\n"
             b"Connection: close, client-cert\nAccept: */*",
    "open": b"X-Forwarded-Client-Cert: Subject=\"CN=a\\\\\"\n",
    "escaped": b"X-Forwarded-Client-Cert: a\\\"b\n",
    "options": b"Connection: x;X_Client_Role\t,\"client.cert\"\n",
}


def main(pki, out):
    for path in sorted(glob.glob(os.path.join(pki, "*.crt"))):
        name = os.path.basename(path)[:-4]
        if name.endswith(".chain") or name in ("empty", "garbage"):
            continue
        for der in der_of(path):
            certificate(out, name, der)
            break

    crls(pki, out)

    for name, data in LISTS.items():
        write(out, "list", name, data)
    for name, data in PATTERNS.items():
        write(out, "pattern", name, data)
    for name, data in HEADERS.items():
        for mode in range(3):
            write(out, "header", f"{name}-{mode}", bytes([mode]) + data)


main(*sys.argv[1:])
