
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Request headers that only the module may set: which they are, and how they
 * are taken out of what a client sent.  They stand among the request's own
 * headers, from where proxy, grpc, fastcgi, scgi and uwsgi take what they
 * send.
 */


#include "ngx_http_auth_cert.h"


/* lengths that differ by 64 share a bit */
#define ngx_http_auth_cert_length(len)  ((uint64_t) 1 << ((len) % 64))


static u_char ngx_http_auth_cert_normal(u_char ch);
static ngx_uint_t ngx_http_auth_cert_names_owned(
    const ngx_http_auth_cert_main_conf_t *amcf, const ngx_table_elt_t *header,
    u_char max);
static ngx_uint_t ngx_http_auth_cert_ends_option(u_char ch);
static ngx_uint_t ngx_http_auth_cert_indexed(
    const ngx_http_auth_cert_main_conf_t *amcf, const ngx_str_t *name);
static ngx_uint_t ngx_http_auth_cert_spoofed(ngx_http_request_t *r,
    const ngx_http_auth_cert_main_conf_t *amcf);
static ngx_uint_t ngx_http_auth_cert_drop(
    const ngx_http_auth_cert_main_conf_t *amcf, const ngx_table_elt_t *header);


ngx_int_t
ngx_http_auth_cert_strip_handler(ngx_http_request_t *r)
{
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_auth_cert_module);

    if (!ngx_http_auth_cert_spoofed(r, amcf)) {
        return NGX_DECLINED;
    }

    if (ngx_http_auth_cert_receive_xfcc(r) != NGX_OK
        || ngx_http_auth_cert_rebuild(r, amcf, NULL) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_DECLINED;
}


/*
 * What nginx refuses before the post-read phase, such as a request without a
 * certificate or one that is no HTTP, goes to the location of its error_page
 * with all that the client sent.
 */

ngx_int_t
ngx_http_auth_cert_strip_internal_handler(ngx_http_request_t *r)
{
    ngx_http_auth_cert_main_conf_t  *amcf;

    if (!r->internal) {
        return NGX_DECLINED;
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_auth_cert_module);

    if (ngx_http_auth_cert_spoofed(r, amcf)
        && ngx_http_auth_cert_rebuild(r, amcf, NULL) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_DECLINED;
}


ngx_uint_t
ngx_http_auth_cert_is_owned(const ngx_http_auth_cert_main_conf_t *amcf,
    const ngx_str_t *name)
{
    ngx_uint_t        i;
    const ngx_str_t  *owned;

    /* most headers of a request have another length than any of ours */

    if ((amcf->lengths & ngx_http_auth_cert_length(name->len)) == 0) {
        return 0;
    }

    owned = amcf->owned.elts;

    for (i = 0; i < amcf->owned.nelts; i++) {
        if (ngx_http_auth_cert_same_name(&owned[i], name)) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_http_auth_cert_same_name(const ngx_str_t *one, const ngx_str_t *other)
{
    ngx_uint_t  i;

    if (one->len != other->len) {
        return 0;
    }

    for (i = 0; i < one->len; i++) {
        if (ngx_http_auth_cert_normal(one->data[i])
            != ngx_http_auth_cert_normal(other->data[i]))
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Upstreams that take headers as CGI variables do not tell "-" from "_", and
 * some map other characters to "_" as well.
 */

static u_char
ngx_http_auth_cert_normal(u_char ch)
{
    ch = ngx_tolower(ch);

    return ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9')) ? '-' : ch;
}


/*
 * A client may name the module's headers as options of its connection, to
 * make the next hop drop them where nginx is told to pass "Connection" on.
 * max is the last character that a word may hold.
 */

static ngx_uint_t
ngx_http_auth_cert_names_owned(const ngx_http_auth_cert_main_conf_t *amcf,
    const ngx_table_elt_t *header, u_char max)
{
    u_char     *p, *last;
    ngx_str_t   token;

    p = header->value.data;
    last = p + header->value.len;

    while (p < last) {
        token.data = p;

        while (p < last && *p <= max && !ngx_http_auth_cert_ends_option(*p)) {
            p++;
        }

        token.len = p - token.data;

        if (token.len && ngx_http_auth_cert_is_owned(amcf, &token)) {
            return 1;
        }

        p++;
    }

    return 0;
}


/* what some upstream may take for the end of a word */

static ngx_uint_t
ngx_http_auth_cert_ends_option(u_char ch)
{
    return ch <= ' ' || ch == 0x7f || ch == ',' || ch == ';' || ch == '"';
}


/* PHP takes "HTTP_X_ROLE[0]" for an array, instead of "HTTP_X_ROLE" */

static ngx_uint_t
ngx_http_auth_cert_indexed(const ngx_http_auth_cert_main_conf_t *amcf,
    const ngx_str_t *name)
{
    u_char     *bracket;
    ngx_str_t   array;

    bracket = ngx_strlchr(name->data, name->data + name->len, '[');

    if (bracket == NULL) {
        return 0;
    }

    array.data = name->data;
    array.len = bracket - name->data;

    return ngx_http_auth_cert_is_owned(amcf, &array);
}


/*
 * Who reads headers as text may know blanks that are no ASCII: JavaScript and
 * Python trim the 0xA0 of Latin-1.
 */

static ngx_uint_t
ngx_http_auth_cert_drop(const ngx_http_auth_cert_main_conf_t *amcf,
    const ngx_table_elt_t *header)
{
    if (ngx_http_auth_cert_is_owned(amcf, &header->key)
        || ngx_http_auth_cert_indexed(amcf, &header->key))
    {
        return 1;
    }

    return header->key.len == sizeof("connection") - 1
           && ngx_strncasecmp(header->key.data, (u_char *) "connection",
                              sizeof("connection") - 1)
              == 0
           && (ngx_http_auth_cert_names_owned(amcf, header, 0xff)
               || ngx_http_auth_cert_names_owned(amcf, header, 0x7e));
}


static ngx_uint_t
ngx_http_auth_cert_spoofed(ngx_http_request_t *r,
    const ngx_http_auth_cert_main_conf_t *amcf)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (ngx_http_auth_cert_drop(amcf, &header[i])) {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Makes a new list of headers for this request.  The old one stays as it is:
 * r->headers_in points into it, and subrequests share it.
 */

ngx_int_t
ngx_http_auth_cert_rebuild(ngx_http_request_t *r,
    const ngx_http_auth_cert_main_conf_t *amcf, const ngx_array_t *add)
{
    ngx_uint_t        i, n;
    ngx_list_t       *old, new;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header, *h;

    old = &r->headers_in.headers;

    /* a list has room for one at least */

    n = add ? add->nelts + 1 : 1;

    for (part = &old->part; part; part = part->next) {
        n += part->nelts;
    }

    if (ngx_list_init(&new, r->pool, n, sizeof(ngx_table_elt_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    for (part = &old->part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (ngx_http_auth_cert_drop(amcf, &header[i])) {
                continue;
            }

            h = ngx_list_push(&new);
            if (h == NULL) {
                return NGX_ERROR;
            }

            *h = header[i];
            ngx_auth_cert_header_unlink(h);
        }
    }

    if (add) {
        header = add->elts;

        for (i = 0; i < add->nelts; i++) {
            h = ngx_list_push(&new);
            if (h == NULL) {
                return NGX_ERROR;
            }

            *h = header[i];
        }
    }

    *old = new;

    if (new.last == &new.part) {
        old->last = &old->part;
    }

    ngx_auth_cert_headers_relink(r);

    return NGX_OK;
}


char *
ngx_http_auth_cert_own(ngx_conf_t *cf, const ngx_str_t *name)
{
    ngx_str_t                       *owned;
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);

    if (ngx_http_auth_cert_is_owned(amcf, name)) {
        return NGX_CONF_OK;
    }

    owned = ngx_array_push(&amcf->owned);
    if (owned == NULL) {
        return NGX_CONF_ERROR;
    }

    *owned = *name;

    amcf->lengths |= ngx_http_auth_cert_length(name->len);

    return NGX_CONF_OK;
}
