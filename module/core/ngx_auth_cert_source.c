
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Sources: the files and directories that the configuration names, and how a
 * change of one is seen.
 */


#include "ngx_auth_cert_zone.h"


/* as often, and for so long, in ms, a tick of the files' clock is waited for */
#define NGX_AUTH_CERT_SOURCE_TICKS  10
#define NGX_AUTH_CERT_SOURCE_TICK   3


/* what is looked at of each file */

typedef struct {
    dev_t                             dev;
    ino_t                             ino;
    off_t                             size;
    struct timespec                   mtime;
    struct timespec                   ctime;
    int                               error;
} ngx_auth_cert_source_state_t;


/* and of all of them */

typedef struct {
    u_char                           *stamp;
    struct timespec                   newest;     /* of their times */
} ngx_auth_cert_source_files_t;


static void ngx_auth_cert_source_look(const ngx_auth_cert_source_t *source,
    ngx_auth_cert_source_files_t *files);
static ngx_uint_t ngx_auth_cert_source_fresh(const struct timespec *time);
static ngx_int_t ngx_auth_cert_source_state(const ngx_str_t *path,
    void *data);
static ngx_int_t ngx_auth_cert_source_list(const ngx_str_t *path,
    ngx_dir_t *dir, ngx_auth_cert_source_pt handler, void *data);


ngx_auth_cert_source_t *
ngx_auth_cert_source_add(ngx_conf_t *cf, ngx_auth_cert_zone_t *zone,
    const ngx_auth_cert_kind_t *kind, ngx_str_t *path)
{
    ngx_auth_cert_source_t  *source, **sources;

    source = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_source_t));
    if (source == NULL) {
        return NULL;
    }

    source->kind = kind;
    source->zone = zone;
    source->path = *path;

    ngx_auth_cert_conf_place(cf, &source->place);
    ngx_auth_cert_source_settle(source, source->stamp);

    sources = ngx_array_push(&zone->sources);
    if (sources == NULL) {
        return NULL;
    }

    *sources = source;

    return source;
}


void
ngx_auth_cert_source_stamp(const ngx_auth_cert_source_t *source,
    u_char stamp[NGX_AUTH_CERT_DIGEST_LEN])
{
    ngx_auth_cert_source_files_t  files;

    files.stamp = stamp;

    ngx_auth_cert_source_look(source, &files);
}


/*
 * Times of files go on with the clock's tick, of 1 to 10 ms.  What is written
 * in the one that the files are of, after they were read, would look like what
 * was read, if its size is the same.
 */

void
ngx_auth_cert_source_settle(const ngx_auth_cert_source_t *source,
    u_char stamp[NGX_AUTH_CERT_DIGEST_LEN])
{
    ngx_uint_t                    i;
    ngx_auth_cert_source_files_t  files;

    files.stamp = stamp;

    for (i = 0; i < NGX_AUTH_CERT_SOURCE_TICKS; i++) {

        ngx_auth_cert_source_look(source, &files);

        if (!ngx_auth_cert_source_fresh(&files.newest)) {
            return;
        }

        ngx_msleep(NGX_AUTH_CERT_SOURCE_TICK);
    }
}


/* a time that is to come, as others' clocks may have it, is not waited for */

static ngx_uint_t
ngx_auth_cert_source_fresh(const struct timespec *time)
{
    struct timespec  now;

    if (clock_gettime(ngx_auth_cert_clock, &now) == -1) {
        return 0;
    }

    return time->tv_sec <= now.tv_sec + 1
           && (time->tv_sec > now.tv_sec
               || (time->tv_sec == now.tv_sec
                   && time->tv_nsec >= now.tv_nsec));
}


/* the digests of all files are added up: their order does not matter */

static void
ngx_auth_cert_source_look(const ngx_auth_cert_source_t *source,
    ngx_auth_cert_source_files_t *files)
{
    ngx_int_t   rc;
    ngx_uint_t  directory;

    ngx_memzero(&files->newest, sizeof(struct timespec));

    /* not all zeros, as of what was never read: a directory may be empty */

    ngx_memzero(files->stamp, NGX_AUTH_CERT_DIGEST_LEN);
    files->stamp[0] = 1;

    rc = ngx_auth_cert_source_files(&source->path, ngx_auth_cert_source_state,
                                    files, &directory);

    /* a state of its own, never that of files that were read */

    if (rc != NGX_OK) {
        ngx_memset(files->stamp, 0xff, NGX_AUTH_CERT_DIGEST_LEN);
    }
}


static ngx_int_t
ngx_auth_cert_source_state(const ngx_str_t *path, void *data)
{
    ngx_auth_cert_source_files_t *files = data;

    u_char                         digest[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_int_t                      rc;
    ngx_uint_t                     i;
    EVP_MD_CTX                    *md;
    struct stat                    st;
    ngx_auth_cert_source_state_t   state;

    ngx_memzero(&state, sizeof(ngx_auth_cert_source_state_t));

    if (stat((char *) path->data, &st) == -1) {
        state.error = errno;

    } else {
        state.dev = st.st_dev;
        state.ino = st.st_ino;
        state.size = st.st_size;
        state.mtime = st.st_mtim;
        state.ctime = st.st_ctim;

        /* it is the later one: who sets the other one changes the file */

        if (st.st_ctim.tv_sec > files->newest.tv_sec
            || (st.st_ctim.tv_sec == files->newest.tv_sec
                && st.st_ctim.tv_nsec > files->newest.tv_nsec))
        {
            files->newest = st.st_ctim;
        }
    }

    md = EVP_MD_CTX_new();

    rc = (md
          && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1
          && EVP_DigestUpdate(md, &state, sizeof(state)) == 1
          && EVP_DigestUpdate(md, path->data, path->len) == 1
          && EVP_DigestFinal_ex(md, digest, NULL) == 1)
         ? NGX_OK : NGX_ERROR;

    EVP_MD_CTX_free(md);

    if (rc == NGX_OK) {
        for (i = 0; i < NGX_AUTH_CERT_DIGEST_LEN; i++) {
            files->stamp[i] ^= digest[i];
        }
    }

    return rc;
}


ngx_int_t
ngx_auth_cert_source_files(const ngx_str_t *path,
    ngx_auth_cert_source_pt handler, void *data, ngx_uint_t *directory)
{
    ngx_int_t        rc;
    ngx_str_t        name;
    ngx_dir_t        dir;
    ngx_file_info_t  fi;

    *directory = 0;

    if (ngx_file_info(path->data, &fi) == NGX_FILE_ERROR) {
        return NGX_DECLINED;
    }

    if (!ngx_is_dir(&fi)) {
        return handler(path, data);
    }

    *directory = 1;
    name = *path;

    if (ngx_open_dir(&name, &dir) == NGX_ERROR) {
        return NGX_DECLINED;
    }

    rc = ngx_auth_cert_source_list(path, &dir, handler, data);

    (void) ngx_close_dir(&dir);

    return rc;
}


static ngx_int_t
ngx_auth_cert_source_list(const ngx_str_t *path, ngx_dir_t *dir,
    ngx_auth_cert_source_pt handler, void *data)
{
    u_char           name[NGX_MAX_PATH], *p;
    ngx_int_t        rc;
    ngx_str_t        file;
    ngx_file_info_t  fi;

    for ( ;; ) {
        ngx_set_errno(0);

        if (ngx_read_dir(dir) == NGX_ERROR) {
            return (ngx_errno == NGX_ENOMOREFILES || ngx_errno == 0)
                   ? NGX_OK : NGX_DECLINED;
        }

        /* also the "..data" links of Kubernetes volumes */

        if (ngx_de_name(dir)[0] == '.') {
            continue;
        }

        p = ngx_snprintf(name, sizeof(name) - 1, "%V/%s", path,
                         ngx_de_name(dir));
        *p = '\0';

        file.data = name;
        file.len = p - name;

        /* one that is not there, as a link may lead to, is for the callback */

        if (ngx_file_info(file.data, &fi) != NGX_FILE_ERROR
            && !ngx_is_file(&fi))
        {
            continue;
        }

        rc = handler(&file, data);

        if (rc != NGX_OK) {
            return rc;
        }
    }
}
