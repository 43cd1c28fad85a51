
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * otherNames among the alternative names: UPNs, and values of any type.
 */


#include "ngx_auth_cert.h"


static ngx_int_t ngx_auth_cert_other_name(ngx_pool_t *pool,
    const ngx_auth_cert_element_t *name, ngx_auth_cert_identity_t *identity,
    ngx_auth_cert_oid_pair_t *pair);
static ngx_int_t ngx_auth_cert_other_parts(const ngx_auth_cert_element_t *name,
    ngx_auth_cert_element_t *oid, ngx_auth_cert_element_t *value);
static ngx_uint_t ngx_auth_cert_other_is_upn(const ngx_str_t *oid);
static void ngx_auth_cert_other_upn(ngx_pool_t *pool,
    const ngx_auth_cert_element_t *value, ngx_auth_cert_values_t *values);


ngx_int_t
ngx_auth_cert_other_decode(ngx_pool_t *pool, ngx_auth_cert_der_t names,
    ngx_auth_cert_identity_t *identity)
{
    ngx_int_t                  rc;
    ngx_uint_t                 n;
    ngx_auth_cert_element_t    name;
    ngx_auth_cert_oid_pair_t  *pairs;

    n = identity->nother;
    identity->nother = 0;

    if (n == 0) {
        return NGX_OK;
    }

    pairs = ngx_palloc(pool, n * sizeof(ngx_auth_cert_oid_pair_t));
    identity->other = ngx_palloc(pool, n * sizeof(ngx_auth_cert_other_name_t));

    if (pairs == NULL || identity->other == NULL) {
        return NGX_ERROR;
    }

    while (names.pos < names.last) {

        (void) ngx_auth_cert_der_next(&names, &name);

        if (name.tag != GEN_OTHERNAME) {
            continue;
        }

        rc = ngx_auth_cert_other_name(pool, &name, identity,
                                      &pairs[identity->nother]);

        if (rc == NGX_OK) {
            identity->nother++;

        } else if (rc == NGX_DONE) {

            /* it may be of any type */

            identity->other_unusable = 1;

        } else {
            return rc;
        }
    }

    return ngx_auth_cert_oid_group(pool, pairs, identity->nother,
                                   &identity->other_types,
                                   &identity->nother_types);
}


/* NGX_DONE where the name's type cannot be told */

static ngx_int_t
ngx_auth_cert_other_name(ngx_pool_t *pool, const ngx_auth_cert_element_t *name,
    ngx_auth_cert_identity_t *identity, ngx_auth_cert_oid_pair_t *pair)
{
    ngx_int_t                    rc;
    ngx_auth_cert_element_t      oid, value;
    ngx_auth_cert_other_name_t  *other;

    other = &identity->other[identity->nother];

    if (ngx_auth_cert_other_parts(name, &oid, &value) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (ngx_auth_cert_other_is_upn(&oid.content)) {
        ngx_auth_cert_other_upn(pool, &value,
                                &identity->san[NGX_AUTH_CERT_SAN_UPN]);
    }

    rc = ngx_auth_cert_oid_bytes(pool, &oid.content, &other->oid);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_auth_cert_format_hex(pool, value.der.data, value.der.len,
                                 &other->hex)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    pair->oid = other->oid;
    pair->order = identity->nother;

    return ngx_auth_cert_string_any(pool, &value.der, &other->hex,
                                    &pair->value);
}


/* RFC 5280, section 4.2.1.6: a type, and a value inside of an explicit tag */

static ngx_int_t
ngx_auth_cert_other_parts(const ngx_auth_cert_element_t *name,
    ngx_auth_cert_element_t *oid, ngx_auth_cert_element_t *value)
{
    ngx_auth_cert_der_t      reader, inner;
    ngx_auth_cert_element_t  wrapped;

    ngx_auth_cert_der_open(&name->content, &reader);

    if (!name->constructed
        || ngx_auth_cert_der_oid(&reader, oid) != NGX_OK
        || ngx_auth_cert_der_next(&reader, &wrapped) != NGX_OK
        || reader.pos != reader.last
        || !wrapped.constructed || wrapped.tag != 0
        || wrapped.class != V_ASN1_CONTEXT_SPECIFIC)
    {
        return NGX_DECLINED;
    }

    ngx_auth_cert_der_open(&wrapped.content, &inner);

    if (ngx_auth_cert_der_next(&inner, value) != NGX_OK
        || inner.pos != inner.last)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_auth_cert_other_is_upn(const ngx_str_t *oid)
{
    const ASN1_OBJECT  *upn;

    upn = OBJ_nid2obj(NID_ms_upn);

    return oid->len == OBJ_length(upn)
           && ngx_memcmp(oid->data, OBJ_get0_data(upn), oid->len) == 0;
}


/* of any other type than UTF8String it is not what others read */

static void
ngx_auth_cert_other_upn(ngx_pool_t *pool, const ngx_auth_cert_element_t *value,
    ngx_auth_cert_values_t *values)
{
    ngx_str_t  text;

    if (value->constructed || value->tag != V_ASN1_UTF8STRING
        || value->class != V_ASN1_UNIVERSAL
        || ngx_auth_cert_string_der(pool, &value->der, &text) != NGX_OK)
    {
        values->unusable = 1;
        return;
    }

    values->elts[values->nelts++] = text;
}
