
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The server name in a ClientHello: which server it leads to, and what is to
 * be done when nginx has gone there.
 */


#include "ngx_http_auth_cert.h"
#include "ngx_auth_cert_ssl.h"


/* OpenSSL takes no longer server name */
#define NGX_HTTP_AUTH_CERT_SNI_NAME  255


static int ngx_http_auth_cert_sni_chosen(ngx_ssl_conn_t *ssl_conn, int *alert,
    void *arg);
static const ngx_auth_cert_server_t *ngx_http_auth_cert_sni_find(
    ngx_ssl_conn_t *ssl_conn, const ngx_str_t *name);
static ngx_http_core_srv_conf_t *ngx_http_auth_cert_sni_look_up(
    ngx_http_virtual_names_t *names, ngx_str_t *host);
static ngx_http_core_srv_conf_t *ngx_http_auth_cert_sni_regex(
    ngx_http_virtual_names_t *names, ngx_str_t *host);


void
ngx_http_auth_cert_sni(SSL_CTX *ctx, ngx_auth_cert_server_t *server)
{
    server->find = ngx_http_auth_cert_sni_find;

    SSL_CTX_set_tlsext_servername_callback(ctx,
                                           ngx_http_auth_cert_sni_chosen);
}


/*
 * OpenSSL calls it once for a ClientHello, with or without a name in it,
 * when it knows whether a session is resumed.
 */

static int
ngx_http_auth_cert_sni_chosen(ngx_ssl_conn_t *ssl_conn, int *alert, void *arg)
{
    int  rc;

    rc = ngx_http_ssl_servername(ssl_conn, alert, arg);

    if (rc != SSL_TLSEXT_ERR_OK) {
        return rc;
    }

    return ngx_auth_cert_ssl_servername(ssl_conn, alert);
}


/*
 * A session is offered before nginx looks for the server.  Names that only
 * nginx's own look-up finds, with a port cut off or so, are unknown here;
 * that costs such a client its session and nothing else.
 */

static const ngx_auth_cert_server_t *
ngx_http_auth_cert_sni_find(ngx_ssl_conn_t *ssl_conn, const ngx_str_t *name)
{
    u_char                     lower[NGX_HTTP_AUTH_CERT_SNI_NAME];
    ngx_str_t                  host;
    ngx_connection_t          *c;
    ngx_http_connection_t     *hc;
    ngx_http_ssl_srv_conf_t   *sscf;
    ngx_http_core_srv_conf_t  *cscf;

    if (name->len > NGX_HTTP_AUTH_CERT_SNI_NAME) {
        return NULL;
    }

    ngx_strlow(lower, name->data, name->len);

    host.len = name->len;
    host.data = lower;

    if (host.len && host.data[host.len - 1] == '.') {
        host.len--;
    }

    c = ngx_ssl_get_connection(ssl_conn);
    hc = c->data;

    cscf = ngx_http_auth_cert_sni_look_up(hc->addr_conf->virtual_names, &host);

    if (cscf) {
        sscf = cscf->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (sscf->ssl.ctx) {
            return ngx_auth_cert_ssl_hooked(sscf->ssl.ctx);
        }
    }

    return ngx_auth_cert_ssl_server(ssl_conn);
}


static ngx_http_core_srv_conf_t *
ngx_http_auth_cert_sni_look_up(ngx_http_virtual_names_t *names,
    ngx_str_t *host)
{
    ngx_http_core_srv_conf_t  *cscf;

    if (names == NULL || host->len == 0) {
        return NULL;
    }

    cscf = ngx_hash_find_combined(&names->names,
                                  ngx_hash_key(host->data, host->len),
                                  host->data, host->len);

    return cscf ? cscf : ngx_http_auth_cert_sni_regex(names, host);
}


static ngx_http_core_srv_conf_t *
ngx_http_auth_cert_sni_regex(ngx_http_virtual_names_t *names, ngx_str_t *host)
{
#if (NGX_PCRE)

    ngx_uint_t  i;

    for (i = 0; i < names->nregex; i++) {
        if (ngx_regex_exec(names->regex[i].regex->regex, host, NULL, 0) >= 0) {
            return names->regex[i].server;
        }
    }

#endif

    return NULL;
}
