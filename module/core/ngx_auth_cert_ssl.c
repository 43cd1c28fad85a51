
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The hooks on a server's SSL_CTX: who is asked for a certificate, what the
 * handshake makes of it, and what a resumed session is still worth.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"
#include "ngx_auth_cert_zone.h"


static ngx_int_t ngx_auth_cert_ssl_init(ngx_log_t *log);
static int ngx_auth_cert_ssl_verify_chain(X509_STORE_CTX *ctx, void *data);
static ngx_uint_t ngx_auth_cert_ssl_is_native(X509_STORE_CTX *ctx,
    const ngx_auth_cert_trust_t *native);
static ngx_int_t ngx_auth_cert_ssl_verify_native(X509_STORE_CTX *ctx,
    ngx_auth_cert_peer_t *peer, ngx_auth_cert_trust_t *native,
    ngx_log_t *log);
static ngx_int_t ngx_auth_cert_ssl_judge(ngx_ssl_conn_t *ssl_conn,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_peer_t *peer,
    long *error, ngx_uint_t *vouched);
static int ngx_auth_cert_ssl_resumed(ngx_ssl_conn_t *ssl_conn,
    const ngx_auth_cert_server_t *server, ngx_log_t *log, int *alert);
static ngx_log_t *ngx_auth_cert_ssl_log(ngx_ssl_conn_t *ssl_conn);


/* indices of OpenSSL live as long as the process, not as a cycle */
static int  ngx_auth_cert_ssl_server_index = -1;


static ngx_int_t
ngx_auth_cert_ssl_init(ngx_log_t *log)
{
    if (ngx_auth_cert_ssl_server_index == -1) {
        ngx_auth_cert_ssl_server_index = SSL_CTX_get_ex_new_index(0, NULL,
                                                             NULL, NULL, NULL);
    }

    if (ngx_auth_cert_ssl_server_index == -1) {
        ngx_ssl_error(NGX_LOG_EMERG, log, 0,
                      "SSL_CTX_get_ex_new_index() failed");
        return NGX_ERROR;
    }

    return ngx_auth_cert_peer_init(log);
}


ngx_int_t
ngx_auth_cert_ssl_hook(ngx_conf_t *cf, SSL_CTX *ctx,
    ngx_auth_cert_server_t *server)
{
    int  mode;

    if (ngx_auth_cert_ssl_init(cf->log) != NGX_OK
        || ngx_auth_cert_session_hook(cf, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    server->ctx = ctx;

    if (ngx_auth_cert_ask_init(cf, server) != NGX_OK) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "the CA names of a server could not be set");
        return NGX_ERROR;
    }

    if (SSL_CTX_set_ex_data(ctx, ngx_auth_cert_ssl_server_index, server) == 0)
    {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "SSL_CTX_set_ex_data() failed");
        return NGX_ERROR;
    }

    if (!server->asks) {
        return NGX_OK;
    }

    SSL_CTX_set_cert_verify_callback(ctx, ngx_auth_cert_ssl_verify_chain,
                                     server);

    mode = SSL_VERIFY_PEER;

    if (server->required) {
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }

    ngx_auth_cert_alert_hook(server);

    /* nginx's own callback of ssl_verify_client stays where there is one */

    SSL_CTX_set_verify(ctx, mode, SSL_CTX_get_verify_callback(ctx));

    return NGX_OK;
}


/*
 * Takes the place of X509_verify_cert() in the handshake.  The error set
 * here is what $ssl_client_verify shows, and makes the alert when 0 is
 * returned; only 0 and 1 may be.
 */

static int
ngx_auth_cert_ssl_verify_chain(X509_STORE_CTX *ctx, void *data)
{
    ngx_auth_cert_server_t  *server = data;

    long                   error;
    X509                  *cert;
    ngx_log_t             *log;
    ngx_uint_t             vouched;
    ngx_ssl_conn_t        *ssl_conn;
    ngx_auth_cert_peer_t  *peer;

    ssl_conn = X509_STORE_CTX_get_ex_data(ctx,
                                          SSL_get_ex_data_X509_STORE_CTX_idx());

    log = ngx_auth_cert_ssl_log(ssl_conn);
    cert = X509_STORE_CTX_get0_cert(ctx);
    error = X509_V_ERR_OUT_OF_MEM;

    peer = ngx_auth_cert_peer_create(ssl_conn, cert,
                                         X509_STORE_CTX_get0_untrusted(ctx),
                                         log);
    if (peer == NULL) {
        goto failed;
    }

    peer->asked = 1;

    if (server->native && ngx_auth_cert_ssl_is_native(ctx, server->native)
        && ngx_auth_cert_ssl_verify_native(ctx, peer, server->native, log)
           != NGX_OK)
    {
        goto failed;
    }

    if (ngx_auth_cert_ssl_judge(ssl_conn, server, peer, &error, &vouched)
        != NGX_OK)
    {
        error = X509_V_ERR_OUT_OF_MEM;
        goto failed;
    }

    if (ngx_auth_cert_session_save(SSL_get_session(ssl_conn), server, 1, peer)
        != NGX_OK)
    {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                      "what its resumption needs could not be put into a "
                      "session");

        error = X509_V_ERR_OUT_OF_MEM;
        goto failed;
    }

    X509_STORE_CTX_set_error(ctx, (int) error);

    return (vouched || !server->strict) ? 1 : 0;

failed:

    X509_STORE_CTX_set_error(ctx, (int) error);

    return 0;
}


/*
 * A script of another module can have given this connection CAs or a depth
 * of its own.  They are not those of ssl_verify_client, by which the set is
 * verified then, here as in a resumed session.
 */

static ngx_uint_t
ngx_auth_cert_ssl_is_native(X509_STORE_CTX *ctx,
    const ngx_auth_cert_trust_t *native)
{
    X509_VERIFY_PARAM  *param;

    param = X509_STORE_CTX_get0_param(ctx);

    return X509_STORE_CTX_get0_store(ctx) == native->store
           && X509_VERIFY_PARAM_get_depth(param) == native->depth;
}


/* as without this module, chain and error remain in ctx */

static ngx_int_t
ngx_auth_cert_ssl_verify_native(X509_STORE_CTX *ctx,
    ngx_auth_cert_peer_t *peer, ngx_auth_cert_trust_t *native, ngx_log_t *log)
{
    ngx_auth_cert_result_t  *result;

    if (peer->too_long) {
        X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_CHAIN_TOO_LONG);

    } else if (X509_verify_cert(ctx) != 1
               && X509_STORE_CTX_get_error(ctx) == X509_V_OK)
    {
        X509_STORE_CTX_set_error(ctx, X509_V_ERR_UNSPECIFIED);
    }

    /* nginx would find what is left there, and take it for an alert */

    ERR_clear_error();

    result = ngx_auth_cert_peer_verified(peer, native,
                                         X509_STORE_CTX_get_error(ctx),
                                         X509_STORE_CTX_get0_chain(ctx), log);

    return result ? NGX_OK : NGX_ERROR;
}


/*
 * Sets the error that $ssl_client_verify shows, which is that of native where
 * there is one, and whether any of the server's sets vouches.  A client that
 * strict does not let in gets its line in the log.
 */

static ngx_int_t
ngx_auth_cert_ssl_judge(ngx_ssl_conn_t *ssl_conn,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_peer_t *peer,
    long *error, ngx_uint_t *vouched)
{
    ngx_log_t               *log;
    ngx_auth_cert_trust_t   *native;
    ngx_auth_cert_result_t  *result, *shown;

    log = ngx_auth_cert_ssl_log(ssl_conn);
    native = server->native;
    shown = NULL;

    if (native) {
        shown = ngx_auth_cert_peer_verify(peer, &native, 1,
                                          NGX_AUTH_CERT_HANDSHAKE, 0, log);
        if (shown == NULL) {
            return NGX_ERROR;
        }
    }

    result = shown;

    if (result == NULL || (result->error != X509_V_OK && server->strict
                           && server->trusts.nelts))
    {
        result = ngx_auth_cert_peer_verify(peer, server->trusts.elts,
                                           server->trusts.nelts,
                                           NGX_AUTH_CERT_HANDSHAKE, 0, log);
        if (result == NULL) {
            return NGX_ERROR;
        }
    }

    *error = shown ? shown->error : result->error;
    *vouched = (result->error == X509_V_OK);

    if (server->strict && !*vouched) {
        ngx_auth_cert_alert_refuse(ssl_conn, server,
                                   NGX_AUTH_CERT_REASON_NOT_VERIFIED, peer,
                                   result);
    }

    return NGX_OK;
}


int
ngx_auth_cert_ssl_servername(ngx_ssl_conn_t *ssl_conn, int *alert)
{
    ngx_log_t                     *log;
    const ngx_auth_cert_server_t  *server;

    /*
     * After a HelloRetryRequest this is the second ClientHello.  The session
     * of the first one, which anybody can have recorded, proves nothing.
     */

    ngx_auth_cert_peer_forget(ssl_conn);

    log = ngx_auth_cert_ssl_log(ssl_conn);

    server = ngx_auth_cert_ssl_server(ssl_conn);
    if (server == NULL) {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0, "SSL_CTX_get_ex_data() failed");

        *alert = SSL_AD_INTERNAL_ERROR;
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }

    ngx_auth_cert_zone_apply(server->zone, log);

    if (SSL_session_reused(ssl_conn)) {
        return ngx_auth_cert_ssl_resumed(ssl_conn, server, log, alert);
    }

    if (ngx_auth_cert_session_save(SSL_get_session(ssl_conn), server,
                                   server->asks, NULL)
        != NGX_OK)
    {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                      "what its resumption needs could not be put into a "
                      "session");

        *alert = SSL_AD_INTERNAL_ERROR;
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }

    return SSL_TLSEXT_ERR_OK;
}


/*
 * OpenSSL takes the verification result of a resumed session from the
 * session.  It is made anew here: CAs, CRLs and the time have moved on, and
 * the session may have been made at a server with other CAs.
 */

static int
ngx_auth_cert_ssl_resumed(ngx_ssl_conn_t *ssl_conn,
    const ngx_auth_cert_server_t *server, ngx_log_t *log, int *alert)
{
    long                   error;
    ngx_uint_t             vouched;
    ngx_auth_cert_peer_t  *peer;

    peer = ngx_auth_cert_peer_get(ssl_conn, log);
    if (peer == NULL) {
        goto failed;
    }

    if (peer->cert == NULL) {

        if (server->required) {
            ngx_auth_cert_alert_refuse(ssl_conn, server,
                                       NGX_AUTH_CERT_REASON_NO_CERTIFICATE,
                                       NULL, NULL);

            *alert = (SSL_version(ssl_conn) >= TLS1_3_VERSION)
                     ? SSL_AD_CERTIFICATE_REQUIRED : SSL_AD_HANDSHAKE_FAILURE;
            return SSL_TLSEXT_ERR_ALERT_FATAL;
        }

        return SSL_TLSEXT_ERR_OK;
    }

    if (!server->asks) {

        /* nobody here has verified what another server was shown */

        SSL_set_verify_result(ssl_conn, X509_V_ERR_CERT_UNTRUSTED);
        return SSL_TLSEXT_ERR_OK;
    }

    if (ngx_auth_cert_ssl_judge(ssl_conn, server, peer, &error, &vouched)
        != NGX_OK)
    {
        goto failed;
    }

    SSL_set_verify_result(ssl_conn, error);

    if (server->strict && !vouched) {
        *alert = ngx_auth_cert_alert_code(error);
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }

    return SSL_TLSEXT_ERR_OK;

failed:

    SSL_set_verify_result(ssl_conn, X509_V_ERR_OUT_OF_MEM);

    *alert = SSL_AD_INTERNAL_ERROR;

    return SSL_TLSEXT_ERR_ALERT_FATAL;
}


static ngx_log_t *
ngx_auth_cert_ssl_log(ngx_ssl_conn_t *ssl_conn)
{
    ngx_connection_t  *c;

    c = ngx_ssl_get_connection(ssl_conn);

    return c->log;
}


const ngx_auth_cert_server_t *
ngx_auth_cert_ssl_find(ngx_ssl_conn_t *ssl_conn, const ngx_str_t *name)
{
    const ngx_auth_cert_server_t  *server;

    server = ngx_auth_cert_ssl_server(ssl_conn);

    if (server == NULL) {
        return NULL;
    }

    ngx_auth_cert_zone_apply(server->zone, ngx_auth_cert_ssl_log(ssl_conn));

    return server->find(ssl_conn, name);
}


const ngx_auth_cert_server_t *
ngx_auth_cert_ssl_server(ngx_ssl_conn_t *ssl_conn)
{
    return ngx_auth_cert_ssl_hooked(SSL_get_SSL_CTX(ssl_conn));
}


const ngx_auth_cert_server_t *
ngx_auth_cert_ssl_hooked(const SSL_CTX *ctx)
{
    return SSL_CTX_get_ex_data(ctx, ngx_auth_cert_ssl_server_index);
}
