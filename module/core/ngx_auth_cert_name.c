
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Distinguished names of a certificate: their attributes, decoded.
 */


#include "ngx_auth_cert.h"


static ngx_uint_t ngx_auth_cert_name_empty_rdn(const X509_NAME *x509);
static ngx_int_t ngx_auth_cert_name_attribute(ngx_pool_t *pool,
    const X509_NAME_ENTRY *entry, ngx_auth_cert_attribute_t *attribute);
static ngx_int_t ngx_auth_cert_name_der(ngx_pool_t *pool,
    const ASN1_STRING *string, ngx_str_t *der);
static ngx_int_t ngx_auth_cert_name_types(ngx_pool_t *pool,
    ngx_auth_cert_name_t *name);
static ngx_int_t ngx_auth_cert_name_values(ngx_pool_t *pool,
    ngx_auth_cert_name_t *name);


ngx_int_t
ngx_auth_cert_name_decode(ngx_pool_t *pool, const X509_NAME *x509,
    ngx_auth_cert_name_t *name)
{
    ngx_int_t   rc;
    ngx_uint_t  i, n;

    if (ngx_auth_cert_name_empty_rdn(x509)) {
        name->values.unusable = 1;
        return NGX_OK;
    }

    n = X509_NAME_entry_count(x509);

    if (n) {
        name->attributes = ngx_pcalloc(pool,
                                       n * sizeof(ngx_auth_cert_attribute_t));
        if (name->attributes == NULL) {
            return NGX_ERROR;
        }
    }

    for (i = 0; i < n; i++) {
        rc = ngx_auth_cert_name_attribute(pool, X509_NAME_get_entry(x509, i),
                                          &name->attributes[i]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED) {

            /* it may be of any type */

            name->values.unusable = 1;
            return NGX_OK;
        }
    }

    name->nattributes = n;

    if (ngx_auth_cert_name_types(pool, name) != NGX_OK
        || ngx_auth_cert_format_name(pool, name, &name->text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_auth_cert_name_values(pool, name);
}


/*
 * An RDN without attributes has no place in the text, nor among OpenSSL's
 * entries: the name would be taken for that without it.
 */

static ngx_uint_t
ngx_auth_cert_name_empty_rdn(const X509_NAME *x509)
{
    int            tag, class;
    long           len;
    size_t         size;
    const u_char  *p, *last;

    if (X509_NAME_get0_der(x509, &p, &size) != 1) {
        return 1;
    }

    last = p + size;

    if (ASN1_get_object(&p, &len, &tag, &class, size) & 0x80) {
        return 1;
    }

    while (p < last) {
        if ((ASN1_get_object(&p, &len, &tag, &class, last - p) & 0x80)
            || len == 0)
        {
            return 1;
        }

        p += len;
    }

    return 0;
}


/* NGX_OK, also for an unusable value; NGX_DECLINED: its type is not known */

static ngx_int_t
ngx_auth_cert_name_attribute(ngx_pool_t *pool, const X509_NAME_ENTRY *entry,
    ngx_auth_cert_attribute_t *attribute)
{
    ngx_int_t           rc;
    const ASN1_OBJECT  *object;
    const ASN1_STRING  *string;

    object = X509_NAME_ENTRY_get_object(entry);
    string = X509_NAME_ENTRY_get_data(entry);

    attribute->rdn = X509_NAME_ENTRY_set(entry);

    rc = ngx_auth_cert_oid_text(pool, object, &attribute->oid);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_auth_cert_oid_name(object, &attribute->name);

    rc = ngx_auth_cert_name_der(pool, string, &attribute->der);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_auth_cert_string_decode(pool, string, &attribute->value);
    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc != NGX_OK) {
        ngx_str_null(&attribute->value);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_name_der(ngx_pool_t *pool, const ASN1_STRING *string,
    ngx_str_t *der)
{
    int      len;
    u_char  *p;

    len = i2d_ASN1_PRINTABLE(string, NULL);
    if (len <= 0) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    der->data = p;
    der->len = len;

    if (i2d_ASN1_PRINTABLE(string, &p) != len) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_name_types(ngx_pool_t *pool, ngx_auth_cert_name_t *name)
{
    ngx_uint_t                 i;
    ngx_auth_cert_oid_pair_t  *pairs;

    pairs = ngx_palloc(pool, (name->nattributes + 1)
                             * sizeof(ngx_auth_cert_oid_pair_t));
    if (pairs == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < name->nattributes; i++) {
        pairs[i].oid = name->attributes[i].oid;
        pairs[i].value = name->attributes[i].value;
        pairs[i].order = i;
    }

    return ngx_auth_cert_oid_group(pool, pairs, name->nattributes,
                                   &name->types, &name->ntypes);
}


static ngx_int_t
ngx_auth_cert_name_values(ngx_pool_t *pool, ngx_auth_cert_name_t *name)
{
    ngx_uint_t  i;

    for (i = 0; i < name->nattributes; i++) {
        if (name->attributes[i].value.data == NULL) {
            name->values.unusable = 1;
            return NGX_OK;
        }
    }

    if (name->nattributes == 0) {
        return NGX_OK;
    }

    name->values.elts = ngx_palloc(pool, sizeof(ngx_str_t));
    if (name->values.elts == NULL) {
        return NGX_ERROR;
    }

    name->values.elts[0] = name->text;
    name->values.nelts = 1;

    return NGX_OK;
}
