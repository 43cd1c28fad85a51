
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The peer of a TLS connection, kept on its SSL object: the certificates it
 * sent, and the identity.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"


/* identity, chain and a few verdicts fit; it grows when they do not */
#define NGX_AUTH_CERT_PEER_POOL  4096


static ngx_int_t ngx_auth_cert_peer_copy_chain(ngx_auth_cert_peer_t *peer,
    STACK_OF(X509) *sent);
static ngx_int_t ngx_auth_cert_peer_copy_cert(ngx_auth_cert_peer_t *peer,
    X509 *cert, size_t *size);
static X509 *ngx_auth_cert_peer_decode(ngx_auth_cert_peer_t *peer,
    const ngx_str_t *der);
static void ngx_auth_cert_peer_cleanup(void *data);
static void ngx_auth_cert_peer_free(void *parent, void *ptr,
    CRYPTO_EX_DATA *ad, int index, long argl, void *argp);


/* indices of OpenSSL live as long as the process, not as a cycle */
static int  ngx_auth_cert_peer_index = -1;


ngx_int_t
ngx_auth_cert_peer_init(ngx_log_t *log)
{
    if (ngx_auth_cert_peer_index == -1) {
        ngx_auth_cert_peer_index = SSL_get_ex_new_index(0, NULL, NULL, NULL,
                                                      ngx_auth_cert_peer_free);
    }

    if (ngx_auth_cert_peer_index == -1) {
        ngx_ssl_error(NGX_LOG_EMERG, log, 0, "SSL_get_ex_new_index() failed");
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_auth_cert_peer_t *
ngx_auth_cert_peer_get(ngx_ssl_conn_t *ssl_conn, ngx_log_t *log)
{
    SSL_SESSION           *session;
    STACK_OF(X509)        *sent;
    ngx_auth_cert_peer_t  *peer;

    peer = SSL_get_ex_data(ssl_conn, ngx_auth_cert_peer_index);
    if (peer) {
        return peer;
    }

    sent = SSL_session_reused(ssl_conn) ? NULL
                                        : SSL_get_peer_cert_chain(ssl_conn);

    peer = ngx_auth_cert_peer_create(ssl_conn,
                                         SSL_get0_peer_certificate(ssl_conn),
                                         sent, log);
    if (peer == NULL) {
        return NULL;
    }

    if (!SSL_session_reused(ssl_conn)) {
        peer->asked = (SSL_get_verify_mode(ssl_conn) & SSL_VERIFY_PEER) ? 1 : 0;
        return peer;
    }

    session = SSL_get_session(ssl_conn);

    if (peer->server && session
        && ngx_auth_cert_session_load(session, peer->server, peer, log)
           == NGX_ERROR)
    {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                      "the chain of a resumed session could not be read");
        peer->too_long = 1;
    }

    return peer;
}


ngx_auth_cert_peer_t *
ngx_auth_cert_peer_create(ngx_ssl_conn_t *ssl_conn, X509 *cert,
    STACK_OF(X509) *sent, ngx_log_t *log)
{
    ngx_pool_t            *pool;
    ngx_pool_cleanup_t    *cln;
    ngx_auth_cert_peer_t  *peer;

    /* a variable may have been read where "ssl_certificate" has some */

    ngx_auth_cert_peer_forget(ssl_conn);

    /* the connection's log may end before the SSL object */

    pool = ngx_create_pool(NGX_AUTH_CERT_PEER_POOL, ngx_cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    peer = ngx_pcalloc(pool, sizeof(ngx_auth_cert_peer_t));
    if (peer == NULL) {
        goto failed;
    }

    peer->pool = pool;
    peer->ssl_conn = ssl_conn;
    peer->server = ngx_auth_cert_ssl_server(ssl_conn);
    peer->security_level = SSL_get_security_level(ssl_conn);

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        goto failed;
    }

    cln->handler = ngx_auth_cert_peer_cleanup;
    cln->data = peer;

    if (cert) {
        if (X509_up_ref(cert) == 0) {
            goto failed;
        }

        peer->cert = cert;
    }

    if (cert && ngx_auth_cert_peer_copy_chain(peer, sent) != NGX_OK) {
        goto failed;
    }

    if (SSL_set_ex_data(ssl_conn, ngx_auth_cert_peer_index, peer) == 0) {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0, "SSL_set_ex_data() failed");
        goto failed;
    }

    return peer;

failed:

    ngx_log_error(NGX_LOG_ALERT, log, 0,
                  "auth_cert: no memory for the state of a connection");

    ngx_destroy_pool(pool);

    return NULL;
}


void
ngx_auth_cert_peer_forget(ngx_ssl_conn_t *ssl_conn)
{
    ngx_auth_cert_peer_t  *peer;

    peer = SSL_get_ex_data(ssl_conn, ngx_auth_cert_peer_index);

    if (peer && SSL_set_ex_data(ssl_conn, ngx_auth_cert_peer_index, NULL)) {
        ngx_destroy_pool(peer->pool);
    }
}


/* all that was sent but the leaf, which both of OpenSSL's sources may hold */

static ngx_int_t
ngx_auth_cert_peer_copy_chain(ngx_auth_cert_peer_t *peer, STACK_OF(X509) *sent)
{
    int      i, n, len;
    X509    *cert;
    size_t   size;

    len = i2d_X509(peer->cert, NULL);
    if (len <= 0) {
        return NGX_ERROR;
    }

    size = len;

    if (size > NGX_AUTH_CERT_MAX_CHAIN_SIZE) {
        peer->too_long = 1;
    }

    if (sent == NULL) {

        /* those of a resumed session are in it, to be decoded when needed */

        return NGX_OK;
    }

    peer->untrusted = sk_X509_new_null();
    peer->ders = ngx_palloc(peer->pool, (NGX_AUTH_CERT_MAX_CHAIN + 1)
                                        * sizeof(ngx_str_t));

    if (peer->untrusted == NULL || peer->ders == NULL) {
        return NGX_ERROR;
    }

    n = sk_X509_num(sent);

    for (i = 0; i < n && !peer->too_long; i++) {
        cert = sk_X509_value(sent, i);

        if (i == 0 && X509_cmp(cert, peer->cert) == 0) {
            continue;
        }

        if (ngx_auth_cert_peer_copy_cert(peer, cert, &size) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_peer_copy_cert(ngx_auth_cert_peer_t *peer, X509 *cert,
    size_t *size)
{
    ngx_str_t  *der;

    der = &peer->ders[peer->nders];

    if (ngx_auth_cert_identity_der(peer->pool, cert, der) != NGX_OK) {
        return NGX_ERROR;
    }

    *size += der->len;

    if (peer->nders == NGX_AUTH_CERT_MAX_CHAIN
        || *size > NGX_AUTH_CERT_MAX_CHAIN_SIZE)
    {
        peer->too_long = 1;
        return NGX_OK;
    }

    if (X509_up_ref(cert) == 0) {
        return NGX_ERROR;
    }

    if (sk_X509_push(peer->untrusted, cert) == 0) {
        X509_free(cert);
        return NGX_ERROR;
    }

    peer->nders++;

    return NGX_OK;
}


static void
ngx_auth_cert_peer_cleanup(void *data)
{
    ngx_auth_cert_peer_t  *peer = data;

    sk_X509_pop_free(peer->untrusted, X509_free);
    X509_free(peer->cert);
}


static void
ngx_auth_cert_peer_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int index,
    long argl, void *argp)
{
    ngx_auth_cert_peer_t  *peer = ptr;

    if (peer) {
        ngx_destroy_pool(peer->pool);
    }
}


ngx_auth_cert_identity_t *
ngx_auth_cert_peer_identity(ngx_auth_cert_peer_t *peer, ngx_log_t *log)
{
    if (peer->identity == NULL && peer->cert != NULL) {
        peer->identity = ngx_auth_cert_identity_create(peer->pool,
                                                       peer->cert);
        if (peer->identity) {
            peer->identity->usage = peer->usage;
        }
    }

    return peer->identity;
}


/* decoding costs more than all else of a resumed handshake: when needed */

STACK_OF(X509) *
ngx_auth_cert_peer_untrusted(ngx_auth_cert_peer_t *peer, ngx_log_t *log)
{
    X509            *cert;
    ngx_uint_t       i;
    STACK_OF(X509)  *untrusted;

    if (peer->untrusted) {
        return peer->untrusted;
    }

    untrusted = sk_X509_new_null();
    if (untrusted == NULL) {
        return NULL;
    }

    for (i = 0; i < peer->nders; i++) {
        cert = ngx_auth_cert_peer_decode(peer, &peer->ders[i]);

        if (cert == NULL || sk_X509_push(untrusted, cert) == 0) {
            ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                          "a certificate of a resumed session could not be "
                          "decoded");
            X509_free(cert);
            sk_X509_pop_free(untrusted, X509_free);
            return NULL;
        }
    }

    peer->untrusted = untrusted;

    return untrusted;
}


/*
 * The leaf takes the place of one that the session does not keep: others keep
 * theirs, and no chain of the leaf has it a second time.
 */

static X509 *
ngx_auth_cert_peer_decode(ngx_auth_cert_peer_t *peer, const ngx_str_t *der)
{
    const u_char  *p;

    if (der->len == 0) {
        return X509_up_ref(peer->cert) ? peer->cert : NULL;
    }

    p = der->data;

    return d2i_X509(NULL, &p, (long) der->len);
}


X509 *
ngx_auth_cert_peer_cert(ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_result_t *result, ngx_uint_t i, ngx_log_t *log)
{
    uint16_t         where;
    STACK_OF(X509)  *untrusted;

    /* places of CAs are those of the set as it was */

    if (i >= result->chain.n || result->version != result->trust->version) {
        return NULL;
    }

    where = result->chain.certs[i].where;

    if (where == NGX_AUTH_CERT_CHAIN_LEAF) {
        return peer->cert;
    }

    if (where & NGX_AUTH_CERT_CHAIN_CA) {
        return sk_X509_value(result->trust->certs,
                             where & ~NGX_AUTH_CERT_CHAIN_CA);
    }

    untrusted = ngx_auth_cert_peer_untrusted(peer, log);

    return untrusted ? sk_X509_value(untrusted, where - 1) : NULL;
}
