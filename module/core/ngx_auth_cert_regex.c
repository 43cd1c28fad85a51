
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Regular expressions, with a limit on what matching a value may cost.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


#if (NGX_PCRE)

typedef struct {
    ngx_regex_t                      *regex;
    ngx_int_t                         captures;
    ngx_int_t                         named_captures;
    size_t                            name_size;
    u_char                           *names;
} ngx_auth_cert_regex_t;


static char *ngx_auth_cert_regex_invalid(ngx_conf_t *cf, ngx_str_t *text);
static ngx_int_t ngx_auth_cert_regex_value(
    const ngx_auth_cert_pattern_t *pattern, ngx_auth_cert_match_t *match);


static const ngx_auth_cert_matcher_t  ngx_auth_cert_regex_matcher =
    { ngx_string("regex"), ngx_auth_cert_regex_value, 0 };


char *
ngx_auth_cert_regex_compile(ngx_conf_t *cf, ngx_str_t *text,
    ngx_uint_t caseless, ngx_auth_cert_pattern_t *pattern)
{
    u_char                 *p, errstr[NGX_MAX_CONF_ERRSTR];
    ngx_regex_compile_t     rc;
    ngx_auth_cert_regex_t  *regex;

    ngx_memzero(&rc, sizeof(ngx_regex_compile_t));

    rc.pool = cf->pool;
    rc.options = caseless ? NGX_REGEX_CASELESS : 0;
    rc.err.len = NGX_MAX_CONF_ERRSTR;
    rc.err.data = errstr;

    rc.pattern.len = sizeof(NGX_AUTH_CERT_MATCH_LIMIT) - 1 + text->len;

    rc.pattern.data = ngx_pnalloc(cf->pool, rc.pattern.len + 1);
    if (rc.pattern.data == NULL) {
        return NGX_CONF_ERROR;
    }

    p = ngx_cpymem(rc.pattern.data, NGX_AUTH_CERT_MATCH_LIMIT,
                   sizeof(NGX_AUTH_CERT_MATCH_LIMIT) - 1);
    p = ngx_cpymem(p, text->data, text->len);
    *p = '\0';

    if (ngx_regex_compile(&rc) != NGX_OK) {
        return ngx_auth_cert_regex_invalid(cf, text);
    }

    regex = ngx_palloc(cf->pool, sizeof(ngx_auth_cert_regex_t));
    if (regex == NULL) {
        return NGX_CONF_ERROR;
    }

    regex->regex = rc.regex;
    regex->captures = rc.captures;
    regex->named_captures = rc.named_captures;
    regex->name_size = rc.name_size;
    regex->names = rc.names;

    pattern->matcher = &ngx_auth_cert_regex_matcher;
    pattern->data = regex;

    return NULL;
}


/* compiles it again as written, so that the message shows no limit in it */

static char *
ngx_auth_cert_regex_invalid(ngx_conf_t *cf, ngx_str_t *text)
{
    u_char               *p, errstr[NGX_MAX_CONF_ERRSTR];
    ngx_regex_compile_t   rc;

    ngx_memzero(&rc, sizeof(ngx_regex_compile_t));

    rc.pattern = *text;
    rc.pool = cf->pool;
    rc.err.len = NGX_MAX_CONF_ERRSTR;
    rc.err.data = errstr;

    if (ngx_regex_compile(&rc) == NGX_OK) {
        return "the regular expression cannot be compiled with a match limit";
    }

    p = ngx_pnalloc(cf->pool, rc.err.len + 1);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_cpystrn(p, rc.err.data, rc.err.len + 1);

    return (char *) p;
}


ngx_int_t
ngx_auth_cert_regex_capture(const ngx_auth_cert_pattern_t *pattern,
    const ngx_str_t *name)
{
    u_char                 *entry;
    ngx_int_t               i, n;
    ngx_auth_cert_regex_t  *regex;

    if (pattern->matcher != &ngx_auth_cert_regex_matcher) {
        return NGX_DECLINED;
    }

    regex = pattern->data;

    n = ngx_atoi(name->data, name->len);

    if (n == NGX_ERROR) {

        entry = regex->names;

        for (i = 0; i < regex->named_captures; i++) {

            /* the number of the capture in two bytes, then the name */

            if (ngx_strlen(entry + 2) == name->len
                && ngx_strncmp(entry + 2, name->data, name->len) == 0)
            {
                n = (entry[0] << 8) + entry[1];
                break;
            }

            entry += regex->name_size;
        }
    }

    return (n >= 0 && n <= regex->captures && n < NGX_AUTH_CERT_CAPTURES)
           ? n : NGX_DECLINED;
}


static ngx_int_t
ngx_auth_cert_regex_value(const ngx_auth_cert_pattern_t *pattern,
    ngx_auth_cert_match_t *match)
{
    int                    *captures;
    ngx_int_t               rc;
    ngx_str_t               value;
    ngx_uint_t              i, size;
    ngx_auth_cert_regex_t  *regex;

    regex = pattern->data;
    value = *match->value;

    if (value.data == NULL) {

        /* to older versions of PCRE2 this is an error also if it is empty */

        ngx_str_set(&value, "");
    }

    captures = match->captures;
    size = captures ? 3 * NGX_AUTH_CERT_CAPTURES : 0;

    for (i = 0; i < size; i++) {
        captures[i] = -1;
    }

    rc = ngx_regex_exec(regex->regex, &value, captures, size);

    if (rc >= 0) {
        return NGX_OK;
    }

    if (rc == NGX_REGEX_NO_MATCHED) {
        return NGX_DECLINED;
    }

    ngx_log_error(NGX_LOG_WARN, match->log, 0,
                  "auth_cert: " ngx_regex_exec_n " failed: %i on a value of "
                  "%uz bytes using \"%V\", such a value matches no rule that "
                  "allows; use a simpler regular expression",
                  rc, value.len, &pattern->text);

    return NGX_ERROR;
}

#else

char *
ngx_auth_cert_regex_compile(ngx_conf_t *cf, ngx_str_t *text,
    ngx_uint_t caseless, ngx_auth_cert_pattern_t *pattern)
{
    return "a regular expression needs nginx built with PCRE";
}


ngx_int_t
ngx_auth_cert_regex_capture(const ngx_auth_cert_pattern_t *pattern,
    const ngx_str_t *name)
{
    return NGX_DECLINED;
}

#endif
