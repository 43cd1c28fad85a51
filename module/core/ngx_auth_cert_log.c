
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The name and the sentence of each reason, and the one log line of a client
 * that is refused.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert.h"


/*
 * nginx cuts a line of its log off at 2048 bytes, with the request's part at
 * the end of it.  Two names, a serial, a reason and a server name of these
 * lengths, together with a fingerprint, are below 1500.
 */
#define NGX_AUTH_CERT_LOG_NAME    400
#define NGX_AUTH_CERT_LOG_SERIAL  80
#define NGX_AUTH_CERT_LOG_REASON  300
#define NGX_AUTH_CERT_LOG_SNI     100


typedef ngx_int_t (*ngx_auth_cert_log_pt)(ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict,
    const ngx_auth_cert_result_t *result, ngx_str_t *text);


typedef struct {
    ngx_str_t                         name;
    ngx_auth_cert_log_pt              handler;    /* or the sentence */
    ngx_str_t                         sentence;
} ngx_auth_cert_log_reason_t;


static ngx_int_t ngx_auth_cert_log_rule(ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict,
    const ngx_auth_cert_result_t *result, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_log_no_rule(ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict,
    const ngx_auth_cert_result_t *result, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_log_not_verified(ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict,
    const ngx_auth_cert_result_t *result, ngx_str_t *text);
static void ngx_auth_cert_log_identity(ngx_uint_t level, ngx_log_t *log,
    ngx_pool_t *pool, ngx_str_t *reason, ngx_str_t *where,
    const ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_log_where(ngx_pool_t *pool,
    const ngx_str_t *sni, ngx_str_t *where);
static ngx_int_t ngx_auth_cert_log_value(ngx_pool_t *pool,
    const ngx_str_t *value, size_t max, ngx_str_t *text);
static void ngx_auth_cert_log_first(const ngx_auth_cert_values_t *values,
    ngx_str_t *value);


/* rows in the order of ngx_auth_cert_reason_e */

static const ngx_auth_cert_log_reason_t  ngx_auth_cert_log_reasons[] = {

    { ngx_string("none"), NULL,
      ngx_string("nothing was decided") },

    { ngx_string("allowed"), ngx_auth_cert_log_rule,
      ngx_null_string },

    { ngx_string("verified"), NULL,
      ngx_string("verified, no policy") },

    { ngx_string("anonymous"), NULL,
      ngx_string("no certificate, none required") },

    { ngx_string("denied"), ngx_auth_cert_log_rule,
      ngx_null_string },

    { ngx_string("no_rule"), ngx_auth_cert_log_no_rule,
      ngx_null_string },

    { ngx_string("no_certificate"), NULL,
      ngx_string("no certificate") },

    { ngx_string("not_verified"), ngx_auth_cert_log_not_verified,
      ngx_null_string },

    { ngx_string("not_asked"), NULL,
      ngx_string("the connection was never asked for a certificate") },

    { ngx_string("error"), NULL,
      ngx_string("internal error, see the error log") }
};


ngx_int_t
ngx_auth_cert_log_reason(ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict,
    const ngx_auth_cert_result_t *result, ngx_str_t *text)
{
    const ngx_auth_cert_log_reason_t  *reason;

    reason = &ngx_auth_cert_log_reasons[verdict->reason];

    if (reason->handler) {
        return reason->handler(pool, verdict, result, text);
    }

    *text = reason->sentence;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_log_rule(ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict,
    const ngx_auth_cert_result_t *result, ngx_str_t *text)
{
    const ngx_str_t  *name;

    name = &verdict->policy->name;

    text->data = ngx_pnalloc(pool, sizeof("rule  of policy ") + NGX_INT_T_LEN
                                   + name->len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = ngx_sprintf(text->data, "rule %ui of policy %V", verdict->rule,
                            name)
                - text->data;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_log_no_rule(ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict,
    const ngx_auth_cert_result_t *result, ngx_str_t *text)
{
    const ngx_str_t  *name;

    name = &verdict->policy->name;

    text->data = ngx_pnalloc(pool, sizeof("no rule of policy  matched")
                                   + name->len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = ngx_sprintf(text->data, "no rule of policy %V matched", name)
                - text->data;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_log_not_verified(ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict,
    const ngx_auth_cert_result_t *result, ngx_str_t *text)
{
    const char  *error;

    if (result == NULL) {
        ngx_str_set(text, "certificate not verified");
        return NGX_OK;
    }

    error = X509_verify_cert_error_string(result->error);

    text->data = ngx_pnalloc(pool, sizeof("certificate not verified: ")
                                   + ngx_strlen(error));
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = ngx_sprintf(text->data, "certificate not verified: %s", error)
                - text->data;

    return NGX_OK;
}


void
ngx_auth_cert_log_refusal(ngx_uint_t level, ngx_log_t *log, ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict, ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_result_t *result, const ngx_str_t *sni)
{
    ngx_str_t                        reason, text, where;
    const ngx_auth_cert_identity_t  *identity;

    /* nothing is formatted for a line that is not written */

    if (log->log_level < level) {
        return;
    }

    if (ngx_auth_cert_log_reason(pool, verdict, result, &reason) != NGX_OK
        || ngx_auth_cert_log_value(pool, &reason, NGX_AUTH_CERT_LOG_REASON,
                                   &text)
           != NGX_OK)
    {
        text = ngx_auth_cert_log_reasons[verdict->reason].name;
    }

    if (ngx_auth_cert_log_where(pool, sni, &where) != NGX_OK) {
        ngx_str_null(&where);
    }

    /* also of a certificate that did not verify: to find out which it was */

    identity = peer ? ngx_auth_cert_peer_identity(peer, log) : NULL;

    if (identity) {
        ngx_auth_cert_log_identity(level, log, pool, &text, &where, identity);
        return;
    }

    ngx_log_error(level, log, 0, "client certificate refused: %V%V", &text,
                  &where);
}


/* the client may have sent anything; what could end the quotes is no name */

static ngx_int_t
ngx_auth_cert_log_where(ngx_pool_t *pool, const ngx_str_t *sni,
    ngx_str_t *where)
{
    ngx_str_t  name;

    ngx_str_null(where);

    if (sni == NULL || sni->len == 0
        || ngx_strlchr(sni->data, sni->data + sni->len, '"'))
    {
        return NGX_OK;
    }

    if (ngx_auth_cert_log_value(pool, sni, NGX_AUTH_CERT_LOG_SNI, &name)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    where->data = ngx_pnalloc(pool, sizeof(", server name: \"\"") - 1
                                    + name.len);
    if (where->data == NULL) {
        return NGX_ERROR;
    }

    where->len = ngx_sprintf(where->data, ", server name: \"%V\"", &name)
                 - where->data;

    return NGX_OK;
}


static void
ngx_auth_cert_log_identity(ngx_uint_t level, ngx_log_t *log, ngx_pool_t *pool,
    ngx_str_t *reason, ngx_str_t *where,
    const ngx_auth_cert_identity_t *identity)
{
    ngx_str_t  serial, fingerprint, subject, issuer;

    ngx_auth_cert_identity_need(identity, NGX_AUTH_CERT_PART_SUBJECT
                                          |NGX_AUTH_CERT_PART_ISSUER
                                          |NGX_AUTH_CERT_PART_SERIAL
                                          |NGX_AUTH_CERT_PART_FINGERPRINT);

    ngx_auth_cert_log_first(&identity->serial, &serial);
    ngx_auth_cert_log_first(&identity->fingerprint, &fingerprint);

    if (ngx_auth_cert_log_value(pool, &identity->subject.text,
                                NGX_AUTH_CERT_LOG_NAME, &subject)
        != NGX_OK
        || ngx_auth_cert_log_value(pool, &identity->issuer.text,
                                   NGX_AUTH_CERT_LOG_NAME, &issuer)
           != NGX_OK
        || ngx_auth_cert_log_value(pool, &serial, NGX_AUTH_CERT_LOG_SERIAL,
                                   &serial)
           != NGX_OK)
    {
        ngx_log_error(level, log, 0, "client certificate refused: %V%V",
                      reason, where);
        return;
    }

    ngx_log_error(level, log, 0,
                  "client certificate refused: %V, subject: \"%V\", "
                  "issuer: \"%V\", serial: %V, fingerprint: %V%V",
                  reason, &subject, &issuer, &serial, &fingerprint, where);
}


static void
ngx_auth_cert_log_first(const ngx_auth_cert_values_t *values, ngx_str_t *value)
{
    if (values->nelts) {
        *value = values->elts[0];

    } else {
        ngx_str_set(value, "-");
    }
}


/* at most max bytes, "..." included, without a character cut in two */

static ngx_int_t
ngx_auth_cert_log_value(ngx_pool_t *pool, const ngx_str_t *value, size_t max,
    ngx_str_t *text)
{
    u_char     *p;
    size_t      len;
    ngx_str_t   safe;

    if (ngx_auth_cert_format_sanitize(pool, value, &safe) != NGX_OK) {
        return NGX_ERROR;
    }

    if (safe.len <= max) {
        *text = safe;
        return NGX_OK;
    }

    len = max - 3;

    while (len && (safe.data[len] & 0xc0) == 0x80) {
        len--;
    }

    p = ngx_pnalloc(pool, len + 3);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;
    text->len = len + 3;

    ngx_memcpy(ngx_cpymem(p, safe.data, len), "...", 3);

    return NGX_OK;
}
