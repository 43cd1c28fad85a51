
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The TLS phase: what a server does in the handshake, and what its sessions
 * are bound to.
 */


#ifndef _NGX_AUTH_CERT_SSL_H_INCLUDED_
#define _NGX_AUTH_CERT_SSL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert.h"


/*
 * The server that will be chosen for a name in the ClientHello, which may be
 * empty; NULL where that cannot be told.
 */
typedef const ngx_auth_cert_server_t *(*ngx_auth_cert_ssl_find_pt)(
    ngx_ssl_conn_t *ssl_conn, const ngx_str_t *name);


typedef void (*ngx_auth_cert_ssl_info_pt)(const ngx_ssl_conn_t *ssl_conn,
    int where, int ret);


/* what a server does in the handshake; lives in cf->pool */

struct ngx_auth_cert_server_s {
    ngx_array_t                       trusts;     /* of trust_t *, in order */
    ngx_auth_cert_trust_t            *native;     /* or NULL */
    ngx_uint_t                        asks;       /* for a certificate */
    ngx_uint_t                        strict;
    ngx_uint_t                        required;   /* strict: one must come */
    ngx_uint_t                        log_level;  /* strict: of a refusal */
    ngx_auth_cert_zone_t             *zone;
    ngx_auth_cert_ssl_find_pt         find;

    SSL_CTX                          *ctx;        /* of the server, borrowed */
    ngx_auth_cert_ssl_info_pt         info;       /* nginx's own, or NULL */

    /* these follow the trust sets as they change */
    STACK_OF(X509_NAME)              *names;      /* nginx's own */
    u_char                            digest[NGX_AUTH_CERT_DIGEST_LEN];
};


/* ngx_auth_cert_ssl.c */

/* hooks a server's SSL_CTX; ctx must stay as long as the server */
ngx_int_t ngx_auth_cert_ssl_hook(ngx_conf_t *cf, SSL_CTX *ctx,
    ngx_auth_cert_server_t *server);

/*
 * To be called from the servername callback when nginx's own has accepted:
 * binds the session to the server, judges a resumed one.  Returns
 * SSL_TLSEXT_ERR_OK, or SSL_TLSEXT_ERR_ALERT_FATAL with *alert set.
 */
int ngx_auth_cert_ssl_servername(ngx_ssl_conn_t *ssl_conn, int *alert);

/*
 * The server that will be chosen for a name in the ClientHello, with the CAs
 * it has now; NULL where that cannot be told.
 */
const ngx_auth_cert_server_t *ngx_auth_cert_ssl_find(ngx_ssl_conn_t *ssl_conn,
    const ngx_str_t *name);

/* the server of a connection, or of an SSL_CTX; NULL if it is not hooked */
const ngx_auth_cert_server_t *ngx_auth_cert_ssl_server(
    ngx_ssl_conn_t *ssl_conn);
const ngx_auth_cert_server_t *ngx_auth_cert_ssl_hooked(const SSL_CTX *ctx);


/* ngx_auth_cert_ask.c */

/* to be called when server->ctx is set.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_ask_init(ngx_conf_t *cf,
    ngx_auth_cert_server_t *server);

/* advertises the CAs that the server's sets have now.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_ask_refresh(ngx_auth_cert_server_t *server);

/* 1 when the server asks for certificates of all of these sets */
ngx_uint_t ngx_auth_cert_ask_covers(const ngx_auth_cert_server_t *server,
    ngx_auth_cert_trust_t **trusts, ngx_uint_t n);


/* ngx_auth_cert_alert.c */

/* to be called when server->ctx is set */
void ngx_auth_cert_alert_hook(ngx_auth_cert_server_t *server);

/*
 * Writes the line of a client that the handshake refuses; peer and result are
 * NULL where there is no certificate.  Sending an alert is the caller's.
 */
void ngx_auth_cert_alert_refuse(ngx_ssl_conn_t *ssl_conn,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_reason_e reason,
    ngx_auth_cert_peer_t *peer, const ngx_auth_cert_result_t *result);

/* the alert that OpenSSL itself sends for an error in a full handshake */
int ngx_auth_cert_alert_code(long error);


/* ngx_auth_cert_session.c */

/* lets sessions of ctx be resumed only where they can be judged */
ngx_int_t ngx_auth_cert_session_hook(ngx_conf_t *cf, SSL_CTX *ctx);

/*
 * Puts the server, the certificates that the peer sent above the leaf and the
 * sets that did not verify it, if there is a peer, into the session.
 * NGX_OK, NGX_ERROR.
 */
ngx_int_t ngx_auth_cert_session_save(SSL_SESSION *session,
    const ngx_auth_cert_server_t *server, ngx_uint_t asked,
    ngx_auth_cert_peer_t *peer);

/*
 * Takes them out again, into peer->ders, results, asked and too_long.  Returns
 * NGX_DECLINED where the session has none, NGX_ERROR when it is broken.
 */
ngx_int_t ngx_auth_cert_session_load(SSL_SESSION *session,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_peer_t *peer,
    ngx_log_t *log);


/* ngx_auth_cert_session_offer.c */

ngx_int_t ngx_auth_cert_session_offer_init(ngx_log_t *log);

/*
 * Before one that the client offers is looked at.  0, after logging, where
 * there were more than any client has use for.
 */
ngx_uint_t ngx_auth_cert_session_offer_next(SSL *ssl_conn);


/* ngx_auth_cert_session_chain.c */

/* what a session keeps of the certificates above the leaf */

typedef struct {
    ngx_auth_cert_peer_t             *peer;
    ngx_uint_t                        n;          /* places */
    ngx_uint_t                        needed;     /* a bit for each */
    time_t                            until;      /* what is needed holds */
} ngx_auth_cert_session_chain_t;

/*
 * Finds what has to be kept: all, or where that is much, and each set of the
 * server has had its say, what the verified chains are made of.  peer may be
 * NULL.  NGX_OK, NGX_ERROR.
 */
ngx_int_t ngx_auth_cert_session_chain(ngx_auth_cert_session_chain_t *chain,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_peer_t *peer);

/* writes it; returns where it ends */
size_t ngx_auth_cert_session_chain_size(
    const ngx_auth_cert_session_chain_t *chain);
u_char *ngx_auth_cert_session_chain_write(u_char *p,
    const ngx_auth_cert_session_chain_t *chain);

/* into peer->ders, which has room; NGX_ERROR when it is broken */
ngx_int_t ngx_auth_cert_session_chain_read(u_char *p, u_char *last,
    ngx_auth_cert_peer_t *peer);


/* ngx_auth_cert_session_failure.c */

/* 1 where the session will keep this result, which is a failure */
ngx_uint_t ngx_auth_cert_session_failure_kept(const ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_result_t *result);

/* writes the peer's lasting failures, NULL: none; returns where they end */
size_t ngx_auth_cert_session_failure_size(const ngx_auth_cert_peer_t *peer);
u_char *ngx_auth_cert_session_failure_write(u_char *p,
    const ngx_auth_cert_peer_t *peer);

/*
 * NGX_OK where the failures of a session still hold, or there are none;
 * NGX_DECLINED where they are too old, or were found at another security
 * level; NGX_ERROR where they are broken.
 */
ngx_int_t ngx_auth_cert_session_failure_check(const u_char *p,
    const u_char *last, int security_level);

/*
 * Makes results of the peer of those that still hold and are of a set of the
 * server.  Returns where they end; NULL: refuse.
 */
u_char *ngx_auth_cert_session_failure_read(u_char *p, u_char *last,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_peer_t *peer,
    ngx_log_t *log);


/* ngx_auth_cert_warm.c */

/* maps what a handshake needs, in a worker that has just started */
void ngx_auth_cert_warm(ngx_log_t *log);


#endif /* _NGX_AUTH_CERT_SSL_H_INCLUDED_ */
