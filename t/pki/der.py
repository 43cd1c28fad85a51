"""DER, byte by byte: for what a library refuses to write."""


def tlv(tag, *parts):
    """A value of a tag; its length in the shortest form."""
    content = b"".join(parts)
    size = len(content)

    if size < 128:
        return bytes([tag, size]) + content

    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def long_form(tag, *parts):
    """Its length in a byte more than it needs: BER, but not DER."""
    content = b"".join(parts)
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


def indefinite(tag, *parts):
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def sequence(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    return tlv(0x31, *parts)


def arcs(text):
    """The content of an OID that is given in dotted decimal."""
    first, second, *others = [int(arc) for arc in text.split(".")]
    content = b""

    for arc in (40 * first + second, *others):
        septets = [arc & 0x7f]
        while arc := arc >> 7:
            septets.insert(0, 0x80 | arc & 0x7f)
        content += bytes(septets)

    return content


def oid(text):
    return tlv(6, arcs(text))


def integer(number):
    size = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return tlv(2, number.to_bytes(size, "big", signed=True))


def boolean(value):
    return tlv(1, b"\xff" if value else b"\0")


def octets(data):
    return tlv(4, data)


def bits(data):
    return tlv(3, b"\0", data)


# strings; the content is not checked against the type

def utf8(data):
    return tlv(12, data if isinstance(data, bytes) else data.encode())


def numeric(data):
    return tlv(18, data)


def printable(data):
    return tlv(19, data)


def t61(data):
    return tlv(20, data)


def ia5(data):
    return tlv(22, data)


def universal(data):
    return tlv(28, data)


def bmp(data):
    return tlv(30, data)
