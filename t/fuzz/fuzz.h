
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What the fuzzers share: an nginx that is set up without a configuration,
 * and checks of what comes out.
 */


#ifndef _FUZZ_H_INCLUDED_
#define _FUZZ_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>

#include "ngx_auth_cert_policy.h"
#include "ngx_auth_cert_zone.h"
#include "ngx_http_auth_cert.h"


#define fuzz_check(expr)                                                      \
    ((expr) ? (void) 0 : fuzz_fail(#expr, __FILE__, __LINE__))


typedef struct {
    ngx_conf_t                  cf;
    ngx_auth_cert_main_conf_t   amcf;
} fuzz_conf_t;


extern ngx_log_t  fuzz_log;

/* set while nothing that is logged may hold a control character */
extern ngx_uint_t  fuzz_strict_log;


/* once, at the first input */
void fuzz_init(void);

void fuzz_fail(const char *expr, const char *file, int line);

/* a configuration that is being read; ends with fuzz_conf_end() */
void fuzz_conf_begin(fuzz_conf_t *conf);
void fuzz_conf_end(fuzz_conf_t *conf);

/* words of one or several rules, with ";" at the end of each; NULL: invalid */
ngx_auth_cert_policy_t *fuzz_policy(fuzz_conf_t *conf, ngx_str_t *words,
    ngx_uint_t nwords);

/* the same of a text: words end at spaces, rules at ";" */
ngx_auth_cert_policy_t *fuzz_policy_text(fuzz_conf_t *conf, const char *text);

/* compiles and evaluates; checks that runs give what single rules give */
void fuzz_evaluate(ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_principal_t *principal, ngx_pool_t *pool,
    ngx_auth_cert_verdict_t *verdict);

/* a file with that content; the name is valid until the next call */
ngx_str_t *fuzz_file(const u_char *data, size_t len);

/* the next line, without its end; 0 when there is none */
ngx_uint_t fuzz_line(u_char **pos, u_char *last, ngx_str_t *line);

/* the identity says what OpenSSL's own decoders read */
void fuzz_same_as_openssl(X509 *cert,
    const ngx_auth_cert_identity_t *identity);

/* no control character */
void fuzz_printable(const ngx_str_t *text);

/* one value of JSON in strict UTF-8 */
void fuzz_json(const ngx_str_t *text);


#endif /* _FUZZ_H_INCLUDED_ */
