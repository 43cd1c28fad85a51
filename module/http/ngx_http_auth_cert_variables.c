
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The $auth_cert_* variables: their table, and those that tell what the
 * certificate says.
 */


#include "ngx_http_auth_cert.h"


/*
 * A variable's row.  Facts of the certificate do not change in a connection:
 * their texts are kept with the peer, one for each row.  The others are made
 * anew.
 */

typedef struct ngx_http_auth_cert_variable_s  ngx_http_auth_cert_variable_t;

typedef ngx_int_t (*ngx_http_auth_cert_get_pt)(ngx_http_request_t *r,
    ngx_pool_t *pool, const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value);


struct ngx_http_auth_cert_variable_s {
    ngx_str_t                         name;

    /* NULL data: none */
    ngx_str_t                         selector;

    /* of facts; called with the peer's pool */
    ngx_http_auth_cert_get_pt         get;

    /* of all else */
    ngx_http_get_variable_pt          handler;
};


/* what a variable's data points to, made once a cycle */

typedef struct {
    ngx_uint_t                        index;      /* of its row */
    ngx_auth_cert_selector_t          selector;
} ngx_http_auth_cert_variable_data_t;


static ngx_int_t ngx_http_auth_cert_get_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_auth_cert_get_fact(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static const ngx_str_t *ngx_http_auth_cert_fact(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t index,
    const ngx_auth_cert_selector_t *selector);
static const ngx_str_t *ngx_http_auth_cert_make_fact(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t index,
    const ngx_auth_cert_selector_t *selector);
static ngx_int_t ngx_http_auth_cert_get_values(ngx_http_request_t *r,
    ngx_pool_t *pool, const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value);
static ngx_int_t ngx_http_auth_cert_get_subject(ngx_http_request_t *r,
    ngx_pool_t *pool, const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value);
static ngx_int_t ngx_http_auth_cert_get_issuer(ngx_http_request_t *r,
    ngx_pool_t *pool, const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value);
static ngx_int_t ngx_http_auth_cert_get_trust_domain(ngx_http_request_t *r,
    ngx_pool_t *pool, const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value);
static ngx_int_t ngx_http_auth_cert_get_not_before(ngx_http_request_t *r,
    ngx_pool_t *pool, const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value);
static ngx_int_t ngx_http_auth_cert_get_not_after(ngx_http_request_t *r,
    ngx_pool_t *pool, const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value);
static ngx_int_t ngx_http_auth_cert_get_rfc9440(ngx_http_request_t *r,
    ngx_pool_t *pool, const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value);
static ngx_int_t ngx_http_auth_cert_get_xfcc(ngx_http_request_t *r,
    ngx_pool_t *pool, const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value);


#define ngx_http_auth_cert_field(name, selector)                              \
    { ngx_string("auth_cert_" name), ngx_string(selector),                    \
      ngx_http_auth_cert_get_values, NULL }

#define ngx_http_auth_cert_made(name, get)                                    \
    { ngx_string("auth_cert_" name), ngx_null_string, get, NULL }

#define ngx_http_auth_cert_state(name, handler)                               \
    { ngx_string("auth_cert_" name), ngx_null_string, NULL, handler }


/* rows that the forwarding headers use, by their place in the table */

#define NGX_HTTP_AUTH_CERT_ROW_RFC9440  0
#define NGX_HTTP_AUTH_CERT_ROW_XFCC     1


static const ngx_http_auth_cert_variable_t  ngx_http_auth_cert_variables[] = {

    ngx_http_auth_cert_made("rfc9440", ngx_http_auth_cert_get_rfc9440),
    ngx_http_auth_cert_made("xfcc", ngx_http_auth_cert_get_xfcc),

    ngx_http_auth_cert_made("subject", ngx_http_auth_cert_get_subject),
    ngx_http_auth_cert_made("issuer", ngx_http_auth_cert_get_issuer),

    ngx_http_auth_cert_field("subject_cn", "subject.CN"),
    ngx_http_auth_cert_field("subject_o", "subject.O"),
    ngx_http_auth_cert_field("subject_ou", "subject.OU"),
    ngx_http_auth_cert_field("subject_c", "subject.C"),
    ngx_http_auth_cert_field("subject_st", "subject.ST"),
    ngx_http_auth_cert_field("subject_l", "subject.L"),
    ngx_http_auth_cert_field("subject_street", "subject.street"),
    ngx_http_auth_cert_field("subject_dc", "subject.DC"),
    ngx_http_auth_cert_field("subject_uid", "subject.UID"),
    ngx_http_auth_cert_field("subject_email", "subject.emailAddress"),
    ngx_http_auth_cert_field("subject_serial_number", "subject.serialNumber"),
    ngx_http_auth_cert_field("subject_given_name", "subject.GN"),
    ngx_http_auth_cert_field("subject_surname", "subject.SN"),
    ngx_http_auth_cert_field("subject_title", "subject.title"),

    ngx_http_auth_cert_field("issuer_cn", "issuer.CN"),
    ngx_http_auth_cert_field("issuer_o", "issuer.O"),
    ngx_http_auth_cert_field("issuer_ou", "issuer.OU"),
    ngx_http_auth_cert_field("issuer_c", "issuer.C"),
    ngx_http_auth_cert_field("issuer_st", "issuer.ST"),
    ngx_http_auth_cert_field("issuer_l", "issuer.L"),
    ngx_http_auth_cert_field("issuer_dc", "issuer.DC"),

    ngx_http_auth_cert_field("san_dns", "san.dns"),
    ngx_http_auth_cert_field("san_uri", "san.uri"),
    ngx_http_auth_cert_field("san_email", "san.email"),
    ngx_http_auth_cert_field("san_ip", "san.ip"),
    ngx_http_auth_cert_field("san_upn", "san.upn"),
    ngx_http_auth_cert_field("san_dirname", "san.dirname"),
    ngx_http_auth_cert_field("san_rid", "san.rid"),

    ngx_http_auth_cert_field("spiffe_id", "spiffe_id"),
    ngx_http_auth_cert_made("spiffe_trust_domain",
                            ngx_http_auth_cert_get_trust_domain),

    ngx_http_auth_cert_field("serial", "serial"),
    ngx_http_auth_cert_field("fingerprint", "fingerprint"),
    ngx_http_auth_cert_field("spki", "spki"),
    ngx_http_auth_cert_field("eku", "eku"),
    ngx_http_auth_cert_field("policies", "policy"),

    ngx_http_auth_cert_made("not_before", ngx_http_auth_cert_get_not_before),
    ngx_http_auth_cert_made("not_after", ngx_http_auth_cert_get_not_after),
    ngx_http_auth_cert_state("days_left", ngx_http_auth_cert_get_days_left),

    ngx_http_auth_cert_state("verify", ngx_http_auth_cert_get_verify),
    ngx_http_auth_cert_state("trust", ngx_http_auth_cert_get_trust),
    ngx_http_auth_cert_state("ca", ngx_http_auth_cert_get_ca),
    ngx_http_auth_cert_state("chain_rfc9440", ngx_http_auth_cert_get_chain),
    ngx_http_auth_cert_state("role", ngx_http_auth_cert_get_role),
    ngx_http_auth_cert_state("decision", ngx_http_auth_cert_get_decision),
    ngx_http_auth_cert_state("rule", ngx_http_auth_cert_get_rule),
    ngx_http_auth_cert_state("reason", ngx_http_auth_cert_get_reason),
    ngx_http_auth_cert_state("reload_failures",
                             ngx_http_auth_cert_get_reload_failures)
};

#define NGX_HTTP_AUTH_CERT_VARIABLES                                          \
    (sizeof(ngx_http_auth_cert_variables)                                     \
     / sizeof(ngx_http_auth_cert_variable_t))


/*
 * No variable is cacheable: after an internal redirect the same name means
 * what the new location's sets and policies say.
 */

ngx_int_t
ngx_http_auth_cert_add_variables(ngx_conf_t *cf)
{
    char                                 *error;
    ngx_str_t                             name;
    ngx_uint_t                            i;
    ngx_http_variable_t                  *var;
    ngx_http_auth_cert_variable_data_t   *data;
    const ngx_http_auth_cert_variable_t  *row;

    data = ngx_pcalloc(cf->pool,
                       NGX_HTTP_AUTH_CERT_VARIABLES
                       * sizeof(ngx_http_auth_cert_variable_data_t));
    if (data == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_HTTP_AUTH_CERT_VARIABLES; i++) {
        row = &ngx_http_auth_cert_variables[i];
        name = row->name;

        var = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
        if (var == NULL) {
            return NGX_ERROR;
        }

        data[i].index = i;

        var->get_handler = ngx_http_auth_cert_get_variable;
        var->data = (uintptr_t) &data[i];

        if (row->selector.len == 0) {
            continue;
        }

        name = row->selector;

        error = ngx_auth_cert_field_selector(cf, &ngx_http_auth_cert_front,
                                             &name, &data[i].selector);
        if (error != NULL) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "auth_cert: selector \"%V\": %s", &name, error);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_auth_cert_variables_used(ngx_conf_t *cf,
    ngx_http_auth_cert_main_conf_t *amcf)
{
    ngx_uint_t                  i, used;
    ngx_http_variable_t        *v;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    /*
     * the default, 64, is made for nginx's own short names: with these, and
     * those of another module, nginx would warn that the hash is not optimal
     */

    cmcf->variables_hash_bucket_size =
                               ngx_max(cmcf->variables_hash_bucket_size, 128);

    v = cmcf->variables.elts;
    used = 0;

    for (i = 0; i < cmcf->variables.nelts; i++) {

        if (v[i].name.len <= sizeof("auth_cert_") - 1
            || ngx_strncmp(v[i].name.data, "auth_cert_",
                           sizeof("auth_cert_") - 1)
               != 0)
        {
            continue;
        }

        used = 1;

        if (v[i].name.len == sizeof("auth_cert_xfcc") - 1
            && ngx_strncmp(v[i].name.data, "auth_cert_xfcc", v[i].name.len)
               == 0)
        {
            amcf->needs_uri = 1;
        }
    }

    return used;
}


static ngx_int_t
ngx_http_auth_cert_get_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_auth_cert_variable_data_t  *variable;

    const ngx_http_auth_cert_variable_t  *row;

    variable = (ngx_http_auth_cert_variable_data_t *) data;
    row = &ngx_http_auth_cert_variables[variable->index];

    return ngx_http_auth_cert_make(r, v, data,
                                   row->get ? ngx_http_auth_cert_get_fact
                                            : row->handler);
}


/* facts: nothing is found unless the location's sets vouch */

static ngx_int_t
ngx_http_auth_cert_get_fact(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_auth_cert_variable_data_t  *variable;

    const ngx_str_t           *value;
    ngx_auth_cert_decision_t  *decision;

    variable = (ngx_http_auth_cert_variable_data_t *) data;

    if (ngx_http_auth_cert_variable_identity(r, v, &decision) != NGX_OK) {
        return NGX_ERROR;
    }

    if (decision == NULL) {
        return NGX_OK;
    }

    value = ngx_http_auth_cert_fact(r, decision, variable->index,
                                    &variable->selector);
    if (value == NULL) {
        return NGX_ERROR;
    }

    ngx_http_auth_cert_set_value(v, value);

    return NGX_OK;
}


/* NULL when memory runs out */

static const ngx_str_t *
ngx_http_auth_cert_fact(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t index,
    const ngx_auth_cert_selector_t *selector)
{
    const ngx_str_t  *texts;

    texts = decision->peer->cached;

    if (texts && texts[index].data) {
        return &texts[index];
    }

    return ngx_http_auth_cert_make_fact(r, decision, index, selector);
}


static const ngx_str_t *
ngx_http_auth_cert_make_fact(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t index,
    const ngx_auth_cert_selector_t *selector)
{
    ngx_str_t             *texts;
    ngx_auth_cert_peer_t  *peer;

    peer = decision->peer;
    texts = peer->cached;

    if (texts == NULL) {
        texts = ngx_pcalloc(peer->pool,
                            NGX_HTTP_AUTH_CERT_VARIABLES * sizeof(ngx_str_t));
        if (texts == NULL) {
            return NULL;
        }

        peer->cached = texts;
    }

    if (ngx_http_auth_cert_variables[index].get(r, peer->pool, decision,
                                                selector, &texts[index])
        != NGX_OK
        || ngx_auth_cert_format_sanitize(peer->pool, &texts[index],
                                         &texts[index])
           != NGX_OK
        || decision->identity->spoilt)
    {
        ngx_str_null(&texts[index]);
        return NULL;
    }

    /* an empty text is a text, too: it is not made again */

    if (texts[index].data == NULL) {
        ngx_str_set(&texts[index], "");
    }

    return &texts[index];
}


static ngx_int_t
ngx_http_auth_cert_get_values(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value)
{
    ngx_str_t                      values[2];
    ngx_auth_cert_principal_t      principal;
    const ngx_auth_cert_values_t  *field;

    ngx_auth_cert_decide_principal(decision, values, &principal);

    field = selector->field->values(&principal, &selector->argument);

    return ngx_auth_cert_format_values(pool, field, value);
}


static ngx_int_t
ngx_http_auth_cert_get_subject(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value)
{
    ngx_auth_cert_identity_need(decision->identity,
                                NGX_AUTH_CERT_PART_SUBJECT);

    return ngx_auth_cert_format_name_value(pool,
                                           &decision->identity->subject.text,
                                           value);
}


static ngx_int_t
ngx_http_auth_cert_get_issuer(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value)
{
    ngx_auth_cert_identity_need(decision->identity, NGX_AUTH_CERT_PART_ISSUER);

    return ngx_auth_cert_format_name_value(pool,
                                           &decision->identity->issuer.text,
                                           value);
}


static ngx_int_t
ngx_http_auth_cert_get_trust_domain(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value)
{
    ngx_auth_cert_identity_need(decision->identity, NGX_AUTH_CERT_PART_SPIFFE);

    *value = decision->identity->spiffe_trust_domain;
    return NGX_OK;
}


static ngx_int_t
ngx_http_auth_cert_get_not_before(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value)
{
    ngx_auth_cert_identity_need(decision->identity, NGX_AUTH_CERT_PART_SPAN);

    return ngx_auth_cert_format_time(pool, decision->identity->not_before,
                                     value);
}


static ngx_int_t
ngx_http_auth_cert_get_not_after(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value)
{
    ngx_auth_cert_identity_need(decision->identity, NGX_AUTH_CERT_PART_SPAN);

    return ngx_auth_cert_format_time(pool, decision->identity->not_after,
                                     value);
}


static ngx_int_t
ngx_http_auth_cert_get_rfc9440(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value)
{
    ngx_auth_cert_identity_need(decision->identity, NGX_AUTH_CERT_PART_DER);

    if (decision->identity->der.len == 0) {
        return NGX_ERROR;
    }

    return ngx_auth_cert_format_rfc9440(pool, &decision->identity->der, value);
}


static ngx_int_t
ngx_http_auth_cert_get_xfcc(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_auth_cert_decision_t *decision,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *value)
{
    ngx_http_conf_ctx_t            *ctx;
    ngx_http_auth_cert_srv_conf_t  *ascf;

    /* of the server whose certificate was shown, whatever "Host" says */

    ctx = r->main->http_connection->conf_ctx;
    ascf = ctx->srv_conf[ngx_http_auth_cert_module.ctx_index];

    return ngx_auth_cert_format_xfcc(pool, decision->identity, &ascf->uris,
                                     value);
}


ngx_int_t
ngx_http_auth_cert_rfc9440(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_str_t *value)
{
    const ngx_str_t  *text;

    text = ngx_http_auth_cert_fact(r, decision, NGX_HTTP_AUTH_CERT_ROW_RFC9440,
                                   NULL);
    if (text == NULL) {
        return NGX_ERROR;
    }

    *value = *text;

    return NGX_OK;
}


ngx_int_t
ngx_http_auth_cert_xfcc(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_str_t *value)
{
    const ngx_str_t  *text;

    text = ngx_http_auth_cert_fact(r, decision, NGX_HTTP_AUTH_CERT_ROW_XFCC,
                                   NULL);
    if (text == NULL) {
        return NGX_ERROR;
    }

    *value = *text;

    return NGX_OK;
}
