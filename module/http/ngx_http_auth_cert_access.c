
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The access phase: asks for the decision of the request's location and
 * turns it into a status.
 */


#include "ngx_http_auth_cert.h"


static ngx_int_t ngx_http_auth_cert_peer(ngx_http_request_t *r,
    ngx_auth_cert_peer_t **peer);
static ngx_int_t ngx_http_auth_cert_refuse(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision);
static void ngx_http_auth_cert_forget_session(ngx_connection_t *c);
static ngx_int_t ngx_http_auth_cert_keep_refused(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision);
static void ngx_http_auth_cert_refused_cleanup(void *data);
static void ngx_http_auth_cert_decide(ngx_http_request_t *r,
    ngx_http_auth_cert_loc_conf_t *alcf, ngx_auth_cert_decision_t *decision);
static ngx_auth_cert_decision_t *ngx_http_auth_cert_remember(
    ngx_http_request_t *r, ngx_http_auth_cert_loc_conf_t *alcf,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t decided);


ngx_int_t
ngx_http_auth_cert_access_handler(ngx_http_request_t *r)
{
    ngx_auth_cert_decision_t         decision;
    ngx_http_auth_cert_loc_conf_t   *alcf;
    ngx_http_auth_cert_main_conf_t  *amcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_auth_cert_module);

    if (!alcf->setting.decider.enabled) {
        return NGX_DECLINED;
    }

    ngx_http_auth_cert_decide(r, alcf, &decision);

    amcf = ngx_http_get_module_main_conf(r, ngx_http_auth_cert_module);

    /*
     * what is logged and forwarded later must be what was decided here; where
     * nothing asks, the verdict that is kept with the peer will do
     */

    if ((alcf->setting.decider.dynamic || amcf->variables || alcf->forward
         || ngx_http_get_module_ctx(r, ngx_http_auth_cert_module))
        && ngx_http_auth_cert_remember(r, alcf, &decision, 1) == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "auth_cert allow:%ui reason:%d", decision.verdict.allow,
                   decision.verdict.reason);

    if (decision.verdict.allow) {
        return NGX_OK;
    }

    return ngx_http_auth_cert_refuse(r, &decision);
}


static ngx_int_t
ngx_http_auth_cert_refuse(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision)
{
    ngx_int_t                  status;
    ngx_http_core_loc_conf_t  *clcf;

    status = ngx_http_auth_cert_refusal(r, decision);

    if (status == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (clcf->satisfy != NGX_HTTP_SATISFY_ANY) {

        /* it sends the status, and says why */

        if (ngx_http_auth_cert_whoami_answers(r)) {
            return NGX_DECLINED;
        }

        return status;
    }

    /*
     * With "satisfy any" nginx goes on to the other access modules after a
     * 401 or 403 only, and keeps that.  The status is kept here instead, so
     * that it is the answer when nobody else allows; a 401 stays in force to
     * let the client authenticate.
     */

    if (r->access_code != NGX_HTTP_UNAUTHORIZED) {
        r->access_code = status;
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_auth_cert_refusal(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision)
{
    ngx_uint_t                      status;
    ngx_http_auth_cert_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_auth_cert_module);

    ngx_auth_cert_log_refusal(alcf->setting.log_level, r->connection->log,
                              r->pool, &decision->verdict, decision->peer,
                              decision->result, NULL);

    if (ngx_http_auth_cert_keep_refused(r, decision) != NGX_OK) {
        return NGX_ERROR;
    }

    status = ngx_http_auth_cert_status(alcf, &decision->verdict);

    if (status == NGX_HTTPS_CERT_ERROR || status == NGX_HTTPS_NO_CERT) {
        ngx_http_auth_cert_forget_session(r->connection);
    }

    return status;
}


/*
 * As nginx does with ssl_verify_client: the client shall be asked again, and
 * have another choice.
 */

static void
ngx_http_auth_cert_forget_session(ngx_connection_t *c)
{
    ngx_ssl_session_t  *session;

    if (c->ssl) {
        session = SSL_get0_session(c->ssl->connection);

        ngx_ssl_remove_cached_session(c->ssl->session_ctx, session);
    }
}


/*
 * The location of an error_page has to tell what happened before.  The
 * decision outlives the internal redirect, which clears the request's
 * contexts, as a cleanup of the pool.
 */

static ngx_int_t
ngx_http_auth_cert_keep_refused(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision)
{
    ngx_pool_cleanup_t        *cln;
    ngx_auth_cert_decision_t  *refused;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_auth_cert_decision_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_auth_cert_refused_cleanup;

    refused = cln->data;
    *refused = *decision;

    return NGX_OK;
}


ngx_auth_cert_decision_t *
ngx_http_auth_cert_refused(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_auth_cert_refused_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


/* only marks the record */

static void
ngx_http_auth_cert_refused_cleanup(void *data)
{
}


ngx_uint_t
ngx_http_auth_cert_status(const ngx_http_auth_cert_loc_conf_t *alcf,
    const ngx_auth_cert_verdict_t *verdict)
{
    switch (verdict->reason) {

    case NGX_AUTH_CERT_REASON_NO_CERTIFICATE:
        return NGX_HTTPS_NO_CERT;

    case NGX_AUTH_CERT_REASON_NOT_VERIFIED:
        return NGX_HTTPS_CERT_ERROR;

    case NGX_AUTH_CERT_REASON_NOT_ASKED:
        return NGX_HTTP_MISDIRECTED_REQUEST;

    case NGX_AUTH_CERT_REASON_ERROR:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;

    default:
        return alcf->status;
    }
}


static void
ngx_http_auth_cert_decide(ngx_http_request_t *r,
    ngx_http_auth_cert_loc_conf_t *alcf, ngx_auth_cert_decision_t *decision)
{
    ngx_auth_cert_peer_t  *peer;

    if (ngx_http_auth_cert_peer(r, &peer) != NGX_OK) {
        ngx_memzero(decision, sizeof(ngx_auth_cert_decision_t));
        decision->verdict.reason = NGX_AUTH_CERT_REASON_ERROR;
        return;
    }

    ngx_auth_cert_decide(&alcf->setting.decider, peer, r, r->pool,
                         r->connection->log, decision);
}


/* *peer is NULL without TLS; NGX_ERROR when memory runs out */

static ngx_int_t
ngx_http_auth_cert_peer(ngx_http_request_t *r, ngx_auth_cert_peer_t **peer)
{
    ngx_connection_t  *c;

    c = r->connection;
    *peer = NULL;

    if (c->ssl == NULL) {
        return NGX_OK;
    }

    *peer = ngx_auth_cert_peer_get(c->ssl->connection, c->log);

    return (*peer == NULL) ? NGX_ERROR : NGX_OK;
}


ngx_auth_cert_decision_t *
ngx_http_auth_cert_identify(ngx_http_request_t *r)
{
    ngx_auth_cert_peer_t           *peer;
    ngx_auth_cert_result_t         *result;
    ngx_http_auth_cert_ctx_t       *ctx;
    ngx_auth_cert_decision_t        decision;
    ngx_http_auth_cert_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_auth_cert_module);
    ctx = ngx_http_get_module_ctx(r, ngx_http_auth_cert_module);

    if (ctx && ctx->conf == alcf) {
        result = ctx->decision.result;

        /* another request of the connection may have verified again */

        if (result == NULL || result->generation == ctx->generation) {
            return &ctx->decision;
        }
    }

    if (ngx_http_auth_cert_peer(r, &peer) != NGX_OK
        || ngx_auth_cert_decide_identity(&alcf->setting.decider, peer,
                                         r->connection->log, &decision)
           != NGX_OK)
    {
        return NULL;
    }

    return ngx_http_auth_cert_remember(r, alcf, &decision, 0);
}


ngx_http_auth_cert_ctx_t *
ngx_http_auth_cert_ctx(ngx_http_request_t *r)
{
    ngx_http_auth_cert_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_auth_cert_module);

    if (ctx == NULL) {
        ctx = ngx_palloc(r->pool, sizeof(ngx_http_auth_cert_ctx_t));
        if (ctx == NULL) {
            return NULL;
        }

        ctx->conf = NULL;
        ctx->decided = 0;
        ctx->round = ngx_current_msec - 1;

        ngx_http_set_ctx(r, ctx, ngx_http_auth_cert_module);
    }

    return ctx;
}


/*
 * Keeps what is known in a location for the rest of the request.  decided
 * says that the verdict is set; without it one of that location stays.
 */

static ngx_auth_cert_decision_t *
ngx_http_auth_cert_remember(ngx_http_request_t *r,
    ngx_http_auth_cert_loc_conf_t *alcf,
    const ngx_auth_cert_decision_t *decision, ngx_uint_t decided)
{
    ngx_http_auth_cert_ctx_t  *ctx;

    ctx = ngx_http_auth_cert_ctx(r);
    if (ctx == NULL) {
        return NULL;
    }

    if (ctx->conf != alcf) {
        ctx->conf = alcf;
        ctx->decided = 0;
    }

    ctx->generation = decision->result ? decision->result->generation : 0;

    ctx->decision.peer = decision->peer;
    ctx->decision.result = decision->result;
    ctx->decision.identity = decision->identity;

    if (decided) {
        ctx->decided = 1;
        ctx->decision.verdict = decision->verdict;
    }

    return &ctx->decision;
}


ngx_auth_cert_decision_t *
ngx_http_auth_cert_decision(ngx_http_request_t *r)
{
    ngx_http_auth_cert_ctx_t       *ctx;
    ngx_auth_cert_decision_t        decision, *copy;
    ngx_http_auth_cert_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_auth_cert_module);
    ctx = ngx_http_get_module_ctx(r, ngx_http_auth_cert_module);

    if (ngx_http_auth_cert_decided(r)) {
        return &ctx->decision;
    }

    ngx_http_auth_cert_decide(r, alcf, &decision);

    if (!alcf->setting.decider.dynamic) {
        return ngx_http_auth_cert_remember(r, alcf, &decision, 1);
    }

    /* what the request's variables make of it may change until then */

    copy = ngx_palloc(r->pool, sizeof(ngx_auth_cert_decision_t));
    if (copy == NULL) {
        return NULL;
    }

    *copy = decision;

    return copy;
}


ngx_uint_t
ngx_http_auth_cert_decided(ngx_http_request_t *r)
{
    ngx_http_auth_cert_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_auth_cert_module);

    return ctx && ctx->decided
           && ctx->conf == ngx_http_get_module_loc_conf(r,
                                                  ngx_http_auth_cert_module);
}
