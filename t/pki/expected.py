"""What has to come out for each certificate: a second opinion.

usage: expected.py FOLDER > manifest.jsonl

Reads the certificates byte by byte, with no library that knows of them, and
writes what docs/security.md says of them: a line of JSON for each that has a
key, with its fields, those that no rule may use, whether a server that trusts
"partners" verifies it, and what the policy of corpus.t makes of it.
"""

import base64
import hashlib
import json
import os
import re
import socket
import sys
from datetime import datetime, timezone

# what does not verify with "partners"; all others have to

REFUSED = set("""
    partners imposter imposter-rsa ops legacy intermediate old-intermediate full server-ca
    rsa-ca rsa-issuing ed25519-ca by-rsa by-ed25519
    no-crls deep1 deep2 deep3 deep4 pathlen0 pathlen1 constrained
    34-high 35-high
    server server-uris edge-a edge-b
    ops-alice ops-carol legacy-dave own-root imposter-alice
    imposter-rsa-alice keyid-imposter
    expired not-yet server-only any-eku path-length constrained-bad old-chain
    below-leaf no-chain too-long too-big self-signed critical sha1 weak-key
    names-twice names-broken names-string names-nothing dirname-invalid
    eku-twice eku-broken offset-time point-broken explicit-curve
    renewed renewed-first crowded-imposter no-time 50-kilobytes
""".split()) | {"stair%d" % n
                                                     for n in range(1, 34)}

SHORT = {
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber",
    "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street",
    "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title",
    "2.5.4.42": "GN", "2.5.4.45": "x500UniqueIdentifier",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
}

KINDS = ["dns", "uri", "email", "ip", "upn", "dirname", "rid", "other"]
TEXTS = {0x81: "email", 0x82: "dns", 0x86: "uri"}

# strings in pieces, which DER does not have
PIECES = {0xa1: "email", 0xa2: "dns", 0xa6: "uri", 0xa7: "ip"}
UPN = "1.3.6.1.4.1.311.20.2.3"

SAN, EKU, POLICIES = "2.5.29.17", "2.5.29.37", "2.5.29.32"
CONSTRAINTS, KEY_USAGE = "2.5.29.19", "2.5.29.15"

OID_MAX, ARC_MAX = 586, 20
QUALIFIED_MAX = 64

SEGMENT = r"/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._-]+"
SPIFFE = re.compile(r"spiffe://[a-z0-9._-]{1,255}(?:%s)+\Z" % SEGMENT)


class Broken(Exception):
    """These bytes are not what they should be."""


def read(data, at=0):
    """The tag, the content, and where the next one begins."""
    if len(data) < at + 2 or data[at] & 0x1f == 0x1f:
        raise Broken

    tag, size, start = data[at], data[at + 1], at + 2

    if size & 0x80:
        more = size & 0x7f
        size = int.from_bytes(data[start:start + more], "big")
        start += more
        if not 1 <= more <= 4:
            raise Broken
        if size < 0x80 or size < 1 << 8 * (more - 1):
            raise Broken

    if len(data) < start + size:
        raise Broken

    return tag, data[start:start + size], start + size


def parts(data):
    """(tag, content, all of its bytes) of each value in a row."""
    found, at = [], 0
    while at < len(data):
        tag, content, end = read(data, at)
        found.append((tag, content, data[at:end]))
        at = end
    return found


def dotted(content):
    """None if it is too long to be told."""
    if not content or content[-1] & 0x80:
        raise Broken

    if re.search(rb"(?:^|[\0-\x7f])\x80", content, re.S):
        raise Broken

    if len(content) > OID_MAX:
        return None

    arcs, number, size = [], 0, 0
    for byte in content:
        number = number << 7 | byte & 0x7f
        size += 1
        if size > ARC_MAX:
            return None
        if not byte & 0x80:
            arcs.append(number)
            number, size = 0, 0

    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


CODECS = {12: "utf-8", 18: "ascii", 19: "ascii", 20: "latin-1", 22: "ascii",
          26: "ascii", 28: "utf-32-be", 30: "utf-16-be"}


def string(tag, content):
    """The text, or None if there is none that can be used."""
    try:
        text = content.decode(CODECS[tag])
    except (KeyError, UnicodeDecodeError):
        return None

    if re.search("[\0-\x1f\x7f-\x9f]", text):
        return None
    if tag == 30 and re.search("[\U00010000-\U0010ffff]", text):
        return None
    if tag == 18 and re.search("[^0-9 ]", text):
        return None
    return text


def escaped(text):
    out = re.sub(r'([,+"\\<>;])', r"\\\1", text)
    if re.match("[ #]", text):
        out = "\\" + out
    if len(text) > 1 and text.endswith(" "):
        out = out[:-1] + "\\ "
    return out


def distinguished(content, strict=False):
    """RDNs, text and whether it can be used; strict: as OpenSSL reads it."""
    rdns, texts, usable = [], [], True

    for _, rdn, _ in parts(content):
        members, text = [], []

        for _, pair, _ in parts(rdn):
            (_, kind, _), (tag, value, der) = parts(pair)
            oid, plain = dotted(kind), string(tag, value)

            if oid is None:
                return [], None, False
            if strict and tag in (12, 28, 30) and plain is None:
                try:
                    value.decode(CODECS[tag])
                except UnicodeDecodeError:
                    raise Broken from None

            short = SHORT.get(oid)
            members.append([oid, short, plain])
            usable = usable and plain is not None
            text.append((short or oid) + "=" + (
                escaped(plain) if short and plain is not None
                else "#" + der.hex()))

        if not members:
            return [], None, False

        rdns.append(members)
        texts.insert(0, "+".join(text))

    return rdns, ",".join(texts), usable


def who_is(der):
    """Of the certificate itself: one that is no DER cannot be told."""
    try:
        return distinguished(read(der)[1])
    except Broken:
        return [], None, False


def one(content, tag):
    """The values in the only value that there is, and what is behind it."""
    found, inner, end = read(content)
    if found != tag:
        raise Broken
    return parts(inner), content[end:]


def alternative(tag, content, san, bad):
    if tag in TEXTS:
        text = string(22, content)
        kind, value = TEXTS[tag], text
    elif tag in PIECES:
        kind, value = PIECES[tag], None
    elif tag == 0x87:
        family = {4: socket.AF_INET, 16: socket.AF_INET6}.get(len(content))
        kind, value = "ip", family and socket.inet_ntop(family, content)
    elif tag == 0x88:
        kind, value = "rid", dotted(content)
    elif tag == 0xa4:
        _, text, usable = distinguished(read(content)[1], strict=True)
        kind, value = "dirname", (text or None) if usable else None
    elif tag == 0xa0:
        other(content, san, bad)
        return
    else:
        return

    if value is None:
        bad.add("san." + kind)
    else:
        san[kind].append(value)


def other(content, san, bad):
    (_, kind, _), (_, wrapped, _) = parts(content)
    tag, inner, _ = read(wrapped)
    oid = dotted(kind)

    if oid is None:
        bad.add("san.other")
        return

    san["other"].append([oid, wrapped.hex()])
    text = string(tag, inner)

    if tag & ~0x20 in CODECS and text is None:
        bad.add("san.other")

    if oid == UPN:
        if tag == 12 and text is not None:
            san["upn"].append(text)
        else:
            bad.add("san.upn")


def alternatives(values, bad):
    """values: the content of all such extensions."""
    san = {kind: [] for kind in KINDS}
    mine = set()

    try:
        if len(values) > 1:
            raise Broken
        for value in values:
            names, behind = one(value, 0x30)
            if behind:
                raise Broken
            for tag, content, _ in names:
                alternative(tag, content, san, mine)
    except Broken:
        san = {kind: [] for kind in KINDS}
        mine = {"san." + kind for kind in KINDS}

    bad |= mine
    return san


def policy(content):
    """The OID in front of qualifiers, which begin with one, too."""
    (_, oid, _), *qualifiers = parts(content)
    for tag, qualifier, _ in qualifiers and parts(qualifiers[0][1]):
        if tag != 0x30 or parts(qualifier)[0][0] != 6:
            raise Broken
    return oid


def oids(values, field, bad):
    """OIDs of an extension; of policies the first member of each."""
    found, lost = [], False

    try:
        if len(values) > 1:
            raise Broken
        for value in values:
            members = one(value, 0x30)[0]
            if sum(tag == 0x30 and len(parts(content)) > 1
                   for tag, content, _ in members) > QUALIFIED_MAX:
                raise Broken
            for tag, content, _ in members:
                oid = dotted(policy(content) if tag == 0x30 else content)
                lost = lost or oid is None
                found += [oid] if oid else []
    except Broken:
        found, lost = [], True

    if lost:
        bad.add(field)
    return found


def extensions(content):
    """Their values by OID, each in a list."""
    found, lost = {}, False

    for _, extension, _ in parts(content):
        members = parts(extension)
        oid = dotted(members[0][1])
        lost = lost or oid is None
        found.setdefault(oid, []).append(members[-1][1])

    return found, lost


def unusable_extension(value):
    """A string that is not what it says."""
    try:
        tag, content, end = read(value)
    except Broken:
        return bool(value) and value[0] & ~0x20 in CODECS

    return (end == len(value) and tag & ~0x20 in CODECS
            and string(tag, content) is None)


def time(tag, content):
    text = content.decode()
    if not text[:2].isdigit():
        return None

    if tag == 23:
        text = ("19" if text[:2] >= "50" else "20") + text

    year, rest = text[:4], text[4:].replace("Z", "+0000")
    if rest.endswith("+0000"):
        # a year 0 is beyond datetime
        return "%s-%s-%sT%s:%s:%sZ" % (year, *re.findall("..", rest[:10]))

    moment = datetime.strptime(year + rest, "%Y%m%d%H%M%S%z")
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def serial_text(content):
    if content[0] & 0x80:
        return "-" + content.hex()
    return (content.lstrip(b"\0") or b"\0").hex()


def signs_others(found):
    constraints = found.get(CONSTRAINTS, [b"\x30\x00"])[0]
    usage = found.get(KEY_USAGE, [b"\x03\x02\x00\x00"])[0]
    return b"\x01\x01\xff" in constraints or usage[3] & 0x06 != 0


def spiffe_id(uris, bad, found):
    if "san.uri" in bad or len(uris) != 1 or signs_others(found):
        return None
    uri = uris[0]
    good = len(uri) <= 2048 and SPIFFE.match(uri)
    return uri if good else None


def identity(der):
    certificate = parts(read(der)[1])
    fields = parts(certificate[0][1])
    bad = set()

    serial, issuer, dates, subject, key = [
        fields[n] for n in (1, 3, 4, 5, 6)]
    last = [content for tag, content, _ in fields if tag == 0xa3]
    found, lost = extensions(read(last[0])[1]) if last else ({}, False)

    names = {}
    for field, part in ("subject", subject[2]), ("issuer", issuer[2]):
        rdns, text, usable = who_is(part)
        names[field], names[field + "_rdns"] = text, rdns
        if not usable:
            bad.add(field)

    san = alternatives(found.get(SAN, []), bad)
    eku = oids(found.get(EKU, []), "eku", bad)
    oids(found.get(POLICIES, []), "policy", bad)

    if lost or any(len(values) > 1 or unusable_extension(values[0])
                   for values in found.values()):
        bad.add("ext")

    (begin_tag, begin, _), (end_tag, end, _) = parts(dates[1])

    return {
        **names, "san": san, "eku": eku,
        "serial": serial_text(serial[1]),
        "fingerprint": hashlib.sha256(der).hexdigest(),
        "spki": hashlib.sha256(key[2]).hexdigest(),
        "not_before": time(begin_tag, begin), "not_after": time(end_tag, end),
        "spiffe_id": spiffe_id(san["uri"], bad, found),
        "unusable": sorted(bad),
    }


HOST = re.compile(r"[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_*-]+)*\Z")
URI = re.compile("[!-~]+\\Z")


def doubtful(who, field, form):
    """Some value of the field is none, or can be none that a text means."""
    values = who["san"][field]
    return "san." + field in who["unusable"] or not all(map(form.match, values))


def verdict(verified, who):
    """What decides in corpus.t: the word and the number of the rule."""
    if not verified:
        return "deny", None

    names = [member for rdn in who["subject_rdns"] for member in rdn]
    bad = set(who["unusable"])

    if doubtful(who, "dns", HOST):
        return "deny", 1
    if any(oid == "2.5.4.3" and value == "alice" for oid, _, value in names):
        return "allow", 2
    if who["spiffe_id"] == "spiffe://prod.example/ns/billing/sa/web":
        return "allow", 3
    if "subject" in bad and (not names or any(
            oid == "2.5.4.3" and value is None for oid, _, value in names)):
        return "deny", 4
    if doubtful(who, "uri", URI):
        return "deny", 5
    if "san.ip" in bad:
        return "deny", 6
    return "allow", 7


def main():
    folder = sys.argv[1]
    labels = sorted(file[:-4] for file in os.listdir(folder)
                    if file.endswith(".key"))

    assert REFUSED <= set(labels), REFUSED - set(labels)

    for label in labels:
        with open(os.path.join(folder, label + ".crt")) as text:
            lines = text.read().split("-----")[2]

        who = identity(base64.b64decode(lines))
        decision, rule = verdict(label not in REFUSED, who)

        print(json.dumps({
            "name": label, "identity": who, "rule": rule,
            "verify": "FAILED" if label in REFUSED else "SUCCESS",
            "decision": decision}))


main()
