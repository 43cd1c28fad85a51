
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Extensions of a certificate: each stands there once and is decoded whole,
 * or is unusable.
 */


#include "ngx_auth_cert.h"


static ngx_int_t ngx_auth_cert_extension_oid(ngx_pool_t *pool,
    const ASN1_OBJECT *object, ngx_auth_cert_values_t *values);
static ngx_int_t ngx_auth_cert_extension_pair(ngx_pool_t *pool,
    const ASN1_OBJECT *object, const ASN1_STRING *data,
    ngx_auth_cert_oid_pair_t *pair);
static void ngx_auth_cert_extension_repeated(
    ngx_auth_cert_identity_t *identity);


ngx_int_t
ngx_auth_cert_extension_der(X509 *cert, int nid, ngx_str_t *der)
{
    int                 i;
    const ASN1_STRING  *data;

    i = X509_get_ext_by_NID(cert, nid, -1);
    if (i < 0) {
        return NGX_DONE;
    }

    /* RFC 5280, section 4.2: not more than one of an extension */

    if (X509_get_ext_by_NID(cert, nid, i) >= 0) {
        return NGX_DECLINED;
    }

    data = X509_EXTENSION_get_data(X509_get_ext(cert, i));

    der->data = (u_char *) ASN1_STRING_get0_data(data);
    der->len = ASN1_STRING_length(data);

    return NGX_OK;
}


void *
ngx_auth_cert_extension_find(X509 *cert, int nid, const ASN1_ITEM *item,
    ngx_uint_t *bad)
{
    ngx_int_t      rc;
    ngx_str_t      der;
    ASN1_VALUE    *value;
    const u_char  *p;

    rc = ngx_auth_cert_extension_der(cert, nid, &der);

    *bad = (rc == NGX_DECLINED);

    if (rc != NGX_OK) {
        return NULL;
    }

    p = der.data;
    value = ASN1_item_d2i(NULL, &p, der.len, item);

    if (value != NULL && p != der.data + der.len) {
        ASN1_item_free(value, item);
        value = NULL;
    }

    *bad = (value == NULL);

    return value;
}


ngx_int_t
ngx_auth_cert_extension_eku(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    int                  i, n;
    ngx_int_t            rc;
    EXTENDED_KEY_USAGE  *usages;

    usages = ngx_auth_cert_extension_find(cert, NID_ext_key_usage,
                                          ASN1_ITEM_rptr(EXTENDED_KEY_USAGE),
                                          &identity->eku.unusable);
    if (usages == NULL) {
        return NGX_OK;
    }

    rc = NGX_OK;
    n = sk_ASN1_OBJECT_num(usages);

    identity->eku.elts = ngx_palloc(pool, (n + 1) * sizeof(ngx_str_t));
    if (identity->eku.elts == NULL) {
        rc = NGX_ERROR;
    }

    for (i = 0; i < n && rc == NGX_OK; i++) {
        rc = ngx_auth_cert_extension_oid(pool, sk_ASN1_OBJECT_value(usages, i),
                                         &identity->eku);
    }

    EXTENDED_KEY_USAGE_free(usages);

    return rc;
}


ngx_int_t
ngx_auth_cert_extension_policy(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    int                   i, n;
    ngx_int_t             rc;
    CERTIFICATEPOLICIES  *policies;

    policies = ngx_auth_cert_extension_find(cert, NID_certificate_policies,
                                          ASN1_ITEM_rptr(CERTIFICATEPOLICIES),
                                          &identity->policy.unusable);
    if (policies == NULL) {
        return NGX_OK;
    }

    rc = NGX_OK;
    n = sk_POLICYINFO_num(policies);

    identity->policy.elts = ngx_palloc(pool, (n + 1) * sizeof(ngx_str_t));
    if (identity->policy.elts == NULL) {
        rc = NGX_ERROR;
    }

    for (i = 0; i < n && rc == NGX_OK; i++) {
        rc = ngx_auth_cert_extension_oid(pool,
                                   sk_POLICYINFO_value(policies, i)->policyid,
                                   &identity->policy);
    }

    CERTIFICATEPOLICIES_free(policies);

    return rc;
}


ngx_int_t
ngx_auth_cert_extension_all(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    int                        i, n;
    ngx_int_t                  rc;
    ngx_uint_t                 npairs;
    ngx_auth_cert_oid_pair_t  *pairs;

    n = X509_get_ext_count(cert);
    npairs = 0;

    pairs = ngx_palloc(pool, (n + 1) * sizeof(ngx_auth_cert_oid_pair_t));
    if (pairs == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        rc = ngx_auth_cert_extension_pair(pool,
                          X509_EXTENSION_get_object(X509_get_ext(cert, i)),
                          X509_EXTENSION_get_data(X509_get_ext(cert, i)),
                          &pairs[npairs]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED) {
            identity->extensions_unusable = 1;
            continue;
        }

        pairs[npairs].order = npairs;
        npairs++;
    }

    rc = ngx_auth_cert_oid_group(pool, pairs, npairs, &identity->extensions,
                                 &identity->nextensions);

    ngx_auth_cert_extension_repeated(identity);

    return rc;
}


/* NGX_DECLINED where its type is not known */

static ngx_int_t
ngx_auth_cert_extension_pair(ngx_pool_t *pool, const ASN1_OBJECT *object,
    const ASN1_STRING *data, ngx_auth_cert_oid_pair_t *pair)
{
    ngx_int_t  rc;
    ngx_str_t  der, hex;

    rc = ngx_auth_cert_oid_text(pool, object, &pair->oid);
    if (rc != NGX_OK) {
        return rc;
    }

    der.data = (u_char *) ASN1_STRING_get0_data(data);
    der.len = ASN1_STRING_length(data);

    if (ngx_auth_cert_format_hex(pool, der.data, der.len, &hex) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_auth_cert_string_any(pool, &der, &hex, &pair->value);
}


static void
ngx_auth_cert_extension_repeated(ngx_auth_cert_identity_t *identity)
{
    ngx_uint_t               i;
    ngx_auth_cert_values_t  *values;

    for (i = 0; i < identity->nextensions; i++) {
        values = &identity->extensions[i].values;

        if (values->nelts > 1) {
            values->unusable = 1;
        }

        if (values->unusable) {
            values->nelts = 0;
        }
    }
}


static ngx_int_t
ngx_auth_cert_extension_oid(ngx_pool_t *pool, const ASN1_OBJECT *object,
    ngx_auth_cert_values_t *values)
{
    ngx_int_t  rc;

    rc = ngx_auth_cert_oid_text(pool, object, &values->elts[values->nelts]);

    if (rc == NGX_OK) {
        values->nelts++;
    }

    if (rc == NGX_DECLINED) {
        values->unusable = 1;
        rc = NGX_OK;
    }

    return rc;
}
