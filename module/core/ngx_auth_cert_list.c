
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Lists: files of patterns that are looked up in constant time, and read
 * again when they change.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"
#include "ngx_auth_cert_zone.h"


struct ngx_auth_cert_list_s {
    ngx_str_t                         file;
    ngx_auth_cert_type_e              type;
    ngx_auth_cert_list_data_t         data;       /* as it was at start */
    ngx_auth_cert_source_t           *source;     /* as it is now, if changed */
};


/* the content of a source */

typedef struct {
    ngx_auth_cert_content_t           content;
    ngx_auth_cert_list_data_t         data;
} ngx_auth_cert_list_content_t;


static ngx_int_t ngx_auth_cert_list_create(ngx_conf_t *cf,
    ngx_auth_cert_list_t *list);
static ngx_int_t ngx_auth_cert_list_source_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t **content,
    ngx_str_t *error);
static void ngx_auth_cert_list_source_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_content_t *content);
static ngx_int_t ngx_auth_cert_list_find_data(
    const ngx_auth_cert_list_data_t *list, ngx_auth_cert_type_e type,
    const ngx_str_t *normal, ngx_str_t *role);
static ngx_int_t ngx_auth_cert_list_find_in(
    const ngx_auth_cert_list_data_t *list, ngx_uint_t group,
    const ngx_str_t *key, ngx_str_t *role);
static ngx_int_t ngx_auth_cert_list_find_range(
    const ngx_auth_cert_list_data_t *list, const ngx_str_t *address,
    ngx_str_t *role);


const ngx_auth_cert_kind_t  ngx_auth_cert_list_kind = {
    ngx_string("list"),
    ngx_auth_cert_list_source_load,
    ngx_auth_cert_list_source_free,
    NULL,
    NULL,
    2,
    1
};


ngx_auth_cert_list_t *
ngx_auth_cert_list_load(ngx_conf_t *cf, ngx_auth_cert_main_conf_t *amcf,
    ngx_str_t *file, ngx_auth_cert_type_e type)
{
    ngx_str_t              name;
    ngx_uint_t             i;
    ngx_auth_cert_list_t  *list, **loaded;

    name = *file;

    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        return NULL;
    }

    loaded = amcf->lists.elts;

    for (i = 0; i < amcf->lists.nelts; i++) {
        if (loaded[i]->type == type
            && loaded[i]->file.len == name.len
            && ngx_memcmp(loaded[i]->file.data, name.data, name.len) == 0)
        {
            return loaded[i];
        }
    }

    list = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_list_t));
    loaded = ngx_array_push(&amcf->lists);

    if (list == NULL || loaded == NULL) {
        return NULL;
    }

    *loaded = list;

    list->file = name;
    list->type = type;

    list->source = ngx_auth_cert_source_add(cf, amcf->zone,
                                            &ngx_auth_cert_list_kind, &name);
    if (list->source == NULL) {
        return NULL;
    }

    list->source->variant = type;

    return (ngx_auth_cert_list_create(cf, list) == NGX_OK) ? list : NULL;
}


static ngx_int_t
ngx_auth_cert_list_create(ngx_conf_t *cf, ngx_auth_cert_list_t *list)
{
    u_char     buf[NGX_AUTH_CERT_ZONE_ERROR];
    ngx_str_t  error;

    error.data = buf;
    error.len = sizeof(buf);

    if (ngx_auth_cert_list_read(&list->file, list->type, cf->pool, &list->data,
                                &error)
        != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%V", &error);
        return NGX_ERROR;
    }

    if (list->data.table.nentries == 0) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "list \"%V\" has no entry and matches nothing",
                           &list->file);
    }

    return NGX_OK;
}


/* it is made outside of the zone: the size is known at the end only */

static ngx_int_t
ngx_auth_cert_list_source_load(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_source_t *source, ngx_auth_cert_content_t **content,
    ngx_str_t *error)
{
    size_t                         size;
    ngx_int_t                      rc;
    ngx_pool_t                    *pool;
    ngx_auth_cert_list_data_t      data;
    ngx_auth_cert_list_content_t  *list;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, ngx_cycle->log);
    if (pool == NULL) {
        error->len = ngx_sprintf(error->data, "no memory for a list")
                     - error->data;
        return NGX_ERROR;
    }

    ngx_memzero(&data, sizeof(ngx_auth_cert_list_data_t));

    rc = ngx_auth_cert_list_read(&source->path, source->variant, pool, &data,
                                 error);
    if (rc == NGX_OK) {
        size = offsetof(ngx_auth_cert_list_content_t, data)
               + ngx_auth_cert_list_size(&data);

        list = ngx_auth_cert_zone_alloc(zone, size);

        if (list) {
            ngx_auth_cert_list_copy(&data, &list->data);
            list->content.size = size;
            ngx_memzero(list->content.kept, NGX_AUTH_CERT_DIGEST_LEN);
            *content = &list->content;

        } else {
            ngx_auth_cert_zone_small(zone, size, error);
            rc = NGX_ERROR;
        }
    }

    ngx_destroy_pool(pool);

    return rc;
}


static void
ngx_auth_cert_list_source_free(ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_content_t *content)
{
    ngx_auth_cert_zone_free(zone, content, content->size);
}


ngx_int_t
ngx_auth_cert_list_find(const ngx_auth_cert_list_t *list,
    const ngx_str_t *normal, ngx_pool_t *pool, ngx_str_t *role)
{
    u_char                        *p;
    ngx_int_t                      rc;
    ngx_uint_t                     published;
    ngx_auth_cert_slot_t          *slot;
    ngx_auth_cert_list_content_t  *changed;

    slot = list->source->slot;
    published = (slot && slot->version);

    changed = (ngx_auth_cert_list_content_t *)
                                   ngx_auth_cert_content_acquire(list->source);

    /* what was in force has been forgotten: it is not as at start again */

    if (changed == NULL && published) {
        rc = NGX_ERROR;

    } else {
        rc = ngx_auth_cert_list_find_data(changed ? &changed->data
                                                  : &list->data,
                                          list->type, normal, role);
    }

    /* what is in the zone may be gone after this */

    if (changed && rc == NGX_OK && role->len) {
        p = ngx_pnalloc(pool, role->len);

        if (p) {
            ngx_memcpy(p, role->data, role->len);
            role->data = p;

        } else {
            rc = NGX_ERROR;
        }
    }

    ngx_auth_cert_content_release(list->source);

    return rc;
}


static ngx_int_t
ngx_auth_cert_list_find_data(const ngx_auth_cert_list_data_t *list,
    ngx_auth_cert_type_e type, const ngx_str_t *normal, ngx_str_t *role)
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

    if (type == NGX_AUTH_CERT_TYPE_IP) {
        return ngx_auth_cert_list_find_range(list, normal, role);
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_auth_cert_list_find_in(const ngx_auth_cert_list_data_t *list,
    ngx_uint_t group, const ngx_str_t *key, ngx_str_t *role)
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
ngx_auth_cert_list_find_range(const ngx_auth_cert_list_data_t *list,
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
