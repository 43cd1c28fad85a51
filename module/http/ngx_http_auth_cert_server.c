
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The servers of http: which of them ask for a certificate, under which
 * CAs, and the hook on the SSL context of each.
 */


#include "ngx_http_auth_cert.h"
#include "ngx_auth_cert_ssl.h"
#include "ngx_auth_cert_zone.h"


static ngx_int_t ngx_http_auth_cert_server(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf);
static ngx_auth_cert_server_t *ngx_http_auth_cert_create_server(
    ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf);
static ngx_int_t ngx_http_auth_cert_resolve(ngx_conf_t *cf,
    ngx_http_auth_cert_srv_conf_t *ascf, ngx_auth_cert_trust_t *native,
    const ngx_http_ssl_srv_conf_t *sscf);
static ngx_int_t ngx_http_auth_cert_check_plain(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf, ngx_http_auth_cert_srv_conf_t *ascf,
    ngx_uint_t tls);
static void ngx_http_auth_cert_no_tls(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf, ngx_uint_t tls, const char *directive,
    const ngx_auth_cert_place_t *place);
static ngx_int_t ngx_http_auth_cert_collect(ngx_conf_t *cf,
    ngx_http_auth_cert_srv_conf_t *ascf, ngx_auth_cert_server_t *server);
static ngx_int_t ngx_http_auth_cert_check_ocsp(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf, const ngx_auth_cert_server_t *server);
static ngx_int_t ngx_http_auth_cert_collect_trust(
    ngx_auth_cert_server_t *server, ngx_auth_cert_trust_t *trust);
static ngx_int_t ngx_http_auth_cert_server_uris(ngx_conf_t *cf, SSL_CTX *ctx,
    ngx_http_auth_cert_srv_conf_t *ascf);
static ngx_uint_t ngx_http_auth_cert_has_tls(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf);


ngx_int_t
ngx_http_auth_cert_servers(ngx_conf_t *cf,
    ngx_http_auth_cert_main_conf_t *amcf)
{
    ngx_uint_t                   i;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscfp = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        if (ngx_http_auth_cert_server(cf, cscfp[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_auth_cert_server(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf)
{
    SSL_CTX                        *ctx;
    ngx_uint_t                      tls;
    ngx_auth_cert_server_t         *server;
    ngx_http_ssl_srv_conf_t        *sscf;
    ngx_http_auth_cert_srv_conf_t  *ascf;

    sscf = cscf->ctx->srv_conf[ngx_http_ssl_module.ctx_index];
    ascf = cscf->ctx->srv_conf[ngx_http_auth_cert_module.ctx_index];

    ctx = sscf->ssl.ctx;
    tls = ngx_http_auth_cert_has_tls(cf, cscf);

    if ((ctx == NULL || !tls)
        && ngx_http_auth_cert_check_plain(cf, cscf, ascf, tls) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx == NULL) {
        return ngx_http_auth_cert_resolve(cf, ascf, NULL, sscf);
    }

    server = ngx_http_auth_cert_create_server(cf, cscf);
    if (server == NULL) {
        return NGX_ERROR;
    }

    if (server->native) {
        ascf->native.trusts = &server->native;
        ascf->native.ntrusts = 1;
        ascf->native.zone = server->zone;
        ascf->native.security_level = SSL_CTX_get_security_level(ctx);
        ascf->native.ocsp = (sscf->ocsp != 0);
    }

    if (ngx_http_auth_cert_resolve(cf, ascf, server->native, sscf) != NGX_OK
        || ngx_http_auth_cert_collect(cf, ascf, server) != NGX_OK
        || ngx_http_auth_cert_check_ocsp(cf, cscf, server) != NGX_OK
        || ngx_auth_cert_ssl_hook(cf, ctx, server) != NGX_OK
        || ngx_http_auth_cert_server_uris(cf, ctx, ascf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_auth_cert_sni(ctx, server);

    return NGX_OK;
}


static ngx_auth_cert_server_t *
ngx_http_auth_cert_create_server(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf)
{
    ngx_auth_cert_server_t          *server, **hooked;
    ngx_http_ssl_srv_conf_t         *sscf;
    ngx_http_auth_cert_loc_conf_t   *alcf;
    ngx_http_auth_cert_srv_conf_t   *ascf;
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);

    sscf = cscf->ctx->srv_conf[ngx_http_ssl_module.ctx_index];
    ascf = cscf->ctx->srv_conf[ngx_http_auth_cert_module.ctx_index];
    alcf = cscf->ctx->loc_conf[ngx_http_auth_cert_module.ctx_index];

    server = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_server_t));
    if (server == NULL
        || ngx_array_init(&server->trusts, cf->pool, 4,
                          sizeof(ngx_auth_cert_trust_t *))
           != NGX_OK)
    {
        return NULL;
    }

    server->strict = ascf->strict;
    server->log_level = alcf->setting.log_level;
    server->zone = amcf->core.zone;

    hooked = ngx_array_push(&server->zone->servers);
    if (hooked == NULL) {
        return NULL;
    }

    *hooked = server;

    if (sscf->verify) {
        server->asks = 1;

        server->native = ngx_auth_cert_native_create(cf, sscf->ssl.ctx);
        if (server->native == NULL) {
            return NULL;
        }
    }

    return server;
}


static ngx_int_t
ngx_http_auth_cert_resolve(ngx_conf_t *cf, ngx_http_auth_cert_srv_conf_t *ascf,
    ngx_auth_cert_trust_t *native, const ngx_http_ssl_srv_conf_t *sscf)
{
    int                               level;
    ngx_uint_t                        i;
    ngx_auth_cert_decider_t          *decider;
    ngx_http_auth_cert_loc_conf_t   **locations;
    ngx_http_auth_cert_main_conf_t   *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);

    level = sscf->ssl.ctx ? SSL_CTX_get_security_level(sscf->ssl.ctx)
                          : NGX_AUTH_CERT_HANDSHAKE;

    locations = ascf->locations.elts;

    for (i = 0; i < ascf->locations.nelts; i++) {
        if (ngx_auth_cert_setting_resolve(cf, &locations[i]->setting,
                                          amcf->core.zone, native,
                                          native && sscf->verify == 1)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        decider = &locations[i]->setting.decider;

        decider->security_level = level;
        decider->ocsp = (sscf->ocsp != 0);
    }

    return NGX_OK;
}


/*
 * What is set in a server without TLS itself is a mistake.  What it inherits
 * from http is not, such a server may only redirect; it refuses whom it
 * would have to ask for a certificate.
 *
 * A server with TLS but without a certificate of its own shares the handshake
 * of the default server, and cannot ask for anything.
 */

static ngx_int_t
ngx_http_auth_cert_check_plain(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf,
    ngx_http_auth_cert_srv_conf_t *ascf, ngx_uint_t tls)
{
    ngx_uint_t                       i;
    ngx_auth_cert_verify_t          *verify;
    ngx_auth_cert_policies_t        *policies;
    ngx_http_auth_cert_loc_conf_t  **locations;

    if (ascf->handshake.file) {
        ngx_http_auth_cert_no_tls(cf, cscf, tls, "auth_cert_handshake",
                                  &ascf->handshake);
        return NGX_ERROR;
    }

    locations = ascf->locations.elts;

    for (i = 0; i < ascf->locations.nelts; i++) {
        verify = locations[i]->setting.verify;
        policies = locations[i]->setting.policies;

        if (verify && !verify->inherited
            && verify->mode == NGX_AUTH_CERT_VERIFY_TRUSTS)
        {
            ngx_http_auth_cert_no_tls(cf, cscf, tls, "auth_cert_verify",
                                      &verify->place);
            return NGX_ERROR;
        }

        if (policies && !policies->inherited
                   && policies->policies.nelts
                   && !(verify && verify->mode == NGX_AUTH_CERT_VERIFY_OFF))
        {
            ngx_http_auth_cert_no_tls(cf, cscf, tls, "auth_cert",
                                      &policies->place);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static void
ngx_http_auth_cert_no_tls(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf,
    ngx_uint_t tls, const char *directive, const ngx_auth_cert_place_t *place)
{
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  tls ? "\"%s\" in %s:%ui needs TLS, but the server in %s:%ui "
                        "has no \"ssl_certificate\""
                      : "\"%s\" in %s:%ui needs TLS, but no \"listen\" of the "
                        "server in %s:%ui has the \"ssl\" parameter",
                  directive, place->file, place->line,
                  cscf->file_name, cscf->line);
}


static ngx_int_t
ngx_http_auth_cert_collect(ngx_conf_t *cf, ngx_http_auth_cert_srv_conf_t *ascf,
    ngx_auth_cert_server_t *server)
{
    ngx_uint_t                       i, k;
    ngx_auth_cert_decider_t         *decider;
    ngx_http_auth_cert_loc_conf_t  **locations;

    locations = ascf->locations.elts;

    for (i = 0; i < ascf->locations.nelts; i++) {
        decider = &locations[i]->setting.decider;

        for (k = 0; k < decider->ntrusts; k++) {

            if (decider->trusts[k]->native == NULL
                && ngx_http_auth_cert_collect_trust(server,
                                                    decider->trusts[k])
                   != NGX_OK)
            {
                return NGX_ERROR;
            }
        }

        if (decider->enabled && decider->ntrusts && !decider->optional
            && server->strict)
        {
            server->required = 1;
        }
    }

    if (server->trusts.nelts) {
        server->asks = 1;
    }

    return NGX_OK;
}


/*
 * nginx looks at the answer of an OCSP responder only where its own
 * ssl_verify_client is set: who switched it on would be deceived
 */

static ngx_int_t
ngx_http_auth_cert_check_ocsp(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf,
    const ngx_auth_cert_server_t *server)
{
    ngx_http_ssl_srv_conf_t  *sscf;

    sscf = cscf->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

    if (sscf->ocsp == 0 || sscf->verify || server->trusts.nelts == 0) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"ssl_ocsp\" has no effect on certificates that "
                  "\"auth_cert_verify\" verifies in the server in %s:%ui, "
                  "use \"crl\" in auth_cert_trust and \"ssl_ocsp off\", or "
                  "\"ssl_verify_client\"", cscf->file_name, cscf->line);

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_auth_cert_collect_trust(ngx_auth_cert_server_t *server,
    ngx_auth_cert_trust_t *trust)
{
    ngx_uint_t               i;
    ngx_auth_cert_trust_t  **trusts;

    trusts = server->trusts.elts;

    for (i = 0; i < server->trusts.nelts; i++) {
        if (trusts[i] == trust) {
            return NGX_OK;
        }
    }

    trusts = ngx_array_push(&server->trusts);
    if (trusts == NULL) {
        return NGX_ERROR;
    }

    *trusts = trust;

    return NGX_OK;
}


/* XFCC's "By": the URI SANs of the server's own certificate */

static ngx_int_t
ngx_http_auth_cert_server_uris(ngx_conf_t *cf, SSL_CTX *ctx,
    ngx_http_auth_cert_srv_conf_t *ascf)
{
    X509                            *cert;
    ngx_auth_cert_identity_t        *identity;
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);

    cert = SSL_CTX_get0_certificate(ctx);

    if (cert == NULL || !amcf->needs_uri) {
        return NGX_OK;
    }

    identity = ngx_auth_cert_identity_create(cf->pool, cert);
    if (identity == NULL) {
        return NGX_ERROR;
    }

    ngx_auth_cert_identity_need(identity, NGX_AUTH_CERT_PART_SAN);

    if (identity->spoilt) {
        return NGX_ERROR;
    }

    ascf->uris = identity->san[NGX_AUTH_CERT_SAN_URI];

    return NGX_OK;
}


static ngx_uint_t
ngx_http_auth_cert_has_tls(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf)
{
    ngx_uint_t                   a, p, s;
    ngx_http_conf_addr_t        *addr;
    ngx_http_conf_port_t        *port;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    port = cmcf->ports->elts;

    for (p = 0; p < cmcf->ports->nelts; p++) {

        addr = port[p].addrs.elts;

        for (a = 0; a < port[p].addrs.nelts; a++) {

            if (!ngx_auth_cert_listen_tls(&addr[a].opt)) {
                continue;
            }

            cscfp = addr[a].servers.elts;

            for (s = 0; s < addr[a].servers.nelts; s++) {
                if (cscfp[s] == cscf) {
                    return 1;
                }
            }
        }
    }

    return 0;
}
