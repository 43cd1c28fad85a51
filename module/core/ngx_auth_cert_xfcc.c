
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * XFCC: the identity as Envoy tells it to those behind.
 */


#include "ngx_auth_cert.h"


static size_t ngx_auth_cert_xfcc_len(const ngx_auth_cert_identity_t *identity,
    const ngx_auth_cert_values_t *by);
static size_t ngx_auth_cert_xfcc_names_len(
    const ngx_auth_cert_values_t *values);
static u_char *ngx_auth_cert_xfcc_names(u_char *p, const char *key,
    const ngx_auth_cert_values_t *values);
static u_char *ngx_auth_cert_xfcc_name(u_char *p, const char *key,
    const ngx_str_t *value);
static u_char *ngx_auth_cert_xfcc_subject(u_char *p, const ngx_str_t *text);


/* as Envoy writes it: By and Hash first, each name a pair of its own */

ngx_int_t
ngx_auth_cert_format_xfcc(ngx_pool_t *pool,
    const ngx_auth_cert_identity_t *identity, const ngx_auth_cert_values_t *by,
    ngx_str_t *text)
{
    u_char  *p;

    ngx_auth_cert_identity_need(identity, NGX_AUTH_CERT_PART_FINGERPRINT
                                          |NGX_AUTH_CERT_PART_SUBJECT
                                          |NGX_AUTH_CERT_PART_SAN);

    /* memory ran out, and what else there is may not be all */

    if (identity->fingerprint.unusable) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(pool, ngx_auth_cert_xfcc_len(identity, by));
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    p = ngx_auth_cert_xfcc_names(p, "By", by);
    p = ngx_auth_cert_xfcc_names(p, "Hash", &identity->fingerprint);
    p = ngx_auth_cert_xfcc_subject(p, &identity->subject.text);
    p = ngx_auth_cert_xfcc_names(p, "URI",
                                 &identity->san[NGX_AUTH_CERT_SAN_URI]);
    p = ngx_auth_cert_xfcc_names(p, "DNS",
                                 &identity->san[NGX_AUTH_CERT_SAN_DNS]);

    /* without the last ";" */

    text->len = p - text->data - 1;

    return NGX_OK;
}


static size_t
ngx_auth_cert_xfcc_len(const ngx_auth_cert_identity_t *identity,
    const ngx_auth_cert_values_t *by)
{
    return ngx_auth_cert_xfcc_names_len(by)
           + ngx_auth_cert_xfcc_names_len(&identity->fingerprint)
           + sizeof("Subject=\"\";") - 1 + 3 * identity->subject.text.len
           + ngx_auth_cert_xfcc_names_len(&identity->san[NGX_AUTH_CERT_SAN_URI])
           + ngx_auth_cert_xfcc_names_len(
                                       &identity->san[NGX_AUTH_CERT_SAN_DNS]);
}


static size_t
ngx_auth_cert_xfcc_names_len(const ngx_auth_cert_values_t *values)
{
    size_t      len;
    ngx_uint_t  i;

    len = 0;

    for (i = 0; i < values->nelts; i++) {
        len += sizeof("Hash=\"\";") - 1 + 2 * values->elts[i].len;
    }

    return len;
}


static u_char *
ngx_auth_cert_xfcc_names(u_char *p, const char *key,
    const ngx_auth_cert_values_t *values)
{
    ngx_uint_t  i;

    for (i = 0; i < values->nelts; i++) {
        p = ngx_auth_cert_xfcc_name(p, key, &values->elts[i]);
    }

    return p;
}


/*
 * Only a quote is escaped in a quoted value.  Readers do not agree on what a
 * backslash means there, and it could take the quote at the end away, nor on
 * whether blanks around a value count: a name with one of these, which neither
 * a URI nor a DNS name can have, is left out.
 */

static u_char *
ngx_auth_cert_xfcc_name(u_char *p, const char *key, const ngx_str_t *value)
{
    u_char      c;
    size_t      i;
    ngx_uint_t  quoted;

    quoted = 0;

    for (i = 0; i < value->len; i++) {
        c = value->data[i];

        if (c == '\\' || ngx_auth_cert_format_end_blank(value, i)) {
            return p;
        }

        if (ngx_strchr(",;=\"", c)) {
            quoted = 1;
        }
    }

    p = ngx_sprintf(p, quoted ? "%s=\"" : "%s=", key);

    for (i = 0; i < value->len; i++) {
        c = value->data[i];

        if (c == '"') {
            *p++ = '\\';
        }

        *p++ = c;
    }

    if (quoted) {
        *p++ = '"';
    }

    *p++ = ';';

    return p;
}


/*
 * The text of RFC 4514, where a quote, a backslash or a semicolon of the value
 * may also stand as "\22", "\5C" or "\3B": it holds none then, for whichever
 * reader, also for one that takes an element apart without a look at quotes.
 */

static u_char *
ngx_auth_cert_xfcc_subject(u_char *p, const ngx_str_t *text)
{
    u_char  c;
    size_t  i;

    p = ngx_cpymem(p, "Subject=\"", sizeof("Subject=\"") - 1);

    for (i = 0; i < text->len; i++) {
        c = text->data[i];
        *p++ = c;

        /* a character that is escaped follows each backslash */

        if (c == '\\' && i + 1 < text->len) {
            c = text->data[++i];

            if (c == '"' || c == '\\' || c == ';') {
                p = ngx_sprintf(p, "%02Xd", c);

            } else {
                *p++ = c;
            }
        }
    }

    *p++ = '"';
    *p++ = ';';

    return p;
}
