
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The first handshake of a worker takes about a fifth longer than a later one:
 * what it needs of OpenSSL's code and of the memory that the worker has in
 * common with the master is mapped page by page.  No client has to wait for
 * that: a worker begins with a handshake with itself.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"


/* calls of each side until both have said all; TLS 1.3 needs two */
#define NGX_AUTH_CERT_WARM_TURNS   4

/* bytes; a flight with a certificate fits */
#define NGX_AUTH_CERT_WARM_BUFFER  16384

/* seconds, of the certificate that is thrown away at once */
#define NGX_AUTH_CERT_WARM_TIME    60


static X509 *ngx_auth_cert_warm_cert(EVP_PKEY *key);
static SSL_CTX *ngx_auth_cert_warm_context(const SSL_METHOD *method,
    X509 *cert, EVP_PKEY *key);
static int ngx_auth_cert_warm_any(int ok, X509_STORE_CTX *ctx);
static ngx_int_t ngx_auth_cert_warm_handshake(SSL *server, SSL *client);


void
ngx_auth_cert_warm(ngx_log_t *log)
{
    SSL        *server, *client;
    X509       *cert;
    SSL_CTX    *server_ctx, *client_ctx;
    EVP_PKEY   *key;
    ngx_int_t   rc;

    rc = NGX_ERROR;
    cert = NULL;
    server_ctx = NULL;
    client_ctx = NULL;
    server = NULL;
    client = NULL;

    key = EVP_EC_gen("P-256");
    if (key == NULL) {
        goto done;
    }

    cert = ngx_auth_cert_warm_cert(key);
    if (cert == NULL) {
        goto done;
    }

    server_ctx = ngx_auth_cert_warm_context(TLS_server_method(), cert, key);
    client_ctx = ngx_auth_cert_warm_context(TLS_client_method(), cert, key);
    if (server_ctx == NULL || client_ctx == NULL) {
        goto done;
    }

    server = SSL_new(server_ctx);
    client = SSL_new(client_ctx);

    if (server && client) {
        rc = ngx_auth_cert_warm_handshake(server, client);
    }

done:

    SSL_free(server);
    SSL_free(client);
    SSL_CTX_free(server_ctx);
    SSL_CTX_free(client_ctx);
    X509_free(cert);
    EVP_PKEY_free(key);

    /* clients do not depend on it, whatever OpenSSL is configured to refuse */

    if (rc != NGX_OK) {
        ngx_log_error(NGX_LOG_INFO, log, 0,
                      "auth_cert: a worker could not have a handshake with "
                      "itself, its first client will wait a little longer");
    }

    ERR_clear_error();
}


/* self-signed, without a name */

static X509 *
ngx_auth_cert_warm_cert(EVP_PKEY *key)
{
    X509  *cert;

    cert = X509_new();
    if (cert == NULL) {
        return NULL;
    }

    if (X509_set_version(cert, X509_VERSION_3) == 0
        || X509_gmtime_adj(X509_getm_notBefore(cert), 0) == NULL
        || X509_gmtime_adj(X509_getm_notAfter(cert), NGX_AUTH_CERT_WARM_TIME)
           == NULL
        || X509_set_pubkey(cert, key) == 0
        || X509_sign(cert, key, EVP_sha256()) == 0)
    {
        X509_free(cert);
        return NULL;
    }

    return cert;
}


static SSL_CTX *
ngx_auth_cert_warm_context(const SSL_METHOD *method, X509 *cert,
    EVP_PKEY *key)
{
    SSL_CTX  *ctx;

    ctx = SSL_CTX_new(method);
    if (ctx == NULL) {
        return NULL;
    }

    if (SSL_CTX_use_certificate(ctx, cert) != 1
        || SSL_CTX_use_PrivateKey(ctx, key) != 1)
    {
        SSL_CTX_free(ctx);
        return NULL;
    }

    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, ngx_auth_cert_warm_any);

    return ctx;
}


/* both sides are this process, in memory; no client is verified by this */

static int
ngx_auth_cert_warm_any(int ok, X509_STORE_CTX *ctx)
{
    return 1;
}


static ngx_int_t
ngx_auth_cert_warm_handshake(SSL *server, SSL *client)
{
    BIO         *of_server, *of_client;
    ngx_uint_t   i;

    if (BIO_new_bio_pair(&of_server, NGX_AUTH_CERT_WARM_BUFFER, &of_client,
                         NGX_AUTH_CERT_WARM_BUFFER)
        == 0)
    {
        return NGX_ERROR;
    }

    SSL_set_bio(server, of_server, of_server);
    SSL_set_bio(client, of_client, of_client);

    SSL_set_accept_state(server);
    SSL_set_connect_state(client);

    for (i = 0; i < NGX_AUTH_CERT_WARM_TURNS; i++) {
        (void) SSL_do_handshake(client);
        (void) SSL_do_handshake(server);
    }

    return SSL_is_init_finished(server) ? NGX_OK : NGX_ERROR;
}
