
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The sets that did not verify a client, in its session: chains of a hostile
 * client cost most where they lead nowhere, and need not be built again with
 * each connection that resumes it.  Success is not kept here, the cache of
 * the zone has it.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"


/*
 * The data: how many there are, one byte.  If there are any, the time at
 * which they were found, 8 bytes, and for each the digest of the set, the
 * security level, one byte, and the error, 2 bytes.
 */

#define NGX_AUTH_CERT_FAILURE_HEADER  9
#define NGX_AUTH_CERT_FAILURE_LEN     (NGX_AUTH_CERT_DIGEST_LEN + 3)

/* what there are more of is verified with each connection */
#define NGX_AUTH_CERT_FAILURES        16

/*
 * Seconds.  Of two CAs of one name OpenSSL takes the one that is valid: what
 * failed by one may be verified by the other when that one has ended.
 */
#define NGX_AUTH_CERT_FAILURE_TIME    300


static ngx_uint_t ngx_auth_cert_session_failure_lasts(
    const ngx_auth_cert_result_t *result);
static ngx_uint_t ngx_auth_cert_session_failure_count(
    const ngx_auth_cert_peer_t *peer);
static const ngx_auth_cert_trust_t *ngx_auth_cert_session_failure_trust(
    const ngx_auth_cert_server_t *server, const u_char *digest);


/* not what time, memory or another CRL of ssl_crl cures */

static ngx_uint_t
ngx_auth_cert_session_failure_lasts(const ngx_auth_cert_result_t *result)
{
    if (result->ocsp) {
        return 0;
    }

    switch (result->verified) {

    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:
    case X509_V_ERR_OUT_OF_MEM:
    case X509_V_ERR_STORE_LOOKUP:
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_REVOKED:
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
        return 0;

    default:
        return 1;
    }
}


static ngx_uint_t
ngx_auth_cert_session_failure_count(const ngx_auth_cert_peer_t *peer)
{
    ngx_uint_t               n;
    ngx_auth_cert_result_t  *result;

    /* too long a chain is known without verifying it */

    if (peer == NULL || peer->too_long) {
        return 0;
    }

    n = 0;

    for (result = peer->results; result; result = result->next) {
        if (ngx_auth_cert_session_failure_lasts(result)) {
            n++;
        }
    }

    return ngx_min(n, NGX_AUTH_CERT_FAILURES);
}


ngx_uint_t
ngx_auth_cert_session_failure_kept(const ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_result_t *result)
{
    ngx_uint_t               n;
    ngx_auth_cert_result_t  *one;

    n = ngx_auth_cert_session_failure_count(peer);

    for (one = peer->results; one && n; one = one->next) {

        if (!ngx_auth_cert_session_failure_lasts(one)) {
            continue;
        }

        if (one == result) {
            return 1;
        }

        n--;
    }

    return 0;
}


size_t
ngx_auth_cert_session_failure_size(const ngx_auth_cert_peer_t *peer)
{
    ngx_uint_t  n;

    n = ngx_auth_cert_session_failure_count(peer);

    return n ? NGX_AUTH_CERT_FAILURE_HEADER + n * NGX_AUTH_CERT_FAILURE_LEN
             : 1;
}


u_char *
ngx_auth_cert_session_failure_write(u_char *p, const ngx_auth_cert_peer_t *peer)
{
    uint64_t                 now;
    ngx_uint_t               i, n;
    ngx_auth_cert_result_t  *result;

    n = ngx_auth_cert_session_failure_count(peer);

    *p++ = (u_char) n;

    if (n == 0) {
        return p;
    }

    now = (uint64_t) ngx_time();

    for (i = 0; i < sizeof(uint64_t); i++) {
        *p++ = (u_char) (now >> (56 - 8 * i));
    }

    for (result = peer->results; n; result = result->next) {

        if (!ngx_auth_cert_session_failure_lasts(result)) {
            continue;
        }

        p = ngx_cpymem(p, result->trust->digest, NGX_AUTH_CERT_DIGEST_LEN);

        *p++ = (u_char) result->security_level;
        *p++ = (u_char) (result->verified >> 8);
        *p++ = (u_char) result->verified;

        n--;
    }

    return p;
}


ngx_int_t
ngx_auth_cert_session_failure_check(const u_char *p, const u_char *last,
    int security_level)
{
    time_t      now;
    uint64_t    found;
    ngx_uint_t  i, n;

    if (p == last) {
        return NGX_ERROR;
    }

    n = p[0];

    if (n == 0) {
        return NGX_OK;
    }

    if ((size_t) (last - p) < NGX_AUTH_CERT_FAILURE_HEADER
                              + n * NGX_AUTH_CERT_FAILURE_LEN)
    {
        return NGX_ERROR;
    }

    found = 0;

    for (i = 1; i <= sizeof(uint64_t); i++) {
        found = (found << 8) + p[i];
    }

    p += NGX_AUTH_CERT_FAILURE_HEADER;

    for (i = 0; i < n; i++) {
        if (p[i * NGX_AUTH_CERT_FAILURE_LEN + NGX_AUTH_CERT_DIGEST_LEN]
            != security_level)
        {
            return NGX_DECLINED;
        }
    }

    now = ngx_time();

    return ((time_t) found <= now
            && now - (time_t) found < NGX_AUTH_CERT_FAILURE_TIME)
           ? NGX_OK : NGX_DECLINED;
}


u_char *
ngx_auth_cert_session_failure_read(u_char *p, u_char *last,
    const ngx_auth_cert_server_t *server, ngx_auth_cert_peer_t *peer,
    ngx_log_t *log)
{
    long                          error;
    ngx_int_t                     rc;
    ngx_uint_t                    n;
    const ngx_auth_cert_trust_t  *trust;

    rc = ngx_auth_cert_session_failure_check(p, last, peer->security_level);

    if (rc == NGX_ERROR) {
        return NULL;
    }

    n = *p++;

    if (n) {
        p += NGX_AUTH_CERT_FAILURE_HEADER - 1;
    }

    for ( /* void */ ; n; n--) {

        trust = ngx_auth_cert_session_failure_trust(server, p);
        p += NGX_AUTH_CERT_DIGEST_LEN;

        error = ((long) p[1] << 8) + p[2];

        if (rc == NGX_OK && trust && error != X509_V_OK
            && ngx_auth_cert_peer_verified(peer, trust, error, NULL, log)
               == NULL)
        {
            return NULL;
        }

        p += 3;
    }

    return p;
}


/* the server's set of this digest, as it is now, or NULL */

static const ngx_auth_cert_trust_t *
ngx_auth_cert_session_failure_trust(const ngx_auth_cert_server_t *server,
    const u_char *digest)
{
    ngx_uint_t               i;
    ngx_auth_cert_trust_t  **trusts;

    if (server->native
        && ngx_memcmp(server->native->digest, digest,
                      NGX_AUTH_CERT_DIGEST_LEN)
           == 0)
    {
        return server->native;
    }

    trusts = server->trusts.elts;

    for (i = 0; i < server->trusts.nelts; i++) {
        if (ngx_memcmp(trusts[i]->digest, digest, NGX_AUTH_CERT_DIGEST_LEN)
            == 0)
        {
            return trusts[i];
        }
    }

    return NULL;
}
