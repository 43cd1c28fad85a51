
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The scope of a CRL: which certificates it is about (RFC 5280, section
 * 5.2.5), and which of two CRLs replaces the other.
 */


#include "ngx_auth_cert_crl.h"


static ngx_int_t ngx_auth_cert_crl_scope_point(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record, X509 *cert);
static ngx_uint_t ngx_auth_cert_crl_scope_names(const GENERAL_NAMES *names,
    const CRL_DIST_POINTS *points);
static ngx_uint_t ngx_auth_cert_crl_scope_name(const GENERAL_NAME *name,
    const GENERAL_NAMES *names);
static ngx_uint_t ngx_auth_cert_crl_scope_equal(
    const ngx_auth_cert_crl_t *one_crl, const ngx_auth_cert_crl_span_t *one,
    const ngx_auth_cert_crl_t *two_crl, const ngx_auth_cert_crl_span_t *two);


ngx_int_t
ngx_auth_cert_crl_scope_match(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record,
    const ngx_auth_cert_link_t *link, X509 *cert)
{
    if ((record->scope == NGX_AUTH_CERT_CRL_USER && link->ca)
        || (record->scope == NGX_AUTH_CERT_CRL_CA
            && !link->ca && !link->half_ca))
    {
        return NGX_DECLINED;
    }

    if (record->point.len == 0) {
        return NGX_OK;
    }

    return cert ? ngx_auth_cert_crl_scope_point(crl, record, cert) : NGX_AGAIN;
}


/*
 * What OpenSSL takes for a CA without basicConstraints is none to RFC 5280,
 * section 6.3.3: it can be revoked as either, but needs the CRL of users.
 */

ngx_uint_t
ngx_auth_cert_crl_scope_covers(const ngx_auth_cert_crl_record_t *record,
    const ngx_auth_cert_link_t *link)
{
    return record->scope != NGX_AUTH_CERT_CRL_CA || link->ca;
}


/* a part of a large CRL: for certificates that name its distribution point */

static ngx_int_t
ngx_auth_cert_crl_scope_point(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record, X509 *cert)
{
    int               critical;
    ngx_int_t         rc;
    const u_char     *p;
    GENERAL_NAMES    *names;
    CRL_DIST_POINTS  *points;

    p = ngx_auth_cert_crl_data(crl) + record->point.offset;

    names = d2i_GENERAL_NAMES(NULL, &p, record->point.len);
    points = X509_get_ext_d2i(cert, NID_crl_distribution_points, &critical,
                              NULL);

    /* -1: there is none; -2: there are several */

    if (names == NULL || (points == NULL && critical != -1)) {
        rc = NGX_ERROR;

    } else {
        rc = ngx_auth_cert_crl_scope_names(names, points) ? NGX_OK
                                                          : NGX_DECLINED;
    }

    CRL_DIST_POINTS_free(points);
    GENERAL_NAMES_free(names);

    ERR_clear_error();

    return rc;
}


/* 1 where one of the names is that of a distribution point */

static ngx_uint_t
ngx_auth_cert_crl_scope_names(const GENERAL_NAMES *names,
    const CRL_DIST_POINTS *points)
{
    int                     i, k;
    const DIST_POINT       *point;
    const DIST_POINT_NAME  *full;

    for (i = 0; i < sk_DIST_POINT_num(points); i++) {
        point = sk_DIST_POINT_value(points, i);
        full = point->distpoint;

        /* 0: fullName; those of another CRL issuer are for indirect CRLs */

        if (full == NULL || full->type != 0 || point->CRLissuer
            || point->reasons)
        {
            continue;
        }

        for (k = 0; k < sk_GENERAL_NAME_num(full->name.fullname); k++) {
            if (ngx_auth_cert_crl_scope_name(
                    sk_GENERAL_NAME_value(full->name.fullname, k), names))
            {
                return 1;
            }
        }
    }

    return 0;
}


static ngx_uint_t
ngx_auth_cert_crl_scope_name(const GENERAL_NAME *name,
    const GENERAL_NAMES *names)
{
    int                  i;
    const GENERAL_NAME  *other;

    for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        other = sk_GENERAL_NAME_value(names, i);

        if (name->type != other->type) {
            continue;
        }

        if (name->type == GEN_URI
            && ASN1_STRING_cmp(name->d.uniformResourceIdentifier,
                               other->d.uniformResourceIdentifier)
               == 0)
        {
            return 1;
        }

        if (name->type == GEN_DIRNAME
            && X509_NAME_cmp(name->d.directoryName, other->d.directoryName)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_auth_cert_crl_scope_same(const ngx_auth_cert_crl_t *one_crl,
    const ngx_auth_cert_crl_record_t *one, const ngx_auth_cert_crl_t *two_crl,
    const ngx_auth_cert_crl_record_t *two)
{
    return one->scope == two->scope
           && ngx_auth_cert_crl_scope_equal(one_crl, &one->point, two_crl,
                                            &two->point);
}


static ngx_uint_t
ngx_auth_cert_crl_scope_equal(const ngx_auth_cert_crl_t *one_crl,
    const ngx_auth_cert_crl_span_t *one, const ngx_auth_cert_crl_t *two_crl,
    const ngx_auth_cert_crl_span_t *two)
{
    return one->len == two->len
           && ngx_memcmp(ngx_auth_cert_crl_data(one_crl) + one->offset,
                         ngx_auth_cert_crl_data(two_crl) + two->offset,
                         one->len)
              == 0;
}


/*
 * By cRLNumber, RFC 5280, section 5.2.3, where both have one.  A CA that has
 * begun to count anew must not be outdone by its own past.
 */

ngx_uint_t
ngx_auth_cert_crl_scope_newer(
    const ngx_auth_cert_crl_record_t *one,
    const ngx_auth_cert_crl_record_t *two)
{
    int  rc;

    rc = 0;

    if (one->numbered && two->numbered) {
        rc = ngx_memcmp(one->number, two->number, NGX_AUTH_CERT_CRL_NUMBER);
    }

    return rc >= 0 && one->this_update >= two->this_update
           && (rc > 0 || one->this_update > two->this_update);
}
