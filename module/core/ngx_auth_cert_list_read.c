
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * How a list is read: the lines of a file to a table.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


#define NGX_AUTH_CERT_LIST_COLUMNS   2

/*
 * lines after which the memory of their normal forms is used again, and an
 * event loop on the same processor may run
 */
#define NGX_AUTH_CERT_LIST_BATCH     256


/* what a message shows of a column at most */
#define NGX_AUTH_CERT_LIST_EXCERPT   100


/* a list while it is read */

typedef struct {
    const ngx_str_t                  *file;
    ngx_auth_cert_type_e              type;
    ngx_auth_cert_list_data_t        *data;
    ngx_pool_t                       *pool;       /* of what stays */
    ngx_pool_t                       *lines;      /* for a batch of lines */
    ngx_uint_t                        line;
    ngx_str_t                        *error;
} ngx_auth_cert_list_reader_t;


static ngx_int_t ngx_auth_cert_list_parse(ngx_auth_cert_list_reader_t *reader,
    ngx_str_t *content);
static ngx_int_t ngx_auth_cert_list_lines(ngx_auth_cert_list_reader_t *reader,
    u_char *pos, u_char *last);
static ngx_int_t ngx_auth_cert_list_line(ngx_auth_cert_list_reader_t *reader,
    u_char *pos, u_char *last);
static char *ngx_auth_cert_list_entry(ngx_auth_cert_list_reader_t *reader,
    ngx_str_t *text, ngx_str_t *role);
static char *ngx_auth_cert_list_key(ngx_auth_cert_list_reader_t *reader,
    ngx_str_t *text, ngx_str_t *key, ngx_uint_t *group);
static ngx_int_t ngx_auth_cert_list_nomem(ngx_auth_cert_list_reader_t *reader);


ngx_int_t
ngx_auth_cert_list_read(const ngx_str_t *file, ngx_auth_cert_type_e type,
    ngx_pool_t *pool, ngx_auth_cert_list_data_t *data, ngx_str_t *error)
{
    ngx_int_t                    rc;
    ngx_str_t                    content;
    ngx_auth_cert_list_reader_t  reader;

    reader.file = file;
    reader.type = type;
    reader.data = data;
    reader.pool = pool;
    reader.line = 0;
    reader.error = error;

    if (ngx_auth_cert_lines_read(file, &content, error) != NGX_OK) {
        return NGX_ERROR;
    }

    reader.lines = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, pool->log);

    if (reader.lines == NULL) {
        rc = ngx_auth_cert_list_nomem(&reader);

    } else {
        rc = ngx_auth_cert_list_parse(&reader, &content);
        ngx_destroy_pool(reader.lines);
    }

    ngx_free(content.data);

    return rc;
}


static ngx_int_t
ngx_auth_cert_list_nomem(ngx_auth_cert_list_reader_t *reader)
{
    ngx_str_t  *error;

    error = reader->error;

    error->len = ngx_slprintf(error->data, error->data + error->len,
                              "no memory for list \"%V\"", reader->file)
                 - error->data;

    return NGX_ERROR;
}


static ngx_int_t
ngx_auth_cert_list_parse(ngx_auth_cert_list_reader_t *reader,
    ngx_str_t *content)
{
    u_char      *p, *last;
    ngx_uint_t   lines;

    last = content->data + content->len;
    lines = 1;

    for (p = content->data; p < last; p++) {
        lines += (*p == LF);
    }

    if (ngx_auth_cert_table_init(&reader->data->table, reader->pool, lines)
        != NGX_OK)
    {
        return ngx_auth_cert_list_nomem(reader);
    }

    return ngx_auth_cert_list_lines(reader, content->data, last);
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
            ngx_reset_pool(reader->lines);
            ngx_sched_yield();
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_list_line(ngx_auth_cert_list_reader_t *reader, u_char *pos,
    u_char *last)
{
    char        *rv;
    ngx_str_t   *error, column, columns[NGX_AUTH_CERT_LIST_COLUMNS];
    ngx_uint_t   n;

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

    if (rv == NGX_CONF_ERROR) {
        return ngx_auth_cert_list_nomem(reader);
    }

    column.len = ngx_min(column.len, NGX_AUTH_CERT_LIST_EXCERPT);

    error = reader->error;

    error->len = ngx_slprintf(error->data, error->data + error->len,
                              "list \"%V\" line %ui: \"%V\": %s",
                              reader->file, reader->line, &column, rv)
                 - error->data;

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
    ngx_auth_cert_list_data_t          *list;
    const ngx_auth_cert_table_entry_t  *entry;

    list = reader->data;

    rv = ngx_auth_cert_list_key(reader, text, &key, &group);
    if (rv) {
        return rv;
    }

    entry = ngx_auth_cert_table_find(&list->table, group, &key);

    if (entry) {

        if (entry->value != role->len
            || ngx_memcmp(entry->data + entry->len, role->data, role->len) != 0)
        {
            return "the list has it before, with another role";
        }

        return NULL;
    }

    /* the role stands behind the key, its length is the entry's value */

    p = ngx_pnalloc(reader->pool, key.len + role->len);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memcpy(ngx_cpymem(p, key.data, key.len), role->data, role->len);

    key.data = p;
    list->len += key.len + role->len;

    return (ngx_auth_cert_table_add(&list->table, group, &key, role->len)
            == NGX_OK)
           ? NULL : NGX_CONF_ERROR;
}


static char *
ngx_auth_cert_list_key(ngx_auth_cert_list_reader_t *reader, ngx_str_t *text,
    ngx_str_t *key, ngx_uint_t *group)
{
    char                       *rv;
    ngx_auth_cert_cidr_t       *cidr;
    ngx_auth_cert_pattern_t     pattern;
    ngx_auth_cert_list_data_t  *list;

    list = reader->data;

    if (text->len == 0) {
        return "the pattern is empty";
    }

    if (reader->type == NGX_AUTH_CERT_TYPE_DNS && text->data[0] == '*') {

        rv = ngx_auth_cert_wildcard_dns(reader->lines, text, &pattern);

        *key = pattern.normal;
        *group = NGX_AUTH_CERT_LIST_WILDCARD;

        list->wildcards = 1;

        return rv;
    }

    if (reader->type == NGX_AUTH_CERT_TYPE_IP
        && ngx_strlchr(text->data, text->data + text->len, '/'))
    {
        rv = ngx_auth_cert_range_compile(reader->lines, text, &pattern);
        if (rv) {
            return rv;
        }

        cidr = pattern.data;

        *key = cidr->address;
        *group = NGX_AUTH_CERT_LIST_RANGE + cidr->prefix;

        list->prefixes[cidr->address.len == 16][cidr->prefix] = 1;

        return NULL;
    }

    if (ngx_strlchr(text->data, text->data + text->len, '*')) {
        return "\"*\" has no meaning here, write a rule with a wildcard or a "
               "regular expression instead of this line";
    }

    *group = NGX_AUTH_CERT_LIST_EXACT;

    return ngx_auth_cert_match_normalize(reader->lines, reader->type, text,
                                         key);
}


/* the data, then slots, entries, keys with their roles */

size_t
ngx_auth_cert_list_size(const ngx_auth_cert_list_data_t *data)
{
    return sizeof(ngx_auth_cert_list_data_t)
           + ((size_t) data->table.mask + 1) * sizeof(uint32_t)
           + data->table.nentries * sizeof(ngx_auth_cert_table_entry_t)
           + data->len;
}


void
ngx_auth_cert_list_copy(const ngx_auth_cert_list_data_t *data,
    ngx_auth_cert_list_data_t *copy)
{
    u_char                       *p;
    size_t                        slots;
    ngx_uint_t                    i;
    ngx_auth_cert_table_t        *table;
    ngx_auth_cert_table_entry_t  *entry;

    *copy = *data;

    table = &copy->table;
    slots = ((size_t) table->mask + 1) * sizeof(uint32_t);

    /* both are multiples of what aligns the entries: slots are 4 or more */

    p = (u_char *) copy + sizeof(ngx_auth_cert_list_data_t);

    table->slots = (uint32_t *) p;
    p = ngx_cpymem(p, data->table.slots, slots);

    table->entries = (ngx_auth_cert_table_entry_t *) p;
    p = ngx_cpymem(p, data->table.entries,
                   table->nentries * sizeof(ngx_auth_cert_table_entry_t));

    for (i = 0; i < table->nentries; i++) {
        entry = &table->entries[i];

        /* the value is the length of the role */

        ngx_memcpy(p, entry->data, entry->len + entry->value);

        entry->data = p;
        p += entry->len + entry->value;
    }
}
