
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * A rule: what the words of one line of a policy or a map mean, and whether
 * they make sense.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


/* how a client can come, as bits; also the order of policy->decided */

#define NGX_AUTH_CERT_WITHOUT   1
#define NGX_AUTH_CERT_VERIFIED  2
#define NGX_AUTH_CERT_ALL       (NGX_AUTH_CERT_WITHOUT|NGX_AUTH_CERT_VERIFIED)

/* what a message shows of a word at most: nginx cuts it off at 1024 bytes */
#define NGX_AUTH_CERT_RULE_EXCERPT  200


typedef struct {
    ngx_str_t                         text;
    ngx_uint_t                        value;
} ngx_auth_cert_rule_word_t;


/* a rule while its words are read */

typedef struct {
    ngx_conf_t                       *cf;
    ngx_auth_cert_policy_t           *policy;
    ngx_auth_cert_rule_t              rule;
    ngx_str_t                         role;       /* data NULL: none */
    ngx_uint_t                        clients;    /* that can match */
    ngx_uint_t                        named;      /* by a bare word */
    ngx_uint_t                        positive;   /* on the certificate */
    ngx_uint_t                        negated;    /* on the certificate */
} ngx_auth_cert_rule_draft_t;


static ngx_auth_cert_rule_word_t *ngx_auth_cert_rule_word(
    ngx_auth_cert_rule_word_t *words, ngx_str_t *text);
static char *ngx_auth_cert_rule_read(ngx_auth_cert_rule_draft_t *draft,
    ngx_str_t *text);
static char *ngx_auth_cert_rule_condition(ngx_auth_cert_rule_draft_t *draft,
    ngx_str_t *text);
static void ngx_auth_cert_rule_keep(ngx_auth_cert_rule_draft_t *draft);
static char *ngx_auth_cert_rule_check(ngx_auth_cert_rule_draft_t *draft);
static char *ngx_auth_cert_rule_finish(ngx_auth_cert_rule_draft_t *draft);
static char *ngx_auth_cert_rule_error(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_str_t *word, char *reason);


static ngx_auth_cert_rule_word_t  ngx_auth_cert_rule_actions[] = {
    { ngx_string("allow"), 1 },
    { ngx_string("deny"), 0 },
    { ngx_null_string, 0 }
};


static ngx_auth_cert_rule_word_t  ngx_auth_cert_rule_clients[] = {
    { ngx_string("all"), NGX_AUTH_CERT_ALL },
    { ngx_string("verified"), NGX_AUTH_CERT_VERIFIED },
    { ngx_string("anonymous"), NGX_AUTH_CERT_WITHOUT },
    { ngx_null_string, 0 }
};


char *
ngx_auth_cert_rule_add(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    ngx_str_t *words, ngx_uint_t nwords)
{
    char                        *rv;
    ngx_uint_t                   i;
    ngx_auth_cert_rule_word_t   *action;
    ngx_auth_cert_rule_draft_t   draft;

    ngx_memzero(&draft, sizeof(ngx_auth_cert_rule_draft_t));

    draft.cf = cf;
    draft.policy = policy;
    draft.clients = NGX_AUTH_CERT_ALL;

    action = ngx_auth_cert_rule_word(ngx_auth_cert_rule_actions, &words[0]);

    if (action == NULL) {
        return ngx_auth_cert_rule_error(cf, policy, &words[0],
                                        "unknown, expected \"allow\" or "
                                        "\"deny\"");
    }

    if (nwords > NGX_AUTH_CERT_NO_CONDITION) {
        return ngx_auth_cert_rule_error(cf, policy, &words[0],
                                        "has too many conditions");
    }

    draft.rule.allow = action->value;
    draft.rule.captures = NGX_AUTH_CERT_NO_CONDITION;

    draft.rule.conditions = ngx_pcalloc(cf->pool, (nwords - 1)
                                        * sizeof(ngx_auth_cert_condition_t));
    if (draft.rule.conditions == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < nwords; i++) {

        rv = ngx_auth_cert_rule_read(&draft, &words[i]);

        if (rv) {
            return ngx_auth_cert_rule_error(cf, policy, &words[i], rv);
        }
    }

    rv = ngx_auth_cert_rule_check(&draft);

    if (rv) {
        return ngx_auth_cert_rule_error(cf, policy, &words[0], rv);
    }

    return ngx_auth_cert_rule_finish(&draft);
}


char *
ngx_auth_cert_rule_add_map(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    ngx_auth_cert_selector_t *selector, ngx_str_t *pattern, ngx_str_t *value)
{
    char                        *rv;
    ngx_str_t                    text;
    ngx_uint_t                   regex;
    ngx_auth_cert_rule_draft_t   draft;

    ngx_memzero(&draft, sizeof(ngx_auth_cert_rule_draft_t));

    draft.cf = cf;
    draft.policy = policy;
    draft.clients = NGX_AUTH_CERT_ALL;
    draft.role = *value;
    draft.rule.allow = 1;
    draft.rule.captures = NGX_AUTH_CERT_NO_CONDITION;

    draft.rule.conditions = ngx_pcalloc(cf->pool,
                                        sizeof(ngx_auth_cert_condition_t));
    if (draft.rule.conditions == NULL) {
        return NGX_CONF_ERROR;
    }

    text = *pattern;

    regex = (text.len && text.data[0] == '~')
            + (text.len > 1 && text.data[0] == '~' && text.data[1] == '*');

    text.data += regex;
    text.len -= regex;

    rv = ngx_auth_cert_condition_compile(cf, policy, selector, &text, regex,
                                         draft.rule.conditions);
    if (rv) {
        return ngx_auth_cert_rule_error(cf, policy, pattern, rv);
    }

    ngx_auth_cert_rule_keep(&draft);

    return ngx_auth_cert_rule_finish(&draft);
}


static ngx_auth_cert_rule_word_t *
ngx_auth_cert_rule_word(ngx_auth_cert_rule_word_t *words, ngx_str_t *text)
{
    ngx_auth_cert_rule_word_t  *word;

    for (word = words; word->text.len; word++) {

        if (word->text.len == text->len
            && ngx_strncmp(word->text.data, text->data, text->len) == 0)
        {
            return word;
        }
    }

    return NULL;
}


static char *
ngx_auth_cert_rule_read(ngx_auth_cert_rule_draft_t *draft, ngx_str_t *text)
{
    ngx_auth_cert_rule_word_t  *clients;

    clients = ngx_auth_cert_rule_word(ngx_auth_cert_rule_clients, text);

    if (clients) {
        draft->named = 1;
        draft->clients &= clients->value;

        return draft->clients ? NULL
               : "\"verified\" and \"anonymous\" exclude each other";
    }

    if (text->len >= 5 && ngx_strncmp(text->data, "role=", 5) == 0) {

        if (!draft->rule.allow) {
            return "a rule that denies gives no role";
        }

        if (draft->role.data) {
            return "the rule has a role already";
        }

        if (text->len == 5) {
            return "the role is empty, leave it out";
        }

        if (text->data[5] == '"' || text->data[5] == '\'') {
            return "quotes go around the whole word, as in \"role=on call\"";
        }

        draft->role.data = text->data + 5;
        draft->role.len = text->len - 5;

        return NULL;
    }

    return ngx_auth_cert_rule_condition(draft, text);
}


static char *
ngx_auth_cert_rule_condition(ngx_auth_cert_rule_draft_t *draft,
    ngx_str_t *text)
{
    char                  *rv;
    ngx_auth_cert_rule_t  *rule;

    rule = &draft->rule;

    rv = ngx_auth_cert_condition_parse(draft->cf, draft->policy, text,
                                       &rule->conditions[rule->nconditions]);
    if (rv == NULL) {
        ngx_auth_cert_rule_keep(draft);
    }

    return rv;
}


static void
ngx_auth_cert_rule_keep(ngx_auth_cert_rule_draft_t *draft)
{
    ngx_auth_cert_rule_t             *rule;
    const ngx_auth_cert_condition_t  *condition;

    rule = &draft->rule;
    condition = &rule->conditions[rule->nconditions];

    if (condition->selector->field->values) {
        draft->positive |= !condition->negated;
        draft->negated |= condition->negated;
    }

    if (condition->regex && !condition->negated) {
        rule->captures = rule->nconditions;
    }

    rule->nconditions++;
}


static char *
ngx_auth_cert_rule_check(ngx_auth_cert_rule_draft_t *draft)
{
    if (draft->rule.nconditions == 0 && !draft->named) {
        return "a condition is missing, use \"all\" for every client";
    }

    if (draft->clients == NGX_AUTH_CERT_WITHOUT) {

        if (draft->positive) {
            return "can never match: \"anonymous\" clients have no "
                   "certificate that a condition could match";
        }

        if (draft->negated && draft->rule.allow) {
            return "can never match: what the certificate of \"anonymous\" "
                   "clients does not hold cannot be told, leave the "
                   "condition out";
        }
    }

    draft->rule.verified = (draft->clients == NGX_AUTH_CERT_VERIFIED);
    draft->rule.anonymous = (draft->clients == NGX_AUTH_CERT_WITHOUT);

    if (draft->positive || (draft->negated && draft->rule.allow)) {
        draft->clients = NGX_AUTH_CERT_VERIFIED;
    }

    return ngx_auth_cert_reach_rule(draft->cf, draft->policy, &draft->rule,
                                    draft->clients);
}


static char *
ngx_auth_cert_rule_finish(ngx_auth_cert_rule_draft_t *draft)
{
    char                           *rv;
    ngx_auth_cert_role_t           *role;
    ngx_auth_cert_rule_t           *rule;
    const ngx_auth_cert_pattern_t  *regex;

    if (draft->role.data) {

        role = ngx_palloc(draft->cf->pool, sizeof(ngx_auth_cert_role_t));
        if (role == NULL) {
            return NGX_CONF_ERROR;
        }

        regex = (draft->rule.captures == NGX_AUTH_CERT_NO_CONDITION) ? NULL
                : &draft->rule.conditions[draft->rule.captures].pattern;

        rv = ngx_auth_cert_role_compile(draft->cf, &draft->role, regex, role);

        if (rv) {
            return ngx_auth_cert_rule_error(draft->cf, draft->policy,
                                            &draft->role, rv);
        }

        draft->rule.role = role;
    }

    rule = ngx_array_push(&draft->policy->rules);
    if (rule == NULL) {
        return NGX_CONF_ERROR;
    }

    *rule = draft->rule;

    ngx_auth_cert_conf_place(draft->cf, &rule->place);

    return NGX_CONF_OK;
}


ngx_uint_t
ngx_auth_cert_rule_exact(const ngx_auth_cert_rule_t *rule)
{
    const ngx_auth_cert_condition_t  *condition;

    condition = rule->conditions;

    return rule->nconditions == 1
           && !rule->verified
           && !rule->anonymous
           && !condition->negated
           && condition->selector->field->values
           && condition->pattern.matcher == &ngx_auth_cert_match_exact
           && condition->pattern.complex == NULL;
}


static char *
ngx_auth_cert_rule_error(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    ngx_str_t *word, char *reason)
{
    ngx_str_t  text;

    if (reason != NGX_CONF_ERROR) {
        text.data = word->data;
        text.len = ngx_min(word->len, NGX_AUTH_CERT_RULE_EXCERPT);

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s \"%V\": \"%V\": %s",
                           policy->directive, &policy->name, &text, reason);
    }

    return NGX_CONF_ERROR;
}
