
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * A condition of a rule: selector, operator and pattern.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


typedef struct {
    ngx_str_t                         text;
    ngx_uint_t                        negated;
    ngx_uint_t                        regex;
} ngx_auth_cert_condition_operator_t;


static ngx_auth_cert_condition_operator_t *ngx_auth_cert_condition_operator(
    ngx_str_t *text, size_t *selector);
static ngx_uint_t ngx_auth_cert_condition_outcome(const ngx_str_t *text);
static char *ngx_auth_cert_condition_misread(
    const ngx_auth_cert_condition_operator_t *operator,
    const ngx_str_t *pattern);
static ngx_int_t ngx_auth_cert_condition_find(ngx_auth_cert_policy_t *policy,
    ngx_str_t *text);
static ngx_int_t ngx_auth_cert_condition_register(
    ngx_auth_cert_policy_t *policy, ngx_auth_cert_selector_t *selector,
    ngx_auth_cert_condition_t *condition);
static char *ngx_auth_cert_condition_trust(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_auth_cert_condition_t *condition);


/* the longer ones come first */

static ngx_auth_cert_condition_operator_t
    ngx_auth_cert_condition_operators[] =
{
    { ngx_string("!~*"), 1, 2 },
    { ngx_string("!~"), 1, 1 },
    { ngx_string("!="), 1, 0 },
    { ngx_string("~*"), 0, 2 },
    { ngx_string("~"), 0, 1 },
    { ngx_string("="), 0, 0 },
    { ngx_null_string, 0, 0 }
};


/* variables that tell what the policies have decided */

static ngx_str_t  ngx_auth_cert_condition_outcomes[] = {
    ngx_string("$auth_cert_role"),
    ngx_string("${auth_cert_role}"),
    ngx_string("$auth_cert_decision"),
    ngx_string("${auth_cert_decision}"),
    ngx_string("$auth_cert_rule"),
    ngx_string("${auth_cert_rule}"),
    ngx_string("$auth_cert_reason"),
    ngx_string("${auth_cert_reason}"),
    ngx_null_string
};


char *
ngx_auth_cert_condition_parse(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    ngx_str_t *text, ngx_auth_cert_condition_t *condition)
{
    char                                *rv;
    size_t                               len;
    ngx_int_t                            n;
    ngx_str_t                            name, pattern;
    ngx_auth_cert_selector_t            *selector, **selectors;
    ngx_auth_cert_condition_operator_t  *operator;

    operator = ngx_auth_cert_condition_operator(text, &len);

    if (operator == NULL) {
        return "expected a condition such as subject.CN=alice without spaces "
               "around the operator (=, !=, ~, ~*, !~ or !~*), or \"all\", "
               "\"verified\", \"anonymous\" or role=NAME";
    }

    name.data = text->data;
    name.len = len;

    pattern.data = text->data + len + operator->text.len;
    pattern.len = text->len - len - operator->text.len;

    if (ngx_auth_cert_condition_outcome(&name)
        || (!operator->regex && ngx_auth_cert_condition_outcome(&pattern)))
    {
        return "a policy cannot ask for its own outcome, which "
               "$auth_cert_role, $auth_cert_decision, $auth_cert_rule and "
               "$auth_cert_reason tell";
    }

    rv = ngx_auth_cert_condition_misread(operator, &pattern);
    if (rv) {
        return rv;
    }

    condition->negated = operator->negated;

    n = ngx_auth_cert_condition_find(policy, &name);

    if (n != NGX_DECLINED) {

        /* rules that ask for the same field share its selector */

        selectors = policy->selectors.elts;
        selector = selectors[n];

    } else {
        selector = ngx_pcalloc(cf->pool, sizeof(ngx_auth_cert_selector_t));
        if (selector == NULL) {
            return NGX_CONF_ERROR;
        }

        rv = ngx_auth_cert_field_selector(cf, policy->conf->front, &name,
                                          selector);
        if (rv) {
            return rv;
        }
    }

    return ngx_auth_cert_condition_compile(cf, policy, selector, &pattern,
                                           operator->regex, condition);
}


static ngx_uint_t
ngx_auth_cert_condition_outcome(const ngx_str_t *text)
{
    ngx_str_t  *name;

    if (text->len == 0 || text->data[0] != '$') {
        return 0;
    }

    for (name = ngx_auth_cert_condition_outcomes; name->len; name++) {

        if (name->len == text->len
            && ngx_strncasecmp(name->data, text->data, text->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* what would quietly look for a value that begins like that */

static char *
ngx_auth_cert_condition_misread(
    const ngx_auth_cert_condition_operator_t *operator,
    const ngx_str_t *pattern)
{
    u_char  c;

    if (pattern->len == 0) {
        return NULL;
    }

    c = pattern->data[0];

    if (!operator->regex && (c == '=' || c == '~')) {
        return "unknown operator, expected =, !=, ~, ~*, !~ or !~*; for a "
               "value that begins with \"=\" or \"~\" use a regular "
               "expression, such as subject.CN~^=";
    }

    /* to nginx a quote inside of a word is a character like any other */

    if (c == '"' || c == '\'') {
        return "quotes go around the whole condition, as in "
               "\"subject.O=Acme, Inc.\"; for a value that begins with a "
               "quote use a regular expression, such as subject.O~^[\"]";
    }

    return NULL;
}


static ngx_auth_cert_condition_operator_t *
ngx_auth_cert_condition_operator(ngx_str_t *text, size_t *selector)
{
    size_t                               len;
    u_char                              *p, *last;
    ngx_auth_cert_condition_operator_t  *operator;

    p = text->data;
    last = text->data + text->len;

    while (p < last && *p != '=' && *p != '~' && *p != '!') {
        p++;
    }

    *selector = p - text->data;

    if (*selector == 0) {
        return NULL;
    }

    for (operator = ngx_auth_cert_condition_operators;
         operator->text.len;
         operator++)
    {
        len = operator->text.len;

        if ((size_t) (last - p) >= len
            && ngx_strncmp(p, operator->text.data, len) == 0)
        {
            return operator;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_auth_cert_condition_find(ngx_auth_cert_policy_t *policy, ngx_str_t *text)
{
    ngx_uint_t                  i;
    ngx_auth_cert_selector_t  **selectors;

    selectors = policy->selectors.elts;

    for (i = policy->selectors.nelts; i > 0; i--) {

        if (selectors[i - 1]->text.len == text->len
            && ngx_memcmp(selectors[i - 1]->text.data, text->data, text->len)
               == 0)
        {
            return i - 1;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_auth_cert_condition_register(ngx_auth_cert_policy_t *policy,
    ngx_auth_cert_selector_t *selector, ngx_auth_cert_condition_t *condition)
{
    ngx_int_t                   n;
    ngx_auth_cert_selector_t  **selectors;

    condition->selector = selector;

    n = ngx_auth_cert_condition_find(policy, &selector->text);

    if (n != NGX_DECLINED) {
        condition->fact = n;
        return NGX_OK;
    }

    condition->fact = policy->selectors.nelts;

    selectors = ngx_array_push(&policy->selectors);
    if (selectors == NULL) {
        return NGX_ERROR;
    }

    *selectors = selector;

    return NGX_OK;
}


char *
ngx_auth_cert_condition_compile(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_auth_cert_selector_t *selector,
    ngx_str_t *text, ngx_uint_t regex, ngx_auth_cert_condition_t *condition)
{
    char  *rv;

    if (ngx_auth_cert_condition_register(policy, selector, condition)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    /* "~@example\.org$" is an expression, "~@/etc/list" is none */

    if (regex && text->len > 1 && text->data[0] == '@' && text->data[1] == '/')
    {
        return "a list holds no regular expressions, use \"=@FILE\" or "
               "\"!=@FILE\"";
    }

    condition->regex = regex;

    rv = ngx_auth_cert_match_compile(cf, policy, selector, text, regex,
                                     &condition->pattern);
    if (rv) {
        return rv;
    }

    if (selector->field->values == NULL || condition->pattern.complex) {
        policy->dynamic = 1;
    }

    return ngx_auth_cert_condition_trust(cf, policy, condition);
}


/* a trust set that does not exist is found when references are resolved */

static char *
ngx_auth_cert_condition_trust(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    ngx_auth_cert_condition_t *condition)
{
    ngx_str_t                       name;
    const ngx_auth_cert_field_t    *field;
    const ngx_auth_cert_pattern_t  *pattern;

    field = condition->selector->field;
    pattern = &condition->pattern;

    if (pattern->matcher != &ngx_auth_cert_match_exact
        || pattern->complex
        || field->name.len != 5
        || ngx_strncmp(field->name.data, "trust", 5) != 0)
    {
        return NULL;
    }

    name = pattern->text;

    if (name.len == 6 && ngx_strncmp(name.data, "native", 6) == 0) {
        return NULL;
    }

    return ngx_auth_cert_conf_reference(cf, policy->conf, &name,
                                        policy->directive, 0)
           ? NULL : NGX_CONF_ERROR;
}
