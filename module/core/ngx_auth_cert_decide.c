
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The verdict of one location or server on a peer: trust first, then the
 * policies, kept for the connection where it cannot change.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"
#include "ngx_auth_cert_zone.h"


static void ngx_auth_cert_decide_verdict(
    const ngx_auth_cert_decider_t *decider, void *request, ngx_pool_t *pool,
    ngx_log_t *log, ngx_auth_cert_decision_t *decision);
static ngx_uint_t ngx_auth_cert_decide_preconditions(
    const ngx_auth_cert_decider_t *decider,
    ngx_auth_cert_decision_t *decision);
static ngx_uint_t ngx_auth_cert_decide_asked(
    const ngx_auth_cert_decider_t *decider, const ngx_auth_cert_peer_t *peer);
static void ngx_auth_cert_decide_policies(
    const ngx_auth_cert_decider_t *decider, void *request, ngx_pool_t *pool,
    ngx_log_t *log, ngx_auth_cert_decision_t *decision);


ngx_int_t
ngx_auth_cert_decide_identity(const ngx_auth_cert_decider_t *decider,
    ngx_auth_cert_peer_t *peer, ngx_log_t *log,
    ngx_auth_cert_decision_t *decision)
{
    time_t                   now;
    ngx_atomic_uint_t        epoch;
    ngx_auth_cert_result_t  *result;

    decision->peer = peer;
    decision->result = NULL;
    decision->identity = NULL;

    if (peer == NULL || peer->cert == NULL || decider->ntrusts == 0) {
        return NGX_OK;
    }

    /*
     * the same question as the last time, which is most often so; another
     * decider may have verified again since then, and found an error
     */

    epoch = *decider->zone->generation;

    if (peer->decider == decider && peer->epoch == epoch) {
        result = peer->result;
        now = ngx_time();

        if (result->error == X509_V_OK
            && now >= result->since && now < result->until)
        {
            decision->result = result;
            decision->identity = peer->identity;
            return NGX_OK;
        }
    }

    peer->decider = NULL;

    result = ngx_auth_cert_peer_verify(peer, decider->trusts,
                                       decider->ntrusts,
                                       decider->security_level,
                                       decider->ocsp, log);
    if (result == NULL) {
        return NGX_ERROR;
    }

    decision->result = result;

    if (result->error != X509_V_OK) {
        return NGX_OK;
    }

    decision->identity = ngx_auth_cert_peer_identity(peer, log);

    if (decision->identity == NULL) {
        return NGX_ERROR;
    }

    peer->decider = decider;
    peer->result = result;
    peer->epoch = epoch;

    return NGX_OK;
}


void
ngx_auth_cert_decide(const ngx_auth_cert_decider_t *decider,
    ngx_auth_cert_peer_t *peer, void *request, ngx_pool_t *pool,
    ngx_log_t *log, ngx_auth_cert_decision_t *decision)
{
    ngx_atomic_uint_t               epoch;
    const ngx_auth_cert_verdict_t  *kept;

    ngx_memzero(&decision->verdict, sizeof(ngx_auth_cert_verdict_t));

    if (ngx_auth_cert_decide_identity(decider, peer, log, decision) != NGX_OK)
    {
        decision->verdict.reason = NGX_AUTH_CERT_REASON_ERROR;
        return;
    }

    if (peer == NULL || decider->dynamic) {
        ngx_auth_cert_decide_verdict(decider, request, pool, log, decision);
        return;
    }

    epoch = *decider->zone->generation;

    kept = ngx_auth_cert_decide_kept(peer, decider, decision->result, epoch);

    if (kept) {
        decision->verdict = *kept;
        return;
    }

    ngx_auth_cert_decide_verdict(decider, NULL, pool, log, decision);

    ngx_auth_cert_decide_keep(peer, decider, decision->result, epoch,
                              &decision->verdict);
}


static void
ngx_auth_cert_decide_verdict(const ngx_auth_cert_decider_t *decider,
    void *request, ngx_pool_t *pool, ngx_log_t *log,
    ngx_auth_cert_decision_t *decision)
{
    if (!ngx_auth_cert_decide_preconditions(decider, decision)) {
        return;
    }

    if (decider->npolicies == 0) {
        decision->verdict.allow = (decision->identity || decider->admits);
        decision->verdict.reason = decision->identity
                                   ? NGX_AUTH_CERT_REASON_VERIFIED
                                   : NGX_AUTH_CERT_REASON_ANONYMOUS;
        return;
    }

    ngx_auth_cert_decide_policies(decider, request, pool, log, decision);

    /*
     * a client that was never asked may have the certificate that an
     * optional location wants: it shall come again on a connection of its own
     */

    if (!decision->verdict.allow && decision->identity == NULL
        && !ngx_auth_cert_decide_asked(decider, decision->peer))
    {
        decision->verdict.reason = NGX_AUTH_CERT_REASON_NOT_ASKED;
    }
}


/* returns 1 when the policies are to be heard */

static ngx_uint_t
ngx_auth_cert_decide_preconditions(const ngx_auth_cert_decider_t *decider,
    ngx_auth_cert_decision_t *decision)
{
    if (decision->result && decision->result->error != X509_V_OK) {
        decision->verdict.reason = NGX_AUTH_CERT_REASON_NOT_VERIFIED;
        return 0;
    }

    if (decision->identity || decider->optional) {
        return 1;
    }

    decision->verdict.reason = ngx_auth_cert_decide_asked(decider,
                                                          decision->peer)
                               ? NGX_AUTH_CERT_REASON_NO_CERTIFICATE
                               : NGX_AUTH_CERT_REASON_NOT_ASKED;

    return 0;
}


/*
 * Returns 0 when the client may have a certificate that it was never asked
 * for: the handshake was that of another server, which asks for none or
 * under other CAs.
 */

static ngx_uint_t
ngx_auth_cert_decide_asked(const ngx_auth_cert_decider_t *decider,
    const ngx_auth_cert_peer_t *peer)
{
    if (peer == NULL || peer->cert || decider->ntrusts == 0) {
        return 1;
    }

    return peer->asked && peer->server
           && ngx_auth_cert_ask_covers(peer->server, decider->trusts,
                                       decider->ntrusts);
}


/*
 * All policies must allow.  The verdict names the one that denied; when all
 * allow, the first that gave a role, or else the first.
 */

static void
ngx_auth_cert_decide_policies(const ngx_auth_cert_decider_t *decider,
    void *request, ngx_pool_t *pool, ngx_log_t *log,
    ngx_auth_cert_decision_t *decision)
{
    ngx_str_t                  values[2];
    ngx_uint_t                 i;
    ngx_auth_cert_verdict_t    verdict;
    ngx_auth_cert_principal_t  principal;

    ngx_auth_cert_decide_principal(decision, values, &principal);

    for (i = 0; i < decider->npolicies; i++) {

        ngx_memzero(&verdict, sizeof(ngx_auth_cert_verdict_t));

        if (ngx_auth_cert_policy_evaluate(decider->policies[i], &principal,
                                          request, pool, log, &verdict)
            != NGX_OK)
        {
            verdict.allow = 0;
        }

        if (!verdict.allow) {
            decision->verdict = verdict;
            return;
        }

        if (i == 0
            || (decision->verdict.role.len == 0 && verdict.role.len != 0))
        {
            decision->verdict = verdict;
        }
    }
}


void
ngx_auth_cert_decide_principal(const ngx_auth_cert_decision_t *decision,
    ngx_str_t values[2], ngx_auth_cert_principal_t *principal)
{
    ngx_memzero(principal, sizeof(ngx_auth_cert_principal_t));

    principal->identity = decision->identity;

    if (decision->identity == NULL) {
        return;
    }

    values[0] = decision->result->trust->name;
    values[1].len = NGX_AUTH_CERT_DIGEST_HEX;
    values[1].data = decision->result->anchor;

    principal->trust.elts = &values[0];
    principal->trust.nelts = 1;
    principal->ca.elts = &values[1];
    principal->ca.nelts = 1;
}


const ngx_auth_cert_verdict_t *
ngx_auth_cert_decide_kept(const ngx_auth_cert_peer_t *peer, const void *key,
    const ngx_auth_cert_result_t *result, ngx_atomic_uint_t epoch)
{
    ngx_auth_cert_kept_t  *kept;

    for (kept = peer->kept; kept; kept = kept->next) {

        if (kept->key != key || kept->result != result) {
            continue;
        }

        if (kept->epoch != epoch
            || (result && kept->generation != result->generation))
        {
            return NULL;
        }

        return &kept->verdict;
    }

    return NULL;
}


void
ngx_auth_cert_decide_keep(ngx_auth_cert_peer_t *peer, const void *key,
    const ngx_auth_cert_result_t *result, ngx_atomic_uint_t epoch,
    const ngx_auth_cert_verdict_t *verdict)
{
    ngx_str_t              role;
    ngx_auth_cert_kept_t  *kept;

    /* an error is no verdict on the peer; it may be gone at the next request */

    if (verdict->reason == NGX_AUTH_CERT_REASON_ERROR) {
        return;
    }

    for (kept = peer->kept; kept; kept = kept->next) {
        if (kept->key == key && kept->result == result) {
            break;
        }
    }

    if (kept == NULL) {
        kept = ngx_pcalloc(peer->pool, sizeof(ngx_auth_cert_kept_t));
        if (kept == NULL) {
            return;
        }

        kept->key = key;
        kept->result = result;
        kept->next = peer->kept;

        peer->kept = kept;
    }

    /* requests that are not over yet may look at the one that was kept */

    role = kept->verdict.role;

    if (role.len != verdict->role.len
        || ngx_memcmp(role.data, verdict->role.data, role.len) != 0)
    {
        role.len = verdict->role.len;
        role.data = ngx_pstrdup(peer->pool, (ngx_str_t *) &verdict->role);

        if (role.data == NULL) {
            kept->key = NULL;
            return;
        }
    }

    kept->generation = result ? result->generation : 0;
    kept->epoch = epoch;
    kept->verdict = *verdict;
    kept->verdict.role = role;
}
