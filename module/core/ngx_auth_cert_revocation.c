
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Revocation: the CRLs of a trust set, and what they say of a verified
 * chain.
 */


#include "ngx_auth_cert_zone.h"


/* CRLs in one directory; a larger number is hardly meant */
#define NGX_AUTH_CERT_REVOCATION_FILES  4096

/* a CRL that ends within this time, or a fifth of its own, is told of */
#define NGX_AUTH_CERT_REVOCATION_SOON   86400

/* and not more often than that */
#define NGX_AUTH_CERT_REVOCATION_AGAIN  3600


/* the content of a source: one index for each file */

typedef struct {
    ngx_auth_cert_content_t           content;
    ngx_uint_t                        n;
    ngx_auth_cert_crl_t              *crls[1];
} ngx_auth_cert_revocation_content_t;


/* while files are read */

typedef struct {
    ngx_auth_cert_zone_t                *zone;
    STACK_OF(X509)                      *cas;
    ngx_auth_cert_revocation_content_t  *crls;
    ngx_auth_cert_crl_t                 *allocated;
    size_t                               size;    /* that was asked for */
    ngx_uint_t                           max;
    ngx_uint_t                           n;
    ngx_str_t                           *error;
    ngx_uint_t                           failed;  /* error is written */
} ngx_auth_cert_revocation_reader_t;


static ngx_int_t ngx_auth_cert_revocation_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t **content,
    ngx_str_t *error);
static ngx_int_t ngx_auth_cert_revocation_cas(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, STACK_OF(X509) *cas);
static ngx_int_t ngx_auth_cert_revocation_read(
    ngx_auth_cert_revocation_reader_t *reader, const ngx_str_t *path);
static ngx_int_t ngx_auth_cert_revocation_count(const ngx_str_t *path,
    void *data);
static ngx_int_t ngx_auth_cert_revocation_file(const ngx_str_t *path,
    void *data);
static ngx_int_t ngx_auth_cert_revocation_bind(
    ngx_auth_cert_revocation_reader_t *reader, const ngx_str_t *path,
    ngx_auth_cert_crl_t *crl);
static void *ngx_auth_cert_revocation_alloc(size_t size, void *data);
static void ngx_auth_cert_revocation_warn(ngx_auth_cert_source_t *source,
    ngx_log_t *log);
static void ngx_auth_cert_revocation_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_content_t *content);
static long ngx_auth_cert_revocation_chain(const ngx_auth_cert_trust_t *trust,
    const ngx_auth_cert_chain_t *chain, ngx_auth_cert_crl_t **crls,
    ngx_uint_t n, ngx_auth_cert_revocation_cert_pt get, void *data,
    time_t *until);


const ngx_auth_cert_kind_t  ngx_auth_cert_revocation_kind = {
    ngx_string("CRL file"),
    ngx_auth_cert_revocation_load,
    ngx_auth_cert_revocation_free,
    NULL,
    ngx_auth_cert_revocation_warn,
    1,
    0
};


char *
ngx_auth_cert_revocation_add(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *path)
{
    ngx_str_t                file;
    ngx_auth_cert_source_t  *source, **sources;

    file = *path;

    if (file.len == 0) {
        return "needs the path of a file or a directory with CRLs";
    }

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    source = ngx_auth_cert_source_add(cf, trust->zone,
                                      &ngx_auth_cert_revocation_kind, &file);
    sources = ngx_array_push(&trust->crls);

    if (source == NULL || sources == NULL) {
        return NGX_CONF_ERROR;
    }

    source->trust = trust;
    *sources = source;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_auth_cert_revocation_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t **content,
    ngx_str_t *error)
{
    ngx_int_t                          rc;
    ngx_auth_cert_revocation_reader_t  reader;

    ngx_memzero(&reader, sizeof(ngx_auth_cert_revocation_reader_t));

    reader.zone = zone;
    reader.error = error;
    reader.cas = sk_X509_new_null();

    if (reader.cas == NULL
        || ngx_auth_cert_revocation_cas(zone, source, reader.cas) != NGX_OK)
    {
        error->len = ngx_slprintf(error->data, error->data + error->len,
                                  "no memory for the CAs of CRL file \"%V\"",
                                  &source->path)
                     - error->data;
        rc = NGX_ERROR;

    } else {
        rc = ngx_auth_cert_revocation_read(&reader, &source->path);
    }

    sk_X509_pop_free(reader.cas, X509_free);

    if (rc == NGX_OK) {
        *content = &reader.crls->content;
        return NGX_OK;
    }

    if (reader.crls) {
        ngx_auth_cert_revocation_free(zone, &reader.crls->content);
    }

    return NGX_ERROR;
}


/* of all sets that use the same file */

static ngx_int_t
ngx_auth_cert_revocation_cas(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, STACK_OF(X509) *cas)
{
    ngx_uint_t                i;
    ngx_auth_cert_source_t  **sources;

    sources = zone->sources.elts;

    for (i = 0; i < zone->sources.nelts; i++) {

        if (sources[i]->slot == source->slot
            && ngx_auth_cert_ca_certs(sources[i]->trust, cas) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_revocation_read(ngx_auth_cert_revocation_reader_t *reader,
    const ngx_str_t *path)
{
    u_char      *p, *last;
    size_t       size;
    ngx_err_t    err;
    ngx_int_t    rc;
    ngx_uint_t   directory;

    rc = ngx_auth_cert_source_files(path, ngx_auth_cert_revocation_count,
                                    reader, &directory);

    if (rc == NGX_OK && reader->max) {
        size = sizeof(ngx_auth_cert_revocation_content_t)
               + reader->max * sizeof(ngx_auth_cert_crl_t *);

        reader->crls = ngx_auth_cert_zone_alloc(reader->zone, size);

        if (reader->crls == NULL) {
            ngx_auth_cert_zone_small(reader->zone, size, reader->error);
            return NGX_ERROR;
        }

        reader->crls->content.size = size;
        reader->crls->n = 0;

        rc = ngx_auth_cert_source_files(path, ngx_auth_cert_revocation_file,
                                        reader, &directory);
    }

    err = ngx_errno;

    if (reader->failed) {
        return NGX_ERROR;
    }

    if (rc == NGX_OK && reader->crls && reader->crls->n) {
        return NGX_OK;
    }

    p = reader->error->data;
    last = p + reader->error->len;

    if (rc == NGX_OK) {
        p = ngx_slprintf(p, last, "no CRL in directory \"%V\"", path);

    } else {
        p = ngx_slprintf(p, last, "cannot read CRLs from \"%V\" (%d: ", path,
                         err);
        p = ngx_strerror(err, p, last - p);
        p = ngx_slprintf(p, last, ")");
    }

    reader->error->len = p - reader->error->data;

    return NGX_ERROR;
}


static ngx_int_t
ngx_auth_cert_revocation_count(const ngx_str_t *path, void *data)
{
    ngx_auth_cert_revocation_reader_t *reader = data;

    reader->max++;

    return (reader->max > NGX_AUTH_CERT_REVOCATION_FILES) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_auth_cert_revocation_file(const ngx_str_t *path, void *data)
{
    ngx_auth_cert_revocation_reader_t *reader = data;

    u_char               *last;
    ngx_str_t             error;
    ngx_auth_cert_crl_t  *crl;

    error = *reader->error;
    reader->allocated = NULL;
    reader->size = 0;

    /* files that came in between are seen as a change later on */

    if (reader->crls->n == reader->max) {
        return NGX_OK;
    }

    if (ngx_auth_cert_crl_load(path, ngx_auth_cert_revocation_alloc, reader,
                               &crl, &error)
        == NGX_OK
        && ngx_auth_cert_revocation_bind(reader, path, crl) == NGX_OK)
    {
        reader->crls->crls[reader->crls->n++] = crl;
        return NGX_OK;
    }

    if (reader->allocated) {
        ngx_auth_cert_zone_free(reader->zone, reader->allocated,
                                reader->size);

    } else if (reader->size) {

        last = reader->error->data + reader->error->len;
        error.data = ngx_slprintf(reader->error->data, last,
                                  "CRL file \"%V\": ", path);
        error.len = last - error.data;

        ngx_auth_cert_zone_small(reader->zone, reader->size, &error);

        error.len += error.data - reader->error->data;
    }

    if (!reader->failed) {
        reader->error->len = error.len;
        reader->failed = 1;
    }

    return NGX_ERROR;
}


static ngx_int_t
ngx_auth_cert_revocation_bind(ngx_auth_cert_revocation_reader_t *reader,
    const ngx_str_t *path, ngx_auth_cert_crl_t *crl)
{
    int                        i, n;
    X509                     **cas;
    u_char                    *last;
    ngx_int_t                  rc;
    ngx_str_t                  error;
    ngx_auth_cert_crl_bound_t  bound;

    n = sk_X509_num(reader->cas);
    last = reader->error->data + reader->error->len;

    error.data = ngx_slprintf(reader->error->data, last, "CRL file \"%V\": ",
                              path);
    error.len = last - error.data;

    cas = OPENSSL_malloc((n + 1) * sizeof(X509 *));

    if (cas == NULL) {
        rc = NGX_ERROR;
        error.len = ngx_slprintf(error.data, last, "no memory") - error.data;

    } else {
        for (i = 0; i < n; i++) {
            cas[i] = sk_X509_value(reader->cas, i);
        }

        rc = ngx_auth_cert_crl_bind(crl, cas, n, &bound, &error);
    }

    OPENSSL_free(cas);

    if (rc == NGX_OK) {
        return NGX_OK;
    }

    reader->error->len = error.data + error.len - reader->error->data;
    reader->failed = 1;

    return NGX_ERROR;
}


static void *
ngx_auth_cert_revocation_alloc(size_t size, void *data)
{
    ngx_auth_cert_revocation_reader_t *reader = data;

    reader->size = size;
    reader->allocated = ngx_auth_cert_zone_alloc(reader->zone, size);

    return reader->allocated;
}


static void
ngx_auth_cert_revocation_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_content_t *content)
{
    ngx_uint_t                           i;
    ngx_auth_cert_revocation_content_t  *crls;

    crls = (ngx_auth_cert_revocation_content_t *) content;

    for (i = 0; i < crls->n; i++) {
        ngx_auth_cert_zone_free(zone, crls->crls[i],
                                ngx_auth_cert_crl_size(crls->crls[i]));
    }

    ngx_auth_cert_zone_free(zone, crls, content->size);
}


/*
 * The CRLs of all sources of the set are one collection: a delta may lie in
 * another file than its base.
 */

long
ngx_auth_cert_revocation_check(const ngx_auth_cert_trust_t *trust,
    const ngx_auth_cert_chain_t *chain, ngx_auth_cert_revocation_cert_pt get,
    void *data, time_t *until)
{
    long                                  error;
    ngx_uint_t                            i, k, n;
    ngx_auth_cert_crl_t                 **crls;
    ngx_auth_cert_source_t              **sources;
    ngx_auth_cert_revocation_content_t  **contents;

    sources = trust->crls.elts;
    error = X509_V_ERR_OUT_OF_MEM;
    crls = NULL;
    n = 0;

    contents = ngx_calloc(trust->crls.nelts
                          * sizeof(ngx_auth_cert_revocation_content_t *),
                          ngx_cycle->log);
    if (contents == NULL) {
        return error;
    }

    for (i = 0; i < trust->crls.nelts; i++) {
        contents[i] = (ngx_auth_cert_revocation_content_t *)
                                     ngx_auth_cert_content_acquire(sources[i]);
        n += contents[i] ? contents[i]->n : 0;
    }

    crls = ngx_alloc((n + 1) * sizeof(ngx_auth_cert_crl_t *), ngx_cycle->log);

    if (crls) {

        for (i = 0, n = 0; i < trust->crls.nelts; i++) {
            for (k = 0; contents[i] && k < contents[i]->n; k++) {
                crls[n++] = contents[i]->crls[k];
            }
        }

        error = ngx_auth_cert_revocation_chain(trust, chain, crls, n, get,
                                               data, until);
    }

    for (i = 0; i < trust->crls.nelts; i++) {
        ngx_auth_cert_content_release(sources[i]);
    }

    ngx_free(crls);
    ngx_free(contents);

    return error;
}


static long
ngx_auth_cert_revocation_chain(const ngx_auth_cert_trust_t *trust,
    const ngx_auth_cert_chain_t *chain, ngx_auth_cert_crl_t **crls,
    ngx_uint_t n, ngx_auth_cert_revocation_cert_pt get, void *data,
    time_t *until)
{
    long        error;
    X509       *cert, *issuer;
    time_t      now;
    ngx_uint_t  i, last;

    now = ngx_time();

    /* an anchor is trusted as it is */

    last = trust->crl_leaf ? 1 : chain->n - 1;

    for (i = 0; i < last && i + 1 < chain->n; i++) {

        error = ngx_auth_cert_crl_check(crls, n, &chain->certs[i].link, NULL,
                                        NULL, now, &trust->crl_options,
                                        until);

        if (error == NGX_AUTH_CERT_CRL_UNKNOWN) {
            cert = get(data, i);
            issuer = get(data, i + 1);

            error = X509_V_ERR_OUT_OF_MEM;

            if (cert && issuer) {
                error = ngx_auth_cert_crl_check(crls, n,
                                                &chain->certs[i].link, cert,
                                                issuer, now,
                                                &trust->crl_options, until);
            }
        }

        if (error != X509_V_OK) {
            return error;
        }
    }

    return X509_V_OK;
}


/* of CRLs that end soon or have ended, once in a while */

static void
ngx_auth_cert_revocation_warn(ngx_auth_cert_source_t *source, ngx_log_t *log)
{
    time_t                               now, next, from, life;
    ngx_uint_t                           i;
    ngx_auth_cert_slot_t                *slot;
    ngx_auth_cert_revocation_content_t  *crls;

    slot = source->slot;
    now = ngx_time();

    if (now - slot->warned < NGX_AUTH_CERT_REVOCATION_AGAIN) {
        return;
    }

    crls = (ngx_auth_cert_revocation_content_t *)
                                         ngx_auth_cert_content_acquire(source);

    for (i = 0; crls && i < crls->n; i++) {
        from = now;
        next = ngx_auth_cert_crl_next_update(crls->crls[i], &from);
        life = next - from;

        if (next - now > ngx_min(life / 5, NGX_AUTH_CERT_REVOCATION_SOON)) {
            continue;
        }

        slot->warned = now;

        if (next > now) {
            ngx_log_error(NGX_LOG_WARN, log, 0,
                          "auth_cert: a CRL of \"%V\" ends in %T minutes "
                          "(nextUpdate), put a newer one there",
                          &source->path, (next - now) / 60);

        } else {
            ngx_log_error(NGX_LOG_ERR, log, 0,
                          "auth_cert: a CRL of \"%V\" ended %T minutes ago "
                          "(nextUpdate), its clients are %s; put a newer one "
                          "there", &source->path, (now - next) / 60,
                          source->trust->crl_options.expired_allow
                          ? "still let in (\"crl_expired allow\")"
                          : "refused");
        }

        break;
    }

    ngx_auth_cert_content_release(source);
}
