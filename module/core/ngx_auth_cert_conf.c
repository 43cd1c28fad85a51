
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The blocks auth_cert_trust and auth_cert_policy: how they are read.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_policy.h"
#include "ngx_auth_cert_zone.h"


/* a directive inside of auth_cert_trust */

typedef struct {
    ngx_str_t                 name;
    ngx_uint_t                args;
    char                   *(*set)(ngx_conf_t *cf,
                                   ngx_auth_cert_trust_t *trust,
                                   ngx_str_t *value);
} ngx_auth_cert_conf_row_t;


static char *ngx_auth_cert_conf_trust_line(ngx_conf_t *cf,
    ngx_command_t *dummy, void *conf);
static char *ngx_auth_cert_conf_depth(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, ngx_str_t *value);
static char *ngx_auth_cert_conf_purpose(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, ngx_str_t *value);
static char *ngx_auth_cert_conf_partial_chain(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, ngx_str_t *value);
static char *ngx_auth_cert_conf_crl_check(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, ngx_str_t *value);
static char *ngx_auth_cert_conf_crl_missing(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, ngx_str_t *value);
static char *ngx_auth_cert_conf_crl_expired(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, ngx_str_t *value);
static char *ngx_auth_cert_conf_choice(ngx_str_t *value, const char *zero,
    const char *one, ngx_uint_t *choice);

static char *ngx_auth_cert_conf_policy_line(ngx_conf_t *cf,
    ngx_command_t *dummy, void *conf);


static ngx_auth_cert_conf_row_t  ngx_auth_cert_conf_trust_rows[] = {
    { ngx_string("ca"), 1, ngx_auth_cert_ca_set },
    { ngx_string("crl"), 1, ngx_auth_cert_revocation_add },
    { ngx_string("crl_check"), 1, ngx_auth_cert_conf_crl_check },
    { ngx_string("crl_missing"), 1, ngx_auth_cert_conf_crl_missing },
    { ngx_string("crl_expired"), 1, ngx_auth_cert_conf_crl_expired },
    { ngx_string("depth"), 1, ngx_auth_cert_conf_depth },
    { ngx_string("purpose"), 1, ngx_auth_cert_conf_purpose },
    { ngx_string("partial_chain"), 1, ngx_auth_cert_conf_partial_chain },
    { ngx_null_string, 0, NULL }
};


static char  ngx_auth_cert_conf_duplicate[] =
    "duplicate, the set has such a line already";


ngx_int_t
ngx_auth_cert_conf_init(ngx_conf_t *cf, ngx_auth_cert_main_conf_t *amcf,
    const ngx_auth_cert_front_t *front)
{
    amcf->front = front;

    amcf->zone = ngx_auth_cert_zone_create(cf);
    if (amcf->zone == NULL) {
        return NGX_ERROR;
    }

    if (ngx_array_init(&amcf->trusts, cf->pool, 4,
                       sizeof(ngx_auth_cert_trust_t *))
        != NGX_OK
        || ngx_array_init(&amcf->policies, cf->pool, 4,
                          sizeof(ngx_auth_cert_policy_t *))
           != NGX_OK
        || ngx_array_init(&amcf->references, cf->pool, 4,
                          sizeof(ngx_auth_cert_reference_t *))
           != NGX_OK
        || ngx_array_init(&amcf->lists, cf->pool, 4,
                          sizeof(ngx_auth_cert_list_t *))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_auth_cert_conf_place(ngx_conf_t *cf, ngx_auth_cert_place_t *place)
{
    place->file = cf->conf_file->file.name.data;
    place->line = cf->conf_file->line;
}


char *
ngx_auth_cert_conf_block(ngx_conf_t *cf, ngx_auth_cert_conf_pt handler,
    void *conf)
{
    char        *rv;
    ngx_conf_t   save;

    save = *cf;

    cf->handler = handler;
    cf->handler_conf = conf;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    return rv;
}


ngx_int_t
ngx_auth_cert_conf_include(ngx_conf_t *cf, void *conf, char **rv)
{
    ngx_str_t         *value;
    static ngx_str_t   include = ngx_string("include");

    value = cf->args->elts;

    if (!ngx_auth_cert_reference_equal(&value[0], &include)) {
        return NGX_DECLINED;
    }

    if (cf->args->nelts == 2) {
        *rv = ngx_conf_include(cf, NULL, conf);

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of arguments in \"include\" "
                           "directive, expected the name of a file");
        *rv = NGX_CONF_ERROR;
    }

    return NGX_OK;
}


char *
ngx_auth_cert_conf_trust(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_auth_cert_main_conf_t *amcf = conf;

    char                    *rv;
    ngx_str_t               *value;
    ngx_auth_cert_trust_t   *trust, **trusts;

    value = cf->args->elts;

    if (ngx_auth_cert_reference_define(cf, amcf, &value[1], 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    trust = ngx_auth_cert_trust_create(cf, amcf->zone, &value[1]);
    if (trust == NULL) {
        return NGX_CONF_ERROR;
    }

    rv = ngx_auth_cert_conf_block(cf, ngx_auth_cert_conf_trust_line, trust);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    trusts = ngx_array_push(&amcf->trusts);
    if (trusts == NULL) {
        return NGX_CONF_ERROR;
    }

    *trusts = trust;

    return ngx_auth_cert_trust_compile(cf, trust);
}


static char *
ngx_auth_cert_conf_trust_line(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    ngx_auth_cert_trust_t *trust = conf;

    char                      *rv;
    ngx_str_t                 *value;
    ngx_auth_cert_conf_row_t  *row;

    value = cf->args->elts;

    if (ngx_auth_cert_conf_include(cf, conf, &rv) == NGX_OK) {
        return rv;
    }

    for (row = ngx_auth_cert_conf_trust_rows; row->name.len; row++) {

        if (!ngx_auth_cert_reference_equal(&row->name, &value[0])) {
            continue;
        }

        if (cf->args->nelts != row->args + 1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "auth_cert_trust \"%V\": invalid number of "
                               "arguments in \"%V\" directive, expected %ui",
                               &trust->name, &value[0], row->args);
            return NGX_CONF_ERROR;
        }

        rv = row->set(cf, trust, &value[1]);

        if (rv != NGX_CONF_OK && rv != NGX_CONF_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "auth_cert_trust \"%V\": \"%V %V\": %s",
                               &trust->name, &value[0], &value[1], rv);
            return NGX_CONF_ERROR;
        }

        return rv;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "auth_cert_trust \"%V\": unknown directive \"%V\", "
                       "expected \"ca\", \"crl\", \"crl_check\", "
                       "\"crl_missing\", \"crl_expired\", \"depth\", "
                       "\"purpose\" or \"partial_chain\"",
                       &trust->name, &value[0]);

    return NGX_CONF_ERROR;
}


static char *
ngx_auth_cert_conf_depth(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *value)
{
    if (trust->depth != NGX_CONF_UNSET) {
        return ngx_auth_cert_conf_duplicate;
    }

    trust->depth = ngx_atoi(value->data, value->len);

    if (trust->depth == NGX_ERROR || trust->depth > NGX_AUTH_CERT_MAX_CHAIN) {
        return "invalid number of CA certificates, expected 0 to "
               ngx_value(NGX_AUTH_CERT_MAX_CHAIN);
    }

    return NGX_CONF_OK;
}


static char *
ngx_auth_cert_conf_purpose(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *value)
{
    static ngx_str_t  sslclient = ngx_string("sslclient");
    static ngx_str_t  any = ngx_string("any");

    if (trust->purpose != NGX_CONF_UNSET) {
        return ngx_auth_cert_conf_duplicate;
    }

    if (ngx_auth_cert_reference_equal(value, &sslclient)) {
        trust->purpose = X509_PURPOSE_SSL_CLIENT;

    } else if (ngx_auth_cert_reference_equal(value, &any)) {
        trust->purpose = X509_PURPOSE_ANY;

    } else {
        return "unknown purpose, expected \"sslclient\" or \"any\"";
    }

    return NGX_CONF_OK;
}


static char *
ngx_auth_cert_conf_partial_chain(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *value)
{
    static ngx_str_t  on = ngx_string("on");
    static ngx_str_t  off = ngx_string("off");

    if (trust->partial_chain != NGX_CONF_UNSET) {
        return ngx_auth_cert_conf_duplicate;
    }

    if (ngx_auth_cert_reference_equal(value, &on)) {
        trust->partial_chain = 1;

    } else if (ngx_auth_cert_reference_equal(value, &off)) {
        trust->partial_chain = 0;

    } else {
        return "expected \"on\" or \"off\"";
    }

    return NGX_CONF_OK;
}


static char *
ngx_auth_cert_conf_crl_check(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *value)
{
    char  *rv;

    rv = ngx_auth_cert_conf_choice(value, "chain", "leaf", &trust->crl_leaf);

    return (rv == NGX_CONF_ERROR)
           ? "unknown choice, expected \"chain\" or \"leaf\"" : rv;
}


static char *
ngx_auth_cert_conf_crl_missing(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *value)
{
    char  *rv;

    rv = ngx_auth_cert_conf_choice(value, "deny", "allow",
                                   &trust->crl_options.missing_allow);

    return (rv == NGX_CONF_ERROR)
           ? "unknown choice, expected \"deny\" or \"allow\"" : rv;
}


static char *
ngx_auth_cert_conf_crl_expired(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *value)
{
    char  *rv;

    rv = ngx_auth_cert_conf_choice(value, "deny", "allow",
                                   &trust->crl_options.expired_allow);

    return (rv == NGX_CONF_ERROR)
           ? "unknown choice, expected \"deny\" or \"allow\"" : rv;
}


/* NGX_CONF_ERROR for another word */

static char *
ngx_auth_cert_conf_choice(ngx_str_t *value, const char *zero, const char *one,
    ngx_uint_t *choice)
{
    if (*choice != NGX_CONF_UNSET_UINT) {
        return ngx_auth_cert_conf_duplicate;
    }

    if (ngx_strcmp(value->data, zero) == 0) {
        *choice = 0;

    } else if (ngx_strcmp(value->data, one) == 0) {
        *choice = 1;

    } else {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_auth_cert_conf_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_auth_cert_main_conf_t *amcf = conf;

    char                     *rv;
    ngx_str_t                *value;
    ngx_auth_cert_policy_t   *policy, **policies;

    value = cf->args->elts;

    if (ngx_auth_cert_reference_define(cf, amcf, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    policy = ngx_auth_cert_policy_create(cf, amcf, "auth_cert_policy",
                                         &value[1]);
    if (policy == NULL) {
        return NGX_CONF_ERROR;
    }

    rv = ngx_auth_cert_conf_block(cf, ngx_auth_cert_conf_policy_line, policy);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (policy->rules.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_policy \"%V\" is empty, add rules such "
                           "as \"allow verified;\" or \"deny all;\"",
                           &policy->name);
        return NGX_CONF_ERROR;
    }

    policies = ngx_array_push(&amcf->policies);
    if (policies == NULL) {
        return NGX_CONF_ERROR;
    }

    *policies = policy;

    if (ngx_auth_cert_reach_policy(cf, policy) != NGX_OK
        || ngx_auth_cert_run_compile(cf, policy) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_auth_cert_conf_policy_line(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf)
{
    char       *rv;
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_auth_cert_conf_include(cf, conf, &rv) == NGX_OK) {
        return rv;
    }

    return ngx_auth_cert_rule_add(cf, conf, value, cf->args->nelts);
}
