/*
 * Preloaded into a tested nginx: the n-th allocation fails, or the n-th call
 * of the module, see calls.c, or all from the n-th on; or the process dies
 * there, or stops for a while, or a file changes.  A file that is mapped into
 * all processes says when, and counts.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"


/* with the end */
#define FAULT_PATH  512


/* in the order of the test's pack() */

typedef struct {
    int32_t  armed;
    int32_t  at[FAULT_KINDS];   /* from 1; 0: none */
    int32_t  seen[FAULT_KINDS];
    int32_t  failed;            /* 2: what it was in failed, too */
    int32_t  held;              /* the process that has stopped; 0: go on */
    int32_t  live;              /* that were not freed, while armed or not */
    int32_t  tick;              /* of the clock of files, ms; 0: the real one */
    int32_t  rewritten;         /* the read before which "to" is, as it is */
    char     name[FAULT_NAME];  /* of what failed */
    char     from[FAULT_PATH];  /* what is written to the file that changes */
    char     to[FAULT_PATH];
} fault_state_t;


enum {
    FAULT_FAILS = 1,
    FAULT_DIES,                 /* the process */
    FAULT_LASTS,                /* each one from then on fails */
    FAULT_CHANGES,              /* a file, in place */
    FAULT_HOLDS                 /* the process stops */
};


/* not before the module starts a thread */
#define FAULT_LATER  16


static fault_state_t  *fault_state;

/* what the module has called; set without an allocation */
static __thread const char  *fault_inner
                             __attribute__((tls_model("initial-exec")));
static __thread int          fault_hit  /* an allocation in it has failed */
                             __attribute__((tls_model("initial-exec")));

static void *(*fault_malloc)(size_t);
static void *(*fault_calloc)(size_t, size_t);
static void *(*fault_realloc)(void *, size_t);
static int (*fault_posix_memalign)(void **, size_t, size_t);
static void (*fault_free)(void *);
static void (*fault_SSL_set_accept_state)(void *);
static int (*fault_SSL_set_ex_data)(void *, int, void *);
static int (*fault_pthread_create)(pthread_t *, const pthread_attr_t *,
    void *(*)(void *), void *);

/* dlsym() may allocate before the functions are known; never freed */
static char    fault_early[16384];
static size_t  fault_early_len;


__attribute__((constructor)) static void
fault_init(void)
{
    int          fd;
    void        *p;
    const char  *file;

    fault_malloc = dlsym(RTLD_NEXT, "malloc");
    fault_calloc = dlsym(RTLD_NEXT, "calloc");
    fault_realloc = dlsym(RTLD_NEXT, "realloc");
    fault_posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
    fault_free = dlsym(RTLD_NEXT, "free");

    file = getenv("TEST_NGINX_FAULT");
    fd = file ? open(file, O_RDWR) : -1;

    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(fault_state_t), PROT_READ|PROT_WRITE, MAP_SHARED,
             fd, 0);

    if (p != MAP_FAILED) {
        fault_state = p;
    }

    close(fd);
}


/* what has it open sees it, as it does of an editor that writes in place */

static void
fault_change(const char *source, const char *target)
{
    int      from, to;
    char     buf[4096];
    ssize_t  n;

    from = open(source, O_RDONLY);
    to = open(target, O_WRONLY);

    while ((n = read(from, buf, sizeof(buf))) > 0) {
        if (write(to, buf, n) != n) {
            break;
        }
    }

    (void) ftruncate(to, lseek(to, 0, SEEK_CUR));

    close(from);
    close(to);
}


/* other threads of the process go on */

static void
fault_hold(fault_state_t *state)
{
    volatile int32_t  *held;

    held = &state->held;
    *held = getpid();

    while (*held) {
        usleep(1000);
    }
}


int
fault_now(int kind, const char *name)
{
    int32_t         what, seen;
    fault_state_t  *state;

    state = fault_state;
    what = state ? state->armed : 0;

    if (what == 0 || (what & FAULT_LATER)) {
        return 0;
    }

    /* another thread may count, too */

    seen = __atomic_add_fetch(&state->seen[kind], 1, __ATOMIC_SEQ_CST);

    if (kind == FAULT_READ && seen == state->rewritten) {
        fault_change(state->to, state->to);
    }

    if (what == FAULT_LASTS && state->at[kind] && seen > state->at[kind]) {
        errno = ENOMEM;
        return 1;
    }

    if (seen != state->at[kind]) {
        return 0;
    }

    strncpy(state->name, name, FAULT_NAME - 1);
    state->failed = 1;

    switch (what) {

    case FAULT_DIES:
        state->armed = 0;
        kill(getpid(), SIGKILL);
        break;

    case FAULT_CHANGES:
        fault_change(state->from, state->to);
        return 0;

    case FAULT_HOLDS:
        fault_hold(state);
        return 0;
    }

    errno = ENOMEM;

    return 1;
}


void
fault_tick(struct timespec *time)
{
    if (fault_state && fault_state->tick) {
        time->tv_nsec -= time->tv_nsec % (fault_state->tick * 1000000L);
    }
}


const char *
fault_enter(const char *name)
{
    const char  *outer;

    outer = fault_inner;
    fault_inner = name;

    return outer;
}


void
fault_leave(const char *outer, int failed)
{
    if (failed && fault_hit) {
        fault_state->failed = 2;
    }

    fault_inner = outer;
    fault_hit = 0;
}


static int
fault_memory(const char *name)
{
    if (fault_inner && fault_now(FAULT_INNER, fault_inner)) {
        fault_hit = 1;
        return 1;
    }

    return fault_now(FAULT_MALLOC, name);
}


static void *
fault_count(void *p)
{
    if (fault_state && p) {
        __atomic_add_fetch(&fault_state->live, 1, __ATOMIC_RELAXED);
    }

    return p;
}


static int
fault_is_early(void *p)
{
    return (char *) p >= fault_early
           && (char *) p < fault_early + sizeof(fault_early);
}


void *
malloc(size_t size)
{
    if (fault_malloc == NULL) {
        return calloc(1, size);
    }

    return fault_memory("malloc") ? NULL : fault_count(fault_malloc(size));
}


void *
calloc(size_t n, size_t size)
{
    void  *p;

    if (fault_calloc == NULL) {
        p = fault_early + fault_early_len;
        fault_early_len += (n * size + 15) & ~(size_t) 15;
        return (fault_early_len <= sizeof(fault_early)) ? p : NULL;
    }

    return fault_memory("calloc")
           ? NULL : fault_count(fault_calloc(n, size));
}


void *
realloc(void *old, size_t size)
{
    void  *p;

    if (fault_is_early(old)) {
        p = malloc(size);
        return p ? memcpy(p, old, size) : NULL;
    }

    if (fault_memory("realloc")) {
        return NULL;
    }

    p = fault_realloc(old, size);

    if (old == NULL) {
        (void) fault_count(p);
    }

    return p;
}


int
posix_memalign(void **p, size_t alignment, size_t size)
{
    int  rc;

    if (fault_memory("posix_memalign")) {
        return ENOMEM;
    }

    rc = fault_posix_memalign(p, alignment, size);

    if (rc == 0) {
        (void) fault_count(*p);
    }

    return rc;
}


void
free(void *p)
{
    if (p == NULL || fault_is_early(p)) {
        return;
    }

    if (fault_state) {
        __atomic_sub_fetch(&fault_state->live, 1, __ATOMIC_RELAXED);
    }

    fault_free(p);
}


/* nothing fails in between */

static int32_t
fault_pause(void)
{
    int32_t  armed;

    armed = fault_state ? fault_state->armed : 0;

    if (armed) {
        fault_state->armed = 0;
    }

    return armed;
}


static void
fault_resume(int32_t armed)
{
    if (armed) {
        fault_state->armed = armed;
    }
}


/*
 * It returns nothing, also where OpenSSL 3.5 had no memory for a record layer:
 * SSL_set_options(), which nginx calls next, crashes.
 */

void
SSL_set_accept_state(void *ssl)
{
    int32_t  armed;

    if (fault_SSL_set_accept_state == NULL) {
        fault_SSL_set_accept_state = dlsym(RTLD_NEXT, "SSL_set_accept_state");
    }

    armed = fault_pause();
    fault_SSL_set_accept_state(ssl);
    fault_resume(armed);
}


/* where nginx cannot set its own it loses the object, as of 1.22 to 1.30 */

int
SSL_set_ex_data(void *ssl, int i, void *data)
{
    int      rc;
    int32_t  armed;

    if (fault_SSL_set_ex_data == NULL) {
        fault_SSL_set_ex_data = dlsym(RTLD_NEXT, "SSL_set_ex_data");
    }

    if (fault_inner) {
        return fault_SSL_set_ex_data(ssl, i, data);
    }

    armed = fault_pause();
    rc = fault_SSL_set_ex_data(ssl, i, data);
    fault_resume(armed);

    return rc;
}


/* a test may wait for a thread of the module to begin with its counts */

int
pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*start)(void *), void *arg)
{
    if (fault_pthread_create == NULL) {
        fault_pthread_create = dlsym(RTLD_NEXT, "pthread_create");
    }

    if (fault_state && (fault_state->armed & FAULT_LATER)) {
        fault_state->armed &= ~FAULT_LATER;
    }

    return fault_now(FAULT_CALL, "pthread_create")
           ? EAGAIN : fault_pthread_create(thread, attr, start, arg);
}
