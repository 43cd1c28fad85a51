
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The role that a rule gives: a text, with captures of a regular expression
 * or without.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


static char *ngx_auth_cert_role_part(ngx_str_t *text, size_t *pos,
    const ngx_auth_cert_pattern_t *regex, ngx_auth_cert_role_part_t *part);
static char *ngx_auth_cert_role_capture(ngx_str_t *text, size_t *pos,
    const ngx_auth_cert_pattern_t *regex, ngx_auth_cert_role_part_t *part);
static ngx_uint_t ngx_auth_cert_role_word(u_char c);
static ngx_int_t ngx_auth_cert_role_clean(ngx_pool_t *pool, ngx_str_t *text);
static ngx_uint_t ngx_auth_cert_role_plain(u_char c);


char *
ngx_auth_cert_role_compile(ngx_conf_t *cf, ngx_str_t *text,
    const ngx_auth_cert_pattern_t *regex, ngx_auth_cert_role_t *role)
{
    char                       *rv;
    size_t                      pos;
    ngx_array_t                 parts;
    ngx_auth_cert_role_part_t  *part;

    role->text = *text;
    role->parts = NULL;
    role->nparts = 0;

    if (ngx_strlchr(text->data, text->data + text->len, '$') == NULL) {
        return NULL;
    }

    if (ngx_array_init(&parts, cf->pool, 4, sizeof(ngx_auth_cert_role_part_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    for (pos = 0; pos < text->len; /* void */) {

        part = ngx_array_push(&parts);
        if (part == NULL) {
            return NGX_CONF_ERROR;
        }

        rv = ngx_auth_cert_role_part(text, &pos, regex, part);
        if (rv) {
            return rv;
        }
    }

    role->parts = parts.elts;
    role->nparts = parts.nelts;

    return NULL;
}


static char *
ngx_auth_cert_role_part(ngx_str_t *text, size_t *pos,
    const ngx_auth_cert_pattern_t *regex, ngx_auth_cert_role_part_t *part)
{
    u_char  *dollar, *last;

    if (text->data[*pos] == '$') {
        return ngx_auth_cert_role_capture(text, pos, regex, part);
    }

    last = text->data + text->len;

    part->capture = NGX_ERROR;
    part->text.data = text->data + *pos;

    dollar = ngx_strlchr(part->text.data, last, '$');

    part->text.len = (dollar ? dollar : last) - part->text.data;

    *pos += part->text.len;

    return NULL;
}


static char *
ngx_auth_cert_role_capture(ngx_str_t *text, size_t *pos,
    const ngx_auth_cert_pattern_t *regex, ngx_auth_cert_role_part_t *part)
{
    u_char      *p, *last;
    ngx_str_t    name;
    ngx_uint_t   brace;

    ngx_str_null(&part->text);

    last = text->data + text->len;
    p = text->data + *pos + 1;

    brace = (p < last && *p == '{');
    p += brace;

    name.data = p;

    if (!brace && p < last && *p >= '0' && *p <= '9') {

        /* "$12" is the first capture and "2" */

        p++;

    } else {
        while (p < last && ngx_auth_cert_role_word(*p)) {
            p++;
        }
    }

    name.len = p - name.data;

    if (name.len == 0 || (brace && (p == last || *p != '}'))) {
        return "\"$\" has to be followed by the number or the name of a "
               "capture";
    }

    p += brace;

    if (regex == NULL) {
        return "\"$\" can only name a capture, and the rule has no regular "
               "expression (\"~\") to take it from";
    }

    part->capture = ngx_auth_cert_regex_capture(regex, &name);

    if (part->capture == NGX_DECLINED) {
        return "the last regular expression of the rule has no such capture "
               "among $0 to $9, and none of that name";
    }

    *pos = p - text->data;

    return NULL;
}


static ngx_uint_t
ngx_auth_cert_role_word(u_char c)
{
    return (c >= '0' && c <= '9')
           || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z')
           || c == '_';
}


ngx_int_t
ngx_auth_cert_role_text(const ngx_auth_cert_role_t *role, ngx_pool_t *pool,
    const ngx_str_t *captured, const int *captures, ngx_str_t *text)
{
    u_char                           *p;
    size_t                            len;
    ngx_str_t                         piece;
    ngx_int_t                         n;
    ngx_uint_t                        i;
    const ngx_auth_cert_role_part_t  *part;

    *text = role->text;

    if (role->nparts == 0) {
        return NGX_OK;
    }

    len = 0;

    for (i = 0; i < role->nparts; i++) {
        len += role->parts[i].text.len + captured->len;
    }

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (i = 0; i < role->nparts; i++) {

        part = &role->parts[i];
        n = part->capture;

        if (n == NGX_ERROR) {
            piece = part->text;

        } else if (captures[2 * n] < 0) {

            /* a group that took no part in the match */

            continue;

        } else {
            piece.data = captured->data + captures[2 * n];
            piece.len = captures[2 * n + 1] - captures[2 * n];
        }

        p = ngx_cpymem(p, piece.data, piece.len);
    }

    text->len = p - text->data;

    return ngx_auth_cert_role_clean(pool, text);
}


/*
 * A request's variable may hold any byte, and a capture may cut a character
 * in two: such a role is written in ASCII, with "%XX" for other bytes.  So is
 * one with a blank at either end, which a reader of headers would drop.
 */

static ngx_int_t
ngx_auth_cert_role_clean(ngx_pool_t *pool, ngx_str_t *text)
{
    u_char         c, *p;
    size_t         i;
    ngx_str_t      dirty;
    static u_char  hex[] = "0123456789ABCDEF";

    if (text->len == 0
        || (ngx_auth_cert_string_check(text) == NGX_OK
            && !ngx_auth_cert_format_end_blank(text, 0)
            && !ngx_auth_cert_format_end_blank(text, text->len - 1)))
    {
        return NGX_OK;
    }

    dirty = *text;

    p = ngx_pnalloc(pool, 3 * dirty.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (i = 0; i < dirty.len; i++) {
        c = dirty.data[i];

        if (ngx_auth_cert_role_plain(c)
            && !ngx_auth_cert_format_end_blank(&dirty, i))
        {
            *p++ = c;
            continue;
        }

        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 0xf];
    }

    text->len = p - text->data;

    return NGX_OK;
}


static ngx_uint_t
ngx_auth_cert_role_plain(u_char c)
{
    return c >= 0x20 && c < 0x7f;
}
