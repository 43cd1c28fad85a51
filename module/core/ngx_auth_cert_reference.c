
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The names of trust sets and policies: which ones can be given, and what
 * the directives that use them refer to.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_policy.h"


/* what can have a name; rows by "is_policy" */

typedef struct {
    const char               *directive;
    const char               *noun;
    ngx_str_t                *reserved;

    /* the object of a name and its place, or NULL */
    void                   *(*find)(ngx_auth_cert_main_conf_t *amcf,
                                    ngx_str_t *name,
                                    ngx_auth_cert_place_t *place);
} ngx_auth_cert_reference_kind_t;


static ngx_int_t ngx_auth_cert_reference_name(ngx_conf_t *cf,
    const char *directive, ngx_str_t *name,
    const ngx_auth_cert_reference_kind_t *kind);
static void *ngx_auth_cert_reference_trust(ngx_auth_cert_main_conf_t *amcf,
    ngx_str_t *name, ngx_auth_cert_place_t *place);
static void *ngx_auth_cert_reference_policy(ngx_auth_cert_main_conf_t *amcf,
    ngx_str_t *name, ngx_auth_cert_place_t *place);


/* words that mean something else where a name is expected */

static ngx_str_t  ngx_auth_cert_reference_trust_words[] = {
    ngx_string("native"),
    ngx_string("off"),
    ngx_string("optional"),
    ngx_null_string
};

static ngx_str_t  ngx_auth_cert_reference_policy_words[] = {
    ngx_string("off"),
    ngx_null_string
};


static const ngx_auth_cert_reference_kind_t  ngx_auth_cert_reference_kinds[] =
{
    { "auth_cert_trust", "trust set", ngx_auth_cert_reference_trust_words,
      ngx_auth_cert_reference_trust },

    { "auth_cert_policy", "policy", ngx_auth_cert_reference_policy_words,
      ngx_auth_cert_reference_policy }
};


ngx_uint_t
ngx_auth_cert_reference_equal(const ngx_str_t *one, const ngx_str_t *two)
{
    return one->len == two->len
           && ngx_memcmp(one->data, two->data, one->len) == 0;
}


ngx_int_t
ngx_auth_cert_reference_define(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, ngx_str_t *name, ngx_uint_t is_policy)
{
    ngx_auth_cert_place_t                  place;
    const ngx_auth_cert_reference_kind_t  *kind;

    kind = &ngx_auth_cert_reference_kinds[is_policy];

    if (ngx_auth_cert_reference_name(cf, kind->directive, name, kind)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (kind->find(amcf, name, &place) == NULL) {
        return NGX_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "duplicate %s \"%V\" (the other one is in %s:%ui)",
                       kind->directive, name, place.file, place.line);

    return NGX_ERROR;
}


static ngx_int_t
ngx_auth_cert_reference_name(ngx_conf_t *cf, const char *directive,
    ngx_str_t *name, const ngx_auth_cert_reference_kind_t *kind)
{
    u_char      c;
    size_t      i;
    ngx_str_t  *reserved;

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (!((c >= '0' && c <= '9')
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || c == '_' || c == '-' || c == '.'))
        {
            break;
        }
    }

    if (name->len == 0 || i < name->len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid name \"%V\" of a %s in %s, expected "
                           "letters, digits, \"_\", \"-\" and \".\"",
                           name, kind->noun, directive);
        return NGX_ERROR;
    }

    for (reserved = kind->reserved; reserved->len; reserved++) {

        if (ngx_auth_cert_reference_equal(reserved, name)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" in %s cannot be the name of a %s, "
                               "the word has a meaning of its own",
                               name, directive, kind->noun);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static void *
ngx_auth_cert_reference_trust(ngx_auth_cert_main_conf_t *amcf,
    ngx_str_t *name, ngx_auth_cert_place_t *place)
{
    ngx_uint_t               i;
    ngx_auth_cert_trust_t  **trusts;

    trusts = amcf->trusts.elts;

    for (i = 0; i < amcf->trusts.nelts; i++) {

        if (ngx_auth_cert_reference_equal(&trusts[i]->name, name)) {
            *place = trusts[i]->place;
            return trusts[i];
        }
    }

    return NULL;
}


static void *
ngx_auth_cert_reference_policy(ngx_auth_cert_main_conf_t *amcf,
    ngx_str_t *name, ngx_auth_cert_place_t *place)
{
    ngx_uint_t                i;
    ngx_auth_cert_policy_t  **policies;

    policies = amcf->policies.elts;

    for (i = 0; i < amcf->policies.nelts; i++) {

        if (ngx_auth_cert_reference_equal(&policies[i]->name, name)) {
            *place = policies[i]->place;
            return policies[i];
        }
    }

    return NULL;
}


ngx_auth_cert_reference_t *
ngx_auth_cert_conf_reference(ngx_conf_t *cf, ngx_auth_cert_main_conf_t *amcf,
    ngx_str_t *name, const char *directive, ngx_uint_t is_policy)
{
    ngx_auth_cert_reference_t  *reference, **references;

    if (ngx_auth_cert_reference_name(cf, directive, name,
                                     &ngx_auth_cert_reference_kinds[is_policy])
        != NGX_OK)
    {
        return NULL;
    }

    reference = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_reference_t));
    if (reference == NULL) {
        return NULL;
    }

    references = ngx_array_push(&amcf->references);
    if (references == NULL) {
        return NULL;
    }

    *references = reference;

    reference->name = *name;
    reference->directive = directive;
    reference->is_policy = is_policy;

    ngx_auth_cert_conf_place(cf, &reference->place);

    return reference;
}


ngx_int_t
ngx_auth_cert_conf_resolve(ngx_conf_t *cf, ngx_auth_cert_main_conf_t *amcf)
{
    ngx_int_t                              rc;
    ngx_uint_t                             i;
    ngx_auth_cert_place_t                  place;
    ngx_auth_cert_reference_t             *reference, **references;
    const ngx_auth_cert_reference_kind_t  *kind;

    rc = NGX_OK;
    references = amcf->references.elts;

    for (i = 0; i < amcf->references.nelts; i++) {

        reference = references[i];
        kind = &ngx_auth_cert_reference_kinds[reference->is_policy];

        reference->object = kind->find(amcf, &reference->name, &place);

        if (reference->object) {
            continue;
        }

        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "unknown %s \"%V\" in %s in %s:%ui; define it with "
                      "%s %V { ... } next to the server blocks",
                      kind->directive, &reference->name, reference->directive,
                      reference->place.file, reference->place.line,
                      kind->directive, &reference->name);
        rc = NGX_ERROR;
    }

    return rc;
}
