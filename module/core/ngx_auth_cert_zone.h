
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The shared memory of auth_cert_zone, and the files whose content is read
 * again while nginx runs.
 */


#ifndef _NGX_AUTH_CERT_ZONE_H_INCLUDED_
#define _NGX_AUTH_CERT_ZONE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert.h"
#include "ngx_auth_cert_crl.h"


typedef struct ngx_auth_cert_slot_s     ngx_auth_cert_slot_t;
typedef struct ngx_auth_cert_content_s  ngx_auth_cert_content_t;
typedef struct ngx_auth_cert_kind_s     ngx_auth_cert_kind_t;
typedef struct ngx_auth_cert_job_s      ngx_auth_cert_job_t;


/* default of auth_cert_reload, in milliseconds */
#define NGX_AUTH_CERT_RELOAD_INTERVAL  10000

/* default of auth_cert_verify_cache, in seconds */
#define NGX_AUTH_CERT_CACHE_TIME  3600

/* room for a sentence about a file */
#define NGX_AUTH_CERT_ZONE_ERROR  1024


/* what was read of a source; the first member of what a kind makes of it */

struct ngx_auth_cert_content_s {
    size_t                            size;       /* of this block */
    ngx_auth_cert_content_t          *retired;    /* the next one */

    /* which of its files are bad, and of an earlier version; zero: none is */
    u_char                            kept[NGX_AUTH_CERT_DIGEST_LEN];
};


/*
 * A source in shared memory.  Slots are made under the pool's mutex and stay
 * as long as the zone.  Who loads (the master when it starts or reloads its
 * configuration, or the one worker that runs the job) writes the rest, and
 * content and version under the mutex.
 */

struct ngx_auth_cert_slot_s {
    u_char                            id[NGX_AUTH_CERT_DIGEST_LEN];

    /*
     * Of the files' state when they were loaded, and when that failed; both
     * are the same where some of them are bad.  And how many changes there
     * had been in the zone, as a CRL may wait for its CA.
     */
    u_char                            stamp[NGX_AUTH_CERT_DIGEST_LEN];
    u_char                            failed[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_atomic_uint_t                 tried;
    ngx_msec_t                        tried_at;

    ngx_atomic_t                      version;    /* 0: no content yet */
    ngx_auth_cert_content_t          *content;
    ngx_auth_cert_content_t          *retired;

    time_t                            warned;     /* of an old CRL */

    /* written by the master: which kind it is, the last cycle that names it */
    ngx_uint_t                        order;
    ngx_atomic_uint_t                 cycle;

    ngx_auth_cert_slot_t             *next;
};


/*
 * A process that reads content counts itself in its own entry, for as long as
 * it takes to look something up.  What was replaced is freed when no process
 * that is alive was reading after that.
 */

typedef struct {
    ngx_atomic_t                      pid;
    ngx_atomic_t                      count;
} ngx_auth_cert_reader_t;


typedef struct {
    ngx_atomic_t                      generation; /* moves with any content */
    ngx_atomic_t                      started;    /* what it will be then */
    ngx_atomic_t                      checked;    /* msec of the last check */
    ngx_atomic_t                      loader;     /* pid of who reads files */
    ngx_atomic_t                      failures;   /* counts bad files */
    ngx_atomic_t                      cycles;     /* counts configurations */
    ngx_atomic_t                      running;    /* the newest with workers */
    ngx_auth_cert_slot_t             *slots;
    ngx_auth_cert_cache_t            *cache;      /* or NULL */

    /* by ngx_process_slot; the last one is the master's */
    ngx_auth_cert_reader_t            readers[NGX_MAX_PROCESSES + 1];
} ngx_auth_cert_shared_t;


/* what the configuration has of it; one for each cycle */

struct ngx_auth_cert_zone_s {
    /* of shared, or of none when there is no zone */
    ngx_atomic_t                     *generation;
    ngx_atomic_t                      none;

    ngx_shm_zone_t                   *shm_zone;
    ngx_auth_cert_shared_t           *shared;     /* NULL: there is no zone */
    ngx_slab_pool_t                  *shpool;
    ngx_auth_cert_place_t             place;
    size_t                            size;
    ngx_atomic_uint_t                 cycle;      /* from 1 */

    ngx_msec_t                        interval;   /* 0: off */
    time_t                            cache_time; /* 0: off */
    ngx_array_t                       sources;    /* of source_t * */
    ngx_array_t                       servers;    /* of server_t *, hooked */

    /* of this process */
    ngx_atomic_uint_t                 applied;    /* generation */
    ngx_uint_t                        stale;      /* what servers ask for */
    ngx_event_t                       event;
    ngx_connection_t                 *dummy;
    ngx_auth_cert_job_t              *job;
};


/* a kind of source; a new kind is one row */

struct ngx_auth_cert_kind_s {
    ngx_str_t                         name;

    /*
     * Reads the files into memory of the zone.  May run in any thread: uses
     * no nginx pool.  error has a buffer, as that of ngx_auth_cert_crl_load().
     * Returns NGX_OK; NGX_DECLINED with content and error where some of its
     * files are kept as they were; NGX_ERROR with error.
     */
    ngx_int_t                       (*load)(ngx_auth_cert_zone_t *zone,
                                            ngx_auth_cert_source_t *source,
                                            ngx_auth_cert_content_t **content,
                                            ngx_str_t *error);

    void                            (*free)(ngx_auth_cert_zone_t *zone,
                                            ngx_auth_cert_content_t *content);

    /* takes the content over in a worker; NULL: it is used as it is */
    ngx_int_t                       (*apply)(ngx_auth_cert_source_t *source,
                                             ngx_log_t *log);

    /* says what an administrator has to know of the content, or NULL */
    void                            (*check)(ngx_auth_cert_source_t *source,
                                             ngx_log_t *log);

    /* is loaded after those of a lower order, which it may need; unique */
    ngx_uint_t                        order;

    /* the configuration has read it: the zone needs it when it changed */
    ngx_uint_t                        lazy;
};


#define NGX_AUTH_CERT_ZONE_ORDERS  3


struct ngx_auth_cert_source_s {
    const ngx_auth_cert_kind_t       *kind;
    ngx_auth_cert_zone_t             *zone;
    ngx_str_t                         path;       /* file or directory */
    ngx_auth_cert_trust_t            *trust;      /* or NULL */
    ngx_auth_cert_list_t             *list;       /* or NULL */
    ngx_uint_t                        variant;    /* how it is read */
    ngx_auth_cert_place_t             place;

    /* of the files' state before the configuration read them */
    u_char                            stamp[NGX_AUTH_CERT_DIGEST_LEN];

    ngx_auth_cert_slot_t             *slot;
    ngx_atomic_uint_t                 version;    /* applied here */
};


extern const ngx_auth_cert_kind_t  ngx_auth_cert_ca_kind;
extern const ngx_auth_cert_kind_t  ngx_auth_cert_revocation_kind;
extern const ngx_auth_cert_kind_t  ngx_auth_cert_list_kind;


/* ngx_auth_cert_zone.c */

ngx_auth_cert_zone_t *ngx_auth_cert_zone_create(ngx_conf_t *cf);

/*
 * When the configuration is read: defaults, and the shared memory if there
 * is something to put into it; tag is the module.  NGX_OK, NGX_ERROR
 */
ngx_int_t ngx_auth_cert_zone_finish(ngx_conf_t *cf,
    ngx_auth_cert_zone_t *zone, void *tag);

/* takes over what was published, in a worker, before it is used */
void ngx_auth_cert_zone_apply(ngx_auth_cert_zone_t *zone, ngx_log_t *log);

/*
 * A number to remember before something is looked up in the zone, or that
 * tells how many files were bad; and 1 if another process or thread may have
 * changed it since.
 */
ngx_atomic_uint_t ngx_auth_cert_zone_changes(
    const ngx_auth_cert_zone_t *zone);
ngx_uint_t ngx_auth_cert_zone_changed(const ngx_auth_cert_zone_t *zone,
    ngx_atomic_uint_t changes);

/* memory of the zone; safe in any thread.  NULL when there is none left */
void *ngx_auth_cert_zone_alloc(ngx_auth_cert_zone_t *zone, size_t size);
void ngx_auth_cert_zone_free(ngx_auth_cert_zone_t *zone, void *p,
    size_t size);

/* a sentence that names the size that the zone needs for so much more */
void ngx_auth_cert_zone_small(ngx_auth_cert_zone_t *zone, size_t size,
    ngx_str_t *error);


/* ngx_auth_cert_content.c */

/*
 * Loads a source whose files are not those that the zone has, and puts them
 * into force for all workers.  May run in any thread.  Returns NGX_OK;
 * NGX_DECLINED with a line in the log where the last good version stays in
 * force; NGX_ERROR with a line in the log where there is none.
 */
ngx_int_t ngx_auth_cert_content_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_log_t *log);

/*
 * 1 where files of that state could not be loaded, and there is no reason to
 * try once more
 */
ngx_uint_t ngx_auth_cert_content_tried(const ngx_auth_cert_zone_t *zone,
    const ngx_auth_cert_slot_t *slot,
    const u_char stamp[NGX_AUTH_CERT_DIGEST_LEN]);

/* in a worker, before it reads anything */
void ngx_auth_cert_content_start(ngx_auth_cert_zone_t *zone);

/*
 * The content of a source; not to be used after release.  NULL where there
 * is none yet, and where it is gone: workers that have outlived the next
 * configuration may be left without what that does not name.
 */
ngx_auth_cert_content_t *ngx_auth_cert_content_acquire(
    ngx_auth_cert_source_t *source);
void ngx_auth_cert_content_release(ngx_auth_cert_source_t *source);

/* 1 when nobody reads what has been replaced by now */
ngx_uint_t ngx_auth_cert_content_unread(ngx_auth_cert_zone_t *zone);

/* frees what was replaced and is read no more */
void ngx_auth_cert_content_collect(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source);

/* in the master: frees what neither zone nor the running workers name */
void ngx_auth_cert_content_forget(ngx_auth_cert_zone_t *zone);


/* ngx_auth_cert_zone_conf.c */

/* setters of auth_cert_zone, auth_cert_reload, auth_cert_verify_cache */
char *ngx_auth_cert_zone_set(ngx_conf_t *cf, ngx_auth_cert_zone_t *zone,
    ngx_str_t *value);
char *ngx_auth_cert_zone_set_reload(ngx_conf_t *cf,
    ngx_auth_cert_zone_t *zone, ngx_str_t *value);
char *ngx_auth_cert_zone_set_cache(ngx_conf_t *cf,
    ngx_auth_cert_zone_t *zone, ngx_str_t *value);


/* ngx_auth_cert_source.c */

/*
 * Registers a file or directory by its full name; the members that the kind
 * needs are set by the caller.  To be called before the configuration reads
 * it.  NULL when memory runs out.
 */
ngx_auth_cert_source_t *ngx_auth_cert_source_add(ngx_conf_t *cf,
    ngx_auth_cert_zone_t *zone, const ngx_auth_cert_kind_t *kind,
    ngx_str_t *path);

/* the state of the source's files; differs when one of them changed */
void ngx_auth_cert_source_stamp(const ngx_auth_cert_source_t *source,
    u_char stamp[NGX_AUTH_CERT_DIGEST_LEN]);

/*
 * The same for who reads the files after it.  Sleeps up to 30 ms where they
 * were written just now: not for the event loop.
 */
void ngx_auth_cert_source_settle(const ngx_auth_cert_source_t *source,
    u_char stamp[NGX_AUTH_CERT_DIGEST_LEN]);

/*
 * Calls back for each file: the path itself, or the files of the directory
 * that do not begin with a dot.  path ends with a NUL and lives until the
 * call returns.  NGX_OK; NGX_DECLINED with errno where it cannot be listed;
 * or what the callback returned, if that was not NGX_OK.
 */
typedef ngx_int_t (*ngx_auth_cert_source_pt)(const ngx_str_t *path,
    void *data);

ngx_int_t ngx_auth_cert_source_files(const ngx_str_t *path,
    ngx_auth_cert_source_pt handler, void *data, ngx_uint_t *directory);


/* ngx_auth_cert_revocation.c */

/* the setters of "crl" and its options in auth_cert_trust */
char *ngx_auth_cert_revocation_add(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, ngx_str_t *path);


/* ngx_auth_cert_revocation_load.c */

/* the content of a source: one index for each file */

typedef struct {
    u_char                            id[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_auth_cert_crl_t              *crl;
} ngx_auth_cert_revocation_file_t;


typedef struct {
    ngx_auth_cert_content_t           content;
    ngx_uint_t                        n;
    ngx_auth_cert_revocation_file_t   files[1];
} ngx_auth_cert_revocation_content_t;


ngx_int_t ngx_auth_cert_revocation_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t **content,
    ngx_str_t *error);
void ngx_auth_cert_revocation_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_content_t *content);


/* ngx_auth_cert_reload.c */

/* when the configuration is read.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_reload_init(ngx_conf_t *cf,
    ngx_auth_cert_zone_t *zone);

/* watches the sources, in a worker.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_reload_start(ngx_auth_cert_zone_t *zone,
    ngx_cycle_t *cycle);


#endif /* _NGX_AUTH_CERT_ZONE_H_INCLUDED_ */
