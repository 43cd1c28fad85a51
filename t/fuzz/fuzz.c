
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What the fuzzers share.
 */


#include "fuzz.h"


#define FUZZ_WORDS  256


static void fuzz_log_writer(ngx_log_t *log, ngx_uint_t level, u_char *buf,
    size_t len);
static ngx_int_t fuzz_compile(ngx_conf_t *cf, ngx_str_t *text,
    void **complex);
static ngx_int_t fuzz_value(void *request, void *complex, ngx_str_t *value);
static const u_char *fuzz_json_value(const u_char *p, const u_char *last,
    ngx_uint_t depth);
static const u_char *fuzz_json_string(const u_char *p, const u_char *last);


ngx_log_t   fuzz_log;
ngx_uint_t  fuzz_strict_log;

static ngx_cycle_t      fuzz_cycle;
static ngx_open_file_t  fuzz_log_file;
static ngx_conf_file_t  fuzz_conf_file;


static const ngx_auth_cert_front_t  fuzz_front = { fuzz_compile, fuzz_value };


/* libFuzzer's answer to an input that does not fit into memory is a crash */

void
fuzz_init(void)
{
    if (ngx_cycle) {
        return;
    }

    fuzz_log.log_level = NGX_LOG_INFO;
    fuzz_log.writer = fuzz_log_writer;
    fuzz_log.file = &fuzz_log_file;

    ngx_use_stderr = 0;
    ngx_pid = ngx_getpid();
    ngx_pagesize = getpagesize();
    ngx_cacheline_size = NGX_CPU_CACHE_LINE;

    for (ngx_pagesize_shift = 0; (ngx_pagesize >> ngx_pagesize_shift) > 1;
         ngx_pagesize_shift++)
    {
        /* void */
    }

    fuzz_check(ngx_strerror_init() == NGX_OK);
    ngx_time_init();

    fuzz_cycle.log = &fuzz_log;
    fuzz_cycle.pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, &fuzz_log);
    fuzz_check(fuzz_cycle.pool != NULL);

    ngx_str_set(&fuzz_cycle.conf_prefix, "/");
    ngx_str_set(&fuzz_cycle.prefix, "/");

    ngx_cycle = &fuzz_cycle;

    fuzz_check(ngx_ssl_init(&fuzz_log) == NGX_OK);

    fuzz_conf_file.file.fd = NGX_INVALID_FILE;
    ngx_str_set(&fuzz_conf_file.file.name, "fuzz.conf");
}


void
fuzz_fail(const char *expr, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, expr);
    abort();
}


static void
fuzz_log_writer(ngx_log_t *log, ngx_uint_t level, u_char *buf, size_t len)
{
    ngx_str_t  line;

    fuzz_check(len > 0 && buf[len - 1] == LF);

    if (fuzz_strict_log) {
        line.len = len - 1;
        line.data = buf;

        fuzz_printable(&line);
    }
}


void
fuzz_conf_begin(fuzz_conf_t *conf)
{
    ngx_memzero(conf, sizeof(fuzz_conf_t));

    conf->cf.cycle = &fuzz_cycle;
    conf->cf.log = &fuzz_log;
    conf->cf.conf_file = &fuzz_conf_file;
    conf->cf.pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, &fuzz_log);
    conf->cf.temp_pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, &fuzz_log);

    fuzz_check(conf->cf.pool && conf->cf.temp_pool);

    fuzz_check(ngx_auth_cert_conf_init(&conf->cf, &conf->amcf, &fuzz_front)
               == NGX_OK);
}


void
fuzz_conf_end(fuzz_conf_t *conf)
{
    ngx_destroy_pool(conf->cf.temp_pool);
    ngx_destroy_pool(conf->cf.pool);
}


/* the value of a text with $variables is what follows its first "$" */

static ngx_int_t
fuzz_compile(ngx_conf_t *cf, ngx_str_t *text, void **complex)
{
    *complex = ngx_palloc(cf->pool, sizeof(ngx_str_t));
    fuzz_check(*complex != NULL);

    *(ngx_str_t *) *complex = *text;

    return NGX_OK;
}


static ngx_int_t
fuzz_value(void *request, void *complex, ngx_str_t *value)
{
    u_char  *p;

    *value = *(ngx_str_t *) complex;

    p = ngx_strlchr(value->data, value->data + value->len, '$');

    if (p) {
        value->len -= p + 1 - value->data;
        value->data = p + 1;
    }

    return NGX_OK;
}


ngx_auth_cert_policy_t *
fuzz_policy(fuzz_conf_t *conf, ngx_str_t *words, ngx_uint_t nwords)
{
    char                    *rv;
    ngx_uint_t               i, first;
    ngx_auth_cert_policy_t  *policy;

    static ngx_str_t  name = ngx_string("fuzz");

    policy = ngx_auth_cert_policy_create(&conf->cf, &conf->amcf,
                                         "auth_cert_policy", &name);
    fuzz_check(policy != NULL);

    first = 0;

    for (i = 0; i < nwords; i++) {

        if (words[i].len != 1 || words[i].data[0] != ';') {
            continue;
        }

        if (i > first) {
            rv = ngx_auth_cert_rule_add(&conf->cf, policy, &words[first],
                                        i - first);
            if (rv != NGX_CONF_OK) {
                fuzz_check(rv == NGX_CONF_ERROR);
                return NULL;
            }
        }

        first = i + 1;
    }

    if (policy->rules.nelts == 0) {
        return NULL;
    }

    fuzz_check(ngx_auth_cert_run_compile(&conf->cf, policy) == NGX_OK);

    return policy;
}


ngx_auth_cert_policy_t *
fuzz_policy_text(fuzz_conf_t *conf, const char *text)
{
    size_t       len;
    ngx_str_t    words[FUZZ_WORDS];
    ngx_uint_t   n;
    const char  *p;

    n = 0;

    for (p = text; *p; p += len) {

        if (*p == ' ') {
            len = 1;
            continue;
        }

        len = (*p == ';') ? 1 : strcspn(p, " ;");

        fuzz_check(n < FUZZ_WORDS);

        words[n].len = len;
        words[n].data = ngx_pnalloc(conf->cf.pool, len + 1);
        fuzz_check(words[n].data != NULL);

        (void) ngx_cpystrn(words[n].data, (u_char *) p, len + 1);
        n++;
    }

    return fuzz_policy(conf, words, n);
}


void
fuzz_evaluate(ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_principal_t *principal, ngx_pool_t *pool,
    ngx_auth_cert_verdict_t *verdict)
{
    ngx_int_t                rc, single;
    ngx_auth_cert_policy_t   copy;
    ngx_auth_cert_verdict_t  other;

    rc = ngx_auth_cert_policy_evaluate(policy, principal, NULL, pool,
                                       &fuzz_log, verdict);

    copy = *policy;
    copy.runs.nelts = 0;

    single = ngx_auth_cert_policy_evaluate(&copy, principal, NULL, pool,
                                           &fuzz_log, &other);

    fuzz_check(rc == NGX_OK && single == NGX_OK);
    fuzz_check(verdict->allow == other.allow);
    fuzz_check(verdict->reason == other.reason);
    fuzz_check(verdict->rule == other.rule);
    fuzz_check(verdict->role.len == other.role.len);
    fuzz_check(ngx_memcmp(verdict->role.data, other.role.data, other.role.len)
               == 0);
    fuzz_check(!verdict->allow
               || (verdict->reason == NGX_AUTH_CERT_REASON_ALLOWED
                   && verdict->rule));
}


ngx_str_t *
fuzz_file(const u_char *data, size_t len)
{
    static int        fd = -1;
    static u_char     path[64];
    static ngx_str_t  name;

    if (fd == -1) {
        fd = memfd_create("fuzz", 0);
        fuzz_check(fd != -1);

        name.data = path;
        name.len = ngx_sprintf(path, "/proc/self/fd/%d%Z", fd) - path - 1;
    }

    fuzz_check(ftruncate(fd, 0) == 0);
    fuzz_check(pwrite(fd, data, len, 0) == (ssize_t) len);

    return &name;
}


ngx_uint_t
fuzz_line(u_char **pos, u_char *last, ngx_str_t *line)
{
    u_char  *end;

    if (*pos >= last) {
        return 0;
    }

    end = ngx_strlchr(*pos, last, LF);

    if (end == NULL) {
        end = last;
    }

    line->data = *pos;
    line->len = end - *pos;

    *pos = end + 1;

    return 1;
}


void
fuzz_printable(const ngx_str_t *text)
{
    size_t  i;

    for (i = 0; i < text->len; i++) {
        fuzz_check(text->data[i] >= 0x20 && text->data[i] != 0x7f);
    }
}


void
fuzz_json(const ngx_str_t *text)
{
    u_char        *p;
    const u_char  *last;

    last = text->data + text->len;

    for (p = text->data; p < last; /* void */) {
        fuzz_check(*p >= 0x20);

        if (*p < 0x80) {
            p++;
            continue;
        }

        fuzz_check(ngx_utf8_decode(&p, last - p) <= 0x10ffff);
    }

    fuzz_check(fuzz_json_value(text->data, last, 0) == last);
}


static const u_char *
fuzz_json_value(const u_char *p, const u_char *last, ngx_uint_t depth)
{
    u_char      close;
    ngx_uint_t  i;

    static ngx_str_t  words[] = {
        ngx_string("null"), ngx_string("true"), ngx_string("false")
    };

    fuzz_check(p < last && depth < 16);

    if (*p == '"') {
        return fuzz_json_string(p, last);
    }

    if (*p == '{' || *p == '[') {
        close = (*p == '{') ? '}' : ']';
        p++;

        fuzz_check(p < last);

        if (*p == close) {
            return p + 1;
        }

        for ( ;; ) {

            if (close == '}') {
                p = fuzz_json_string(p, last);
                fuzz_check(p < last && *p == ':');
                p++;

                while (p < last && *p == ' ') {
                    p++;
                }
            }

            p = fuzz_json_value(p, last, depth + 1);

            fuzz_check(p < last && (*p == close || *p == ','));

            if (*p++ == close) {
                return p;
            }

            while (p < last && *p == ' ') {
                p++;
            }
        }
    }

    for (i = 0; i < 3; i++) {
        if ((size_t) (last - p) >= words[i].len
            && ngx_memcmp(p, words[i].data, words[i].len) == 0)
        {
            return p + words[i].len;
        }
    }

    fuzz_check(*p >= '0' && *p <= '9');

    while (p < last && *p >= '0' && *p <= '9') {
        p++;
    }

    return p;
}


static const u_char *
fuzz_json_string(const u_char *p, const u_char *last)
{
    ngx_uint_t  i;

    fuzz_check(p < last && *p == '"');

    for (p++; /* void */ ; p++) {
        fuzz_check(p < last);

        if (*p == '"') {
            return p + 1;
        }

        if (*p != '\\') {
            continue;
        }

        p++;
        fuzz_check(p < last && strchr("\"\\/bfnrtu", *p));

        if (*p == 'u') {
            for (i = 0; i < 4; i++) {
                p++;
                fuzz_check(p < last && isxdigit(*p));
            }
        }
    }
}
