
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Normal forms: for each type of value the bytes that are compared.
 */


#include "ngx_auth_cert.h"


typedef ngx_int_t (*ngx_auth_cert_normal_pt)(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);


typedef struct {
    ngx_auth_cert_normal_pt           normalize;
    const char                       *hint;
} ngx_auth_cert_normal_t;


static ngx_int_t ngx_auth_cert_normal_text(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);
static ngx_int_t ngx_auth_cert_normal_dns(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);
static ngx_int_t ngx_auth_cert_normal_uri(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);
static ngx_int_t ngx_auth_cert_normal_spiffe(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);
static ngx_int_t ngx_auth_cert_normal_email(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);
static ngx_int_t ngx_auth_cert_normal_ip(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);
static ngx_int_t ngx_auth_cert_normal_serial(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);
static ngx_int_t ngx_auth_cert_normal_digest(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);
static ngx_int_t ngx_auth_cert_normal_any(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *normal);
static ngx_int_t ngx_auth_cert_normal_hex(ngx_pool_t *pool, u_char *p,
    u_char *last, ngx_str_t *normal);


/* rows in the order of ngx_auth_cert_type_e */

static const ngx_auth_cert_normal_t  ngx_auth_cert_normals[] = {

    { ngx_auth_cert_normal_text,
      "a text" },

    { ngx_auth_cert_dn_normalize,
      "an RFC 4514 name such as CN=alice,O=Example, the last RDN of the "
      "certificate first and no spaces around \",\" and \"=\"" },

    { ngx_auth_cert_normal_dns,
      "a host name of letters, digits, \"-\", \"_\" and single \".\" "
      "between them (an internationalized one in its xn-- form)" },

    { ngx_auth_cert_normal_uri,
      "a URI such as spiffe://example.org/service" },

    { ngx_auth_cert_normal_spiffe,
      "a SPIFFE ID: \"spiffe://\", a trust domain of a-z, 0-9, \".\", \"_\" "
      "and \"-\", and a path without empty, \".\" or \"..\" segments, \"%\", "
      "query, fragment or \"/\" at its end" },

    { ngx_auth_cert_normal_email,
      "an address such as alice@example.org" },

    { ngx_auth_cert_normal_ip,
      "an address such as 192.0.2.1 or 2001:db8::1" },

    { ngx_auth_cert_normal_serial,
      "a number in hex such as 0a1b2c or 0A:1B:2C" },

    { ngx_auth_cert_normal_digest,
      "a SHA-256 digest, 64 hex digits with or without colons" },

    { ngx_auth_cert_oid_find,
      "a dotted OID such as 1.3.6.1.5.5.7.3.2, or an OpenSSL name such as "
      "clientAuth" },

    { ngx_auth_cert_normal_any,
      "a text, or \"#\" and the DER of the value in hex" },

    { ngx_auth_cert_normal_text,
      "a text" }
};


ngx_int_t
ngx_auth_cert_field_normalize(ngx_pool_t *pool, ngx_auth_cert_type_e type,
    const ngx_str_t *text, ngx_str_t *normal)
{
    return ngx_auth_cert_normals[type].normalize(pool, text, normal);
}


const char *
ngx_auth_cert_field_type_hint(ngx_auth_cert_type_e type)
{
    return ngx_auth_cert_normals[type].hint;
}


static ngx_int_t
ngx_auth_cert_normal_text(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    *normal = *text;

    return NGX_OK;
}


/*
 * "*" for the values that have one: in a pattern it is a wildcard's.  A name
 * with an empty label, such as behind a dot at its end, may mean another one
 * to its readers.
 */

static ngx_int_t
ngx_auth_cert_normal_dns(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    u_char  c, *p, before;
    size_t  i;

    p = ngx_pnalloc(pool, text->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    normal->data = p;
    normal->len = text->len;
    before = '.';

    for (i = 0; i < text->len; i++) {
        c = ngx_tolower(text->data[i]);

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')
            && c != '.' && c != '-' && c != '_' && c != '*')
        {
            return NGX_DECLINED;
        }

        if (c == '.' && before == '.') {
            return NGX_DECLINED;
        }

        *p++ = c;
        before = c;
    }

    return (before == '.') ? NGX_DECLINED : NGX_OK;
}


static ngx_int_t
ngx_auth_cert_normal_uri(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    size_t  i;

    for (i = 0; i < text->len; i++) {
        if (text->data[i] <= 0x20 || text->data[i] >= 0x7f) {
            return NGX_DECLINED;
        }
    }

    *normal = *text;

    return text->len ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_auth_cert_normal_spiffe(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    ngx_str_t  trust_domain;

    *normal = *text;

    return ngx_auth_cert_spiffe_parse(text, &trust_domain);
}


/* RFC 5280, section 7.5: the local part is compared as it stands */

static ngx_int_t
ngx_auth_cert_normal_email(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    u_char  *at, *p, *last;

    at = NULL;
    last = text->data + text->len;

    for (p = text->data; p < last; p++) {
        if (*p < 0x20 || *p >= 0x7f) {
            return NGX_DECLINED;
        }

        if (*p == '@') {
            at = p;
        }
    }

    if (at == NULL || at == text->data || at + 1 == last) {
        return NGX_DECLINED;
    }

    normal->data = ngx_pnalloc(pool, text->len);
    if (normal->data == NULL) {
        return NGX_ERROR;
    }

    normal->len = text->len;

    p = ngx_cpymem(normal->data, text->data, at - text->data);
    ngx_strlow(p, at, last - at);

    return NGX_OK;
}


/* inet_pton() knows no abbreviations, octal numbers and zones */

static ngx_int_t
ngx_auth_cert_normal_ip(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    int   family;
    char  address[NGX_INET6_ADDRSTRLEN + 1];

    if (text->len == 0 || text->len > NGX_INET6_ADDRSTRLEN
        || ngx_strlchr(text->data, text->data + text->len, '\0') != NULL)
    {
        return NGX_DECLINED;
    }

    ngx_memcpy(address, text->data, text->len);
    address[text->len] = '\0';

    normal->data = ngx_pnalloc(pool, 16);
    if (normal->data == NULL) {
        return NGX_ERROR;
    }

    if (ngx_strchr(address, ':')) {
        family = AF_INET6;
        normal->len = 16;

    } else {
        family = AF_INET;
        normal->len = 4;
    }

    if (inet_pton(family, address, normal->data) != 1) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* leading zeros say nothing; below zero it is the DER content that is meant */

static ngx_int_t
ngx_auth_cert_normal_serial(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    u_char      *p, *last;
    ngx_int_t    rc;
    ngx_str_t    hex;
    ngx_uint_t   negative;

    p = text->data;
    last = p + text->len;

    negative = (p < last && *p == '-');
    p += negative;

    if (last - p > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        p += 2;
    }

    rc = ngx_auth_cert_normal_hex(pool, p, last, &hex);
    if (rc != NGX_OK) {
        return rc;
    }

    while (hex.len > 1 && hex.data[0] == '0') {
        hex.data++;
        hex.len--;
    }

    if (negative) {

        if (hex.data[0] == '0') {
            return NGX_DECLINED;
        }

        /* the byte before the digits is free for the sign */

        hex.data--;
        hex.len++;
        hex.data[0] = '-';
    }

    *normal = hex;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_normal_digest(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    ngx_int_t  rc;

    rc = ngx_auth_cert_normal_hex(pool, text->data, text->data + text->len,
                                  normal);

    if (rc == NGX_OK && normal->len != NGX_AUTH_CERT_DIGEST_HEX) {
        return NGX_DECLINED;
    }

    return rc;
}


/* as ngx_auth_cert_string_any() writes it */

static ngx_int_t
ngx_auth_cert_normal_any(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    ngx_int_t  rc;

    if (text->len == 0 || text->data[0] != '#') {
        *normal = *text;
        return NGX_OK;
    }

    rc = ngx_auth_cert_normal_hex(pool, text->data + 1,
                                  text->data + text->len, normal);
    if (rc != NGX_OK) {
        return rc;
    }

    if (normal->len % 2) {
        return NGX_DECLINED;
    }

    normal->data--;
    normal->len++;
    normal->data[0] = '#';

    return NGX_OK;
}


/*
 * Lower-case digits without the colons, which may stand between two of them.
 * A byte is left free before the digits.
 */

static ngx_int_t
ngx_auth_cert_normal_hex(ngx_pool_t *pool, u_char *p, u_char *last,
    ngx_str_t *normal)
{
    u_char      c, *hex;
    ngx_uint_t  digit;

    hex = ngx_pnalloc(pool, last - p + 1);
    if (hex == NULL) {
        return NGX_ERROR;
    }

    normal->data = ++hex;
    digit = 0;

    for ( /* void */ ; p < last; p++) {

        if (*p == ':' && digit) {
            digit = 0;
            continue;
        }

        c = ngx_tolower(*p);

        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
            return NGX_DECLINED;
        }

        *hex++ = c;
        digit = 1;
    }

    normal->len = hex - normal->data;

    /* neither empty nor with a colon at the end */

    return digit ? NGX_OK : NGX_DECLINED;
}
