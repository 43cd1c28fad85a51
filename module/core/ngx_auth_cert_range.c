
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Address ranges in CIDR notation.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


static ngx_int_t ngx_auth_cert_range_value(
    const ngx_auth_cert_pattern_t *pattern, ngx_auth_cert_match_t *match);


static const ngx_auth_cert_matcher_t  ngx_auth_cert_range_matcher =
    { ngx_string("range"), ngx_auth_cert_range_value, 1 };


char *
ngx_auth_cert_range_compile(ngx_pool_t *pool, ngx_str_t *text,
    ngx_auth_cert_pattern_t *pattern)
{
    u_char                *slash, *last, masked[16];
    ngx_int_t              prefix, rc;
    ngx_str_t              address;
    ngx_auth_cert_cidr_t  *cidr;

    cidr = ngx_palloc(pool, sizeof(ngx_auth_cert_cidr_t));
    if (cidr == NULL) {
        return NGX_CONF_ERROR;
    }

    last = text->data + text->len;
    slash = ngx_strlchr(text->data, last, '/');

    address.data = text->data;
    address.len = slash - text->data;

    prefix = ngx_atoi(slash + 1, last - slash - 1);

    rc = ngx_auth_cert_field_normalize(pool, NGX_AUTH_CERT_TYPE_IP, &address,
                                       &cidr->address);
    if (rc == NGX_ERROR) {
        return NGX_CONF_ERROR;
    }

    if (rc != NGX_OK || prefix == NGX_ERROR
        || prefix > (ngx_int_t) (8 * cidr->address.len))
    {
        return "invalid CIDR, expected an address such as 192.0.2.1 or a "
               "range such as 192.0.2.0/24";
    }

    cidr->prefix = prefix;

    ngx_auth_cert_range_mask(&cidr->address, prefix, masked);

    if (ngx_memcmp(masked, cidr->address.data, cidr->address.len) != 0) {
        return "the address has bits beyond the prefix length, write the "
               "first address of the range, such as 192.0.2.0/24";
    }

    pattern->matcher = &ngx_auth_cert_range_matcher;
    pattern->data = cidr;

    return NULL;
}


void
ngx_auth_cert_range_mask(const ngx_str_t *address, ngx_uint_t prefix,
    u_char *masked)
{
    size_t  n;

    ngx_memzero(masked, address->len);

    n = prefix / 8;

    ngx_memcpy(masked, address->data, n);

    if (prefix % 8) {
        masked[n] = address->data[n] & (u_char) (0xff << (8 - prefix % 8));
    }
}


static ngx_int_t
ngx_auth_cert_range_value(const ngx_auth_cert_pattern_t *pattern,
    ngx_auth_cert_match_t *match)
{
    u_char                 masked[16];
    ngx_auth_cert_cidr_t  *cidr;

    cidr = pattern->data;

    if (match->normal->len != cidr->address.len) {
        return NGX_DECLINED;
    }

    ngx_auth_cert_range_mask(match->normal, cidr->prefix, masked);

    return (ngx_memcmp(masked, cidr->address.data, cidr->address.len) == 0)
           ? NGX_OK : NGX_DECLINED;
}
