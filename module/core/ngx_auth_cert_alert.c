
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * How a strict server refuses a client in the handshake: the alert, and the
 * line in the log.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"


static void ngx_auth_cert_alert_info(const ngx_ssl_conn_t *ssl_conn,
    int where, int ret);


/*
 * Nobody is called when a certificate is missing that a strict server
 * requires, but when the alert goes out.  nginx has a callback of its own.
 */

void
ngx_auth_cert_alert_hook(ngx_auth_cert_server_t *server)
{
    if (server->required) {
        server->info = SSL_CTX_get_info_callback(server->ctx);

        SSL_CTX_set_info_callback(server->ctx, ngx_auth_cert_alert_info);
    }
}


static void
ngx_auth_cert_alert_info(const ngx_ssl_conn_t *ssl_conn, int where, int ret)
{
    ngx_ssl_conn_t                *conn;
    const ngx_auth_cert_server_t  *server;

    conn = (ngx_ssl_conn_t *) ssl_conn;
    server = ngx_auth_cert_ssl_server(conn);

    if (server == NULL) {
        return;
    }

    if (server->info) {
        server->info(ssl_conn, where, ret);
    }

    if (where == SSL_CB_WRITE_ALERT
        && ERR_GET_REASON(ERR_peek_last_error())
           == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
    {
        ngx_auth_cert_alert_refuse(conn, server,
                                   NGX_AUTH_CERT_REASON_NO_CERTIFICATE, NULL,
                                   NULL);
    }
}


/*
 * Of the handshake itself nginx shall not report more than that it was
 * rejected: what OpenSSL says of it would come with level "crit".
 */

void
ngx_auth_cert_alert_refuse(ngx_ssl_conn_t *ssl_conn,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_reason_e reason,
    ngx_auth_cert_peer_t *peer, const ngx_auth_cert_result_t *result)
{
    ngx_str_t                 sni;
    const char               *name;
    ngx_connection_t         *c;
    ngx_auth_cert_verdict_t   verdict;

    c = ngx_ssl_get_connection(ssl_conn);

    ngx_memzero(&verdict, sizeof(ngx_auth_cert_verdict_t));
    verdict.reason = reason;

    name = SSL_get_servername(ssl_conn, TLSEXT_NAMETYPE_host_name);

    sni.len = name ? ngx_strlen(name) : 0;
    sni.data = (u_char *) name;

    ngx_auth_cert_log_refusal(server->log_level, c->log, c->pool, &verdict,
                              peer, result, &sni);

    c->ssl->handshake_rejected = 1;
}


int
ngx_auth_cert_alert_code(long error)
{
    ngx_uint_t  i;

    static const struct {
        long    error;
        int     alert;
    } alerts[] = {
        { X509_V_ERR_CERT_HAS_EXPIRED, SSL_AD_CERTIFICATE_EXPIRED },
        { X509_V_ERR_CRL_HAS_EXPIRED, SSL_AD_CERTIFICATE_EXPIRED },
        { X509_V_ERR_CERT_REVOKED, SSL_AD_CERTIFICATE_REVOKED },
        { X509_V_ERR_INVALID_PURPOSE, SSL_AD_UNSUPPORTED_CERTIFICATE },
        { X509_V_ERR_CERT_SIGNATURE_FAILURE, SSL_AD_DECRYPT_ERROR },
        { X509_V_ERR_CRL_SIGNATURE_FAILURE, SSL_AD_DECRYPT_ERROR },
        { X509_V_ERR_INVALID_CA, SSL_AD_UNKNOWN_CA },
        { X509_V_ERR_PATH_LENGTH_EXCEEDED, SSL_AD_UNKNOWN_CA },
        { X509_V_ERR_CERT_CHAIN_TOO_LONG, SSL_AD_UNKNOWN_CA },
        { X509_V_ERR_UNABLE_TO_GET_CRL, SSL_AD_UNKNOWN_CA },
        { X509_V_ERR_CERT_NOT_YET_VALID, SSL_AD_BAD_CERTIFICATE },
        { X509_V_ERR_CRL_NOT_YET_VALID, SSL_AD_BAD_CERTIFICATE },
        { X509_V_ERR_CERT_REJECTED, SSL_AD_BAD_CERTIFICATE },
        { X509_V_ERR_CERT_UNTRUSTED, SSL_AD_BAD_CERTIFICATE },
        { X509_V_ERR_EE_KEY_TOO_SMALL, SSL_AD_BAD_CERTIFICATE },
        { X509_V_ERR_CA_KEY_TOO_SMALL, SSL_AD_BAD_CERTIFICATE },
        { X509_V_ERR_CA_MD_TOO_WEAK, SSL_AD_BAD_CERTIFICATE },
        { X509_V_ERR_OUT_OF_MEM, SSL_AD_INTERNAL_ERROR },
        { X509_V_ERR_UNSPECIFIED, SSL_AD_INTERNAL_ERROR },
        { X509_V_OK, 0 }
    };

    if (ngx_auth_cert_trust_unknown_ca(error)) {
        return SSL_AD_UNKNOWN_CA;
    }

    for (i = 0; alerts[i].error != X509_V_OK; i++) {
        if (alerts[i].error == error) {
            return alerts[i].alert;
        }
    }

    return SSL_AD_CERTIFICATE_UNKNOWN;
}
