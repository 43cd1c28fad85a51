
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The reader: the elements of a CRL file, one by one through a small window.
 */


#include "ngx_auth_cert_crl.h"


/* no header of DER is longer */
#define NGX_AUTH_CERT_CRL_HEADER  16


static ngx_int_t ngx_auth_cert_crl_reader_want(
    ngx_auth_cert_crl_reader_t *reader, size_t len);
static ngx_int_t ngx_auth_cert_crl_reader_fill(
    ngx_auth_cert_crl_reader_t *reader);
static ngx_int_t ngx_auth_cert_crl_reader_header(
    ngx_auth_cert_crl_reader_t *reader, const u_char *p, size_t max,
    ngx_auth_cert_crl_element_t *element);


ngx_int_t
ngx_auth_cert_crl_reader_open(ngx_auth_cert_crl_reader_t *reader,
    const ngx_str_t *path, ngx_str_t *error)
{
    u_char           start[2], reason[NGX_AUTH_CERT_CRL_REASON];
    ngx_file_info_t  fi;

    ngx_memzero(reader, sizeof(ngx_auth_cert_crl_reader_t));

    reader->path = path;
    reader->error = error;

    /* a FIFO would block */

    if (ngx_file_info(path->data, &fi) == NGX_FILE_ERROR) {
        *ngx_strerror(ngx_errno, reason, sizeof(reason) - 1) = '\0';
        return ngx_auth_cert_crl_reader_error(reader, "cannot be read (%s)",
                                              reason);
    }

    if (!ngx_is_file(&fi)) {
        return ngx_auth_cert_crl_reader_error(reader, "is no regular file");
    }

    reader->bio = BIO_new_file((char *) path->data, "r");
    if (reader->bio == NULL) {
        return ngx_auth_cert_crl_reader_error(reader, "cannot be opened");
    }

    reader->window = OPENSSL_malloc(NGX_AUTH_CERT_CRL_WINDOW);
    reader->base64 = EVP_ENCODE_CTX_new();
    reader->digest = EVP_MD_CTX_new();

    if (reader->window == NULL || reader->base64 == NULL
        || reader->digest == NULL)
    {
        return ngx_auth_cert_crl_reader_error(reader, "no memory");
    }

    /* the SEQUENCE of any CRL has a length of the long form: no text */

    reader->pem = BIO_read(reader->bio, start, sizeof(start)) != sizeof(start)
                  || start[0] != NGX_AUTH_CERT_CRL_SEQUENCE
                  || start[1] < 0x80;

    return ngx_auth_cert_crl_reader_rewind(reader);
}


void
ngx_auth_cert_crl_reader_close(ngx_auth_cert_crl_reader_t *reader)
{
    EVP_MD_CTX_free(reader->digest);
    EVP_ENCODE_CTX_free(reader->base64);
    OPENSSL_free(reader->window);
    BIO_free(reader->bio);

    ERR_clear_error();
}


ngx_int_t
ngx_auth_cert_crl_reader_rewind(ngx_auth_cert_crl_reader_t *reader)
{
    reader->number = 0;

    if (BIO_reset(reader->bio) != 0) {
        return ngx_auth_cert_crl_reader_error(reader, "cannot be rewound");
    }

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_crl_reader_next(ngx_auth_cert_crl_reader_t *reader)
{
    ngx_int_t  rc;

    reader->pos = reader->window;
    reader->last = reader->window;
    reader->hold = NULL;
    reader->offset = 0;

    if (reader->pem) {
        rc = ngx_auth_cert_crl_pem_begin(reader);

        if (rc != NGX_OK) {
            return rc;
        }

    } else if (reader->number) {
        return NGX_DONE;
    }

    reader->number++;
    reader->padded = 0;
    reader->ended = 0;

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_crl_reader_finish(ngx_auth_cert_crl_reader_t *reader)
{
    if (ngx_auth_cert_crl_reader_want(reader, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    if (reader->pos != reader->last) {
        return ngx_auth_cert_crl_reader_error(reader, "bytes follow the CRL");
    }

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_crl_reader_head(ngx_auth_cert_crl_reader_t *reader,
    size_t limit, ngx_auth_cert_crl_element_t *element)
{
    size_t  available;

    available = reader->last - reader->pos;

    if (available < NGX_AUTH_CERT_CRL_HEADER) {

        if (ngx_auth_cert_crl_reader_want(reader, NGX_AUTH_CERT_CRL_HEADER)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        available = reader->last - reader->pos;
    }

    if (available == 0) {
        return ngx_auth_cert_crl_reader_error(reader, "is truncated");
    }

    if (ngx_auth_cert_crl_reader_header(reader, reader->pos, available,
                                        element)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (limit < reader->offset || element->size > limit - reader->offset) {
        return ngx_auth_cert_crl_reader_error(reader,
                                 "an element is longer than what holds it");
    }

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_crl_reader_element(ngx_auth_cert_crl_reader_t *reader,
    size_t limit, ngx_auth_cert_crl_element_t *element)
{
    if (ngx_auth_cert_crl_reader_head(reader, limit, element) != NGX_OK) {
        return NGX_ERROR;
    }

    if (element->size <= (size_t) (reader->last - reader->pos)) {
        return NGX_OK;
    }

    if (ngx_auth_cert_crl_reader_want(reader, element->size) != NGX_OK) {
        return NGX_ERROR;
    }

    if (element->size > (size_t) (reader->last - reader->pos)) {
        return ngx_auth_cert_crl_reader_error(reader, "is truncated");
    }

    /* the window has moved */

    return ngx_auth_cert_crl_reader_head(reader, limit, element);
}


ngx_int_t
ngx_auth_cert_crl_reader_inner(ngx_auth_cert_crl_reader_t *reader,
    const u_char **p, const u_char *end, ngx_auth_cert_crl_element_t *element)
{
    if (*p == end) {
        return ngx_auth_cert_crl_reader_error(reader, "an element is missing");
    }

    if (ngx_auth_cert_crl_reader_header(reader, *p, end - *p, element)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (element->size > (size_t) (end - *p)) {
        return ngx_auth_cert_crl_reader_error(reader,
                                 "an element is longer than what holds it");
    }

    *p += element->size;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_reader_header(ngx_auth_cert_crl_reader_t *reader,
    const u_char *p, size_t max, ngx_auth_cert_crl_element_t *element)
{
    int            rc, tag, class;
    long           len;
    size_t         header;
    const u_char  *content;

    len = 0;
    content = p;

    rc = ASN1_get_object(&content, &len, &tag, &class,
                         ngx_min(max, INT_MAX));

    /*
     * 0x80 and a moved pointer say that the content goes beyond max, which
     * the callers check; 1 is the indefinite length.
     */

    if (content == p || (rc & 1) || len < 0 || len > INT_MAX / 2) {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "an element is no DER");
    }

    if (rc & 0x80) {
        ERR_clear_error();
    }

    header = content - p;

    if (ASN1_object_size(1, len, tag) != (int) (header + len)) {
        return ngx_auth_cert_crl_reader_error(reader,
                                 "the length of an element is no DER");
    }

    element->type = *p;
    element->start = p;
    element->size = header + len;
    element->content = content;
    element->len = len;

    return NGX_OK;
}


void
ngx_auth_cert_crl_reader_skip(ngx_auth_cert_crl_reader_t *reader, size_t len)
{
    reader->pos += len;
    reader->offset += len;
}


/* has len bytes in the window, or fewer where the CRL ends before */

static ngx_int_t
ngx_auth_cert_crl_reader_want(ngx_auth_cert_crl_reader_t *reader, size_t len)
{
    size_t   shift;
    u_char  *keep;

    if (ngx_auth_cert_crl_digest_flush(reader) != NGX_OK) {
        return NGX_ERROR;
    }

    /*
     * Half a millisecond of work has gone by: an event loop on the same
     * processor need not wait for the end of the time slice, which the kernel
     * gives a thread of any nice value.
     */

    ngx_sched_yield();

    keep = reader->hold ? reader->hold : reader->pos;
    shift = keep - reader->window;

    ngx_memmove(reader->window, keep, reader->last - keep);

    reader->pos -= shift;
    reader->last -= shift;

    if (reader->hold) {
        reader->hold -= shift;
    }

    if (len > (size_t) (reader->window + NGX_AUTH_CERT_CRL_WINDOW
                        - NGX_AUTH_CERT_CRL_PIECE - reader->pos))
    {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "an element is too large");
    }

    while ((size_t) (reader->last - reader->pos) < len && !reader->ended) {
        if (ngx_auth_cert_crl_reader_fill(reader) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_reader_fill(ngx_auth_cert_crl_reader_t *reader)
{
    int     n;
    size_t  room;

    room = reader->window + NGX_AUTH_CERT_CRL_WINDOW - reader->last;

    if (!reader->pem) {
        n = BIO_read(reader->bio, reader->last, room);

        if (n < 0) {
            return ngx_auth_cert_crl_reader_error(reader, "cannot be read");
        }

        reader->last += n;
        reader->ended = (n == 0);

        return NGX_OK;
    }

    while (room >= NGX_AUTH_CERT_CRL_PIECE && !reader->ended) {
        if (ngx_auth_cert_crl_pem_read(reader) != NGX_OK) {
            return NGX_ERROR;
        }

        room = reader->window + NGX_AUTH_CERT_CRL_WINDOW - reader->last;
    }

    return NGX_OK;
}


/* writes the first error only: the later ones follow from it */

ngx_int_t
ngx_auth_cert_crl_reader_error(ngx_auth_cert_crl_reader_t *reader,
    const char *fmt, ...)
{
    u_char         *p, *last;
    va_list         args;
    const char     *reason;
    unsigned long   err;

    err = ERR_peek_error();
    reason = err ? ERR_reason_error_string(err) : NULL;

    ERR_clear_error();

    if (reader->failed) {
        return NGX_ERROR;
    }

    reader->failed = 1;

    p = reader->error->data;
    last = p + reader->error->len;

    p = ngx_slprintf(p, last, "CRL file \"%V\"", reader->path);

    if (reader->number) {
        p = ngx_slprintf(p, last, ", CRL %ui", reader->number);
    }

    if (reader->entry) {
        p = ngx_slprintf(p, last, ", entry %ui", reader->entry);
    }

    p = ngx_slprintf(p, last, ": ");

    va_start(args, fmt);
    p = ngx_vslprintf(p, last, fmt, args);
    va_end(args);

    if (reason) {
        p = ngx_slprintf(p, last, " (%s)", reason);
    }

    reader->error->len = p - reader->error->data;

    return NGX_ERROR;
}
