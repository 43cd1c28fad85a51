
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The identity: what a certificate says, each part decoded once, when it is
 * needed, and then constant.
 */


#include "ngx_auth_cert.h"


/* a part of the identity.  NGX_OK, also where it is unusable; NGX_ERROR */

typedef ngx_int_t (*ngx_auth_cert_identity_pt)(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);


static void ngx_auth_cert_identity_decode(ngx_auth_cert_identity_t *identity,
    ngx_uint_t parts);
static void ngx_auth_cert_identity_spoil(ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_encoded(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_subject(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_issuer(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_name(ngx_pool_t *pool,
    const X509_NAME *x509, ngx_auth_cert_name_t *name);
static ngx_int_t ngx_auth_cert_identity_span(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_serial(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_fingerprint(ngx_pool_t *pool,
    X509 *cert, ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_spki(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_san(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_spiffe(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
static ngx_int_t ngx_auth_cert_identity_one(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_auth_cert_values_t *values);
static ngx_int_t ngx_auth_cert_identity_sha256(ngx_pool_t *pool,
    const u_char *data, size_t len, ngx_auth_cert_values_t *values);


typedef struct {
    ngx_uint_t                  part;
    ngx_uint_t                  needs;            /* parts, further up */
    ngx_auth_cert_identity_pt   decode;
} ngx_auth_cert_identity_part_t;


static const ngx_auth_cert_identity_part_t  ngx_auth_cert_identity_parts[] = {

    { NGX_AUTH_CERT_PART_DER, 0,
      ngx_auth_cert_identity_encoded },

    { NGX_AUTH_CERT_PART_SUBJECT, 0,
      ngx_auth_cert_identity_subject },

    { NGX_AUTH_CERT_PART_ISSUER, 0,
      ngx_auth_cert_identity_issuer },

    { NGX_AUTH_CERT_PART_SPAN, 0,
      ngx_auth_cert_identity_span },

    { NGX_AUTH_CERT_PART_SERIAL, 0,
      ngx_auth_cert_identity_serial },

    { NGX_AUTH_CERT_PART_FINGERPRINT, 0,
      ngx_auth_cert_identity_fingerprint },

    { NGX_AUTH_CERT_PART_SPKI, 0,
      ngx_auth_cert_identity_spki },

    { NGX_AUTH_CERT_PART_SAN, 0,
      ngx_auth_cert_identity_san },

    { NGX_AUTH_CERT_PART_SPIFFE, NGX_AUTH_CERT_PART_SAN,
      ngx_auth_cert_identity_spiffe },

    { NGX_AUTH_CERT_PART_EKU, 0,
      ngx_auth_cert_extension_eku },

    { NGX_AUTH_CERT_PART_POLICY, 0,
      ngx_auth_cert_extension_policy },

    { NGX_AUTH_CERT_PART_EXTENSIONS, 0,
      ngx_auth_cert_extension_all },

    { 0, 0, NULL }
};


ngx_auth_cert_identity_t *
ngx_auth_cert_identity_create(ngx_pool_t *pool, X509 *cert)
{
    ngx_auth_cert_identity_t  *identity;

    identity = ngx_pcalloc(pool, sizeof(ngx_auth_cert_identity_t));
    if (identity == NULL) {
        return NULL;
    }

    identity->pool = pool;
    identity->cert = cert;

    return identity;
}


void
ngx_auth_cert_identity_need(const ngx_auth_cert_identity_t *identity,
    ngx_uint_t parts)
{
    /* one without a certificate says nothing, and has no part to decode */

    if ((identity->decoded & parts) != parts && identity->cert) {
        ngx_auth_cert_identity_decode((ngx_auth_cert_identity_t *) identity,
                                      parts);
    }
}


static void
ngx_auth_cert_identity_decode(ngx_auth_cert_identity_t *identity,
    ngx_uint_t parts)
{
    const ngx_auth_cert_identity_part_t  *part;

    for (part = ngx_auth_cert_identity_parts; part->part; part++) {
        if (part->part & parts) {
            parts |= part->needs;
        }
    }

    for (part = ngx_auth_cert_identity_parts; part->part; part++) {

        if ((part->part & parts & ~identity->decoded) == 0) {
            continue;
        }

        if (part->decode(identity->pool, identity->cert, identity) != NGX_OK) {
            ngx_ssl_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "could not decode a client certificate");
            ngx_auth_cert_identity_spoil(identity);
            break;
        }

        identity->decoded |= part->part;
    }

    /* what OpenSSL said of values that are unusable */

    ERR_clear_error();
}


/* no rule may take what is not there for what the certificate says */

static void
ngx_auth_cert_identity_spoil(ngx_auth_cert_identity_t *identity)
{
    ngx_memzero(&identity->subject, sizeof(ngx_auth_cert_name_t));
    ngx_memzero(&identity->issuer, sizeof(ngx_auth_cert_name_t));

    identity->subject.values.unusable = 1;
    identity->issuer.values.unusable = 1;
    identity->serial.unusable = 1;
    identity->fingerprint.unusable = 1;
    identity->spki.unusable = 1;
    identity->spiffe_id.unusable = 1;
    identity->eku.unusable = 1;
    identity->policy.unusable = 1;
    identity->extensions_unusable = 1;

    ngx_auth_cert_san_unusable(identity);

    identity->decoded = NGX_AUTH_CERT_PART_ALL;
    identity->spoilt = 1;
}


time_t
ngx_auth_cert_identity_time(const ASN1_TIME *time)
{
    struct tm  tm;

    /* without a time, OpenSSL would take the current one */

    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1) {
        return NGX_AUTH_CERT_NO_TIME;
    }

    return timegm(&tm);
}


ngx_int_t
ngx_auth_cert_identity_digest(X509 *cert,
    u_char digest[NGX_AUTH_CERT_DIGEST_LEN])
{
    unsigned  len;

    len = 0;

    if (X509_digest(cert, EVP_sha256(), digest, &len) != 1
        || len != NGX_AUTH_CERT_DIGEST_LEN)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_identity_der(ngx_pool_t *pool, X509 *cert, ngx_str_t *der)
{
    int      len;
    u_char  *p;

    len = i2d_X509(cert, NULL);
    if (len <= 0) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    der->data = p;
    der->len = len;

    if (i2d_X509(cert, &p) != len) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_identity_encoded(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    return ngx_auth_cert_identity_der(pool, cert, &identity->der);
}


static ngx_int_t
ngx_auth_cert_identity_subject(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    return ngx_auth_cert_identity_name(pool, X509_get_subject_name(cert),
                                       &identity->subject);
}


static ngx_int_t
ngx_auth_cert_identity_issuer(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    return ngx_auth_cert_identity_name(pool, X509_get_issuer_name(cert),
                                       &identity->issuer);
}


static ngx_int_t
ngx_auth_cert_identity_name(ngx_pool_t *pool, const X509_NAME *x509,
    ngx_auth_cert_name_t *name)
{
    size_t         len;
    ngx_int_t      rc;
    ngx_str_t      der;
    const u_char  *data;

    /* without memory: one that cannot be decoded OpenSSL has not kept */

    if (X509_NAME_get0_der(x509, &data, &len) != 1) {
        return NGX_ERROR;
    }

    der.data = (u_char *) data;
    der.len = len;

    rc = ngx_auth_cert_name_decode(pool, &der, name);

    if (rc == NGX_DECLINED) {
        ngx_memzero(name, sizeof(ngx_auth_cert_name_t));
        name->values.unusable = 1;
        rc = NGX_OK;
    }

    return rc;
}


static ngx_int_t
ngx_auth_cert_identity_span(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    identity->not_before =
                      ngx_auth_cert_identity_time(X509_get0_notBefore(cert));
    identity->not_after =
                      ngx_auth_cert_identity_time(X509_get0_notAfter(cert));

    return NGX_OK;
}


/*
 * What ASN1_STRING_get0_data() has is the magnitude, without the sign: the
 * content is read from the DER.
 */

u_char *
ngx_auth_cert_identity_number(const ASN1_INTEGER *number, ngx_str_t *content)
{
    int                      len;
    u_char                  *der;
    ngx_str_t                text;
    ngx_auth_cert_der_t      reader;
    ngx_auth_cert_element_t  element;

    der = NULL;
    len = i2d_ASN1_INTEGER(number, &der);

    if (len <= 0) {
        return NULL;
    }

    text.data = der;
    text.len = len;

    ngx_auth_cert_der_open(&text, &reader);

    if (ngx_auth_cert_der_next(&reader, &element) != NGX_OK
        || element.content.len == 0)
    {
        OPENSSL_free(der);
        return NULL;
    }

    *content = element.content;

    return der;
}


/* a leading zero byte is only the sign */

static ngx_int_t
ngx_auth_cert_identity_serial(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    u_char     *der, *last;
    ngx_int_t   rc;
    ngx_str_t   number, text;

    der = ngx_auth_cert_identity_number(X509_get0_serialNumber(cert),
                                        &number);
    if (der == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    text.data = ngx_pnalloc(pool, 1 + 2 * number.len);
    if (text.data == NULL) {
        goto done;
    }

    last = text.data;

    if (*number.data & 0x80) {
        *last++ = '-';

    } else if (*number.data == 0 && number.len > 1) {
        number.data++;
        number.len--;
    }

    last = ngx_hex_dump(last, number.data, number.len);
    text.len = last - text.data;

    rc = ngx_auth_cert_identity_one(pool, &text, &identity->serial);

done:

    OPENSSL_free(der);

    return rc;
}


static ngx_int_t
ngx_auth_cert_identity_fingerprint(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    u_char     digest[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_str_t  hex;

    if (ngx_auth_cert_identity_digest(cert, digest) != NGX_OK
        || ngx_auth_cert_format_hex(pool, digest, NGX_AUTH_CERT_DIGEST_LEN,
                                    &hex)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_auth_cert_identity_one(pool, &hex, &identity->fingerprint);
}


static ngx_int_t
ngx_auth_cert_identity_spki(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    int         len;
    u_char     *der;
    ngx_int_t   rc;

    der = NULL;

    len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);

    if (len <= 0) {
        return NGX_ERROR;
    }

    rc = ngx_auth_cert_identity_sha256(pool, der, len, &identity->spki);

    OPENSSL_free(der);

    return rc;
}


static ngx_int_t
ngx_auth_cert_identity_san(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    ngx_int_t  rc;
    ngx_str_t  der;

    rc = ngx_auth_cert_extension_der(cert, NID_subject_alt_name, &der);

    if (rc == NGX_DONE) {
        return NGX_OK;
    }

    /*
     * OpenSSL has read all extensions that it knows and verifies no
     * certificate with one that it cannot read.  This one may be another,
     * but it must not be this one.
     */

    ngx_auth_cert_identity_usage(cert, &identity->usage);

    if (identity->usage.flags & EXFLAG_INVALID) {
        rc = NGX_DECLINED;
    }

    if (rc == NGX_OK) {
        rc = ngx_auth_cert_san_decode(pool, &der, identity);
    }

    if (rc == NGX_DECLINED) {
        ngx_auth_cert_san_unusable(identity);
        rc = NGX_OK;
    }

    return rc;
}


void
ngx_auth_cert_identity_usage(X509 *cert, ngx_auth_cert_usage_t *usage)
{
    if (usage->known) {
        return;
    }

    usage->flags = X509_get_extension_flags(cert);
    usage->key_usage = (usage->flags & EXFLAG_KUSAGE)
                       ? X509_get_key_usage(cert) : 0;
    usage->known = 1;
}


/*
 * X.509-SVID, sections 2 and 5.2: one URI, a SPIFFE ID with a path (a trust
 * domain alone names no workload), and the certificate must not be one that
 * may sign others.
 */

static ngx_int_t
ngx_auth_cert_identity_spiffe(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity)
{
    ngx_str_t                domain;
    ngx_auth_cert_usage_t   *usage;
    ngx_auth_cert_values_t  *uri;

    uri = &identity->san[NGX_AUTH_CERT_SAN_URI];

    if (uri->unusable) {
        identity->spiffe_id.unusable = 1;
        return NGX_OK;
    }

    if (uri->nelts != 1
        || ngx_auth_cert_spiffe_parse(&uri->elts[0], &domain) != NGX_OK
        || domain.data + domain.len == uri->elts[0].data + uri->elts[0].len)
    {
        return NGX_OK;
    }

    /* one with an invalid extension has no such name, see above */

    usage = &identity->usage;
    ngx_auth_cert_identity_usage(cert, usage);

    if ((usage->flags & EXFLAG_CA)
        || (usage->key_usage & (KU_KEY_CERT_SIGN|KU_CRL_SIGN)))
    {
        return NGX_OK;
    }

    identity->spiffe_trust_domain = domain;

    return ngx_auth_cert_identity_one(pool, &uri->elts[0],
                                      &identity->spiffe_id);
}


static ngx_int_t
ngx_auth_cert_identity_one(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_auth_cert_values_t *values)
{
    values->elts = ngx_palloc(pool, sizeof(ngx_str_t));
    if (values->elts == NULL) {
        return NGX_ERROR;
    }

    values->elts[0] = *text;
    values->nelts = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_identity_sha256(ngx_pool_t *pool, const u_char *data,
    size_t len, ngx_auth_cert_values_t *values)
{
    unsigned   size;
    u_char     digest[EVP_MAX_MD_SIZE];
    ngx_str_t  hex;

    if (EVP_Digest(data, len, digest, &size, EVP_sha256(), NULL) != 1
        || ngx_auth_cert_format_hex(pool, digest, size, &hex) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_auth_cert_identity_one(pool, &hex, values);
}
