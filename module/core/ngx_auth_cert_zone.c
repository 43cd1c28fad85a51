
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The shared memory: one copy of what all workers look up, replaced while
 * they work.
 */


#include "ngx_auth_cert_ssl.h"
#include "ngx_auth_cert_zone.h"

#include <sys/mman.h>


/* enough for CAs and small lists; nothing is taken before it is used */
#define NGX_AUTH_CERT_ZONE_SIZE      (4 * 1024 * 1024)

/* the verification cache has this part of the zone */
#define NGX_AUTH_CERT_ZONE_CACHE     8


static ngx_int_t ngx_auth_cert_zone_init(ngx_shm_zone_t *shm_zone,
    void *data);
static ngx_int_t ngx_auth_cert_zone_init_shared(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_zone_t *old);
static ngx_int_t ngx_auth_cert_zone_init_sources(ngx_auth_cert_zone_t *zone,
    ngx_log_t *log);
static ngx_int_t ngx_auth_cert_zone_init_source(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_log_t *log);
static ngx_int_t ngx_auth_cert_zone_id(const ngx_auth_cert_source_t *source,
    u_char id[NGX_AUTH_CERT_DIGEST_LEN]);
static ngx_auth_cert_slot_t *ngx_auth_cert_zone_slot(
    ngx_auth_cert_zone_t *zone, const ngx_auth_cert_source_t *source);


ngx_auth_cert_zone_t *
ngx_auth_cert_zone_create(ngx_conf_t *cf)
{
    ngx_auth_cert_zone_t  *zone;

    zone = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_zone_t));
    if (zone == NULL) {
        return NULL;
    }

    if (ngx_array_init(&zone->sources, cf->pool, 4,
                       sizeof(ngx_auth_cert_source_t *))
        != NGX_OK
        || ngx_array_init(&zone->servers, cf->pool, 4,
                          sizeof(ngx_auth_cert_server_t *))
           != NGX_OK)
    {
        return NULL;
    }

    zone->generation = &zone->none;
    zone->interval = NGX_CONF_UNSET_MSEC;
    zone->cache_time = NGX_CONF_UNSET;

    return zone;
}


ngx_int_t
ngx_auth_cert_zone_finish(ngx_conf_t *cf, ngx_auth_cert_zone_t *zone,
    void *tag)
{
    ngx_str_t  name;

    ngx_conf_init_msec_value(zone->interval, NGX_AUTH_CERT_RELOAD_INTERVAL);
    ngx_conf_init_value(zone->cache_time, NGX_AUTH_CERT_CACHE_TIME);

    if (zone->size == 0 && zone->sources.nelts == 0) {
        return NGX_OK;
    }

    if (zone->size == 0) {
        zone->size = NGX_AUTH_CERT_ZONE_SIZE;
    }

    ngx_str_set(&name, "auth_cert");

    zone->shm_zone = ngx_shared_memory_add(cf, &name, zone->size, tag);
    if (zone->shm_zone == NULL) {
        return NGX_ERROR;
    }

    zone->shm_zone->init = ngx_auth_cert_zone_init;
    zone->shm_zone->data = zone;

    return ngx_auth_cert_reload_init(cf, zone);
}


static ngx_int_t
ngx_auth_cert_zone_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_auth_cert_zone_t  *old = data;

    ngx_auth_cert_zone_t  *zone;

    zone = shm_zone->data;
    zone->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (ngx_auth_cert_zone_init_shared(zone, old) != NGX_OK
        || ngx_auth_cert_zone_init_sources(zone, shm_zone->shm.log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    zone->generation = &zone->shared->generation;

    return NGX_OK;
}


/* a reload of nginx keeps the zone, and what is in it */

static ngx_int_t
ngx_auth_cert_zone_init_shared(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_zone_t *old)
{
    if (old) {
        zone->shared = old->shared;
        return NGX_OK;
    }

    zone->shared = ngx_slab_calloc(zone->shpool,
                                   sizeof(ngx_auth_cert_shared_t));
    if (zone->shared == NULL) {
        return NGX_ERROR;
    }

    zone->shared->generation = 1;
    zone->shared->started = 1;
    zone->shpool->data = zone->shared;

    /* who needs the memory says so, with the size */
    zone->shpool->log_nomem = 0;

    zone->shared->cache = ngx_auth_cert_cache_create(zone->shpool,
                                        zone->size / NGX_AUTH_CERT_ZONE_CACHE);

    return (zone->shared->cache == NULL) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_auth_cert_zone_init_sources(ngx_auth_cert_zone_t *zone, ngx_log_t *log)
{
    ngx_uint_t                i, order;
    ngx_auth_cert_source_t  **sources;

    sources = zone->sources.elts;

    zone->cycle = ngx_atomic_fetch_add(&zone->shared->cycles, 1) + 1;

    for (i = 0; i < zone->sources.nelts; i++) {

        sources[i]->slot = ngx_auth_cert_zone_slot(zone, sources[i]);

        if (sources[i]->slot == NULL) {
            ngx_log_error(NGX_LOG_EMERG, log, 0,
                          "\"auth_cert_zone\" is too small for %ui files, "
                          "make it larger", zone->sources.nelts);
            return NGX_ERROR;
        }
    }

    ngx_auth_cert_content_forget(zone);

    for (order = 0; order < NGX_AUTH_CERT_ZONE_ORDERS; order++) {

        for (i = 0; i < zone->sources.nelts; i++) {

            if (sources[i]->kind->order == order
                && ngx_auth_cert_zone_init_source(zone, sources[i], log)
                   != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_zone_init_source(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_log_t *log)
{
    ngx_int_t              rc;
    ngx_atomic_uint_t      version;
    ngx_auth_cert_slot_t  *slot;

    static const u_char    none[NGX_AUTH_CERT_DIGEST_LEN];

    slot = source->slot;

    if (source->kind->lazy && slot->version == 0
        && ngx_memcmp(slot->stamp, none, NGX_AUTH_CERT_DIGEST_LEN) == 0)
    {
        /* what the configuration has read is in force */

        ngx_memcpy(slot->stamp, source->stamp, NGX_AUTH_CERT_DIGEST_LEN);
        return NGX_OK;
    }

    rc = ngx_auth_cert_content_load(zone, source, log);

    /*
     * what the configuration has read of the same files need not be taken
     * over once more; a worker may publish another version meanwhile
     */

    version = slot->version;
    ngx_memory_barrier();

    if (rc == NGX_OK
        && ngx_memcmp(slot->stamp, source->stamp, NGX_AUTH_CERT_DIGEST_LEN)
           == 0)
    {
        source->version = version;
    }

    if (source->kind->check) {
        source->kind->check(source, log);
    }

    return (rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_auth_cert_zone_id(const ngx_auth_cert_source_t *source,
    u_char id[NGX_AUTH_CERT_DIGEST_LEN])
{
    ngx_int_t    rc;
    EVP_MD_CTX  *md;

    md = EVP_MD_CTX_new();

    rc = (md
          && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1
          && EVP_DigestUpdate(md, source->kind->name.data,
                              source->kind->name.len)
             == 1
          && EVP_DigestUpdate(md, &source->variant, sizeof(source->variant))
             == 1
          && EVP_DigestUpdate(md, source->path.data, source->path.len) == 1
          && EVP_DigestFinal_ex(md, id, NULL) == 1)
         ? NGX_OK : NGX_ERROR;

    EVP_MD_CTX_free(md);

    return rc;
}


static ngx_auth_cert_slot_t *
ngx_auth_cert_zone_slot(ngx_auth_cert_zone_t *zone,
    const ngx_auth_cert_source_t *source)
{
    u_char                 id[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_auth_cert_slot_t  *slot;

    if (ngx_auth_cert_zone_id(source, id) != NGX_OK) {
        return NULL;
    }

    ngx_shmtx_lock(&zone->shpool->mutex);

    for (slot = zone->shared->slots; slot; slot = slot->next) {
        if (ngx_memcmp(slot->id, id, NGX_AUTH_CERT_DIGEST_LEN) == 0) {
            break;
        }
    }

    if (slot == NULL) {
        slot = ngx_slab_calloc_locked(zone->shpool,
                                      sizeof(ngx_auth_cert_slot_t));
        if (slot) {
            ngx_memcpy(slot->id, id, NGX_AUTH_CERT_DIGEST_LEN);

            slot->order = source->kind->order;
            slot->next = zone->shared->slots;
            zone->shared->slots = slot;
        }
    }

    if (slot) {
        slot->cycle = zone->cycle;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return slot;
}


void
ngx_auth_cert_zone_apply(ngx_auth_cert_zone_t *zone, ngx_log_t *log)
{
    ngx_uint_t                i;
    ngx_atomic_uint_t         generation, version;
    ngx_auth_cert_source_t  **sources, *source;
    ngx_auth_cert_server_t  **servers;

    generation = *zone->generation;

    if (zone->applied == generation) {
        return;
    }

    /* versions are those of this generation, or newer ones */

    ngx_memory_barrier();

    zone->applied = generation;
    sources = zone->sources.elts;

    for (i = 0; i < zone->sources.nelts; i++) {
        source = sources[i];

        if (source->slot == NULL) {
            continue;
        }

        version = source->slot->version;

        if (source->version == version || source->kind->apply == NULL) {
            continue;
        }

        source->version = version;

        if (source->kind->apply(source, log) != NGX_OK) {

            /* again at the next request */

            source->version = 0;
            zone->applied = 0;
        }

        zone->stale = 1;
    }

    if (!zone->stale) {
        return;
    }

    zone->stale = 0;
    servers = zone->servers.elts;

    for (i = 0; i < zone->servers.nelts; i++) {
        if (ngx_auth_cert_ask_refresh(servers[i]) != NGX_OK) {
            ngx_ssl_error(NGX_LOG_ALERT, log, 0,
                          "the CA names of a server could not be set");
            zone->applied = 0;
            zone->stale = 1;
        }
    }
}


ngx_atomic_uint_t
ngx_auth_cert_zone_changes(const ngx_auth_cert_zone_t *zone)
{
    ngx_atomic_uint_t  changes;

    if (zone->shared == NULL) {
        return 0;
    }

    changes = zone->shared->generation + zone->shared->failures;

    /* what is looked up from now on is that, or newer */

    ngx_memory_barrier();

    return changes;
}


ngx_uint_t
ngx_auth_cert_zone_changed(const ngx_auth_cert_zone_t *zone,
    ngx_atomic_uint_t changes)
{
    if (zone->shared == NULL) {
        return 0;
    }

    ngx_memory_barrier();

    return zone->shared->started + zone->shared->failures != changes;
}


void *
ngx_auth_cert_zone_alloc(ngx_auth_cert_zone_t *zone, size_t size)
{
    return ngx_slab_alloc(zone->shpool, size);
}


void
ngx_auth_cert_zone_free(ngx_auth_cert_zone_t *zone, void *p, size_t size)
{
#ifdef MADV_REMOVE

    /* whole pages of large pieces go back to the system at once */

    if (size > 16 * ngx_pagesize) {
        (void) madvise(p, size & ~(ngx_pagesize - 1), MADV_REMOVE);
    }

#endif

    ngx_slab_free(zone->shpool, p);
}


/* twice: a new version is read while the old one is in force */

void
ngx_auth_cert_zone_small(ngx_auth_cert_zone_t *zone, size_t size,
    ngx_str_t *error)
{
    size_t  used;

    used = zone->size - zone->shpool->pfree * ngx_pagesize;
    used += used / NGX_AUTH_CERT_ZONE_CACHE + 2 * (size + ngx_pagesize);
    used += used / NGX_AUTH_CERT_ZONE_CACHE;

    error->len = ngx_slprintf(error->data, error->data + error->len,
                              "\"auth_cert_zone\" is too small: %uz more "
                              "bytes are needed, set it to at least %uzm",
                              size, used / (1024 * 1024) + 1)
                 - error->data;
}
