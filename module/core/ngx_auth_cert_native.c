
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The trust set of ssl_verify_client: the store that nginx has filled with
 * its CAs and CRLs.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert.h"


static ngx_int_t ngx_auth_cert_native_updates(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust);
static ngx_int_t ngx_auth_cert_native_update(ngx_auth_cert_trust_t *trust,
    const ASN1_TIME *time);


ngx_auth_cert_trust_t *
ngx_auth_cert_native_create(ngx_conf_t *cf, SSL_CTX *ctx)
{
    X509_STORE             *store;
    ngx_auth_cert_trust_t  *trust;

    trust = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_trust_t));
    if (trust == NULL) {
        return NULL;
    }

    ngx_str_set(&trust->name, "native");
    trust->native = ctx;
    trust->depth = SSL_CTX_get_verify_depth(ctx);
    trust->purpose = X509_PURPOSE_SSL_CLIENT;

    /* OpenSSL prefers the one of "ssl_conf_command VerifyCAFile" */

    store = NULL;

    if (SSL_CTX_get0_verify_cert_store(ctx, &store) == 0 || store == NULL) {
        store = SSL_CTX_get_cert_store(ctx);
    }

    if (ngx_auth_cert_trust_adopt(cf, trust, store) != NGX_OK
        || ngx_auth_cert_native_updates(cf, trust) != NGX_OK)
    {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "the CAs of \"ssl_client_certificate\" could not be "
                      "read");
        return NULL;
    }

    return trust;
}


/* nginx reads them once: what they say changes with the time only */

static ngx_int_t
ngx_auth_cert_native_updates(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust)
{
    int                     i;
    X509_CRL               *crl;
    STACK_OF(X509_OBJECT)  *objects;

    if (ngx_array_init(&trust->updates, cf->pool, 2, sizeof(time_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    objects = X509_STORE_get0_objects(trust->store);

    for (i = 0; i < sk_X509_OBJECT_num(objects); i++) {

        crl = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(objects, i));

        if (crl == NULL) {
            continue;
        }

        if (ngx_auth_cert_native_update(trust, X509_CRL_get0_lastUpdate(crl))
            != NGX_OK
            || ngx_auth_cert_native_update(trust,
                                           X509_CRL_get0_nextUpdate(crl))
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* there need not be a nextUpdate; what is no time, no client passes */

static ngx_int_t
ngx_auth_cert_native_update(ngx_auth_cert_trust_t *trust,
    const ASN1_TIME *time)
{
    time_t  seconds, *update;

    seconds = ngx_auth_cert_identity_time(time);

    if (seconds == NGX_AUTH_CERT_NO_TIME) {
        return NGX_OK;
    }

    update = ngx_array_push(&trust->updates);
    if (update == NULL) {
        return NGX_ERROR;
    }

    *update = seconds;

    return NGX_OK;
}


time_t
ngx_auth_cert_native_until(const ngx_auth_cert_trust_t *trust, time_t now)
{
    time_t      until, *updates;
    ngx_uint_t  i;

    until = NGX_MAX_TIME_T_VALUE;
    updates = trust->updates.elts;

    for (i = 0; i < trust->updates.nelts; i++) {
        if (updates[i] > now && updates[i] < until) {
            until = updates[i];
        }
    }

    return until;
}
