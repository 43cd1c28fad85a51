
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The CA certificates of a trust set: read from a file or a directory, kept
 * in the zone as DER, taken over by each worker.
 */


#include "ngx_auth_cert_zone.h"


/*
 * The content of a source: certificates one behind the other, each a length
 * of 4 bytes and its DER with the settings of a "TRUSTED CERTIFICATE".
 */

typedef struct {
    ngx_auth_cert_content_t           content;
    ngx_uint_t                        n;
    u_char                            der[1];
} ngx_auth_cert_ca_content_t;


/* while files are read */

typedef struct {
    STACK_OF(X509)                   *certs;
    ngx_str_t                        *error;
    ngx_uint_t                        failed;     /* error is written */
} ngx_auth_cert_ca_reader_t;


static ngx_int_t ngx_auth_cert_ca_read(const ngx_str_t *path,
    STACK_OF(X509) *certs, ngx_str_t *error);
static ngx_int_t ngx_auth_cert_ca_read_file(const ngx_str_t *path,
    void *data);
static ngx_int_t ngx_auth_cert_ca_read_bio(ngx_auth_cert_ca_reader_t *reader,
    BIO *bio, const ngx_str_t *path);
static ngx_int_t ngx_auth_cert_ca_read_pem(ngx_auth_cert_ca_reader_t *reader,
    BIO *bio, const ngx_str_t *path);
static ngx_int_t ngx_auth_cert_ca_read_der(ngx_auth_cert_ca_reader_t *reader,
    BIO *bio, const ngx_str_t *path);
static ngx_int_t ngx_auth_cert_ca_error(ngx_auth_cert_ca_reader_t *reader,
    const char *fmt, ...);
static ngx_int_t ngx_auth_cert_ca_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t **content,
    ngx_str_t *error);
static ngx_auth_cert_ca_content_t *ngx_auth_cert_ca_content(
    ngx_auth_cert_zone_t *zone, STACK_OF(X509) *certs, ngx_str_t *error);
static void ngx_auth_cert_ca_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_content_t *content);
static ngx_int_t ngx_auth_cert_ca_apply(ngx_auth_cert_source_t *source,
    ngx_log_t *log);


const ngx_auth_cert_kind_t  ngx_auth_cert_ca_kind = {
    ngx_string("CA file"),
    ngx_auth_cert_ca_load,
    ngx_auth_cert_ca_free,
    ngx_auth_cert_ca_apply,
    NULL,
    0,
    0
};


char *
ngx_auth_cert_ca_set(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *path)
{
    char                    *rv;
    u_char                   buf[NGX_AUTH_CERT_ZONE_ERROR];
    ngx_str_t                file, error;
    STACK_OF(X509)          *certs;
    ngx_auth_cert_source_t  *source, **sources;

    file = *path;

    if (file.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_trust \"%V\": \"ca\" needs the path of "
                           "a file or a directory with CA certificates",
                           &trust->name);
        return NGX_CONF_ERROR;
    }

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    source = ngx_auth_cert_source_add(cf, trust->zone, &ngx_auth_cert_ca_kind,
                                      &file);
    sources = ngx_array_push(&trust->cas);
    certs = sk_X509_new_null();

    if (source == NULL || sources == NULL || certs == NULL) {
        sk_X509_free(certs);
        return NGX_CONF_ERROR;
    }

    source->trust = trust;
    *sources = source;

    error.data = buf;
    error.len = sizeof(buf);

    rv = NGX_CONF_OK;

    if (ngx_auth_cert_ca_read(&file, certs, &error) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "auth_cert_trust \"%V\": %V",
                           &trust->name, &error);
        rv = NGX_CONF_ERROR;

    } else if (ngx_auth_cert_trust_add(trust, certs) != NGX_OK) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "X509_STORE_add_cert(\"%V\") failed", &file);
        rv = NGX_CONF_ERROR;
    }

    sk_X509_pop_free(certs, X509_free);

    return rv;
}


/*
 * Adds the certificates of a file, or of the files of a directory.  OpenSSL's
 * own look-up in a directory would read them in the middle of a handshake and
 * block the event loop.
 */

static ngx_int_t
ngx_auth_cert_ca_read(const ngx_str_t *path, STACK_OF(X509) *certs,
    ngx_str_t *error)
{
    ngx_int_t                  rc;
    ngx_err_t                  err;
    u_char                     reason[NGX_AUTH_CERT_CRL_REASON];
    ngx_uint_t                 directory;
    ngx_auth_cert_ca_reader_t  reader;

    reader.certs = certs;
    reader.error = error;
    reader.failed = 0;

    rc = ngx_auth_cert_source_files(path, ngx_auth_cert_ca_read_file, &reader,
                                    &directory);

    if (rc == NGX_DECLINED) {
        err = ngx_errno;
        *ngx_strerror(err, reason, sizeof(reason) - 1) = '\0';

        return ngx_auth_cert_ca_error(&reader,
                                      "cannot read CA certificates from "
                                      "\"%V\" (%d: %s)", path, err, reason);
    }

    if (rc != NGX_OK) {
        return ngx_auth_cert_ca_error(&reader, "cannot read CA certificates "
                                      "from \"%V\"", path);
    }

    if (sk_X509_num(certs) > 0) {
        return NGX_OK;
    }

    if (directory) {
        return ngx_auth_cert_ca_error(&reader, "no certificate in directory "
                                      "\"%V\", expected files with CA "
                                      "certificates in PEM or one in DER",
                                      path);
    }

    return ngx_auth_cert_ca_error(&reader, "no certificate in \"%V\", expected "
                                  "CA certificates in PEM or one in DER",
                                  path);
}


static ngx_int_t
ngx_auth_cert_ca_read_file(const ngx_str_t *path, void *data)
{
    ngx_auth_cert_ca_reader_t *reader = data;

    BIO              *bio;
    FILE             *file;
    ngx_fd_t          fd;
    ngx_int_t         rc;
    ngx_file_info_t   before;

    bio = BIO_new_file((char *) path->data, "r");
    if (bio == NULL) {
        return ngx_auth_cert_ca_error(reader, "cannot read CA certificates "
                                      "from \"%V\"", path);
    }

    file = NULL;
    (void) BIO_get_fp(bio, &file);

    fd = file ? fileno(file) : NGX_INVALID_FILE;

    if (ngx_fd_info(fd, &before) == NGX_FILE_ERROR) {
        rc = ngx_auth_cert_ca_error(reader, "the state of \"%V\" cannot be "
                                    "read", path);

    } else {
        rc = ngx_auth_cert_ca_read_bio(reader, bio, path);
    }

    if (rc == NGX_OK && !ngx_auth_cert_file_same(fd, &before)) {
        rc = ngx_auth_cert_ca_error(reader, "\"%V\" has changed while being "
                                    "read", path);
    }

    BIO_free(bio);

    return rc;
}


static ngx_int_t
ngx_auth_cert_ca_read_bio(ngx_auth_cert_ca_reader_t *reader, BIO *bio,
    const ngx_str_t *path)
{
    int        n;
    ngx_int_t  rc;

    n = sk_X509_num(reader->certs);

    rc = ngx_auth_cert_ca_read_pem(reader, bio, path);

    if (rc == NGX_OK && sk_X509_num(reader->certs) == n) {
        rc = ngx_auth_cert_ca_read_der(reader, bio, path);
    }

    return rc;
}


static ngx_int_t
ngx_auth_cert_ca_read_pem(ngx_auth_cert_ca_reader_t *reader, BIO *bio,
    const ngx_str_t *path)
{
    X509           *cert;
    ngx_uint_t      n;
    unsigned long   err;

    for (n = 1; /* void */ ; n++) {
        cert = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);

        if (cert == NULL) {
            err = ERR_peek_last_error();

            if (ERR_GET_LIB(err) == ERR_LIB_PEM
                && ERR_GET_REASON(err) == PEM_R_NO_START_LINE
                && (n == 1 || BIO_eof(bio)))
            {
                /* no PEM at all, or the end of the file */
                ERR_clear_error();
                return NGX_OK;
            }

            return ngx_auth_cert_ca_error(reader, "certificate %ui of \"%V\" "
                                          "cannot be decoded", n, path);
        }

        if (sk_X509_push(reader->certs, cert) == 0) {
            X509_free(cert);
            return NGX_ERROR;
        }
    }
}


/* no PEM: one certificate in DER, or something else */

static ngx_int_t
ngx_auth_cert_ca_read_der(ngx_auth_cert_ca_reader_t *reader, BIO *bio,
    const ngx_str_t *path)
{
    X509  *cert;

    if (BIO_reset(bio) != 0) {
        return ngx_auth_cert_ca_error(reader, "cannot read CA certificates "
                                      "from \"%V\"", path);
    }

    cert = d2i_X509_bio(bio, NULL);

    if (cert == NULL) {
        return ngx_auth_cert_der_nomem() ? NGX_ERROR : NGX_OK;
    }

    if (sk_X509_push(reader->certs, cert) == 0) {
        X509_free(cert);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* writes the first error, with OpenSSL's reason.  Returns NGX_ERROR */

static ngx_int_t
ngx_auth_cert_ca_error(ngx_auth_cert_ca_reader_t *reader, const char *fmt,
    ...)
{
    u_char         *p, *last;
    va_list         args;
    const char     *reason;
    unsigned long   err;

    err = ERR_peek_last_error();
    reason = err ? ERR_reason_error_string(err) : NULL;

    ERR_clear_error();

    if (reader->failed) {
        return NGX_ERROR;
    }

    reader->failed = 1;
    last = reader->error->data + reader->error->len;

    va_start(args, fmt);
    p = ngx_vslprintf(reader->error->data, last, fmt, args);
    va_end(args);

    if (reason) {
        p = ngx_slprintf(p, last, " (%s)", reason);
    }

    reader->error->len = p - reader->error->data;

    return NGX_ERROR;
}


static ngx_int_t
ngx_auth_cert_ca_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t **content,
    ngx_str_t *error)
{
    STACK_OF(X509)              *certs;
    ngx_auth_cert_ca_content_t  *ca;

    ca = NULL;
    certs = sk_X509_new_null();

    if (certs == NULL) {
        error->len = ngx_sprintf(error->data, "no memory for CA certificates")
                     - error->data;
        return NGX_ERROR;
    }

    if (ngx_auth_cert_ca_read(&source->path, certs, error) == NGX_OK) {
        ca = ngx_auth_cert_ca_content(zone, certs, error);
    }

    sk_X509_pop_free(certs, X509_free);

    if (ca == NULL) {
        return NGX_ERROR;
    }

    *content = &ca->content;

    return NGX_OK;
}


static ngx_auth_cert_ca_content_t *
ngx_auth_cert_ca_content(ngx_auth_cert_zone_t *zone, STACK_OF(X509) *certs,
    ngx_str_t *error)
{
    int                          i, n, len;
    u_char                      *p, *der;
    size_t                       size;
    uint32_t                     length;
    ngx_auth_cert_ca_content_t  *ca;

    size = 0;
    n = sk_X509_num(certs);

    for (i = 0; i < n; i++) {
        len = i2d_X509_AUX(sk_X509_value(certs, i), NULL);

        if (len <= 0) {
            goto failed;
        }

        size += sizeof(uint32_t) + len;
    }

    ca = ngx_auth_cert_zone_alloc(zone,
                                  sizeof(ngx_auth_cert_ca_content_t) + size);
    if (ca == NULL) {
        ngx_auth_cert_zone_small(zone, size, error);
        return NULL;
    }

    ca->content.size = sizeof(ngx_auth_cert_ca_content_t) + size;
    ngx_memzero(ca->content.kept, NGX_AUTH_CERT_DIGEST_LEN);
    ca->n = n;

    p = ca->der;

    for (i = 0; i < n; i++) {
        der = p + sizeof(uint32_t);
        len = i2d_X509_AUX(sk_X509_value(certs, i), &der);

        if (len <= 0) {
            ngx_auth_cert_zone_free(zone, ca, ca->content.size);
            goto failed;
        }

        length = len;
        p = ngx_cpymem(p, &length, sizeof(uint32_t));
        p += length;
    }

    return ca;

failed:

    ERR_clear_error();

    error->len = ngx_sprintf(error->data, "i2d_X509_AUX() of a CA failed")
                 - error->data;

    return NULL;
}


static void
ngx_auth_cert_ca_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_content_t *content)
{
    ngx_auth_cert_zone_free(zone, content, content->size);
}


/* the set is made anew from all its files */

static ngx_int_t
ngx_auth_cert_ca_apply(ngx_auth_cert_source_t *source, ngx_log_t *log)
{
    return ngx_auth_cert_trust_refresh(source->trust, log);
}


ngx_int_t
ngx_auth_cert_ca_digest(X509 *cert, u_char digest[NGX_AUTH_CERT_DIGEST_LEN])
{
    int         len;
    u_char     *der;
    ngx_int_t   rc;

    der = NULL;
    len = i2d_X509_AUX(cert, &der);

    rc = (len > 0
          && EVP_Digest(der, len, digest, NULL, EVP_sha256(), NULL) == 1)
         ? NGX_OK : NGX_ERROR;

    OPENSSL_free(der);

    return rc;
}


/*
 * Adds the certificates that the zone has of a trust set's files.  NGX_OK,
 * NGX_ERROR.
 */

ngx_int_t
ngx_auth_cert_ca_certs(const ngx_auth_cert_trust_t *trust,
    STACK_OF(X509) *certs)
{
    X509                         *cert;
    uint32_t                      len;
    ngx_int_t                     rc;
    ngx_uint_t                    i, k;
    const u_char                 *p, *der;
    ngx_auth_cert_source_t      **sources;
    ngx_auth_cert_ca_content_t   *ca;

    rc = NGX_OK;
    sources = trust->cas.elts;

    for (i = 0; i < trust->cas.nelts; i++) {

        ca = (ngx_auth_cert_ca_content_t *)
                                     ngx_auth_cert_content_acquire(sources[i]);

        if (ca == NULL) {
            rc = NGX_ERROR;
        }

        p = ca ? ca->der : NULL;

        for (k = 0; ca && k < ca->n; k++) {
            ngx_memcpy(&len, p, sizeof(uint32_t));

            der = p + sizeof(uint32_t);
            p = der + len;

            cert = d2i_X509_AUX(NULL, &der, len);

            if (cert == NULL || sk_X509_push(certs, cert) == 0) {
                X509_free(cert);
                rc = NGX_ERROR;
                break;
            }
        }

        ngx_auth_cert_content_release(sources[i]);
    }

    ERR_clear_error();

    return rc;
}
