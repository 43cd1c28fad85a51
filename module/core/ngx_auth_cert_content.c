
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What was read of a source: put into force for all workers, read by them
 * without a lock, freed when nobody reads it any more.
 */


#include "ngx_auth_cert_zone.h"


/* intervals after which files that could not be loaded are tried once more */
#define NGX_AUTH_CERT_CONTENT_AGAIN  10


/* a source as it was before its files were read */

typedef struct {
    u_char                            stamp[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_atomic_uint_t                 version;
    ngx_atomic_uint_t                 generation;
    ngx_uint_t                        again;      /* it failed before */
    ngx_uint_t                        partial;    /* some files are bad */
} ngx_auth_cert_content_state_t;


static ngx_int_t ngx_auth_cert_content_try(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_log_t *log);
static ngx_int_t ngx_auth_cert_content_take(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t *content,
    const ngx_auth_cert_content_state_t *state, ngx_log_t *log);
static ngx_uint_t ngx_auth_cert_content_same(ngx_auth_cert_source_t *source,
    const ngx_auth_cert_content_t *content);
static ngx_int_t ngx_auth_cert_content_publish(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_slot_t *slot, ngx_auth_cert_content_t *content,
    const ngx_auth_cert_content_state_t *state);
static ngx_int_t ngx_auth_cert_content_kept(
    const ngx_auth_cert_source_t *source);
static void ngx_auth_cert_content_fail(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_uint_t partial, ngx_str_t *error,
    ngx_log_t *log);
static ngx_auth_cert_reader_t *ngx_auth_cert_content_reader(
    ngx_auth_cert_zone_t *zone);
static void ngx_auth_cert_content_drop(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_slot_t *slot);
static void ngx_auth_cert_content_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_slot_t *slot);


/* by their order */

static const ngx_auth_cert_kind_t  *ngx_auth_cert_content_kinds[] = {
    &ngx_auth_cert_ca_kind,
    &ngx_auth_cert_revocation_kind,
    &ngx_auth_cert_list_kind
};


ngx_int_t
ngx_auth_cert_content_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_log_t *log)
{
    ngx_int_t  rc;

    do {
        rc = ngx_auth_cert_content_try(zone, source, log);

    } while (rc == NGX_AGAIN);

    return rc;
}


/* NGX_AGAIN: another process has loaded it meanwhile */

static ngx_int_t
ngx_auth_cert_content_try(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_log_t *log)
{
    u_char                          buf[NGX_AUTH_CERT_ZONE_ERROR];
    ngx_int_t                       rc;
    ngx_str_t                       error;
    ngx_auth_cert_slot_t           *slot;
    ngx_auth_cert_content_t        *content;
    ngx_auth_cert_content_state_t   state;

    slot = source->slot;

    state.version = slot->version;
    state.generation = zone->shared->generation;

    ngx_auth_cert_source_settle(source, state.stamp);

    /* where there is nothing yet nginx does not start: each time it says so */

    state.again = (ngx_memcmp(slot->failed, state.stamp,
                              NGX_AUTH_CERT_DIGEST_LEN)
                   == 0
                   && ngx_auth_cert_content_kept(source) == NGX_DECLINED);

    if (!state.again && ngx_memcmp(slot->stamp, state.stamp,
                                   NGX_AUTH_CERT_DIGEST_LEN)
                        == 0)
    {
        ngx_memzero(slot->failed, NGX_AUTH_CERT_DIGEST_LEN);
        return NGX_OK;
    }

    if (state.again && ngx_auth_cert_content_tried(zone, slot, state.stamp)) {
        return ngx_auth_cert_content_kept(source);
    }

    error.data = buf;
    error.len = sizeof(buf);

    rc = source->kind->load(zone, source, &content, &error);

    state.partial = (rc == NGX_DECLINED);

    /* what is still the same was said when it was seen first */

    if (rc != NGX_OK && !state.again) {
        ngx_auth_cert_content_fail(zone, source, state.partial, &error, log);
    }

    if (rc != NGX_ERROR) {
        return ngx_auth_cert_content_take(zone, source, content, &state, log);
    }

    slot->tried = state.generation;
    slot->tried_at = ngx_current_msec;
    ngx_memcpy(slot->failed, state.stamp, NGX_AUTH_CERT_DIGEST_LEN);

    return ngx_auth_cert_content_kept(source);
}


/*
 * A CRL may have waited for its CA.  What failed for want of memory, of room
 * in the zone or of a file descriptor is told from a bad file by time only.
 */

ngx_uint_t
ngx_auth_cert_content_tried(const ngx_auth_cert_zone_t *zone,
    const ngx_auth_cert_slot_t *slot,
    const u_char stamp[NGX_AUTH_CERT_DIGEST_LEN])
{
    return ngx_memcmp(slot->failed, stamp, NGX_AUTH_CERT_DIGEST_LEN) == 0
           && slot->tried == zone->shared->generation
           && (ngx_msec_t) (ngx_current_msec - slot->tried_at)
              < NGX_AUTH_CERT_CONTENT_AGAIN * zone->interval;
}


static ngx_int_t
ngx_auth_cert_content_take(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t *content,
    const ngx_auth_cert_content_state_t *state, ngx_log_t *log)
{
    if (state->again && state->partial
        && ngx_auth_cert_content_same(source, content))
    {
        source->kind->free(zone, content);
        source->slot->tried = state->generation;
        source->slot->tried_at = ngx_current_msec;
        return NGX_DECLINED;
    }

    if (ngx_auth_cert_content_publish(zone, source->slot, content, state)
        != NGX_OK)
    {
        source->kind->free(zone, content);
        return NGX_AGAIN;
    }

    if (state->version || source->kind->lazy) {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "auth_cert: changed %V \"%V\" is in force",
                      &source->kind->name, &source->path);
    }

    return state->partial ? NGX_DECLINED : NGX_OK;
}


/* 1 where the same files are bad as in what is in force */

static ngx_uint_t
ngx_auth_cert_content_same(ngx_auth_cert_source_t *source,
    const ngx_auth_cert_content_t *content)
{
    ngx_uint_t                      same;
    const ngx_auth_cert_content_t  *current;

    current = ngx_auth_cert_content_acquire(source);

    same = (current && ngx_memcmp(current->kept, content->kept,
                                  NGX_AUTH_CERT_DIGEST_LEN)
                       == 0);

    ngx_auth_cert_content_release(source);

    return same;
}


/*
 * A process may be killed at any point.  Content is switched before the old
 * one is to be freed, and the stamp comes last: until then the files are new
 * to whoever looks at them next.
 */

static ngx_int_t
ngx_auth_cert_content_publish(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_slot_t *slot, ngx_auth_cert_content_t *content,
    const ngx_auth_cert_content_state_t *state)
{
    ngx_auth_cert_content_t  *replaced;

    ngx_shmtx_lock(&zone->shpool->mutex);

    /* ours may be the older one */

    if (slot->version != state->version) {
        ngx_shmtx_unlock(&zone->shpool->mutex);
        return NGX_DECLINED;
    }

    replaced = slot->content;
    content->retired = NULL;

    zone->shared->started = zone->shared->generation + 1;

    ngx_memory_barrier();
    slot->content = content;
    ngx_memory_barrier();

    if (replaced) {
        replaced->retired = slot->retired;
        ngx_memory_barrier();
        slot->retired = replaced;
    }

    /* the content is there before anybody sees a new number */

    (void) ngx_atomic_fetch_add(&slot->version, 1);
    (void) ngx_atomic_fetch_add(&zone->shared->generation, 1);

    ngx_memory_barrier();

    ngx_memcpy(slot->stamp, state->stamp, NGX_AUTH_CERT_DIGEST_LEN);
    ngx_memzero(slot->failed, NGX_AUTH_CERT_DIGEST_LEN);
    slot->warned = 0;

    if (state->partial) {

        /* again when anything else than this has changed */

        ngx_memcpy(slot->failed, state->stamp, NGX_AUTH_CERT_DIGEST_LEN);
        slot->tried = state->generation + 1;
        slot->tried_at = ngx_current_msec;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return NGX_OK;
}


/* what a source has that was not loaded */

static ngx_int_t
ngx_auth_cert_content_kept(const ngx_auth_cert_source_t *source)
{
    return (source->slot->content || source->kind->lazy) ? NGX_DECLINED
                                                         : NGX_ERROR;
}


static void
ngx_auth_cert_content_fail(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_uint_t partial, ngx_str_t *error,
    ngx_log_t *log)
{
    (void) ngx_atomic_fetch_add(&zone->shared->failures, 1);

    if (partial) {
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "auth_cert: %V; the last good version of this file "
                      "stays in force, the others in \"%V\" are taken",
                      error, &source->path);
        return;
    }

    if (ngx_auth_cert_content_kept(source) == NGX_DECLINED) {
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "auth_cert: %V; the last good version of \"%V\" stays "
                      "in force", error, &source->path);
        return;
    }

    ngx_log_error(NGX_LOG_EMERG, log, 0, "%V in %s:%ui", error,
                  source->place.file, source->place.line);
}


/* the entry of this process: the master has the last one */

static ngx_auth_cert_reader_t *
ngx_auth_cert_content_reader(ngx_auth_cert_zone_t *zone)
{
    return &zone->shared->readers[(ngx_process == NGX_PROCESS_WORKER)
                                  ? ngx_process_slot : NGX_MAX_PROCESSES];
}


void
ngx_auth_cert_content_start(ngx_auth_cert_zone_t *zone)
{
    ngx_auth_cert_reader_t  *reader;

    reader = ngx_auth_cert_content_reader(zone);

    /* it may have been left by a worker that was killed */

    reader->count = 0;
    ngx_memory_barrier();
    reader->pid = ngx_pid;

    if (zone->shared->running < zone->cycle) {
        zone->shared->running = zone->cycle;
    }
}


ngx_auth_cert_content_t *
ngx_auth_cert_content_acquire(ngx_auth_cert_source_t *source)
{
    if (source->slot == NULL) {
        return NULL;
    }

    (void) ngx_atomic_fetch_add(
                  &ngx_auth_cert_content_reader(source->zone)->count, 1);

    /* a full barrier: who frees what was replaced has seen the number */

    ngx_memory_barrier();

    return *(ngx_auth_cert_content_t *volatile *) &source->slot->content;
}


void
ngx_auth_cert_content_release(ngx_auth_cert_source_t *source)
{
    if (source->slot) {
        (void) ngx_atomic_fetch_add(
                  &ngx_auth_cert_content_reader(source->zone)->count, -1);
    }
}


ngx_uint_t
ngx_auth_cert_content_unread(ngx_auth_cert_zone_t *zone)
{
    ngx_uint_t               i;
    ngx_auth_cert_reader_t  *reader;

    /* who counts itself from now on reads what is in force now */

    ngx_memory_barrier();

    for (i = 0; i <= NGX_MAX_PROCESSES; i++) {
        reader = &zone->shared->readers[i];

        if (reader->count == 0) {
            continue;
        }

        if (i == NGX_MAX_PROCESSES || kill((ngx_pid_t) reader->pid, 0) != -1
            || ngx_errno != NGX_ESRCH)
        {
            return 0;
        }
    }

    return 1;
}


void
ngx_auth_cert_content_collect(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source)
{
    ngx_auth_cert_content_free(zone, source->slot);
}


static void
ngx_auth_cert_content_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_slot_t *slot)
{
    ngx_auth_cert_content_t  *content, *next;

    ngx_shmtx_lock(&zone->shpool->mutex);

    content = NULL;

    if (slot->retired && ngx_auth_cert_content_unread(zone)) {
        content = slot->retired;
        slot->retired = NULL;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    for ( /* void */ ; content; content = next) {
        next = content->retired;
        ngx_auth_cert_content_kinds[slot->order]->free(zone, content);
    }
}


/*
 * The new configuration is not in force yet and may be rejected: what the
 * running workers name has to stay until the next one.
 */

void
ngx_auth_cert_content_forget(ngx_auth_cert_zone_t *zone)
{
    ngx_auth_cert_slot_t  *slot;

    for (slot = zone->shared->slots; slot; slot = slot->next) {

        if (slot->cycle < zone->shared->running) {
            ngx_auth_cert_content_drop(zone, slot);
            ngx_auth_cert_content_free(zone, slot);
        }
    }
}


static void
ngx_auth_cert_content_drop(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_slot_t *slot)
{
    ngx_auth_cert_content_t  *content;

    ngx_shmtx_lock(&zone->shpool->mutex);

    content = slot->content;

    if (content) {
        slot->content = NULL;

        content->retired = slot->retired;
        slot->retired = content;
    }

    /* files that are named again are read again */

    ngx_memzero(slot->stamp, NGX_AUTH_CERT_DIGEST_LEN);
    ngx_memzero(slot->failed, NGX_AUTH_CERT_DIGEST_LEN);

    ngx_shmtx_unlock(&zone->shpool->mutex);
}
