
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * How many sessions a client offers.  OpenSSL decrypts and decodes one after
 * the other until one can be resumed, and a client can fill a ClientHello
 * with those of another server name, or of another digest: a hundred.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"


/* in both ClientHellos; clients offer one, and a few of them two */
#define NGX_AUTH_CERT_SESSION_OFFERS  4


/* index of the number of those that were looked at, on an SSL object */
static int  ngx_auth_cert_session_offer_index = -1;


ngx_int_t
ngx_auth_cert_session_offer_init(ngx_log_t *log)
{
    if (ngx_auth_cert_session_offer_index == -1) {
        ngx_auth_cert_session_offer_index = SSL_get_ex_new_index(0, NULL,
                                                             NULL, NULL, NULL);
    }

    if (ngx_auth_cert_session_offer_index == -1) {
        ngx_ssl_error(NGX_LOG_EMERG, log, 0, "SSL_get_ex_new_index() failed");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the number itself takes the place of a pointer to it */

ngx_uint_t
ngx_auth_cert_session_offer_next(SSL *ssl_conn)
{
    uintptr_t          n;
    ngx_connection_t  *c;

    n = (uintptr_t) SSL_get_ex_data(ssl_conn,
                                    ngx_auth_cert_session_offer_index);

    if (n > NGX_AUTH_CERT_SESSION_OFFERS) {
        return 0;
    }

    if (SSL_set_ex_data(ssl_conn, ngx_auth_cert_session_offer_index,
                        (void *) (n + 1))
        == 1
        && n < NGX_AUTH_CERT_SESSION_OFFERS)
    {
        return 1;
    }

    /* once for a connection */

    c = ngx_ssl_get_connection(ssl_conn);

    ngx_log_error(NGX_LOG_INFO, c->log, 0,
                  "client offered more than %d sessions to resume",
                  NGX_AUTH_CERT_SESSION_OFFERS);

    return 0;
}
