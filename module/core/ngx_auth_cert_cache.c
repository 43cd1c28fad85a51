
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The verification cache: chains that were verified, by all certificates
 * that were sent and the trust set.  Only success is kept: it takes a
 * certificate of a CA to write into it.
 */


#include "ngx_auth_cert_zone.h"


/* a longer chain is verified each time */
#define NGX_AUTH_CERT_CACHE_CHAIN  5

/* entries that a key can be in; the one that ends first is replaced */
#define NGX_AUTH_CERT_CACHE_WAYS   4


typedef struct {
    u_char                            key[NGX_AUTH_CERT_DIGEST_LEN];
    time_t                            expires;    /* 0: free */
    ngx_auth_cert_chain_t             chain;
    ngx_auth_cert_chain_cert_t        certs[NGX_AUTH_CERT_CACHE_CHAIN];
} ngx_auth_cert_cache_entry_t;


/* a table of a fixed size; all of it is under the mutex of the zone */

struct ngx_auth_cert_cache_s {
    ngx_uint_t                        nsets;
    ngx_auth_cert_cache_entry_t       entries[1];
};


static ngx_auth_cert_cache_entry_t *ngx_auth_cert_cache_set(
    ngx_auth_cert_cache_t *cache, const u_char *key);


ngx_auth_cert_cache_t *
ngx_auth_cert_cache_create(ngx_slab_pool_t *shpool, size_t size)
{
    ngx_uint_t              n;
    ngx_auth_cert_cache_t  *cache;

    n = size / (NGX_AUTH_CERT_CACHE_WAYS
                * sizeof(ngx_auth_cert_cache_entry_t));
    n = ngx_max(n, 1);

    /*
     * Not zeroed: new shared memory is zero, and takes no memory before it is
     * written to.  Whatever is in an entry, it is not found by its key.
     */

    cache = ngx_slab_alloc(shpool, sizeof(ngx_auth_cert_cache_t)
                                   + n * NGX_AUTH_CERT_CACHE_WAYS
                                     * sizeof(ngx_auth_cert_cache_entry_t));
    if (cache == NULL) {
        return NULL;
    }

    cache->nsets = n;

    return cache;
}


/* the key is a digest: its first bytes are as good as any */

static ngx_auth_cert_cache_entry_t *
ngx_auth_cert_cache_set(ngx_auth_cert_cache_t *cache, const u_char *key)
{
    uint32_t  hash;

    ngx_memcpy(&hash, key, sizeof(uint32_t));

    return &cache->entries[(hash % cache->nsets) * NGX_AUTH_CERT_CACHE_WAYS];
}


ngx_int_t
ngx_auth_cert_cache_get(ngx_auth_cert_zone_t *zone, const u_char *key,
    ngx_auth_cert_chain_t *chain, ngx_auth_cert_chain_cert_t *certs)
{
    time_t                        now;
    ngx_int_t                     rc;
    ngx_uint_t                    i;
    ngx_auth_cert_cache_entry_t  *entry;

    rc = NGX_DECLINED;
    now = ngx_time();
    entry = ngx_auth_cert_cache_set(zone->shared->cache, key);

    ngx_shmtx_lock(&zone->shpool->mutex);

    for (i = 0; i < NGX_AUTH_CERT_CACHE_WAYS; i++, entry++) {

        if (entry->expires <= now
            || now < entry->chain.since || now >= entry->chain.until
            || ngx_memcmp(entry->key, key, NGX_AUTH_CERT_DIGEST_LEN) != 0)
        {
            continue;
        }

        *chain = entry->chain;
        chain->certs = certs;

        ngx_memcpy(certs, entry->certs, sizeof(entry->certs));

        rc = NGX_OK;
        break;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


void
ngx_auth_cert_cache_put(ngx_auth_cert_zone_t *zone, const u_char *key,
    const ngx_auth_cert_chain_t *chain)
{
    time_t                        now;
    ngx_uint_t                    i;
    ngx_auth_cert_cache_entry_t  *entry, *oldest;

    if (chain->n > NGX_AUTH_CERT_CACHE_CHAIN) {
        return;
    }

    now = ngx_time();
    entry = ngx_auth_cert_cache_set(zone->shared->cache, key);
    oldest = entry;

    ngx_shmtx_lock(&zone->shpool->mutex);

    for (i = 0; i < NGX_AUTH_CERT_CACHE_WAYS; i++, entry++) {

        if (ngx_memcmp(entry->key, key, NGX_AUTH_CERT_DIGEST_LEN) == 0) {
            oldest = entry;
            break;
        }

        if (entry->expires < oldest->expires) {
            oldest = entry;
        }
    }

    /* who is killed here must not leave a key with the chain of another one */

    oldest->expires = 0;
    ngx_memory_barrier();

    ngx_memcpy(oldest->key, key, NGX_AUTH_CERT_DIGEST_LEN);

    oldest->chain = *chain;
    oldest->chain.certs = NULL;

    ngx_memcpy(oldest->certs, chain->certs,
               chain->n * sizeof(ngx_auth_cert_chain_cert_t));

    ngx_memory_barrier();
    oldest->expires = ngx_min(now + zone->cache_time, chain->until);

    ngx_shmtx_unlock(&zone->shpool->mutex);
}
