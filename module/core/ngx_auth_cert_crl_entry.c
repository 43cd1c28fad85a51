
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The entries of a CRL, to its sorted serials.
 */


#include "ngx_auth_cert_crl.h"


static ngx_int_t ngx_auth_cert_crl_entry_read(
    ngx_auth_cert_crl_parser_t *parser, size_t end);
static ngx_int_t ngx_auth_cert_crl_entry_extensions(
    ngx_auth_cert_crl_parser_t *parser,
    const ngx_auth_cert_crl_element_t *element);
static ngx_int_t ngx_auth_cert_crl_entry_store(
    ngx_auth_cert_crl_parser_t *parser,
    const ngx_auth_cert_crl_element_t *serial);
static ngx_uint_t ngx_auth_cert_crl_entry_padded(
    const ngx_auth_cert_crl_element_t *serial);
static ngx_int_t ngx_auth_cert_crl_entry_finish(
    ngx_auth_cert_crl_parser_t *parser);


ngx_int_t
ngx_auth_cert_crl_entry_list(ngx_auth_cert_crl_parser_t *parser, size_t end)
{
    ngx_int_t                     rc;
    ngx_auth_cert_crl_reader_t   *reader;
    ngx_auth_cert_crl_element_t   element;

    reader = &parser->reader;

    if (reader->offset == end) {
        return ngx_auth_cert_crl_entry_finish(parser);
    }

    if (ngx_auth_cert_crl_reader_head(reader, end, &element) != NGX_OK) {
        return NGX_ERROR;
    }

    if (element.type != NGX_AUTH_CERT_CRL_SEQUENCE) {
        return ngx_auth_cert_crl_entry_finish(parser);
    }

    end = reader->offset + element.size;
    ngx_auth_cert_crl_reader_skip(reader, element.size - element.len);

    while (reader->offset < end) {
        reader->entry++;

        rc = ngx_auth_cert_crl_entry_read(parser, end);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    reader->entry = 0;

    return ngx_auth_cert_crl_entry_finish(parser);
}


static ngx_int_t
ngx_auth_cert_crl_entry_read(ngx_auth_cert_crl_parser_t *parser, size_t end)
{
    const u_char                 *p, *last;
    ngx_auth_cert_crl_reader_t   *reader;
    ngx_auth_cert_crl_element_t   entry, serial, element;

    reader = &parser->reader;

    if (ngx_auth_cert_crl_reader_element(reader, end, &entry) != NGX_OK) {
        return NGX_ERROR;
    }

    p = entry.content;
    last = p + entry.len;

    if (ngx_auth_cert_crl_reader_inner(reader, &p, last, &serial) != NGX_OK
        || ngx_auth_cert_crl_reader_inner(reader, &p, last, &element)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* a certificate is revoked whenever it was */

    if (entry.type != NGX_AUTH_CERT_CRL_SEQUENCE
        || serial.type != NGX_AUTH_CERT_CRL_INTEGER
        || (element.type != NGX_AUTH_CERT_CRL_UTC
            && element.type != NGX_AUTH_CERT_CRL_TIME))
    {
        return ngx_auth_cert_crl_reader_error(reader, "cannot be decoded");
    }

    parser->removed = 0;

    if (p != last) {

        if (ngx_auth_cert_crl_reader_inner(reader, &p, last, &element)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (p != last || element.type != NGX_AUTH_CERT_CRL_SEQUENCE
            || !parser->v2)
        {
            return ngx_auth_cert_crl_reader_error(reader,
                                              "has an unexpected element");
        }

        if (ngx_auth_cert_crl_entry_extensions(parser, &element) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    ngx_auth_cert_crl_reader_skip(reader, entry.size);

    return ngx_auth_cert_crl_entry_store(parser, &serial);
}


/*
 * Most entries of a CRL have no other extension than one of ten reasons: the
 * same bytes are decoded once.  A reason is the last byte.
 */

static ngx_int_t
ngx_auth_cert_crl_entry_extensions(ngx_auth_cert_crl_parser_t *parser,
    const ngx_auth_cert_crl_element_t *element)
{
    ngx_auth_cert_crl_memo_t  *memo;

    memo = &parser->memo[element->start[element->size - 1]
                         % NGX_AUTH_CERT_CRL_MEMO];

    if (memo->len == element->size
        && ngx_memcmp(memo->data, element->start, element->size) == 0)
    {
        parser->removed = memo->removed;
        return NGX_OK;
    }

    if (ngx_auth_cert_crl_extension_entry(parser, element->start,
                                          element->size)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (element->size <= NGX_AUTH_CERT_CRL_MEMO_LEN) {
        memo->len = element->size;
        memo->removed = parser->removed;
        ngx_memcpy(memo->data, element->start, element->size);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_entry_store(ngx_auth_cert_crl_parser_t *parser,
    const ngx_auth_cert_crl_element_t *serial)
{
    size_t                             len, width;
    u_char                            *p;
    ngx_uint_t                         n;
    ngx_auth_cert_crl_record_t        *record;
    const ngx_auth_cert_crl_record_t  *plan;

    record = &parser->record;
    plan = parser->plan;
    len = serial->len;

    if (len == 0 || len > NGX_AUTH_CERT_CRL_NUMBER) {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                               "its serial is not of 1 to %d octets",
                               NGX_AUTH_CERT_CRL_NUMBER);
    }

    if (ngx_auth_cert_crl_entry_padded(serial)) {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                               "its serial has octets that DER leaves out");
    }

    record->width = ngx_max(record->width, len);

    n = parser->removed ? record->nremoved++ : record->nrevoked++;

    if (parser->data == NULL) {
        return NGX_OK;
    }

    width = plan->width;

    if (len > width || n >= (parser->removed ? plan->nremoved
                                             : plan->nrevoked))
    {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                                              "has changed while being read");
    }

    n += parser->removed ? plan->nrevoked : 0;
    p = parser->data + plan->entries + n * width;

    ngx_memset(p, (serial->content[0] & 0x80) ? 0xff : 0, width - len);
    ngx_memcpy(p + width - len, serial->content, len);

    return NGX_OK;
}


/* such numbers are none to OpenSSL either */

static ngx_uint_t
ngx_auth_cert_crl_entry_padded(const ngx_auth_cert_crl_element_t *serial)
{
    u_char  sign;

    sign = serial->content[0];

    return serial->len > 1 && (sign == 0x00 || sign == 0xff)
           && ((serial->content[1] ^ sign) & 0x80) == 0;
}


/* the second reading must come out where the first did */

static ngx_int_t
ngx_auth_cert_crl_entry_finish(ngx_auth_cert_crl_parser_t *parser)
{
    ngx_auth_cert_crl_span_t           span;
    ngx_auth_cert_crl_record_t        *record;
    const ngx_auth_cert_crl_record_t  *plan;

    record = &parser->record;
    plan = parser->plan;

    if (ngx_auth_cert_crl_parse_keep(parser, &span, NULL,
                                     (record->nrevoked + record->nremoved)
                                     * record->width)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    record->entries = span.offset;

    if (parser->data
        && (record->entries != plan->entries || record->width != plan->width
            || record->nrevoked != plan->nrevoked
            || record->nremoved != plan->nremoved))
    {
        return ngx_auth_cert_crl_reader_error(&parser->reader,
                                              "has changed while being read");
    }

    return NGX_OK;
}
