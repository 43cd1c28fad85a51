
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * ASN.1 strings to text: which types are text, and what may be in it.
 */


#include "ngx_auth_cert.h"


typedef ngx_int_t (*ngx_auth_cert_string_pt)(ngx_pool_t *pool,
    const ngx_str_t *content, ngx_str_t *text);


typedef struct {
    int                               type;
    ngx_auth_cert_string_pt           decode;
} ngx_auth_cert_string_type_t;


static const ngx_auth_cert_string_type_t *ngx_auth_cert_string_find(int type);
static ngx_int_t ngx_auth_cert_string_code(u_char **p, u_char *last,
    uint32_t *code);
static ngx_int_t ngx_auth_cert_string_utf8(ngx_pool_t *pool,
    const ngx_str_t *content, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_string_ascii(ngx_pool_t *pool,
    const ngx_str_t *content, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_string_numeric(ngx_pool_t *pool,
    const ngx_str_t *content, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_string_t61(ngx_pool_t *pool,
    const ngx_str_t *content, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_string_bmp(ngx_pool_t *pool,
    const ngx_str_t *content, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_string_universal(ngx_pool_t *pool,
    const ngx_str_t *content, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_string_convert(ngx_pool_t *pool,
    const ngx_str_t *content, size_t width, ngx_str_t *text);
static u_char *ngx_auth_cert_string_encode(u_char *p, uint32_t code);


/*
 * T61String is taken for Latin-1, as OpenSSL does; a PrintableString may hold
 * what is not its own, such as "*" and "@", as there are CAs that write it.
 */

static const ngx_auth_cert_string_type_t  ngx_auth_cert_string_types[] = {
    { V_ASN1_UTF8STRING, ngx_auth_cert_string_utf8 },
    { V_ASN1_PRINTABLESTRING, ngx_auth_cert_string_ascii },
    { V_ASN1_IA5STRING, ngx_auth_cert_string_ascii },
    { V_ASN1_VISIBLESTRING, ngx_auth_cert_string_ascii },
    { V_ASN1_NUMERICSTRING, ngx_auth_cert_string_numeric },
    { V_ASN1_BMPSTRING, ngx_auth_cert_string_bmp },
    { V_ASN1_UNIVERSALSTRING, ngx_auth_cert_string_universal },
    { V_ASN1_T61STRING, ngx_auth_cert_string_t61 },
    { 0, NULL }
};


ngx_int_t
ngx_auth_cert_string_check(const ngx_str_t *text)
{
    u_char     *p, *last;
    uint32_t    code;
    ngx_int_t   rc;

    p = text->data;
    last = p + text->len;
    rc = NGX_OK;

    while (p < last) {
        if (ngx_auth_cert_string_code(&p, last, &code) != NGX_OK) {
            return NGX_DECLINED;
        }

        /* C0, DEL and C1 */

        if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
            rc = NGX_DECLINED;
        }
    }

    return rc;
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


/*
 * What is UTF-8 or ASCII stays where it is.  A failure must not make a string
 * something else: the tag tells what it is.
 */

ngx_int_t
ngx_auth_cert_string_der(ngx_pool_t *pool, const ngx_str_t *der,
    ngx_str_t *text)
{
    ngx_auth_cert_der_t                 reader;
    ngx_auth_cert_element_t             element;
    const ngx_auth_cert_string_type_t  *type;

    ngx_str_null(text);

    if (der->len == 0
        || (der->data[0] & V_ASN1_PRIVATE)
        || (type = ngx_auth_cert_string_find(der->data[0]
                                             & V_ASN1_PRIMITIVE_TAG))
           == NULL)
    {
        return NGX_DONE;
    }

    ngx_auth_cert_der_open(der, &reader);

    if (ngx_auth_cert_der_next(&reader, &element) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (reader.pos != reader.last) {
        return NGX_DONE;
    }

    /* DER has no strings in pieces, though OpenSSL puts them together */

    if (element.constructed) {
        return NGX_DECLINED;
    }

    return type->decode(pool, &element.content, text);
}


static ngx_int_t
ngx_auth_cert_string_utf8(ngx_pool_t *pool, const ngx_str_t *content,
    ngx_str_t *text)
{
    ngx_int_t  rc;

    rc = ngx_auth_cert_string_check(content);

    if (rc == NGX_OK) {
        *text = *content;
    }

    return rc;
}


static ngx_int_t
ngx_auth_cert_string_ascii(ngx_pool_t *pool, const ngx_str_t *content,
    ngx_str_t *text)
{
    size_t  i;

    for (i = 0; i < content->len; i++) {
        if (content->data[i] < 0x20 || content->data[i] >= 0x7f) {
            return NGX_DECLINED;
        }
    }

    *text = *content;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_string_numeric(ngx_pool_t *pool, const ngx_str_t *content,
    ngx_str_t *text)
{
    size_t  i;
    u_char  c;

    for (i = 0; i < content->len; i++) {
        c = content->data[i];

        if (c != ' ' && (c < '0' || c > '9')) {
            return NGX_DECLINED;
        }
    }

    *text = *content;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_string_t61(ngx_pool_t *pool, const ngx_str_t *content,
    ngx_str_t *text)
{
    return ngx_auth_cert_string_convert(pool, content, 1, text);
}


static ngx_int_t
ngx_auth_cert_string_bmp(ngx_pool_t *pool, const ngx_str_t *content,
    ngx_str_t *text)
{
    return ngx_auth_cert_string_convert(pool, content, 2, text);
}


static ngx_int_t
ngx_auth_cert_string_universal(ngx_pool_t *pool, const ngx_str_t *content,
    ngx_str_t *text)
{
    return ngx_auth_cert_string_convert(pool, content, 4, text);
}


/* characters of one width, the high byte first, to UTF-8 */

static ngx_int_t
ngx_auth_cert_string_convert(ngx_pool_t *pool, const ngx_str_t *content,
    size_t width, ngx_str_t *text)
{
    size_t     i;
    u_char    *p, *last;
    uint32_t   code;
    ngx_str_t  utf8;

    if (content->len % width) {
        return NGX_DECLINED;
    }

    /* two bytes of Latin-1, three of a BMPString, four of a UniversalString */

    utf8.data = ngx_pnalloc(pool, content->len * 2 + 1);
    if (utf8.data == NULL) {
        return NGX_ERROR;
    }

    p = content->data;
    last = utf8.data;

    while (p < content->data + content->len) {
        code = 0;

        for (i = 0; i < width; i++) {
            code = (code << 8) | *p++;
        }

        if (code > 0x10ffff) {
            return NGX_DECLINED;
        }

        last = ngx_auth_cert_string_encode(last, code);
    }

    utf8.len = last - utf8.data;

    /* surrogates have been encoded, too, and are found there */

    return ngx_auth_cert_string_utf8(pool, &utf8, text);
}


static u_char *
ngx_auth_cert_string_encode(u_char *p, uint32_t code)
{
    ngx_uint_t           n;
    static const u_char  lead[] = { 0, 0xc0, 0xe0, 0xf0 };

    if (code < 0x80) {
        *p++ = (u_char) code;
        return p;
    }

    n = (code < 0x800) ? 1 : (code < 0x10000) ? 2 : 3;

    *p++ = (u_char) (lead[n] | (code >> (6 * n)));

    while (n--) {
        *p++ = (u_char) (0x80 | ((code >> (6 * n)) & 0x3f));
    }

    return p;
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
