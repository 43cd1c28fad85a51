
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The settings that a location of http and a server of stream have in
 * common: how they are read, inherited and resolved.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert.h"


static ngx_uint_t ngx_auth_cert_setting_is(const ngx_str_t *word,
    const char *text);
static ngx_int_t ngx_auth_cert_setting_names(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, ngx_array_t *references, ngx_uint_t n,
    const char *directive, ngx_uint_t is_policy);
static ngx_int_t ngx_auth_cert_setting_trusts(ngx_conf_t *cf,
    ngx_auth_cert_setting_t *setting, ngx_auth_cert_trust_t *native);
static ngx_int_t ngx_auth_cert_setting_resolve_policies(ngx_conf_t *cf,
    ngx_auth_cert_setting_t *setting);


static ngx_conf_enum_t  ngx_auth_cert_setting_log_levels[] = {
    { ngx_string("info"), NGX_LOG_INFO },
    { ngx_string("notice"), NGX_LOG_NOTICE },
    { ngx_string("warn"), NGX_LOG_WARN },
    { ngx_string("error"), NGX_LOG_ERR },
    { ngx_null_string, 0 }
};


void
ngx_auth_cert_setting_init(ngx_auth_cert_setting_t *setting)
{
    setting->verify = NGX_CONF_UNSET_PTR;
    setting->policies = NGX_CONF_UNSET_PTR;
    setting->log_level = NGX_CONF_UNSET_UINT;
}


void
ngx_auth_cert_setting_merge(ngx_auth_cert_setting_t *conf,
    ngx_auth_cert_setting_t *prev)
{
    ngx_conf_merge_ptr_value(conf->verify, prev->verify, NULL);
    ngx_conf_merge_ptr_value(conf->policies, prev->policies, NULL);
    ngx_conf_merge_uint_value(conf->log_level, prev->log_level, NGX_LOG_INFO);
}


static ngx_uint_t
ngx_auth_cert_setting_is(const ngx_str_t *word, const char *text)
{
    return word->len == ngx_strlen(text)
           && ngx_strncmp(word->data, text, word->len) == 0;
}


char *
ngx_auth_cert_setting_verify(ngx_conf_t *cf, ngx_auth_cert_main_conf_t *amcf,
    ngx_auth_cert_setting_t *setting, ngx_uint_t inherited)
{
    ngx_str_t               *value;
    ngx_uint_t               n;
    ngx_auth_cert_verify_t  *verify;

    if (setting->verify != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    verify = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_verify_t));
    if (verify == NULL
        || ngx_array_init(&verify->trusts, cf->pool, 2,
                          sizeof(ngx_auth_cert_reference_t *))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_auth_cert_conf_place(cf, &verify->place);

    verify->inherited = inherited;
    setting->verify = verify;

    value = cf->args->elts;
    n = cf->args->nelts;

    if (n > 2 && ngx_auth_cert_setting_is(&value[n - 1], "optional")) {
        verify->optional = 1;
        n--;
    }

    if (ngx_auth_cert_setting_is(&value[1], "off")
        || ngx_auth_cert_setting_is(&value[1], "native"))
    {
        if (cf->args->nelts > 2) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"auth_cert_verify %V\" takes no other "
                               "parameter, \"%V\" found%s",
                               &value[1], &value[2],
                               (verify->optional && value[1].data[0] == 'n')
                               ? "; whether a certificate is optional is then "
                                 "said by \"ssl_verify_client\"" : "");
            return NGX_CONF_ERROR;
        }

        verify->mode = (value[1].data[0] == 'o') ? NGX_AUTH_CERT_VERIFY_OFF
                                                 : NGX_AUTH_CERT_VERIFY_NATIVE;
        return NGX_CONF_OK;
    }

    if (ngx_auth_cert_setting_is(&value[1], "optional")) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"auth_cert_verify optional\" names no trust set, "
                           "expected \"auth_cert_verify TRUST optional\"");
        return NGX_CONF_ERROR;
    }

    verify->mode = NGX_AUTH_CERT_VERIFY_TRUSTS;

    return (ngx_auth_cert_setting_names(cf, amcf, &verify->trusts, n,
                                        "auth_cert_verify", 0)
            == NGX_OK)
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_auth_cert_setting_policies(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, ngx_auth_cert_setting_t *setting,
    ngx_uint_t inherited)
{
    ngx_str_t                 *value;
    ngx_auth_cert_policies_t  *policies;

    if (setting->policies != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    policies = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_policies_t));
    if (policies == NULL
        || ngx_array_init(&policies->policies, cf->pool, 2,
                          sizeof(ngx_auth_cert_reference_t *))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_auth_cert_conf_place(cf, &policies->place);

    policies->inherited = inherited;
    setting->policies = policies;

    value = cf->args->elts;

    if (ngx_auth_cert_setting_is(&value[1], "off")) {

        if (cf->args->nelts > 2) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"auth_cert off\" takes no policy, \"%V\" "
                               "found", &value[2]);
            return NGX_CONF_ERROR;
        }

        return NGX_CONF_OK;
    }

    return (ngx_auth_cert_setting_names(cf, amcf, &policies->policies,
                                        cf->args->nelts, "auth_cert", 1)
            == NGX_OK)
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* the words of a directive up to the nth, each the name of another object */

static ngx_int_t
ngx_auth_cert_setting_names(ngx_conf_t *cf, ngx_auth_cert_main_conf_t *amcf,
    ngx_array_t *references, ngx_uint_t n, const char *directive,
    ngx_uint_t is_policy)
{
    ngx_str_t                   *value;
    ngx_uint_t                   i, k;
    ngx_auth_cert_reference_t  **reference;

    value = cf->args->elts;

    for (i = 1; i < n; i++) {

        for (k = 1; k < i; k++) {
            if (value[k].len == value[i].len
                && ngx_memcmp(value[k].data, value[i].data, value[i].len) == 0)
            {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "\"%s\" names \"%V\" twice",
                                   directive, &value[i]);
                return NGX_ERROR;
            }
        }

        reference = ngx_array_push(references);
        if (reference == NULL) {
            return NGX_ERROR;
        }

        *reference = ngx_auth_cert_conf_reference(cf, amcf, &value[i],
                                                  directive, is_policy);
        if (*reference == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


char *
ngx_auth_cert_setting_log_level(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_auth_cert_setting_t *setting = conf;

    ngx_str_t        *value;
    ngx_conf_enum_t  *level;

    if (setting->log_level != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (level = ngx_auth_cert_setting_log_levels; level->name.len; level++) {

        if (ngx_auth_cert_setting_is(&value[1], (char *) level->name.data)) {
            setting->log_level = level->value;
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid value \"%V\" of \"auth_cert_log_level\", it "
                       "must be \"info\", \"notice\", \"warn\" or \"error\"",
                       &value[1]);

    return NGX_CONF_ERROR;
}


ngx_int_t
ngx_auth_cert_setting_resolve(ngx_conf_t *cf, ngx_auth_cert_setting_t *setting,
    ngx_auth_cert_zone_t *zone, ngx_auth_cert_trust_t *native,
    ngx_uint_t required)
{
    ngx_auth_cert_verify_t    *verify;
    ngx_auth_cert_decider_t   *decider;
    ngx_auth_cert_policies_t  *policies;

    verify = setting->verify;
    policies = setting->policies;
    decider = &setting->decider;

    decider->zone = zone;

    if (ngx_auth_cert_setting_trusts(cf, setting, native) != NGX_OK
        || ngx_auth_cert_setting_resolve_policies(cf, setting) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (verify == NULL || verify->mode == NGX_AUTH_CERT_VERIFY_NATIVE) {
        decider->optional = (native != NULL && !required);

    } else {
        decider->optional = (verify->mode == NGX_AUTH_CERT_VERIFY_OFF
                             || verify->optional);
    }

    if (policies) {
        decider->enabled = (decider->npolicies != 0);

    } else {
        decider->enabled = (verify
                            && verify->mode == NGX_AUTH_CERT_VERIFY_TRUSTS);
    }

    /*
     * without a policy an optional certificate still has to verify; the
     * client may come without one
     */

    decider->admits = (policies == NULL && decider->optional);

    if (policies && decider->enabled && decider->ntrusts == 0
        && !decider->optional)
    {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"auth_cert\" in %s:%ui refuses every client where no "
                      "trust set vouches: add \"auth_cert_verify TRUST;\" or "
                      "\"ssl_verify_client\"", policies->place.file,
                      policies->place.line);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_setting_trusts(ngx_conf_t *cf, ngx_auth_cert_setting_t *setting,
    ngx_auth_cert_trust_t *native)
{
    ngx_uint_t                   i, n;
    ngx_auth_cert_verify_t      *verify;
    ngx_auth_cert_decider_t     *decider;
    ngx_auth_cert_reference_t  **references;

    verify = setting->verify;
    decider = &setting->decider;
    references = NULL;

    if (verify == NULL || verify->mode == NGX_AUTH_CERT_VERIFY_NATIVE) {
        n = native ? 1 : 0;

    } else {
        n = verify->trusts.nelts;
        references = verify->trusts.elts;
    }

    decider->ntrusts = n;

    if (n == 0) {
        return NGX_OK;
    }

    decider->trusts = ngx_palloc(cf->pool,
                                 n * sizeof(ngx_auth_cert_trust_t *));
    if (decider->trusts == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        decider->trusts[i] = references ? references[i]->object : native;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_setting_resolve_policies(ngx_conf_t *cf,
    ngx_auth_cert_setting_t *setting)
{
    ngx_uint_t                   i, n;
    ngx_auth_cert_decider_t     *decider;
    ngx_auth_cert_reference_t  **references;

    decider = &setting->decider;

    if (setting->policies == NULL) {
        return NGX_OK;
    }

    n = setting->policies->policies.nelts;
    references = setting->policies->policies.elts;

    decider->policies = ngx_palloc(cf->pool,
                                   (n + 1) * sizeof(ngx_auth_cert_policy_t *));
    if (decider->policies == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        decider->policies[i] = references[i]->object;

        if (decider->policies[i]->dynamic) {
            decider->dynamic = 1;
        }
    }

    decider->npolicies = n;

    return NGX_OK;
}
