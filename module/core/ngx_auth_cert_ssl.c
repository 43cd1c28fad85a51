
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The hooks on a server's SSL_CTX: who is asked for a certificate, what the
 * handshake makes of it, and what a resumed session is still worth.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_zone.h"


static ngx_int_t ngx_auth_cert_ssl_init(ngx_log_t *log);
static ngx_int_t ngx_auth_cert_ssl_digest(ngx_auth_cert_server_t *server);
static ngx_int_t ngx_auth_cert_ssl_own_names(ngx_conf_t *cf,
    ngx_auth_cert_server_t *server);
static void ngx_auth_cert_ssl_free_names(void *data);
static ngx_int_t ngx_auth_cert_ssl_names(const ngx_auth_cert_server_t *server);
static ngx_int_t ngx_auth_cert_ssl_add_names(STACK_OF(X509_NAME) *list,
    const STACK_OF(X509_NAME) *names);
static int ngx_auth_cert_ssl_any(int ok, X509_STORE_CTX *ctx);
static int ngx_auth_cert_ssl_verify_chain(X509_STORE_CTX *ctx, void *data);
static ngx_int_t ngx_auth_cert_ssl_verify_native(X509_STORE_CTX *ctx,
    ngx_auth_cert_peer_t *peer, ngx_auth_cert_trust_t *native,
    ngx_log_t *log);
static int ngx_auth_cert_ssl_resumed(ngx_ssl_conn_t *ssl_conn,
    const ngx_auth_cert_server_t *server, ngx_log_t *log, int *alert);
static int ngx_auth_cert_ssl_alert(long error);
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

    if (ngx_auth_cert_ssl_own_names(cf, server) != NGX_OK
        || ngx_auth_cert_ssl_refresh(server) != NGX_OK)
    {
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

    /* nginx's own callback of ssl_verify_client stays where there is one */

    SSL_CTX_set_verify(ctx, mode, SSL_CTX_get_verify_callback(ctx)
                                  ? SSL_CTX_get_verify_callback(ctx)
                                  : ngx_auth_cert_ssl_any);

    return NGX_OK;
}


/* those of ssl_client_certificate, which are replaced in the context */

static ngx_int_t
ngx_auth_cert_ssl_own_names(ngx_conf_t *cf, ngx_auth_cert_server_t *server)
{
    ngx_pool_cleanup_t         *cln;
    const STACK_OF(X509_NAME)  *names;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    server->names = sk_X509_NAME_new_null();
    if (server->names == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_auth_cert_ssl_free_names;
    cln->data = server;

    names = SSL_CTX_get_client_CA_list(server->ctx);

    return ngx_auth_cert_ssl_add_names(server->names, names);
}


static void
ngx_auth_cert_ssl_free_names(void *data)
{
    ngx_auth_cert_server_t *server = data;

    sk_X509_NAME_pop_free(server->names, X509_NAME_free);
}


/* what a client is asked under; other digest, other question */

static ngx_int_t
ngx_auth_cert_ssl_digest(ngx_auth_cert_server_t *server)
{
    ngx_int_t                rc;
    ngx_uint_t               i;
    EVP_MD_CTX              *md;
    ngx_auth_cert_trust_t  **trusts;

    md = EVP_MD_CTX_new();
    if (md == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;
    trusts = server->trusts.elts;

    if (EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 0
        || EVP_DigestUpdate(md, &server->asks, sizeof(server->asks)) == 0)
    {
        goto failed;
    }

    if (server->native
        && EVP_DigestUpdate(md, server->native->digest,
                            NGX_AUTH_CERT_DIGEST_LEN)
           == 0)
    {
        goto failed;
    }

    for (i = 0; i < server->trusts.nelts; i++) {
        if (EVP_DigestUpdate(md, trusts[i]->digest, NGX_AUTH_CERT_DIGEST_LEN)
            == 0)
        {
            goto failed;
        }
    }

    if (EVP_DigestFinal_ex(md, server->digest, NULL) == 1) {
        rc = NGX_OK;
    }

failed:

    EVP_MD_CTX_free(md);

    return rc;
}


ngx_int_t
ngx_auth_cert_ssl_refresh(ngx_auth_cert_server_t *server)
{
    if (ngx_auth_cert_ssl_digest(server) != NGX_OK) {
        return NGX_ERROR;
    }

    return server->asks ? ngx_auth_cert_ssl_names(server) : NGX_OK;
}


/* the union of the sets' CA names, beside those of ssl_client_certificate */

static ngx_int_t
ngx_auth_cert_ssl_names(const ngx_auth_cert_server_t *server)
{
    ngx_uint_t               i;
    STACK_OF(X509_NAME)     *list;
    ngx_auth_cert_trust_t  **trusts;

    list = sk_X509_NAME_new_null();
    if (list == NULL) {
        return NGX_ERROR;
    }

    /* first of all those that the server has */

    if (ngx_auth_cert_ssl_add_names(list, server->names) != NGX_OK) {
        goto failed;
    }

    trusts = server->trusts.elts;

    for (i = 0; i < server->trusts.nelts; i++) {
        if (ngx_auth_cert_ssl_add_names(list, trusts[i]->names) != NGX_OK) {
            goto failed;
        }
    }

    /* takes the list */
    SSL_CTX_set_client_CA_list(server->ctx, list);

    return NGX_OK;

failed:

    sk_X509_NAME_pop_free(list, X509_NAME_free);

    return NGX_ERROR;
}


static ngx_int_t
ngx_auth_cert_ssl_add_names(STACK_OF(X509_NAME) *list,
    const STACK_OF(X509_NAME) *names)
{
    int               i, k;
    X509_NAME        *copy;
    const X509_NAME  *name;

    for (i = 0; i < sk_X509_NAME_num(names); i++) {
        name = sk_X509_NAME_value(names, i);

        for (k = 0; k < sk_X509_NAME_num(list); k++) {
            if (X509_NAME_cmp(sk_X509_NAME_value(list, k), name) == 0) {
                break;
            }
        }

        if (k < sk_X509_NAME_num(list)) {
            continue;
        }

        copy = X509_NAME_dup(name);

        if (copy == NULL || sk_X509_NAME_push(list, copy) == 0) {
            X509_NAME_free(copy);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* the chain is judged in ngx_auth_cert_ssl_verify_chain() */

static int
ngx_auth_cert_ssl_any(int ok, X509_STORE_CTX *ctx)
{
    return ok;
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

    long                     error;
    X509                    *cert;
    ngx_log_t               *log;
    ngx_ssl_conn_t          *ssl_conn;
    ngx_auth_cert_peer_t    *peer;
    ngx_auth_cert_result_t  *result;

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

    if (ngx_auth_cert_session_save(SSL_get_session(ssl_conn), server, 1, peer)
        != NGX_OK)
    {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                      "SSL_SESSION_set1_ticket_appdata() failed");
        goto failed;
    }

    if (server->native) {

        /* sets ctx's own error, as without this module */

        if (ngx_auth_cert_ssl_verify_native(ctx, peer, server->native, log)
            != NGX_OK)
        {
            goto failed;
        }

        error = X509_STORE_CTX_get_error(ctx);

    } else {
        result = ngx_auth_cert_peer_verify(peer, server->trusts.elts,
                                           server->trusts.nelts,
                                           NGX_AUTH_CERT_HANDSHAKE, log);
        if (result == NULL) {
            goto failed;
        }

        error = result->error;
    }

    X509_STORE_CTX_set_error(ctx, (int) error);

    return (error == X509_V_OK || !server->strict) ? 1 : 0;

failed:

    X509_STORE_CTX_set_error(ctx, (int) error);

    return 0;
}


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

    server = ngx_auth_cert_ssl_server(ssl_conn);
    if (server == NULL) {
        return SSL_TLSEXT_ERR_OK;
    }

    log = ngx_auth_cert_ssl_log(ssl_conn);

    ngx_auth_cert_zone_apply(server->zone, log);

    if (SSL_session_reused(ssl_conn)) {
        return ngx_auth_cert_ssl_resumed(ssl_conn, server, log, alert);
    }

    if (ngx_auth_cert_session_save(SSL_get_session(ssl_conn), server,
                                   server->asks, NULL)
        != NGX_OK)
    {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                      "SSL_SESSION_set1_ticket_appdata() failed");

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
    long                     error;
    ngx_auth_cert_peer_t    *peer;
    ngx_auth_cert_trust_t   *native;
    ngx_auth_cert_result_t  *result;

    peer = ngx_auth_cert_peer_get(ssl_conn, log);
    if (peer == NULL) {
        goto failed;
    }

    if (peer->cert == NULL) {

        if (server->required) {
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

    native = server->native;

    if (native) {
        result = ngx_auth_cert_peer_verify(peer, &native, 1,
                                           NGX_AUTH_CERT_HANDSHAKE, log);

    } else {
        result = ngx_auth_cert_peer_verify(peer, server->trusts.elts,
                                           server->trusts.nelts,
                                           NGX_AUTH_CERT_HANDSHAKE, log);
    }

    if (result == NULL) {
        goto failed;
    }

    error = result->error;

    SSL_set_verify_result(ssl_conn, error);

    if (error != X509_V_OK && server->strict) {
        *alert = ngx_auth_cert_ssl_alert(error);
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }

    return SSL_TLSEXT_ERR_OK;

failed:

    SSL_set_verify_result(ssl_conn, X509_V_ERR_OUT_OF_MEM);

    *alert = SSL_AD_INTERNAL_ERROR;

    return SSL_TLSEXT_ERR_ALERT_FATAL;
}


/* the alerts of OpenSSL's ssl_x509err2alert() that matter to a client */

static int
ngx_auth_cert_ssl_alert(long error)
{
    ngx_uint_t  i;

    static const struct {
        long    error;
        int     alert;
    } alerts[] = {
        { X509_V_ERR_CERT_HAS_EXPIRED, SSL_AD_CERTIFICATE_EXPIRED },
        { X509_V_ERR_CERT_REVOKED, SSL_AD_CERTIFICATE_REVOKED },
        { X509_V_ERR_INVALID_PURPOSE, SSL_AD_UNSUPPORTED_CERTIFICATE },
        { X509_V_ERR_OUT_OF_MEM, SSL_AD_INTERNAL_ERROR },
        { X509_V_OK, 0 }
    };

    for (i = 0; alerts[i].error != X509_V_OK; i++) {
        if (alerts[i].error == error) {
            return alerts[i].alert;
        }
    }

    return ngx_auth_cert_trust_unknown_ca(error) ? SSL_AD_UNKNOWN_CA
                                               : SSL_AD_BAD_CERTIFICATE;
}


static ngx_log_t *
ngx_auth_cert_ssl_log(ngx_ssl_conn_t *ssl_conn)
{
    ngx_connection_t  *c;

    c = ngx_ssl_get_connection(ssl_conn);

    return c->log;
}


const ngx_auth_cert_server_t *
ngx_auth_cert_ssl_server(ngx_ssl_conn_t *ssl_conn)
{
    return SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl_conn),
                               ngx_auth_cert_ssl_server_index);
}
