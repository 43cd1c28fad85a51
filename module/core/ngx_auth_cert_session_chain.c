
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The certificates in a session that were sent above the leaf, which OpenSSL
 * itself keeps.  A hostile client can send far more than its chain needs, and
 * would make each connection that resumes the session carry them.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"


/*
 * The data: for each certificate a length of 3 bytes and its DER encoding.
 * What is left out has a length of 0: the cache of the zone knows those of a
 * chain by their places.
 */

#define NGX_AUTH_CERT_SESSION_CHAIN_LEN  3

/*
 * Bytes.  A few certificates that no chain needs are kept: with them an open
 * connection is let in when CAs change and others lead to the new ones.
 */
#define NGX_AUTH_CERT_SESSION_SPARE      8192


static ngx_int_t ngx_auth_cert_session_chain_needed(
    const ngx_auth_cert_trust_t *trust, ngx_auth_cert_session_chain_t *chain);
static ngx_uint_t ngx_auth_cert_session_chain_spare(
    const ngx_auth_cert_session_chain_t *chain);


ngx_int_t
ngx_auth_cert_session_chain(ngx_auth_cert_session_chain_t *chain,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_peer_t *peer)
{
    ngx_int_t                rc;
    ngx_uint_t               i;
    ngx_auth_cert_trust_t  **trusts;

    chain->peer = peer;
    chain->n = (peer && !peer->too_long) ? peer->nders : 0;
    chain->needed = 0;
    chain->until = NGX_MAX_TIME_T_VALUE;

    rc = server->native
         ? ngx_auth_cert_session_chain_needed(server->native, chain) : NGX_OK;

    trusts = server->trusts.elts;

    for (i = 0; rc == NGX_OK && i < server->trusts.nelts; i++) {
        rc = ngx_auth_cert_session_chain_needed(trusts[i], chain);
    }

    if (rc == NGX_OK
        && ngx_auth_cert_session_chain_spare(chain)
           > NGX_AUTH_CERT_SESSION_SPARE)
    {
        /* the digest of all cannot be made of what is left */

        return ngx_auth_cert_peer_digest(peer);
    }

    /* all are kept, for as long as the session lasts */

    chain->needed = (1 << chain->n) - 1;
    chain->until = NGX_MAX_TIME_T_VALUE;

    return NGX_OK;
}


/* NGX_DECLINED where the set may need any of them later */

static ngx_int_t
ngx_auth_cert_session_chain_needed(const ngx_auth_cert_trust_t *trust,
    ngx_auth_cert_session_chain_t *chain)
{
    uint16_t                 where;
    ngx_uint_t               i;
    ngx_auth_cert_result_t  *result;

    if (chain->n == 0) {
        return NGX_DECLINED;
    }

    result = ngx_auth_cert_peer_result(chain->peer, trust,
                                       chain->peer->security_level, 0);
    if (result == NULL) {
        return NGX_DECLINED;
    }

    if (result->verified != X509_V_OK) {
        return ngx_auth_cert_session_failure_kept(chain->peer, result)
               ? NGX_OK : NGX_DECLINED;
    }

    for (i = 0; i < result->chain.n; i++) {
        where = result->chain.certs[i].where;

        if (where != NGX_AUTH_CERT_CHAIN_LEAF
            && !(where & NGX_AUTH_CERT_CHAIN_CA))
        {
            chain->needed |= 1 << (where - 1);
        }
    }

    chain->until = ngx_min(chain->until, result->chain.until);

    return NGX_OK;
}


/* bytes of those that are not needed */

static ngx_uint_t
ngx_auth_cert_session_chain_spare(const ngx_auth_cert_session_chain_t *chain)
{
    ngx_uint_t  i, spare;

    spare = 0;

    for (i = 0; i < chain->n; i++) {
        if (!(chain->needed & (1 << i))) {
            spare += chain->peer->ders[i].len;
        }
    }

    return spare;
}


size_t
ngx_auth_cert_session_chain_size(const ngx_auth_cert_session_chain_t *chain)
{
    size_t      size;
    ngx_uint_t  i;

    size = chain->n * NGX_AUTH_CERT_SESSION_CHAIN_LEN;

    for (i = 0; i < chain->n; i++) {
        if (chain->needed & (1 << i)) {
            size += chain->peer->ders[i].len;
        }
    }

    return size;
}


u_char *
ngx_auth_cert_session_chain_write(u_char *p,
    const ngx_auth_cert_session_chain_t *chain)
{
    size_t            len;
    ngx_uint_t        i;
    const ngx_str_t  *ders;

    for (i = 0; i < chain->n; i++) {
        ders = chain->peer->ders;
        len = (chain->needed & (1 << i)) ? ders[i].len : 0;

        *p++ = (u_char) (len >> 16);
        *p++ = (u_char) (len >> 8);
        *p++ = (u_char) len;

        p = ngx_cpymem(p, ders[i].data, len);
    }

    return p;
}


ngx_int_t
ngx_auth_cert_session_chain_read(u_char *p, u_char *last,
    ngx_auth_cert_peer_t *peer)
{
    size_t  size;

    while (p < last) {

        if (last - p < NGX_AUTH_CERT_SESSION_CHAIN_LEN
            || peer->nders == NGX_AUTH_CERT_MAX_CHAIN)
        {
            return NGX_ERROR;
        }

        size = ((size_t) p[0] << 16) + ((size_t) p[1] << 8) + p[2];
        p += NGX_AUTH_CERT_SESSION_CHAIN_LEN;

        if ((size_t) (last - p) < size) {
            return NGX_ERROR;
        }

        peer->ders[peer->nders].data = p;
        peer->ders[peer->nders].len = size;
        peer->nders++;

        p += size;
    }

    return NGX_OK;
}
