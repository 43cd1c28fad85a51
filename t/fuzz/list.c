
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Lists: a file, and values that are looked up in it.  The first byte is the
 * type of the field; a NUL ends the file, then values, one a line.
 */


#include "fuzz.h"


static void fuzz_values(fuzz_conf_t *conf, ngx_auth_cert_list_t *list,
    ngx_auth_cert_type_e type, ngx_str_t *text, u_char *pos, u_char *last);
static ngx_uint_t fuzz_lines(fuzz_conf_t *conf, ngx_auth_cert_type_e type,
    const ngx_str_t *text, const ngx_str_t *value, const ngx_str_t *normal);
static void fuzz_copy(ngx_str_t *file, ngx_auth_cert_type_e type,
    ngx_pool_t *pool);


int
LLVMFuzzerTestOneInput(const u_char *data, size_t len)
{
    u_char                *copy, *end;
    ngx_str_t              text, *file;
    fuzz_conf_t            conf;
    ngx_auth_cert_list_t  *list;
    ngx_auth_cert_type_e   type;

    fuzz_init();

    if (len == 0 || len > 16384) {
        return 0;
    }

    type = data[0] % NGX_AUTH_CERT_TYPE_VARIABLE;

    fuzz_conf_begin(&conf);

    copy = ngx_pnalloc(conf.cf.pool, len);
    fuzz_check(copy != NULL);
    ngx_memcpy(copy, data + 1, len - 1);

    end = ngx_strlchr(copy, copy + len - 1, '\0');

    text.data = copy;
    text.len = (end ? end : copy + len - 1) - copy;

    file = fuzz_file(text.data, text.len);

    list = ngx_auth_cert_list_load(&conf.cf, &conf.amcf, file, type);

    if (list) {
        fuzz_copy(file, type, conf.cf.pool);

        if (end) {
            fuzz_values(&conf, list, type, &text, end + 1, copy + len - 1);
        }
    }

    fuzz_conf_end(&conf);

    return 0;
}


static void
fuzz_values(fuzz_conf_t *conf, ngx_auth_cert_list_t *list,
    ngx_auth_cert_type_e type, ngx_str_t *text, u_char *pos, u_char *last)
{
    ngx_int_t   rc;
    ngx_str_t   value, normal, role;
    ngx_uint_t  n;

    for (n = 0; n < 16 && fuzz_line(&pos, last, &value); n++) {

        if (ngx_auth_cert_string_check(&value) != NGX_OK
            || ngx_auth_cert_field_normalize(conf->cf.pool, type, &value,
                                             &normal)
               != NGX_OK)
        {
            continue;
        }

        if (normal.data == NULL) {
            ngx_str_set(&normal, "");
        }

        ngx_str_null(&role);

        rc = ngx_auth_cert_list_find(list, &normal, conf->cf.pool, &role);

        fuzz_check(rc == NGX_OK || rc == NGX_DECLINED || rc == NGX_ERROR);
        fuzz_check((rc == NGX_OK)
                   == fuzz_lines(conf, type, text, &value, &normal));
    }
}


/* whether a rule with the pattern of some line says yes */

static ngx_uint_t
fuzz_lines(fuzz_conf_t *conf, ngx_auth_cert_type_e type,
    const ngx_str_t *text, const ngx_str_t *value, const ngx_str_t *normal)
{
    u_char                    *pos, *last, *p;
    ngx_str_t                  line, column;
    ngx_auth_cert_field_t      field;
    ngx_auth_cert_match_t      match;
    ngx_auth_cert_policy_t     policy;
    ngx_auth_cert_pattern_t    pattern;
    ngx_auth_cert_selector_t   selector;

    ngx_memzero(&field, sizeof(ngx_auth_cert_field_t));
    ngx_memzero(&policy, sizeof(ngx_auth_cert_policy_t));
    ngx_memzero(&selector, sizeof(ngx_auth_cert_selector_t));
    ngx_memzero(&match, sizeof(ngx_auth_cert_match_t));

    field.type = type;
    selector.field = &field;
    policy.conf = &conf->amcf;

    match.value = value;
    match.normal = normal;
    match.pool = conf->cf.pool;
    match.log = &fuzz_log;

    pos = ngx_pnalloc(conf->cf.pool, text->len + 1);
    fuzz_check(pos != NULL);

    last = ngx_cpymem(pos, text->data, text->len);

    if (last - pos >= 3 && ngx_memcmp(pos, "\xef\xbb\xbf", 3) == 0) {
        pos += 3;
    }

    while (fuzz_line(&pos, last, &line)) {

        if (line.len && line.data[line.len - 1] == CR) {
            line.len--;
        }

        p = line.data;

        fuzz_check(ngx_auth_cert_lines_column(&p, p + line.len, &column)
                   == NULL);

        /* these are not exact in a rule, and exact in a list */

        if (column.data == NULL
            || column.data[0] == '@'
            || ngx_strlchr(column.data, column.data + column.len, '$'))
        {
            if (column.data
                && ngx_auth_cert_match_normalize(conf->cf.pool, type, &column,
                                                 &pattern.normal)
                   == NULL
                && pattern.normal.len == normal->len
                && ngx_memcmp(pattern.normal.data, normal->data, normal->len)
                   == 0)
            {
                return 1;
            }

            continue;
        }

        ngx_memzero(&pattern, sizeof(ngx_auth_cert_pattern_t));

        if (ngx_auth_cert_match_compile(&conf->cf, &policy, &selector, &column,
                                        0, &pattern)
            != NULL)
        {
            fuzz_fail("a line that is good in a list is good in a rule",
                      __FILE__, __LINE__);
        }

        if (ngx_auth_cert_match_value(&pattern, &match) == NGX_OK) {
            return 1;
        }
    }

    return 0;
}


/* the copy for shared memory has all entries, in the size that was said */

static void
fuzz_copy(ngx_str_t *file, ngx_auth_cert_type_e type, ngx_pool_t *pool)
{
    u_char                              buf[1024];
    size_t                              i, size;
    ngx_str_t                           error, key;
    ngx_auth_cert_list_data_t           data, *copy;
    const ngx_auth_cert_table_entry_t  *entry, *found;

    error.data = buf;
    error.len = sizeof(buf);

    ngx_memzero(&data, sizeof(ngx_auth_cert_list_data_t));

    fuzz_check(ngx_auth_cert_list_read(file, type, pool, &data, &error)
               == NGX_OK);

    size = ngx_auth_cert_list_size(&data);

    copy = ngx_alloc(size, &fuzz_log);
    fuzz_check(copy != NULL);

    ngx_auth_cert_list_copy(&data, copy);

    for (i = 0; i < data.table.nentries; i++) {
        entry = &data.table.entries[i];

        key.len = entry->len;
        key.data = entry->data;

        found = ngx_auth_cert_table_find(&copy->table, entry->group, &key);

        fuzz_check(found != NULL && found->value == entry->value);
        fuzz_check(ngx_memcmp(found->data, entry->data,
                              entry->len + entry->value)
                   == 0);
        fuzz_check(found->data >= (u_char *) copy
                   && found->data + entry->len + entry->value
                      <= (u_char *) copy + size);
    }

    ngx_free(copy);
}
