
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What a TLS session carries of ours: the server it was made for and the
 * certificates the client sent, so that a resumed connection can be judged
 * like the first.  It travels in the session's ticket application data,
 * which OpenSSL keeps in tickets and in session caches alike.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"


/*
 * The data: version, flags, digest of the server; until when the session may
 * be resumed, 8 bytes; the sets that did not verify the client, see
 * ngx_auth_cert_session_failure.c; where a flag says so the digest of the
 * certificates that were sent, which would have to be made again otherwise;
 * then those above the leaf, see ngx_auth_cert_session_chain.c.
 */

#define NGX_AUTH_CERT_SESSION_VERSION   6

#define NGX_AUTH_CERT_SESSION_ASKED     0x01
#define NGX_AUTH_CERT_SESSION_TOO_LONG  0x02
#define NGX_AUTH_CERT_SESSION_DIGEST    0x04

#define NGX_AUTH_CERT_SESSION_SERVER    2
#define NGX_AUTH_CERT_SESSION_UNTIL     (NGX_AUTH_CERT_SESSION_SERVER         \
                                         + NGX_AUTH_CERT_DIGEST_LEN)
#define NGX_AUTH_CERT_SESSION_HEADER    (NGX_AUTH_CERT_SESSION_UNTIL          \
                                         + sizeof(int64_t))


static SSL_TICKET_RETURN ngx_auth_cert_session_decrypted(SSL *ssl_conn,
    SSL_SESSION *session, const u_char *keyname, size_t len,
    SSL_TICKET_STATUS status, void *data);
static SSL_SESSION *ngx_auth_cert_session_get(SSL *ssl_conn,
    const u_char *id, int len, int *copy);
static ngx_uint_t ngx_auth_cert_session_usable(SSL *ssl_conn,
    SSL_SESSION *session);
static ngx_uint_t ngx_auth_cert_session_ended(const u_char *p);
static void ngx_auth_cert_session_client_name(SSL *ssl_conn,
    ngx_str_t *name);


/* index of nginx's own look-up in a shared session cache, on an SSL_CTX */
static int  ngx_auth_cert_session_get_index = -1;


typedef SSL_SESSION *(*ngx_auth_cert_session_get_pt)(SSL *ssl_conn,
    const u_char *id, int len, int *copy);


typedef struct {
    ngx_auth_cert_session_get_pt   get;
} ngx_auth_cert_session_lookup_t;


ngx_int_t
ngx_auth_cert_session_hook(ngx_conf_t *cf, SSL_CTX *ctx)
{
    long                             mode;
    ngx_auth_cert_session_lookup_t  *lookup;

    if (ngx_auth_cert_session_offer_init(cf->log) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_auth_cert_session_get_index == -1) {
        ngx_auth_cert_session_get_index = SSL_CTX_get_ex_new_index(0, NULL,
                                                             NULL, NULL, NULL);

        if (ngx_auth_cert_session_get_index == -1) {
            ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                          "SSL_CTX_get_ex_new_index() failed");
            return NGX_ERROR;
        }
    }

    if (SSL_CTX_set_session_ticket_cb(ctx, NULL,
                                      ngx_auth_cert_session_decrypted, NULL)
        == 0)
    {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "SSL_CTX_set_session_ticket_cb() failed");
        return NGX_ERROR;
    }

    /*
     * OpenSSL's builtin cache cannot be asked before it resumes a session,
     * so sessions are looked up in nginx's shared cache only
     */

    mode = SSL_CTX_get_session_cache_mode(ctx);
    SSL_CTX_set_session_cache_mode(ctx, mode
                                        | SSL_SESS_CACHE_NO_INTERNAL_LOOKUP);

    if (SSL_CTX_sess_get_get_cb(ctx) == NULL) {
        return NGX_OK;
    }

    lookup = ngx_palloc(cf->pool, sizeof(ngx_auth_cert_session_lookup_t));
    if (lookup == NULL) {
        return NGX_ERROR;
    }

    lookup->get = SSL_CTX_sess_get_get_cb(ctx);

    if (SSL_CTX_set_ex_data(ctx, ngx_auth_cert_session_get_index, lookup)
        == 0)
    {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "SSL_CTX_set_ex_data() failed");
        return NGX_ERROR;
    }

    SSL_CTX_sess_set_get_cb(ctx, ngx_auth_cert_session_get);

    return NGX_OK;
}


/* called with every ticket that a client offers */

static SSL_TICKET_RETURN
ngx_auth_cert_session_decrypted(SSL *ssl_conn, SSL_SESSION *session,
    const u_char *keyname, size_t len, SSL_TICKET_STATUS status, void *data)
{
    /*
     * OpenSSL decodes no others of a client that is to have no tickets.  To
     * abort is no way out: it would lose the session.
     */

    if (!ngx_auth_cert_session_offer_next(ssl_conn)) {
        SSL_set_options(ssl_conn, SSL_OP_NO_TICKET);
        return SSL_TICKET_RETURN_IGNORE;
    }

    switch (status) {

    case SSL_TICKET_SUCCESS:
        if (ngx_auth_cert_session_usable(ssl_conn, session)) {
            return SSL_TICKET_RETURN_USE;
        }
        break;

    case SSL_TICKET_SUCCESS_RENEW:
        if (ngx_auth_cert_session_usable(ssl_conn, session)) {
            return SSL_TICKET_RETURN_USE_RENEW;
        }
        break;

    default:
        /* no ticket, or none of ours: a full handshake and a new one */
        break;
    }

    return SSL_TICKET_RETURN_IGNORE_RENEW;
}


/* called for a session that is looked up in the shared cache */

static SSL_SESSION *
ngx_auth_cert_session_get(SSL *ssl_conn, const u_char *id, int len, int *copy)
{
    SSL_CTX                         *ctx;
    SSL_SESSION                     *session;
    ngx_connection_t                *c;
    ngx_auth_cert_session_lookup_t  *lookup;

    c = ngx_ssl_get_connection(ssl_conn);

    /* OpenSSL looks sessions up by the context it started with */

    ctx = c->ssl->session_ctx;

    lookup = SSL_CTX_get_ex_data(ctx, ngx_auth_cert_session_get_index);

    if (lookup == NULL || !ngx_auth_cert_session_offer_next(ssl_conn)) {
        return NULL;
    }

    session = lookup->get(ssl_conn, id, len, copy);
    if (session == NULL) {
        return NULL;
    }

    if (ngx_auth_cert_session_usable(ssl_conn, session)) {
        return session;
    }

    if (*copy == 0) {
        SSL_SESSION_free(session);
    }

    return NULL;
}


/*
 * A session may be resumed only under the server name it was made for, as
 * RFC 6066, section 3 demands and OpenSSL does not check, and only at a
 * server that asks for a certificate as that one did: another one may have
 * other CAs (CVE-2025-23419), or want a certificate that the client was never
 * asked for.  A session that is not marked by us came from a server without
 * the module, the client's intermediates are not in it.  And a client that
 * did not verify a while ago may do so in a full handshake.
 */

static ngx_uint_t
ngx_auth_cert_session_usable(SSL *ssl_conn, SSL_SESSION *session)
{
    void                          *data;
    u_char                        *p;
    size_t                         len;
    ngx_str_t                      name;
    const char                    *hostname;
    const ngx_auth_cert_server_t  *server;

    if (SSL_SESSION_get0_ticket_appdata(session, &data, &len) == 0) {
        return 0;
    }

    p = data;

    if (len < NGX_AUTH_CERT_SESSION_HEADER
        || p[0] != NGX_AUTH_CERT_SESSION_VERSION
        || ngx_auth_cert_session_ended(p + NGX_AUTH_CERT_SESSION_UNTIL))
    {
        return 0;
    }

    if (ngx_auth_cert_session_failure_check(p + NGX_AUTH_CERT_SESSION_HEADER,
                                            p + len,
                                            SSL_get_security_level(ssl_conn))
        != NGX_OK)
    {
        return 0;
    }

    ngx_auth_cert_session_client_name(ssl_conn, &name);

    hostname = SSL_SESSION_get0_hostname(session);

    if (hostname == NULL) {
        hostname = "";
    }

    if (ngx_strlen(hostname) != name.len
        || ngx_strncasecmp((u_char *) hostname, name.data, name.len) != 0)
    {
        return 0;
    }

    server = ngx_auth_cert_ssl_find(ssl_conn, &name);

    return server && ngx_memcmp(p + NGX_AUTH_CERT_SESSION_SERVER,
                                server->digest, NGX_AUTH_CERT_DIGEST_LEN)
                     == 0;
}


/* a signed number: the seconds of a time_t, the highest byte first */

static ngx_uint_t
ngx_auth_cert_session_ended(const u_char *p)
{
    uint64_t    until;
    ngx_uint_t  i;

    until = 0;

    for (i = 0; i < sizeof(int64_t); i++) {
        until = (until << 8) + p[i];
    }

    return (int64_t) ngx_time() >= (int64_t) until;
}


/*
 * The name in the ClientHello; sessions are looked up before OpenSSL parses
 * it.  RFC 6066, section 3: a list of 2 bytes length, in it a type, a length
 * of 2 bytes and the name.
 */

static void
ngx_auth_cert_session_client_name(SSL *ssl_conn, ngx_str_t *name)
{
    size_t         len;
    const u_char  *p;

    ngx_str_null(name);

    if (SSL_client_hello_get0_ext(ssl_conn, TLSEXT_TYPE_server_name, &p, &len)
        == 0)
    {
        return;
    }

    if (len <= 5 || p[2] != TLSEXT_NAMETYPE_host_name
        || (size_t) (p[3] << 8) + p[4] + 5 != len)
    {
        return;
    }

    name->data = (u_char *) p + 5;
    name->len = len - 5;
}


ngx_int_t
ngx_auth_cert_session_save(SSL_SESSION *session,
    const ngx_auth_cert_server_t *server, ngx_uint_t asked,
    ngx_auth_cert_peer_t *peer)
{
    int                             rc;
    u_char                         *data, *p;
    size_t                          size;
    ngx_uint_t                      i, too_long, digested;
    ngx_auth_cert_session_chain_t   chain;

    if (ngx_auth_cert_session_chain(&chain, server, peer) != NGX_OK) {
        return NGX_ERROR;
    }

    too_long = (peer && peer->too_long);
    digested = (peer && !too_long && peer->digested);

    size = NGX_AUTH_CERT_SESSION_HEADER
           + ngx_auth_cert_session_failure_size(peer)
           + (digested ? NGX_AUTH_CERT_DIGEST_LEN : 0)
           + ngx_auth_cert_session_chain_size(&chain);

    data = ngx_alloc(size, ngx_cycle->log);
    if (data == NULL) {
        return NGX_ERROR;
    }

    p = data;

    *p++ = NGX_AUTH_CERT_SESSION_VERSION;
    *p++ = (asked ? NGX_AUTH_CERT_SESSION_ASKED : 0)
           | (too_long ? NGX_AUTH_CERT_SESSION_TOO_LONG : 0)
           | (digested ? NGX_AUTH_CERT_SESSION_DIGEST : 0);

    p = ngx_cpymem(p, server->digest, NGX_AUTH_CERT_DIGEST_LEN);

    for (i = 0; i < sizeof(int64_t); i++) {
        *p++ = (u_char) ((int64_t) chain.until >> (56 - 8 * i));
    }

    p = ngx_auth_cert_session_failure_write(p, peer);

    if (digested) {
        p = ngx_cpymem(p, peer->digest, NGX_AUTH_CERT_DIGEST_LEN);
    }

    ngx_auth_cert_session_chain_write(p, &chain);

    rc = SSL_SESSION_set1_ticket_appdata(session, data, size);

    ngx_free(data);

    return (rc == 1) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_auth_cert_session_load(SSL_SESSION *session,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_peer_t *peer,
    ngx_log_t *log)
{
    void        *data;
    u_char      *p, *last;
    size_t       len;
    ngx_uint_t   flags;

    if (SSL_SESSION_get0_ticket_appdata(session, &data, &len) == 0
        || len < NGX_AUTH_CERT_SESSION_HEADER)
    {
        return NGX_DECLINED;
    }

    /* the session may end before the connection */

    p = ngx_pnalloc(peer->pool, len);
    peer->ders = ngx_palloc(peer->pool,
                            NGX_AUTH_CERT_MAX_CHAIN * sizeof(ngx_str_t));

    if (p == NULL || peer->ders == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, data, len);
    last = p + len;

    flags = p[1];

    peer->asked = (flags & NGX_AUTH_CERT_SESSION_ASKED)
                  && ngx_memcmp(p + NGX_AUTH_CERT_SESSION_SERVER,
                                server->digest,
                                NGX_AUTH_CERT_DIGEST_LEN)
                     == 0;

    peer->too_long = (flags & NGX_AUTH_CERT_SESSION_TOO_LONG) ? 1 : 0;

    p = ngx_auth_cert_session_failure_read(p + NGX_AUTH_CERT_SESSION_HEADER,
                                           last, server, peer, log);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (flags & NGX_AUTH_CERT_SESSION_DIGEST) {

        if (last - p < NGX_AUTH_CERT_DIGEST_LEN) {
            return NGX_ERROR;
        }

        ngx_memcpy(peer->digest, p, NGX_AUTH_CERT_DIGEST_LEN);
        peer->digested = 1;

        p += NGX_AUTH_CERT_DIGEST_LEN;
    }

    return ngx_auth_cert_session_chain_read(p, last, peer);
}
