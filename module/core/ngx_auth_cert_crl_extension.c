
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The extensions of a CRL and of its entries (RFC 5280, sections 5.2 and
 * 5.3).  What would narrow a CRL and is not understood is refused.
 */


#include "ngx_auth_cert_crl.h"


/* no CRL needs more; bounds the search for duplicates */
#define NGX_AUTH_CERT_CRL_EXTENSIONS  64


typedef ngx_int_t (*ngx_auth_cert_crl_extension_pt)(
    ngx_auth_cert_crl_parser_t *parser, void *value);

/*
 * One that is understood: how its value is decoded and what to do with it;
 * without a handler it changes nothing.
 */

typedef struct {
    int                               nid;
    const ASN1_ITEM                *(*item)(void);
    ngx_auth_cert_crl_extension_pt    handler;
} ngx_auth_cert_crl_extension_t;


static ngx_int_t ngx_auth_cert_crl_extension_all(
    ngx_auth_cert_crl_parser_t *parser, const u_char *der, size_t len,
    const ngx_auth_cert_crl_extension_t *table);
static ngx_int_t ngx_auth_cert_crl_extension_one(
    ngx_auth_cert_crl_parser_t *parser, X509_EXTENSION *extension,
    const ngx_auth_cert_crl_extension_t *table);
static ngx_int_t ngx_auth_cert_crl_extension_authority(
    ngx_auth_cert_crl_parser_t *parser, void *value);
static ngx_int_t ngx_auth_cert_crl_extension_number(
    ngx_auth_cert_crl_parser_t *parser, void *value);
static ngx_int_t ngx_auth_cert_crl_extension_delta(
    ngx_auth_cert_crl_parser_t *parser, void *value);
static ngx_int_t ngx_auth_cert_crl_extension_integer(
    ngx_auth_cert_crl_parser_t *parser, const ASN1_INTEGER *integer,
    u_char *number);
static ngx_int_t ngx_auth_cert_crl_extension_point(
    ngx_auth_cert_crl_parser_t *parser, void *value);
static ngx_int_t ngx_auth_cert_crl_extension_names(
    ngx_auth_cert_crl_parser_t *parser, const DIST_POINT_NAME *point);
static ngx_int_t ngx_auth_cert_crl_extension_reason(
    ngx_auth_cert_crl_parser_t *parser, void *value);
static ngx_int_t ngx_auth_cert_crl_extension_issuer(
    ngx_auth_cert_crl_parser_t *parser, void *value);


static const ngx_auth_cert_crl_extension_t  ngx_auth_cert_crl_extensions[] = {

    { NID_authority_key_identifier,
      ASN1_ITEM_ref(AUTHORITY_KEYID),
      ngx_auth_cert_crl_extension_authority },

    { NID_crl_number,
      ASN1_ITEM_ref(ASN1_INTEGER),
      ngx_auth_cert_crl_extension_number },

    { NID_delta_crl,
      ASN1_ITEM_ref(ASN1_INTEGER),
      ngx_auth_cert_crl_extension_delta },

    { NID_issuing_distribution_point,
      ASN1_ITEM_ref(ISSUING_DIST_POINT),
      ngx_auth_cert_crl_extension_point },

    { NID_undef, NULL, NULL }
};


static const ngx_auth_cert_crl_extension_t
    ngx_auth_cert_crl_entry_extensions[] = {

    { NID_crl_reason,
      ASN1_ITEM_ref(ASN1_ENUMERATED),
      ngx_auth_cert_crl_extension_reason },

    { NID_invalidity_date,
      ASN1_ITEM_ref(ASN1_GENERALIZEDTIME),
      NULL },

    { NID_certificate_issuer,
      ASN1_ITEM_ref(GENERAL_NAMES),
      ngx_auth_cert_crl_extension_issuer },

    { NID_undef, NULL, NULL }
};


ngx_int_t
ngx_auth_cert_crl_extension_list(ngx_auth_cert_crl_parser_t *parser,
    const u_char *der, size_t len)
{
    return ngx_auth_cert_crl_extension_all(parser, der, len,
                                           ngx_auth_cert_crl_extensions);
}


ngx_int_t
ngx_auth_cert_crl_extension_entry(ngx_auth_cert_crl_parser_t *parser,
    const u_char *der, size_t len)
{
    return ngx_auth_cert_crl_extension_all(parser, der, len,
                                         ngx_auth_cert_crl_entry_extensions);
}


static ngx_int_t
ngx_auth_cert_crl_extension_all(ngx_auth_cert_crl_parser_t *parser,
    const u_char *der, size_t len, const ngx_auth_cert_crl_extension_t *table)
{
    int               i, n;
    ngx_int_t         rc;
    const u_char     *p;
    X509_EXTENSION   *extension;
    X509_EXTENSIONS  *extensions;

    rc = NGX_ERROR;

    p = der;
    extensions = d2i_X509_EXTENSIONS(NULL, &p, len);

    if (extensions == NULL || p != der + len) {
        ngx_auth_cert_crl_reader_error(&parser->reader,
                                       "its extensions cannot be decoded");
        goto done;
    }

    n = sk_X509_EXTENSION_num(extensions);

    if (n > NGX_AUTH_CERT_CRL_EXTENSIONS) {
        ngx_auth_cert_crl_reader_error(&parser->reader,
                                       "has too many extensions");
        goto done;
    }

    for (i = 0; i < n; i++) {
        extension = sk_X509_EXTENSION_value(extensions, i);

        if (X509v3_get_ext_by_OBJ(extensions,
                                  X509_EXTENSION_get_object(extension), i)
            >= 0)
        {
            ngx_auth_cert_crl_reader_error(&parser->reader,
                                           "has an extension twice");
            goto done;
        }

        if (ngx_auth_cert_crl_extension_one(parser, extension, table)
            != NGX_OK)
        {
            goto done;
        }
    }

    rc = NGX_OK;

done:

    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);

    return rc;
}


static ngx_int_t
ngx_auth_cert_crl_extension_one(ngx_auth_cert_crl_parser_t *parser,
    X509_EXTENSION *extension, const ngx_auth_cert_crl_extension_t *table)
{
    int                       nid, len;
    char                      oid[NGX_AUTH_CERT_CRL_REASON];
    void                     *value;
    ngx_int_t                 rc;
    const u_char             *p, *end;
    const ASN1_OCTET_STRING  *octets;

    nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));

    while (table->nid != NID_undef && table->nid != nid) {
        table++;
    }

    (void) OBJ_obj2txt(oid, sizeof(oid), X509_EXTENSION_get_object(extension),
                       0);

    if (table->nid == NID_undef) {

        if (X509_EXTENSION_get_critical(extension)) {
            return ngx_auth_cert_crl_reader_error(&parser->reader,
                       "has the critical extension \"%s\", which is not "
                       "supported", oid);
        }

        return NGX_OK;
    }

    octets = X509_EXTENSION_get_data(extension);

    p = ASN1_STRING_get0_data(octets);
    len = ASN1_STRING_length(octets);
    end = p + len;

    value = ASN1_item_d2i(NULL, &p, len, table->item());

    if (value == NULL || p != end) {
        rc = ngx_auth_cert_crl_reader_error(&parser->reader,
                       "its extension \"%s\" cannot be decoded", oid);

    } else {
        rc = table->handler ? table->handler(parser, value) : NGX_OK;
    }

    ASN1_item_free(value, table->item());

    return rc;
}


static ngx_int_t
ngx_auth_cert_crl_extension_authority(ngx_auth_cert_crl_parser_t *parser,
    void *value)
{
    AUTHORITY_KEYID  *authority = value;

    if (authority->keyid == NULL) {
        return NGX_OK;
    }

    return ngx_auth_cert_crl_parse_keep(parser, &parser->record.key_id,
                                   ASN1_STRING_get0_data(authority->keyid),
                                   ASN1_STRING_length(authority->keyid));
}


static ngx_int_t
ngx_auth_cert_crl_extension_number(ngx_auth_cert_crl_parser_t *parser,
    void *value)
{
    parser->record.numbered = 1;

    return ngx_auth_cert_crl_extension_integer(parser, value,
                                               parser->record.number);
}


static ngx_int_t
ngx_auth_cert_crl_extension_delta(ngx_auth_cert_crl_parser_t *parser,
    void *value)
{
    parser->record.delta = 1;

    return ngx_auth_cert_crl_extension_integer(parser, value,
                                               parser->record.base);
}


static ngx_int_t
ngx_auth_cert_crl_extension_integer(ngx_auth_cert_crl_parser_t *parser,
    const ASN1_INTEGER *integer, u_char *number)
{
    size_t  len;

    len = ASN1_STRING_length(integer);

    if (ASN1_STRING_type(integer) == V_ASN1_NEG_INTEGER
        || len > NGX_AUTH_CERT_CRL_NUMBER)
    {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                      "its number is negative or has more than %d octets",
                      NGX_AUTH_CERT_CRL_NUMBER);
    }

    ngx_memcpy(number + NGX_AUTH_CERT_CRL_NUMBER - len,
               ASN1_STRING_get0_data(integer), len);

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_extension_point(ngx_auth_cert_crl_parser_t *parser,
    void *value)
{
    ngx_auth_cert_crl_reader_t  *reader;
    ISSUING_DIST_POINT          *point = value;

    reader = &parser->reader;

    if (point->indirectCRL > 0) {
        return ngx_auth_cert_crl_reader_error(reader,
                                 "is an indirect CRL, which is not supported");
    }

    if (point->onlysomereasons) {
        return ngx_auth_cert_crl_reader_error(reader,
                   "is partitioned by reasons, which is not supported");
    }

    if (point->onlyattr > 0) {
        return ngx_auth_cert_crl_reader_error(reader,
                                           "is about attribute certificates");
    }

    if (point->onlyuser > 0 && point->onlyCA > 0) {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "is about no certificate");
    }

    parser->record.scope = (point->onlyuser > 0 ? NGX_AUTH_CERT_CRL_USER : 0)
                           | (point->onlyCA > 0 ? NGX_AUTH_CERT_CRL_CA : 0);

    if (point->distpoint == NULL) {
        return NGX_OK;
    }

    return ngx_auth_cert_crl_extension_names(parser, point->distpoint);
}


static ngx_int_t
ngx_auth_cert_crl_extension_names(ngx_auth_cert_crl_parser_t *parser,
    const DIST_POINT_NAME *point)
{
    int         len;
    u_char     *der;
    ngx_int_t   rc;

    /* 0: fullName */

    if (point->type != 0 || sk_GENERAL_NAME_num(point->name.fullname) <= 0) {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                   "its distribution point has no full name, which is not "
                   "supported");
    }

    der = NULL;
    len = i2d_GENERAL_NAMES(point->name.fullname, &der);

    if (len <= 0) {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                                              "i2d_GENERAL_NAMES() failed");
    }

    rc = ngx_auth_cert_crl_parse_keep(parser, &parser->record.point, der, len);

    OPENSSL_free(der);

    return rc;
}


static ngx_int_t
ngx_auth_cert_crl_extension_reason(ngx_auth_cert_crl_parser_t *parser,
    void *value)
{
    int64_t  reason;

    if (ASN1_ENUMERATED_get_int64(&reason, value) != 1) {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                                              "its reason is no reason");
    }

    parser->removed = (reason == CRL_REASON_REMOVE_FROM_CRL);

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_extension_issuer(ngx_auth_cert_crl_parser_t *parser,
    void *value)
{
    return ngx_auth_cert_crl_reader_error(&parser->reader,
                    "names a certificate issuer: an indirect CRL, which is "
                    "not supported");
}
