
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Lists: files of patterns that are looked up in constant time.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


/*
 * The groups of a list's table: exact values and, of names, the parents of
 * wildcards.  An address range is in a group of its prefix length.
 */
#define NGX_AUTH_CERT_LIST_EXACT     0
#define NGX_AUTH_CERT_LIST_WILDCARD  1
#define NGX_AUTH_CERT_LIST_RANGE     2

#define NGX_AUTH_CERT_LIST_COLUMNS   2

/* lines after which the memory of their normal forms is used again */
#define NGX_AUTH_CERT_LIST_BATCH     256


struct ngx_auth_cert_list_s {
    ngx_str_t                         file;
    ngx_auth_cert_type_e              type;
    ngx_auth_cert_table_t             table;
    ngx_uint_t                        wildcards;

    /* 1 where there is a range of that prefix length, for IPv4 and IPv6 */
    u_char                            prefixes[2][129];
};


/* a list while it is read */

typedef struct {
    ngx_conf_t                       *cf;
    ngx_auth_cert_list_t             *list;
    ngx_pool_t                       *pool;       /* for a batch of lines */
    ngx_uint_t                        line;
} ngx_auth_cert_list_reader_t;


static ngx_int_t ngx_auth_cert_list_parse(ngx_conf_t *cf,
    ngx_auth_cert_list_t *list, ngx_str_t *content);
static ngx_int_t ngx_auth_cert_list_lines(ngx_auth_cert_list_reader_t *reader,
    u_char *pos, u_char *last);
static ngx_int_t ngx_auth_cert_list_line(ngx_auth_cert_list_reader_t *reader,
    u_char *pos, u_char *last);
static char *ngx_auth_cert_list_entry(ngx_auth_cert_list_reader_t *reader,
    ngx_str_t *text, ngx_str_t *role);
static char *ngx_auth_cert_list_key(ngx_auth_cert_list_reader_t *reader,
    ngx_str_t *text, ngx_str_t *key, ngx_uint_t *group);
static ngx_int_t ngx_auth_cert_list_find_in(const ngx_auth_cert_list_t *list,
    ngx_uint_t group, const ngx_str_t *key, ngx_str_t *role);
static ngx_int_t ngx_auth_cert_list_find_range(
    const ngx_auth_cert_list_t *list, const ngx_str_t *address,
    ngx_str_t *role);


ngx_auth_cert_list_t *
ngx_auth_cert_list_load(ngx_conf_t *cf, ngx_array_t *lists, ngx_str_t *file,
    ngx_auth_cert_type_e type)
{
    ngx_int_t              rc;
    ngx_str_t              name, content;
    ngx_uint_t             i;
    ngx_auth_cert_list_t  *list, **loaded;

    name = *file;

    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        return NULL;
    }

    loaded = lists->elts;

    for (i = 0; i < lists->nelts; i++) {
        if (loaded[i]->type == type
            && loaded[i]->file.len == name.len
            && ngx_memcmp(loaded[i]->file.data, name.data, name.len) == 0)
        {
            return loaded[i];
        }
    }

    list = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_list_t));
    if (list == NULL) {
        return NULL;
    }

    list->file = name;
    list->type = type;

    if (ngx_auth_cert_lines_read(cf, &name, &content) != NGX_OK) {
        return NULL;
    }

    rc = ngx_auth_cert_list_parse(cf, list, &content);

    ngx_free(content.data);

    if (rc != NGX_OK) {
        return NULL;
    }

    if (list->table.nentries == 0) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "list \"%V\" has no entry and matches nothing",
                           &list->file);
    }

    loaded = ngx_array_push(lists);
    if (loaded == NULL) {
        return NULL;
    }

    *loaded = list;

    return list;
}


static ngx_int_t
ngx_auth_cert_list_parse(ngx_conf_t *cf, ngx_auth_cert_list_t *list,
    ngx_str_t *content)
{
    u_char                       *p, *last;
    ngx_int_t                     rc;
    ngx_uint_t                    lines;
    ngx_auth_cert_list_reader_t   reader;

    last = content->data + content->len;
    lines = 1;

    for (p = content->data; p < last; p++) {
        lines += (*p == LF);
    }

    if (ngx_auth_cert_table_init(&list->table, cf->pool, lines) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "no memory for the %ui lines of list \"%V\"",
                           lines, &list->file);
        return NGX_ERROR;
    }

    reader.cf = cf;
    reader.list = list;
    reader.line = 0;

    reader.pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, cf->log);
    if (reader.pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_auth_cert_list_lines(&reader, content->data, last);

    ngx_destroy_pool(reader.pool);

    return rc;
}


static ngx_int_t
ngx_auth_cert_list_lines(ngx_auth_cert_list_reader_t *reader, u_char *pos,
    u_char *last)
{
    u_char  *end, *next;

    /* the byte order mark that some editors write */

    if (last - pos >= 3 && ngx_memcmp(pos, "\xef\xbb\xbf", 3) == 0) {
        pos += 3;
    }

    for ( /* void */ ; pos < last; pos = next) {

        end = ngx_strlchr(pos, last, LF);

        if (end == NULL) {
            end = last;
        }

        next = end + 1;

        if (end > pos && end[-1] == CR) {
            end--;
        }

        reader->line++;

        if (ngx_auth_cert_list_line(reader, pos, end) != NGX_OK) {
            return NGX_ERROR;
        }

        if (reader->line % NGX_AUTH_CERT_LIST_BATCH == 0) {
            ngx_reset_pool(reader->pool);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_list_line(ngx_auth_cert_list_reader_t *reader, u_char *pos,
    u_char *last)
{
    char       *rv;
    ngx_str_t   column, columns[NGX_AUTH_CERT_LIST_COLUMNS];
    ngx_uint_t  n;

    ngx_str_set(&columns[0], "");
    ngx_str_set(&columns[1], "");

    column.len = last - pos;
    column.data = pos;

    for (n = 0; /* void */ ; n++) {

        rv = ngx_auth_cert_lines_column(&pos, last, &column);

        if (rv || column.data == NULL) {
            break;
        }

        if (n == NGX_AUTH_CERT_LIST_COLUMNS) {
            rv = "a third column, expected a pattern and a role; put a "
                 "pattern with spaces into double quotes";
            break;
        }

        columns[n] = column;
    }

    if (rv == NULL && n) {
        column = columns[0];
        rv = ngx_auth_cert_list_entry(reader, &columns[0], &columns[1]);
    }

    if (rv == NULL) {
        return NGX_OK;
    }

    if (rv != NGX_CONF_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, reader->cf, 0,
                           "list \"%V\" line %ui: \"%V\": %s",
                           &reader->list->file, reader->line, &column, rv);
    }

    return NGX_ERROR;
}


static char *
ngx_auth_cert_list_entry(ngx_auth_cert_list_reader_t *reader,
    ngx_str_t *text, ngx_str_t *role)
{
    char                               *rv;
    u_char                             *p;
    ngx_str_t                           key;
    ngx_uint_t                          group;
    ngx_auth_cert_list_t               *list;
    const ngx_auth_cert_table_entry_t  *entry;

    list = reader->list;

    rv = ngx_auth_cert_list_key(reader, text, &key, &group);
    if (rv) {
        return rv;
    }

    entry = ngx_auth_cert_table_find(&list->table, group, &key);

    if (entry) {

        if (entry->value != role->len
            || ngx_memcmp(entry->data + entry->len, role->data, role->len) != 0)
        {
            return "stands in the list before, with another role";
        }

        return NULL;
    }

    /* the role stands behind the key, its length is the entry's value */

    p = ngx_pnalloc(reader->cf->pool, key.len + role->len);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memcpy(ngx_cpymem(p, key.data, key.len), role->data, role->len);

    key.data = p;

    return (ngx_auth_cert_table_add(&list->table, group, &key, role->len)
            == NGX_OK)
           ? NULL : NGX_CONF_ERROR;
}


static char *
ngx_auth_cert_list_key(ngx_auth_cert_list_reader_t *reader, ngx_str_t *text,
    ngx_str_t *key, ngx_uint_t *group)
{
    char                     *rv;
    ngx_auth_cert_cidr_t     *cidr;
    ngx_auth_cert_list_t     *list;
    ngx_auth_cert_pattern_t   pattern;

    list = reader->list;

    if (text->len == 0) {
        return "the pattern is empty";
    }

    if (list->type == NGX_AUTH_CERT_TYPE_DNS && text->data[0] == '*') {

        rv = ngx_auth_cert_wildcard_dns(reader->pool, text, &pattern);

        *key = pattern.normal;
        *group = NGX_AUTH_CERT_LIST_WILDCARD;

        list->wildcards = 1;

        return rv;
    }

    if (list->type == NGX_AUTH_CERT_TYPE_IP
        && ngx_strlchr(text->data, text->data + text->len, '/'))
    {
        rv = ngx_auth_cert_range_compile(reader->pool, text, &pattern);
        if (rv) {
            return rv;
        }

        cidr = pattern.data;

        *key = cidr->address;
        *group = NGX_AUTH_CERT_LIST_RANGE + cidr->prefix;

        list->prefixes[cidr->address.len == 16][cidr->prefix] = 1;

        return NULL;
    }

    *group = NGX_AUTH_CERT_LIST_EXACT;

    return ngx_auth_cert_match_normalize(reader->pool, list->type, text, key);
}


ngx_int_t
ngx_auth_cert_list_find(const ngx_auth_cert_list_t *list,
    const ngx_str_t *normal, ngx_str_t *role)
{
    ngx_int_t  rc;
    ngx_str_t  parent;

    if (ngx_auth_cert_list_find_in(list, NGX_AUTH_CERT_LIST_EXACT, normal,
                                   role)
        == NGX_OK)
    {
        return NGX_OK;
    }

    if (list->wildcards) {

        rc = ngx_auth_cert_wildcard_parent(normal, &parent);

        return (rc != NGX_DECLINED
                && ngx_auth_cert_list_find_in(list,
                                              NGX_AUTH_CERT_LIST_WILDCARD,
                                              &parent, role)
                   == NGX_OK)
               ? rc : NGX_DECLINED;
    }

    if (list->type == NGX_AUTH_CERT_TYPE_IP) {
        return ngx_auth_cert_list_find_range(list, normal, role);
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_auth_cert_list_find_in(const ngx_auth_cert_list_t *list, ngx_uint_t group,
    const ngx_str_t *key, ngx_str_t *role)
{
    const ngx_auth_cert_table_entry_t  *entry;

    entry = ngx_auth_cert_table_find(&list->table, group, key);

    if (entry == NULL) {
        return NGX_DECLINED;
    }

    role->len = entry->value;
    role->data = entry->data + entry->len;

    return NGX_OK;
}


/* the longest prefix comes first: its role is the one for the address */

static ngx_int_t
ngx_auth_cert_list_find_range(const ngx_auth_cert_list_t *list,
    const ngx_str_t *address, ngx_str_t *role)
{
    u_char         masked[16];
    ngx_int_t      prefix;
    ngx_str_t      key;
    const u_char  *prefixes;

    prefixes = list->prefixes[address->len == 16];

    key.len = address->len;
    key.data = masked;

    for (prefix = 8 * address->len; prefix >= 0; prefix--) {

        if (!prefixes[prefix]) {
            continue;
        }

        ngx_auth_cert_range_mask(address, prefix, masked);

        if (ngx_auth_cert_list_find_in(list,
                                       NGX_AUTH_CERT_LIST_RANGE + prefix,
                                       &key, role)
            == NGX_OK)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}
