
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The watch over files that change while nginx runs.  One worker at a time
 * looks at them and reads what is new, in a thread; all workers take over
 * what was published.
 */


#include "ngx_auth_cert_zone.h"

#if (NGX_THREADS)
#include <ngx_thread_pool.h>
#endif


/* the timer of a worker; the work is shared by all */

struct ngx_auth_cert_job_s {
    ngx_auth_cert_zone_t             *zone;
    ngx_log_t                        *log;
    ngx_uint_t                        running;

#if (NGX_THREADS)
    ngx_thread_pool_t                *thread_pool;
    ngx_thread_task_t                *task;
#endif
};


static void ngx_auth_cert_reload_timer(ngx_event_t *ev);
static ngx_uint_t ngx_auth_cert_reload_mine(ngx_auth_cert_zone_t *zone);
static void ngx_auth_cert_reload_post(ngx_auth_cert_job_t *job);
static void ngx_auth_cert_reload_run(void *data, ngx_log_t *log);
static ngx_uint_t ngx_auth_cert_reload_lock(ngx_auth_cert_shared_t *shared);
static void ngx_auth_cert_reload_done(ngx_event_t *ev);


ngx_int_t
ngx_auth_cert_reload_init(ngx_conf_t *cf, ngx_auth_cert_zone_t *zone)
{
    if (zone->interval == 0 || zone->sources.nelts == 0) {
        return NGX_OK;
    }

    zone->job = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_job_t));
    if (zone->job == NULL) {
        return NGX_ERROR;
    }

    zone->job->zone = zone;

#if (NGX_THREADS)

    zone->job->thread_pool = ngx_thread_pool_add(cf, NULL);
    if (zone->job->thread_pool == NULL) {
        return NGX_ERROR;
    }

    zone->job->task = ngx_thread_task_alloc(cf->pool, sizeof(void *));
    if (zone->job->task == NULL) {
        return NGX_ERROR;
    }

    *(void **) zone->job->task->ctx = zone->job;

    zone->job->task->handler = ngx_auth_cert_reload_run;
    zone->job->task->event.handler = ngx_auth_cert_reload_done;
    zone->job->task->event.data = zone->job;

#endif

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

    ngx_auth_cert_zone_apply(zone, cycle->log);

    if (zone->job == NULL) {
        return NGX_OK;
    }

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

    ngx_auth_cert_zone_apply(zone, ev->log);

    if (!ngx_exiting && !zone->job->running
        && ngx_auth_cert_reload_mine(zone))
    {
        ngx_auth_cert_reload_post(zone->job);
    }

    ngx_add_timer(ev, zone->interval);
}


/* the first worker whose timer has expired takes the work for the interval */

static ngx_uint_t
ngx_auth_cert_reload_mine(ngx_auth_cert_zone_t *zone)
{
    ngx_atomic_uint_t  checked;

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


static void
ngx_auth_cert_reload_post(ngx_auth_cert_job_t *job)
{
    job->running = 1;

#if (NGX_THREADS)

    if (ngx_thread_task_post(job->thread_pool, job->task) != NGX_OK) {
        job->running = 0;
    }

#else

    ngx_auth_cert_reload_run(&job, job->log);

    job->running = 0;

    ngx_auth_cert_zone_apply(job->zone, job->log);

#endif
}


/* in a thread: CAs first, which the signatures of CRLs are verified with */

static void
ngx_auth_cert_reload_run(void *data, ngx_log_t *log)
{
    ngx_uint_t                i, order;
    ngx_auth_cert_job_t      *job;
    ngx_auth_cert_zone_t     *zone;
    ngx_auth_cert_source_t  **sources;

    job = *(ngx_auth_cert_job_t **) data;
    zone = job->zone;
    sources = zone->sources.elts;

    if (!ngx_auth_cert_reload_lock(zone->shared)) {
        return;
    }

    for (i = 0; i < zone->sources.nelts; i++) {
        ngx_auth_cert_zone_collect(zone, sources[i]);
    }

    for (order = 0; order < NGX_AUTH_CERT_ZONE_ORDERS; order++) {

        for (i = 0; i < zone->sources.nelts; i++) {

            if (sources[i]->kind->order != order) {
                continue;
            }

            (void) ngx_auth_cert_zone_load(zone, sources[i], job->log);

            if (sources[i]->kind->check) {
                sources[i]->kind->check(sources[i], job->log);
            }
        }
    }

    (void) ngx_atomic_cmp_set(&zone->shared->loader, ngx_pid, 0);
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
ngx_auth_cert_reload_done(ngx_event_t *ev)
{
    ngx_auth_cert_job_t  *job;

    job = ev->data;

    job->running = 0;

    ngx_auth_cert_zone_apply(job->zone, job->log);
}
