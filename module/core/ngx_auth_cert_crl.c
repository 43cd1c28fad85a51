
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * CRLs as the rest of the module sees them: a file is loaded to an index,
 * its signatures are verified.
 */


#include "ngx_auth_cert_crl.h"


static ngx_int_t ngx_auth_cert_crl_measure(ngx_auth_cert_crl_parser_t *parser,
    ngx_auth_cert_crl_record_t **plans, ngx_uint_t *n);
static ngx_int_t ngx_auth_cert_crl_fill(ngx_auth_cert_crl_parser_t *parser,
    ngx_auth_cert_crl_t *crl, const ngx_auth_cert_crl_record_t *plans);
static ngx_auth_cert_crl_t *ngx_auth_cert_crl_create(
    ngx_auth_cert_crl_parser_t *parser, ngx_uint_t n,
    ngx_auth_cert_crl_alloc_pt alloc, void *data);
static void ngx_auth_cert_crl_ends(ngx_auth_cert_crl_t *crl);
static ngx_int_t ngx_auth_cert_crl_bind_record(ngx_auth_cert_crl_t *crl,
    ngx_auth_cert_crl_record_t *record, X509 **cas,
    const ngx_auth_cert_crl_issuer_t *issuers, ngx_uint_t n);
static ngx_int_t ngx_auth_cert_crl_bind_error(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record, ngx_str_t *error);


/*
 * The file is read twice: first to learn how much memory the index takes, so
 * that there never is a second copy of it.
 */

ngx_int_t
ngx_auth_cert_crl_load(const ngx_str_t *path, ngx_auth_cert_crl_alloc_pt alloc,
    void *data, ngx_auth_cert_crl_t **crl, ngx_str_t *error)
{
    ngx_int_t                    rc;
    ngx_uint_t                   n;
    ngx_auth_cert_crl_record_t  *plans;
    ngx_auth_cert_crl_parser_t  *parser;

    rc = NGX_ERROR;
    plans = NULL;

    parser = OPENSSL_zalloc(sizeof(ngx_auth_cert_crl_parser_t));
    if (parser == NULL) {
        error->len = ngx_slprintf(error->data, error->data + error->len,
                                  "no memory to read CRL file \"%V\"", path)
                     - error->data;
        return NGX_ERROR;
    }

    parser->size = NGX_MAX_SIZE_T_VALUE / 4;

    if (ngx_auth_cert_crl_reader_open(&parser->reader, path, error) != NGX_OK
        || ngx_auth_cert_crl_measure(parser, &plans, &n) != NGX_OK)
    {
        goto done;
    }

    *crl = ngx_auth_cert_crl_create(parser, n, alloc, data);

    if (*crl) {
        rc = ngx_auth_cert_crl_fill(parser, *crl, plans);
    }

done:

    ngx_auth_cert_crl_reader_close(&parser->reader);

    OPENSSL_free(plans);
    OPENSSL_free(parser);

    return rc;
}


static ngx_int_t
ngx_auth_cert_crl_measure(ngx_auth_cert_crl_parser_t *parser,
    ngx_auth_cert_crl_record_t **plans, ngx_uint_t *n)
{
    ngx_int_t                    rc;
    ngx_uint_t                   size;
    ngx_auth_cert_crl_reader_t  *reader;
    ngx_auth_cert_crl_record_t  *grown;

    reader = &parser->reader;
    size = 0;
    *n = 0;

    for ( ;; ) {
        rc = ngx_auth_cert_crl_reader_next(reader);

        if (rc != NGX_OK) {
            break;
        }

        if (ngx_auth_cert_crl_parse(parser) != NGX_OK) {
            return NGX_ERROR;
        }

        if (*n == NGX_AUTH_CERT_CRL_RECORDS) {
            return ngx_auth_cert_crl_reader_error(reader,
                                                  "is one more than %d CRLs",
                                                  NGX_AUTH_CERT_CRL_RECORDS);
        }

        if (*n == size) {
            size = size ? 2 * size : 4;

            grown = OPENSSL_realloc(*plans,
                                    size * sizeof(ngx_auth_cert_crl_record_t));
            if (grown == NULL) {
                return ngx_auth_cert_crl_reader_error(reader, "no memory");
            }

            *plans = grown;
        }

        (*plans)[(*n)++] = parser->record;
    }

    if (rc != NGX_DONE) {
        return NGX_ERROR;
    }

    if (*n == 0) {
        return ngx_auth_cert_crl_reader_error(reader,
                                  "holds no CRL, expected PEM or DER");
    }

    return ngx_auth_cert_crl_reader_rewind(reader);
}


static ngx_auth_cert_crl_t *
ngx_auth_cert_crl_create(ngx_auth_cert_crl_parser_t *parser, ngx_uint_t n,
    ngx_auth_cert_crl_alloc_pt alloc, void *data)
{
    size_t                size, records;
    ngx_auth_cert_crl_t  *crl;

    records = n * sizeof(ngx_auth_cert_crl_record_t);
    size = sizeof(ngx_auth_cert_crl_t) + records + parser->used;

    crl = alloc(size, data);

    if (crl == NULL) {
        (void) ngx_auth_cert_crl_reader_error(&parser->reader,
                               "no memory for its index of %uz bytes", size);
        return NULL;
    }

    crl->size = size;
    crl->nrecords = n;

    ngx_memzero(ngx_auth_cert_crl_records(crl), records);

    parser->data = ngx_auth_cert_crl_data(crl);
    parser->size = parser->used;
    parser->used = 0;

    return crl;
}


static ngx_int_t
ngx_auth_cert_crl_fill(ngx_auth_cert_crl_parser_t *parser,
    ngx_auth_cert_crl_t *crl, const ngx_auth_cert_crl_record_t *plans)
{
    u_char                      *entries;
    ngx_uint_t                   i;
    ngx_auth_cert_crl_reader_t  *reader;
    ngx_auth_cert_crl_record_t  *record;

    reader = &parser->reader;
    record = ngx_auth_cert_crl_records(crl);

    for (i = 0; i < crl->nrecords; i++) {
        parser->plan = &plans[i];

        if (ngx_auth_cert_crl_reader_next(reader) != NGX_OK
            || ngx_auth_cert_crl_parse(parser) != NGX_OK)
        {
            return ngx_auth_cert_crl_reader_error(reader,
                                              "has changed while being read");
        }

        record[i] = parser->record;

        entries = parser->data + record[i].entries;

        ngx_auth_cert_crl_sort(entries, record[i].nrevoked, record[i].width);
        ngx_auth_cert_crl_sort(entries + record[i].nrevoked * record[i].width,
                               record[i].nremoved, record[i].width);
    }

    if (ngx_auth_cert_crl_reader_next(reader) != NGX_DONE) {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "has changed while being read");
    }

    ngx_auth_cert_crl_ends(crl);

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_crl_bind(ngx_auth_cert_crl_t *crl, X509 **cas, ngx_uint_t n,
    ngx_auth_cert_crl_bound_t *bound, ngx_str_t *error)
{
    ngx_int_t                    rc;
    ngx_uint_t                   i;
    ngx_auth_cert_crl_issuer_t  *issuers;
    ngx_auth_cert_crl_record_t  *record;

    ngx_memzero(bound, sizeof(ngx_auth_cert_crl_bound_t));

    record = ngx_auth_cert_crl_records(crl);

    issuers = OPENSSL_malloc((n + 1) * sizeof(ngx_auth_cert_crl_issuer_t));

    for (i = 0; issuers && i < n; i++) {
        if (ngx_auth_cert_crl_issuer_read(cas[i], &issuers[i]) != NGX_OK) {
            OPENSSL_free(issuers);
            issuers = NULL;
        }
    }

    for (i = 0; i < crl->nrecords; i++) {

        rc = issuers ? ngx_auth_cert_crl_bind_record(crl, &record[i], cas,
                                                     issuers, n)
                     : NGX_ERROR;

        switch (rc) {

        case NGX_OK:
            bound->bound++;
            break;

        case NGX_DECLINED:
            bound->foreign++;
            break;

        case NGX_ABORT:
            if (bound->bad++ == 0) {
                (void) ngx_auth_cert_crl_bind_error(crl, &record[i], error);
            }
            break;

        default:
            error->len = ngx_slprintf(error->data, error->data + error->len,
                                      "its signature could not be verified")
                         - error->data;
            OPENSSL_free(issuers);
            return NGX_ERROR;
        }
    }

    OPENSSL_free(issuers);

    return bound->bad ? NGX_DECLINED : NGX_OK;
}


/* NGX_ABORT: of a CA's name, but of no such CA's key */

static ngx_int_t
ngx_auth_cert_crl_bind_record(ngx_auth_cert_crl_t *crl,
    ngx_auth_cert_crl_record_t *record, X509 **cas,
    const ngx_auth_cert_crl_issuer_t *issuers, ngx_uint_t n)
{
    ngx_int_t   rc, result;
    ngx_uint_t  i;

    result = NGX_DECLINED;

    for (i = 0; i < n; i++) {

        rc = ngx_auth_cert_crl_issuer_match(crl, record, cas[i], &issuers[i]);

        if (rc == NGX_OK || rc == NGX_ERROR) {
            return rc;
        }

        if (rc == NGX_ABORT) {
            result = NGX_ABORT;
        }
    }

    return result;
}


static ngx_int_t
ngx_auth_cert_crl_bind_error(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record, ngx_str_t *error)
{
    char          *text;
    u_char        *last;
    X509_NAME     *name;
    const u_char  *p;

    p = ngx_auth_cert_crl_data(crl) + record->issuer.offset;
    last = error->data + error->len;

    name = d2i_X509_NAME(NULL, &p, record->issuer.len);
    text = name ? X509_NAME_oneline(name, NULL, 0) : NULL;

    error->len = ngx_slprintf(error->data, last,
                              "the CRL of \"%s\" is not signed with the key "
                              "of the CA of that name",
                              text ? text : "its issuer")
                 - error->data;

    OPENSSL_free(text);
    X509_NAME_free(name);

    ERR_clear_error();

    return NGX_DECLINED;
}


/* any process may bind a record meanwhile; a copy is bound anew then */

void
ngx_auth_cert_crl_copy(const ngx_auth_cert_crl_t *crl,
    ngx_auth_cert_crl_t *copy)
{
    ngx_uint_t                         i;
    ngx_atomic_uint_t                  state;
    ngx_auth_cert_crl_record_t        *records;
    const ngx_auth_cert_crl_record_t  *from;

    ngx_memcpy(copy, crl, crl->size);

    from = ngx_auth_cert_crl_records(crl);
    records = ngx_auth_cert_crl_records(copy);

    for (i = 0; i < crl->nrecords; i++) {
        state = from[i].state;

        ngx_memory_barrier();

        if (state == NGX_AUTH_CERT_CRL_BOUND) {
            ngx_memcpy(records[i].key, from[i].key, NGX_AUTH_CERT_CRL_KEY);
            records[i].state = NGX_AUTH_CERT_CRL_BOUND;

        } else {
            records[i].state = NGX_AUTH_CERT_CRL_UNBOUND;
        }
    }
}


size_t
ngx_auth_cert_crl_size(const ngx_auth_cert_crl_t *crl)
{
    return crl->size;
}


time_t
ngx_auth_cert_crl_next_update(const ngx_auth_cert_crl_t *crl,
    time_t *this_update)
{
    if (crl->next_update != NGX_MAX_TIME_T_VALUE) {
        *this_update = crl->this_update;
    }

    return crl->next_update;
}


/* once for all: each CRL may have to be compared with each other one */

static void
ngx_auth_cert_crl_ends(ngx_auth_cert_crl_t *crl)
{
    ngx_uint_t                         i, k;
    const ngx_auth_cert_crl_record_t  *record, *other;

    crl->next_update = NGX_MAX_TIME_T_VALUE;
    crl->this_update = 0;

    record = ngx_auth_cert_crl_records(crl);

    for (i = 0; i < crl->nrecords; i++) {

        if (record[i].delta || record[i].next_update >= crl->next_update) {
            continue;
        }

        for (k = 0; k < crl->nrecords; k++) {
            other = &record[k];

            if (!other->delta && other->hash == record[i].hash
                && ngx_auth_cert_crl_scope_same(crl, other, crl, &record[i])
                && ngx_auth_cert_crl_scope_newer(other, &record[i]))
            {
                break;
            }
        }

        if (k == crl->nrecords) {
            crl->next_update = record[i].next_update;
            crl->this_update = record[i].this_update;
        }
    }
}
