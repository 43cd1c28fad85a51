
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Extensions of a certificate: each stands there once and is decoded whole,
 * or is unusable.
 */


#include "ngx_auth_cert.h"


/*
 * Policies with qualifiers: no legitimate certificate has as many.  OpenSSL
 * reads these, which takes time, and there is room for thousands.
 */
#define NGX_AUTH_CERT_EXTENSION_QUALIFIED  64

/* the least bytes of an OID: to count thousands would take longer */
#define NGX_AUTH_CERT_EXTENSION_OID        3


static ngx_int_t ngx_auth_cert_extension_oids(ngx_pool_t *pool, X509 *cert,
    int nid, ngx_uint_t *qualified, ngx_auth_cert_values_t *values);
static ngx_int_t ngx_auth_cert_extension_oid(ngx_pool_t *pool,
    ngx_auth_cert_der_t *reader, ngx_uint_t *qualified,
    ngx_auth_cert_values_t *values);
static ngx_int_t ngx_auth_cert_extension_information(
    ngx_auth_cert_der_t *reader, ngx_uint_t *qualified,
    ngx_auth_cert_element_t *oid);
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


ngx_int_t
ngx_auth_cert_extension_eku(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    return ngx_auth_cert_extension_oids(pool, cert, NID_ext_key_usage, NULL,
                                        &identity->eku);
}


ngx_int_t
ngx_auth_cert_extension_policy(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    ngx_uint_t  qualified;

    qualified = 0;

    return ngx_auth_cert_extension_oids(pool, cert, NID_certificate_policies,
                                        &qualified, &identity->policy);
}


/*
 * RFC 5280, sections 4.2.1.4 and 4.2.1.12: a sequence of OIDs, or of
 * sequences that begin with one, where qualified, which counts what has more
 * than that, is not NULL.  Of what is not well-formed there is none.
 */

static ngx_int_t
ngx_auth_cert_extension_oids(ngx_pool_t *pool, X509 *cert, int nid,
    ngx_uint_t *qualified, ngx_auth_cert_values_t *values)
{
    ngx_int_t            rc;
    ngx_str_t            der;
    ngx_uint_t           n;
    ngx_auth_cert_der_t  reader;

    rc = ngx_auth_cert_extension_der(cert, nid, &der);

    if (rc == NGX_DONE) {
        return NGX_OK;
    }

    values->unusable = 1;

    if (rc != NGX_OK
        || ngx_auth_cert_der_sequence(&der, &reader) != NGX_OK)
    {
        return NGX_OK;
    }

    n = der.len / NGX_AUTH_CERT_EXTENSION_OID + 1;

    values->elts = ngx_palloc(pool, n * sizeof(ngx_str_t));
    if (values->elts == NULL) {
        return NGX_ERROR;
    }

    /* OIDs have one text */

    values->normals = values->elts;
    values->unusable = 0;

    while (reader.pos < reader.last) {

        rc = ngx_auth_cert_extension_oid(pool, &reader, qualified, values);

        if (rc == NGX_DECLINED) {
            values->nelts = 0;
            values->unusable = 1;
            return NGX_OK;
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


/* NGX_OK also for one that cannot be used; NGX_DECLINED for what is none */

static ngx_int_t
ngx_auth_cert_extension_oid(ngx_pool_t *pool, ngx_auth_cert_der_t *reader,
    ngx_uint_t *qualified, ngx_auth_cert_values_t *values)
{
    ngx_int_t                rc;
    ngx_auth_cert_element_t  oid;

    rc = qualified
         ? ngx_auth_cert_extension_information(reader, qualified, &oid)
         : ngx_auth_cert_der_oid(reader, &oid);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_auth_cert_oid_bytes(pool, &oid.content,
                                 &values->elts[values->nelts]);

    if (rc == NGX_OK) {
        values->nelts++;
    }

    if (rc == NGX_DONE) {
        values->unusable = 1;
        rc = NGX_OK;
    }

    return rc;
}


/*
 * RFC 5280, section 4.2.1.4: PolicyInformation.  Qualifiers are of no use
 * here, but one that OpenSSL cannot read makes the extension unreadable.
 */

static ngx_int_t
ngx_auth_cert_extension_information(ngx_auth_cert_der_t *reader,
    ngx_uint_t *qualified, ngx_auth_cert_element_t *oid)
{
    POLICYINFO           *information;
    const u_char         *start;
    ngx_auth_cert_der_t   policy, qualifiers;

    start = reader->pos;

    if (ngx_auth_cert_der_enter(reader, V_ASN1_SEQUENCE, &policy) != NGX_OK
        || ngx_auth_cert_der_oid(&policy, oid) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (policy.pos == policy.last) {
        return NGX_OK;
    }

    if (ngx_auth_cert_der_enter(&policy, V_ASN1_SEQUENCE, &qualifiers)
        != NGX_OK
        || policy.pos != policy.last
        || ++*qualified > NGX_AUTH_CERT_EXTENSION_QUALIFIED)
    {
        return NGX_DECLINED;
    }

    information = d2i_POLICYINFO(NULL, &start, reader->pos - start);
    POLICYINFO_free(information);

    if (information) {
        return NGX_OK;
    }

    return ngx_auth_cert_der_nomem() ? NGX_ERROR : NGX_DECLINED;
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
