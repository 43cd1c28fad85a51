
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Trust sets: what they are made of, and the verification of a chain against
 * one set.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert.h"


/*
 * CA certificates that a client may send above its own.  nginx's own default
 * of 1 surprises most who have an intermediate CA.
 */
#define NGX_AUTH_CERT_DEPTH  8


static void ngx_auth_cert_trust_cleanup(void *data);
static ngx_int_t ngx_auth_cert_trust_digest(ngx_auth_cert_trust_t *trust);
static X509_STORE_CTX *ngx_auth_cert_trust_context(
    const ngx_auth_cert_trust_t *trust, X509 *leaf,
    STACK_OF(X509) *untrusted, int security_level);
static ngx_int_t ngx_auth_cert_trust_span(ngx_auth_cert_result_t *result);
static ngx_int_t ngx_auth_cert_trust_anchor(ngx_auth_cert_result_t *result);


ngx_auth_cert_trust_t *
ngx_auth_cert_trust_create(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_pool_cleanup_t     *cln;
    ngx_auth_cert_trust_t  *trust;

    trust = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_trust_t));
    if (trust == NULL) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_auth_cert_trust_cleanup;
    cln->data = trust;

    trust->name = *name;
    trust->depth = NGX_CONF_UNSET;
    trust->purpose = NGX_CONF_UNSET;
    trust->partial_chain = NGX_CONF_UNSET;

    ngx_auth_cert_conf_place(cf, &trust->place);

    trust->store = X509_STORE_new();
    trust->names = sk_X509_NAME_new_null();

    if (trust->store == NULL || trust->names == NULL) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "X509_STORE_new() or sk_X509_NAME_new_null() failed");
        return NULL;
    }

    return trust;
}


static void
ngx_auth_cert_trust_cleanup(void *data)
{
    ngx_auth_cert_trust_t  *trust = data;

    X509_STORE_free(trust->store);
    sk_X509_NAME_pop_free(trust->names, X509_NAME_free);
}


char *
ngx_auth_cert_trust_compile(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust)
{
    ngx_conf_init_value(trust->depth, NGX_AUTH_CERT_DEPTH);
    ngx_conf_init_value(trust->purpose, X509_PURPOSE_SSL_CLIENT);
    ngx_conf_init_value(trust->partial_chain, 0);

    if (trust->ncerts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_trust \"%V\" has no CA, add "
                           "\"ca FILE;\" or \"ca DIRECTORY;\"", &trust->name);
        return NGX_CONF_ERROR;
    }

    if (trust->anchors == 0 && !trust->partial_chain) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "auth_cert_trust \"%V\" has no self-signed CA and "
                           "can never verify a certificate, add the root CA "
                           "or set \"partial_chain on;\"", &trust->name);
    }

    if (ngx_auth_cert_trust_digest(trust) != NGX_OK) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0, "EVP_Digest() failed");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static int ngx_libc_cdecl
ngx_auth_cert_trust_compare(const void *one, const void *two)
{
    return ngx_memcmp(one, two, NGX_AUTH_CERT_DIGEST_LEN);
}


/*
 * The same certificates and options give the same digest, on every host and
 * in whatever order the files were read.
 */

static ngx_int_t
ngx_auth_cert_trust_digest(ngx_auth_cert_trust_t *trust)
{
    int                     i, n;
    u_char                 *digests, *p;
    X509                   *cert;
    ngx_int_t               rc, options[3];
    X509_OBJECT            *object;
    STACK_OF(X509_OBJECT)  *objects;

    rc = NGX_ERROR;

    objects = X509_STORE_get0_objects(trust->store);
    n = sk_X509_OBJECT_num(objects);

    digests = ngx_alloc(n * NGX_AUTH_CERT_DIGEST_LEN + sizeof(options),
                        ngx_cycle->log);
    if (digests == NULL) {
        return NGX_ERROR;
    }

    p = digests;

    for (i = 0; i < n; i++) {
        object = sk_X509_OBJECT_value(objects, i);

        cert = X509_OBJECT_get0_X509(object);
        if (cert == NULL) {
            continue;
        }

        if (ngx_auth_cert_identity_digest(cert, p) != NGX_OK) {
            goto failed;
        }

        p += NGX_AUTH_CERT_DIGEST_LEN;
    }

    ngx_qsort(digests, (p - digests) / NGX_AUTH_CERT_DIGEST_LEN,
              NGX_AUTH_CERT_DIGEST_LEN, ngx_auth_cert_trust_compare);

    options[0] = trust->depth;
    options[1] = trust->purpose;
    options[2] = trust->partial_chain;

    p = ngx_cpymem(p, options, sizeof(options));

    if (EVP_Digest(digests, p - digests, trust->digest, NULL, EVP_sha256(),
                   NULL)
        == 1)
    {
        rc = NGX_OK;
    }

failed:

    ngx_free(digests);

    return rc;
}


ngx_auth_cert_trust_t *
ngx_auth_cert_trust_native(ngx_conf_t *cf, SSL_CTX *ctx)
{
    ngx_auth_cert_trust_t  *trust;

    trust = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_trust_t));
    if (trust == NULL) {
        return NULL;
    }

    ngx_str_set(&trust->name, "native");
    trust->native = ctx;
    trust->store = SSL_CTX_get_cert_store(ctx);
    trust->depth = SSL_CTX_get_verify_depth(ctx);
    trust->purpose = X509_PURPOSE_SSL_CLIENT;

    if (ngx_auth_cert_trust_digest(trust) != NGX_OK) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0, "EVP_Digest() failed");
        return NULL;
    }

    return trust;
}


ngx_int_t
ngx_auth_cert_trust_verify(const ngx_auth_cert_trust_t *trust, X509 *leaf,
    STACK_OF(X509) *untrusted, int security_level, ngx_log_t *log,
    ngx_auth_cert_result_t *result)
{
    X509_STORE_CTX  *ctx;

    result->trust = trust;
    result->error = X509_V_ERR_UNSPECIFIED;
    result->since = 0;
    result->until = 0;
    result->chain = NULL;

    ctx = ngx_auth_cert_trust_context(trust, leaf, untrusted, security_level);
    if (ctx == NULL) {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0, "X509_STORE_CTX_init() failed");
        return NGX_ERROR;
    }

    if (X509_verify_cert(ctx) == 1) {
        result->error = X509_STORE_CTX_get_error(ctx);
        result->chain = X509_STORE_CTX_get1_chain(ctx);

    } else {
        result->error = X509_STORE_CTX_get_error(ctx);

        if (result->error == X509_V_OK) {
            result->error = X509_V_ERR_UNSPECIFIED;
        }
    }

    X509_STORE_CTX_free(ctx);
    ERR_clear_error();

    return ngx_auth_cert_trust_finish(result, log);
}


ngx_int_t
ngx_auth_cert_trust_finish(ngx_auth_cert_result_t *result, ngx_log_t *log)
{
    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, log, 0,
                   "auth_cert trust \"%V\": %l:%s", &result->trust->name,
                   result->error,
                   X509_verify_cert_error_string(result->error));

    if (result->error == X509_V_OK) {

        if (result->chain != NULL
            && ngx_auth_cert_trust_span(result) == NGX_OK
            && ngx_auth_cert_trust_anchor(result) == NGX_OK)
        {
            return NGX_OK;
        }

        ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                      "a verified chain could not be read");

        sk_X509_pop_free(result->chain, X509_free);
        result->chain = NULL;
        result->error = X509_V_ERR_OUT_OF_MEM;
        result->until = 0;

        return NGX_ERROR;
    }

    sk_X509_pop_free(result->chain, X509_free);
    result->chain = NULL;

    /* waiting cures two errors only; they are tried again once a second */

    if (result->error == X509_V_ERR_CERT_NOT_YET_VALID
        || result->error == X509_V_ERR_CRL_NOT_YET_VALID)
    {
        result->until = ngx_time() + 1;

    } else {
        result->until = NGX_MAX_TIME_T_VALUE;
    }

    return NGX_OK;
}


/* as OpenSSL's ssl_verify_cert_chain() sets its own up, for our store */

static X509_STORE_CTX *
ngx_auth_cert_trust_context(const ngx_auth_cert_trust_t *trust, X509 *leaf,
    STACK_OF(X509) *untrusted, int security_level)
{
    X509_STORE_CTX     *ctx;
    X509_VERIFY_PARAM  *param;

    ctx = X509_STORE_CTX_new();
    if (ctx == NULL) {
        return NULL;
    }

    if (X509_STORE_CTX_init(ctx, trust->store, leaf, untrusted) == 0) {
        goto failed;
    }

    param = X509_STORE_CTX_get0_param(ctx);

    X509_VERIFY_PARAM_set_auth_level(param, security_level);
    X509_VERIFY_PARAM_set_depth(param, trust->depth);

    if (trust->partial_chain
        && X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN) == 0)
    {
        goto failed;
    }

    if (trust->purpose == X509_PURPOSE_SSL_CLIENT) {
        if (X509_STORE_CTX_set_default(ctx, "ssl_client") == 0) {
            goto failed;
        }

    } else if (X509_VERIFY_PARAM_set_purpose(param, trust->purpose) == 0) {
        goto failed;
    }

    return ctx;

failed:

    X509_STORE_CTX_free(ctx);

    return NULL;
}


/* the time in which every certificate of the chain is valid */

static ngx_int_t
ngx_auth_cert_trust_span(ngx_auth_cert_result_t *result)
{
    int      i;
    X509    *cert;
    time_t   since, until;

    result->since = 0;
    result->until = NGX_MAX_TIME_T_VALUE;

    for (i = 0; i < sk_X509_num(result->chain); i++) {
        cert = sk_X509_value(result->chain, i);

        since = ngx_auth_cert_identity_time(X509_get0_notBefore(cert));
        until = ngx_auth_cert_identity_time(X509_get0_notAfter(cert));

        if (since == NGX_ERROR || until == NGX_ERROR) {
            return NGX_ERROR;
        }

        result->since = ngx_max(result->since, since);
        result->until = ngx_min(result->until, until);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_trust_anchor(ngx_auth_cert_result_t *result)
{
    X509    *cert;
    u_char   digest[NGX_AUTH_CERT_DIGEST_LEN];

    cert = sk_X509_value(result->chain, sk_X509_num(result->chain) - 1);

    if (cert == NULL || ngx_auth_cert_identity_digest(cert, digest) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_hex_dump(result->anchor, digest, NGX_AUTH_CERT_DIGEST_LEN);

    return NGX_OK;
}


ngx_uint_t
ngx_auth_cert_trust_unknown_ca(long error)
{
    return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT
           || error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
           || error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE
           || error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
           || error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
}
