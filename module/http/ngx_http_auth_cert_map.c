
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * auth_cert_map: a variable from the values of a certificate's field.  A map
 * is a policy whose roles are the values.
 */


#include "ngx_http_auth_cert.h"
#include "ngx_auth_cert_zone.h"


static char *ngx_http_auth_cert_map_name(const ngx_str_t *name);
static ngx_int_t ngx_http_auth_cert_get_map(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_auth_cert_make_map(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static void ngx_http_auth_cert_map_value(ngx_http_variable_value_t *v,
    const ngx_auth_cert_verdict_t *verdict, const ngx_str_t *def);


char *
ngx_http_auth_cert_map(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_auth_cert_main_conf_t *amcf = conf;

    char                 *rv;
    ngx_str_t            *value, name, selector;
    ngx_http_variable_t  *var;

    amcf->used = 1;

    value = cf->args->elts;
    name = value[1];
    selector = value[2];

    var = NULL;
    rv = ngx_http_auth_cert_map_name(&name);

    if (rv == NULL) {
        name.len--;
        name.data++;

        var = ngx_http_add_variable(cf, &name,
                                    NGX_HTTP_VAR_CHANGEABLE
                                    |NGX_HTTP_VAR_NOCACHEABLE);
        if (var == NULL) {
            return NGX_CONF_ERROR;
        }

        if (var->get_handler) {
            rv = "the variable is defined already, take another name";
        }
    }

    if (rv) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "auth_cert_map \"%V\": %s",
                           &value[1], rv);
        return NGX_CONF_ERROR;
    }

    var->data = (uintptr_t) ngx_auth_cert_conf_map(cf, &amcf->core, &selector);
    if (var->data == 0) {
        return NGX_CONF_ERROR;
    }

    var->get_handler = ngx_http_auth_cert_get_map;

    return NGX_CONF_OK;
}


static char *
ngx_http_auth_cert_map_name(const ngx_str_t *name)
{
    u_char  c;
    size_t  i;

    for (i = 1; i < name->len; i++) {
        c = name->data[i];

        if (!(c >= '0' && c <= '9') && c != '_'
            && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
        {
            break;
        }
    }

    if (name->len < 2 || name->data[0] != '$' || i < name->len) {
        return "invalid variable, expected \"$\" and a name of letters, digits "
               "and \"_\"";
    }

    return NULL;
}


static ngx_int_t
ngx_http_auth_cert_get_map(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    return ngx_http_auth_cert_make(r, v, data, ngx_http_auth_cert_make_map);
}


/* an error is none of its values: the default would say that no line matches */

static ngx_int_t
ngx_http_auth_cert_make_map(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_auth_cert_policy_t *policy = (ngx_auth_cert_policy_t *) data;

    ngx_str_t                       values[2];
    ngx_uint_t                      keep;
    ngx_atomic_uint_t               epoch;
    ngx_auth_cert_verdict_t         verdict;
    ngx_auth_cert_decision_t       *decision;
    ngx_auth_cert_principal_t       principal;
    const ngx_auth_cert_verdict_t  *kept;

    decision = ngx_http_auth_cert_identify(r);

    if (decision == NULL) {
        return NGX_ERROR;
    }

    epoch = *policy->conf->zone->generation;

    /* without an identity there is nothing that would be worth keeping */

    keep = (decision->identity && !policy->dynamic);

    if (keep) {
        kept = ngx_auth_cert_decide_kept(decision->peer, policy,
                                         decision->result, epoch);
        if (kept) {
            ngx_http_auth_cert_map_value(v, kept, &policy->def);
            return NGX_OK;
        }
    }

    ngx_auth_cert_decide_principal(decision, values, &principal);

    if (ngx_auth_cert_policy_evaluate(policy, &principal, r, r->pool,
                                      r->connection->log, &verdict)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (keep) {
        ngx_auth_cert_decide_keep(decision->peer, policy, decision->result,
                                  epoch, &verdict);
    }

    ngx_http_auth_cert_map_value(v, &verdict, &policy->def);

    return NGX_OK;
}


static void
ngx_http_auth_cert_map_value(ngx_http_variable_value_t *v,
    const ngx_auth_cert_verdict_t *verdict, const ngx_str_t *def)
{
    const ngx_str_t  *value;

    value = verdict->allow ? &verdict->role : def;

    v->len = value->len;
    v->data = value->data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
}
