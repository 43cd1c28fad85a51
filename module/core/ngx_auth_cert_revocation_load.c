
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The CRL files of a source, read to its content.  In a directory each file
 * is on its own: the CRLs of one issuer do not wait until those of another
 * one are good again.
 */


#include "ngx_auth_cert_zone.h"


/* CRLs in one directory; a larger number is hardly meant */
#define NGX_AUTH_CERT_REVOCATION_FILES  4096


/* while files are read */

typedef struct {
    ngx_auth_cert_zone_t             *zone;
    ngx_auth_cert_source_t           *source;
    STACK_OF(X509)                   *cas;

    ngx_auth_cert_revocation_file_t  *files;
    ngx_uint_t                        n;
    ngx_uint_t                        room;
    ngx_uint_t                        fresh;      /* that were read now */

    ngx_auth_cert_crl_t              *allocated;
    size_t                            size;       /* that was asked for */

    /* of all files that are as they were, by their names */
    u_char                            kept[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_uint_t                        bad;

    ngx_str_t                        *error;      /* of the first bad file */
    u_char                           *last;       /* of its buffer */
} ngx_auth_cert_revocation_reader_t;


static ngx_int_t ngx_auth_cert_revocation_cas(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, STACK_OF(X509) *cas);
static ngx_int_t ngx_auth_cert_revocation_read(
    ngx_auth_cert_revocation_reader_t *reader,
    ngx_auth_cert_content_t **content);
static ngx_int_t ngx_auth_cert_revocation_listed(
    ngx_auth_cert_revocation_reader_t *reader, ngx_int_t rc, ngx_err_t err);
static ngx_int_t ngx_auth_cert_revocation_file(const ngx_str_t *path,
    void *data);
static ngx_auth_cert_revocation_file_t *ngx_auth_cert_revocation_push(
    ngx_auth_cert_revocation_reader_t *reader);
static ngx_int_t ngx_auth_cert_revocation_read_file(
    ngx_auth_cert_revocation_reader_t *reader, const ngx_str_t *path,
    ngx_auth_cert_crl_t **crl, ngx_str_t *error);
static ngx_int_t ngx_auth_cert_revocation_bind(
    ngx_auth_cert_revocation_reader_t *reader, const ngx_str_t *path,
    ngx_auth_cert_crl_t *crl, ngx_str_t *error);
static ngx_int_t ngx_auth_cert_revocation_keep(
    ngx_auth_cert_revocation_reader_t *reader,
    ngx_auth_cert_revocation_file_t *file);
static void *ngx_auth_cert_revocation_alloc(size_t size, void *data);
static ngx_int_t ngx_auth_cert_revocation_error(
    ngx_auth_cert_revocation_reader_t *reader, const char *fmt, ...);


/* NGX_DECLINED: some of the files are as they were */

ngx_int_t
ngx_auth_cert_revocation_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t **content,
    ngx_str_t *error)
{
    ngx_int_t                          rc;
    ngx_uint_t                         i;
    ngx_auth_cert_revocation_reader_t  reader;

    ngx_memzero(&reader, sizeof(ngx_auth_cert_revocation_reader_t));

    reader.zone = zone;
    reader.source = source;
    reader.error = error;
    reader.last = error->data + error->len;
    reader.cas = sk_X509_new_null();

    if (reader.cas == NULL
        || ngx_auth_cert_revocation_cas(zone, source, reader.cas) != NGX_OK)
    {
        rc = ngx_auth_cert_revocation_error(&reader, "no memory for the CAs "
                                            "of CRL file \"%V\"",
                                            &source->path);

    } else {
        rc = ngx_auth_cert_revocation_read(&reader, content);
    }

    for (i = 0; rc == NGX_ERROR && i < reader.n; i++) {
        ngx_auth_cert_zone_free(zone, reader.files[i].crl,
                                ngx_auth_cert_crl_size(reader.files[i].crl));
    }

    OPENSSL_free(reader.files);
    sk_X509_pop_free(reader.cas, X509_free);

    return rc;
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
    ngx_auth_cert_content_t **content)
{
    size_t                               size;
    ngx_int_t                            rc;
    ngx_uint_t                           directory;
    ngx_auth_cert_revocation_content_t  *crls;

    rc = ngx_auth_cert_source_files(&reader->source->path,
                                    ngx_auth_cert_revocation_file, reader,
                                    &directory);

    if (ngx_auth_cert_revocation_listed(reader, rc, ngx_errno) != NGX_OK) {
        return NGX_ERROR;
    }

    size = sizeof(ngx_auth_cert_revocation_content_t)
           + reader->n * sizeof(ngx_auth_cert_revocation_file_t);

    crls = ngx_auth_cert_zone_alloc(reader->zone, size);

    if (crls == NULL) {
        reader->error->len = reader->last - reader->error->data;
        ngx_auth_cert_zone_small(reader->zone, size, reader->error);
        return NGX_ERROR;
    }

    crls->content.size = size;
    ngx_memcpy(crls->content.kept, reader->kept, NGX_AUTH_CERT_DIGEST_LEN);

    crls->n = reader->n;
    ngx_memcpy(crls->files, reader->files,
               reader->n * sizeof(ngx_auth_cert_revocation_file_t));

    *content = &crls->content;

    return reader->bad ? NGX_DECLINED : NGX_OK;
}


/*
 * NGX_OK where something is to be taken over.  When nginx starts all files
 * have to be good.
 */

static ngx_int_t
ngx_auth_cert_revocation_listed(ngx_auth_cert_revocation_reader_t *reader,
    ngx_int_t rc, ngx_err_t err)
{
    u_char  reason[NGX_AUTH_CERT_CRL_REASON];

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        *ngx_strerror(err, reason, sizeof(reason) - 1) = '\0';

        return ngx_auth_cert_revocation_error(reader, "cannot read CRLs from "
                                              "\"%V\" (%d: %s)",
                                              &reader->source->path, err,
                                              reason);
    }

    if (reader->bad) {
        return (reader->fresh && reader->source->slot->content) ? NGX_OK
                                                                : NGX_ERROR;
    }

    if (reader->n == 0) {
        return ngx_auth_cert_revocation_error(reader, "no CRL in directory "
                                              "\"%V\"",
                                              &reader->source->path);
    }

    return NGX_OK;
}


/* a bad file has the index that it had, if there was one */

static ngx_int_t
ngx_auth_cert_revocation_file(const ngx_str_t *path, void *data)
{
    ngx_auth_cert_revocation_reader_t *reader = data;

    u_char                            buf[NGX_AUTH_CERT_ZONE_ERROR];
    ngx_int_t                         rc;
    ngx_str_t                         error;
    ngx_uint_t                        i;
    ngx_auth_cert_revocation_file_t  *file;

    file = ngx_auth_cert_revocation_push(reader);

    if (file == NULL
        || EVP_Digest(path->data, path->len, file->id, NULL, EVP_sha256(),
                      NULL)
           != 1)
    {
        return ngx_auth_cert_revocation_error(reader, "more than %d files, or "
                                              "no memory, for CRLs from "
                                              "\"%V\"",
                                              NGX_AUTH_CERT_REVOCATION_FILES,
                                              &reader->source->path);
    }

    error.data = buf;
    error.len = sizeof(buf);

    if (ngx_auth_cert_revocation_read_file(reader, path, &file->crl, &error)
        == NGX_OK)
    {
        reader->fresh++;
        reader->n++;
        return NGX_OK;
    }

    if (reader->bad++ == 0) {
        reader->error->len = ngx_min(reader->error->len, error.len);
        ngx_memcpy(reader->error->data, error.data, reader->error->len);
    }

    for (i = 0; i < NGX_AUTH_CERT_DIGEST_LEN; i++) {
        reader->kept[i] ^= file->id[i];
    }

    rc = ngx_auth_cert_revocation_keep(reader, file);

    if (rc == NGX_OK) {
        reader->n++;
    }

    return (rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


static ngx_auth_cert_revocation_file_t *
ngx_auth_cert_revocation_push(ngx_auth_cert_revocation_reader_t *reader)
{
    ngx_uint_t                        room;
    ngx_auth_cert_revocation_file_t  *files;

    if (reader->n == NGX_AUTH_CERT_REVOCATION_FILES) {
        return NULL;
    }

    if (reader->n == reader->room) {
        room = reader->room ? 2 * reader->room : 4;

        files = OPENSSL_realloc(reader->files,
                              room * sizeof(ngx_auth_cert_revocation_file_t));
        if (files == NULL) {
            return NULL;
        }

        reader->files = files;
        reader->room = room;
    }

    return &reader->files[reader->n];
}


static ngx_int_t
ngx_auth_cert_revocation_read_file(ngx_auth_cert_revocation_reader_t *reader,
    const ngx_str_t *path, ngx_auth_cert_crl_t **crl, ngx_str_t *error)
{
    u_char     *last;
    ngx_str_t   small;

    reader->allocated = NULL;
    reader->size = 0;

    last = error->data + error->len;

    if (ngx_auth_cert_crl_load(path, ngx_auth_cert_revocation_alloc, reader,
                               crl, error)
        == NGX_OK
        && ngx_auth_cert_revocation_bind(reader, path, *crl, error) == NGX_OK)
    {
        return NGX_OK;
    }

    if (reader->allocated) {
        ngx_auth_cert_zone_free(reader->zone, reader->allocated,
                                reader->size);

    } else if (reader->size) {

        small.data = ngx_slprintf(error->data, last, "CRL file \"%V\": ",
                                  path);
        small.len = last - small.data;

        ngx_auth_cert_zone_small(reader->zone, reader->size, &small);

        error->len = small.data + small.len - error->data;
    }

    return NGX_ERROR;
}


static ngx_int_t
ngx_auth_cert_revocation_bind(ngx_auth_cert_revocation_reader_t *reader,
    const ngx_str_t *path, ngx_auth_cert_crl_t *crl, ngx_str_t *error)
{
    int                          i, n;
    X509                       **cas;
    u_char                      *last;
    ngx_int_t                    rc;
    ngx_str_t                    reason;
    ngx_auth_cert_crl_bound_t    bound;

    n = sk_X509_num(reader->cas);
    last = error->data + error->len;

    reason.data = ngx_slprintf(error->data, last, "CRL file \"%V\": ", path);
    reason.len = last - reason.data;

    cas = OPENSSL_malloc((n + 1) * sizeof(X509 *));

    if (cas == NULL) {
        rc = NGX_ERROR;
        reason.len = ngx_slprintf(reason.data, last, "no memory")
                     - reason.data;

    } else {
        for (i = 0; i < n; i++) {
            cas[i] = sk_X509_value(reader->cas, i);
        }

        rc = ngx_auth_cert_crl_bind(crl, cas, n, &bound, &reason);
    }

    OPENSSL_free(cas);

    if (rc == NGX_OK) {
        return NGX_OK;
    }

    error->len = reason.data + reason.len - error->data;

    return NGX_ERROR;
}


/*
 * NGX_OK: there is an index from before; NGX_DECLINED: there is none;
 * NGX_ERROR: it would get lost
 */

static ngx_int_t
ngx_auth_cert_revocation_keep(ngx_auth_cert_revocation_reader_t *reader,
    ngx_auth_cert_revocation_file_t *file)
{
    ngx_int_t                            rc;
    ngx_uint_t                           i;
    const ngx_auth_cert_crl_t           *crl;
    ngx_auth_cert_revocation_content_t  *crls;

    rc = NGX_DECLINED;
    crls = (ngx_auth_cert_revocation_content_t *)
                                ngx_auth_cert_content_acquire(reader->source);

    for (i = 0; crls && i < crls->n; i++) {

        if (ngx_memcmp(crls->files[i].id, file->id, NGX_AUTH_CERT_DIGEST_LEN)
            != 0)
        {
            continue;
        }

        crl = crls->files[i].crl;
        file->crl = ngx_auth_cert_zone_alloc(reader->zone,
                                             ngx_auth_cert_crl_size(crl));

        if (file->crl) {
            ngx_auth_cert_crl_copy(crl, file->crl);
        }

        rc = file->crl ? NGX_OK : NGX_ERROR;
        break;
    }

    ngx_auth_cert_content_release(reader->source);

    return rc;
}


static void *
ngx_auth_cert_revocation_alloc(size_t size, void *data)
{
    ngx_auth_cert_revocation_reader_t *reader = data;

    reader->size = size;
    reader->allocated = ngx_auth_cert_zone_alloc(reader->zone, size);

    return reader->allocated;
}


static ngx_int_t
ngx_auth_cert_revocation_error(ngx_auth_cert_revocation_reader_t *reader,
    const char *fmt, ...)
{
    u_char   *p;
    va_list   args;

    va_start(args, fmt);
    p = ngx_vslprintf(reader->error->data, reader->last, fmt, args);
    va_end(args);

    reader->error->len = p - reader->error->data;

    return NGX_ERROR;
}


void
ngx_auth_cert_revocation_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_content_t *content)
{
    ngx_uint_t                           i;
    ngx_auth_cert_revocation_content_t  *crls;

    crls = (ngx_auth_cert_revocation_content_t *) content;

    for (i = 0; i < crls->n; i++) {
        ngx_auth_cert_zone_free(zone, crls->files[i].crl,
                                ngx_auth_cert_crl_size(crls->files[i].crl));
    }

    ngx_auth_cert_zone_free(zone, crls, content->size);
}
