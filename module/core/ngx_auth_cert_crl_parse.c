
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The parser: what one CRL says, to a record (RFC 5280, section 5.1).
 */


#include "ngx_auth_cert.h"
#include "ngx_auth_cert_crl.h"


/* a field of TBSCertList, which ends at the offset end */

typedef ngx_int_t (*ngx_auth_cert_crl_parse_pt)(
    ngx_auth_cert_crl_parser_t *parser, size_t end);


static ngx_int_t ngx_auth_cert_crl_parse_sequence(
    ngx_auth_cert_crl_parser_t *parser, size_t limit,
    ngx_auth_cert_crl_element_t *element);
static ngx_int_t ngx_auth_cert_crl_parse_signed(
    ngx_auth_cert_crl_parser_t *parser, size_t end);
static ngx_int_t ngx_auth_cert_crl_parse_version(
    ngx_auth_cert_crl_parser_t *parser, size_t end);
static ngx_int_t ngx_auth_cert_crl_parse_algorithm(
    ngx_auth_cert_crl_parser_t *parser, size_t end);
static ngx_int_t ngx_auth_cert_crl_parse_message(
    ngx_auth_cert_crl_parser_t *parser);
static ngx_int_t ngx_auth_cert_crl_parse_issuer(
    ngx_auth_cert_crl_parser_t *parser, size_t end);
static ngx_int_t ngx_auth_cert_crl_parse_this_update(
    ngx_auth_cert_crl_parser_t *parser, size_t end);
static ngx_int_t ngx_auth_cert_crl_parse_next_update(
    ngx_auth_cert_crl_parser_t *parser, size_t end);
static ngx_int_t ngx_auth_cert_crl_parse_time(
    ngx_auth_cert_crl_parser_t *parser, size_t end, const char *name,
    time_t *time);
static ngx_int_t ngx_auth_cert_crl_parse_extensions(
    ngx_auth_cert_crl_parser_t *parser, size_t end);
static ngx_int_t ngx_auth_cert_crl_parse_check(
    ngx_auth_cert_crl_parser_t *parser, size_t end);
static ngx_int_t ngx_auth_cert_crl_parse_digest(
    ngx_auth_cert_crl_parser_t *parser);
static ngx_int_t ngx_auth_cert_crl_parse_signature(
    ngx_auth_cert_crl_parser_t *parser, size_t end);


static const ngx_auth_cert_crl_parse_pt  ngx_auth_cert_crl_parse_fields[] = {
    ngx_auth_cert_crl_parse_version,
    ngx_auth_cert_crl_parse_algorithm,
    ngx_auth_cert_crl_parse_issuer,
    ngx_auth_cert_crl_parse_this_update,
    ngx_auth_cert_crl_parse_next_update,
    ngx_auth_cert_crl_entry_list,
    ngx_auth_cert_crl_parse_extensions,
    ngx_auth_cert_crl_parse_check,
    NULL
};


ngx_int_t
ngx_auth_cert_crl_parse(ngx_auth_cert_crl_parser_t *parser)
{
    ngx_auth_cert_crl_reader_t   *reader;
    ngx_auth_cert_crl_element_t   element;

    reader = &parser->reader;

    ngx_memzero(&parser->record, sizeof(ngx_auth_cert_crl_record_t));
    parser->v2 = 0;

    if (ngx_auth_cert_crl_parse_sequence(parser, INT_MAX, &element) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_auth_cert_crl_reader_skip(reader, element.size - element.len);

    if (ngx_auth_cert_crl_parse_signed(parser, element.size) != NGX_OK
        || ngx_auth_cert_crl_parse_signature(parser, element.size) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (reader->offset != element.size) {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "bytes follow the signature");
    }

    return ngx_auth_cert_crl_reader_finish(reader);
}


static ngx_int_t
ngx_auth_cert_crl_parse_sequence(ngx_auth_cert_crl_parser_t *parser,
    size_t limit, ngx_auth_cert_crl_element_t *element)
{
    if (ngx_auth_cert_crl_reader_head(&parser->reader, limit, element)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (element->type != NGX_AUTH_CERT_CRL_SEQUENCE) {
        return ngx_auth_cert_crl_reader_error(&parser->reader, "is no CRL");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_parse_signed(ngx_auth_cert_crl_parser_t *parser, size_t end)
{
    ngx_auth_cert_crl_reader_t        *reader;
    ngx_auth_cert_crl_element_t        element;
    const ngx_auth_cert_crl_parse_pt  *field;

    reader = &parser->reader;

    if (ngx_auth_cert_crl_parse_sequence(parser, end, &element) != NGX_OK) {
        return NGX_ERROR;
    }

    parser->signed_len = element.size;
    end = reader->offset + element.size;

    if (parser->data) {
        ngx_auth_cert_crl_digest_hold(reader);
    }

    ngx_auth_cert_crl_reader_skip(reader, element.size - element.len);

    for (field = ngx_auth_cert_crl_parse_fields; *field; field++) {
        if ((*field)(parser, end) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_auth_cert_crl_parse_digest(parser);
}


/* v1 has no version field */

static ngx_int_t
ngx_auth_cert_crl_parse_version(ngx_auth_cert_crl_parser_t *parser,
    size_t end)
{
    ngx_auth_cert_crl_element_t  element;

    if (ngx_auth_cert_crl_reader_element(&parser->reader, end, &element)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (element.type != NGX_AUTH_CERT_CRL_INTEGER) {
        return NGX_OK;
    }

    if (element.len != 1 || element.content[0] != 1) {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                                              "its version is not v1 or v2");
    }

    parser->v2 = 1;
    ngx_auth_cert_crl_reader_skip(&parser->reader, element.size);

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_parse_algorithm(ngx_auth_cert_crl_parser_t *parser,
    size_t end)
{
    ngx_auth_cert_crl_reader_t   *reader;
    ngx_auth_cert_crl_element_t   element;

    reader = &parser->reader;

    if (ngx_auth_cert_crl_reader_element(reader, end, &element) != NGX_OK) {
        return NGX_ERROR;
    }

    if (element.type != NGX_AUTH_CERT_CRL_SEQUENCE
        || ngx_auth_cert_crl_signature_digest(element.start, element.size,
                                              &parser->md)
           != NGX_OK)
    {
        return ngx_auth_cert_crl_reader_error(reader,
                              "its signature algorithm is not supported");
    }

    if (ngx_auth_cert_crl_parse_keep(parser, &parser->record.algorithm,
                                     element.start, element.size)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_auth_cert_crl_reader_skip(reader, element.size);

    if (parser->md == NULL) {
        return ngx_auth_cert_crl_parse_message(parser);
    }

    return parser->data ? ngx_auth_cert_crl_digest_init(reader, parser->md)
                        : NGX_OK;
}


/* such as Ed25519, where no digest can stand for it */

static ngx_int_t
ngx_auth_cert_crl_parse_message(ngx_auth_cert_crl_parser_t *parser)
{
    ngx_auth_cert_crl_span_t  *message;

    if (parser->signed_len > NGX_AUTH_CERT_CRL_MESSAGE) {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                   "is larger than %d bytes, too large for its signature "
                   "algorithm, which signs no digest",
                   NGX_AUTH_CERT_CRL_MESSAGE);
    }

    message = &parser->record.message;

    if (ngx_auth_cert_crl_parse_keep(parser, message, NULL,
                                     parser->signed_len)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (parser->data) {
        ngx_auth_cert_crl_digest_copy(&parser->reader,
                                      parser->data + message->offset,
                                      message->len);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_parse_issuer(ngx_auth_cert_crl_parser_t *parser, size_t end)
{
    int                           ok;
    X509_NAME                    *name;
    ngx_uint_t                    bad;
    const u_char                 *p;
    ngx_auth_cert_crl_reader_t   *reader;
    ngx_auth_cert_crl_element_t   element;

    reader = &parser->reader;

    if (ngx_auth_cert_crl_reader_element(reader, end, &element) != NGX_OK) {
        return NGX_ERROR;
    }

    ok = 0;

    p = element.start;
    name = d2i_X509_NAME(NULL, &p, element.size);

    bad = name == NULL || p != element.start + element.size
          || X509_NAME_entry_count(name) == 0;

    if (!bad) {
        parser->record.hash = X509_NAME_hash_ex(name, NULL, NULL, &ok);
    }

    X509_NAME_free(name);

    if (bad || ok != 1) {
        return ngx_auth_cert_crl_reader_error(reader,
                                         "its issuer cannot be decoded");
    }

    ngx_auth_cert_crl_reader_skip(reader, element.size);

    return ngx_auth_cert_crl_parse_keep(parser, &parser->record.issuer,
                                        element.start, element.size);
}


static ngx_int_t
ngx_auth_cert_crl_parse_this_update(ngx_auth_cert_crl_parser_t *parser,
    size_t end)
{
    return ngx_auth_cert_crl_parse_time(parser, end, "thisUpdate",
                                        &parser->record.this_update);
}


/* RFC 5280 requires it, and there would be no end to a stolen list's life */

static ngx_int_t
ngx_auth_cert_crl_parse_next_update(ngx_auth_cert_crl_parser_t *parser,
    size_t end)
{
    if (ngx_auth_cert_crl_parse_time(parser, end, "nextUpdate",
                                     &parser->record.next_update)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (parser->record.next_update <= parser->record.this_update) {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                                     "nextUpdate is not after thisUpdate");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_parse_time(ngx_auth_cert_crl_parser_t *parser, size_t end,
    const char *name, time_t *time)
{
    ASN1_TIME                    *asn1;
    const u_char                 *p;
    ngx_auth_cert_crl_reader_t   *reader;
    ngx_auth_cert_crl_element_t   element;

    reader = &parser->reader;

    if (reader->offset == end) {
        return ngx_auth_cert_crl_reader_error(reader, "%s is missing", name);
    }

    if (ngx_auth_cert_crl_reader_element(reader, end, &element) != NGX_OK) {
        return NGX_ERROR;
    }

    if (element.type != NGX_AUTH_CERT_CRL_UTC
        && element.type != NGX_AUTH_CERT_CRL_TIME)
    {
        return ngx_auth_cert_crl_reader_error(reader, "%s is missing", name);
    }

    p = element.start;
    asn1 = d2i_ASN1_TIME(NULL, &p, element.size);

    *time = ngx_auth_cert_identity_time(asn1);

    ASN1_TIME_free(asn1);

    if (*time == NGX_AUTH_CERT_NO_TIME) {
        return ngx_auth_cert_crl_reader_error(reader, "%s is no time", name);
    }

    ngx_auth_cert_crl_reader_skip(reader, element.size);

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_parse_extensions(ngx_auth_cert_crl_parser_t *parser,
    size_t end)
{
    ngx_auth_cert_crl_reader_t   *reader;
    ngx_auth_cert_crl_element_t   element;

    reader = &parser->reader;

    if (reader->offset == end) {
        return NGX_OK;
    }

    if (ngx_auth_cert_crl_reader_element(reader, end, &element) != NGX_OK) {
        return NGX_ERROR;
    }

    if (element.type != NGX_AUTH_CERT_CRL_CONTEXT0 || !parser->v2) {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "has an unexpected element");
    }

    ngx_auth_cert_crl_reader_skip(reader, element.size);

    return ngx_auth_cert_crl_extension_list(parser, element.content,
                                            element.len);
}


/* what only the whole can tell */

static ngx_int_t
ngx_auth_cert_crl_parse_check(ngx_auth_cert_crl_parser_t *parser, size_t end)
{
    ngx_auth_cert_crl_reader_t  *reader;
    ngx_auth_cert_crl_record_t  *record;

    reader = &parser->reader;
    record = &parser->record;

    if (reader->offset != end) {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "has an unexpected element");
    }

    if (record->delta && !record->numbered) {
        return ngx_auth_cert_crl_reader_error(reader,
                                              "is a delta without cRLNumber");
    }

    if (record->delta
        && ngx_memcmp(record->base, record->number,
                      NGX_AUTH_CERT_CRL_NUMBER) > 0)
    {
        return ngx_auth_cert_crl_reader_error(reader,
                               "is a delta that is older than its base");
    }

    if (record->nremoved && !record->delta) {
        return ngx_auth_cert_crl_reader_error(reader,
                             "has removeFromCRL entries but is no delta");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_parse_digest(ngx_auth_cert_crl_parser_t *parser)
{
    u_char  digest[EVP_MAX_MD_SIZE];

    if (parser->data
        && ngx_auth_cert_crl_digest_final(&parser->reader, digest) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (parser->md == NULL) {
        return NGX_OK;
    }

    return ngx_auth_cert_crl_parse_keep(parser, &parser->record.message,
                                        parser->data ? digest : NULL,
                                        EVP_MD_get_size(parser->md));
}


static ngx_int_t
ngx_auth_cert_crl_parse_signature(ngx_auth_cert_crl_parser_t *parser,
    size_t end)
{
    ngx_auth_cert_crl_span_t     *algorithm;
    ngx_auth_cert_crl_reader_t   *reader;
    ngx_auth_cert_crl_element_t   element;

    reader = &parser->reader;
    algorithm = &parser->record.algorithm;

    if (ngx_auth_cert_crl_reader_element(reader, end, &element) != NGX_OK) {
        return NGX_ERROR;
    }

    if (element.size != algorithm->len
        || (parser->data
            && ngx_memcmp(element.start, parser->data + algorithm->offset,
                          element.size) != 0))
    {
        return ngx_auth_cert_crl_reader_error(reader,
                       "its signature algorithm differs from the signed one");
    }

    ngx_auth_cert_crl_reader_skip(reader, element.size);

    if (ngx_auth_cert_crl_reader_element(reader, end, &element) != NGX_OK) {
        return NGX_ERROR;
    }

    /* the first octet counts unused bits, a signature has none */

    if (element.type != NGX_AUTH_CERT_CRL_BITS || element.len < 2
        || element.content[0] != 0)
    {
        return ngx_auth_cert_crl_reader_error(reader,
                                         "its signature cannot be decoded");
    }

    ngx_auth_cert_crl_reader_skip(reader, element.size);

    return ngx_auth_cert_crl_parse_keep(parser, &parser->record.signature,
                                        element.content + 1, element.len - 1);
}


ngx_int_t
ngx_auth_cert_crl_parse_keep(ngx_auth_cert_crl_parser_t *parser,
    ngx_auth_cert_crl_span_t *span, const u_char *p, size_t len)
{
    if (len > parser->size - parser->used) {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                                              "has changed while being read");
    }

    if (parser->data && p) {
        ngx_memcpy(parser->data + parser->used, p, len);
    }

    span->offset = parser->used;
    span->len = len;

    parser->used += len;

    return NGX_OK;
}
