
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Servers with ssl_verify_client: nginx asks what the handshake has made of
 * the certificate.  Where that was the handshake of another server, it was
 * verified by the CAs of that one.
 */


#include "ngx_http_auth_cert.h"
#include "ngx_auth_cert_ssl.h"


static ngx_uint_t ngx_http_auth_cert_native_own(
    const ngx_auth_cert_server_t *handshake,
    const ngx_auth_cert_decider_t *native);
static ngx_uint_t ngx_http_auth_cert_native_excuses(ngx_uint_t verify,
    const ngx_auth_cert_result_t *result);


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
    ngx_http_ssl_srv_conf_t        *sscf;
    ngx_auth_cert_decision_t        decision;
    ngx_http_auth_cert_srv_conf_t  *ascf;

    c = r->connection;
    sscf = ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);

    if (sscf->verify == 0 || c->ssl == NULL) {
        return NGX_DECLINED;
    }

    peer = ngx_auth_cert_peer_get(c->ssl->connection, c->log);
    if (peer == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_auth_cert_module);

    /* who has no certificate is nginx's business */

    if (peer->cert == NULL
        || ngx_http_auth_cert_native_own(peer->server, &ascf->native))
    {
        return NGX_DECLINED;
    }

    ngx_memzero(&decision, sizeof(ngx_auth_cert_decision_t));

    if (ngx_auth_cert_decide_identity(&ascf->native, peer, c->log, &decision)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (decision.identity
        || ngx_http_auth_cert_native_excuses(sscf->verify, decision.result))
    {
        return NGX_DECLINED;
    }

    decision.verdict.reason = NGX_AUTH_CERT_REASON_NOT_VERIFIED;

    rc = ngx_http_auth_cert_refusal(r, &decision);

    return (rc == NGX_ERROR) ? NGX_HTTP_INTERNAL_SERVER_ERROR : rc;
}


/*
 * A server without a certificate of its own has no CAs either: to nginx these
 * are those of the default server's ssl_verify_client, if it has one.
 */

static ngx_uint_t
ngx_http_auth_cert_native_own(const ngx_auth_cert_server_t *handshake,
    const ngx_auth_cert_decider_t *native)
{
    if (handshake == NULL || handshake->native == NULL) {
        return 0;
    }

    return native->ntrusts == 0 || handshake->native == native->trusts[0];
}


/* "ssl_verify_client optional_no_ca" */

static ngx_uint_t
ngx_http_auth_cert_native_excuses(ngx_uint_t verify,
    const ngx_auth_cert_result_t *result)
{
    return verify == 3
           && (result == NULL || ngx_ssl_verify_error_optional(result->error));
}
