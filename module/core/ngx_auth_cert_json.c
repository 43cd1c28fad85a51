
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * JSON of an identity, for people and for programs.
 */


#include "ngx_auth_cert.h"


#define NGX_AUTH_CERT_JSON_SIZE  4096


/* a text that grows; once memory ran out nothing more is written */

typedef struct {
    ngx_pool_t                       *pool;
    u_char                           *start;
    u_char                           *last;
    u_char                           *end;
    ngx_uint_t                        failed;     /* unsigned  failed:1; */
} ngx_auth_cert_json_t;


typedef void (*ngx_auth_cert_json_pt)(ngx_auth_cert_json_t *json,
    const void *value);


typedef struct {
    const char                       *key;
    ngx_auth_cert_json_pt             write;
    size_t                            offset;
} ngx_auth_cert_json_member_t;


static void ngx_auth_cert_json_members(ngx_auth_cert_json_t *json,
    const ngx_auth_cert_json_member_t *member,
    const ngx_auth_cert_identity_t *identity);
static void ngx_auth_cert_json_rdns(ngx_auth_cert_json_t *json,
    const void *value);
static void ngx_auth_cert_json_attribute(ngx_auth_cert_json_t *json,
    const ngx_auth_cert_attribute_t *attribute);
static void ngx_auth_cert_json_san(ngx_auth_cert_json_t *json,
    const void *value);
static void ngx_auth_cert_json_other(ngx_auth_cert_json_t *json,
    const void *value);
static void ngx_auth_cert_json_list(ngx_auth_cert_json_t *json,
    const void *value);
static void ngx_auth_cert_json_first(ngx_auth_cert_json_t *json,
    const void *value);
static void ngx_auth_cert_json_time(ngx_auth_cert_json_t *json,
    const void *value);
static void ngx_auth_cert_json_unusable(ngx_auth_cert_json_t *json,
    const void *value);
static ngx_uint_t ngx_auth_cert_json_any_unusable(
    const ngx_auth_cert_oid_values_t *groups, ngx_uint_t ngroups);
static void ngx_auth_cert_json_word(ngx_auth_cert_json_t *json,
    const char **before, const char *word);
static void ngx_auth_cert_json_text(ngx_auth_cert_json_t *json,
    const void *value);
static void ngx_auth_cert_json_literal(ngx_auth_cert_json_t *json,
    const char *text);
static u_char *ngx_auth_cert_json_reserve(ngx_auth_cert_json_t *json,
    size_t len);


#define ngx_auth_cert_json_offset(field)                                      \
    offsetof(ngx_auth_cert_identity_t, field)


static const ngx_auth_cert_json_member_t  ngx_auth_cert_json_identity[] = {
    { "subject", ngx_auth_cert_json_text,
      ngx_auth_cert_json_offset(subject.text) },
    { "subject_rdns", ngx_auth_cert_json_rdns,
      ngx_auth_cert_json_offset(subject) },
    { "issuer", ngx_auth_cert_json_text,
      ngx_auth_cert_json_offset(issuer.text) },
    { "issuer_rdns", ngx_auth_cert_json_rdns,
      ngx_auth_cert_json_offset(issuer) },
    { "san", ngx_auth_cert_json_san,
      0 },
    { "serial", ngx_auth_cert_json_first,
      ngx_auth_cert_json_offset(serial) },
    { "fingerprint", ngx_auth_cert_json_first,
      ngx_auth_cert_json_offset(fingerprint) },
    { "spki", ngx_auth_cert_json_first,
      ngx_auth_cert_json_offset(spki) },
    { "not_before", ngx_auth_cert_json_time,
      ngx_auth_cert_json_offset(not_before) },
    { "not_after", ngx_auth_cert_json_time,
      ngx_auth_cert_json_offset(not_after) },
    { "eku", ngx_auth_cert_json_list,
      ngx_auth_cert_json_offset(eku) },
    { "spiffe_id", ngx_auth_cert_json_first,
      ngx_auth_cert_json_offset(spiffe_id) },
    { "unusable", ngx_auth_cert_json_unusable,
      0 },
    { NULL, NULL, 0 }
};


static const ngx_auth_cert_json_member_t  ngx_auth_cert_json_names[] = {
    { "dns", ngx_auth_cert_json_list,
      ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_DNS]) },
    { "uri", ngx_auth_cert_json_list,
      ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_URI]) },
    { "email", ngx_auth_cert_json_list,
      ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_EMAIL]) },
    { "ip", ngx_auth_cert_json_list,
      ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_IP]) },
    { "upn", ngx_auth_cert_json_list,
      ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_UPN]) },
    { "dirname", ngx_auth_cert_json_list,
      ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_DIRNAME]) },
    { "rid", ngx_auth_cert_json_list,
      ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_RID]) },
    { "other", ngx_auth_cert_json_other,
      0 },
    { NULL, NULL, 0 }
};


/* the fields that may be unusable, by their selectors */

static const ngx_auth_cert_json_member_t  ngx_auth_cert_json_fields[] = {
    { "subject", NULL, ngx_auth_cert_json_offset(subject.values) },
    { "issuer", NULL, ngx_auth_cert_json_offset(issuer.values) },
    { "san.dns", NULL, ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_DNS]) },
    { "san.uri", NULL, ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_URI]) },
    { "san.email", NULL,
      ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_EMAIL]) },
    { "san.ip", NULL, ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_IP]) },
    { "san.upn", NULL, ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_UPN]) },
    { "san.dirname", NULL,
      ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_DIRNAME]) },
    { "san.rid", NULL, ngx_auth_cert_json_offset(san[NGX_AUTH_CERT_SAN_RID]) },
    { "serial", NULL, ngx_auth_cert_json_offset(serial) },
    { "fingerprint", NULL, ngx_auth_cert_json_offset(fingerprint) },
    { "spki", NULL, ngx_auth_cert_json_offset(spki) },
    { "eku", NULL, ngx_auth_cert_json_offset(eku) },
    { "policy", NULL, ngx_auth_cert_json_offset(policy) },
    { NULL, NULL, 0 }
};


ngx_int_t
ngx_auth_cert_format_json_identity(ngx_pool_t *pool,
    const ngx_auth_cert_identity_t *identity, ngx_str_t *text)
{
    ngx_auth_cert_json_t  json;

    ngx_memzero(&json, sizeof(ngx_auth_cert_json_t));

    json.pool = pool;

    if (identity) {
        ngx_auth_cert_identity_need(identity, NGX_AUTH_CERT_PART_ALL);

        if (identity->spoilt) {
            return NGX_ERROR;
        }

        ngx_auth_cert_json_members(&json, ngx_auth_cert_json_identity,
                                   identity);

    } else {
        ngx_auth_cert_json_literal(&json, "null");
    }

    text->data = json.start;
    text->len = json.last - json.start;

    return json.failed ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_auth_cert_format_json_string(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *json)
{
    ngx_str_t             valid;
    ngx_auth_cert_json_t  string;

    if (ngx_auth_cert_string_repair(pool, text, &valid) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&string, sizeof(ngx_auth_cert_json_t));

    string.pool = pool;

    ngx_auth_cert_json_text(&string, &valid);

    json->data = string.start;
    json->len = string.last - string.start;

    return string.failed ? NGX_ERROR : NGX_OK;
}


static void
ngx_auth_cert_json_members(ngx_auth_cert_json_t *json,
    const ngx_auth_cert_json_member_t *member,
    const ngx_auth_cert_identity_t *identity)
{
    const char  *before;

    before = "{\"";

    for ( /* void */ ; member->key; member++) {
        ngx_auth_cert_json_literal(json, before);
        ngx_auth_cert_json_literal(json, member->key);
        ngx_auth_cert_json_literal(json, "\": ");

        member->write(json, (const u_char *) identity + member->offset);

        before = ", \"";
    }

    ngx_auth_cert_json_literal(json, "}");
}


static void
ngx_auth_cert_json_rdns(ngx_auth_cert_json_t *json, const void *value)
{
    const ngx_auth_cert_name_t *name = value;

    ngx_uint_t                        i;
    const ngx_auth_cert_attribute_t  *attribute;

    attribute = name->attributes;

    ngx_auth_cert_json_literal(json, "[");

    for (i = 0; i < name->nattributes; i++) {

        if (i == 0) {
            ngx_auth_cert_json_literal(json, "[");

        } else if (attribute[i].rdn == attribute[i - 1].rdn) {
            ngx_auth_cert_json_literal(json, ", ");

        } else {
            ngx_auth_cert_json_literal(json, "], [");
        }

        ngx_auth_cert_json_attribute(json, &attribute[i]);
    }

    ngx_auth_cert_json_literal(json, name->nattributes ? "]]" : "]");
}


static void
ngx_auth_cert_json_attribute(ngx_auth_cert_json_t *json,
    const ngx_auth_cert_attribute_t *attribute)
{
    ngx_auth_cert_json_literal(json, "[");
    ngx_auth_cert_json_text(json, &attribute->oid);
    ngx_auth_cert_json_literal(json, ", ");
    ngx_auth_cert_json_text(json, &attribute->name);
    ngx_auth_cert_json_literal(json, ", ");
    ngx_auth_cert_json_text(json, &attribute->value);
    ngx_auth_cert_json_literal(json, "]");
}


static void
ngx_auth_cert_json_san(ngx_auth_cert_json_t *json, const void *value)
{
    ngx_auth_cert_json_members(json, ngx_auth_cert_json_names, value);
}


static void
ngx_auth_cert_json_other(ngx_auth_cert_json_t *json, const void *value)
{
    const ngx_auth_cert_identity_t *identity = value;

    ngx_uint_t  i;

    ngx_auth_cert_json_literal(json, "[");

    for (i = 0; i < identity->nother; i++) {
        ngx_auth_cert_json_literal(json, i ? ", [" : "[");
        ngx_auth_cert_json_text(json, &identity->other[i].oid);
        ngx_auth_cert_json_literal(json, ", ");
        ngx_auth_cert_json_text(json, &identity->other[i].hex);
        ngx_auth_cert_json_literal(json, "]");
    }

    ngx_auth_cert_json_literal(json, "]");
}


static void
ngx_auth_cert_json_list(ngx_auth_cert_json_t *json, const void *value)
{
    const ngx_auth_cert_values_t *values = value;

    ngx_uint_t  i;

    ngx_auth_cert_json_literal(json, "[");

    for (i = 0; i < values->nelts; i++) {
        ngx_auth_cert_json_literal(json, i ? ", " : "");
        ngx_auth_cert_json_text(json, &values->elts[i]);
    }

    ngx_auth_cert_json_literal(json, "]");
}


static void
ngx_auth_cert_json_first(ngx_auth_cert_json_t *json, const void *value)
{
    const ngx_auth_cert_values_t *values = value;

    if (values->nelts) {
        ngx_auth_cert_json_text(json, &values->elts[0]);

    } else {
        ngx_auth_cert_json_literal(json, "null");
    }
}


static void
ngx_auth_cert_json_time(ngx_auth_cert_json_t *json, const void *value)
{
    const time_t *time = value;

    ngx_str_t  text;

    if (*time == NGX_AUTH_CERT_NO_TIME) {
        ngx_auth_cert_json_literal(json, "null");
        return;
    }

    if (ngx_auth_cert_format_time(json->pool, *time, &text) != NGX_OK) {
        json->failed = 1;
        return;
    }

    ngx_auth_cert_json_text(json, &text);
}


static void
ngx_auth_cert_json_unusable(ngx_auth_cert_json_t *json, const void *value)
{
    const ngx_auth_cert_identity_t *identity = value;

    const char                         *before;
    const ngx_auth_cert_values_t       *values;
    const ngx_auth_cert_json_member_t  *field;

    before = "";

    ngx_auth_cert_json_literal(json, "[");

    for (field = ngx_auth_cert_json_fields; field->key; field++) {
        values = (const void *) ((const u_char *) identity + field->offset);

        if (values->unusable) {
            ngx_auth_cert_json_word(json, &before, field->key);
        }
    }

    if (identity->other_unusable
        || ngx_auth_cert_json_any_unusable(identity->other_types,
                                           identity->nother_types))
    {
        ngx_auth_cert_json_word(json, &before, "san.other");
    }

    if (identity->extensions_unusable
        || ngx_auth_cert_json_any_unusable(identity->extensions,
                                           identity->nextensions))
    {
        ngx_auth_cert_json_word(json, &before, "ext");
    }

    ngx_auth_cert_json_literal(json, "]");
}


static ngx_uint_t
ngx_auth_cert_json_any_unusable(const ngx_auth_cert_oid_values_t *groups,
    ngx_uint_t ngroups)
{
    ngx_uint_t  i;

    for (i = 0; i < ngroups; i++) {
        if (groups[i].values.unusable) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_auth_cert_json_word(ngx_auth_cert_json_t *json, const char **before,
    const char *word)
{
    ngx_auth_cert_json_literal(json, *before);
    ngx_auth_cert_json_literal(json, "\"");
    ngx_auth_cert_json_literal(json, word);
    ngx_auth_cert_json_literal(json, "\"");

    *before = ", ";
}


/* RFC 8259, section 7; "null" where there is no text */

static void
ngx_auth_cert_json_text(ngx_auth_cert_json_t *json, const void *value)
{
    const ngx_str_t *text = value;

    size_t   len;
    u_char  *p;

    if (text->data == NULL) {
        ngx_auth_cert_json_literal(json, "null");
        return;
    }

    len = text->len + ngx_escape_json(NULL, text->data, text->len);

    p = ngx_auth_cert_json_reserve(json, len + 2);
    if (p == NULL) {
        return;
    }

    *p++ = '"';
    p = (u_char *) ngx_escape_json(p, text->data, text->len);
    *p = '"';
}


static void
ngx_auth_cert_json_literal(ngx_auth_cert_json_t *json, const char *text)
{
    size_t   len;
    u_char  *p;

    len = ngx_strlen(text);

    p = ngx_auth_cert_json_reserve(json, len);
    if (p) {
        ngx_memcpy(p, text, len);
    }
}


/* room for len bytes that the caller writes */

static u_char *
ngx_auth_cert_json_reserve(ngx_auth_cert_json_t *json, size_t len)
{
    u_char  *p;
    size_t   used, size;

    if (json->failed) {
        return NULL;
    }

    if ((size_t) (json->end - json->last) < len) {
        used = json->last - json->start;
        size = 2 * used + len + NGX_AUTH_CERT_JSON_SIZE;

        p = ngx_pnalloc(json->pool, size);
        if (p == NULL) {
            json->failed = 1;
            return NULL;
        }

        if (used) {
            ngx_memcpy(p, json->start, used);
            ngx_pfree(json->pool, json->start);
        }

        json->start = p;
        json->last = p + used;
        json->end = p + size;
    }

    p = json->last;
    json->last += len;

    return p;
}
