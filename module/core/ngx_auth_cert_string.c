
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * ASN.1 strings to text: which types are text, and what may be in it.
 */


#include "ngx_auth_cert.h"


typedef struct {
    int                               type;
    ngx_uint_t                        ascii;      /* unsigned  ascii:1; */
} ngx_auth_cert_string_type_t;


static const ngx_auth_cert_string_type_t *ngx_auth_cert_string_find(int type);
static ngx_int_t ngx_auth_cert_string_code(u_char **p, u_char *last,
    uint32_t *code);


/* T61String is taken for Latin-1, as OpenSSL does */

static const ngx_auth_cert_string_type_t  ngx_auth_cert_string_types[] = {
    { V_ASN1_UTF8STRING, 0 },
    { V_ASN1_PRINTABLESTRING, 1 },
    { V_ASN1_IA5STRING, 1 },
    { V_ASN1_VISIBLESTRING, 1 },
    { V_ASN1_NUMERICSTRING, 1 },
    { V_ASN1_BMPSTRING, 0 },
    { V_ASN1_UNIVERSALSTRING, 0 },
    { V_ASN1_T61STRING, 0 },
    { 0, 0 }
};


ngx_int_t
ngx_auth_cert_string_check(const ngx_str_t *text)
{
    u_char    *p, *last;
    uint32_t   code;

    p = text->data;
    last = p + text->len;

    while (p < last) {
        if (ngx_auth_cert_string_code(&p, last, &code) != NGX_OK) {
            return NGX_DECLINED;
        }

        /* C0, DEL and C1 */

        if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


/* one character as in RFC 3629, section 4: the only form that it may have */

static ngx_int_t
ngx_auth_cert_string_code(u_char **p, u_char *last, uint32_t *code)
{
    u_char                 c;
    uint32_t               u;
    ngx_uint_t             i, n;
    static const uint32_t  least[] = { 0, 0x80, 0x800, 0x10000 };

    c = *(*p)++;

    if (c < 0x80) {
        *code = c;
        return NGX_OK;
    }

    if (c < 0xc0 || c > 0xf7) {
        return NGX_DECLINED;
    }

    n = (c >= 0xf0) ? 3 : (c >= 0xe0) ? 2 : 1;
    u = c & (0x3f >> n);

    if ((ngx_uint_t) (last - *p) < n) {
        return NGX_DECLINED;
    }

    for (i = 0; i < n; i++) {
        c = *(*p)++;

        if ((c & 0xc0) != 0x80) {
            return NGX_DECLINED;
        }

        u = (u << 6) | (c & 0x3f);
    }

    if (u < least[n] || u > 0x10ffff || (u >= 0xd800 && u <= 0xdfff)) {
        return NGX_DECLINED;
    }

    *code = u;

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_string_repair(ngx_pool_t *pool, const ngx_str_t *in,
    ngx_str_t *out)
{
    u_char    *p, *next, *last, *dst;
    uint32_t   code;

    ngx_str_null(out);

    if (in->data == NULL) {
        return NGX_OK;
    }

    dst = ngx_pnalloc(pool, 3 * in->len + 1);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    out->data = dst;

    p = in->data;
    last = p + in->len;

    while (p < last) {
        next = p;

        if (ngx_auth_cert_string_code(&next, last, &code) == NGX_OK) {
            dst = ngx_cpymem(dst, p, next - p);
            p = next;

        } else {
            dst = ngx_cpymem(dst, "\xef\xbf\xbd", 3);
            p++;
        }
    }

    out->len = dst - out->data;

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_string_decode(ngx_pool_t *pool, const ASN1_STRING *string,
    ngx_str_t *text)
{
    int                                 len;
    u_char                             *utf8;
    const u_char                       *data;
    ngx_int_t                           rc;
    ngx_uint_t                          i;
    const ngx_auth_cert_string_type_t  *type;

    ngx_str_null(text);

    type = ngx_auth_cert_string_find(ASN1_STRING_type(string));
    if (type == NULL) {
        return NGX_DONE;
    }

    data = ASN1_STRING_get0_data(string);
    len = ASN1_STRING_length(string);

    for (i = 0; type->ascii && i < (ngx_uint_t) len; i++) {
        if (data[i] & 0x80) {
            return NGX_DECLINED;
        }
    }

    utf8 = NULL;

    len = ASN1_STRING_to_UTF8(&utf8, string);
    if (len < 0) {
        return NGX_DECLINED;
    }

    text->len = len;
    text->data = utf8;

    rc = ngx_auth_cert_string_check(text);

    text->data = NULL;

    if (rc == NGX_OK) {
        text->data = ngx_pnalloc(pool, len + 1);

        if (text->data == NULL) {
            rc = NGX_ERROR;

        } else {
            ngx_memcpy(text->data, utf8, len);
        }
    }

    OPENSSL_free(utf8);

    return rc;
}


static const ngx_auth_cert_string_type_t *
ngx_auth_cert_string_find(int type)
{
    const ngx_auth_cert_string_type_t  *row;

    for (row = ngx_auth_cert_string_types; row->type; row++) {
        if (row->type == type) {
            return row;
        }
    }

    return NULL;
}


ngx_int_t
ngx_auth_cert_string_der(ngx_pool_t *pool, const ngx_str_t *der,
    ngx_str_t *text)
{
    ASN1_TYPE     *value;
    ngx_int_t      rc;
    const u_char  *p;

    ngx_str_null(text);

    /* the tag tells; a failure must not make a string something else */

    if (der->len == 0
        || (der->data[0] & V_ASN1_PRIVATE)
        || ngx_auth_cert_string_find(der->data[0] & V_ASN1_PRIMITIVE_TAG)
           == NULL)
    {
        return NGX_DONE;
    }

    p = der->data;

    value = d2i_ASN1_TYPE(NULL, &p, der->len);
    if (value == NULL) {
        return NGX_DECLINED;
    }

    rc = NGX_DONE;

    if (p == der->data + der->len) {
        rc = ngx_auth_cert_string_decode(pool, value->value.asn1_string, text);
    }

    ASN1_TYPE_free(value);

    return rc;
}


ngx_int_t
ngx_auth_cert_string_any(ngx_pool_t *pool, const ngx_str_t *der,
    const ngx_str_t *hex, ngx_str_t *text)
{
    ngx_int_t  rc;

    rc = ngx_auth_cert_string_der(pool, der, text);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        ngx_str_null(text);
        return NGX_OK;
    }

    /* a text that begins with "#" must not pass for the hex of another */

    if (rc == NGX_OK && (text->len == 0 || text->data[0] != '#')) {
        return NGX_OK;
    }

    text->len = 1 + hex->len;

    text->data = ngx_pnalloc(pool, text->len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->data[0] = '#';
    ngx_memcpy(text->data + 1, hex->data, hex->len);

    return NGX_OK;
}
