
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What the upstream is told of the client: auth_cert_forward and
 * auth_cert_header.
 */


#include "ngx_http_auth_cert.h"


const ngx_str_t  ngx_http_auth_cert_client_cert = ngx_string("Client-Cert");
const ngx_str_t  ngx_http_auth_cert_client_cert_chain =
    ngx_string("Client-Cert-Chain");
const ngx_str_t  ngx_http_auth_cert_xfcc_name =
    ngx_string("X-Forwarded-Client-Cert");


static ngx_int_t ngx_http_auth_cert_add(ngx_array_t *add,
    const ngx_table_elt_t *header, const ngx_str_t *value);
static ngx_int_t ngx_http_auth_cert_add_rfc9440(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision,
    const ngx_http_auth_cert_forward_t *forward, ngx_array_t *add);
static ngx_int_t ngx_http_auth_cert_add_xfcc(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision,
    const ngx_http_auth_cert_forward_t *forward, ngx_array_t *add);
static ngx_int_t ngx_http_auth_cert_add_headers(ngx_http_request_t *r,
    const ngx_array_t *headers, ngx_array_t *add);


/* runs again in subrequests and after internal redirects, for their location */

ngx_int_t
ngx_http_auth_cert_forward_handler(ngx_http_request_t *r)
{
    ngx_array_t                      add;
    ngx_auth_cert_decision_t        *decision;
    ngx_http_auth_cert_loc_conf_t   *alcf;
    ngx_http_auth_cert_main_conf_t  *amcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_auth_cert_module);

    /* what the client sent was removed before */

    if (alcf->forward == NULL && alcf->headers == NULL) {
        return NGX_DECLINED;
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_auth_cert_module);

    if (ngx_array_init(&add, r->pool, 4, sizeof(ngx_table_elt_t)) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (alcf->forward) {

        /* the upstream would take the client for one without an identity */

        decision = ngx_http_auth_cert_identify(r);

        if (decision == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (alcf->forward->rfc9440
            && ngx_http_auth_cert_add_rfc9440(r, decision, alcf->forward, &add)
               != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (alcf->forward->xfcc
            && ngx_http_auth_cert_add_xfcc(r, decision, alcf->forward, &add)
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


/* no value, no header; header is the one of the configuration */

static ngx_int_t
ngx_http_auth_cert_add(ngx_array_t *add, const ngx_table_elt_t *header,
    const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    if (value->len == 0) {
        return NGX_OK;
    }

    h = ngx_array_push(add);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = *header;
    h->value = *value;

    return NGX_OK;
}


/* RFC 9440: the chain's field stands only together with the leaf's */

static ngx_int_t
ngx_http_auth_cert_add_rfc9440(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision,
    const ngx_http_auth_cert_forward_t *forward, ngx_array_t *add)
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

    if (ngx_http_auth_cert_add(add, &forward->client_cert, &cert) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_auth_cert_add(add, &forward->client_cert_chain, &chain);
}


static ngx_int_t
ngx_http_auth_cert_add_xfcc(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision,
    const ngx_http_auth_cert_forward_t *forward, ngx_array_t *add)
{
    ngx_str_t  value;

    if (ngx_http_auth_cert_forward_xfcc(r, decision, forward->xfcc, &value)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_auth_cert_add(add, &forward->forwarded_client_cert,
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

        if (ngx_http_auth_cert_text(r, &header[i].value, &value) != NGX_OK
            || ngx_auth_cert_format_sanitize(r->pool, &value, &value) != NGX_OK
            || ngx_http_auth_cert_add(add, &header[i].header, &value)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
