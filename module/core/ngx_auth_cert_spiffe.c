
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * SPIFFE IDs, as the SPIFFE-ID standard, section 2 spells them.
 */


#include "ngx_auth_cert.h"


#define NGX_AUTH_CERT_SPIFFE_SCHEME      "spiffe://"
#define NGX_AUTH_CERT_SPIFFE_SCHEME_LEN  (sizeof("spiffe://") - 1)

/* SPIFFE-ID, section 2.3 */
#define NGX_AUTH_CERT_SPIFFE_MAX_LEN     2048
#define NGX_AUTH_CERT_SPIFFE_MAX_DOMAIN  255


static ngx_int_t ngx_auth_cert_spiffe_path(u_char *p, u_char *last);
static ngx_uint_t ngx_auth_cert_spiffe_char(u_char c);


ngx_int_t
ngx_auth_cert_spiffe_parse(const ngx_str_t *uri, ngx_str_t *trust_domain)
{
    u_char  *p, *last;

    p = uri->data;
    last = p + uri->len;

    if (uri->len < NGX_AUTH_CERT_SPIFFE_SCHEME_LEN
        || uri->len > NGX_AUTH_CERT_SPIFFE_MAX_LEN
        || ngx_strncmp(p, NGX_AUTH_CERT_SPIFFE_SCHEME,
                       NGX_AUTH_CERT_SPIFFE_SCHEME_LEN)
           != 0)
    {
        return NGX_DECLINED;
    }

    p += NGX_AUTH_CERT_SPIFFE_SCHEME_LEN;

    trust_domain->data = p;

    while (p < last && *p != '/') {

        /* no user, port, percent-encoding or upper case */

        if (!ngx_auth_cert_spiffe_char(*p) || (*p >= 'A' && *p <= 'Z')) {
            return NGX_DECLINED;
        }

        p++;
    }

    trust_domain->len = p - trust_domain->data;

    if (trust_domain->len == 0
        || trust_domain->len > NGX_AUTH_CERT_SPIFFE_MAX_DOMAIN)
    {
        return NGX_DECLINED;
    }

    return ngx_auth_cert_spiffe_path(p, last);
}


/* none, or segments that are neither empty nor "." nor ".." */

static ngx_int_t
ngx_auth_cert_spiffe_path(u_char *p, u_char *last)
{
    size_t   len;
    u_char  *segment;

    while (p < last) {
        segment = ++p;

        while (p < last && *p != '/') {
            if (!ngx_auth_cert_spiffe_char(*p)) {
                return NGX_DECLINED;
            }

            p++;
        }

        len = p - segment;

        if (len == 0
            || (len == 1 && segment[0] == '.')
            || (len == 2 && segment[0] == '.' && segment[1] == '.'))
        {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_auth_cert_spiffe_char(u_char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}
