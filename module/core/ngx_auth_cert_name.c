
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Distinguished names of a certificate: their attributes, decoded.
 */


#include "ngx_auth_cert.h"


static ngx_int_t ngx_auth_cert_name_count(ngx_auth_cert_der_t rdns,
    ngx_uint_t *n, ngx_uint_t *empty);
static ngx_int_t ngx_auth_cert_name_attributes(ngx_pool_t *pool,
    ngx_auth_cert_der_t rdns, ngx_auth_cert_name_t *name);
static ngx_int_t ngx_auth_cert_name_attribute(ngx_pool_t *pool,
    ngx_auth_cert_der_t *set, ngx_auth_cert_attribute_t *attribute);
static ngx_int_t ngx_auth_cert_name_types(ngx_pool_t *pool,
    ngx_auth_cert_name_t *name);
static ngx_int_t ngx_auth_cert_name_values(ngx_pool_t *pool,
    ngx_auth_cert_name_t *name);


ngx_int_t
ngx_auth_cert_name_decode(ngx_pool_t *pool, const ngx_str_t *der,
    ngx_auth_cert_name_t *name)
{
    ngx_int_t            rc;
    ngx_uint_t           n, empty;
    ngx_auth_cert_der_t  rdns;

    if (ngx_auth_cert_der_sequence(der, &rdns) != NGX_OK
        || ngx_auth_cert_name_count(rdns, &n, &empty) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    /*
     * An RDN without attributes has no place in the text: the name would be
     * taken for that without it
     */

    if (empty) {
        name->values.unusable = 1;
        return NGX_OK;
    }

    if (n) {
        name->attributes = ngx_pcalloc(pool,
                                       n * sizeof(ngx_auth_cert_attribute_t));
        if (name->attributes == NULL) {
            return NGX_ERROR;
        }
    }

    rc = ngx_auth_cert_name_attributes(pool, rdns, name);

    if (rc == NGX_DONE) {

        /* it may be of any type */

        name->nattributes = 0;
        name->values.unusable = 1;
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_auth_cert_name_types(pool, name) != NGX_OK
        || ngx_auth_cert_format_name(pool, name, &name->text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_auth_cert_name_values(pool, name);
}


/* the attributes, and whether there is an RDN without any */

static ngx_int_t
ngx_auth_cert_name_count(ngx_auth_cert_der_t rdns, ngx_uint_t *n,
    ngx_uint_t *empty)
{
    ngx_auth_cert_der_t  set, attribute;

    *n = 0;
    *empty = 0;

    while (rdns.pos < rdns.last) {

        if (ngx_auth_cert_der_enter(&rdns, V_ASN1_SET, &set) != NGX_OK) {
            return NGX_DECLINED;
        }

        if (set.pos == set.last) {
            *empty = 1;
        }

        while (set.pos < set.last) {

            if (ngx_auth_cert_der_enter(&set, V_ASN1_SEQUENCE, &attribute)
                != NGX_OK)
            {
                return NGX_DECLINED;
            }

            (*n)++;
        }
    }

    return NGX_OK;
}


/* NGX_DONE where a type cannot be told */

static ngx_int_t
ngx_auth_cert_name_attributes(ngx_pool_t *pool,
    ngx_auth_cert_der_t rdns, ngx_auth_cert_name_t *name)
{
    ngx_int_t                   rc;
    ngx_uint_t                  rdn;
    ngx_auth_cert_der_t         set;
    ngx_auth_cert_attribute_t  *attribute;

    for (rdn = 0; rdns.pos < rdns.last; rdn++) {

        (void) ngx_auth_cert_der_enter(&rdns, V_ASN1_SET, &set);

        while (set.pos < set.last) {
            attribute = &name->attributes[name->nattributes];
            attribute->rdn = rdn;

            rc = ngx_auth_cert_name_attribute(pool, &set, attribute);
            if (rc != NGX_OK) {
                return rc;
            }

            name->nattributes++;
        }
    }

    return NGX_OK;
}


/* X.501, section 9.3: a type and a value; NGX_OK also for an unusable value */

static ngx_int_t
ngx_auth_cert_name_attribute(ngx_pool_t *pool,
    ngx_auth_cert_der_t *set, ngx_auth_cert_attribute_t *attribute)
{
    ngx_int_t                rc;
    ngx_auth_cert_der_t      parts;
    ngx_auth_cert_element_t  oid, value;

    (void) ngx_auth_cert_der_enter(set, V_ASN1_SEQUENCE, &parts);

    if (ngx_auth_cert_der_oid(&parts, &oid) != NGX_OK
        || ngx_auth_cert_der_next(&parts, &value) != NGX_OK
        || parts.pos != parts.last)
    {
        return NGX_DECLINED;
    }

    attribute->der = value.der;

    rc = ngx_auth_cert_oid_bytes(pool, &oid.content, &attribute->oid);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_auth_cert_oid_name(&oid.der, &attribute->name);

    rc = ngx_auth_cert_string_der(pool, &attribute->der, &attribute->value);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc != NGX_OK) {
        ngx_str_null(&attribute->value);
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
