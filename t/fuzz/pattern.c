
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Rules as somebody may write them, against values that all fields have.  An
 * input has the words of rules, one a line, ";" at the end of a rule; an empty
 * line, and values, one a line.
 */


#include "fuzz.h"


#define FUZZ_WORDS   64
#define FUZZ_VALUES  8


static ngx_uint_t fuzz_read(ngx_str_t *text, ngx_str_t *words,
    ngx_uint_t *nwords, ngx_str_t *values, ngx_uint_t *nvalues);
static void fuzz_identity(ngx_auth_cert_identity_t *identity,
    const ngx_auth_cert_values_t *values);
static void fuzz_opposite(fuzz_conf_t *conf, ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_principal_t *principal);


int
LLVMFuzzerTestOneInput(const u_char *data, size_t len)
{
    ngx_str_t                   text, words[FUZZ_WORDS], elts[FUZZ_VALUES];
    ngx_uint_t                  nwords;
    fuzz_conf_t                 conf;
    ngx_auth_cert_policy_t     *policy;
    ngx_auth_cert_values_t      values;
    ngx_auth_cert_verdict_t     verdict;
    ngx_auth_cert_identity_t    identity;
    ngx_auth_cert_principal_t   principal;

    fuzz_init();

    fuzz_conf_begin(&conf);

    text.len = len;
    text.data = ngx_pnalloc(conf.cf.pool, len + 1);
    fuzz_check(text.data != NULL);
    ngx_memcpy(text.data, data, len);

    ngx_memzero(&values, sizeof(ngx_auth_cert_values_t));
    values.elts = elts;

    if (!fuzz_read(&text, words, &nwords, elts, &values.nelts)) {
        goto done;
    }

    policy = fuzz_policy(&conf, words, nwords);

    if (policy == NULL) {
        goto done;
    }

    ngx_memzero(&principal, sizeof(ngx_auth_cert_principal_t));

    /* nobody, somebody with the values, one of whom one cannot be used */

    fuzz_evaluate(policy, &principal, conf.cf.temp_pool, &verdict);

    fuzz_identity(&identity, &values);
    principal.identity = &identity;
    principal.trust = values;
    principal.ca = values;

    fuzz_evaluate(policy, &principal, conf.cf.temp_pool, &verdict);
    fuzz_opposite(&conf, policy, &principal);

    values.unusable = 1;
    values.nelts = 0;

    fuzz_identity(&identity, &values);
    principal.trust = values;
    principal.ca = values;

    fuzz_evaluate(policy, &principal, conf.cf.temp_pool, &verdict);
    fuzz_opposite(&conf, policy, &principal);

done:

    fuzz_conf_end(&conf);

    return 0;
}


static ngx_uint_t
fuzz_read(ngx_str_t *text, ngx_str_t *words, ngx_uint_t *nwords,
    ngx_str_t *values, ngx_uint_t *nvalues)
{
    u_char      *pos, *last;
    ngx_str_t    line;
    ngx_uint_t   n;

    pos = text->data;
    last = pos + text->len;

    if (ngx_strlchr(pos, last, '\0')) {
        return 0;
    }

    for (n = 0; fuzz_line(&pos, last, &line) && line.len; n++) {

        if (n == FUZZ_WORDS) {
            return 0;
        }

        /* the parser ends words with a NUL, and files are another fuzzer's */

        line.data[line.len] = '\0';

        if (ngx_strstr(line.data, "=@")) {
            return 0;
        }

        words[n] = line;
    }

    *nwords = n;

    for (n = 0; n < FUZZ_VALUES && fuzz_line(&pos, last, &line); /* void */) {
        if (ngx_auth_cert_string_check(&line) == NGX_OK) {
            values[n++] = line;
        }
    }

    *nvalues = n;

    return *nwords != 0;
}


static void
fuzz_identity(ngx_auth_cert_identity_t *identity,
    const ngx_auth_cert_values_t *values)
{
    ngx_uint_t  i;

    static ngx_auth_cert_oid_values_t  types[3];
    static ngx_auth_cert_oid_values_t  other;

    ngx_memzero(identity, sizeof(ngx_auth_cert_identity_t));

    /* sorted as ngx_auth_cert_oid_group() does */

    ngx_str_set(&types[0].oid, "2.5.4.3");
    ngx_str_set(&types[1].oid, "2.5.4.10");
    ngx_str_set(&types[2].oid, "2.5.4.11");
    ngx_str_set(&other.oid, "1.2.3.4");

    for (i = 0; i < 3; i++) {
        types[i].values = *values;
    }

    other.values = *values;

    identity->decoded = NGX_AUTH_CERT_PART_ALL;

    identity->subject.values = *values;
    identity->subject.types = types;
    identity->subject.ntypes = 1;
    identity->issuer = identity->subject;

    for (i = 0; i < NGX_AUTH_CERT_SAN_TYPES; i++) {
        identity->san[i] = *values;
    }

    identity->other_types = &other;
    identity->nother_types = 1;
    identity->extensions = &other;
    identity->nextensions = 1;
    identity->serial = *values;
    identity->fingerprint = *values;
    identity->spki = *values;
    identity->eku = *values;
    identity->policy = *values;
    identity->spiffe_id = *values;
}


/* a condition and its opposite never hold both */

static void
fuzz_opposite(fuzz_conf_t *conf, ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_principal_t *principal)
{
    ngx_uint_t                  i, k, allowed;
    ngx_auth_cert_rule_t       *rules, rule;
    ngx_auth_cert_policy_t      single;
    ngx_auth_cert_verdict_t     verdict;
    ngx_auth_cert_condition_t   condition;

    const ngx_auth_cert_values_t  *values;

    rules = policy->rules.elts;

    for (i = 0; i < policy->rules.nelts; i++) {

        if (rules[i].nconditions == 0) {
            continue;
        }

        condition = rules[i].conditions[0];

        rule = rules[i];
        rule.conditions = &condition;
        rule.nconditions = 1;
        rule.captures = NGX_AUTH_CERT_NO_CONDITION;
        rule.role = NULL;
        rule.allow = 1;

        single = *policy;
        single.runs.nelts = 0;
        single.rules.elts = &rule;
        single.rules.nelts = 1;

        allowed = 0;

        for (k = 0; k < 2; k++) {
            condition.negated = k;

            fuzz_check(ngx_auth_cert_policy_evaluate(&single, principal, NULL,
                                                     conf->cf.temp_pool,
                                                     &fuzz_log, &verdict)
                       == NGX_OK);

            allowed += verdict.allow;
        }

        fuzz_check(allowed <= 1);

        /* where nothing can be used nothing is allowed */

        if (condition.selector->field->values) {
            values = condition.selector->field->values(principal,
                                             &condition.selector->argument);

            fuzz_check(allowed == 0 || values->nelts || !values->unusable);
        }
    }
}
