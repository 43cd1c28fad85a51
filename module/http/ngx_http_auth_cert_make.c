
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What all variables of the module have in common when nginx asks for them.
 *
 * "set" and "rewrite" ask twice, for the length and then for the text, and
 * trust that both times it is the same: a longer text would be written over
 * the end of their buffer, a shorter one leaves there what was in the memory
 * before.  CRLs and lists, which other processes and threads replace, can
 * change a text in between.  Such a request is refused.
 */


#include "ngx_http_auth_cert.h"
#include "ngx_auth_cert_zone.h"


static ngx_uint_t ngx_http_auth_cert_made(ngx_http_request_t *r,
    const ngx_http_variable_value_t *v);


ngx_int_t
ngx_http_auth_cert_make(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data, ngx_http_get_variable_pt handler)
{
    size_t                           last;
    ngx_uint_t                       again;
    ngx_auth_cert_zone_t            *zone;
    ngx_http_auth_cert_ctx_t        *ctx;
    ngx_http_auth_cert_main_conf_t  *amcf;

    /* what failed the first time does not come back the second time */

    if (ngx_http_auth_cert_has_failed(r)) {
        return NGX_ERROR;
    }

    ctx = ngx_http_auth_cert_ctx(r);
    if (ctx == NULL) {
        ngx_http_auth_cert_fail(r);
        return NGX_ERROR;
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_auth_cert_module);
    zone = amcf->core.zone;

    /* nginx looks at the clock once for all events that it finds */

    if (ctx->round != ngx_current_msec) {
        ctx->round = ngx_current_msec;
        ctx->changes = ngx_auth_cert_zone_changes(zone);
    }

    again = ngx_http_auth_cert_made(r, v);
    last = again ? v->len : 0;

    if (handler(r, v, data) != NGX_OK) {
        ngx_http_auth_cert_fail(r);
        return NGX_ERROR;
    }

    if (v->not_found) {
        v->len = 0;
        v->data = (u_char *) "";
    }

    if (again && v->len != last
        && ngx_auth_cert_zone_changed(zone, ctx->changes))
    {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "auth_cert: CRLs or lists changed while a variable of "
                      "this request was made");

        ngx_http_auth_cert_fail(r);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * 1 when the variable has a length of the last time in the request: nginx
 * clears only the flags of an indexed variable before it asks again.  Others
 * come in memory that was not set, and are asked for once.
 */

static ngx_uint_t
ngx_http_auth_cert_made(ngx_http_request_t *r,
    const ngx_http_variable_value_t *v)
{
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    return v >= r->variables && v < r->variables + cmcf->variables.nelts
           && v->data != NULL;
}
