
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The block auth_cert_map: how it is read.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_policy.h"


/* an auth_cert_map while it is read */

typedef struct {
    ngx_auth_cert_policy_t   *policy;
    ngx_auth_cert_selector_t *selector;
    ngx_uint_t                has_default;
} ngx_auth_cert_conf_map_t;


static char *ngx_auth_cert_conf_map_line(ngx_conf_t *cf,
    ngx_command_t *dummy, void *conf);
static char *ngx_auth_cert_conf_map_default(ngx_conf_t *cf,
    ngx_auth_cert_conf_map_t *map, ngx_str_t *value);


ngx_auth_cert_policy_t *
ngx_auth_cert_conf_map(ngx_conf_t *cf, ngx_auth_cert_main_conf_t *amcf,
    ngx_str_t *selector)
{
    char                      *rv;
    ngx_str_t                 *value;
    ngx_auth_cert_conf_map_t   map;

    value = cf->args->elts;

    map.has_default = 0;

    map.selector = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_selector_t));
    if (map.selector == NULL) {
        return NULL;
    }

    map.policy = ngx_auth_cert_policy_create(cf, amcf, "auth_cert_map",
                                             &value[1]);
    if (map.policy == NULL) {
        return NULL;
    }

    rv = ngx_auth_cert_field_selector(cf, amcf->front, selector, map.selector);

    if (rv) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_map \"%V\": \"%V\": %s",
                           &map.policy->name, selector, rv);
        return NULL;
    }

    if (ngx_auth_cert_conf_block(cf, ngx_auth_cert_conf_map_line, &map)
        != NGX_CONF_OK)
    {
        return NULL;
    }

    if (map.policy->rules.nelts == 0 && !map.has_default) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_map \"%V\" is empty, add \"PATTERN "
                           "VALUE;\" or \"default VALUE;\"",
                           &map.policy->name);
        return NULL;
    }

    if (ngx_auth_cert_reach_policy(cf, map.policy) != NGX_OK
        || ngx_auth_cert_run_compile(cf, map.policy) != NGX_OK)
    {
        return NULL;
    }

    return map.policy;
}


static char *
ngx_auth_cert_conf_map_line(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    ngx_auth_cert_conf_map_t *map = conf;

    char              *rv;
    ngx_str_t         *value;
    static ngx_str_t   word = ngx_string("default");

    if (ngx_auth_cert_conf_include(cf, conf, &rv) == NGX_OK) {
        return rv;
    }

    value = cf->args->elts;

    if (cf->args->nelts != 2) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_map \"%V\": \"%V\": expected a pattern "
                           "and a value", &map->policy->name, &value[0]);
        return NGX_CONF_ERROR;
    }

    if (ngx_auth_cert_reference_equal(&value[0], &word)) {
        return ngx_auth_cert_conf_map_default(cf, map, &value[1]);
    }

    return ngx_auth_cert_rule_add_map(cf, map->policy, map->selector,
                                      &value[0], &value[1]);
}


static char *
ngx_auth_cert_conf_map_default(ngx_conf_t *cf, ngx_auth_cert_conf_map_t *map,
    ngx_str_t *value)
{
    char                  *rv;
    ngx_auth_cert_role_t   role;

    if (map->has_default) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_map \"%V\": duplicate \"default\"",
                           &map->policy->name);
        return NGX_CONF_ERROR;
    }

    rv = ngx_auth_cert_role_compile(cf, value, NULL, &role);

    if (rv) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_map \"%V\": \"%V\": %s",
                           &map->policy->name, value, rv);
        return NGX_CONF_ERROR;
    }

    map->has_default = 1;
    map->policy->def = role.text;

    return NGX_CONF_OK;
}
