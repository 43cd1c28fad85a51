
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What the files that read, compile and evaluate policies share among
 * themselves: patterns, lists, roles, rules and runs of exact rules.
 */


#ifndef _NGX_AUTH_CERT_POLICY_H_INCLUDED_
#define _NGX_AUTH_CERT_POLICY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert.h"


typedef struct ngx_auth_cert_pattern_s     ngx_auth_cert_pattern_t;
typedef struct ngx_auth_cert_evaluation_s  ngx_auth_cert_evaluation_t;


/* ngx_auth_cert_table.c */

/* keys live in groups of their own and belong to the table's owner */

typedef struct {
    u_char                           *data;
    uint32_t                          len;
    uint32_t                          hash;
    uint32_t                          group;
    uint32_t                          value;
} ngx_auth_cert_table_entry_t;


struct ngx_auth_cert_table_s {
    uint32_t                         *slots;      /* entry from 1; 0: free */
    uint32_t                          mask;
    uint32_t                          nentries;
    ngx_uint_t                        size;
    ngx_auth_cert_table_entry_t      *entries;
};


/* makes room for n entries.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_table_init(ngx_auth_cert_table_t *table,
    ngx_pool_t *pool, ngx_uint_t n);

/* NULL when there is none */
const ngx_auth_cert_table_entry_t *ngx_auth_cert_table_find(
    const ngx_auth_cert_table_t *table, ngx_uint_t group,
    const ngx_str_t *key);

/* adds a key that is not there yet; NGX_ERROR when there is no room */
ngx_int_t ngx_auth_cert_table_add(ngx_auth_cert_table_t *table,
    ngx_uint_t group, const ngx_str_t *key, ngx_uint_t value);


/* ngx_auth_cert_match.c */

/* one value that is to be matched, and what comes out beside the answer */

typedef struct {
    const ngx_str_t                  *value;      /* as the field has it */
    const ngx_str_t                  *normal;     /* data NULL: not of the
                                                     field's type */
    int                              *captures;   /* or NULL */
    ngx_str_t                         role;       /* of a list's line */
    ngx_pool_t                       *pool;
    ngx_log_t                        *log;
} ngx_auth_cert_match_t;


/* NGX_OK, NGX_DECLINED, or NGX_ERROR when it cannot tell */
typedef ngx_int_t (*ngx_auth_cert_match_pt)(
    const ngx_auth_cert_pattern_t *pattern, ngx_auth_cert_match_t *match);


struct ngx_auth_cert_matcher_s {
    ngx_str_t                         name;
    ngx_auth_cert_match_pt            match;
    ngx_uint_t                        normal;     /* it needs the normal */
};


struct ngx_auth_cert_pattern_s {
    const ngx_auth_cert_matcher_t    *matcher;
    void                             *data;       /* the matcher's own */
    ngx_str_t                         text;       /* as written */
    ngx_str_t                         normal;     /* of an exact text */
    void                             *complex;    /* a text with $variables */
};


extern const ngx_auth_cert_matcher_t  ngx_auth_cert_match_exact;


/*
 * Compiles the pattern that stands right of an operator; regex is 1 for "~",
 * 2 for "~*", 0 for "=".  Returns NULL, a sentence for the administrator, or
 * NGX_CONF_ERROR after an error that was logged.
 */
char *ngx_auth_cert_match_compile(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, const ngx_auth_cert_selector_t *selector,
    ngx_str_t *text, ngx_uint_t regex, ngx_auth_cert_pattern_t *pattern);

/* the normal form of an exact pattern; returns as above */
char *ngx_auth_cert_match_normalize(ngx_pool_t *pool,
    ngx_auth_cert_type_e type, ngx_str_t *text, ngx_str_t *normal);

/* NGX_OK and match->role, NGX_DECLINED, or NGX_ERROR when it cannot tell */
ngx_int_t ngx_auth_cert_match_value(const ngx_auth_cert_pattern_t *pattern,
    ngx_auth_cert_match_t *match);


/* ngx_auth_cert_wildcard.c */

/* return as ngx_auth_cert_match_compile() does */
char *ngx_auth_cert_wildcard_dns(ngx_pool_t *pool, ngx_str_t *text,
    ngx_auth_cert_pattern_t *pattern);
char *ngx_auth_cert_wildcard_uri(ngx_pool_t *pool, ngx_str_t *text,
    ngx_auth_cert_pattern_t *pattern);
char *ngx_auth_cert_wildcard_spiffe(ngx_pool_t *pool, ngx_str_t *text,
    ngx_auth_cert_pattern_t *pattern);

/*
 * What follows the left-most label of a name.  NGX_OK, NGX_DECLINED where
 * there is nothing, or NGX_ERROR where the label holds a "*" itself: the name
 * of such a certificate stands for those a wildcard means, but is none.
 */
ngx_int_t ngx_auth_cert_wildcard_parent(const ngx_str_t *name,
    ngx_str_t *parent);


/* ngx_auth_cert_range.c */

/* an address range; the first "prefix" bits of a value are compared */

typedef struct {
    ngx_str_t                         address;    /* 4 or 16 bytes */
    ngx_uint_t                        prefix;
} ngx_auth_cert_cidr_t;


/* returns as ngx_auth_cert_match_compile() does */
char *ngx_auth_cert_range_compile(ngx_pool_t *pool, ngx_str_t *text,
    ngx_auth_cert_pattern_t *pattern);

/* zeroes the bits of an address that follow the prefix */
void ngx_auth_cert_range_mask(const ngx_str_t *address, ngx_uint_t prefix,
    u_char *masked);


/* ngx_auth_cert_regex.c */

/* returns as ngx_auth_cert_match_compile() does */
char *ngx_auth_cert_regex_compile(ngx_conf_t *cf, ngx_str_t *text,
    ngx_uint_t caseless, ngx_auth_cert_pattern_t *pattern);

/*
 * The number of a capture by its number or name, below
 * NGX_AUTH_CERT_CAPTURES; or NGX_DECLINED.
 */
ngx_int_t ngx_auth_cert_regex_capture(const ngx_auth_cert_pattern_t *pattern,
    const ngx_str_t *name);


/* ngx_auth_cert_lines.c */

/*
 * Reads a text file, in any thread.  content->data is to be freed by the
 * caller.  NGX_OK; NGX_ERROR with a sentence in error, which has a buffer.
 */
ngx_int_t ngx_auth_cert_lines_read(const ngx_str_t *file, ngx_str_t *content,
    ngx_str_t *error);

/*
 * Takes the next column of a line and undoes its quotes in place; its data
 * is NULL at the end of the line and at a comment.  Returns NULL or what is
 * wrong.
 */
char *ngx_auth_cert_lines_column(u_char **pos, u_char *last,
    ngx_str_t *column);


/* ngx_auth_cert_list.c */

/*
 * Loads a file of patterns, one a line, "#" comments, optional second column
 * the role.  The same file for the same type is loaded once a cycle, and
 * read again when it changes.  NULL after an error that was logged.
 */
ngx_auth_cert_list_t *ngx_auth_cert_list_load(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, ngx_str_t *file,
    ngx_auth_cert_type_e type);

/*
 * NGX_OK and *role (in pool, empty when there is none), NGX_DECLINED, or
 * NGX_ERROR when it cannot tell.
 */
ngx_int_t ngx_auth_cert_list_find(const ngx_auth_cert_list_t *list,
    const ngx_str_t *normal, ngx_pool_t *pool, ngx_str_t *role);


/* ngx_auth_cert_list_read.c */

/* what is looked up; constant */

typedef struct {
    ngx_auth_cert_table_t             table;
    ngx_uint_t                        wildcards;
    size_t                            len;        /* of all keys and roles */

    /* 1 where there is a range of that prefix length, for IPv4 and IPv6 */
    u_char                            prefixes[2][129];
} ngx_auth_cert_list_data_t;


/*
 * The groups of a list's table: exact values and, of names, the parents of
 * wildcards.  An address range is in a group of its prefix length.
 */
#define NGX_AUTH_CERT_LIST_EXACT     0
#define NGX_AUTH_CERT_LIST_WILDCARD  1
#define NGX_AUTH_CERT_LIST_RANGE     2


/*
 * Reads a list into pool, in any thread.  data is zeroed.  NGX_OK, NGX_ERROR
 * with a sentence in error, which has a buffer.
 */
ngx_int_t ngx_auth_cert_list_read(const ngx_str_t *file,
    ngx_auth_cert_type_e type, ngx_pool_t *pool,
    ngx_auth_cert_list_data_t *data, ngx_str_t *error);

/* bytes that a copy takes; and a copy there, which points to nothing else */
size_t ngx_auth_cert_list_size(const ngx_auth_cert_list_data_t *data);
void ngx_auth_cert_list_copy(const ngx_auth_cert_list_data_t *data,
    ngx_auth_cert_list_data_t *copy);


/* ngx_auth_cert_role.c */

typedef struct {
    ngx_str_t                         text;       /* of a literal */
    ngx_int_t                         capture;    /* or NGX_ERROR */
} ngx_auth_cert_role_part_t;


/* a text, where nparts is 0; else put together from captures */

typedef struct {
    ngx_str_t                         text;
    ngx_auth_cert_role_part_t        *parts;
    ngx_uint_t                        nparts;
} ngx_auth_cert_role_t;


/*
 * Compiles "role="; regex is the pattern whose captures it may name, or NULL.
 * Returns as ngx_auth_cert_match_compile() does.
 */
char *ngx_auth_cert_role_compile(ngx_conf_t *cf, ngx_str_t *text,
    const ngx_auth_cert_pattern_t *regex, ngx_auth_cert_role_t *role);

/* NGX_OK, or NGX_ERROR when memory runs out */
ngx_int_t ngx_auth_cert_role_text(const ngx_auth_cert_role_t *role,
    ngx_pool_t *pool, const ngx_str_t *captured, const int *captures,
    ngx_str_t *text);


/* ngx_auth_cert_condition.c */

#define NGX_AUTH_CERT_NO_CONDITION  0xffff


typedef struct {
    ngx_auth_cert_selector_t         *selector;
    ngx_auth_cert_pattern_t           pattern;
    uint32_t                          fact;       /* number of the selector */

    unsigned                          negated:1;
    unsigned                          regex:2;    /* 1: "~", 2: "~*" */
} ngx_auth_cert_condition_t;


/*
 * Reads "SELECTOR OP PATTERN" into *condition, which is zeroed, and adds its
 * selector to the policy.  Returns as ngx_auth_cert_match_compile() does.
 */
char *ngx_auth_cert_condition_parse(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_str_t *text,
    ngx_auth_cert_condition_t *condition);

/* the same from its parts; selector is one of the policy's already or new */
char *ngx_auth_cert_condition_compile(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_auth_cert_selector_t *selector,
    ngx_str_t *text, ngx_uint_t regex, ngx_auth_cert_condition_t *condition);


/* ngx_auth_cert_rule.c */

typedef struct {
    ngx_auth_cert_condition_t        *conditions;
    ngx_auth_cert_role_t             *role;       /* or NULL */
    ngx_auth_cert_place_t             place;
    uint16_t                          nconditions;
    uint16_t                          captures;   /* condition to take from */

    unsigned                          allow:1;
    unsigned                          verified:1;
    unsigned                          anonymous:1;
} ngx_auth_cert_rule_t;


/*
 * Adds a rule from the words of one line: "allow" or "deny", conditions,
 * "role=...".  Logs and returns NGX_CONF_ERROR, or NGX_CONF_OK.
 */
char *ngx_auth_cert_rule_add(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    ngx_str_t *words, ngx_uint_t nwords);

/*
 * Adds a rule "allow SELECTOR PATTERN role=VALUE" where the pattern is
 * written as in auth_cert_map: "~..." and "~*..." are regular expressions.
 */
char *ngx_auth_cert_rule_add_map(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy, ngx_auth_cert_selector_t *selector,
    ngx_str_t *pattern, ngx_str_t *value);

/* 1 for one positive, exact condition on the certificate and nothing else */
ngx_uint_t ngx_auth_cert_rule_exact(const ngx_auth_cert_rule_t *rule);


/* ngx_auth_cert_reach.c */

/*
 * What makes a rule useless that is about to be added, as a sentence, or
 * NULL; clients has the bits of those that can match it.  It may return
 * NGX_CONF_ERROR, too.
 */
char *ngx_auth_cert_reach_rule(ngx_conf_t *cf, ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_rule_t *rule, ngx_uint_t clients);

/* warns of rules that decide nothing; NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_reach_policy(ngx_conf_t *cf,
    const ngx_auth_cert_policy_t *policy);


/* ngx_auth_cert_run.c */

/* a field that rules of a run ask for, and the first of them that denies */

typedef struct {
    ngx_auth_cert_selector_t         *selector;
    uint32_t                          fact;
    uint32_t                          deny;
} ngx_auth_cert_run_field_t;


/* consecutive exact rules, looked up in policy->exact */

typedef struct {
    uint32_t                          first;
    uint32_t                          last;
    ngx_uint_t                        nfields;
    ngx_auth_cert_run_field_t        *fields;
} ngx_auth_cert_run_t;


/* NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_run_compile(ngx_conf_t *cf,
    ngx_auth_cert_policy_t *policy);

/*
 * The first rule of a run that matches.  NGX_OK; NGX_DECLINED when none does;
 * NGX_ABORT when memory runs out.
 */
ngx_int_t ngx_auth_cert_run_find(const ngx_auth_cert_run_t *run,
    ngx_auth_cert_evaluation_t *evaluation, ngx_uint_t *rule);


/* ngx_auth_cert_policy.c */

/* the values of a selector, looked up once in an evaluation */

typedef struct {
    ngx_uint_t                        known;
    const ngx_auth_cert_values_t     *values;
    ngx_str_t                        *normals;    /* of each value */
    ngx_uint_t                        odd;        /* one has no normal */
    ngx_auth_cert_values_t            variable;
    ngx_str_t                         text;       /* of the variable */
} ngx_auth_cert_fact_t;


struct ngx_auth_cert_evaluation_s {
    /* the one whose variables asked for this one, or NULL */
    const ngx_auth_cert_evaluation_t *outer;

    const ngx_auth_cert_policy_t     *policy;
    const ngx_auth_cert_principal_t  *principal;
    void                             *request;
    ngx_pool_t                       *pool;
    ngx_log_t                        *log;
    ngx_auth_cert_fact_t             *facts;      /* by number of selector */
    ngx_str_t                         role;       /* of a list's line */
    ngx_str_t                         captured;
    int                               captures[3 * NGX_AUTH_CERT_CAPTURES];
};


/* a policy without rules; directive names it in messages */
ngx_auth_cert_policy_t *ngx_auth_cert_policy_create(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, const char *directive, ngx_str_t *name);

/* NULL when memory runs out */
ngx_auth_cert_fact_t *ngx_auth_cert_policy_fact(
    ngx_auth_cert_evaluation_t *evaluation,
    const ngx_auth_cert_selector_t *selector, ngx_uint_t fact);


/* ngx_auth_cert_conf.c */

typedef char *(*ngx_auth_cert_conf_pt)(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf);


/* reads a block, each of whose lines the handler gets; as ngx_conf_parse() */
char *ngx_auth_cert_conf_block(ngx_conf_t *cf, ngx_auth_cert_conf_pt handler,
    void *conf);

/*
 * NGX_DECLINED where the line is no "include", else NGX_OK and what came of
 * it in *rv.
 */
ngx_int_t ngx_auth_cert_conf_include(ngx_conf_t *cf, void *conf, char **rv);


/* ngx_auth_cert_reference.c */

/* NGX_OK for a name that a trust set or policy can have and none has */
ngx_int_t ngx_auth_cert_reference_define(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, ngx_str_t *name, ngx_uint_t is_policy);

ngx_uint_t ngx_auth_cert_reference_equal(const ngx_str_t *one,
    const ngx_str_t *two);


#endif /* _NGX_AUTH_CERT_POLICY_H_INCLUDED_ */
