
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The directives auth_cert_forward and auth_cert_header, and which headers
 * they may not set.
 */


#include "ngx_http_auth_cert.h"


/* those that nginx does not read, but sets, or that are of a connection */

static ngx_str_t  ngx_http_auth_cert_forbidden[] = {
    ngx_string("Proxy-Connection"),
    ngx_string("Trailer"),
    ngx_null_string
};


typedef struct {
    const char                *name;
    ngx_http_auth_cert_xfcc_e  mode;
} ngx_http_auth_cert_xfcc_mode_t;


static ngx_http_auth_cert_xfcc_mode_t  ngx_http_auth_cert_xfcc_modes[] = {
    { "sanitize", NGX_HTTP_AUTH_CERT_XFCC_SANITIZE },
    { "sanitize_set", NGX_HTTP_AUTH_CERT_XFCC_SANITIZE_SET },
    { "append_forward", NGX_HTTP_AUTH_CERT_XFCC_APPEND_FORWARD },
    { "forward_only", NGX_HTTP_AUTH_CERT_XFCC_FORWARD_ONLY },
    { "always_forward_only", NGX_HTTP_AUTH_CERT_XFCC_ALWAYS_FORWARD_ONLY },
    { NULL, NGX_HTTP_AUTH_CERT_XFCC_OFF }
};


static char *ngx_http_auth_cert_own_forward(ngx_conf_t *cf,
    ngx_http_auth_cert_forward_t *forward);
static ngx_int_t ngx_http_auth_cert_name(ngx_conf_t *cf, const ngx_str_t *name,
    ngx_table_elt_t *header);
static char *ngx_http_auth_cert_check_name(ngx_conf_t *cf, ngx_str_t *name);
static ngx_http_auth_cert_header_t *ngx_http_auth_cert_push_header(
    ngx_conf_t *cf, ngx_http_auth_cert_loc_conf_t *alcf, ngx_str_t *name);
static ngx_uint_t ngx_http_auth_cert_forwards(
    const ngx_http_auth_cert_forward_t *forward, const ngx_str_t *name);


char *
ngx_http_auth_cert_forward(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_auth_cert_loc_conf_t *alcf = conf;

    ngx_str_t                       *value;
    ngx_uint_t                       i, k;
    ngx_http_auth_cert_forward_t    *forward;
    ngx_http_auth_cert_main_conf_t  *amcf;
    ngx_http_auth_cert_xfcc_mode_t  *mode;

    if (alcf->forward != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);
    amcf->used = 1;

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        alcf->forward = NULL;
        return NGX_CONF_OK;
    }

    forward = ngx_pcalloc(cf->pool, sizeof(ngx_http_auth_cert_forward_t));
    if (forward == NULL) {
        return NGX_CONF_ERROR;
    }

    alcf->forward = forward;
    mode = ngx_http_auth_cert_xfcc_modes;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strcmp(value[i].data, "rfc9440") == 0 && !forward->rfc9440) {
            forward->rfc9440 = 1;
            continue;
        }

        if (ngx_strcmp(value[i].data, "xfcc") == 0 && !forward->xfcc) {
            forward->xfcc = NGX_HTTP_AUTH_CERT_XFCC_SANITIZE_SET;

            /* its mode may follow */

            for (k = 0; i + 1 < cf->args->nelts && mode[k].name; k++) {
                if (ngx_strcmp(value[i + 1].data, mode[k].name) == 0) {
                    forward->xfcc = mode[k].mode;
                    i++;
                    break;
                }
            }

            continue;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"auth_cert_forward\", "
                           "expected \"rfc9440\", \"xfcc\" with one of its "
                           "modes \"sanitize_set\", \"append_forward\", "
                           "\"forward_only\", \"always_forward_only\", "
                           "\"sanitize\", each once, or \"off\" alone",
                           &value[i]);
        return NGX_CONF_ERROR;
    }

    return ngx_http_auth_cert_own_forward(cf, forward);
}


static char *
ngx_http_auth_cert_own_forward(ngx_conf_t *cf,
    ngx_http_auth_cert_forward_t *forward)
{
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);

    if (ngx_http_auth_cert_name(cf, &ngx_http_auth_cert_client_cert,
                                &forward->client_cert)
        != NGX_OK
        || ngx_http_auth_cert_name(cf, &ngx_http_auth_cert_client_cert_chain,
                                   &forward->client_cert_chain)
           != NGX_OK
        || ngx_http_auth_cert_name(cf, &ngx_http_auth_cert_xfcc_name,
                                   &forward->forwarded_client_cert)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (forward->rfc9440
        && (ngx_http_auth_cert_own(cf, &ngx_http_auth_cert_client_cert)
            != NGX_CONF_OK
            || ngx_http_auth_cert_own(cf,
                                      &ngx_http_auth_cert_client_cert_chain)
               != NGX_CONF_OK))
    {
        return NGX_CONF_ERROR;
    }

    if (forward->xfcc) {
        amcf->needs_uri = 1;
        return ngx_http_auth_cert_own(cf, &ngx_http_auth_cert_xfcc_name);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_auth_cert_header(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_auth_cert_loc_conf_t *alcf = conf;

    ngx_str_t                         *value;
    ngx_http_auth_cert_header_t       *header;
    ngx_http_auth_cert_main_conf_t    *amcf;
    ngx_http_compile_complex_value_t   ccv;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);
    amcf->used = 1;

    value = cf->args->elts;

    if (ngx_http_auth_cert_check_name(cf, &value[1]) != NGX_CONF_OK
        || ngx_http_auth_cert_own(cf, &value[1]) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    header = ngx_http_auth_cert_push_header(cf, alcf, &value[1]);
    if (header == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[2];
    ccv.complex_value = &header->value;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* NULL after an error that was logged, or when memory runs out */

static ngx_http_auth_cert_header_t *
ngx_http_auth_cert_push_header(ngx_conf_t *cf,
    ngx_http_auth_cert_loc_conf_t *alcf, ngx_str_t *name)
{
    ngx_uint_t                    i;
    ngx_http_auth_cert_header_t  *header;

    if (alcf->headers == NGX_CONF_UNSET_PTR) {
        alcf->headers = ngx_array_create(cf->pool, 4,
                                         sizeof(ngx_http_auth_cert_header_t));
        if (alcf->headers == NULL) {
            return NULL;
        }
    }

    header = alcf->headers->elts;

    for (i = 0; i < alcf->headers->nelts; i++) {
        if (ngx_http_auth_cert_same_name(&header[i].header.key, name)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"auth_cert_header %V\" is duplicate of "
                               "\"%V\" in %s:%ui",
                               name, &header[i].header.key,
                               header[i].place.file, header[i].place.line);
            return NULL;
        }
    }

    header = ngx_array_push(alcf->headers);
    if (header == NULL) {
        return NULL;
    }

    ngx_memzero(header, sizeof(ngx_http_auth_cert_header_t));

    ngx_auth_cert_conf_place(cf, &header->place);

    if (ngx_http_auth_cert_name(cf, name, &header->header) != NGX_OK) {
        return NULL;
    }

    return header;
}


/* all of a header that is not its value is made here, once for all requests */

static ngx_int_t
ngx_http_auth_cert_name(ngx_conf_t *cf, const ngx_str_t *name,
    ngx_table_elt_t *header)
{
    ngx_memzero(header, sizeof(ngx_table_elt_t));

    header->key = *name;

    header->lowcase_key = ngx_pnalloc(cf->pool, name->len);
    if (header->lowcase_key == NULL) {
        return NGX_ERROR;
    }

    header->hash = ngx_hash_strlow(header->lowcase_key, name->data, name->len);

    return NGX_OK;
}


/* RFC 9110, section 5.1: a name is a token */

static char *
ngx_http_auth_cert_check_name(ngx_conf_t *cf, ngx_str_t *name)
{
    u_char      ch;
    ngx_uint_t  i;

    for (i = 0; i < name->len; i++) {
        ch = ngx_tolower(name->data[i]);

        if ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9')
            && ch != '-' && ch != '_')
        {
            break;
        }
    }

    if (i == 0 || i < name->len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid header name \"%V\" of "
                           "\"auth_cert_header\", it may hold letters, "
                           "digits, \"-\" and \"_\"", name);
        return NGX_CONF_ERROR;
    }

    /* nginx itself reads what the client sent, it must not be removed */

    for (i = 0; ngx_http_headers_in[i].name.len; i++) {
        if (ngx_http_auth_cert_same_name(&ngx_http_headers_in[i].name, name)) {
            goto forbidden;
        }
    }

    for (i = 0; ngx_http_auth_cert_forbidden[i].len; i++) {
        if (ngx_http_auth_cert_same_name(&ngx_http_auth_cert_forbidden[i],
                                         name))
        {
            goto forbidden;
        }
    }

    return NGX_CONF_OK;

forbidden:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"auth_cert_header %V\" is not possible, nginx "
                       "itself reads or sets this header; choose another "
                       "name, or use \"proxy_set_header\" and its like",
                       name);

    return NGX_CONF_ERROR;
}


char *
ngx_http_auth_cert_check_forward(ngx_conf_t *cf,
    const ngx_http_auth_cert_loc_conf_t *alcf)
{
    ngx_uint_t                    i;
    ngx_http_auth_cert_header_t  *header;

    if (alcf->forward == NULL || alcf->headers == NULL) {
        return NGX_CONF_OK;
    }

    header = alcf->headers->elts;

    for (i = 0; i < alcf->headers->nelts; i++) {

        if (!ngx_http_auth_cert_forwards(alcf->forward,
                                         &header[i].header.key))
        {
            continue;
        }

        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"auth_cert_header %V\" in %s:%ui sets a header that "
                      "\"auth_cert_forward\" sets in the same location; "
                      "remove one of them",
                      &header[i].header.key, header[i].place.file,
                      header[i].place.line);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_auth_cert_forwards(const ngx_http_auth_cert_forward_t *forward,
    const ngx_str_t *name)
{
    if (forward->rfc9440
        && (ngx_http_auth_cert_same_name(&ngx_http_auth_cert_client_cert, name)
            || ngx_http_auth_cert_same_name(
                                 &ngx_http_auth_cert_client_cert_chain, name)))
    {
        return 1;
    }

    return forward->xfcc
           && ngx_http_auth_cert_same_name(&ngx_http_auth_cert_xfcc_name,
                                           name);
}
