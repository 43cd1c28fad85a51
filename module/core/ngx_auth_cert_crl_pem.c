
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The PEM blocks of a CRL file, to the reader's window.
 */


#include "ngx_auth_cert_crl.h"


#define NGX_AUTH_CERT_CRL_PEM_BEGIN  "-----BEGIN X509 CRL-----"
#define NGX_AUTH_CERT_CRL_PEM_END    "-----END X509 CRL-----"


static ngx_int_t ngx_auth_cert_crl_pem_decode(
    ngx_auth_cert_crl_reader_t *reader, u_char *line, size_t len);
static ngx_int_t ngx_auth_cert_crl_pem_line(
    ngx_auth_cert_crl_reader_t *reader, u_char *line, size_t *len);
static ngx_uint_t ngx_auth_cert_crl_pem_is(const u_char *line, size_t len,
    const char *marker);


/* text around the blocks is allowed, as "openssl crl -text" writes it */

ngx_int_t
ngx_auth_cert_crl_pem_begin(ngx_auth_cert_crl_reader_t *reader)
{
    size_t      len;
    u_char      line[NGX_AUTH_CERT_CRL_PIECE];
    ngx_int_t   rc;
    ngx_uint_t  first;

    first = 1;

    for ( ;; ) {
        rc = ngx_auth_cert_crl_pem_line(reader, line, &len);

        if (rc != NGX_OK) {
            return rc;
        }

        if (first && ngx_auth_cert_crl_pem_is(line, len,
                                                 NGX_AUTH_CERT_CRL_PEM_BEGIN))
        {
            EVP_DecodeInit(reader->base64);
            return NGX_OK;
        }

        /* its beginning was not recognized: a CRL must not get lost */

        if (first && ngx_auth_cert_crl_pem_is(line, len,
                                                 NGX_AUTH_CERT_CRL_PEM_END))
        {
            return ngx_auth_cert_crl_reader_error(reader, "has a line \""
                       NGX_AUTH_CERT_CRL_PEM_END "\" without a beginning");
        }

        first = (line[len - 1] == LF);
    }
}


ngx_int_t
ngx_auth_cert_crl_pem_read(ngx_auth_cert_crl_reader_t *reader)
{
    int        n;
    size_t     len;
    u_char     line[NGX_AUTH_CERT_CRL_PIECE];
    ngx_int_t  rc;

    rc = ngx_auth_cert_crl_pem_line(reader, line, &len);

    if (rc == NGX_DONE) {
        return ngx_auth_cert_crl_reader_error(reader, "is truncated");
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (!ngx_auth_cert_crl_pem_is(line, len, NGX_AUTH_CERT_CRL_PEM_END)) {
        return ngx_auth_cert_crl_pem_decode(reader, line, len);
    }

    reader->ended = 1;

    if (EVP_DecodeFinal(reader->base64, reader->last, &n) != 1) {
        return ngx_auth_cert_crl_reader_error(reader, "bad base64");
    }

    reader->last += n;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_pem_decode(ngx_auth_cert_crl_reader_t *reader,
    u_char *line, size_t len)
{
    int  n, rc;

    if (strspn((char *) line, " \t\r\n") == len) {
        return NGX_OK;
    }

    /* OpenSSL takes "-" for the end */

    if (reader->padded || ngx_strlchr(line, line + len, '-')) {
        return ngx_auth_cert_crl_reader_error(reader, "bad base64");
    }

    rc = EVP_DecodeUpdate(reader->base64, reader->last, &n, line, len);

    if (rc < 0) {
        return ngx_auth_cert_crl_reader_error(reader, "bad base64");
    }

    reader->last += n;
    reader->padded = (rc == 0);

    return NGX_OK;
}


/* a line, or a piece of a long one, with its end and a NUL behind */

static ngx_int_t
ngx_auth_cert_crl_pem_line(ngx_auth_cert_crl_reader_t *reader, u_char *line,
    size_t *len)
{
    int  n;

    *len = 0;

    ngx_memset(line, LF, NGX_AUTH_CERT_CRL_PIECE);

    n = BIO_gets(reader->bio, (char *) line, NGX_AUTH_CERT_CRL_PIECE);
    n = ngx_max(n, 0);

    /*
     * A NUL cuts the line, and would hide what stands behind it, such as the
     * start of the next one: then there is another NUL, at the line's end
     */

    if (memchr(line + n + 1, '\0', NGX_AUTH_CERT_CRL_PIECE - n - 1)) {
        return ngx_auth_cert_crl_reader_error(reader, "holds a NUL, it is "
                                              "neither PEM nor DER");
    }

    if (n == 0) {
        if (BIO_eof(reader->bio)) {
            return NGX_DONE;
        }

        return ngx_auth_cert_crl_reader_error(reader, "cannot be read");
    }

    *len = n;

    return NGX_OK;
}


/* white space may follow, as OpenSSL allows */

static ngx_uint_t
ngx_auth_cert_crl_pem_is(const u_char *line, size_t len, const char *marker)
{
    size_t  n;

    n = ngx_strlen(marker);

    while (len > n && line[len - 1] <= ' ') {
        len--;
    }

    return len == n && ngx_memcmp(line, marker, n) == 0;
}
