
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
static ngx_int_t ngx_auth_cert_trust_objects(ngx_auth_cert_trust_t *trust);
static void ngx_auth_cert_trust_destroy(ngx_auth_cert_trust_t *trust);
static int ngx_auth_cert_trust_compare(const X509 *const *one,
    const X509 *const *two);
static X509 *ngx_auth_cert_trust_known(X509 *cert);
static ngx_int_t ngx_auth_cert_trust_add_name(ngx_auth_cert_trust_t *trust,
    X509 *cert);
static void ngx_auth_cert_trust_check(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust);
static ngx_int_t ngx_auth_cert_trust_digest(ngx_auth_cert_trust_t *trust);
static ngx_int_t ngx_auth_cert_trust_read(ngx_auth_cert_trust_t *trust);
static X509_STORE_CTX *ngx_auth_cert_trust_context(
    const ngx_auth_cert_trust_t *trust, X509 *leaf,
    STACK_OF(X509) *untrusted, int security_level);
static int ngx_auth_cert_trust_go_on(int ok, X509_STORE_CTX *ctx);
static long ngx_auth_cert_trust_error(X509 *leaf, long error);
static ngx_int_t ngx_auth_cert_trust_facts(const ngx_auth_cert_trust_t *trust,
    X509 *leaf, STACK_OF(X509) *untrusted, STACK_OF(X509) *verified,
    ngx_auth_cert_chain_t *chain);
static ngx_int_t ngx_auth_cert_trust_where(const ngx_auth_cert_trust_t *trust,
    X509 *leaf, STACK_OF(X509) *untrusted, X509 *cert, uint16_t *where);


ngx_auth_cert_trust_t *
ngx_auth_cert_trust_create(ngx_conf_t *cf, ngx_auth_cert_zone_t *zone,
    ngx_str_t *name)
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

    if (ngx_array_init(&trust->cas, cf->pool, 2,
                       sizeof(ngx_auth_cert_source_t *))
        != NGX_OK
        || ngx_array_init(&trust->crls, cf->pool, 2,
                          sizeof(ngx_auth_cert_source_t *))
           != NGX_OK)
    {
        return NULL;
    }

    trust->name = *name;
    trust->zone = zone;
    trust->depth = NGX_CONF_UNSET;
    trust->purpose = NGX_CONF_UNSET;
    trust->partial_chain = NGX_CONF_UNSET;
    trust->crl_leaf = NGX_CONF_UNSET_UINT;
    trust->crl_options.missing_allow = NGX_CONF_UNSET_UINT;
    trust->crl_options.expired_allow = NGX_CONF_UNSET_UINT;

    ngx_auth_cert_conf_place(cf, &trust->place);

    if (ngx_auth_cert_trust_objects(trust) != NGX_OK) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0, "X509_STORE_new() failed");
        return NULL;
    }

    return trust;
}


static void
ngx_auth_cert_trust_cleanup(void *data)
{
    ngx_auth_cert_trust_destroy(data);
}


static ngx_int_t
ngx_auth_cert_trust_objects(ngx_auth_cert_trust_t *trust)
{
    trust->store = X509_STORE_new();
    trust->certs = sk_X509_new(ngx_auth_cert_trust_compare);
    trust->names = sk_X509_NAME_new_null();

    return (trust->store && trust->certs && trust->names) ? NGX_OK : NGX_ERROR;
}


static void
ngx_auth_cert_trust_destroy(ngx_auth_cert_trust_t *trust)
{
    X509_STORE_free(trust->store);
    sk_X509_pop_free(trust->certs, X509_free);
    sk_X509_NAME_pop_free(trust->names, X509_NAME_free);
}


static int
ngx_auth_cert_trust_compare(const X509 *const *one, const X509 *const *two)
{
    return X509_cmp(*one, *two);
}


ngx_int_t
ngx_auth_cert_trust_add(ngx_auth_cert_trust_t *trust,
    const STACK_OF(X509) *certs)
{
    int    i;
    X509  *cert;

    for (i = 0; i < sk_X509_num(certs); i++) {

        if (sk_X509_find(trust->certs, sk_X509_value(certs, i)) >= 0) {
            continue;
        }

        cert = ngx_auth_cert_trust_known(sk_X509_value(certs, i));

        if (cert == NULL
            || X509_STORE_add_cert(trust->store, cert) == 0
            || ngx_auth_cert_trust_add_name(trust, cert) != NGX_OK
            || sk_X509_push(trust->certs, cert) == 0)
        {
            X509_free(cert);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * OpenSSL decodes the key of a certificate, and at its first use the
 * extensions, once, and keeps what it finds.  Where memory runs out then, a CA
 * would be one without a key or with an invalid extension, and vouch for
 * nobody, until its file changes.  What seems to be so is decoded once more.
 * Returns a certificate to be freed, NULL without memory.
 */

static X509 *
ngx_auth_cert_trust_known(X509 *cert)
{
    int            len;
    X509          *again;
    u_char        *der;
    const u_char  *p;

    if (X509_get0_pubkey(cert) && X509_check_purpose(cert, -1, 0) == 1) {
        return X509_up_ref(cert) ? cert : NULL;
    }

    der = NULL;
    again = NULL;
    len = i2d_X509_AUX(cert, &der);

    if (len > 0) {
        p = der;
        again = d2i_X509_AUX(NULL, &p, len);
    }

    OPENSSL_free(der);

    if (again) {
        (void) X509_check_purpose(again, -1, 0);
    }

    ERR_clear_error();

    return again;
}


/* the names are what the handshake advertises, each once */

static ngx_int_t
ngx_auth_cert_trust_add_name(ngx_auth_cert_trust_t *trust, X509 *cert)
{
    int               i;
    X509_NAME        *name;
    const X509_NAME  *subject;

    subject = X509_get_subject_name(cert);

    for (i = 0; i < sk_X509_NAME_num(trust->names); i++) {
        if (X509_NAME_cmp(sk_X509_NAME_value(trust->names, i), subject) == 0) {
            return NGX_OK;
        }
    }

    name = X509_NAME_dup(subject);
    if (name == NULL) {
        return NGX_ERROR;
    }

    if (sk_X509_NAME_push(trust->names, name) == 0) {
        X509_NAME_free(name);
        return NGX_ERROR;
    }

    return NGX_OK;
}


char *
ngx_auth_cert_trust_compile(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust)
{
    ngx_uint_t  missing, expired;

    missing = trust->crl_options.missing_allow;
    expired = trust->crl_options.expired_allow;

    if (trust->crls.nelts == 0
        && (trust->crl_leaf != NGX_CONF_UNSET_UINT
            || missing != NGX_CONF_UNSET_UINT
            || expired != NGX_CONF_UNSET_UINT))
    {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "auth_cert_trust \"%V\": \"crl_check\", "
                           "\"crl_missing\" and \"crl_expired\" have no "
                           "effect without \"crl\"", &trust->name);
    }

    ngx_conf_init_value(trust->depth, NGX_AUTH_CERT_DEPTH);
    ngx_conf_init_value(trust->purpose, X509_PURPOSE_SSL_CLIENT);
    ngx_conf_init_value(trust->partial_chain, 0);
    ngx_conf_init_uint_value(trust->crl_leaf, 0);
    ngx_conf_init_uint_value(trust->crl_options.missing_allow, 0);
    ngx_conf_init_uint_value(trust->crl_options.expired_allow, 0);

    if (sk_X509_num(trust->certs) == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_trust \"%V\" has no CA, add "
                           "\"ca FILE;\" or \"ca DIRECTORY;\"", &trust->name);
        return NGX_CONF_ERROR;
    }

    ngx_auth_cert_trust_check(cf, trust);

    if (ngx_auth_cert_trust_digest(trust) != NGX_OK) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0, "EVP_Digest() failed");
        return NGX_CONF_ERROR;
    }

    trust->version = 1;

    return NGX_CONF_OK;
}


/* certificates that an administrator may not have meant */

static void
ngx_auth_cert_trust_check(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust)
{
    int         i;
    X509       *cert;
    time_t      not_after;
    ngx_uint_t  anchors;

    anchors = 0;

    for (i = 0; i < sk_X509_num(trust->certs); i++) {
        cert = sk_X509_value(trust->certs, i);

        if (X509_get_extension_flags(cert) & EXFLAG_SS) {
            anchors++;
        }

        not_after = ngx_auth_cert_identity_time(X509_get0_notAfter(cert));

        if (not_after != NGX_AUTH_CERT_NO_TIME && not_after <= ngx_time()) {
            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "auth_cert_trust \"%V\": a CA certificate has "
                               "expired, its clients will be refused",
                               &trust->name);
        }
    }

    if (anchors == 0 && !trust->partial_chain) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "auth_cert_trust \"%V\" has no self-signed CA and "
                           "can never verify a certificate, add the root CA "
                           "or set \"partial_chain on;\"", &trust->name);
    }
}


/*
 * The same certificates and options give the same digest, on every host and
 * in whatever order the files were read.  Sorts the certificates, too.
 */

static ngx_int_t
ngx_auth_cert_trust_digest(ngx_auth_cert_trust_t *trust)
{
    int          i;
    u_char       digest[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_int_t    rc, options[3];
    EVP_MD_CTX  *md;

    sk_X509_sort(trust->certs);

    options[0] = trust->depth;
    options[1] = trust->purpose;
    options[2] = trust->partial_chain;

    rc = NGX_ERROR;
    md = EVP_MD_CTX_new();

    if (md == NULL
        || EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 0
        || EVP_DigestUpdate(md, options, sizeof(options)) == 0)
    {
        goto done;
    }

    for (i = 0; i < sk_X509_num(trust->certs); i++) {

        if (ngx_auth_cert_ca_digest(sk_X509_value(trust->certs, i), digest)
            != NGX_OK
            || EVP_DigestUpdate(md, digest, NGX_AUTH_CERT_DIGEST_LEN) == 0)
        {
            goto done;
        }
    }

    if (EVP_DigestFinal_ex(md, trust->digest, NULL) == 1) {
        rc = NGX_OK;
    }

done:

    EVP_MD_CTX_free(md);

    return rc;
}


ngx_int_t
ngx_auth_cert_trust_refresh(ngx_auth_cert_trust_t *trust, ngx_log_t *log)
{
    STACK_OF(X509)         *certs;
    ngx_auth_cert_trust_t   refreshed;

    refreshed = *trust;
    certs = sk_X509_new_null();

    if (ngx_auth_cert_trust_objects(&refreshed) != NGX_OK || certs == NULL
        || ngx_auth_cert_ca_certs(trust, certs) != NGX_OK
        || ngx_auth_cert_trust_add(&refreshed, certs) != NGX_OK
        || ngx_auth_cert_trust_digest(&refreshed) != NGX_OK
        || sk_X509_num(refreshed.certs) == 0)
    {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                      "auth_cert_trust \"%V\": no memory for its changed CAs, "
                      "the last good ones stay in force", &trust->name);

        sk_X509_pop_free(certs, X509_free);
        ngx_auth_cert_trust_destroy(&refreshed);

        return NGX_ERROR;
    }

    sk_X509_pop_free(certs, X509_free);
    ngx_auth_cert_trust_destroy(trust);

    *trust = refreshed;
    trust->version++;

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_trust_adopt(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    X509_STORE *store)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (cln == NULL || X509_STORE_up_ref(store) == 0) {
        return NGX_ERROR;
    }

    cln->handler = ngx_auth_cert_trust_cleanup;
    cln->data = trust;

    trust->store = store;
    trust->version = 1;

    if (ngx_auth_cert_trust_read(trust) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_auth_cert_trust_digest(trust);
}


static ngx_int_t
ngx_auth_cert_trust_read(ngx_auth_cert_trust_t *trust)
{
    int                     i;
    X509                   *cert;
    STACK_OF(X509_OBJECT)  *objects;

    trust->certs = sk_X509_new(ngx_auth_cert_trust_compare);
    if (trust->certs == NULL) {
        return NGX_ERROR;
    }

    objects = X509_STORE_get0_objects(trust->store);

    for (i = 0; i < sk_X509_OBJECT_num(objects); i++) {

        cert = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));

        if (cert == NULL) {
            continue;
        }

        if (X509_up_ref(cert) == 0) {
            return NGX_ERROR;
        }

        if (sk_X509_push(trust->certs, cert) == 0) {
            X509_free(cert);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_trust_verify(const ngx_auth_cert_trust_t *trust, X509 *leaf,
    STACK_OF(X509) *untrusted, int security_level, ngx_log_t *log,
    ngx_auth_cert_chain_t *chain, long *error)
{
    ngx_int_t        rc;
    X509_STORE_CTX  *ctx;

    *error = X509_V_ERR_UNSPECIFIED;

    ctx = ngx_auth_cert_trust_context(trust, leaf, untrusted, security_level);
    if (ctx == NULL) {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0, "X509_STORE_CTX_init() failed");
        return NGX_ERROR;
    }

    rc = NGX_OK;

    if (X509_verify_cert(ctx) == 1) {
        *error = X509_STORE_CTX_get_error(ctx);

        if (*error == X509_V_OK) {
            rc = ngx_auth_cert_trust_chain(trust, leaf, untrusted,
                                           X509_STORE_CTX_get0_chain(ctx),
                                           log, chain, error);
        }

    } else if (X509_STORE_CTX_get_error(ctx) != X509_V_OK) {
        *error = ngx_auth_cert_trust_error(leaf,
                                           X509_STORE_CTX_get_error(ctx));
    }

    X509_STORE_CTX_free(ctx);
    ERR_clear_error();

    return rc;
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

    if (trust->native) {
        X509_STORE_CTX_set_verify_cb(ctx, ngx_auth_cert_trust_go_on);

        if (X509_STORE_CTX_set_default(ctx, "ssl_client") == 0
            || X509_VERIFY_PARAM_set1(param,
                                      SSL_CTX_get0_param(trust->native))
               == 0)
        {
            goto failed;
        }

        return ctx;
    }

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


/*
 * nginx's own callback does the same: the error that is told is the last one
 * instead of the first one
 */

static int
ngx_auth_cert_trust_go_on(int ok, X509_STORE_CTX *ctx)
{
    return 1;
}


ngx_int_t
ngx_auth_cert_trust_chain(const ngx_auth_cert_trust_t *trust, X509 *leaf,
    STACK_OF(X509) *untrusted, STACK_OF(X509) *verified, ngx_log_t *log,
    ngx_auth_cert_chain_t *chain, long *error)
{
    int  n;

    n = sk_X509_num(verified);

    if (n <= 0 || n > NGX_AUTH_CERT_MAX_VERIFIED) {
        *error = X509_V_ERR_CERT_CHAIN_TOO_LONG;
        return NGX_OK;
    }

    chain->n = n;

    if (ngx_auth_cert_trust_facts(trust, leaf, untrusted, verified, chain)
        != NGX_OK)
    {
        ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                      "a verified chain could not be read");

        *error = X509_V_ERR_OUT_OF_MEM;
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_trust_facts(const ngx_auth_cert_trust_t *trust, X509 *leaf,
    STACK_OF(X509) *untrusted, STACK_OF(X509) *verified,
    ngx_auth_cert_chain_t *chain)
{
    int                          i, n;
    X509                        *cert, *issuer;
    time_t                       since, until;
    ngx_auth_cert_chain_cert_t  *certs;

    n = (int) chain->n;
    certs = chain->certs;
    chain->since = 0;
    chain->until = NGX_MAX_TIME_T_VALUE;

    for (i = 0; i < n; i++) {
        cert = sk_X509_value(verified, i);
        issuer = (i + 1 < n) ? sk_X509_value(verified, i + 1) : cert;

        since = ngx_auth_cert_identity_time(X509_get0_notBefore(cert));
        until = ngx_auth_cert_identity_time(X509_get0_notAfter(cert));

        if (since == NGX_AUTH_CERT_NO_TIME || until == NGX_AUTH_CERT_NO_TIME
            || (trust->crls.nelts
                && ngx_auth_cert_crl_link(cert, issuer, &certs[i].link)
                   != NGX_OK)
            || ngx_auth_cert_trust_where(trust, leaf, untrusted, cert,
                                         &certs[i].where)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        chain->since = ngx_max(chain->since, since);
        chain->until = ngx_min(chain->until, until);
    }

    chain->usage.known = 0;
    ngx_auth_cert_identity_usage(leaf, &chain->usage);

    if (trust->native) {
        until = ngx_auth_cert_native_until(trust, ngx_time());
        chain->until = ngx_min(chain->until, until);
    }

    return ngx_auth_cert_identity_digest(sk_X509_value(verified, n - 1),
                                         chain->anchor);
}


static ngx_int_t
ngx_auth_cert_trust_where(const ngx_auth_cert_trust_t *trust, X509 *leaf,
    STACK_OF(X509) *untrusted, X509 *cert, uint16_t *where)
{
    int  i;

    if (cert == leaf) {
        *where = NGX_AUTH_CERT_CHAIN_LEAF;
        return NGX_OK;
    }

    for (i = 0; i < sk_X509_num(untrusted); i++) {
        if (sk_X509_value(untrusted, i) == cert) {
            *where = i + 1;
            return NGX_OK;
        }
    }

    i = sk_X509_find(trust->certs, cert);

    if (i < 0 || i >= NGX_AUTH_CERT_CHAIN_CA) {
        return NGX_ERROR;
    }

    *where = NGX_AUTH_CERT_CHAIN_CA | i;

    return NGX_OK;
}


/*
 * OpenSSL finds no issuer for a certificate with an extension that it cannot
 * read, or that is there twice: nobody would look for the fault in it
 */

static long
ngx_auth_cert_trust_error(X509 *leaf, long error)
{
    if (ngx_auth_cert_trust_unknown_ca(error)
        && (X509_get_extension_flags(leaf) & EXFLAG_INVALID))
    {
        return X509_V_ERR_INVALID_EXTENSION;
    }

    return error;
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
