
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * CRL files: what is accepted says of each serial what OpenSSL says of it.
 * Signatures are not looked at, so that there is something to compare.
 */


#include "fuzz.h"


#define FUZZ_CRLS  8


static ngx_uint_t fuzz_openssl(const u_char *data, size_t len,
    X509_CRL **crls);
static ngx_uint_t fuzz_marker(const ngx_str_t *line, const char *marker);
static X509_CRL *fuzz_block(u_char **pos, u_char *last);
static void fuzz_compare(ngx_auth_cert_crl_t *crl, ngx_uint_t i,
    X509_CRL *other);
static void fuzz_serial(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record, X509_CRL *other,
    const ASN1_INTEGER *serial);
static void *fuzz_alloc(size_t size, void *data);


int
LLVMFuzzerTestOneInput(const u_char *data, size_t len)
{
    u_char                      buf[1024];
    void                       *memory;
    X509_CRL                   *crls[FUZZ_CRLS];
    ngx_str_t                   error, *file;
    ngx_uint_t                  i, n;
    ngx_auth_cert_crl_t        *crl;
    ngx_auth_cert_crl_bound_t   bound;

    fuzz_init();

    memory = NULL;
    error.data = buf;
    error.len = sizeof(buf);

    file = fuzz_file(data, len);

    if (ngx_auth_cert_crl_load(file, fuzz_alloc, &memory, &crl, &error)
        != NGX_OK)
    {
        fuzz_check(error.len > 0 && error.len <= sizeof(buf));
        goto done;
    }

    n = fuzz_openssl(data, len, crls);

    fuzz_check(crl->nrecords == n || n == FUZZ_CRLS);

    error.len = sizeof(buf);
    fuzz_check(ngx_auth_cert_crl_bind(crl, NULL, 0, &bound, &error) == NGX_OK);
    fuzz_check(bound.bound == 0 && bound.foreign == crl->nrecords);

    for (i = 0; i < ngx_min(n, crl->nrecords); i++) {
        fuzz_compare(crl, i, crls[i]);
    }

    for (i = 0; i < n; i++) {
        X509_CRL_free(crls[i]);
    }

done:

    ngx_free(memory);
    ERR_clear_error();

    return 0;
}


static void *
fuzz_alloc(size_t size, void *data)
{
    void **memory = data;

    fuzz_check(*memory == NULL);

    *memory = ngx_alloc(size, &fuzz_log);

    return *memory;
}


static ngx_uint_t
fuzz_openssl(const u_char *data, size_t len, X509_CRL **crls)
{
    u_char        *pem, *pos, *last;
    ngx_str_t      line;
    X509_CRL      *crl;
    ngx_uint_t     n;
    const u_char  *p;

    p = data;
    crl = d2i_X509_CRL(NULL, &p, len);

    if (crl) {
        crls[0] = crl;
        return 1;
    }

    pem = ngx_alloc(len + 1, &fuzz_log);
    fuzz_check(pem != NULL);
    ngx_memcpy(pem, data, len);

    pos = pem;
    last = pem + len;
    n = 0;

    while (n < FUZZ_CRLS && fuzz_line(&pos, last, &line)) {
        if (fuzz_marker(&line, "-----BEGIN X509 CRL-----")) {
            crls[n++] = fuzz_block(&pos, last);
        }
    }

    ngx_free(pem);

    return n;
}


/* spaces may follow; at the end of the file, whatever is behind a NUL */

static ngx_uint_t
fuzz_marker(const ngx_str_t *line, const char *marker)
{
    size_t  len;

    for (len = strnlen((char *) line->data, line->len); len && line->data[len - 1] <= ' '; len--) {
        /* void */
    }

    return len == ngx_strlen(marker)
           && ngx_memcmp(line->data, marker, len) == 0;
}


/*
 * OpenSSL's reader of PEM takes an empty line for the end of headers, which a
 * CRL does not have; the module's lets it be.  What the base64 holds must be
 * the same to both.
 */

static X509_CRL *
fuzz_block(u_char **pos, u_char *last)
{
    int            size;
    u_char        *out, *der;
    size_t         i, len;
    ngx_str_t      line;
    X509_CRL      *crl;
    const u_char  *p;

    out = *pos;
    len = 0;

    while (fuzz_line(pos, last, &line)
           && !fuzz_marker(&line, "-----END X509 CRL-----"))
    {
        for (i = 0; i < line.len; i++) {
            if (line.data[i] > ' ') {
                out[len++] = line.data[i];
            }
        }
    }

    der = ngx_alloc(len + 1, &fuzz_log);
    fuzz_check(der != NULL);

    /* no padding is left in the size */

    size = EVP_DecodeBlock(der, out, len);
    fuzz_check(size > 0);

    p = der;
    crl = d2i_X509_CRL(NULL, &p, size);

    fuzz_check(crl != NULL && der + size - p <= 2);

    ngx_free(der);

    return crl;
}


static void
fuzz_compare(ngx_auth_cert_crl_t *crl, ngx_uint_t i, X509_CRL *other)
{
    int                          k;
    ASN1_INTEGER                *serial;
    ngx_uint_t                   r;
    ngx_auth_cert_crl_record_t  *record;

    STACK_OF(X509_REVOKED)      *revoked;

    record = ngx_auth_cert_crl_records(crl);

    fuzz_check(record[i].hash
               == X509_NAME_hash_ex(X509_CRL_get_issuer(other), NULL, NULL,
                                    NULL));

    /* all are signed with the one key; those of other issuers do not count */

    for (r = 0; r < crl->nrecords; r++) {
        record[r].state = NGX_AUTH_CERT_CRL_BOUND;
        ngx_memset(record[r].key, (r == i) ? 1 : 2, NGX_AUTH_CERT_CRL_KEY);
    }

    revoked = X509_CRL_get_REVOKED(other);

    for (k = 0; k < sk_X509_REVOKED_num(revoked) && k < 64; k++) {
        fuzz_serial(crl, &record[i], other,
                    X509_REVOKED_get0_serialNumber(
                                             sk_X509_REVOKED_value(revoked, k)));
    }

    serial = ASN1_INTEGER_new();
    fuzz_check(serial != NULL);

    for (k = -130; k <= 130; k += 13) {
        fuzz_check(ASN1_INTEGER_set(serial, k));
        fuzz_serial(crl, &record[i], other, serial);
    }

    ASN1_INTEGER_free(serial);
}


static void
fuzz_serial(ngx_auth_cert_crl_t *crl, const ngx_auth_cert_crl_record_t *record,
    X509_CRL *other, const ASN1_INTEGER *serial)
{
    int                           len, tag, class, found;
    long                          size, error;
    time_t                        until;
    u_char                       *der;
    const u_char                 *p;
    X509_REVOKED                 *revoked;
    ngx_auth_cert_link_t          link;
    ngx_auth_cert_crl_options_t   options;

    ngx_memzero(&link, sizeof(ngx_auth_cert_link_t));
    ngx_memset(link.key, 1, NGX_AUTH_CERT_CRL_KEY);
    ngx_memzero(&options, sizeof(ngx_auth_cert_crl_options_t));

    der = NULL;
    len = i2d_ASN1_INTEGER((ASN1_INTEGER *) serial, &der);
    fuzz_check(len > 0);

    p = der;
    fuzz_check((ASN1_get_object(&p, &size, &tag, &class, len) & 0x80) == 0);

    link.hash = record->hash;
    link.signs = 1;
    link.ca = (record->scope == NGX_AUTH_CERT_CRL_CA);

    if (size <= NGX_AUTH_CERT_CRL_NUMBER) {
        link.len = size;
        ngx_memcpy(link.serial, p, size);
    }

    OPENSSL_free(der);

    until = NGX_MAX_TIME_T_VALUE;

    error = ngx_auth_cert_crl_check(&crl, 1, &link, NULL, NULL,
                                    record->this_update, &options, &until);

    found = X509_CRL_get0_by_serial(other, &revoked, serial);

    if (error == NGX_AUTH_CERT_CRL_UNKNOWN || link.len == 0) {

        /* of one distribution point: the certificate is needed */

        return;
    }

    if (record->delta) {

        /* it says nothing without its base */

        fuzz_check(error != X509_V_OK);
        return;
    }

    fuzz_check((error == X509_V_ERR_CERT_REVOKED) == (found == 1));
}
