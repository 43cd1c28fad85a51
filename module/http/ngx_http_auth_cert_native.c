
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Servers with ssl_verify_client: nginx asks what the handshake has made of
 * the certificate.  Where that was the handshake of another server, it was
 * verified by the CAs of that one.
 */


#include "ngx_http_auth_cert.h"
#include "ngx_auth_cert_ssl.h"


static ngx_uint_t ngx_http_auth_cert_native_excuses(ngx_http_request_t *r,
    long error);


/*
 * nginx compares the server with the one of the handshake only where the
 * client has sent a server name (SNI), and does so before any phase: here is
 * the first chance to do it for all others.
 */

ngx_int_t
ngx_http_auth_cert_native_handler(ngx_http_request_t *r)
{
    ngx_int_t                       rc;
    ngx_connection_t               *c;
    ngx_auth_cert_peer_t           *peer;
    ngx_auth_cert_decision_t        decision;
    ngx_http_auth_cert_srv_conf_t  *ascf;

    c = r->connection;
    ascf = ngx_http_get_module_srv_conf(r, ngx_http_auth_cert_module);

    if (ascf->native.ntrusts == 0 || c->ssl == NULL) {
        return NGX_DECLINED;
    }

    peer = ngx_auth_cert_peer_get(c->ssl->connection, c->log);
    if (peer == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (peer->server && peer->server->native == ascf->native.trusts[0]) {
        return NGX_DECLINED;
    }

    ngx_memzero(&decision, sizeof(ngx_auth_cert_decision_t));

    if (ngx_auth_cert_decide_identity(&ascf->native, peer, c->log, &decision)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* who has no certificate is nginx's business */

    if (decision.result == NULL || decision.identity
        || ngx_http_auth_cert_native_excuses(r, decision.result->error))
    {
        return NGX_DECLINED;
    }

    decision.verdict.reason = NGX_AUTH_CERT_REASON_NOT_VERIFIED;

    rc = ngx_http_auth_cert_refusal(r, &decision);

    return (rc == NGX_ERROR) ? NGX_HTTP_INTERNAL_SERVER_ERROR : rc;
}


/* "ssl_verify_client optional_no_ca" */

static ngx_uint_t
ngx_http_auth_cert_native_excuses(ngx_http_request_t *r, long error)
{
    ngx_http_ssl_srv_conf_t  *sscf;

    sscf = ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);

    return sscf->verify == 3 && ngx_ssl_verify_error_optional(error);
}
