
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Variables that could not be made.  To nginx these are empty, and a rule or
 * an upstream would take that for what the certificate says: a request that
 * has such a variable goes no further.
 */


#include "ngx_http_auth_cert.h"


static void ngx_http_auth_cert_failure_cleanup(void *data);


/* of all requests of the worker */
static ngx_uint_t  ngx_http_auth_cert_failures;


/*
 * nginx keeps what a "map" or "set" made of the variable, and takes it for
 * good where it is asked for again.  So the request is marked as a whole, for
 * its subrequests and after internal redirects, too, as a cleanup of the pool.
 */

void
ngx_http_auth_cert_fail(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    ngx_http_auth_cert_failures++;

    if (ngx_http_auth_cert_has_failed(r)) {
        return;
    }

    cln = ngx_pool_cleanup_add(r->pool, 0);

    if (cln == NULL) {

        /* nginx ends it, and sends nothing any more */

        r->connection->error = 1;
        return;
    }

    cln->handler = ngx_http_auth_cert_failure_cleanup;
}


ngx_uint_t
ngx_http_auth_cert_has_failed(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    if (ngx_http_auth_cert_failures == 0) {
        return 0;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_auth_cert_failure_cleanup) {
            return 1;
        }
    }

    return r->connection->error;
}


/* only marks the request */

static void
ngx_http_auth_cert_failure_cleanup(void *data)
{
}


ngx_int_t
ngx_http_auth_cert_failure_handler(ngx_http_request_t *r)
{
    if (!ngx_http_auth_cert_has_failed(r)) {
        return NGX_DECLINED;
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "auth_cert: a variable of this request could not be made, "
                  "it goes no further");

    return NGX_HTTP_INTERNAL_SERVER_ERROR;
}


ngx_int_t
ngx_http_auth_cert_text(ngx_http_request_t *r, ngx_http_complex_value_t *text,
    ngx_str_t *value)
{
    ngx_uint_t  failures;

    failures = ngx_http_auth_cert_failures;

    if (ngx_http_complex_value(r, text, value) != NGX_OK) {
        return NGX_ERROR;
    }

    return (failures == ngx_http_auth_cert_failures) ? NGX_OK : NGX_ERROR;
}
