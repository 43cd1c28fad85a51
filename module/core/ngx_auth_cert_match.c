
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The matchers: which kind of pattern a text is, and whether one value
 * matches it.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


/* a kind of pattern that a type of field knows beside the exact text */

typedef struct {
    ngx_auth_cert_type_e      type;
    u_char                    mark;       /* what tells it from a text */
    char                   *(*compile)(ngx_pool_t *pool, ngx_str_t *text,
                                       ngx_auth_cert_pattern_t *pattern);
} ngx_auth_cert_match_kind_t;


static const ngx_auth_cert_match_kind_t *ngx_auth_cert_match_kind(
    ngx_auth_cert_type_e type, ngx_str_t *text);
static ngx_uint_t ngx_auth_cert_match_has_variables(ngx_str_t *text);
static char *ngx_auth_cert_match_compile_list(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_auth_cert_type_e type,
    ngx_str_t *text, ngx_auth_cert_pattern_t *pattern);
static char *ngx_auth_cert_match_compile_variables(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_auth_cert_type_e type,
    ngx_str_t *text, ngx_auth_cert_pattern_t *pattern);
static char *ngx_auth_cert_match_invalid(ngx_pool_t *pool,
    ngx_auth_cert_type_e type);
static ngx_int_t ngx_auth_cert_match_exact_value(
    const ngx_auth_cert_pattern_t *pattern, ngx_auth_cert_match_t *match);
static ngx_int_t ngx_auth_cert_match_list_value(
    const ngx_auth_cert_pattern_t *pattern, ngx_auth_cert_match_t *match);


const ngx_auth_cert_matcher_t  ngx_auth_cert_match_exact =
    { ngx_string("exact"), ngx_auth_cert_match_exact_value, 1 };

static const ngx_auth_cert_matcher_t  ngx_auth_cert_match_list =
    { ngx_string("list"), ngx_auth_cert_match_list_value, 1 };


static const ngx_auth_cert_match_kind_t  ngx_auth_cert_match_kinds[] = {
    { NGX_AUTH_CERT_TYPE_DNS, '*', ngx_auth_cert_wildcard_dns },
    { NGX_AUTH_CERT_TYPE_URI, '*', ngx_auth_cert_wildcard_uri },
    { NGX_AUTH_CERT_TYPE_SPIFFE, '*', ngx_auth_cert_wildcard_spiffe },
    { NGX_AUTH_CERT_TYPE_IP, '/', ngx_auth_cert_range_compile },
    { 0, 0, NULL }
};


static char  ngx_auth_cert_match_star[] =
    "\"*\" has no meaning here, use \"~\" for a regular expression";

static char  ngx_auth_cert_match_domain[] =
    "a trust domain alone is the SPIFFE ID of no client, add a path, or "
    "\"/**\" in a rule for all of its clients";

static char  ngx_auth_cert_match_mixed[] =
    "a wildcard or an address range and $variables exclude each other, "
    "use two rules or a regular expression";


char *
ngx_auth_cert_match_compile(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_selector_t *selector, ngx_str_t *text,
    ngx_uint_t regex, ngx_auth_cert_pattern_t *pattern)
{
    ngx_auth_cert_type_e               type;
    const ngx_auth_cert_match_kind_t  *kind;

    type = selector->field->type;

    pattern->text = *text;

    if (text->len == 0) {
        return "the pattern is empty, use \"~^$\" to match an empty value";
    }

    if (regex) {
        return ngx_auth_cert_regex_compile(cf, text, regex == 2, pattern);
    }

    if (text->data[0] == '@') {
        return ngx_auth_cert_match_compile_list(cf, policy, type, text,
                                                pattern);
    }

    if (ngx_auth_cert_match_has_variables(text)) {
        return ngx_auth_cert_match_compile_variables(cf, policy, type, text,
                                                     pattern);
    }

    kind = ngx_auth_cert_match_kind(type, text);

    if (kind) {
        return kind->compile(cf->pool, text, pattern);
    }

    pattern->matcher = &ngx_auth_cert_match_exact;

    return ngx_auth_cert_match_normalize(cf->pool, type, text,
                                         &pattern->normal);
}


static const ngx_auth_cert_match_kind_t *
ngx_auth_cert_match_kind(ngx_auth_cert_type_e type, ngx_str_t *text)
{
    const ngx_auth_cert_match_kind_t  *kind;

    for (kind = ngx_auth_cert_match_kinds; kind->compile; kind++) {

        if (kind->type == type
            && ngx_strlchr(text->data, text->data + text->len, kind->mark))
        {
            return kind;
        }
    }

    return NULL;
}


static ngx_uint_t
ngx_auth_cert_match_has_variables(ngx_str_t *text)
{
    u_char  *p, *last;

    last = text->data + text->len;

    for (p = text->data; p + 1 < last; p++) {

        if (*p == '$'
            && ((p[1] >= '0' && p[1] <= '9')
                || (p[1] >= 'a' && p[1] <= 'z')
                || (p[1] >= 'A' && p[1] <= 'Z')
                || p[1] == '_'
                || p[1] == '{'))
        {
            return 1;
        }
    }

    return 0;
}


static char *
ngx_auth_cert_match_compile_list(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_auth_cert_type_e type,
    ngx_str_t *text, ngx_auth_cert_pattern_t *pattern)
{
    ngx_str_t  file;

    file.len = text->len - 1;
    file.data = text->data + 1;

    if (file.len == 0) {
        return "\"@\" needs the path of a list, such as "
               "\"@/etc/nginx/pinned.list\"";
    }

    if (ngx_auth_cert_match_has_variables(&file)) {
        return "the path of a list cannot hold $variables, lists are read "
               "at start";
    }

    pattern->matcher = &ngx_auth_cert_match_list;

    pattern->data = ngx_auth_cert_list_load(cf, policy->conf, &file, type);

    return pattern->data ? NULL : NGX_CONF_ERROR;
}


static char *
ngx_auth_cert_match_compile_variables(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_auth_cert_type_e type,
    ngx_str_t *text, ngx_auth_cert_pattern_t *pattern)
{
    const ngx_auth_cert_front_t  *front;

    if (ngx_auth_cert_match_kind(type, text)) {
        return ngx_auth_cert_match_mixed;
    }

    if (ngx_strlchr(text->data, text->data + text->len, '*')) {
        return ngx_auth_cert_match_star;
    }

    pattern->matcher = &ngx_auth_cert_match_exact;

    front = policy->conf->front;

    return (front->compile(cf, text, &pattern->complex) == NGX_OK)
           ? NULL : NGX_CONF_ERROR;
}


char *
ngx_auth_cert_match_normalize(ngx_pool_t *pool, ngx_auth_cert_type_e type,
    ngx_str_t *text, ngx_str_t *normal)
{
    ngx_int_t             rc;
    ngx_str_t             domain;
    ngx_auth_cert_type_e  field;

    if (ngx_strlchr(text->data, text->data + text->len, '*')) {
        return ngx_auth_cert_match_star;
    }

    field = type;

    /* a URI of that scheme which is no SPIFFE ID is a mistake */

    if (type == NGX_AUTH_CERT_TYPE_URI
        && text->len >= sizeof("spiffe://") - 1
        && ngx_strncasecmp(text->data, (u_char *) "spiffe://",
                           sizeof("spiffe://") - 1)
           == 0)
    {
        type = NGX_AUTH_CERT_TYPE_SPIFFE;
    }

    rc = ngx_auth_cert_field_normalize(pool, type, text, normal);

    if (rc == NGX_DECLINED) {
        return ngx_auth_cert_match_invalid(pool, type);
    }

    /* spiffe_id has none without a path, san.uri may have */

    if (rc == NGX_OK && field == NGX_AUTH_CERT_TYPE_SPIFFE
        && ngx_auth_cert_spiffe_parse(text, &domain) == NGX_OK
        && domain.data + domain.len == text->data + text->len)
    {
        return ngx_auth_cert_match_domain;
    }

    return (rc == NGX_OK) ? NULL : NGX_CONF_ERROR;
}


static char *
ngx_auth_cert_match_invalid(ngx_pool_t *pool, ngx_auth_cert_type_e type)
{
    size_t       len;
    u_char      *sentence;
    const char  *hint;

    hint = ngx_auth_cert_field_type_hint(type);

    len = sizeof("invalid value, expected ") + ngx_strlen(hint);

    sentence = ngx_pnalloc(pool, len);
    if (sentence == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_sprintf(sentence, "invalid value, expected %s%Z", hint);

    return (char *) sentence;
}


ngx_int_t
ngx_auth_cert_match_value(const ngx_auth_cert_pattern_t *pattern,
    ngx_auth_cert_match_t *match)
{
    ngx_int_t  rc;

    ngx_str_null(&match->role);

    /*
     * a value that is none of its field's type is like one that cannot be
     * used: whether it is what the pattern means cannot be told
     */

    if (pattern->matcher->normal && match->normal->data == NULL) {
        return NGX_ERROR;
    }

    rc = pattern->matcher->match(pattern, match);

    ngx_log_debug4(NGX_LOG_DEBUG_EVENT, match->log, 0,
                   "auth_cert %V \"%V\" on \"%V\": %i",
                   &pattern->matcher->name, &pattern->text, match->value, rc);

    return rc;
}


static ngx_int_t
ngx_auth_cert_match_exact_value(const ngx_auth_cert_pattern_t *pattern,
    ngx_auth_cert_match_t *match)
{
    return (match->normal->len == pattern->normal.len
            && ngx_memcmp(match->normal->data, pattern->normal.data,
                          pattern->normal.len)
               == 0)
           ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_auth_cert_match_list_value(const ngx_auth_cert_pattern_t *pattern,
    ngx_auth_cert_match_t *match)
{
    return ngx_auth_cert_list_find(pattern->data, match->normal, match->pool,
                                   &match->role);
}
