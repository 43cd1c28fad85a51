
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Rules that can never match, or never decide: found while a policy is read.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


static char *ngx_auth_cert_reach_conditions(const ngx_auth_cert_rule_t *rule);
static char *ngx_auth_cert_reach_pair(const ngx_auth_cert_condition_t *one,
    const ngx_auth_cert_condition_t *two);
static char *ngx_auth_cert_reach_decided(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, const ngx_auth_cert_rule_t *rule,
    ngx_uint_t clients);
static ngx_uint_t ngx_auth_cert_reach_alone(const ngx_auth_cert_rule_t *rule);
static void ngx_auth_cert_reach_warn(ngx_conf_t *cf,
    const ngx_auth_cert_policy_t *policy, const ngx_auth_cert_rule_t *first,
    const ngx_auth_cert_rule_t *second,
    const ngx_auth_cert_condition_t *condition);
static ngx_uint_t ngx_auth_cert_reach_same_role(
    const ngx_auth_cert_role_t *one, const ngx_auth_cert_role_t *two);
static const ngx_str_t *ngx_auth_cert_reach_key(
    const ngx_auth_cert_condition_t *condition, ngx_uint_t *group);


char *
ngx_auth_cert_reach_rule(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_rule_t *rule, ngx_uint_t clients)
{
    char  *rv;

    rv = ngx_auth_cert_reach_conditions(rule);

    return rv ? rv : ngx_auth_cert_reach_decided(cf, policy, rule, clients);
}


static char *
ngx_auth_cert_reach_conditions(const ngx_auth_cert_rule_t *rule)
{
    char        *rv;
    ngx_uint_t   i, k;

    for (i = 0; i < rule->nconditions; i++) {
        for (k = 0; k < i; k++) {

            rv = ngx_auth_cert_reach_pair(&rule->conditions[k],
                                          &rule->conditions[i]);
            if (rv) {
                return rv;
            }
        }
    }

    return NULL;
}


static char *
ngx_auth_cert_reach_pair(const ngx_auth_cert_condition_t *one,
    const ngx_auth_cert_condition_t *two)
{
    ngx_uint_t        same, group, other;
    const ngx_str_t  *first, *second;

    first = ngx_auth_cert_reach_key(one, &group);
    second = ngx_auth_cert_reach_key(two, &other);

    if (one->fact != two->fact || group != other) {
        return NULL;
    }

    same = ngx_auth_cert_reference_equal(first, second);

    if (same) {
        return (one->negated == two->negated) ? NULL
               : "can never match: it requires a condition and its opposite";
    }

    if (one->selector->field->single
        && one->pattern.matcher == &ngx_auth_cert_match_exact
        && one->pattern.complex == NULL
        && two->pattern.complex == NULL
        && !one->negated && !two->negated)
    {
        return "can never match: it requires two values where no client has "
               "more than one, write a rule for each";
    }

    return NULL;
}


/* a rule after which no client is left makes every later one useless */

static char *
ngx_auth_cert_reach_decided(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_rule_t *rule, ngx_uint_t clients)
{
    u_char                      *p;
    size_t                       len;
    ngx_uint_t                   i, *decided, before, reachable;
    const ngx_auth_cert_rule_t  *rules;

    decided = policy->decided;

    before = 0;
    reachable = 0;

    for (i = 0; i < 2; i++) {

        if (!(clients & (1 << i))) {
            continue;
        }

        if (decided[i] == 0) {
            reachable = 1;

            if (rule->nconditions == 0) {
                decided[i] = policy->rules.nelts + 1;
            }

        } else if (decided[i] > before) {
            before = decided[i];
        }
    }

    if (reachable) {
        return NULL;
    }

    rules = policy->rules.elts;
    rule = &rules[before - 1];

    len = ngx_strlen(rule->place.file) + NGX_INT_T_LEN + 128;

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_snprintf(p, len, "can never match (the rule in %s:%ui decides "
                        "for all of its clients, place this one before it)%Z",
                        rule->place.file, rule->place.line);

    return (char *) p;
}


/*
 * Warns of each rule whose conditions hold the only one of an earlier rule.
 * That a rule says the same again changes nothing, as in generated files.
 */

ngx_int_t
ngx_auth_cert_reach_policy(ngx_conf_t *cf,
    const ngx_auth_cert_policy_t *policy)
{
    ngx_uint_t                          i, k, n, group;
    const ngx_str_t                    *key;
    ngx_auth_cert_table_t               alone;
    const ngx_auth_cert_rule_t         *rules;
    const ngx_auth_cert_table_entry_t  *entry;

    n = 0;
    rules = policy->rules.elts;

    for (i = 0; i < policy->rules.nelts; i++) {
        n += ngx_auth_cert_reach_alone(&rules[i]);
    }

    if (ngx_auth_cert_table_init(&alone, cf->temp_pool, n) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < policy->rules.nelts; i++) {

        entry = NULL;

        for (k = 0; k < rules[i].nconditions && entry == NULL; k++) {

            key = ngx_auth_cert_reach_key(&rules[i].conditions[k], &group);
            group |= rules[i].conditions[k].negated;

            entry = ngx_auth_cert_table_find(&alone, group, key);

            if (entry) {
                ngx_auth_cert_reach_warn(cf, policy, &rules[entry->value],
                                         &rules[i], &rules[i].conditions[k]);

            } else if (ngx_auth_cert_reach_alone(&rules[i])
                       && ngx_auth_cert_table_add(&alone, group, key, i)
                          != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


/* 1 for a rule that decides for all clients that meet its one condition */

static ngx_uint_t
ngx_auth_cert_reach_alone(const ngx_auth_cert_rule_t *rule)
{
    const ngx_auth_cert_condition_t  *condition;

    condition = rule->conditions;

    if (rule->nconditions != 1 || rule->anonymous) {
        return 0;
    }

    /* only verified clients have values */

    return !rule->verified
           || (condition->selector->field->values && !condition->negated);
}


static void
ngx_auth_cert_reach_warn(ngx_conf_t *cf, const ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_rule_t *first, const ngx_auth_cert_rule_t *second,
    const ngx_auth_cert_condition_t *condition)
{
    if (first->allow == second->allow
        && ngx_auth_cert_reach_same_role(first->role, second->role))
    {
        return;
    }

    /* the second denies those of whom the first cannot tell */

    if (condition->negated && first->allow && !second->allow) {
        return;
    }

    ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                  "%s \"%V\": what %s:%ui says of %V \"%V\" has no effect, "
                  "%s:%ui decides before with the same condition",
                  policy->directive, &policy->name,
                  second->place.file, second->place.line,
                  &condition->selector->text, &condition->pattern.text,
                  first->place.file, first->place.line);
}


static ngx_uint_t
ngx_auth_cert_reach_same_role(const ngx_auth_cert_role_t *one,
    const ngx_auth_cert_role_t *two)
{
    if (one == NULL || two == NULL) {
        return one == two;
    }

    return ngx_auth_cert_reference_equal(&one->text, &two->text);
}


/*
 * Two conditions of the same group and key are the same, but for the lowest
 * bit of the group, which is left for the negation.
 */

static const ngx_str_t *
ngx_auth_cert_reach_key(const ngx_auth_cert_condition_t *condition,
    ngx_uint_t *group)
{
    ngx_uint_t                      exact;
    const ngx_auth_cert_pattern_t  *pattern;

    pattern = &condition->pattern;

    exact = (pattern->matcher == &ngx_auth_cert_match_exact
             && pattern->complex == NULL);

    *group = 8 * condition->fact + 2 * (exact ? 3 : condition->regex);

    return exact ? &pattern->normal : &pattern->text;
}
