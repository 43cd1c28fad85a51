
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * DER that is read in place: elements one after another, and into them.
 */


#include "ngx_auth_cert.h"


ngx_int_t
ngx_auth_cert_der_next(ngx_auth_cert_der_t *reader,
    ngx_auth_cert_element_t *element)
{
    int            kind;
    long           len;
    const u_char  *start;

    start = reader->pos;

    kind = ASN1_get_object(&reader->pos, &len, &element->tag, &element->class,
                           reader->last - reader->pos);

    /* DER has no indefinite lengths, which set the lowest bit */

    if (kind & ~V_ASN1_CONSTRUCTED) {
        return NGX_DECLINED;
    }

    /*
     * nor others than the shortest tags and lengths, as OpenSSL allows; none
     * is shorter than an octet for each
     */

    if (reader->pos - start > 2
        && reader->pos - start + len
           != ASN1_object_size(0, (int) len, element->tag))
    {
        return NGX_DECLINED;
    }

    element->constructed = (kind != 0);
    element->content.data = (u_char *) reader->pos;
    element->content.len = len;

    reader->pos += len;

    element->der.data = (u_char *) start;
    element->der.len = reader->pos - start;

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_der_enter(ngx_auth_cert_der_t *reader, int tag,
    ngx_auth_cert_der_t *inner)
{
    ngx_auth_cert_element_t  element;

    if (ngx_auth_cert_der_next(reader, &element) != NGX_OK
        || !element.constructed || element.tag != tag
        || element.class != V_ASN1_UNIVERSAL)
    {
        return NGX_DECLINED;
    }

    ngx_auth_cert_der_open(&element.content, inner);

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_der_oid(ngx_auth_cert_der_t *reader,
    ngx_auth_cert_element_t *oid)
{
    if (ngx_auth_cert_der_next(reader, oid) != NGX_OK
        || oid->constructed || oid->tag != V_ASN1_OBJECT
        || oid->class != V_ASN1_UNIVERSAL)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


void
ngx_auth_cert_der_open(const ngx_str_t *der, ngx_auth_cert_der_t *reader)
{
    reader->pos = der->data;
    reader->last = der->data + der->len;
}


ngx_int_t
ngx_auth_cert_der_sequence(const ngx_str_t *der, ngx_auth_cert_der_t *inner)
{
    ngx_auth_cert_der_t  reader;

    ngx_auth_cert_der_open(der, &reader);

    if (ngx_auth_cert_der_enter(&reader, V_ASN1_SEQUENCE, inner) != NGX_OK
        || reader.pos != reader.last)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* what cannot be decoded and what could not be decoded: both give NULL */

ngx_uint_t
ngx_auth_cert_der_nomem(void)
{
    ngx_uint_t     nomem;
    unsigned long  err;

    nomem = 0;

    while ((err = ERR_get_error()) != 0) {
        if (ERR_GET_REASON(err) == ERR_R_MALLOC_FAILURE) {
            nomem = 1;
        }
    }

    return nomem;
}
