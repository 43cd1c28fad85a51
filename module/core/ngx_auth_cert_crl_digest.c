
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What is signed of a CRL that passes the reader's window: its digest, or a
 * copy for algorithms that make no digest.
 */


#include "ngx_auth_cert_crl.h"


void
ngx_auth_cert_crl_digest_hold(ngx_auth_cert_crl_reader_t *reader)
{
    reader->hold = reader->pos;
    reader->digesting = 0;
    reader->copy = NULL;
}


ngx_int_t
ngx_auth_cert_crl_digest_init(ngx_auth_cert_crl_reader_t *reader,
    const EVP_MD *md)
{
    if (EVP_DigestInit_ex(reader->digest, md, NULL) != 1) {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "EVP_DigestInit_ex() failed");
    }

    reader->digesting = 1;

    return NGX_OK;
}


void
ngx_auth_cert_crl_digest_copy(ngx_auth_cert_crl_reader_t *reader, u_char *copy,
    size_t len)
{
    reader->copy = copy;
    reader->copy_len = len;
}


/* until the algorithm is known, what is signed stays in the window */

ngx_int_t
ngx_auth_cert_crl_digest_flush(ngx_auth_cert_crl_reader_t *reader)
{
    size_t  len;

    if (reader->hold == NULL || (!reader->digesting && reader->copy == NULL)) {
        return NGX_OK;
    }

    len = reader->pos - reader->hold;

    if (reader->digesting) {

        if (EVP_DigestUpdate(reader->digest, reader->hold, len) != 1) {
            return ngx_auth_cert_crl_reader_error(reader,
                                              "EVP_DigestUpdate() failed");
        }

    } else {

        if (len > reader->copy_len) {
            return ngx_auth_cert_crl_reader_error(reader,
                                              "has changed while being read");
        }

        reader->copy = ngx_cpymem(reader->copy, reader->hold, len);
        reader->copy_len -= len;
    }

    reader->hold = reader->pos;

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_crl_digest_final(ngx_auth_cert_crl_reader_t *reader,
    u_char *digest)
{
    if (ngx_auth_cert_crl_digest_flush(reader) != NGX_OK) {
        return NGX_ERROR;
    }

    reader->hold = NULL;

    if (reader->digesting) {

        if (EVP_DigestFinal_ex(reader->digest, digest, NULL) != 1) {
            return ngx_auth_cert_crl_reader_error(reader,
                                              "EVP_DigestFinal_ex() failed");
        }

    } else if (reader->copy_len) {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "has changed while being read");
    }

    return NGX_OK;
}
