
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The directives of the shared memory: auth_cert_zone, auth_cert_reload,
 * auth_cert_verify_cache.
 */


#include "ngx_auth_cert_zone.h"


/* nginx's slab allocator needs a few pages for itself */
#define NGX_AUTH_CERT_ZONE_MIN  (32 * ngx_pagesize)

#define NGX_AUTH_CERT_ZONE_FASTEST  100


static ngx_uint_t ngx_auth_cert_zone_off(const ngx_str_t *value);


char *
ngx_auth_cert_zone_set(ngx_conf_t *cf, ngx_auth_cert_zone_t *zone,
    ngx_str_t *value)
{
    ssize_t  size;

    if (zone->size) {
        return "is duplicate";
    }

    size = ngx_parse_size(value);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size \"%V\" of \"auth_cert_zone\", "
                           "expected a size such as 32m", value);
        return NGX_CONF_ERROR;
    }

    if (size < (ssize_t) NGX_AUTH_CERT_ZONE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"auth_cert_zone %V\" is too small, it needs at "
                           "least %uzk", value, NGX_AUTH_CERT_ZONE_MIN / 1024);
        return NGX_CONF_ERROR;
    }

    zone->size = size;

    ngx_auth_cert_conf_place(cf, &zone->place);

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_auth_cert_zone_off(const ngx_str_t *value)
{
    return value->len == 3 && ngx_strncmp(value->data, "off", 3) == 0;
}


char *
ngx_auth_cert_zone_set_reload(ngx_conf_t *cf, ngx_auth_cert_zone_t *zone,
    ngx_str_t *value)
{
    ngx_int_t  interval;

    if (zone->interval != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    if (ngx_auth_cert_zone_off(value)) {
        zone->interval = 0;
        return NGX_CONF_OK;
    }

    interval = ngx_parse_time(value, 0);

    if (interval == NGX_ERROR || interval < NGX_AUTH_CERT_ZONE_FASTEST) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid interval \"%V\" of \"auth_cert_reload\", "
                           "expected a time of at least %dms, such as 10s, or "
                           "\"off\"", value, NGX_AUTH_CERT_ZONE_FASTEST);
        return NGX_CONF_ERROR;
    }

    zone->interval = interval;

    return NGX_CONF_OK;
}


char *
ngx_auth_cert_zone_set_cache(ngx_conf_t *cf, ngx_auth_cert_zone_t *zone,
    ngx_str_t *value)
{
    if (zone->cache_time != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    if (ngx_auth_cert_zone_off(value)) {
        zone->cache_time = 0;
        return NGX_CONF_OK;
    }

    zone->cache_time = ngx_parse_time(value, 1);

    if (zone->cache_time == (time_t) NGX_ERROR || zone->cache_time == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" of \"auth_cert_verify_cache\","
                           " expected a time such as 1h, or \"off\"", value);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
