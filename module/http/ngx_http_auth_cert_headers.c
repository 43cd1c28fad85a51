
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Request headers that only the module may set: which they are, and how they
 * are taken out of what a client sent.  They stand among the request's own
 * headers, from where proxy, grpc, fastcgi, scgi and uwsgi take what they
 * send.
 */


#include "ngx_http_auth_cert.h"


static ngx_uint_t ngx_http_auth_cert_same_name(const ngx_str_t *owned,
    const ngx_str_t *name);
static ngx_uint_t ngx_http_auth_cert_names_owned(
    const ngx_http_auth_cert_main_conf_t *amcf, const ngx_table_elt_t *header);
static ngx_uint_t ngx_http_auth_cert_drop(
    const ngx_http_auth_cert_main_conf_t *amcf, const ngx_table_elt_t *header);
static ngx_int_t ngx_http_auth_cert_receive_xfcc(ngx_http_request_t *r);
static void ngx_http_auth_cert_received_cleanup(void *data);


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


ngx_uint_t
ngx_http_auth_cert_is_owned(const ngx_http_auth_cert_main_conf_t *amcf,
    const ngx_str_t *name)
{
    ngx_uint_t        i;
    const ngx_str_t  *owned;

    owned = amcf->owned.elts;

    for (i = 0; i < amcf->owned.nelts; i++) {

        if (owned[i].len == name->len
            && ngx_http_auth_cert_same_name(&owned[i], name))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Upstreams that take headers as CGI variables do not tell "-" from "_", and
 * some map other characters to "_" as well.
 */

static ngx_uint_t
ngx_http_auth_cert_same_name(const ngx_str_t *owned, const ngx_str_t *name)
{
    u_char      ch;
    ngx_uint_t  i;

    for (i = 0; i < name->len; i++) {
        ch = ngx_tolower(name->data[i]);

        if ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9')) {
            ch = '-';
        }

        if (ch != owned->data[i]) {
            return 0;
        }
    }

    return 1;
}


/*
 * A client may name the module's headers as options of its connection, to
 * make the next hop drop them where nginx is told to pass "Connection" on.
 */

static ngx_uint_t
ngx_http_auth_cert_names_owned(const ngx_http_auth_cert_main_conf_t *amcf,
    const ngx_table_elt_t *header)
{
    u_char     *p, *last;
    ngx_str_t   token;

    p = header->value.data;
    last = p + header->value.len;

    while (p < last) {

        while (p < last && (*p == ' ' || *p == '\t' || *p == ',')) {
            p++;
        }

        token.data = p;

        while (p < last && *p != ' ' && *p != '\t' && *p != ',') {
            p++;
        }

        token.len = p - token.data;

        if (token.len && ngx_http_auth_cert_is_owned(amcf, &token)) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_auth_cert_drop(const ngx_http_auth_cert_main_conf_t *amcf,
    const ngx_table_elt_t *header)
{
    if (ngx_http_auth_cert_is_owned(amcf, &header->key)) {
        return 1;
    }

    return header->key.len == sizeof("connection") - 1
           && ngx_strncasecmp(header->key.data, (u_char *) "connection",
                              sizeof("connection") - 1)
              == 0
           && ngx_http_auth_cert_names_owned(amcf, header);
}


ngx_uint_t
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
    ngx_uint_t        i;
    ngx_list_t       *old, new;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header, *h;

    old = &r->headers_in.headers;

    if (ngx_list_init(&new, r->pool, 20, sizeof(ngx_table_elt_t)) != NGX_OK) {
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


/* several headers of that name are one list, RFC 9110, section 5.3 */

static ngx_int_t
ngx_http_auth_cert_receive_xfcc(ngx_http_request_t *r)
{
    size_t               len;
    u_char              *p;
    ngx_str_t           *received;
    ngx_uint_t           i;
    ngx_list_part_t     *part;
    ngx_table_elt_t     *header;
    ngx_pool_cleanup_t  *cln;

    len = 0;
    p = NULL;
    received = NULL;

again:

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {

            /* other spellings are none of a proxy in front */

            if (header[i].key.len != sizeof("x-forwarded-client-cert") - 1
                || ngx_strncasecmp(header[i].key.data,
                                   (u_char *) "x-forwarded-client-cert",
                                   header[i].key.len)
                   != 0)
            {
                continue;
            }

            if (p == NULL) {
                len += header[i].value.len + 1;
                continue;
            }

            if (p != received->data) {
                *p++ = ',';
            }

            p = ngx_cpymem(p, header[i].value.data, header[i].value.len);
        }
    }

    if (len == 0) {
        return NGX_OK;
    }

    if (p != NULL) {
        received->len = p - received->data;
        return NGX_OK;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_str_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    received = cln->data;
    ngx_str_null(received);
    cln->handler = ngx_http_auth_cert_received_cleanup;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    received->data = p;

    goto again;
}


/*
 * The X-Forwarded-Client-Cert that the client sent.  It outlives internal
 * redirects, which clear the request's contexts, as a cleanup of the pool.
 */

ngx_str_t *
ngx_http_auth_cert_received_xfcc(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_auth_cert_received_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


/* only marks the record */

static void
ngx_http_auth_cert_received_cleanup(void *data)
{
}


char *
ngx_http_auth_cert_own(ngx_conf_t *cf, const ngx_str_t *name)
{
    u_char                           ch;
    ngx_str_t                       *owned;
    ngx_uint_t                       i;
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);

    if (ngx_http_auth_cert_is_owned(amcf, name)) {
        return NGX_CONF_OK;
    }

    owned = ngx_array_push(&amcf->owned);
    if (owned == NULL) {
        return NGX_CONF_ERROR;
    }

    owned->len = name->len;
    owned->data = ngx_pnalloc(cf->pool, name->len);
    if (owned->data == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < name->len; i++) {
        ch = ngx_tolower(name->data[i]);

        if ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9')) {
            ch = '-';
        }

        owned->data[i] = ch;
    }

    return NGX_CONF_OK;
}
