
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The issuer of a CRL: by its key and name, and whose signature it bears.
 */


#include "ngx_auth_cert_crl.h"


static ngx_int_t ngx_auth_cert_crl_issuer_digest(const X509_PUBKEY *key,
    uint32_t hash, u_char digest[NGX_AUTH_CERT_CRL_KEY]);
static void ngx_auth_cert_crl_issuer_remember(
    ngx_auth_cert_crl_record_t *record,
    const u_char key[NGX_AUTH_CERT_CRL_KEY], ngx_atomic_uint_t state);
static ngx_int_t ngx_auth_cert_crl_issuer_name(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record, X509 *cert);


/*
 * The key and the hash of the name's canonical form: the certificates of one
 * CA, as it renews or cross-signs itself, are one issuer.
 */

ngx_int_t
ngx_auth_cert_crl_issuer_read(X509 *cert, ngx_auth_cert_crl_issuer_t *issuer)
{
    int  ok;

    ok = 0;
    issuer->hash = X509_NAME_hash_ex(X509_get_subject_name(cert), NULL, NULL,
                                     &ok);

    if (ok != 1) {
        return NGX_ERROR;
    }

    return ngx_auth_cert_crl_issuer_digest(X509_get_X509_PUBKEY(cert),
                                           issuer->hash, issuer->key);
}


static ngx_int_t
ngx_auth_cert_crl_issuer_digest(const X509_PUBKEY *key, uint32_t hash,
    u_char digest[NGX_AUTH_CERT_CRL_KEY])
{
    int         len, rc;
    u_char     *der, *p;
    ngx_int_t   result;

    len = i2d_X509_PUBKEY(key, NULL);
    if (len <= 0) {
        return NGX_ERROR;
    }

    der = OPENSSL_malloc(len + sizeof(hash));
    if (der == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(der, &hash, sizeof(hash));
    rc = i2d_X509_PUBKEY(key, &p);

    result = (rc == len
              && EVP_Digest(der, len + sizeof(hash), digest, NULL,
                            EVP_sha256(), NULL)
                 == 1)
             ? NGX_OK : NGX_ERROR;

    OPENSSL_free(der);

    return result;
}


ngx_int_t
ngx_auth_cert_crl_issuer_match(ngx_auth_cert_crl_t *crl,
    ngx_auth_cert_crl_record_t *record, X509 *cert,
    const ngx_auth_cert_crl_issuer_t *issuer)
{
    EVP_PKEY   *key;
    ngx_int_t   rc;

    if (record->hash != issuer->hash) {
        return NGX_DECLINED;
    }

    rc = ngx_auth_cert_crl_issuer_known(record, issuer->key);

    if (rc != NGX_AGAIN) {
        return rc;
    }

    rc = ngx_auth_cert_crl_issuer_name(crl, record, cert);

    if (rc != NGX_OK) {
        return rc;
    }

    key = X509_get0_pubkey(cert);

    if (key == NULL) {
        ERR_clear_error();
        return NGX_ERROR;
    }

    rc = ngx_auth_cert_crl_signature_verify(crl, record, key);

    if (rc == NGX_OK) {
        ngx_auth_cert_crl_issuer_remember(record, issuer->key,
                                          NGX_AUTH_CERT_CRL_BOUND);
        return NGX_OK;
    }

    if (rc != NGX_DECLINED) {
        return NGX_ERROR;
    }

    ngx_auth_cert_crl_issuer_remember(record, issuer->key,
                                      NGX_AUTH_CERT_CRL_REFUSED);

    return NGX_ABORT;
}


ngx_int_t
ngx_auth_cert_crl_issuer_known(const ngx_auth_cert_crl_record_t *record,
    const u_char key[NGX_AUTH_CERT_CRL_KEY])
{
    ngx_uint_t         same;
    ngx_atomic_uint_t  state;

    state = record->state;

    if (state != NGX_AUTH_CERT_CRL_BOUND && state != NGX_AUTH_CERT_CRL_REFUSED)
    {
        return NGX_AGAIN;
    }

    ngx_memory_barrier();

    same = (ngx_memcmp(record->key, key, NGX_AUTH_CERT_CRL_KEY) == 0);

    if (state == NGX_AUTH_CERT_CRL_BOUND) {
        return same ? NGX_OK : NGX_DECLINED;
    }

    /* another process may have written its own key meanwhile */

    ngx_memory_barrier();

    return (same && record->state == NGX_AUTH_CERT_CRL_REFUSED) ? NGX_ABORT
                                                                : NGX_AGAIN;
}


static void
ngx_auth_cert_crl_issuer_remember(ngx_auth_cert_crl_record_t *record,
    const u_char key[NGX_AUTH_CERT_CRL_KEY], ngx_atomic_uint_t state)
{
    ngx_atomic_uint_t  before;

    before = record->state;

    if (before != NGX_AUTH_CERT_CRL_UNBOUND
        && before != NGX_AUTH_CERT_CRL_REFUSED)
    {
        return;
    }

    if (ngx_atomic_cmp_set(&record->state, before, NGX_AUTH_CERT_CRL_BINDING))
    {
        ngx_memcpy(record->key, key, NGX_AUTH_CERT_CRL_KEY);
        ngx_memory_barrier();
        record->state = state;
    }
}


/* NGX_OK where it is the CRL's issuer name */

static ngx_int_t
ngx_auth_cert_crl_issuer_name(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record, X509 *cert)
{
    ngx_int_t      rc;
    X509_NAME     *name;
    const u_char  *p;

    p = ngx_auth_cert_crl_data(crl) + record->issuer.offset;

    name = d2i_X509_NAME(NULL, &p, record->issuer.len);
    if (name == NULL) {
        ERR_clear_error();
        return NGX_ERROR;
    }

    rc = (X509_NAME_cmp(name, X509_get_subject_name(cert)) == 0)
         ? NGX_OK : NGX_DECLINED;

    X509_NAME_free(name);

    return rc;
}


/* X509_get_key_usage() is all ones where there is no extension */

ngx_uint_t
ngx_auth_cert_crl_issuer_signs(X509 *cert)
{
    return (X509_get_key_usage(cert) & KU_CRL_SIGN) ? 1 : 0;
}
