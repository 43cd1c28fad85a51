
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The watch over files that change while nginx runs.  One worker at a time
 * looks at them, and reads what is new in a thread; all workers take over
 * what was published.
 */


#include "ngx_auth_cert_zone.h"

#if (NGX_THREADS)
#include <pthread.h>
#endif


/* a tenth of what the event loop gets of a processor that both want */
#define NGX_AUTH_CERT_RELOAD_NICE  10


/*
 * The timer of a worker; the work is shared by all.  A thread is made when
 * there is something to read, and ends with that: a pool of nginx would hold
 * 32 of them in each worker, and from the first thread on malloc() and
 * system calls of the whole process cost more.
 */

struct ngx_auth_cert_job_s {
    ngx_auth_cert_zone_t             *zone;
    ngx_cycle_t                      *cycle;
    ngx_log_t                        *log;
    ngx_atomic_t                      running;    /* the thread clears it */

#if (NGX_THREADS)
    pthread_t                         thread;
    ngx_uint_t                        started;    /* and not joined yet */
#endif
};


static void ngx_auth_cert_reload_timer(ngx_event_t *ev);
static ngx_uint_t ngx_auth_cert_reload_mine(ngx_auth_cert_zone_t *zone);
static ngx_uint_t ngx_auth_cert_reload_newest(
    const ngx_auth_cert_zone_t *zone);
static ngx_uint_t ngx_auth_cert_reload_ours(const ngx_auth_cert_zone_t *zone,
    const ngx_auth_cert_source_t *source);
static ngx_uint_t ngx_auth_cert_reload_needed(ngx_auth_cert_zone_t *zone);
static ngx_uint_t ngx_auth_cert_reload_changed(ngx_auth_cert_zone_t *zone,
    const ngx_auth_cert_source_t *source);
static void ngx_auth_cert_reload_check(ngx_auth_cert_job_t *job);
static void ngx_auth_cert_reload_read(ngx_auth_cert_job_t *job);
#if (NGX_THREADS)
static void *ngx_auth_cert_reload_thread(void *data);
#endif
static void ngx_auth_cert_reload_run(ngx_auth_cert_job_t *job);
static ngx_uint_t ngx_auth_cert_reload_lock(ngx_auth_cert_shared_t *shared);
static void ngx_auth_cert_reload_join(ngx_auth_cert_job_t *job);
static void ngx_auth_cert_reload_cleanup(void *data);


ngx_int_t
ngx_auth_cert_reload_init(ngx_conf_t *cf, ngx_auth_cert_zone_t *zone)
{
    ngx_pool_cleanup_t  *cln;

    if (zone->interval == 0 || zone->sources.nelts == 0) {
        return NGX_OK;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    zone->job = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_job_t));
    if (zone->job == NULL) {
        return NGX_ERROR;
    }

    zone->job->zone = zone;

    cln->handler = ngx_auth_cert_reload_cleanup;
    cln->data = zone->job;

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_reload_start(ngx_auth_cert_zone_t *zone, ngx_cycle_t *cycle)
{
    ngx_event_t  *ev;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    ngx_auth_cert_content_start(zone);
    ngx_auth_cert_zone_apply(zone, cycle->log);

    if (zone->job == NULL) {
        return NGX_OK;
    }

    zone->job->cycle = cycle;
    zone->job->log = cycle->log;

    ev = &zone->event;

    ev->handler = ngx_auth_cert_reload_timer;
    ev->data = zone;
    ev->log = cycle->log;
    ev->cancelable = 1;

    ngx_add_timer(ev, zone->interval);

    return NGX_OK;
}


static void
ngx_auth_cert_reload_timer(ngx_event_t *ev)
{
    ngx_auth_cert_zone_t  *zone;

    zone = ev->data;

    /* a process without a master keeps the cycles that it had before */

    if (zone->job->cycle != ngx_cycle) {
        return;
    }

    ngx_auth_cert_zone_apply(zone, ev->log);

    /* also while it exits: what it does not read, its last clients gain by */

    if (!zone->job->running && ngx_auth_cert_reload_mine(zone)) {
        if (ngx_auth_cert_reload_needed(zone)) {
            ngx_auth_cert_reload_read(zone->job);

        } else {
            ngx_auth_cert_reload_check(zone->job);
        }
    }

    ngx_add_timer(ev, zone->interval);
}


/*
 * The first worker whose timer has expired takes the work for the interval.
 * What only an older configuration names is no part of it.
 */

static ngx_uint_t
ngx_auth_cert_reload_mine(ngx_auth_cert_zone_t *zone)
{
    ngx_atomic_uint_t  checked;

    if (!ngx_auth_cert_reload_newest(zone)) {
        return 1;
    }

    checked = zone->shared->checked;

    /* timers are a little early or late */

    if (checked != 0
        && (ngx_msec_t) (ngx_current_msec - checked)
           < zone->interval - zone->interval / 10)
    {
        return 0;
    }

    return ngx_atomic_cmp_set(&zone->shared->checked, checked,
                              ngx_current_msec ? ngx_current_msec : 1);
}


/* 0 for who goes on after a reload of nginx until its connections end */

static ngx_uint_t
ngx_auth_cert_reload_newest(const ngx_auth_cert_zone_t *zone)
{
    return zone->cycle >= zone->shared->running;
}


/*
 * 0 where the workers of a newer configuration read the source, by CAs that
 * may be others, or where nobody does any more as it was forgotten.
 */

static ngx_uint_t
ngx_auth_cert_reload_ours(const ngx_auth_cert_zone_t *zone,
    const ngx_auth_cert_source_t *source)
{
    if (ngx_auth_cert_reload_newest(zone)) {
        return 1;
    }

    return source->slot->cycle < zone->shared->running
           && (source->slot->content || source->kind->lazy);
}


static ngx_uint_t
ngx_auth_cert_reload_needed(ngx_auth_cert_zone_t *zone)
{
    ngx_uint_t                i;
    ngx_auth_cert_source_t  **sources;

    sources = zone->sources.elts;

    for (i = 0; i < zone->sources.nelts; i++) {
        if (ngx_auth_cert_reload_ours(zone, sources[i])
            && ngx_auth_cert_reload_changed(zone, sources[i]))
        {
            return 1;
        }
    }

    return 0;
}


/* 1 when a source has to be loaded or collected; costs not more than stat() */

static ngx_uint_t
ngx_auth_cert_reload_changed(ngx_auth_cert_zone_t *zone,
    const ngx_auth_cert_source_t *source)
{
    u_char                 stamp[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_auth_cert_slot_t  *slot;

    static const u_char    none[NGX_AUTH_CERT_DIGEST_LEN];

    slot = source->slot;

    if (slot->retired && ngx_auth_cert_content_unread(zone)) {
        return 1;
    }

    ngx_auth_cert_source_stamp(source, stamp);

    if (ngx_memcmp(slot->failed, stamp, NGX_AUTH_CERT_DIGEST_LEN) == 0) {
        return !ngx_auth_cert_content_tried(zone, slot, stamp);
    }

    return ngx_memcmp(slot->stamp, stamp, NGX_AUTH_CERT_DIGEST_LEN) != 0
           || ngx_memcmp(slot->failed, none, NGX_AUTH_CERT_DIGEST_LEN) != 0;
}


static void
ngx_auth_cert_reload_check(ngx_auth_cert_job_t *job)
{
    ngx_uint_t                i;
    ngx_auth_cert_source_t  **sources;

    sources = job->zone->sources.elts;

    for (i = 0; i < job->zone->sources.nelts; i++) {
        if (sources[i]->kind->check
            && ngx_auth_cert_reload_ours(job->zone, sources[i]))
        {
            sources[i]->kind->check(sources[i], job->log);
        }
    }
}


static void
ngx_auth_cert_reload_read(ngx_auth_cert_job_t *job)
{
#if (NGX_THREADS)

    int       err;
    sigset_t  blocked, before;

    ngx_auth_cert_reload_join(job);

    job->running = 1;

    /* signals are for the event loop, but for those of a crash */

    sigfillset(&blocked);

    sigdelset(&blocked, SIGILL);
    sigdelset(&blocked, SIGFPE);
    sigdelset(&blocked, SIGSEGV);
    sigdelset(&blocked, SIGBUS);

    (void) pthread_sigmask(SIG_BLOCK, &blocked, &before);

    err = pthread_create(&job->thread, NULL, ngx_auth_cert_reload_thread, job);

    (void) pthread_sigmask(SIG_SETMASK, &before, NULL);

    if (err != 0) {
        job->running = 0;

        ngx_log_error(NGX_LOG_ALERT, job->log, err,
                      "auth_cert: changed files are not read, "
                      "pthread_create() failed");
        return;
    }

    job->started = 1;

#else

    ngx_auth_cert_reload_run(job);

    ngx_auth_cert_zone_apply(job->zone, job->log);

#endif
}


#if (NGX_THREADS)

/*
 * Linux gives each thread a nice value of its own, see setpriority(2): where
 * both want one processor, the event loop comes first.  Elsewhere it would be
 * that of the whole process.
 */

static void *
ngx_auth_cert_reload_thread(void *data)
{
    ngx_auth_cert_job_t  *job = data;

#if (NGX_LINUX)
    if (nice(NGX_AUTH_CERT_RELOAD_NICE) == -1) {
        ngx_log_debug0(NGX_LOG_DEBUG_CORE, job->log, ngx_errno,
                       "auth_cert: nice() failed or gave -1");
    }
#endif

    ngx_auth_cert_reload_run(job);

    return NULL;
}

#endif


/* CAs first, which the signatures of CRLs are verified with */

static void
ngx_auth_cert_reload_run(ngx_auth_cert_job_t *job)
{
    ngx_uint_t                i, order;
    ngx_auth_cert_zone_t     *zone;
    ngx_auth_cert_source_t  **sources;

    zone = job->zone;
    sources = zone->sources.elts;

    if (!ngx_auth_cert_reload_lock(zone->shared)) {
        goto done;
    }

    for (i = 0; i < zone->sources.nelts; i++) {
        ngx_auth_cert_content_collect(zone, sources[i]);
    }

    for (order = 0; order < NGX_AUTH_CERT_ZONE_ORDERS; order++) {

        for (i = 0; i < zone->sources.nelts; i++) {
            if (sources[i]->kind->order == order
                && ngx_auth_cert_reload_ours(zone, sources[i]))
            {
                (void) ngx_auth_cert_content_load(zone, sources[i], job->log);
            }
        }
    }

    ngx_auth_cert_reload_check(job);

    (void) ngx_atomic_cmp_set(&zone->shared->loader, ngx_pid, 0);

done:

    (void) ngx_atomic_cmp_set(&job->running, 1, 0);
}


/* reading may take longer than the interval; a worker may die while it does */

static ngx_uint_t
ngx_auth_cert_reload_lock(ngx_auth_cert_shared_t *shared)
{
    ngx_atomic_uint_t  loader;

    loader = shared->loader;

    /* a pid may come again: what is ours was left by who had it before us */

    if (loader != 0 && loader != (ngx_atomic_uint_t) ngx_pid
        && (kill((ngx_pid_t) loader, 0) != -1 || ngx_errno != NGX_ESRCH))
    {
        return 0;
    }

    return ngx_atomic_cmp_set(&shared->loader, loader, ngx_pid);
}


static void
ngx_auth_cert_reload_join(ngx_auth_cert_job_t *job)
{
#if (NGX_THREADS)

    if (job->started) {
        (void) pthread_join(job->thread, NULL);
        job->started = 0;
    }

#endif
}


/* timer and thread use the configuration, which ends here */

static void
ngx_auth_cert_reload_cleanup(void *data)
{
    ngx_auth_cert_job_t *job = data;

    if (job->zone->event.timer_set) {
        ngx_del_timer(&job->zone->event);
    }

    ngx_auth_cert_reload_join(job);
}
