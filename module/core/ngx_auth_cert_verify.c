
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What each trust set says of a peer: verified once, found out again when
 * time has passed, or CAs or CRLs have changed.
 */


#include "ngx_auth_cert_zone.h"


static void ngx_auth_cert_verify_ocsp(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result);
static ngx_int_t ngx_auth_cert_verify_update(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result, ngx_log_t *log);
static ngx_int_t ngx_auth_cert_verify_chain(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result, ngx_log_t *log);
static ngx_int_t ngx_auth_cert_verify_key(ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_result_t *result, u_char *key);
static ngx_int_t ngx_auth_cert_verify_keep(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result, const ngx_auth_cert_chain_t *chain);
static void ngx_auth_cert_verify_conclude(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result, ngx_log_t *log);
static X509 *ngx_auth_cert_verify_cert(void *data, ngx_uint_t i);


/* what a look-up in CRLs may need */

typedef struct {
    ngx_auth_cert_peer_t             *peer;
    const ngx_auth_cert_result_t     *result;
} ngx_auth_cert_verify_lookup_t;


ngx_auth_cert_result_t *
ngx_auth_cert_peer_verify(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_trust_t **trusts, ngx_uint_t n, int security_level,
    ngx_uint_t ocsp, ngx_log_t *log)
{
    ngx_uint_t               i;
    ngx_auth_cert_result_t  *result, *failed;

    failed = NULL;

    if (security_level == NGX_AUTH_CERT_HANDSHAKE) {
        security_level = peer->security_level;
    }

    for (i = 0; i < n; i++) {
        result = ngx_auth_cert_peer_result(peer, trusts[i], security_level,
                                           ocsp);

        if (result == NULL
            || ngx_auth_cert_verify_update(peer, result, log) != NGX_OK)
        {
            return NULL;
        }

        if (ocsp) {
            ngx_auth_cert_verify_ocsp(peer, result);
        }

        if (result->error == X509_V_OK) {
            return result;
        }

        /* "expired" by one set says more than "unknown CA" by another */

        if (failed == NULL
            || (ngx_auth_cert_trust_unknown_ca(failed->error)
                && !ngx_auth_cert_trust_unknown_ca(result->error)))
        {
            failed = result;
        }
    }

    return failed;
}


ngx_auth_cert_result_t *
ngx_auth_cert_peer_result(ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_trust_t *trust, int security_level, ngx_uint_t ocsp)
{
    ngx_auth_cert_result_t  *result;

    for (result = peer->results; result; result = result->next) {
        if (result->trust == trust
            && result->security_level == security_level
            && result->ocsp == ocsp)
        {
            return result;
        }
    }

    result = ngx_pcalloc(peer->pool, sizeof(ngx_auth_cert_result_t));
    if (result == NULL) {
        return NULL;
    }

    result->trust = trust;
    result->security_level = security_level;
    result->ocsp = ocsp;
    result->error = X509_V_ERR_UNSPECIFIED;
    result->verified = X509_V_ERR_UNSPECIFIED;
    result->next = peer->results;

    peer->results = result;

    return result;
}


/*
 * The status that nginx got of an OCSP responder.  nginx itself refuses a
 * client by it, but with a status that "error_page" leads elsewhere, and it
 * asks nobody where the handshake was that of a server without "ssl_ocsp".
 */

static void
ngx_auth_cert_verify_ocsp(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result)
{
    const char        *status;
    ngx_connection_t  *c;

    if (result->error != X509_V_OK) {
        return;
    }

    c = ngx_ssl_get_connection(peer->ssl_conn);

    if (c->ssl->ocsp == NULL) {
        result->error = X509_V_ERR_OCSP_VERIFY_NEEDED;

    } else if (ngx_ssl_ocsp_get_status(c, &status) == NGX_OK) {
        return;

    } else if (ngx_strcmp(status, "certificate revoked") == 0) {
        result->error = X509_V_ERR_CERT_REVOKED;

    } else {
        result->error = X509_V_ERR_OCSP_VERIFY_FAILED;
    }

    result->generation++;
}


static ngx_int_t
ngx_auth_cert_verify_update(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result, ngx_log_t *log)
{
    time_t                        now;
    ngx_atomic_uint_t             epoch;
    const ngx_auth_cert_trust_t  *trust;

    now = ngx_time();
    trust = result->trust;

    if (trust->zone) {
        ngx_auth_cert_zone_apply(trust->zone, log);
        epoch = *trust->zone->generation;

    } else {
        epoch = 0;
    }

    if (result->version == trust->version && result->epoch == epoch
        && now >= result->since && now < result->until)
    {
        return NGX_OK;
    }

    /* revocation alone may have changed */

    if (result->version != trust->version
        || (result->verified == X509_V_OK
            ? (now < result->chain.since || now >= result->chain.until)
            : now >= result->until))
    {
        if (ngx_auth_cert_verify_chain(peer, result, log) != NGX_OK) {
            result->version = 0;
            result->error = X509_V_ERR_OUT_OF_MEM;
            result->generation++;
            return NGX_ERROR;
        }
    }

    result->version = trust->version;
    result->epoch = epoch;

    ngx_auth_cert_verify_conclude(peer, result, log);

    if (result->error == X509_V_ERR_OUT_OF_MEM) {

        /* of the check for revocation; again at the next request */

        result->version = 0;
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* sets verified and chain, from the cache if it is there */

static ngx_int_t
ngx_auth_cert_verify_chain(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result, ngx_log_t *log)
{
    u_char                        key[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_uint_t                    cacheable;
    STACK_OF(X509)               *untrusted;
    ngx_auth_cert_chain_t         chain;
    ngx_auth_cert_chain_cert_t    certs[NGX_AUTH_CERT_MAX_VERIFIED];
    const ngx_auth_cert_trust_t  *trust;

    trust = result->trust;
    chain.certs = certs;

    result->chain.n = 0;

    if (peer->too_long) {
        result->verified = X509_V_ERR_CERT_CHAIN_TOO_LONG;
        return NGX_OK;
    }

    cacheable = (trust->zone && trust->zone->cache_time
                 && ngx_auth_cert_verify_key(peer, result, key) == NGX_OK);

    if (cacheable
        && ngx_auth_cert_cache_get(trust->zone, key, &chain, certs) == NGX_OK)
    {
        ngx_log_debug1(NGX_LOG_DEBUG_EVENT, log, 0,
                       "auth_cert trust \"%V\": cached", &trust->name);

        result->verified = X509_V_OK;

        return ngx_auth_cert_verify_keep(peer, result, &chain);
    }

    untrusted = ngx_auth_cert_peer_untrusted(peer, log);

    if (untrusted == NULL
        || ngx_auth_cert_trust_verify(trust, peer->cert, untrusted,
                                      result->security_level, log, &chain,
                                      &result->verified)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (result->verified != X509_V_OK) {
        return NGX_OK;
    }

    if (cacheable) {
        ngx_auth_cert_cache_put(trust->zone, key, &chain);
    }

    return ngx_auth_cert_verify_keep(peer, result, &chain);
}


/* all that the outcome depends on, time aside */

static ngx_int_t
ngx_auth_cert_verify_key(ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_result_t *result, u_char *key)
{
    u_char  text[2 * NGX_AUTH_CERT_DIGEST_LEN + sizeof(int) + 1], *p;

    if (ngx_auth_cert_peer_digest(peer) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(text, result->trust->digest, NGX_AUTH_CERT_DIGEST_LEN);
    p = ngx_cpymem(p, peer->digest, NGX_AUTH_CERT_DIGEST_LEN);
    p = ngx_cpymem(p, &result->security_level, sizeof(int));

    /* only with CRLs a chain holds what is looked up in them */

    *p = (result->trust->crls.nelts != 0);

    return (EVP_Digest(text, sizeof(text), key, NULL, EVP_sha256(), NULL) == 1)
           ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_auth_cert_peer_digest(ngx_auth_cert_peer_t *peer)
{
    ngx_int_t    rc;
    ngx_uint_t   i;
    EVP_MD_CTX  *md;

    if (peer->digested) {
        return NGX_OK;
    }

    if (peer->nders == 0) {
        rc = ngx_auth_cert_identity_digest(peer->cert, peer->digest);
        peer->digested = (rc == NGX_OK);
        return rc;
    }

    rc = NGX_ERROR;
    md = EVP_MD_CTX_new();

    if (md == NULL
        || ngx_auth_cert_identity_digest(peer->cert, peer->digest) != NGX_OK
        || EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 0
        || EVP_DigestUpdate(md, peer->digest, NGX_AUTH_CERT_DIGEST_LEN) == 0)
    {
        goto done;
    }

    /* DER tells its own length: no two sequences are the same bytes */

    for (i = 0; i < peer->nders; i++) {
        if (EVP_DigestUpdate(md, peer->ders[i].data, peer->ders[i].len) == 0) {
            goto done;
        }
    }

    if (EVP_DigestFinal_ex(md, peer->digest, NULL) == 1) {
        peer->digested = 1;
        rc = NGX_OK;
    }

done:

    EVP_MD_CTX_free(md);

    return rc;
}


/* the memory of an earlier chain is used again */

static ngx_int_t
ngx_auth_cert_verify_keep(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result, const ngx_auth_cert_chain_t *chain)
{
    ngx_auth_cert_chain_cert_t  *certs;

    certs = result->chain.certs;

    if (result->room < chain->n) {
        certs = ngx_palloc(peer->pool,
                           chain->n * sizeof(ngx_auth_cert_chain_cert_t));
        if (certs == NULL) {
            return NGX_ERROR;
        }

        result->room = chain->n;
    }

    ngx_memcpy(certs, chain->certs,
               chain->n * sizeof(ngx_auth_cert_chain_cert_t));

    result->chain = *chain;
    result->chain.certs = certs;

    peer->usage = chain->usage;

    ngx_hex_dump(result->anchor, (u_char *) chain->anchor,
                 NGX_AUTH_CERT_DIGEST_LEN);

    ngx_str_null(&result->chain_rfc9440);
    result->generation++;

    return NGX_OK;
}


/* the error, and the span in which it holds */

static void
ngx_auth_cert_verify_conclude(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_result_t *result, ngx_log_t *log)
{
    long                           error;
    ngx_auth_cert_verify_lookup_t  lookup;

    error = result->verified;

    result->since = 0;
    result->until = NGX_MAX_TIME_T_VALUE;

    if (error == X509_V_OK) {
        result->since = result->chain.since;
        result->until = result->chain.until;

        if (result->trust->crls.nelts) {
            lookup.peer = peer;
            lookup.result = result;

            error = ngx_auth_cert_revocation_check(result->trust,
                                                   &result->chain,
                                                   ngx_auth_cert_verify_cert,
                                                   &lookup, &result->until);
        }

    } else if (error == X509_V_ERR_CERT_NOT_YET_VALID
               || error == X509_V_ERR_CRL_NOT_YET_VALID)
    {
        /* waiting cures these; they are tried again once a second */

        result->until = ngx_time() + 1;
    }

    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, log, 0,
                   "auth_cert trust \"%V\": %l:%s", &result->trust->name,
                   error, X509_verify_cert_error_string(error));

    if (result->error != error) {
        result->error = error;
        result->generation++;
    }
}


static X509 *
ngx_auth_cert_verify_cert(void *data, ngx_uint_t i)
{
    ngx_auth_cert_verify_lookup_t *lookup = data;

    return ngx_auth_cert_peer_cert(lookup->peer, lookup->result, i,
                                   ngx_cycle->log);
}


ngx_auth_cert_result_t *
ngx_auth_cert_peer_verified(ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_trust_t *trust, long error, STACK_OF(X509) *verified,
    ngx_log_t *log)
{
    ngx_auth_cert_chain_t        chain;
    ngx_auth_cert_result_t      *result;
    ngx_auth_cert_chain_cert_t   certs[NGX_AUTH_CERT_MAX_VERIFIED];

    result = ngx_auth_cert_peer_result(peer, trust, peer->security_level, 0);
    if (result == NULL) {
        return NULL;
    }

    chain.certs = certs;

    if (error == X509_V_OK
        && ngx_auth_cert_trust_chain(trust, peer->cert, peer->untrusted,
                                     verified, log, &chain, &error)
           != NGX_OK)
    {
        return NULL;
    }

    if (error == X509_V_OK
        && ngx_auth_cert_verify_keep(peer, result, &chain) != NGX_OK)
    {
        return NULL;
    }

    result->verified = error;
    result->version = trust->version;
    result->epoch = 0;

    ngx_auth_cert_verify_conclude(peer, result, log);

    return result;
}
