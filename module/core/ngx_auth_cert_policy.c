
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Policies: evaluates compiled rules and a client to a verdict, and writes
 * nothing but that.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


static ngx_int_t ngx_auth_cert_policy_run(
    ngx_auth_cert_evaluation_t *evaluation, ngx_uint_t *rule);
static ngx_uint_t ngx_auth_cert_policy_cycle(
    const ngx_auth_cert_evaluation_t *evaluation);
static ngx_int_t ngx_auth_cert_policy_decide(
    ngx_auth_cert_evaluation_t *evaluation, ngx_uint_t *rule);
static ngx_int_t ngx_auth_cert_policy_match_rule(
    ngx_auth_cert_evaluation_t *evaluation, const ngx_auth_cert_rule_t *rule);
static ngx_int_t ngx_auth_cert_policy_match_condition(
    ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_condition_t *condition, int *captures);
static ngx_int_t ngx_auth_cert_policy_match_values(
    ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_pattern_t *pattern, const ngx_auth_cert_fact_t *fact,
    ngx_uint_t negated, int *captures);
static ngx_int_t ngx_auth_cert_policy_pattern(
    ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_condition_t *condition,
    ngx_auth_cert_pattern_t *pattern);
static ngx_int_t ngx_auth_cert_policy_variable(
    ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_selector_t *selector, ngx_auth_cert_fact_t *fact);
static ngx_int_t ngx_auth_cert_policy_normalize(
    ngx_auth_cert_evaluation_t *evaluation, ngx_auth_cert_type_e type,
    ngx_auth_cert_fact_t *fact);
static ngx_int_t ngx_auth_cert_policy_role(
    ngx_auth_cert_evaluation_t *evaluation, const ngx_auth_cert_rule_t *rule,
    ngx_str_t *role);


/* the innermost evaluation: variables may ask for another policy or map */
static const ngx_auth_cert_evaluation_t  *ngx_auth_cert_policy_current;


ngx_auth_cert_policy_t *
ngx_auth_cert_policy_create(ngx_conf_t *cf, ngx_auth_cert_main_conf_t *amcf,
    const char *directive, ngx_str_t *name)
{
    ngx_auth_cert_policy_t  *policy;

    policy = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_policy_t));

    if (policy == NULL
        || ngx_array_init(&policy->rules, cf->pool, 8,
                          sizeof(ngx_auth_cert_rule_t))
           != NGX_OK
        || ngx_array_init(&policy->selectors, cf->pool, 4,
                          sizeof(ngx_auth_cert_selector_t *))
           != NGX_OK
        || ngx_array_init(&policy->runs, cf->pool, 1,
                          sizeof(ngx_auth_cert_run_t))
           != NGX_OK)
    {
        return NULL;
    }

    policy->name = *name;
    policy->directive = directive;
    policy->conf = amcf;
    ngx_str_set(&policy->def, "");

    ngx_auth_cert_conf_place(cf, &policy->place);

    return policy;
}


ngx_int_t
ngx_auth_cert_policy_evaluate(const ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_principal_t *principal, void *request,
    ngx_pool_t *pool, ngx_log_t *log, ngx_auth_cert_verdict_t *verdict)
{
    ngx_int_t                    rc;
    ngx_uint_t                   n;
    ngx_auth_cert_rule_t        *rules;
    ngx_auth_cert_evaluation_t   evaluation;

    ngx_memzero(verdict, sizeof(ngx_auth_cert_verdict_t));
    ngx_memzero(&evaluation, sizeof(ngx_auth_cert_evaluation_t));

    verdict->policy = policy;
    verdict->reason = NGX_AUTH_CERT_REASON_ERROR;

    evaluation.policy = policy;
    evaluation.principal = principal;
    evaluation.request = request;
    evaluation.pool = pool;
    evaluation.log = log;

    evaluation.facts = ngx_pcalloc(pool, (policy->selectors.nelts + 1)
                                         * sizeof(ngx_auth_cert_fact_t));
    if (evaluation.facts == NULL || ngx_auth_cert_policy_cycle(&evaluation)) {
        return NGX_ERROR;
    }

    rc = ngx_auth_cert_policy_run(&evaluation, &n);

    if (rc == NGX_DECLINED) {
        verdict->reason = NGX_AUTH_CERT_REASON_NO_RULE;
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    rules = policy->rules.elts;

    verdict->rule = n + 1;

    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, log, 0,
                   "auth_cert policy \"%V\" rule %ui: %s", &policy->name,
                   n + 1, rules[n].allow ? "allow" : "deny");

    if (!rules[n].allow) {
        verdict->reason = NGX_AUTH_CERT_REASON_DENIED;
        return NGX_OK;
    }

    if (ngx_auth_cert_policy_role(&evaluation, &rules[n], &verdict->role)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    verdict->allow = 1;
    verdict->reason = NGX_AUTH_CERT_REASON_ALLOWED;

    return NGX_OK;
}


/* as ngx_auth_cert_policy_decide() */

static ngx_int_t
ngx_auth_cert_policy_run(ngx_auth_cert_evaluation_t *evaluation,
    ngx_uint_t *rule)
{
    ngx_int_t                        rc;
    const ngx_auth_cert_identity_t  *identity;

    evaluation->outer = ngx_auth_cert_policy_current;
    ngx_auth_cert_policy_current = evaluation;

    rc = ngx_auth_cert_policy_decide(evaluation, rule);

    ngx_auth_cert_policy_current = evaluation->outer;

    /* what no rule matched may be what there was no memory for */

    identity = evaluation->principal->identity;

    return (identity && identity->spoilt) ? NGX_ABORT : rc;
}


/*
 * A policy that asks for its own outcome, such as by $auth_cert_role, would
 * not come to an end in any sensible time.
 */

static ngx_uint_t
ngx_auth_cert_policy_cycle(const ngx_auth_cert_evaluation_t *evaluation)
{
    const ngx_auth_cert_policy_t      *policy;
    const ngx_auth_cert_evaluation_t  *outer;

    policy = evaluation->policy;

    for (outer = ngx_auth_cert_policy_current; outer; outer = outer->outer) {

        if (outer->policy == policy && outer->request == evaluation->request) {
            ngx_log_error(NGX_LOG_ERR, evaluation->log, 0,
                          "%s \"%V\" in %s:%ui depends on a variable that "
                          "depends on it, remove that variable from its rules",
                          policy->directive, &policy->name,
                          policy->place.file, policy->place.line);
            return 1;
        }
    }

    return 0;
}


/*
 * The first rule that matches.  NGX_OK, NGX_DECLINED when there is none, or
 * NGX_ABORT when memory runs out.
 */

static ngx_int_t
ngx_auth_cert_policy_decide(ngx_auth_cert_evaluation_t *evaluation,
    ngx_uint_t *rule)
{
    ngx_int_t                      rc;
    ngx_uint_t                     i;
    const ngx_auth_cert_run_t     *run, *end;
    const ngx_auth_cert_rule_t    *rules;
    const ngx_auth_cert_policy_t  *policy;

    policy = evaluation->policy;
    rules = policy->rules.elts;

    run = policy->runs.elts;
    end = run + policy->runs.nelts;

    for (i = 0; i < policy->rules.nelts; i++) {

        ngx_str_null(&evaluation->role);

        if (run < end && run->first == i) {
            rc = ngx_auth_cert_run_find(run, evaluation, rule);
            i = run->last;
            run++;

        } else {
            rc = ngx_auth_cert_policy_match_rule(evaluation, &rules[i]);
            *rule = i;
        }

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_auth_cert_policy_match_rule(ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_rule_t *rule)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    if ((rule->verified && evaluation->principal->identity == NULL)
        || (rule->anonymous && evaluation->principal->identity))
    {
        return NGX_DECLINED;
    }

    for (i = 0; i < rule->nconditions; i++) {

        rc = ngx_auth_cert_policy_match_condition(evaluation,
                                                  &rule->conditions[i],
                                                  (i == rule->captures)
                                                  ? evaluation->captures
                                                  : NULL);

        if (rc == NGX_ERROR) {

            /* what cannot be told allows nothing, and denies */

            rc = rule->allow ? NGX_DECLINED : NGX_OK;
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


/*
 * NGX_OK, NGX_DECLINED, NGX_ERROR when it cannot be told, or NGX_ABORT when
 * memory runs out.
 */

static ngx_int_t
ngx_auth_cert_policy_match_condition(ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_condition_t *condition, int *captures)
{
    ngx_int_t                       rc;
    ngx_auth_cert_fact_t           *fact;
    ngx_auth_cert_pattern_t         evaluated;
    const ngx_auth_cert_pattern_t  *pattern;

    if (condition->selector->field->values
        && evaluation->principal->identity == NULL)
    {
        return condition->negated ? NGX_ERROR : NGX_DECLINED;
    }

    fact = ngx_auth_cert_policy_fact(evaluation, condition->selector,
                                     condition->fact);
    if (fact == NULL) {
        return NGX_ABORT;
    }

    pattern = &condition->pattern;

    if (pattern->complex) {
        rc = ngx_auth_cert_policy_pattern(evaluation, condition, &evaluated);

        if (rc == NGX_DECLINED) {

            /* no value is like that one, but "none is" would say too much */

            return (condition->negated || fact->values->unusable || fact->odd)
                   ? NGX_ERROR : NGX_DECLINED;
        }

        if (rc != NGX_OK) {
            return rc;
        }

        pattern = &evaluated;
    }

    return ngx_auth_cert_policy_match_values(evaluation, pattern, fact,
                                             condition->negated, captures);
}


static ngx_int_t
ngx_auth_cert_policy_match_values(ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_pattern_t *pattern, const ngx_auth_cert_fact_t *fact,
    ngx_uint_t negated, int *captures)
{
    ngx_int_t              rc;
    ngx_uint_t             i, found, unknown;
    ngx_auth_cert_match_t  match;

    match.captures = captures;
    match.pool = evaluation->pool;
    match.log = evaluation->log;

    found = 0;
    unknown = fact->values->unusable;

    for (i = 0; i < fact->values->nelts; i++) {

        match.value = &fact->values->elts[i];
        match.normal = &fact->normals[i];

        rc = ngx_auth_cert_match_value(pattern, &match);

        if (rc == NGX_OK && !negated) {

            if (captures) {
                evaluation->captured = *match.value;
            }

            if (match.role.len) {
                evaluation->role = match.role;
            }

            return NGX_OK;
        }

        found |= (rc == NGX_OK);
        unknown |= (rc != NGX_OK && rc != NGX_DECLINED);
    }

    if (unknown) {
        return NGX_ERROR;
    }

    return (negated && !found) ? NGX_OK : NGX_DECLINED;
}


/*
 * A pattern with the text that its variables have now.  Returns NGX_DECLINED
 * if no value of the field's type can be like that.
 */

static ngx_int_t
ngx_auth_cert_policy_pattern(ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_condition_t *condition,
    ngx_auth_cert_pattern_t *pattern)
{
    ngx_int_t                     rc;
    ngx_str_t                     text;
    const ngx_auth_cert_front_t  *front;

    front = evaluation->policy->conf->front;

    *pattern = condition->pattern;

    if (front->evaluate(evaluation->request, pattern->complex, &text)
        != NGX_OK)
    {
        return NGX_ABORT;
    }

    if (text.len == 0) {
        return NGX_DECLINED;
    }

    rc = ngx_auth_cert_field_normalize(evaluation->pool,
                                       condition->selector->field->type,
                                       &text, &pattern->normal);

    return (rc == NGX_ERROR) ? NGX_ABORT : rc;
}


ngx_auth_cert_fact_t *
ngx_auth_cert_policy_fact(ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_selector_t *selector, ngx_uint_t fact)
{
    ngx_auth_cert_fact_t  *f;

    f = &evaluation->facts[fact];

    if (f->known) {
        return f;
    }

    if (selector->field->values) {
        f->values = selector->field->values(evaluation->principal,
                                            &selector->argument);

    } else if (ngx_auth_cert_policy_variable(evaluation, selector, f)
               != NGX_OK)
    {
        return NULL;
    }

    if (ngx_auth_cert_policy_normalize(evaluation, selector->field->type, f)
        != NGX_OK)
    {
        return NULL;
    }

    f->known = 1;

    return f;
}


static ngx_int_t
ngx_auth_cert_policy_variable(ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_selector_t *selector, ngx_auth_cert_fact_t *fact)
{
    const ngx_auth_cert_front_t  *front;

    front = evaluation->policy->conf->front;

    if (front->evaluate(evaluation->request, selector->variable, &fact->text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    fact->variable.elts = &fact->text;
    fact->variable.nelts = 1;
    fact->values = &fact->variable;

    return NGX_OK;
}


/* once for all rules: what a client sends is copied once at most */

static ngx_int_t
ngx_auth_cert_policy_normalize(ngx_auth_cert_evaluation_t *evaluation,
    ngx_auth_cert_type_e type, ngx_auth_cert_fact_t *fact)
{
    ngx_int_t   rc;
    ngx_str_t  *normal;
    ngx_uint_t  i;

    if (fact->values->nelts == 0) {
        return NGX_OK;
    }

    if (fact->values->normals) {
        fact->normals = fact->values->normals;
        return NGX_OK;
    }

    fact->normals = ngx_palloc(evaluation->pool,
                               fact->values->nelts * sizeof(ngx_str_t));
    if (fact->normals == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < fact->values->nelts; i++) {

        normal = &fact->normals[i];

        rc = ngx_auth_cert_field_normalize(evaluation->pool, type,
                                           &fact->values->elts[i], normal);
        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc != NGX_OK) {
            ngx_str_null(normal);
            fact->odd = 1;

        } else if (normal->data == NULL) {

            /* an empty value is a value */

            ngx_str_set(normal, "");
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_policy_role(ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_rule_t *rule, ngx_str_t *role)
{
    if (evaluation->role.len) {
        *role = evaluation->role;
        return NGX_OK;
    }

    if (rule->role == NULL) {
        return NGX_OK;
    }

    return ngx_auth_cert_role_text(rule->role, evaluation->pool,
                                   &evaluation->captured,
                                   evaluation->captures, role);
}
