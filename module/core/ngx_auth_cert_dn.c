
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Names written as RFC 4514 text: their parser and canonical form.
 *
 * The form holds OID "=" length ":" value for each attribute, then "+"
 * before another one of the same RDN, or "," at the RDN's end.  Values are
 * prepared as X509_NAME_cmp() does it: ASCII letters folded, spaces trimmed
 * and runs of them made one.  The length leaves no text that could pass for
 * another attribute.
 */


#include "ngx_auth_cert.h"


typedef struct {
    ngx_str_t                         form;
    u_char                            end;        /* "+" or "," */
} ngx_auth_cert_dn_attribute_t;


static ngx_int_t ngx_auth_cert_dn_attribute(ngx_pool_t *pool, u_char **start,
    u_char *last, ngx_auth_cert_dn_attribute_t *attribute);
static ngx_int_t ngx_auth_cert_dn_type(ngx_pool_t *pool, u_char **start,
    u_char *last, ngx_str_t *oid);
static u_char *ngx_auth_cert_dn_end(u_char *p, u_char *last);
static ngx_int_t ngx_auth_cert_dn_hex(ngx_pool_t *pool, u_char *p,
    u_char *last, ngx_str_t *value);
static ngx_int_t ngx_auth_cert_dn_text(ngx_pool_t *pool, u_char *p,
    u_char *last, ngx_str_t *value);
static u_char *ngx_auth_cert_dn_pair(u_char *p, u_char *last, u_char *c);
static void ngx_auth_cert_dn_prepare(ngx_str_t *value);
static void ngx_auth_cert_dn_sort(ngx_array_t *attributes, ngx_uint_t first);
static int ngx_libc_cdecl ngx_auth_cert_dn_cmp(const void *one,
    const void *two);
static ngx_int_t ngx_auth_cert_dn_join(ngx_pool_t *pool,
    ngx_array_t *attributes, ngx_str_t *normal);


ngx_int_t
ngx_auth_cert_dn_normalize(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal)
{
    u_char                        *p, *last;
    ngx_int_t                      rc;
    ngx_uint_t                     first;
    ngx_array_t                    attributes;
    ngx_auth_cert_dn_attribute_t  *attribute;

    if (ngx_array_init(&attributes, pool, 8,
                       sizeof(ngx_auth_cert_dn_attribute_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    first = 0;
    p = text->data;
    last = p + text->len;

    for ( ;; ) {
        attribute = ngx_array_push(&attributes);
        if (attribute == NULL) {
            return NGX_ERROR;
        }

        rc = ngx_auth_cert_dn_attribute(pool, &p, last, attribute);
        if (rc != NGX_OK) {
            return rc;
        }

        if (p == last || *p == ',') {
            ngx_auth_cert_dn_sort(&attributes, first);
            first = attributes.nelts;
        }

        if (p == last) {
            break;
        }

        p++;
    }

    return ngx_auth_cert_dn_join(pool, &attributes, normal);
}


static ngx_int_t
ngx_auth_cert_dn_attribute(ngx_pool_t *pool, u_char **start, u_char *last,
    ngx_auth_cert_dn_attribute_t *attribute)
{
    u_char     *p, *end;
    ngx_int_t   rc;
    ngx_str_t   oid, value;

    p = *start;

    rc = ngx_auth_cert_dn_type(pool, &p, last, &oid);
    if (rc != NGX_OK) {
        return rc;
    }

    end = ngx_auth_cert_dn_end(p, last);

    if (p < end && *p == '#') {
        rc = ngx_auth_cert_dn_hex(pool, p + 1, end, &value);

    } else {
        rc = ngx_auth_cert_dn_text(pool, p, end, &value);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_auth_cert_dn_prepare(&value);

    p = ngx_pnalloc(pool, oid.len + 1 + NGX_SIZE_T_LEN + 1 + value.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    attribute->form.data = p;

    p = ngx_sprintf(p, "%V=%uz:%V", &oid, value.len, &value);

    attribute->form.len = p - attribute->form.data;
    attribute->end = '+';

    *start = end;

    return NGX_OK;
}


/* RFC 4512, section 1.4: oid, up to and with the "=" */

static ngx_int_t
ngx_auth_cert_dn_type(ngx_pool_t *pool, u_char **start, u_char *last,
    ngx_str_t *oid)
{
    u_char     *p;
    ngx_str_t   type;

    type.data = *start;

    for (p = *start; p < last && *p != '='; p++) {
        if (!(*p >= '0' && *p <= '9') && *p != '.' && *p != '-'
            && !((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'))
        {
            return NGX_DECLINED;
        }
    }

    if (p == last) {
        return NGX_DECLINED;
    }

    type.len = p - type.data;

    *start = p + 1;

    return ngx_auth_cert_oid_find(pool, &type, oid);
}


static u_char *
ngx_auth_cert_dn_end(u_char *p, u_char *last)
{
    while (p < last && *p != ',' && *p != '+') {
        p += (*p == '\\' && p + 1 < last) ? 2 : 1;
    }

    return p;
}


/*
 * A value as its DER.  It is a string, as any other value of a name that
 * can be compared, and is the same value as its text.
 */

static ngx_int_t
ngx_auth_cert_dn_hex(ngx_pool_t *pool, u_char *p, u_char *last,
    ngx_str_t *value)
{
    u_char     *der;
    ngx_int_t   rc, byte;
    ngx_str_t   hex;

    if (p == last || (last - p) % 2) {
        return NGX_DECLINED;
    }

    der = ngx_pnalloc(pool, (last - p) / 2);
    if (der == NULL) {
        return NGX_ERROR;
    }

    hex.data = der;

    for ( /* void */ ; p < last; p += 2) {
        byte = ngx_hextoi(p, 2);
        if (byte == NGX_ERROR) {
            return NGX_DECLINED;
        }

        *der++ = (u_char) byte;
    }

    hex.len = der - hex.data;

    rc = ngx_auth_cert_string_der(pool, &hex, value);

    /* a client may have sent it; nginx would find what OpenSSL says of it */

    ERR_clear_error();

    return (rc == NGX_OK || rc == NGX_ERROR) ? rc : NGX_DECLINED;
}


/* RFC 4514, section 3: string */

static ngx_int_t
ngx_auth_cert_dn_text(ngx_pool_t *pool, u_char *p, u_char *last,
    ngx_str_t *value)
{
    u_char  c, *start, *dst;

    dst = ngx_pnalloc(pool, last - p + 1);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    value->data = dst;
    start = p;

    while (p < last) {
        c = *p++;

        if (c == '\\') {
            p = ngx_auth_cert_dn_pair(p, last, &c);
            if (p == NULL) {
                return NGX_DECLINED;
            }

            *dst++ = c;
            continue;
        }

        if (c == '"' || c == ';' || c == '<' || c == '>') {
            return NGX_DECLINED;
        }

        /* a bare space stands neither first nor last */

        if (c == ' ' && (p - 1 == start || p == last)) {
            return NGX_DECLINED;
        }

        *dst++ = c;
    }

    value->len = dst - value->data;

    return (ngx_auth_cert_string_check(value) == NGX_OK) ? NGX_OK
                                                          : NGX_DECLINED;
}


/* what stands behind "\": a special character or two hex digits */

static u_char *
ngx_auth_cert_dn_pair(u_char *p, u_char *last, u_char *c)
{
    ngx_int_t  byte;

    if (p == last) {
        return NULL;
    }

    if (*p && ngx_strchr(" #=\"+,;<>\\", *p)) {
        *c = *p;
        return p + 1;
    }

    if (last - p < 2) {
        return NULL;
    }

    byte = ngx_hextoi(p, 2);
    if (byte == NGX_ERROR) {
        return NULL;
    }

    *c = (u_char) byte;

    return p + 2;
}


static void
ngx_auth_cert_dn_prepare(ngx_str_t *value)
{
    size_t  i;
    u_char  c, *dst;

    dst = value->data;

    for (i = 0; i < value->len; i++) {
        c = ngx_tolower(value->data[i]);

        if (c == ' ' && (dst == value->data || dst[-1] == ' ')) {
            continue;
        }

        *dst++ = c;
    }

    if (dst > value->data && dst[-1] == ' ') {
        dst--;
    }

    value->len = dst - value->data;
}


/* the attributes of an RDN are a set */

static void
ngx_auth_cert_dn_sort(ngx_array_t *attributes, ngx_uint_t first)
{
    ngx_auth_cert_dn_attribute_t  *attribute;

    attribute = attributes->elts;

    ngx_qsort(&attribute[first], attributes->nelts - first,
              sizeof(ngx_auth_cert_dn_attribute_t), ngx_auth_cert_dn_cmp);

    attribute[attributes->nelts - 1].end = ',';
}


static int ngx_libc_cdecl
ngx_auth_cert_dn_cmp(const void *one, const void *two)
{
    const ngx_auth_cert_dn_attribute_t  *first, *second;

    first = one;
    second = two;

    return (int) ngx_memn2cmp(first->form.data, second->form.data,
                              first->form.len, second->form.len);
}


static ngx_int_t
ngx_auth_cert_dn_join(ngx_pool_t *pool, ngx_array_t *attributes,
    ngx_str_t *normal)
{
    size_t                         len;
    u_char                        *p;
    ngx_uint_t                     i;
    ngx_auth_cert_dn_attribute_t  *attribute;

    len = 0;
    attribute = attributes->elts;

    for (i = 0; i < attributes->nelts; i++) {
        len += attribute[i].form.len + 1;
    }

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    normal->data = p;
    normal->len = len;

    for (i = 0; i < attributes->nelts; i++) {
        p = ngx_cpymem(p, attribute[i].form.data, attribute[i].form.len);
        *p++ = attribute[i].end;
    }

    return NGX_OK;
}
