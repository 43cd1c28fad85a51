
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Subject alternative names: each field reads one type of GeneralName.
 */


#include "ngx_auth_cert.h"


/*
 * NGX_OK and the text; NGX_DONE where the name is none of the field;
 * NGX_DECLINED where it cannot be used; NGX_ERROR.
 */

typedef ngx_int_t (*ngx_auth_cert_san_pt)(ngx_pool_t *pool,
    const GENERAL_NAME *name, ngx_str_t *text);


typedef struct {
    int                               type;
    ngx_auth_cert_san_e               field;
    ngx_auth_cert_san_pt              decode;
} ngx_auth_cert_san_type_t;


static const ngx_auth_cert_san_type_t *ngx_auth_cert_san_find(
    const GENERAL_NAME *name);
static ngx_int_t ngx_auth_cert_san_alloc(ngx_pool_t *pool,
    const GENERAL_NAMES *names, ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_san_others(ngx_pool_t *pool,
    const GENERAL_NAMES *names, ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_san_other(ngx_pool_t *pool,
    const OTHERNAME *name, ngx_auth_cert_other_name_t *other,
    ngx_str_t *text);
static ngx_int_t ngx_auth_cert_san_ascii(ngx_pool_t *pool,
    const GENERAL_NAME *name, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_san_ip(ngx_pool_t *pool,
    const GENERAL_NAME *name, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_san_upn(ngx_pool_t *pool,
    const GENERAL_NAME *name, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_san_dirname(ngx_pool_t *pool,
    const GENERAL_NAME *name, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_san_rid(ngx_pool_t *pool,
    const GENERAL_NAME *name, ngx_str_t *text);


static const ngx_auth_cert_san_type_t  ngx_auth_cert_san_types[] = {
    { GEN_DNS, NGX_AUTH_CERT_SAN_DNS, ngx_auth_cert_san_ascii },
    { GEN_URI, NGX_AUTH_CERT_SAN_URI, ngx_auth_cert_san_ascii },
    { GEN_EMAIL, NGX_AUTH_CERT_SAN_EMAIL, ngx_auth_cert_san_ascii },
    { GEN_IPADD, NGX_AUTH_CERT_SAN_IP, ngx_auth_cert_san_ip },
    { GEN_OTHERNAME, NGX_AUTH_CERT_SAN_UPN, ngx_auth_cert_san_upn },
    { GEN_DIRNAME, NGX_AUTH_CERT_SAN_DIRNAME, ngx_auth_cert_san_dirname },
    { GEN_RID, NGX_AUTH_CERT_SAN_RID, ngx_auth_cert_san_rid },
    { 0, 0, NULL }
};


ngx_int_t
ngx_auth_cert_san_decode(ngx_pool_t *pool, const GENERAL_NAMES *names,
    ngx_auth_cert_identity_t *identity)
{
    int                              i;
    ngx_int_t                        rc;
    const GENERAL_NAME              *name;
    ngx_auth_cert_values_t          *values;
    const ngx_auth_cert_san_type_t  *type;

    if (ngx_auth_cert_san_alloc(pool, names, identity) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        name = sk_GENERAL_NAME_value(names, i);

        type = ngx_auth_cert_san_find(name);
        if (type == NULL) {
            continue;
        }

        values = &identity->san[type->field];

        rc = type->decode(pool, name, &values->elts[values->nelts]);

        switch (rc) {

        case NGX_OK:
            values->nelts++;
            break;

        case NGX_DONE:
            break;

        case NGX_DECLINED:
            values->unusable = 1;
            break;

        default:
            return NGX_ERROR;
        }
    }

    return ngx_auth_cert_san_others(pool, names, identity);
}


void
ngx_auth_cert_san_unusable(ngx_auth_cert_identity_t *identity)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AUTH_CERT_SAN_TYPES; i++) {
        identity->san[i].unusable = 1;
    }

    identity->other_unusable = 1;
}


static const ngx_auth_cert_san_type_t *
ngx_auth_cert_san_find(const GENERAL_NAME *name)
{
    const ngx_auth_cert_san_type_t  *row;

    for (row = ngx_auth_cert_san_types; row->decode; row++) {
        if (row->type == name->type) {
            return row;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_auth_cert_san_alloc(ngx_pool_t *pool, const GENERAL_NAMES *names,
    ngx_auth_cert_identity_t *identity)
{
    int                              i;
    ngx_uint_t                       n[NGX_AUTH_CERT_SAN_TYPES];
    ngx_auth_cert_values_t          *values;
    const ngx_auth_cert_san_type_t  *type;

    ngx_memzero(n, sizeof(n));

    for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        type = ngx_auth_cert_san_find(sk_GENERAL_NAME_value(names, i));

        if (type) {
            n[type->field]++;
        }
    }

    for (i = 0; i < NGX_AUTH_CERT_SAN_TYPES; i++) {
        values = &identity->san[i];

        if (n[i]) {
            values->elts = ngx_palloc(pool, n[i] * sizeof(ngx_str_t));
            if (values->elts == NULL) {
                return NGX_ERROR;
            }
        }
    }

    identity->nother = n[NGX_AUTH_CERT_SAN_UPN];

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_san_others(ngx_pool_t *pool, const GENERAL_NAMES *names,
    ngx_auth_cert_identity_t *identity)
{
    int                          i;
    ngx_int_t                    rc;
    ngx_uint_t                   n;
    const GENERAL_NAME          *name;
    ngx_auth_cert_oid_pair_t    *pair;
    ngx_auth_cert_other_name_t  *other;

    n = identity->nother;
    identity->nother = 0;

    if (n == 0) {
        return NGX_OK;
    }

    pair = ngx_palloc(pool, n * sizeof(ngx_auth_cert_oid_pair_t));
    identity->other = ngx_palloc(pool, n * sizeof(ngx_auth_cert_other_name_t));

    if (pair == NULL || identity->other == NULL) {
        return NGX_ERROR;
    }

    for (i = 0, n = 0; i < sk_GENERAL_NAME_num(names); i++) {
        name = sk_GENERAL_NAME_value(names, i);

        if (name->type != GEN_OTHERNAME) {
            continue;
        }

        other = &identity->other[n];

        rc = ngx_auth_cert_san_other(pool, name->d.otherName, other,
                                     &pair[n].value);
        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED) {
            identity->other_unusable = 1;
            continue;
        }

        pair[n].oid = other->oid;
        pair[n].order = n;
        n++;
    }

    identity->nother = n;

    return ngx_auth_cert_oid_group(pool, pair, n, &identity->other_types,
                                   &identity->nother_types);
}


/* NGX_DECLINED where the name's type is not known */

static ngx_int_t
ngx_auth_cert_san_other(ngx_pool_t *pool, const OTHERNAME *name,
    ngx_auth_cert_other_name_t *other, ngx_str_t *text)
{
    int         len;
    u_char     *p;
    ngx_int_t   rc;
    ngx_str_t   der;

    rc = ngx_auth_cert_oid_text(pool, name->type_id, &other->oid);
    if (rc != NGX_OK) {
        return rc;
    }

    len = i2d_ASN1_TYPE(name->value, NULL);
    if (len <= 0) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    der.data = p;
    der.len = len;

    if (i2d_ASN1_TYPE(name->value, &p) != len) {
        return NGX_DECLINED;
    }

    rc = ngx_auth_cert_format_hex(pool, der.data, der.len, &other->hex);
    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_auth_cert_string_any(pool, &der, &other->hex, text);
}


static ngx_int_t
ngx_auth_cert_san_ascii(ngx_pool_t *pool, const GENERAL_NAME *name,
    ngx_str_t *text)
{
    size_t         i, len;
    const u_char  *data;

    data = ASN1_STRING_get0_data(name->d.ia5);
    len = ASN1_STRING_length(name->d.ia5);

    for (i = 0; i < len; i++) {
        if (data[i] < 0x20 || data[i] > 0x7e) {
            return NGX_DECLINED;
        }
    }

    text->data = ngx_pnalloc(pool, len + 1);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = len;

    if (len) {
        ngx_memcpy(text->data, data, len);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_san_ip(ngx_pool_t *pool, const GENERAL_NAME *name,
    ngx_str_t *text)
{
    int    family;
    char  *p;

    switch (ASN1_STRING_length(name->d.iPAddress)) {

    case 4:
        family = AF_INET;
        break;

    case 16:
        family = AF_INET6;
        break;

    default:
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(pool, NGX_INET6_ADDRSTRLEN + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), p,
                  NGX_INET6_ADDRSTRLEN + 1)
        == NULL)
    {
        return NGX_DECLINED;
    }

    text->data = (u_char *) p;
    text->len = ngx_strlen(p);

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_san_upn(ngx_pool_t *pool, const GENERAL_NAME *name,
    ngx_str_t *text)
{
    ngx_int_t         rc;
    const ASN1_TYPE  *value;

    if (OBJ_obj2nid(name->d.otherName->type_id) != NID_ms_upn) {
        return NGX_DONE;
    }

    value = name->d.otherName->value;

    if (ASN1_TYPE_get(value) != V_ASN1_UTF8STRING) {
        return NGX_DECLINED;
    }

    rc = ngx_auth_cert_string_decode(pool, value->value.utf8string, text);

    /* it is a string, whatever else is wrong with it */

    return (rc == NGX_DONE) ? NGX_DECLINED : rc;
}


static ngx_int_t
ngx_auth_cert_san_dirname(ngx_pool_t *pool, const GENERAL_NAME *name,
    ngx_str_t *text)
{
    ngx_auth_cert_name_t  dirname;

    ngx_memzero(&dirname, sizeof(ngx_auth_cert_name_t));

    if (ngx_auth_cert_name_decode(pool, name->d.directoryName, &dirname)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* an empty name is unusable, too: it names nobody */

    if (dirname.values.nelts == 0) {
        return NGX_DECLINED;
    }

    *text = dirname.text;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_san_rid(ngx_pool_t *pool, const GENERAL_NAME *name,
    ngx_str_t *text)
{
    return ngx_auth_cert_oid_text(pool, name->d.registeredID, text);
}
