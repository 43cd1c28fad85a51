/*
 * Preloaded into a tested nginx: the n-th allocation fails, of all or of
 * those that the module asks nginx for, or the process dies there.  A file that is mapped into all
 * processes says when, and counts.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>


/* in the order of the test's pack() */

typedef struct {
    int32_t  armed;             /* 1: it fails, 2: the process dies there */
    int32_t  at[2];             /* from 1; 0: none */
    int32_t  seen[2];
    int32_t  failed;
    int32_t  live;              /* that were not freed, while armed or not */
} fault_state_t;


enum {
    FAULT_MALLOC = 0,
    FAULT_POOL,

    /* where the process dies */
    FAULT_COPY = FAULT_MALLOC
};

enum {
    FAULT_FAILS = 1,
    FAULT_DIES
};


static fault_state_t  *fault_state;

static void *(*fault_malloc)(size_t);
static void *(*fault_calloc)(size_t, size_t);
static void *(*fault_realloc)(void *, size_t);
static int (*fault_posix_memalign)(void **, size_t, size_t);
static void (*fault_free)(void *);
static void *(*fault_SSL_new)(void *);

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


static int
fault_now(int kind)
{
    fault_state_t  *state;

    state = fault_state;

    if (state == NULL || !state->armed) {
        return 0;
    }

    if (++state->seen[kind] != state->at[kind]) {
        return 0;
    }

    state->failed = 1;

    if (state->armed == FAULT_DIES) {
        state->armed = 0;
        kill(getpid(), SIGKILL);
    }

    errno = ENOMEM;

    return 1;
}


static int
fault_fails(void)
{
    if (fault_state && fault_state->armed == FAULT_DIES) {
        return 0;
    }

    return fault_now(FAULT_MALLOC);
}


static void *
fault_count(void *p)
{
    if (fault_state && p) {
        fault_state->live++;
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

    return fault_fails() ? NULL : fault_count(fault_malloc(size));
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

    return fault_fails() ? NULL : fault_count(fault_calloc(n, size));
}


void *
realloc(void *old, size_t size)
{
    void  *p;

    if (fault_is_early(old)) {
        p = malloc(size);
        return p ? memcpy(p, old, size) : NULL;
    }

    if (fault_fails()) {
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

    if (fault_fails()) {
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
        fault_state->live--;
    }

    fault_free(p);
}


/*
 * Of OpenSSL 3.5 it succeeds without a record layer when memory runs out in
 * it, and SSL_set_options(), which nginx calls next, crashes.
 */

void *
SSL_new(void *ctx)
{
    void     *ssl;
    int32_t   armed;

    if (fault_SSL_new == NULL) {
        fault_SSL_new = dlsym(RTLD_NEXT, "SSL_new");
    }

    if (fault_state == NULL) {
        return fault_SSL_new(ctx);
    }

    armed = fault_state->armed;
    fault_state->armed = 0;

    ssl = fault_SSL_new(ctx);

    fault_state->armed = armed;

    return ssl;
}


/* a process can die between any two things that it writes */

void *__wrap_memcpy(void *to, const void *from, size_t size);

void *
__wrap_memcpy(void *to, const void *from, size_t size)
{
    if (fault_state && fault_state->armed == FAULT_DIES) {
        (void) fault_now(FAULT_COPY);
    }

    return memcpy(to, from, size);
}


/* what the module calls: it is linked with --wrap for each of these */

#define fault_wrap_1(name, type)                                              \
    void *name(type a);                                                       \
    void *__wrap_##name(type a);                                              \
                                                                              \
    void *                                                                    \
    __wrap_##name(type a)                                                     \
    {                                                                         \
        return fault_now(FAULT_POOL) ? NULL : name(a);                        \
    }

#define fault_wrap_2(name, type1, type2)                                      \
    void *name(type1 a, type2 b);                                             \
    void *__wrap_##name(type1 a, type2 b);                                    \
                                                                              \
    void *                                                                    \
    __wrap_##name(type1 a, type2 b)                                           \
    {                                                                         \
        return fault_now(FAULT_POOL) ? NULL : name(a, b);                     \
    }


fault_wrap_2(ngx_palloc, void *, size_t)
fault_wrap_2(ngx_pnalloc, void *, size_t)
fault_wrap_2(ngx_pcalloc, void *, size_t)
fault_wrap_2(ngx_pool_cleanup_add, void *, size_t)
fault_wrap_1(ngx_array_push, void *)
fault_wrap_2(ngx_array_push_n, void *, uintptr_t)
fault_wrap_1(ngx_list_push, void *)
fault_wrap_2(ngx_create_pool, size_t, void *)
fault_wrap_2(ngx_alloc, size_t, void *)
fault_wrap_2(ngx_slab_alloc, void *, size_t)
fault_wrap_2(ngx_slab_calloc, void *, size_t)
