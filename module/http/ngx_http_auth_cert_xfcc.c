
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * X-Forwarded-Client-Cert: what came in, and what of it is passed on in the
 * modes that Envoy has.
 */


#include "ngx_http_auth_cert.h"


static size_t ngx_http_auth_cert_xfcc_join(ngx_http_request_t *r,
    u_char *text);
static ngx_str_t *ngx_http_auth_cert_xfcc_received(ngx_http_request_t *r);
static ngx_int_t ngx_http_auth_cert_xfcc_append(ngx_http_request_t *r,
    const ngx_str_t *own, ngx_str_t *value);
static ngx_uint_t ngx_http_auth_cert_xfcc_closed(const ngx_str_t *value);
static void ngx_http_auth_cert_xfcc_cleanup(void *data);


/*
 * It outlives internal redirects, which clear the request's contexts, as a
 * cleanup of the pool.
 */

ngx_int_t
ngx_http_auth_cert_receive_xfcc(ngx_http_request_t *r)
{
    size_t               len;
    ngx_str_t           *received;
    ngx_pool_cleanup_t  *cln;

    len = ngx_http_auth_cert_xfcc_join(r, NULL);

    if (len == 0) {
        return NGX_OK;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_str_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    received = cln->data;

    received->data = ngx_pnalloc(r->pool, len);
    if (received->data == NULL) {
        return NGX_ERROR;
    }

    received->len = ngx_http_auth_cert_xfcc_join(r, received->data);

    if (ngx_auth_cert_format_sanitize(r->pool, received, received) != NGX_OK) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_auth_cert_xfcc_cleanup;

    return NGX_OK;
}


/*
 * Several headers of that name are one list, RFC 9110, section 5.3.  Other
 * spellings are none of a proxy in front.  Returns the length of the list,
 * and writes it unless text is NULL.
 */

static size_t
ngx_http_auth_cert_xfcc_join(ngx_http_request_t *r, u_char *text)
{
    size_t            len;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    len = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (header[i].value.len == 0
                || header[i].key.len != sizeof("x-forwarded-client-cert") - 1
                || ngx_strncasecmp(header[i].key.data,
                                   (u_char *) "x-forwarded-client-cert",
                                   header[i].key.len)
                   != 0)
            {
                continue;
            }

            if (len) {
                if (text) {
                    text[len] = ',';
                }

                len++;
            }

            if (text) {
                ngx_memcpy(text + len, header[i].value.data,
                           header[i].value.len);
            }

            len += header[i].value.len;
        }
    }

    return len;
}


static ngx_str_t *
ngx_http_auth_cert_xfcc_received(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_auth_cert_xfcc_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


/* only marks the record */

static void
ngx_http_auth_cert_xfcc_cleanup(void *data)
{
}


ngx_int_t
ngx_http_auth_cert_forward_xfcc(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_http_auth_cert_xfcc_e mode,
    ngx_str_t *value)
{
    ngx_str_t  own, *received;

    ngx_str_null(value);

    received = ngx_http_auth_cert_xfcc_received(r);

    if (mode == NGX_HTTP_AUTH_CERT_XFCC_ALWAYS_FORWARD_ONLY && received) {
        *value = *received;
        return NGX_OK;
    }

    /* all else is for verified clients only */

    if (decision->identity == NULL) {
        return NGX_OK;
    }

    switch (mode) {

    case NGX_HTTP_AUTH_CERT_XFCC_SANITIZE_SET:
        return ngx_http_auth_cert_xfcc(r, decision, value);

    case NGX_HTTP_AUTH_CERT_XFCC_APPEND_FORWARD:

        if (received) {
            *value = *received;
        }

        if (ngx_http_auth_cert_xfcc(r, decision, &own) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_auth_cert_xfcc_append(r, &own, value);

    case NGX_HTTP_AUTH_CERT_XFCC_FORWARD_ONLY:

        if (received) {
            *value = *received;
        }

        return NGX_OK;

    default:
        return NGX_OK;
    }
}


static ngx_int_t
ngx_http_auth_cert_xfcc_append(ngx_http_request_t *r, const ngx_str_t *own,
    ngx_str_t *value)
{
    u_char  *p;

    if (value->len == 0) {
        *value = *own;
        return NGX_OK;
    }

    /* what is appended must not become a part of what came in */

    if (!ngx_http_auth_cert_xfcc_closed(value)) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "client sent \"X-Forwarded-Client-Cert\" with a quote "
                      "or escape that does not end, it is not passed on");

        *value = *own;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, value->len + 1 + own->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value->len = ngx_sprintf(p, "%V,%V", value, own) - p;
    value->data = p;

    return NGX_OK;
}


/*
 * Readers do not agree on what a backslash means.  It escapes a quote for all
 * of them, but only some let it escape another backslash.  All quotes have to
 * be closed for both kinds, and none may be escaped where none is open.  A
 * backslash at the end would escape the comma that follows.
 */

static ngx_uint_t
ngx_http_auth_cert_xfcc_closed(const ngx_str_t *value)
{
    u_char      c, last;
    size_t      i;
    ngx_uint_t  plain, paired, escaped;

    last = '\0';
    plain = 0;
    paired = 0;
    escaped = 0;

    for (i = 0; i < value->len; i++) {
        c = value->data[i];

        if (c == '"') {

            if (last == '\\' && (!plain || !paired)) {
                return 0;
            }

            plain ^= (last != '\\');
            paired ^= !escaped;
        }

        escaped = (c == '\\' && !escaped);
        last = c;
    }

    return !plain && !paired && last != '\\';
}
