
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What the upstream is told of the client: auth_cert_forward and
 * auth_cert_header.
 */


#include "ngx_http_auth_cert.h"


/* headers of the connection or the message, which are nginx's to set */

static ngx_str_t  ngx_http_auth_cert_forbidden[] = {
    ngx_string("connection"),
    ngx_string("content-length"),
    ngx_string("expect"),
    ngx_string("host"),
    ngx_string("keep-alive"),
    ngx_string("te"),
    ngx_string("trailer"),
    ngx_string("transfer-encoding"),
    ngx_string("upgrade"),
    ngx_null_string
};


static ngx_str_t  ngx_http_auth_cert_client_cert = ngx_string("Client-Cert");
static ngx_str_t  ngx_http_auth_cert_client_cert_chain =
    ngx_string("Client-Cert-Chain");
static ngx_str_t  ngx_http_auth_cert_xfcc_name =
    ngx_string("X-Forwarded-Client-Cert");


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


static ngx_int_t ngx_http_auth_cert_add(ngx_http_request_t *r,
    ngx_array_t *add, const ngx_str_t *name, ngx_str_t *value);
static ngx_int_t ngx_http_auth_cert_add_rfc9440(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_array_t *add);
static ngx_int_t ngx_http_auth_cert_add_xfcc(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_http_auth_cert_xfcc_e mode,
    ngx_array_t *add);
static ngx_int_t ngx_http_auth_cert_add_headers(ngx_http_request_t *r,
    const ngx_array_t *headers, ngx_array_t *add);
static char *ngx_http_auth_cert_check_name(ngx_conf_t *cf, ngx_str_t *name);


/* runs again in subrequests and after internal redirects, for their location */

ngx_int_t
ngx_http_auth_cert_forward_handler(ngx_http_request_t *r)
{
    ngx_array_t                      add;
    ngx_auth_cert_decision_t         decision;
    ngx_http_auth_cert_loc_conf_t   *alcf;
    ngx_http_auth_cert_main_conf_t  *amcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_auth_cert_module);
    amcf = ngx_http_get_module_main_conf(r, ngx_http_auth_cert_module);

    if (alcf->forward == NULL && alcf->headers == NULL
        && !ngx_http_auth_cert_spoofed(r, amcf))
    {
        return NGX_DECLINED;
    }

    if (ngx_array_init(&add, r->pool, 4, sizeof(ngx_table_elt_t)) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (alcf->forward) {

        /* an identity that could not be told is none: nothing is set */

        (void) ngx_http_auth_cert_identify(r, &decision);

        if (alcf->forward->rfc9440
            && ngx_http_auth_cert_add_rfc9440(r, &decision, &add) != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (ngx_http_auth_cert_add_xfcc(r, &decision, alcf->forward->xfcc,
                                        &add)
            != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (alcf->headers
        && ngx_http_auth_cert_add_headers(r, alcf->headers, &add) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_auth_cert_rebuild(r, amcf, &add) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_auth_cert_add(ngx_http_request_t *r, ngx_array_t *add,
    const ngx_str_t *name, ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    if (value->len == 0) {
        return NGX_OK;
    }

    h = ngx_array_push(add);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->key = *name;

    h->lowcase_key = ngx_pnalloc(r->pool, name->len);
    if (h->lowcase_key == NULL) {
        return NGX_ERROR;
    }

    h->hash = ngx_hash_strlow(h->lowcase_key, name->data, name->len);

    return ngx_auth_cert_format_sanitize(r->pool, value, &h->value);
}


/* RFC 9440: the chain's field stands only together with the leaf's */

static ngx_int_t
ngx_http_auth_cert_add_rfc9440(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_array_t *add)
{
    ngx_str_t  cert, chain;

    if (decision->identity == NULL) {
        return NGX_OK;
    }

    if (ngx_http_auth_cert_rfc9440(r, decision, &cert) != NGX_OK
        || ngx_http_auth_cert_chain_rfc9440(r, decision, &chain) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_auth_cert_add(r, add, &ngx_http_auth_cert_client_cert, &cert)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_auth_cert_add(r, add,
                                  &ngx_http_auth_cert_client_cert_chain,
                                  &chain);
}


static ngx_int_t
ngx_http_auth_cert_add_xfcc(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_http_auth_cert_xfcc_e mode,
    ngx_array_t *add)
{
    u_char     *p;
    ngx_str_t   own, value, *received;

    ngx_str_null(&own);
    ngx_str_null(&value);

    received = ngx_http_auth_cert_received_xfcc(r);

    if (mode == NGX_HTTP_AUTH_CERT_XFCC_ALWAYS_FORWARD_ONLY) {

        if (received) {
            value = *received;
        }

        return ngx_http_auth_cert_add(r, add, &ngx_http_auth_cert_xfcc_name,
                                      &value);
    }

    if (decision->identity == NULL || mode == NGX_HTTP_AUTH_CERT_XFCC_OFF
        || mode == NGX_HTTP_AUTH_CERT_XFCC_SANITIZE)
    {
        return NGX_OK;
    }

    if (mode != NGX_HTTP_AUTH_CERT_XFCC_SANITIZE_SET && received) {
        value = *received;
    }

    if (mode != NGX_HTTP_AUTH_CERT_XFCC_FORWARD_ONLY) {

        if (ngx_http_auth_cert_xfcc(r, decision, &own) != NGX_OK) {
            return NGX_ERROR;
        }

        if (value.len == 0) {
            value = own;

        } else {
            p = ngx_pnalloc(r->pool, value.len + 1 + own.len);
            if (p == NULL) {
                return NGX_ERROR;
            }

            own.len = ngx_sprintf(p, "%V,%V", &value, &own) - p;
            own.data = p;
            value = own;
        }
    }

    return ngx_http_auth_cert_add(r, add, &ngx_http_auth_cert_xfcc_name,
                                  &value);
}


static ngx_int_t
ngx_http_auth_cert_add_headers(ngx_http_request_t *r,
    const ngx_array_t *headers, ngx_array_t *add)
{
    ngx_str_t                     value;
    ngx_uint_t                    i;
    ngx_http_auth_cert_header_t  *header;

    header = headers->elts;

    for (i = 0; i < headers->nelts; i++) {

        if (ngx_http_complex_value(r, &header[i].value, &value) != NGX_OK
            || ngx_http_auth_cert_add(r, add, &header[i].name, &value)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


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

    if (alcf->headers == NGX_CONF_UNSET_PTR) {
        alcf->headers = ngx_array_create(cf->pool, 4,
                                         sizeof(ngx_http_auth_cert_header_t));
        if (alcf->headers == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    header = ngx_array_push(alcf->headers);
    if (header == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(header, sizeof(ngx_http_auth_cert_header_t));
    header->name = value[1];

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[2];
    ccv.complex_value = &header->value;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
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

    for (i = 0; ngx_http_auth_cert_forbidden[i].len; i++) {

        if (ngx_http_auth_cert_forbidden[i].len == name->len
            && ngx_strncasecmp(ngx_http_auth_cert_forbidden[i].data,
                               name->data, name->len)
               == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"auth_cert_header %V\" is not possible, "
                               "nginx sets this header itself", name);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}
