
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Patterns with wildcards: the left-most label of a DNS name, the segments
 * of a URI.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


typedef enum {
    NGX_AUTH_CERT_SEGMENT_TEXT = 0,
    NGX_AUTH_CERT_SEGMENT_ONE,            /* "*" */
    NGX_AUTH_CERT_SEGMENT_REST            /* "**" */
} ngx_auth_cert_segment_e;


typedef struct {
    ngx_auth_cert_segment_e           kind;
    ngx_str_t                         text;
} ngx_auth_cert_segment_t;


typedef struct {
    ngx_str_t                         prefix;     /* "scheme://authority/" */
    ngx_array_t                       segments;   /* of segment_t */
} ngx_auth_cert_segments_t;


static ngx_uint_t ngx_auth_cert_wildcard_labels(const ngx_str_t *name);
static ngx_int_t ngx_auth_cert_wildcard_dns_value(
    const ngx_auth_cert_pattern_t *pattern, ngx_auth_cert_match_t *match);
static char *ngx_auth_cert_wildcard_uri_prefix(ngx_str_t *text,
    ngx_str_t *prefix);
static char *ngx_auth_cert_wildcard_uri_segment(ngx_str_t *text,
    ngx_uint_t last, ngx_auth_cert_segment_t *segment);
static char *ngx_auth_cert_wildcard_uri_sample(ngx_pool_t *pool,
    ngx_auth_cert_type_e type, ngx_str_t *text);
static ngx_uint_t ngx_auth_cert_wildcard_next(u_char **pos, u_char *last,
    ngx_str_t *segment);
static ngx_uint_t ngx_auth_cert_wildcard_plain(const ngx_str_t *segment);
static ngx_int_t ngx_auth_cert_wildcard_uri_value(
    const ngx_auth_cert_pattern_t *pattern, ngx_auth_cert_match_t *match);
static ngx_int_t ngx_auth_cert_wildcard_path(
    const ngx_auth_cert_segments_t *segments, u_char *pos, u_char *last);


static const ngx_auth_cert_matcher_t  ngx_auth_cert_wildcard_dns_matcher =
    { ngx_string("wildcard"), ngx_auth_cert_wildcard_dns_value, 1 };

static const ngx_auth_cert_matcher_t  ngx_auth_cert_wildcard_uri_matcher =
    { ngx_string("segments"), ngx_auth_cert_wildcard_uri_value, 1 };


char *
ngx_auth_cert_wildcard_dns(ngx_pool_t *pool, ngx_str_t *text,
    ngx_auth_cert_pattern_t *pattern)
{
    ngx_str_t  parent;

    parent.data = text->data + 2;
    parent.len = text->len - 2;

    if (text->len < 3
        || text->data[0] != '*' || text->data[1] != '.'
        || ngx_strlchr(parent.data, text->data + text->len, '*'))
    {
        return "\"*\" can only be the whole left-most label, as in "
               "*.example.com; use \"~\" for a regular expression";
    }

    if (ngx_auth_cert_wildcard_labels(&parent) < 2) {
        return "a wildcard needs at least two labels after \"*.\", as in "
               "*.example.com";
    }

    pattern->matcher = &ngx_auth_cert_wildcard_dns_matcher;

    return ngx_auth_cert_match_normalize(pool, NGX_AUTH_CERT_TYPE_DNS,
                                         &parent, &pattern->normal);
}


/* 0 if one is empty */

static ngx_uint_t
ngx_auth_cert_wildcard_labels(const ngx_str_t *name)
{
    size_t      i;
    ngx_uint_t  n;

    n = 1;

    for (i = 0; i < name->len; i++) {

        if (name->data[i] != '.') {
            continue;
        }

        if (i == 0 || i + 1 == name->len || name->data[i + 1] == '.') {
            return 0;
        }

        n++;
    }

    return n;
}


ngx_int_t
ngx_auth_cert_wildcard_parent(const ngx_str_t *name, ngx_str_t *parent)
{
    u_char  *dot, *last;

    last = name->data + name->len;

    dot = ngx_strlchr(name->data, last, '.');

    if (dot == NULL || dot == name->data) {
        return NGX_DECLINED;
    }

    parent->data = dot + 1;
    parent->len = last - parent->data;

    return ngx_strlchr(name->data, dot, '*') ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_auth_cert_wildcard_dns_value(const ngx_auth_cert_pattern_t *pattern,
    ngx_auth_cert_match_t *match)
{
    ngx_int_t  rc;
    ngx_str_t  parent;

    rc = ngx_auth_cert_wildcard_parent(match->normal, &parent);

    if (rc == NGX_DECLINED) {
        return NGX_DECLINED;
    }

    return (parent.len == pattern->normal.len
            && ngx_memcmp(parent.data, pattern->normal.data, parent.len) == 0)
           ? rc : NGX_DECLINED;
}


char *
ngx_auth_cert_wildcard_uri(ngx_pool_t *pool, ngx_str_t *text,
    ngx_auth_cert_pattern_t *pattern)
{
    char                      *rv;
    u_char                    *pos, *last;
    ngx_str_t                  part;
    ngx_auth_cert_segment_t   *segment;
    ngx_auth_cert_segments_t  *segments;

    segments = ngx_palloc(pool, sizeof(ngx_auth_cert_segments_t));

    if (segments == NULL
        || ngx_array_init(&segments->segments, pool, 4,
                          sizeof(ngx_auth_cert_segment_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    rv = ngx_auth_cert_wildcard_uri_prefix(text, &segments->prefix);
    if (rv) {
        return rv;
    }

    pos = text->data + segments->prefix.len;
    last = text->data + text->len;

    while (ngx_auth_cert_wildcard_next(&pos, last, &part)) {

        segment = ngx_array_push(&segments->segments);
        if (segment == NULL) {
            return NGX_CONF_ERROR;
        }

        rv = ngx_auth_cert_wildcard_uri_segment(&part, pos > last, segment);
        if (rv) {
            return rv;
        }
    }

    pattern->matcher = &ngx_auth_cert_wildcard_uri_matcher;
    pattern->data = segments;

    return ngx_auth_cert_wildcard_uri_sample(pool, NGX_AUTH_CERT_TYPE_URI,
                                             text);
}


char *
ngx_auth_cert_wildcard_spiffe(ngx_pool_t *pool, ngx_str_t *text,
    ngx_auth_cert_pattern_t *pattern)
{
    char  *rv;

    rv = ngx_auth_cert_wildcard_uri(pool, text, pattern);
    if (rv) {
        return rv;
    }

    return ngx_auth_cert_wildcard_uri_sample(pool, NGX_AUTH_CERT_TYPE_SPIFFE,
                                             text);
}


/* the part in which no wildcard can stand */

static char *
ngx_auth_cert_wildcard_uri_prefix(ngx_str_t *text, ngx_str_t *prefix)
{
    u_char  *p, *last, *slash;

    last = text->data + text->len;

    p = ngx_strlchr(text->data, last, ':');

    if (p == NULL || last - p < 3 || p[1] != '/' || p[2] != '/') {
        return "has no segments that \"*\" could stand for, as it does not "
               "begin with \"scheme://authority/\"; use \"~\" for a regular "
               "expression";
    }

    slash = ngx_strlchr(p + 3, last, '/');

    prefix->data = text->data;
    prefix->len = (slash ? slash + 1 : last) - text->data;

    if (slash == NULL
        || ngx_strlchr(text->data, text->data + prefix->len, '*'))
    {
        return "\"*\" cannot stand in the scheme or the authority; use \"~\" "
               "for a regular expression";
    }

    return NULL;
}


static char *
ngx_auth_cert_wildcard_uri_segment(ngx_str_t *text, ngx_uint_t last,
    ngx_auth_cert_segment_t *segment)
{
    segment->text = *text;

    if (ngx_strlchr(text->data, text->data + text->len, '*') == NULL) {
        segment->kind = NGX_AUTH_CERT_SEGMENT_TEXT;

        return ngx_auth_cert_wildcard_plain(text) ? NULL
               : "can never match: a wildcard matches no URI with empty, "
                 "\".\" or \"..\" segments, \"?\", \"#\", \"%\" or \"\\\"";
    }

    if (text->len == 1) {
        segment->kind = NGX_AUTH_CERT_SEGMENT_ONE;
        return NULL;
    }

    if (text->len != 2 || text->data[0] != '*' || text->data[1] != '*') {
        return "\"*\" stands for a whole segment, a part of one needs a "
               "regular expression (\"~\")";
    }

    segment->kind = NGX_AUTH_CERT_SEGMENT_REST;

    return last ? NULL : "\"**\" can only be the last segment";
}


/* what matches is checked with a letter in the place of each "*" */

static char *
ngx_auth_cert_wildcard_uri_sample(ngx_pool_t *pool, ngx_auth_cert_type_e type,
    ngx_str_t *text)
{
    size_t     i;
    ngx_str_t  sample, normal;

    sample.len = text->len;

    sample.data = ngx_pnalloc(pool, text->len);
    if (sample.data == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < text->len; i++) {
        sample.data[i] = (text->data[i] == '*') ? 'x' : text->data[i];
    }

    return ngx_auth_cert_match_normalize(pool, type, &sample, &normal);
}


/*
 * The next segment of a path.  It leaves *pos one after the end when it was
 * the last, so that a path which ends in "/" has an empty last segment.
 */

static ngx_uint_t
ngx_auth_cert_wildcard_next(u_char **pos, u_char *last, ngx_str_t *segment)
{
    u_char  *slash;

    if (*pos > last) {
        return 0;
    }

    slash = ngx_strlchr(*pos, last, '/');

    if (slash == NULL) {
        slash = last;
    }

    segment->data = *pos;
    segment->len = slash - *pos;

    *pos = slash + 1;

    return 1;
}


/* a segment that every reader of the URI understands in the same way */

static ngx_uint_t
ngx_auth_cert_wildcard_plain(const ngx_str_t *segment)
{
    size_t  i;

    if (segment->len == 0
        || (segment->len == 1 && segment->data[0] == '.')
        || (segment->len == 2 && segment->data[0] == '.'
            && segment->data[1] == '.'))
    {
        return 0;
    }

    for (i = 0; i < segment->len; i++) {
        if (segment->data[i] == '?'
            || segment->data[i] == '#'
            || segment->data[i] == '%'
            || segment->data[i] == '\\')
        {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
ngx_auth_cert_wildcard_uri_value(const ngx_auth_cert_pattern_t *pattern,
    ngx_auth_cert_match_t *match)
{
    u_char                    *pos, *next, *last;
    ngx_str_t                  segment;
    ngx_auth_cert_segments_t  *segments;

    segments = pattern->data;

    if (match->normal->len < segments->prefix.len
        || ngx_memcmp(match->normal->data, segments->prefix.data,
                      segments->prefix.len)
           != 0)
    {
        return NGX_DECLINED;
    }

    pos = match->normal->data + segments->prefix.len;
    last = match->normal->data + match->normal->len;

    /*
     * "a/../b" or "a%2fb" under the same authority may mean what the pattern
     * means or not: no rule allows it, and one that denies does not miss it
     */

    next = pos;

    while (ngx_auth_cert_wildcard_next(&next, last, &segment)) {
        if (!ngx_auth_cert_wildcard_plain(&segment)) {
            return NGX_ERROR;
        }
    }

    return ngx_auth_cert_wildcard_path(segments, pos, last);
}


static ngx_int_t
ngx_auth_cert_wildcard_path(const ngx_auth_cert_segments_t *segments,
    u_char *pos, u_char *last)
{
    ngx_str_t                 part;
    ngx_uint_t                i;
    ngx_auth_cert_segment_t  *segment;

    segment = segments->segments.elts;

    for (i = 0; i < segments->segments.nelts; i++) {

        if (!ngx_auth_cert_wildcard_next(&pos, last, &part)) {
            return NGX_DECLINED;
        }

        if (segment[i].kind == NGX_AUTH_CERT_SEGMENT_REST) {
            return NGX_OK;
        }

        if (segment[i].kind == NGX_AUTH_CERT_SEGMENT_TEXT
            && (part.len != segment[i].text.len
                || ngx_memcmp(part.data, segment[i].text.data, part.len) != 0))
        {
            return NGX_DECLINED;
        }
    }

    return (pos > last) ? NGX_OK : NGX_DECLINED;
}
