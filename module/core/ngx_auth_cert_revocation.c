
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Revocation: the CRLs of a trust set, and what they say of a verified
 * chain.
 */


#include "ngx_auth_cert_zone.h"


/* a CRL that ends within this time, or a fifth of its own, is told of */
#define NGX_AUTH_CERT_REVOCATION_SOON   86400

/* and not more often than that */
#define NGX_AUTH_CERT_REVOCATION_AGAIN  3600


static void ngx_auth_cert_revocation_warn(ngx_auth_cert_source_t *source,
    ngx_log_t *log);
static long ngx_auth_cert_revocation_chain(const ngx_auth_cert_trust_t *trust,
    const ngx_auth_cert_chain_t *chain, ngx_auth_cert_crl_t **crls,
    ngx_uint_t n, ngx_auth_cert_revocation_cert_pt get, void *data,
    time_t *until);


const ngx_auth_cert_kind_t  ngx_auth_cert_revocation_kind = {
    ngx_string("CRL file"),
    ngx_auth_cert_revocation_load,
    ngx_auth_cert_revocation_free,
    NULL,
    ngx_auth_cert_revocation_warn,
    1,
    0
};


char *
ngx_auth_cert_revocation_add(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *path)
{
    ngx_str_t                file;
    ngx_auth_cert_source_t  *source, **sources;

    file = *path;

    if (file.len == 0) {
        return "needs the path of a file or a directory with CRLs";
    }

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    source = ngx_auth_cert_source_add(cf, trust->zone,
                                      &ngx_auth_cert_revocation_kind, &file);
    sources = ngx_array_push(&trust->crls);

    if (source == NULL || sources == NULL) {
        return NGX_CONF_ERROR;
    }

    source->trust = trust;
    *sources = source;

    return NGX_CONF_OK;
}


/*
 * The CRLs of all sources of the set are one collection: a delta may lie in
 * another file than its base.
 */

long
ngx_auth_cert_revocation_check(const ngx_auth_cert_trust_t *trust,
    const ngx_auth_cert_chain_t *chain, ngx_auth_cert_revocation_cert_pt get,
    void *data, time_t *until)
{
    long                                  error;
    ngx_uint_t                            i, k, n, gone;
    ngx_auth_cert_crl_t                 **crls;
    ngx_auth_cert_source_t              **sources;
    ngx_auth_cert_revocation_content_t  **contents;

    sources = trust->crls.elts;
    error = X509_V_ERR_OUT_OF_MEM;
    crls = NULL;
    gone = 0;
    n = 0;

    contents = ngx_calloc(trust->crls.nelts
                          * sizeof(ngx_auth_cert_revocation_content_t *),
                          ngx_cycle->log);
    if (contents == NULL) {
        return error;
    }

    for (i = 0; i < trust->crls.nelts; i++) {
        contents[i] = (ngx_auth_cert_revocation_content_t *)
                                     ngx_auth_cert_content_acquire(sources[i]);

        if (contents[i]) {
            n += contents[i]->n;

        } else {
            gone = 1;
        }
    }

    crls = ngx_alloc((n + 1) * sizeof(ngx_auth_cert_crl_t *), ngx_cycle->log);

    if (gone) {

        /* whatever "crl_missing" says */

        error = X509_V_ERR_UNABLE_TO_GET_CRL;

    } else if (crls) {

        for (i = 0, n = 0; i < trust->crls.nelts; i++) {
            for (k = 0; k < contents[i]->n; k++) {
                crls[n++] = contents[i]->files[k].crl;
            }
        }

        error = ngx_auth_cert_revocation_chain(trust, chain, crls, n, get,
                                               data, until);
    }

    for (i = 0; i < trust->crls.nelts; i++) {
        ngx_auth_cert_content_release(sources[i]);
    }

    ngx_free(crls);
    ngx_free(contents);

    return error;
}


static long
ngx_auth_cert_revocation_chain(const ngx_auth_cert_trust_t *trust,
    const ngx_auth_cert_chain_t *chain, ngx_auth_cert_crl_t **crls,
    ngx_uint_t n, ngx_auth_cert_revocation_cert_pt get, void *data,
    time_t *until)
{
    long        error;
    X509       *cert, *issuer;
    time_t      now;
    ngx_uint_t  i, last;

    now = ngx_time();

    /* an anchor is trusted as it is */

    last = trust->crl_leaf ? 1 : chain->n - 1;

    for (i = 0; i < last && i + 1 < chain->n; i++) {

        error = ngx_auth_cert_crl_check(crls, n, &chain->certs[i].link, NULL,
                                        NULL, now, &trust->crl_options,
                                        until);

        if (error == NGX_AUTH_CERT_CRL_UNKNOWN) {
            cert = get(data, i);
            issuer = get(data, i + 1);

            error = X509_V_ERR_OUT_OF_MEM;

            if (cert && issuer) {
                error = ngx_auth_cert_crl_check(crls, n,
                                                &chain->certs[i].link, cert,
                                                issuer, now,
                                                &trust->crl_options, until);
            }
        }

        if (error != X509_V_OK) {
            return error;
        }
    }

    return X509_V_OK;
}


/* of CRLs that end soon or have ended, once in a while */

static void
ngx_auth_cert_revocation_warn(ngx_auth_cert_source_t *source, ngx_log_t *log)
{
    time_t                               now, next, from, life;
    ngx_uint_t                           i;
    ngx_auth_cert_slot_t                *slot;
    ngx_auth_cert_revocation_content_t  *crls;

    slot = source->slot;
    now = ngx_time();

    if (now - slot->warned < NGX_AUTH_CERT_REVOCATION_AGAIN) {
        return;
    }

    crls = (ngx_auth_cert_revocation_content_t *)
                                         ngx_auth_cert_content_acquire(source);

    for (i = 0; crls && i < crls->n; i++) {
        from = now;
        next = ngx_auth_cert_crl_next_update(crls->files[i].crl, &from);
        life = next - from;

        if (next - now > ngx_min(life / 5, NGX_AUTH_CERT_REVOCATION_SOON)) {
            continue;
        }

        slot->warned = now;

        if (next > now) {
            ngx_log_error(NGX_LOG_WARN, log, 0,
                          "auth_cert: a CRL of \"%V\" ends in %T minutes "
                          "(nextUpdate), put a newer one there",
                          &source->path, (next - now) / 60);

        } else {
            ngx_log_error(NGX_LOG_ERR, log, 0,
                          "auth_cert: a CRL of \"%V\" ended %T minutes ago "
                          "(nextUpdate), its clients are %s; put a newer one "
                          "there", &source->path, (now - next) / 60,
                          source->trust->crl_options.expired_allow
                          ? "still let in (\"crl_expired allow\")"
                          : "refused");
        }

        break;
    }

    ngx_auth_cert_content_release(source);
}
