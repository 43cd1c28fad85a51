
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * A hash table of byte strings that is filled once and then only read: what
 * lists and runs of exact rules are looked up in.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


/* entries are numbered in 32 bits, and slots are twice as many */
#define NGX_AUTH_CERT_TABLE_MAX  0x20000000


static uint32_t ngx_auth_cert_table_hash(ngx_uint_t group,
    const ngx_str_t *key);


ngx_int_t
ngx_auth_cert_table_init(ngx_auth_cert_table_t *table, ngx_pool_t *pool,
    ngx_uint_t n)
{
    size_t  slots;

    if (n > NGX_AUTH_CERT_TABLE_MAX) {
        return NGX_ERROR;
    }

    /* at most half of the slots are used: a search always ends at a free one */

    slots = 4;

    while (slots < 2 * n) {
        slots *= 2;
    }

    table->slots = ngx_pcalloc(pool, slots * sizeof(uint32_t));
    table->entries = ngx_palloc(pool, (n + 1)
                                      * sizeof(ngx_auth_cert_table_entry_t));

    if (table->slots == NULL || table->entries == NULL) {
        return NGX_ERROR;
    }

    table->mask = slots - 1;
    table->nentries = 0;
    table->size = n;

    return NGX_OK;
}


static uint32_t
ngx_auth_cert_table_hash(ngx_uint_t group, const ngx_str_t *key)
{
    /* neighbouring groups get hashes far apart */

    return ngx_murmur_hash2(key->data, key->len)
           ^ ((uint32_t) group * 0x9e3779b1);
}


const ngx_auth_cert_table_entry_t *
ngx_auth_cert_table_find(const ngx_auth_cert_table_t *table, ngx_uint_t group,
    const ngx_str_t *key)
{
    uint32_t                            i, hash;
    const ngx_auth_cert_table_entry_t  *entry;

    hash = ngx_auth_cert_table_hash(group, key);

    for (i = hash & table->mask;
         table->slots[i];
         i = (i + 1) & table->mask)
    {
        entry = &table->entries[table->slots[i] - 1];

        if (entry->hash == hash
            && entry->group == group
            && entry->len == key->len
            && ngx_memcmp(entry->data, key->data, key->len) == 0)
        {
            return entry;
        }
    }

    return NULL;
}


ngx_int_t
ngx_auth_cert_table_add(ngx_auth_cert_table_t *table, ngx_uint_t group,
    const ngx_str_t *key, ngx_uint_t value)
{
    uint32_t                      i;
    ngx_auth_cert_table_entry_t  *entry;

    if (table->nentries == table->size) {
        return NGX_ERROR;
    }

    entry = &table->entries[table->nentries++];

    entry->data = key->data;
    entry->len = key->len;
    entry->hash = ngx_auth_cert_table_hash(group, key);
    entry->group = group;
    entry->value = value;

    i = entry->hash & table->mask;

    while (table->slots[i]) {
        i = (i + 1) & table->mask;
    }

    table->slots[i] = table->nentries;

    return NGX_OK;
}
