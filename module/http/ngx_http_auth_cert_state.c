
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The $auth_cert_* variables that tell what the module makes of the client:
 * verification and verdict.  They are made anew for each request.
 */


#include "ngx_http_auth_cert.h"
#include "ngx_auth_cert_zone.h"


static ngx_int_t ngx_http_auth_cert_variable_decision(ngx_http_request_t *r,
    ngx_auth_cert_decision_t **decision);


void
ngx_http_auth_cert_set_value(ngx_http_variable_value_t *v,
    const ngx_str_t *value)
{
    if (value->len == 0) {
        v->not_found = 1;
        return;
    }

    v->len = value->len;
    v->data = value->data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
}


ngx_int_t
ngx_http_auth_cert_variable_identity(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, ngx_auth_cert_decision_t **decision)
{
    *decision = ngx_http_auth_cert_identify(r);

    if (*decision == NULL) {
        return NGX_ERROR;
    }

    if ((*decision)->identity == NULL) {
        *decision = NULL;
        v->not_found = 1;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_auth_cert_get_chain(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                  value;
    ngx_auth_cert_decision_t  *decision;

    if (ngx_http_auth_cert_variable_identity(r, v, &decision) != NGX_OK) {
        return NGX_ERROR;
    }

    if (decision == NULL) {
        return NGX_OK;
    }

    if (ngx_http_auth_cert_chain_rfc9440(r, decision, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_auth_cert_set_value(v, &value);

    return NGX_OK;
}


/*
 * RFC 9440, section 2.3: the chain that was used for validation, without the
 * leaf, and without the root, which the upstream has to know anyway.
 */

ngx_int_t
ngx_http_auth_cert_chain_rfc9440(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_str_t *value)
{
    X509                    *cert;
    ngx_int_t                i, n;
    ngx_str_t                ders[NGX_AUTH_CERT_MAX_VERIFIED], *text;
    ngx_pool_t              *pool;
    ngx_auth_cert_trust_t   *trust;
    ngx_auth_cert_result_t  *result;

    result = decision->result;
    text = &result->chain_rfc9440;

    if (text->data == NULL) {
        pool = decision->peer->pool;
        trust = (ngx_auth_cert_trust_t *) result->trust;

        /* a request can last, and the set have other CAs meanwhile */

        if (result->version != trust->version
            && (ngx_auth_cert_peer_verify(decision->peer, &trust, 1,
                                          result->security_level, result->ocsp,
                                          r->connection->log)
                == NULL
                || result->error != X509_V_OK))
        {
            return NGX_ERROR;
        }

        n = (ngx_int_t) result->chain.n - 2;

        for (i = 0; i < n; i++) {
            cert = ngx_auth_cert_peer_cert(decision->peer, result, i + 1,
                                           r->connection->log);

            if (cert == NULL
                || ngx_auth_cert_identity_der(r->pool, cert, &ders[i])
                   != NGX_OK)
            {
                return NGX_ERROR;
            }
        }

        if (n <= 0) {
            ngx_str_set(text, "");

        } else if (ngx_auth_cert_format_rfc9440_list(pool, ders, n, text)
                   != NGX_OK)
        {
            ngx_str_null(text);
            return NGX_ERROR;
        }
    }

    *value = *text;

    return NGX_OK;
}


/* NONE also where a certificate was sent that nobody here verifies */

ngx_int_t
ngx_http_auth_cert_get_verify(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                  value;
    const char                *error;
    ngx_auth_cert_decision_t  *decision;

    decision = ngx_http_auth_cert_identify(r);

    if (decision == NULL) {
        return NGX_ERROR;
    }

    if (decision->identity) {
        ngx_str_set(&value, "SUCCESS");

    } else if (decision->result == NULL) {
        ngx_str_set(&value, "NONE");

    } else {
        error = X509_verify_cert_error_string(decision->result->error);

        value.data = ngx_pnalloc(r->pool,
                                 sizeof("FAILED:") - 1 + ngx_strlen(error));
        if (value.data == NULL) {
            return NGX_ERROR;
        }

        value.len = ngx_sprintf(value.data, "FAILED:%s", error) - value.data;
    }

    ngx_http_auth_cert_set_value(v, &value);

    return NGX_OK;
}


ngx_int_t
ngx_http_auth_cert_get_trust(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_auth_cert_decision_t  *decision;

    if (ngx_http_auth_cert_variable_identity(r, v, &decision) != NGX_OK) {
        return NGX_ERROR;
    }

    if (decision == NULL) {
        return NGX_OK;
    }

    ngx_http_auth_cert_set_value(v, &decision->result->trust->name);

    return NGX_OK;
}


ngx_int_t
ngx_http_auth_cert_get_ca(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                  value;
    ngx_auth_cert_decision_t  *decision;

    if (ngx_http_auth_cert_variable_identity(r, v, &decision) != NGX_OK) {
        return NGX_ERROR;
    }

    if (decision == NULL) {
        return NGX_OK;
    }

    value.len = NGX_AUTH_CERT_DIGEST_HEX;
    value.data = decision->result->anchor;

    ngx_http_auth_cert_set_value(v, &value);

    return NGX_OK;
}


ngx_int_t
ngx_http_auth_cert_get_days_left(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    time_t                     left;
    ngx_str_t                  value;
    ngx_auth_cert_decision_t  *decision;

    if (ngx_http_auth_cert_variable_identity(r, v, &decision) != NGX_OK) {
        return NGX_ERROR;
    }

    if (decision == NULL) {
        return NGX_OK;
    }

    value.data = ngx_pnalloc(r->pool, NGX_TIME_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    ngx_auth_cert_identity_need(decision->identity, NGX_AUTH_CERT_PART_SPAN);

    /* memory ran out: it would be as far away as can be */

    if (decision->identity->not_after == NGX_AUTH_CERT_NO_TIME) {
        return NGX_ERROR;
    }

    left = decision->identity->not_after - ngx_time();
    value.len = ngx_sprintf(value.data, "%T", left > 0 ? left / 86400 : 0)
                - value.data;

    ngx_http_auth_cert_set_value(v, &value);

    return NGX_OK;
}


/*
 * Where nothing is decided it is the decision that brought the request here,
 * by error_page; NULL if there is none.  NGX_OK, NGX_ERROR
 */

static ngx_int_t
ngx_http_auth_cert_variable_decision(ngx_http_request_t *r,
    ngx_auth_cert_decision_t **decision)
{
    ngx_http_auth_cert_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_auth_cert_module);

    if (!alcf->setting.decider.enabled) {
        *decision = ngx_http_auth_cert_refused(r);
        return NGX_OK;
    }

    *decision = ngx_http_auth_cert_decision(r);

    if (*decision == NULL) {
        return NGX_ERROR;
    }

    /* an error that is not the verdict may be none the next time */

    return ((*decision)->verdict.reason == NGX_AUTH_CERT_REASON_ERROR
            && !ngx_http_auth_cert_decided(r))
           ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_http_auth_cert_get_role(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_auth_cert_decision_t  *decision;

    if (ngx_http_auth_cert_variable_decision(r, &decision) != NGX_OK) {
        return NGX_ERROR;
    }

    if (decision && decision->verdict.reason == NGX_AUTH_CERT_REASON_ERROR) {
        return NGX_ERROR;
    }

    if (decision == NULL || !decision->verdict.allow) {
        v->not_found = 1;
        return NGX_OK;
    }

    ngx_http_auth_cert_set_value(v, &decision->verdict.role);

    return NGX_OK;
}


ngx_int_t
ngx_http_auth_cert_get_decision(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                  value;
    ngx_auth_cert_decision_t  *decision;

    if (ngx_http_auth_cert_variable_decision(r, &decision) != NGX_OK) {
        return NGX_ERROR;
    }

    if (decision == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    if (decision->verdict.allow) {
        ngx_str_set(&value, "allow");

    } else {
        ngx_str_set(&value, "deny");
    }

    ngx_http_auth_cert_set_value(v, &value);

    return NGX_OK;
}


ngx_int_t
ngx_http_auth_cert_get_rule(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                  value;
    ngx_auth_cert_verdict_t   *verdict;
    ngx_auth_cert_decision_t  *decision;

    if (ngx_http_auth_cert_variable_decision(r, &decision) != NGX_OK) {
        return NGX_ERROR;
    }

    if (decision && decision->verdict.reason == NGX_AUTH_CERT_REASON_ERROR) {
        return NGX_ERROR;
    }

    if (decision == NULL || decision->verdict.rule == 0
        || decision->verdict.policy == NULL)
    {
        v->not_found = 1;
        return NGX_OK;
    }

    verdict = &decision->verdict;

    value.data = ngx_pnalloc(r->pool, verdict->policy->name.len + 1
                                      + NGX_INT_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%V:%ui", &verdict->policy->name,
                            verdict->rule)
                - value.data;

    ngx_http_auth_cert_set_value(v, &value);

    return NGX_OK;
}


ngx_int_t
ngx_http_auth_cert_get_reason(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                  value;
    ngx_auth_cert_decision_t  *decision;

    if (ngx_http_auth_cert_variable_decision(r, &decision) != NGX_OK) {
        return NGX_ERROR;
    }

    if (decision == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    if (ngx_auth_cert_log_reason(r->pool, &decision->verdict,
                                 decision->result, &value)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_auth_cert_set_value(v, &value);

    return NGX_OK;
}


/* files that were found to be bad since the zone was made */

ngx_int_t
ngx_http_auth_cert_get_reload_failures(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                        value;
    ngx_auth_cert_zone_t            *zone;
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_auth_cert_module);
    zone = amcf->core.zone;

    if (zone->shared == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    value.data = ngx_pnalloc(r->pool, NGX_ATOMIC_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%uA", zone->shared->failures)
                - value.data;

    ngx_http_auth_cert_set_value(v, &value);

    return NGX_OK;
}
