
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * auth_cert_whoami: answers with what the module sees of the client, what it
 * decides, and why, as JSON.  The status is that of the verdict.
 */


#include "ngx_http_auth_cert.h"


static ngx_int_t ngx_http_auth_cert_whoami_handler(ngx_http_request_t *r);
static ngx_uint_t ngx_http_auth_cert_whoami_status(ngx_http_request_t *r,
    const ngx_http_auth_cert_loc_conf_t *alcf,
    const ngx_auth_cert_verdict_t *verdict);
static ngx_int_t ngx_http_auth_cert_whoami_json(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t enabled,
    ngx_str_t *json);
static ngx_int_t ngx_http_auth_cert_whoami_verify(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_str_t *json);
static ngx_int_t ngx_http_auth_cert_whoami_verdict(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t enabled,
    ngx_str_t *json);


char *
ngx_http_auth_cert_whoami(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_auth_cert_loc_conf_t *alcf = conf;

    ngx_http_core_loc_conf_t        *clcf;
    ngx_http_auth_cert_main_conf_t  *amcf;

    if (alcf->whoami) {
        return "is duplicate";
    }

    alcf->whoami = 1;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);
    amcf->used = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_auth_cert_whoami_handler;

    return NGX_CONF_OK;
}


void
ngx_http_auth_cert_whoami_merge(ngx_conf_t *cf,
    ngx_http_auth_cert_loc_conf_t *prev, ngx_http_auth_cert_loc_conf_t *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (prev->whoami && (clcf->noname || clcf->lmt_excpt)
        && clcf->handler == NULL)
    {
        conf->whoami = 1;
        clcf->handler = ngx_http_auth_cert_whoami_handler;
    }
}


ngx_uint_t
ngx_http_auth_cert_whoami_answers(ngx_http_request_t *r)
{
    return r->content_handler == ngx_http_auth_cert_whoami_handler;
}


static ngx_int_t
ngx_http_auth_cert_whoami_handler(ngx_http_request_t *r)
{
    ngx_int_t                       rc;
    ngx_str_t                       json;
    ngx_uint_t                      status;
    ngx_http_complex_value_t        cv;
    ngx_auth_cert_decision_t       *decision;
    ngx_http_auth_cert_loc_conf_t  *alcf;

    static ngx_str_t  type = ngx_string("application/json");

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_auth_cert_module);

    decision = ngx_http_auth_cert_decision(r);

    if (decision == NULL
        || ngx_http_auth_cert_whoami_json(r, decision,
                                          alcf->setting.decider.enabled,
                                          &json)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(&cv, sizeof(ngx_http_complex_value_t));
    cv.value = json;

    status = ngx_http_auth_cert_whoami_status(r, alcf, &decision->verdict);

    return ngx_http_send_response(r, status, &type, &cv);
}


static ngx_uint_t
ngx_http_auth_cert_whoami_status(ngx_http_request_t *r,
    const ngx_http_auth_cert_loc_conf_t *alcf,
    const ngx_auth_cert_verdict_t *verdict)
{
    ngx_uint_t                 status;
    ngx_http_core_loc_conf_t  *clcf;

    if (!alcf->setting.decider.enabled || verdict->allow) {
        return NGX_HTTP_OK;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    /* the access phase, which subrequests do not have, let it pass */

    if (r == r->main && clcf->satisfy == NGX_HTTP_SATISFY_ANY) {
        return NGX_HTTP_OK;
    }

    status = ngx_http_auth_cert_status(alcf, verdict);

    /* these are of nginx's own use, clients get 400 for them */

    if (status == NGX_HTTPS_CERT_ERROR || status == NGX_HTTPS_NO_CERT) {
        return NGX_HTTP_BAD_REQUEST;
    }

    return status;
}


static ngx_int_t
ngx_http_auth_cert_whoami_json(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t enabled,
    ngx_str_t *json)
{
    size_t                           len;
    ngx_str_t                        verify, identity, verdict;
    const ngx_auth_cert_identity_t  *shown;

    shown = decision->identity;

    /* also of a certificate that did not verify: to see why */

    if (shown == NULL && decision->peer && decision->peer->cert) {
        shown = ngx_auth_cert_peer_identity(decision->peer,
                                            r->connection->log);
        if (shown == NULL) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_auth_cert_whoami_verify(r, decision, &verify) != NGX_OK
        || ngx_auth_cert_format_json_identity(r->pool, shown, &identity)
           != NGX_OK
        || ngx_http_auth_cert_whoami_verdict(r, decision, enabled, &verdict)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    len = sizeof("{\"verify\": , \"identity\": , \"verdict\": }\n") - 1
          + verify.len + identity.len + verdict.len;

    json->data = ngx_pnalloc(r->pool, len);
    if (json->data == NULL) {
        return NGX_ERROR;
    }

    json->len = ngx_sprintf(json->data,
                            "{\"verify\": %V, \"identity\": %V, "
                            "\"verdict\": %V}\n",
                            &verify, &identity, &verdict)
                - json->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_auth_cert_whoami_verify(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_str_t *json)
{
    ngx_str_t    error, trust, name;
    const char  *status;

    ngx_str_null(&error);
    ngx_str_null(&name);

    if (decision->identity) {
        status = "SUCCESS";
        name = decision->result->trust->name;

    } else if (decision->verdict.reason == NGX_AUTH_CERT_REASON_ERROR) {
        status = "FAILED";
        ngx_str_set(&error, "internal error");

    } else if (decision->result == NULL) {
        status = "NONE";

    } else {
        status = "FAILED";
        error.data = (u_char *)
                     X509_verify_cert_error_string(decision->result->error);
        error.len = ngx_strlen(error.data);
    }

    if (ngx_auth_cert_format_json_string(r->pool, &error, &error) != NGX_OK
        || ngx_auth_cert_format_json_string(r->pool, &name, &trust) != NGX_OK)
    {
        return NGX_ERROR;
    }

    json->data = ngx_pnalloc(r->pool, sizeof("{\"status\": \"SUCCESS\", "
                                             "\"error\": , \"trust\": }")
                                      + error.len + trust.len);
    if (json->data == NULL) {
        return NGX_ERROR;
    }

    json->len = ngx_sprintf(json->data,
                            "{\"status\": \"%s\", \"error\": %V, "
                            "\"trust\": %V}",
                            status, &error, &trust)
                - json->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_auth_cert_whoami_verdict(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t enabled,
    ngx_str_t *json)
{
    u_char                         *p;
    ngx_str_t                       policy, role, reason, text;
    const ngx_auth_cert_verdict_t  *verdict;

    if (!enabled) {
        ngx_str_set(json, "null");
        return NGX_OK;
    }

    verdict = &decision->verdict;

    ngx_str_null(&policy);
    ngx_str_null(&role);

    if (verdict->policy) {
        policy = verdict->policy->name;
    }

    if (verdict->role.len) {
        role = verdict->role;
    }

    if (ngx_auth_cert_log_reason(r->pool, verdict, decision->result, &text)
        != NGX_OK
        || ngx_auth_cert_format_json_string(r->pool, &policy, &policy)
           != NGX_OK
        || ngx_auth_cert_format_json_string(r->pool, &role, &role) != NGX_OK
        || ngx_auth_cert_format_json_string(r->pool, &text, &reason)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    json->data = ngx_pnalloc(r->pool, sizeof("{\"decision\": \"allow\", "
                                             "\"policy\": , \"rule\": null, "
                                             "\"role\": , \"reason\": }")
                                      + policy.len + NGX_INT_T_LEN + role.len
                                      + reason.len);
    if (json->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(json->data, "{\"decision\": \"%s\", \"policy\": %V, "
                    "\"rule\": ",
                    verdict->allow ? "allow" : "deny", &policy);

    if (verdict->rule) {
        p = ngx_sprintf(p, "%ui", verdict->rule);

    } else {
        p = ngx_sprintf(p, "null");
    }

    p = ngx_sprintf(p, ", \"role\": %V, \"reason\": %V}", &role, &reason);

    json->len = p - json->data;

    return NGX_OK;
}
