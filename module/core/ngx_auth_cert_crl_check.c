
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The look-up of a certificate in the CRLs of its issuer.
 */


#include "ngx_auth_cert_crl.h"
#include "ngx_auth_cert_identity.h"


/* CRLs of one issuer that are looked at; more are an administrator's mistake */
#define NGX_AUTH_CERT_CRL_CANDIDATES  64


typedef struct {
    ngx_auth_cert_crl_t              *crl;
    ngx_auth_cert_crl_record_t       *record;
} ngx_auth_cert_crl_candidate_t;


/* one look-up */

typedef struct {
    const ngx_auth_cert_link_t         *link;
    X509                               *cert;
    X509                               *issuer;
    time_t                              now;
    const ngx_auth_cert_crl_options_t  *options;

    ngx_auth_cert_crl_candidate_t       candidates[
                                               NGX_AUTH_CERT_CRL_CANDIDATES];
    ngx_uint_t                          n;

    /* why one of the issuer's name is no candidate, or X509_V_OK */
    long                                unfit;
} ngx_auth_cert_crl_lookup_t;


static long ngx_auth_cert_crl_check_collect(ngx_auth_cert_crl_lookup_t *lookup,
    ngx_auth_cert_crl_t *crl);
static ngx_int_t ngx_auth_cert_crl_check_issuer(
    ngx_auth_cert_crl_lookup_t *lookup, ngx_auth_cert_crl_t *crl,
    ngx_auth_cert_crl_record_t *record);
static long ngx_auth_cert_crl_check_add(ngx_auth_cert_crl_lookup_t *lookup,
    ngx_auth_cert_crl_t *crl, ngx_auth_cert_crl_record_t *record);
static long ngx_auth_cert_crl_check_candidates(
    ngx_auth_cert_crl_lookup_t *lookup);
static ngx_uint_t ngx_auth_cert_crl_check_replaced(
    const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *candidate);
static ngx_uint_t ngx_auth_cert_crl_check_delta(
    const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *complete,
    const ngx_auth_cert_crl_candidate_t *delta);
static ngx_uint_t ngx_auth_cert_crl_check_takes_back(
    const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *complete,
    const ngx_auth_cert_crl_candidate_t *delta);
static ngx_uint_t ngx_auth_cert_crl_check_newer(
    const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *complete,
    const ngx_auth_cert_crl_candidate_t *delta, ngx_uint_t any);
static ngx_uint_t ngx_auth_cert_crl_check_revoked(
    const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *complete);
static ngx_uint_t ngx_auth_cert_crl_check_find(
    const ngx_auth_cert_link_t *link,
    const ngx_auth_cert_crl_candidate_t *candidate, ngx_uint_t removed);


ngx_int_t
ngx_auth_cert_crl_link(X509 *cert, X509 *issuer, ngx_auth_cert_link_t *link)
{
    u_char                      *der;
    ngx_str_t                    number;
    ngx_auth_cert_crl_issuer_t   read;

    ngx_memzero(link, sizeof(ngx_auth_cert_link_t));

    if (ngx_auth_cert_crl_issuer_read(issuer, &read) != NGX_OK) {
        return NGX_ERROR;
    }

    link->hash = read.hash;
    ngx_memcpy(link->key, read.key, NGX_AUTH_CERT_CRL_KEY);

    link->ca = ((X509_get_extension_flags(cert) & EXFLAG_CA) != 0);
    link->half_ca = (!link->ca && X509_check_ca(cert) != 0);
    link->signs = ngx_auth_cert_crl_issuer_signs(issuer);

    der = ngx_auth_cert_identity_number(X509_get0_serialNumber(cert),
                                        &number);
    if (der == NULL) {
        return NGX_ERROR;
    }

    if (number.len <= NGX_AUTH_CERT_CRL_NUMBER) {
        link->len = number.len;
        ngx_memcpy(link->serial, number.data, number.len);
    }

    OPENSSL_free(der);

    return NGX_OK;
}


long
ngx_auth_cert_crl_check(ngx_auth_cert_crl_t *const *crls, ngx_uint_t n,
    const ngx_auth_cert_link_t *link, X509 *cert, X509 *issuer, time_t now,
    const ngx_auth_cert_crl_options_t *options, time_t *until)
{
    long                         error;
    ngx_uint_t                   i;
    ngx_auth_cert_crl_lookup_t   lookup;
    ngx_auth_cert_crl_record_t  *record;

    lookup.link = link;
    lookup.cert = cert;
    lookup.issuer = issuer;
    lookup.now = now;
    lookup.options = options;
    lookup.n = 0;
    lookup.unfit = X509_V_OK;

    if (link->len == 0) {
        return X509_V_ERR_UNSPECIFIED;
    }

    for (i = 0; i < n; i++) {
        error = ngx_auth_cert_crl_check_collect(&lookup, crls[i]);

        if (error != X509_V_OK) {
            return error;
        }
    }

    for (i = 0; i < lookup.n; i++) {
        record = lookup.candidates[i].record;

        if (record->this_update > now) {
            *until = ngx_min(*until, record->this_update);

        } else if (record->next_update > now) {
            *until = ngx_min(*until, record->next_update);
        }
    }

    error = ngx_auth_cert_crl_check_candidates(&lookup);

    if (error != X509_V_ERR_UNABLE_TO_GET_CRL) {
        return error;
    }

    if (lookup.unfit != X509_V_OK) {
        return lookup.unfit;
    }

    return options->missing_allow ? X509_V_OK : X509_V_ERR_UNABLE_TO_GET_CRL;
}


/* X509_V_OK to go on */

static long
ngx_auth_cert_crl_check_collect(ngx_auth_cert_crl_lookup_t *lookup,
    ngx_auth_cert_crl_t *crl)
{
    long                         error;
    ngx_uint_t                   i;
    ngx_auth_cert_crl_record_t  *record;

    record = ngx_auth_cert_crl_records(crl);

    for (i = 0; i < crl->nrecords; i++) {

        if (record[i].hash != lookup->link->hash) {
            continue;
        }

        switch (ngx_auth_cert_crl_check_issuer(lookup, crl, &record[i])) {

        case NGX_OK:
            error = ngx_auth_cert_crl_check_add(lookup, crl, &record[i]);

            if (error != X509_V_OK) {
                return error;
            }

            break;

        case NGX_ABORT:
            lookup->unfit = X509_V_ERR_CRL_SIGNATURE_FAILURE;
            break;

        case NGX_DECLINED:
            break;

        case NGX_AGAIN:
            return NGX_AUTH_CERT_CRL_UNKNOWN;

        default:
            return X509_V_ERR_UNSPECIFIED;
        }
    }

    return X509_V_OK;
}


static ngx_int_t
ngx_auth_cert_crl_check_issuer(ngx_auth_cert_crl_lookup_t *lookup,
    ngx_auth_cert_crl_t *crl, ngx_auth_cert_crl_record_t *record)
{
    ngx_int_t                   rc;
    ngx_auth_cert_crl_issuer_t  issuer;

    rc = ngx_auth_cert_crl_issuer_known(record, lookup->link->key);

    if (rc != NGX_AGAIN || lookup->issuer == NULL) {
        return rc;
    }

    issuer.hash = lookup->link->hash;
    ngx_memcpy(issuer.key, lookup->link->key, NGX_AUTH_CERT_CRL_KEY);

    return ngx_auth_cert_crl_issuer_match(crl, record, lookup->issuer,
                                          &issuer);
}


static long
ngx_auth_cert_crl_check_add(ngx_auth_cert_crl_lookup_t *lookup,
    ngx_auth_cert_crl_t *crl, ngx_auth_cert_crl_record_t *record)
{
    if (!lookup->link->signs) {
        lookup->unfit = X509_V_ERR_KEYUSAGE_NO_CRL_SIGN;
        return X509_V_OK;
    }

    switch (ngx_auth_cert_crl_scope_match(crl, record, lookup->link,
                                          lookup->cert))
    {
    case NGX_OK:
        break;

    case NGX_DECLINED:
        return X509_V_OK;

    case NGX_AGAIN:
        return NGX_AUTH_CERT_CRL_UNKNOWN;

    default:
        return X509_V_ERR_UNSPECIFIED;
    }

    if (lookup->n == NGX_AUTH_CERT_CRL_CANDIDATES) {
        return X509_V_ERR_UNSPECIFIED;
    }

    lookup->candidates[lookup->n].crl = crl;
    lookup->candidates[lookup->n].record = record;
    lookup->n++;

    return X509_V_OK;
}


/*
 * The newest complete CRL of each scope counts, with its newest delta.  Where
 * numbers and dates contradict each other there are several.
 */

static long
ngx_auth_cert_crl_check_candidates(ngx_auth_cert_crl_lookup_t *lookup)
{
    long                            error;
    ngx_uint_t                      i, current;
    ngx_auth_cert_crl_record_t     *record;
    ngx_auth_cert_crl_candidate_t  *candidate;

    error = X509_V_ERR_UNABLE_TO_GET_CRL;
    current = 0;

    for (i = 0; i < lookup->n; i++) {
        candidate = &lookup->candidates[i];
        record = candidate->record;

        if (record->delta
            || ngx_auth_cert_crl_check_replaced(lookup, candidate))
        {
            continue;
        }

        if (ngx_auth_cert_crl_check_revoked(lookup, candidate)) {
            return X509_V_ERR_CERT_REVOKED;
        }

        if (!ngx_auth_cert_crl_scope_covers(record, lookup->link)) {
            continue;
        }

        if (record->this_update > lookup->now) {
            error = X509_V_ERR_CRL_NOT_YET_VALID;

        } else if (record->next_update <= lookup->now
                   && !lookup->options->expired_allow)
        {
            error = X509_V_ERR_CRL_HAS_EXPIRED;

        } else {
            current = 1;
        }
    }

    return current ? X509_V_OK : error;
}


static ngx_uint_t
ngx_auth_cert_crl_check_replaced(const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *candidate)
{
    ngx_uint_t                            i;
    const ngx_auth_cert_crl_candidate_t  *other;

    for (i = 0; i < lookup->n; i++) {
        other = &lookup->candidates[i];

        if (!other->record->delta
            && other->record->this_update <= lookup->now
            && ngx_auth_cert_crl_scope_same(other->crl, other->record,
                                            candidate->crl, candidate->record)
            && ngx_auth_cert_crl_scope_newer(other->record, candidate->record))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * 1 for a delta that builds on the complete CRL or an older one and is newer
 * than it, RFC 5280, section 5.2.4
 */

static ngx_uint_t
ngx_auth_cert_crl_check_delta(const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *complete,
    const ngx_auth_cert_crl_candidate_t *delta)
{
    const ngx_auth_cert_crl_record_t  *record;

    record = delta->record;

    return record->delta && record->this_update <= lookup->now
           && ngx_auth_cert_crl_scope_same(delta->crl, record, complete->crl,
                                           complete->record)
           && ngx_memcmp(record->base, complete->record->number,
                         NGX_AUTH_CERT_CRL_NUMBER)
              <= 0
           && ngx_memcmp(record->number, complete->record->number,
                         NGX_AUTH_CERT_CRL_NUMBER)
              > 0;
}


/* one that has expired, or is of an earlier date, takes nothing back */

static ngx_uint_t
ngx_auth_cert_crl_check_takes_back(const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *complete,
    const ngx_auth_cert_crl_candidate_t *delta)
{
    return delta->record->next_update > lookup->now
           && delta->record->this_update >= complete->record->this_update;
}


/* a newer delta to the same CRL: any, or one that may take something back */

static ngx_uint_t
ngx_auth_cert_crl_check_newer(const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *complete,
    const ngx_auth_cert_crl_candidate_t *delta, ngx_uint_t any)
{
    ngx_uint_t                            i;
    const ngx_auth_cert_crl_candidate_t  *other;

    for (i = 0; i < lookup->n; i++) {
        other = &lookup->candidates[i];

        if (ngx_auth_cert_crl_scope_newer(other->record, delta->record)
            && ngx_auth_cert_crl_check_delta(lookup, complete, other)
            && (any || ngx_auth_cert_crl_check_takes_back(lookup, complete,
                                                          other)))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_auth_cert_crl_check_revoked(const ngx_auth_cert_crl_lookup_t *lookup,
    const ngx_auth_cert_crl_candidate_t *complete)
{
    ngx_uint_t                            i, removed;
    const ngx_auth_cert_crl_candidate_t  *delta;

    removed = 0;

    for (i = 0; complete->record->numbered && i < lookup->n; i++) {
        delta = &lookup->candidates[i];

        if (!ngx_auth_cert_crl_check_delta(lookup, complete, delta)
            || ngx_auth_cert_crl_check_newer(lookup, complete, delta, 0))
        {
            continue;
        }

        if (ngx_auth_cert_crl_check_find(lookup->link, delta, 0)) {
            return 1;
        }

        if (ngx_auth_cert_crl_check_takes_back(lookup, complete, delta)
            && !ngx_auth_cert_crl_check_newer(lookup, complete, delta, 1)
            && ngx_auth_cert_crl_check_find(lookup->link, delta, 1))
        {
            removed = 1;
        }
    }

    return !removed && ngx_auth_cert_crl_check_find(lookup->link, complete, 0);
}


/* in the revoked serials, or in those that a delta removes */

static ngx_uint_t
ngx_auth_cert_crl_check_find(const ngx_auth_cert_link_t *link,
    const ngx_auth_cert_crl_candidate_t *candidate, ngx_uint_t removed)
{
    u_char                             number[NGX_AUTH_CERT_CRL_NUMBER], sign;
    size_t                             len, width;
    const u_char                      *entries, *serial;
    const ngx_auth_cert_crl_record_t  *record;

    record = candidate->record;
    width = record->width;
    serial = link->serial;
    len = link->len;
    sign = (serial[0] & 0x80) ? 0xff : 0;

    /* it has no octets that it does not need */

    if (len > width) {
        return 0;
    }

    ngx_memset(number, sign, width - len);
    ngx_memcpy(number + width - len, serial, len);

    entries = ngx_auth_cert_crl_data(candidate->crl) + record->entries;

    if (removed) {
        return ngx_auth_cert_crl_sort_find(entries + record->nrevoked * width,
                                           record->nremoved, width, number);
    }

    return ngx_auth_cert_crl_sort_find(entries, record->nrevoked, width,
                                       number);
}
