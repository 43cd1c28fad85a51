
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Subject alternative names: each field reads one type of GeneralName.
 *
 * A certificate can hold ten thousand of them, so they are read in place.
 * OpenSSL would make several objects of each; it does for the types that have
 * a structure of their own.
 */


#include "ngx_auth_cert.h"


/* RFC 5280, section 4.2.1.6: the highest tag of a GeneralName */
#define NGX_AUTH_CERT_SAN_LAST_TYPE  GEN_RID


/*
 * Sets the next of values, whose number is the caller's.  NGX_OK;
 * NGX_DECLINED where it cannot be used; NGX_ABORT where it is not well-formed;
 * NGX_ERROR.
 */

typedef ngx_int_t (*ngx_auth_cert_san_pt)(ngx_pool_t *pool,
    const ngx_auth_cert_element_t *name, ngx_auth_cert_values_t *values);


typedef struct {
    int                               type;
    ngx_auth_cert_san_e               field;
    ngx_auth_cert_san_pt              decode;
} ngx_auth_cert_san_type_t;


static ngx_int_t ngx_auth_cert_san_alloc(ngx_pool_t *pool,
    ngx_auth_cert_der_t reader, ngx_auth_cert_identity_t *identity);
static const ngx_auth_cert_san_type_t *ngx_auth_cert_san_find(int type);
static ngx_int_t ngx_auth_cert_san_name(ngx_pool_t *pool,
    const ngx_auth_cert_element_t *name, ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_san_ascii(ngx_pool_t *pool,
    const ngx_auth_cert_element_t *name, ngx_auth_cert_values_t *values);
static ngx_int_t ngx_auth_cert_san_ip(ngx_pool_t *pool,
    const ngx_auth_cert_element_t *name, ngx_auth_cert_values_t *values);
static ngx_int_t ngx_auth_cert_san_dirname(ngx_pool_t *pool,
    const ngx_auth_cert_element_t *name, ngx_auth_cert_values_t *values);
static ngx_int_t ngx_auth_cert_san_rid(ngx_pool_t *pool,
    const ngx_auth_cert_element_t *name, ngx_auth_cert_values_t *values);
static GENERAL_NAME *ngx_auth_cert_san_object(
    const ngx_auth_cert_element_t *name);


static const ngx_auth_cert_san_type_t  ngx_auth_cert_san_types[] = {
    { GEN_DNS, NGX_AUTH_CERT_SAN_DNS, ngx_auth_cert_san_ascii },
    { GEN_URI, NGX_AUTH_CERT_SAN_URI, ngx_auth_cert_san_ascii },
    { GEN_EMAIL, NGX_AUTH_CERT_SAN_EMAIL, ngx_auth_cert_san_ascii },
    { GEN_IPADD, NGX_AUTH_CERT_SAN_IP, ngx_auth_cert_san_ip },
    { GEN_DIRNAME, NGX_AUTH_CERT_SAN_DIRNAME, ngx_auth_cert_san_dirname },
    { GEN_RID, NGX_AUTH_CERT_SAN_RID, ngx_auth_cert_san_rid },
    { 0, 0, NULL }
};


ngx_int_t
ngx_auth_cert_san_decode(ngx_pool_t *pool, const ngx_str_t *der,
    ngx_auth_cert_identity_t *identity)
{
    ngx_int_t                rc;
    ngx_auth_cert_der_t      reader, names;
    ngx_auth_cert_element_t  name;

    /* RFC 5280, section 4.2.1.6: GeneralNames */

    if (ngx_auth_cert_der_sequence(der, &names) != NGX_OK) {
        return NGX_DECLINED;
    }

    rc = ngx_auth_cert_san_alloc(pool, names, identity);
    if (rc != NGX_OK) {
        return rc;
    }

    reader = names;

    while (reader.pos < reader.last) {

        (void) ngx_auth_cert_der_next(&reader, &name);

        rc = ngx_auth_cert_san_name(pool, &name, identity);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return ngx_auth_cert_other_decode(pool, names, identity);
}


void
ngx_auth_cert_san_unusable(ngx_auth_cert_identity_t *identity)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AUTH_CERT_SAN_TYPES; i++) {
        identity->san[i].nelts = 0;
        identity->san[i].unusable = 1;
    }

    identity->nother = 0;
    identity->nother_types = 0;
    identity->other_unusable = 1;
}


static ngx_int_t
ngx_auth_cert_san_alloc(ngx_pool_t *pool, ngx_auth_cert_der_t reader,
    ngx_auth_cert_identity_t *identity)
{
    ngx_uint_t                       i, n[NGX_AUTH_CERT_SAN_TYPES];
    ngx_auth_cert_values_t          *values;
    ngx_auth_cert_element_t          name;
    const ngx_auth_cert_san_type_t  *type;

    ngx_memzero(n, sizeof(n));

    while (reader.pos < reader.last) {

        if (ngx_auth_cert_der_next(&reader, &name) != NGX_OK
            || name.class != V_ASN1_CONTEXT_SPECIFIC
            || name.tag > NGX_AUTH_CERT_SAN_LAST_TYPE)
        {
            return NGX_DECLINED;
        }

        type = ngx_auth_cert_san_find(name.tag);

        if (type) {
            n[type->field]++;

        } else if (name.tag == GEN_OTHERNAME) {
            n[NGX_AUTH_CERT_SAN_UPN]++;
        }
    }

    identity->nother = n[NGX_AUTH_CERT_SAN_UPN];

    for (i = 0; i < NGX_AUTH_CERT_SAN_TYPES; i++) {

        if (n[i] == 0) {
            continue;
        }

        values = &identity->san[i];

        values->elts = ngx_palloc(pool, n[i] * sizeof(ngx_str_t));
        if (values->elts == NULL) {
            return NGX_ERROR;
        }

        if (i == NGX_AUTH_CERT_SAN_RID) {

            /* OIDs have one text */

            values->normals = values->elts;
        }

        if (i == NGX_AUTH_CERT_SAN_IP) {
            values->normals = ngx_palloc(pool, n[i] * sizeof(ngx_str_t));
            if (values->normals == NULL) {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static const ngx_auth_cert_san_type_t *
ngx_auth_cert_san_find(int type)
{
    const ngx_auth_cert_san_type_t  *row;

    for (row = ngx_auth_cert_san_types; row->decode; row++) {
        if (row->type == type) {
            return row;
        }
    }

    return NULL;
}


/* NGX_OK; NGX_DECLINED where it is not well-formed; NGX_ERROR */

static ngx_int_t
ngx_auth_cert_san_name(ngx_pool_t *pool, const ngx_auth_cert_element_t *name,
    ngx_auth_cert_identity_t *identity)
{
    ngx_int_t                        rc;
    GENERAL_NAME                    *object;
    ngx_auth_cert_values_t          *values;
    const ngx_auth_cert_san_type_t  *type;

    if (name->tag == GEN_OTHERNAME) {
        return NGX_OK;
    }

    type = ngx_auth_cert_san_find(name->tag);

    if (type == NULL) {

        /* x400Address and ediPartyName */

        object = ngx_auth_cert_san_object(name);
        GENERAL_NAME_free(object);

        if (object) {
            return NGX_OK;
        }

        return ngx_auth_cert_der_nomem() ? NGX_ERROR : NGX_DECLINED;
    }

    values = &identity->san[type->field];

    rc = type->decode(pool, name, values);

    switch (rc) {

    case NGX_OK:
        values->nelts++;
        return NGX_OK;

    case NGX_DECLINED:
        values->unusable = 1;
        return NGX_OK;

    case NGX_ABORT:
        return NGX_DECLINED;

    default:
        return NGX_ERROR;
    }
}


static ngx_int_t
ngx_auth_cert_san_ascii(ngx_pool_t *pool, const ngx_auth_cert_element_t *name,
    ngx_auth_cert_values_t *values)
{
    size_t         i, len;
    const u_char  *data;

    data = name->content.data;
    len = name->content.len;

    if (name->constructed) {
        return NGX_DECLINED;
    }

    for (i = 0; i < len; i++) {
        if (data[i] < 0x20 || data[i] > 0x7e) {
            return NGX_DECLINED;
        }
    }

    values->elts[values->nelts] = name->content;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_san_ip(ngx_pool_t *pool, const ngx_auth_cert_element_t *name,
    ngx_auth_cert_values_t *values)
{
    int         family;
    u_char     *p;
    ngx_str_t  *text;

    if (name->constructed) {
        return NGX_DECLINED;
    }

    switch (name->content.len) {

    case 4:
        family = AF_INET;
        break;

    case 16:
        family = AF_INET6;
        break;

    default:
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(pool, NGX_INET6_ADDRSTRLEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text = &values->elts[values->nelts];

    text->data = p;
    text->len = ngx_inet_ntop(family, name->content.data, p,
                              NGX_INET6_ADDRSTRLEN);

    values->normals[values->nelts] = name->content;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_san_dirname(ngx_pool_t *pool,
    const ngx_auth_cert_element_t *name, ngx_auth_cert_values_t *values)
{
    ngx_int_t             rc;
    ngx_auth_cert_name_t  dirname;

    ngx_memzero(&dirname, sizeof(ngx_auth_cert_name_t));

    /* a CHOICE in an explicit tag */

    rc = name->constructed
         ? ngx_auth_cert_name_decode(pool, &name->content, &dirname)
         : NGX_DECLINED;

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_ABORT : rc;
    }

    /* an empty name is unusable, too: it names nobody */

    if (dirname.values.nelts == 0) {
        return NGX_DECLINED;
    }

    values->elts[values->nelts] = dirname.text;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_san_rid(ngx_pool_t *pool, const ngx_auth_cert_element_t *name,
    ngx_auth_cert_values_t *values)
{
    ngx_int_t  rc;

    rc = name->constructed
         ? NGX_DECLINED
         : ngx_auth_cert_oid_bytes(pool, &name->content,
                                   &values->elts[values->nelts]);

    return (rc == NGX_DONE) ? NGX_DECLINED
                            : (rc == NGX_DECLINED) ? NGX_ABORT : rc;
}


/* NULL where it is not well-formed */

static GENERAL_NAME *
ngx_auth_cert_san_object(const ngx_auth_cert_element_t *name)
{
    const u_char  *p;

    p = name->der.data;

    return d2i_GENERAL_NAME(NULL, &p, (long) name->der.len);
}
