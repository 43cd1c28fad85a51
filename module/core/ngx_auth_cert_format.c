
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Text forms of an identity: RFC 4514, RFC 9440, and what escapes values in
 * them.
 */


#include "ngx_auth_cert.h"


/* times a byte: eight of it */
#define NGX_AUTH_CERT_EACH_BYTE  ((uint64_t) 0x0101010101010101)


static u_char *ngx_auth_cert_format_attribute(u_char *p,
    const ngx_auth_cert_attribute_t *attribute);
static u_char *ngx_auth_cert_format_escape(u_char *p, const ngx_str_t *value);
static u_char *ngx_auth_cert_format_bytes(u_char *p, const ngx_str_t *der);
static ngx_uint_t ngx_auth_cert_format_printable(const ngx_str_t *text);


/*
 * A blank at either end is part of a value, but whoever reads it out of a
 * header drops it: " admin" would become "admin".
 */

ngx_int_t
ngx_auth_cert_format_values(ngx_pool_t *pool,
    const ngx_auth_cert_values_t *values, ngx_str_t *text)
{
    size_t      j, len;
    u_char     *p;
    ngx_str_t  *value;
    ngx_uint_t  i;

    len = 0;
    value = values->elts;

    for (i = 0; i < values->nelts; i++) {
        len += 2 * value[i].len + sizeof("\\20,");
    }

    p = ngx_pnalloc(pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (i = 0; i < values->nelts; i++) {

        if (i) {
            *p++ = ',';
        }

        for (j = 0; j < value[i].len; j++) {

            if (ngx_auth_cert_format_end_blank(&value[i], j)) {
                p = ngx_cpymem(p, "\\20", sizeof("\\20") - 1);
                continue;
            }

            if (value[i].data[j] == ',' || value[i].data[j] == '\\') {
                *p++ = '\\';
            }

            *p++ = value[i].data[j];
        }
    }

    text->len = p - text->data;

    return NGX_OK;
}


ngx_uint_t
ngx_auth_cert_format_end_blank(const ngx_str_t *text, size_t i)
{
    return text->data[i] == ' ' && (i == 0 || i == text->len - 1);
}


/* RFC 4514, section 2.1: the last RDN first */

ngx_int_t
ngx_auth_cert_format_name(ngx_pool_t *pool, const ngx_auth_cert_name_t *name,
    ngx_str_t *text)
{
    size_t                            len;
    u_char                           *p;
    ngx_uint_t                        i, first, last;
    const ngx_auth_cert_attribute_t  *attribute;

    len = 0;
    attribute = name->attributes;

    for (i = 0; i < name->nattributes; i++) {
        len += attribute[i].oid.len + attribute[i].name.len
               + ngx_max(2 * attribute[i].value.len, 2 * attribute[i].der.len)
               + sizeof(",=#") - 1;
    }

    p = ngx_pnalloc(pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (last = name->nattributes; last; last = first) {
        first = last - 1;

        while (first && attribute[first - 1].rdn == attribute[first].rdn) {
            first--;
        }

        for (i = first; i < last; i++) {

            if (p != text->data) {
                *p++ = (i == first) ? ',' : '+';
            }

            p = ngx_auth_cert_format_attribute(p, &attribute[i]);
        }
    }

    text->len = p - text->data;

    return NGX_OK;
}


/* RFC 4514, section 2.4: "\20" is another form of "\ " */

ngx_int_t
ngx_auth_cert_format_name_value(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *value)
{
    u_char  *p;

    *value = *text;

    if (text->len == 0 || text->data[text->len - 1] != ' ') {
        return NGX_OK;
    }

    value->data = ngx_pnalloc(pool, text->len + 1);
    if (value->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(value->data, text->data, text->len - 1);
    p = ngx_cpymem(p, "20", sizeof("20") - 1);

    value->len = p - value->data;

    return NGX_OK;
}


/*
 * RFC 4514, section 2.4: the value of a type without a name is written as
 * its DER; so is one that is no text.
 */

static u_char *
ngx_auth_cert_format_attribute(u_char *p,
    const ngx_auth_cert_attribute_t *attribute)
{
    const ngx_str_t  *type;

    type = attribute->name.len ? &attribute->name : &attribute->oid;

    p = ngx_cpymem(p, type->data, type->len);
    *p++ = '=';

    if (attribute->value.data && attribute->name.len) {
        return ngx_auth_cert_format_escape(p, &attribute->value);
    }

    *p++ = '#';

    return ngx_hex_dump(p, attribute->der.data, attribute->der.len);
}


static u_char *
ngx_auth_cert_format_escape(u_char *p, const ngx_str_t *value)
{
    u_char  c;
    size_t  i;

    for (i = 0; i < value->len; i++) {
        c = value->data[i];

        if ((c && ngx_strchr("\"+,;<>\\", c))
            || (i == 0 && (c == ' ' || c == '#'))
            || (i == value->len - 1 && c == ' '))
        {
            *p++ = '\\';
        }

        *p++ = c;
    }

    return p;
}


ngx_int_t
ngx_auth_cert_format_rfc9440(ngx_pool_t *pool, const ngx_str_t *der,
    ngx_str_t *text)
{
    return ngx_auth_cert_format_rfc9440_list(pool, der, 1, text);
}


ngx_int_t
ngx_auth_cert_format_rfc9440_list(ngx_pool_t *pool, const ngx_str_t *ders,
    ngx_uint_t n, ngx_str_t *text)
{
    size_t       len;
    u_char      *p;
    ngx_uint_t   i;

    len = 0;

    for (i = 0; i < n; i++) {
        len += ngx_base64_encoded_length(ders[i].len) + sizeof(", ::") - 1;
    }

    p = ngx_pnalloc(pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (i = 0; i < n; i++) {

        if (i) {
            *p++ = ',';
            *p++ = ' ';
        }

        p = ngx_auth_cert_format_bytes(p, &ders[i]);
    }

    text->len = p - text->data;

    return NGX_OK;
}


/* RFC 8941, section 3.3.5: byte sequence */

static u_char *
ngx_auth_cert_format_bytes(u_char *p, const ngx_str_t *der)
{
    ngx_str_t  base64, data;

    data = *der;

    *p++ = ':';

    base64.data = p;
    ngx_encode_base64(&base64, &data);

    p += base64.len;
    *p++ = ':';

    return p;
}


ngx_int_t
ngx_auth_cert_format_time(ngx_pool_t *pool, time_t time, ngx_str_t *text)
{
    struct tm  tm;

    text->data = ngx_pnalloc(pool, sizeof("1970-01-01T00:00:00Z")
                                   + NGX_INT_T_LEN);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    /* certificates may name years before 1970, ngx_gmtime() cannot */

    ngx_libc_gmtime(time, &tm);

    text->len = ngx_sprintf(text->data, "%04d-%02d-%02dT%02d:%02d:%02dZ",
                            tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                            tm.tm_hour, tm.tm_min, tm.tm_sec)
                - text->data;

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_format_hex(ngx_pool_t *pool, const u_char *data, size_t len,
    ngx_str_t *text)
{
    text->len = 2 * len;

    text->data = ngx_pnalloc(pool, text->len + 1);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    ngx_hex_dump(text->data, (u_char *) data, len);

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_format_sanitize(ngx_pool_t *pool, const ngx_str_t *in,
    ngx_str_t *out)
{
    u_char         c, *p;
    size_t         i, n;
    ngx_str_t      text;
    static u_char  hex[] = "0123456789ABCDEF";

    text = *in;
    *out = text;

    if (ngx_auth_cert_format_printable(&text)) {
        return NGX_OK;
    }

    n = 0;

    for (i = 0; i < text.len; i++) {
        n += (text.data[i] < 0x20 || text.data[i] == 0x7f);
    }

    p = ngx_pnalloc(pool, text.len + 2 * n);
    if (p == NULL) {
        return NGX_ERROR;
    }

    out->len = text.len + 2 * n;
    out->data = p;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c >= 0x20 && c != 0x7f) {
            *p++ = c;
            continue;
        }

        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 0xf];
    }

    return NGX_OK;
}


/*
 * 1 when there is no control character.  It is asked for each request of
 * values as long as a certificate, so it looks at eight bytes at once: below
 * 0x20 is where the subtraction borrows and the byte's own high bit is not
 * set, and 0x7f is what the XOR makes zero.
 */

static ngx_uint_t
ngx_auth_cert_format_printable(const ngx_str_t *text)
{
    size_t    i;
    uint64_t  bytes, deletes, found;

    for (i = 0; i + sizeof(bytes) <= text->len; i += sizeof(bytes)) {
        ngx_memcpy(&bytes, &text->data[i], sizeof(bytes));

        deletes = bytes ^ (NGX_AUTH_CERT_EACH_BYTE * 0x7f);

        found = ((bytes - NGX_AUTH_CERT_EACH_BYTE * 0x20) & ~bytes)
                | ((deletes - NGX_AUTH_CERT_EACH_BYTE) & ~deletes);

        if (found & (NGX_AUTH_CERT_EACH_BYTE * 0x80)) {
            return 0;
        }
    }

    for ( /* void */ ; i < text->len; i++) {
        if (text->data[i] < 0x20 || text->data[i] == 0x7f) {
            return 0;
        }
    }

    return 1;
}
