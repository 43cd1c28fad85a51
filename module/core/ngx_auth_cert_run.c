
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Runs: consecutive rules that each ask for one exact value.  They are looked
 * up in a table and give what going through them one by one would give.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


/* a shorter run is gone through as fast as it is looked up */
#define NGX_AUTH_CERT_RUN_MIN   4

#define NGX_AUTH_CERT_RUN_NONE  0xffffffff


static ngx_int_t ngx_auth_cert_run_table(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_uint_t n);
static ngx_int_t ngx_auth_cert_run_add(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_uint_t first, ngx_uint_t last,
    uint32_t *positions);
static ngx_int_t ngx_auth_cert_run_field(
    const ngx_auth_cert_run_t *run, const ngx_auth_cert_run_field_t *field,
    ngx_auth_cert_evaluation_t *evaluation, uint32_t *rule);


ngx_int_t
ngx_auth_cert_run_compile(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy)
{
    uint32_t              *positions;
    ngx_uint_t             i, n, length;
    ngx_auth_cert_rule_t  *rules;

    rules = policy->rules.elts;

    n = 0;

    for (i = 0; i < policy->rules.nelts; i++) {
        n += ngx_auth_cert_rule_exact(&rules[i]);
    }

    if (n == 0) {
        return NGX_OK;
    }

    if (ngx_auth_cert_run_table(cf, policy, n) != NGX_OK) {
        return NGX_ERROR;
    }

    positions = ngx_pcalloc(cf->temp_pool,
                            policy->selectors.nelts * sizeof(uint32_t));
    if (positions == NULL) {
        return NGX_ERROR;
    }

    length = 0;

    for (i = 0; i < policy->rules.nelts; i++) {

        if (ngx_auth_cert_rule_exact(&rules[i])) {
            length++;

            if (i + 1 < policy->rules.nelts) {
                continue;
            }

            i++;
        }

        if (length >= NGX_AUTH_CERT_RUN_MIN
            && ngx_auth_cert_run_add(cf, policy, i - length, i - 1, positions)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        length = 0;
    }

    return NGX_OK;
}


/*
 * One table serves all runs: a value that is in an earlier rule, too, was
 * decided there and never asked for again.
 */

static ngx_int_t
ngx_auth_cert_run_table(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    ngx_uint_t n)
{
    ngx_str_t              *key;
    ngx_uint_t              i, group;
    ngx_auth_cert_rule_t   *rules;
    ngx_auth_cert_table_t  *table;

    table = ngx_palloc(cf->pool, sizeof(ngx_auth_cert_table_t));

    if (table == NULL
        || ngx_auth_cert_table_init(table, cf->pool, n) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rules = policy->rules.elts;

    for (i = 0; i < policy->rules.nelts; i++) {

        if (!ngx_auth_cert_rule_exact(&rules[i])) {
            continue;
        }

        key = &rules[i].conditions->pattern.normal;
        group = rules[i].conditions->fact;

        if (ngx_auth_cert_table_find(table, group, key) == NULL
            && ngx_auth_cert_table_add(table, group, key, i) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    policy->exact = table;

    return NGX_OK;
}


/* positions holds, for each selector, its place from 1 in the run, or 0 */

static ngx_int_t
ngx_auth_cert_run_add(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    ngx_uint_t first, ngx_uint_t last, uint32_t *positions)
{
    ngx_uint_t                  i, n;
    ngx_array_t                 fields;
    ngx_auth_cert_run_t        *run;
    ngx_auth_cert_rule_t       *rules;
    ngx_auth_cert_condition_t  *condition;
    ngx_auth_cert_run_field_t  *field;

    if (ngx_array_init(&fields, cf->pool, 4, sizeof(ngx_auth_cert_run_field_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rules = policy->rules.elts;

    for (i = first; i <= last; i++) {

        condition = rules[i].conditions;
        n = positions[condition->fact];

        if (n) {
            field = (ngx_auth_cert_run_field_t *) fields.elts + n - 1;

        } else {
            field = ngx_array_push(&fields);
            if (field == NULL) {
                return NGX_ERROR;
            }

            field->selector = condition->selector;
            field->fact = condition->fact;
            field->deny = NGX_AUTH_CERT_RUN_NONE;

            positions[condition->fact] = fields.nelts;
        }

        if (!rules[i].allow && field->deny == NGX_AUTH_CERT_RUN_NONE) {
            field->deny = i;
        }
    }

    run = ngx_array_push(&policy->runs);
    if (run == NULL) {
        return NGX_ERROR;
    }

    run->first = first;
    run->last = last;
    run->fields = fields.elts;
    run->nfields = fields.nelts;

    for (i = 0; i < run->nfields; i++) {
        positions[run->fields[i].fact] = 0;
    }

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_run_find(const ngx_auth_cert_run_t *run,
    ngx_auth_cert_evaluation_t *evaluation, ngx_uint_t *rule)
{
    uint32_t    first;
    ngx_uint_t  i;

    first = NGX_AUTH_CERT_RUN_NONE;

    /* no certificate, no value */

    if (evaluation->principal->identity == NULL) {
        return NGX_DECLINED;
    }

    for (i = 0; i < run->nfields; i++) {

        if (ngx_auth_cert_run_field(run, &run->fields[i], evaluation, &first)
            != NGX_OK)
        {
            return NGX_ABORT;
        }
    }

    if (first == NGX_AUTH_CERT_RUN_NONE) {
        return NGX_DECLINED;
    }

    *rule = first;

    return NGX_OK;
}


/* sets *rule to the first rule on the field that matches, if it is lower */

static ngx_int_t
ngx_auth_cert_run_field(const ngx_auth_cert_run_t *run,
    const ngx_auth_cert_run_field_t *field,
    ngx_auth_cert_evaluation_t *evaluation, uint32_t *rule)
{
    ngx_uint_t                          i;
    ngx_auth_cert_fact_t               *fact;
    const ngx_auth_cert_table_entry_t  *entry;

    fact = ngx_auth_cert_policy_fact(evaluation, field->selector, field->fact);
    if (fact == NULL) {
        return NGX_ERROR;
    }

    /* a value that cannot be used is met by every rule that denies */

    if (fact->values->unusable || fact->odd) {
        *rule = ngx_min(*rule, field->deny);
    }

    for (i = 0; i < fact->values->nelts; i++) {

        if (fact->normals[i].data == NULL) {
            continue;
        }

        entry = ngx_auth_cert_table_find(evaluation->policy->exact,
                                         field->fact, &fact->normals[i]);

        if (entry && entry->value >= run->first && entry->value <= run->last) {
            *rule = ngx_min(*rule, entry->value);
        }
    }

    return NGX_OK;
}
