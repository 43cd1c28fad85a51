
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The types that the files of the http module share, and their prototypes.
 */


#ifndef _NGX_HTTP_AUTH_CERT_H_INCLUDED_
#define _NGX_HTTP_AUTH_CERT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_auth_cert.h"


/* what auth_cert_forward xfcc does with a header that came in, as Envoy */

typedef enum {
    NGX_HTTP_AUTH_CERT_XFCC_OFF = 0,
    NGX_HTTP_AUTH_CERT_XFCC_SANITIZE,
    NGX_HTTP_AUTH_CERT_XFCC_SANITIZE_SET,
    NGX_HTTP_AUTH_CERT_XFCC_APPEND_FORWARD,
    NGX_HTTP_AUTH_CERT_XFCC_FORWARD_ONLY,
    NGX_HTTP_AUTH_CERT_XFCC_ALWAYS_FORWARD_ONLY
} ngx_http_auth_cert_xfcc_e;


typedef struct {
    ngx_uint_t                        rfc9440;
    ngx_http_auth_cert_xfcc_e         xfcc;

    /* the headers without values */
    ngx_table_elt_t                   client_cert;
    ngx_table_elt_t                   client_cert_chain;
    ngx_table_elt_t                   forwarded_client_cert;
} ngx_http_auth_cert_forward_t;


/* one auth_cert_header */

typedef struct {
    ngx_table_elt_t                   header;     /* without a value */
    ngx_http_complex_value_t          value;
    ngx_auth_cert_place_t             place;
} ngx_http_auth_cert_header_t;


typedef struct {
    ngx_auth_cert_main_conf_t         core;

    /* names that the module sets somewhere; no client may send one */
    ngx_array_t                       owned;      /* of ngx_str_t */
    uint64_t                          lengths;    /* of them, a bit each */
    ngx_uint_t                        needs_uri;  /* XFCC: of the servers */

    ngx_uint_t                        used;       /* any directive */
    ngx_uint_t                        variables;  /* any of them is used */
} ngx_http_auth_cert_main_conf_t;


typedef struct {
    ngx_uint_t                        strict;
    ngx_auth_cert_place_t             handshake;  /* says so, in the server
                                                     itself, or file NULL */
    ngx_array_t                       locations;  /* of loc_conf_t * */
    ngx_auth_cert_decider_t           native;     /* by ssl_verify_client; no
                                                     sets without it */
    ngx_auth_cert_values_t            uris;       /* of the server's own
                                                     certificate, for XFCC */
} ngx_http_auth_cert_srv_conf_t;


typedef struct {
    ngx_auth_cert_setting_t           setting;

    ngx_uint_t                        status;
    ngx_http_auth_cert_forward_t     *forward;    /* NULL: off */
    ngx_array_t                      *headers;    /* of header_t, or NULL */
    ngx_uint_t                        whoami;     /* unsigned  whoami:1; */
} ngx_http_auth_cert_loc_conf_t;


/* what is known of a request in one location */

typedef struct {
    ngx_http_auth_cert_loc_conf_t    *conf;
    ngx_uint_t                        decided;    /* the verdict is set */
    ngx_uint_t                        generation; /* of the result */
    ngx_auth_cert_decision_t          decision;

    /* of the zone, when variables were first asked for in this round */
    ngx_atomic_uint_t                 changes;
    ngx_msec_t                        round;
} ngx_http_auth_cert_ctx_t;


extern ngx_module_t                 ngx_http_auth_cert_module;
extern const ngx_auth_cert_front_t  ngx_http_auth_cert_front;


/* ngx_http_auth_cert_server.c */

/* resolves settings, hooks the servers' SSL contexts; at the end of http{} */
ngx_int_t ngx_http_auth_cert_servers(ngx_conf_t *cf,
    ngx_http_auth_cert_main_conf_t *amcf);


/* ngx_http_auth_cert_sni.c */

/* hooks the servername callback of a server */
void ngx_http_auth_cert_sni(SSL_CTX *ctx, ngx_auth_cert_server_t *server);


/* ngx_http_auth_cert_native.c */

/* verifies what another server's handshake did; in the post-read phase */
ngx_int_t ngx_http_auth_cert_native_handler(ngx_http_request_t *r);


/* ngx_http_auth_cert_access.c */

ngx_int_t ngx_http_auth_cert_access_handler(ngx_http_request_t *r);

/* logs a decision that denies, and keeps it; the status, or NGX_ERROR */
ngx_int_t ngx_http_auth_cert_refusal(ngx_http_request_t *r,
    const ngx_auth_cert_decision_t *decision);

/*
 * The decision of the request's location, made at need.  Once the access
 * phase has decided, it is that decision.  NULL when memory runs out.
 */
ngx_auth_cert_decision_t *ngx_http_auth_cert_decision(ngx_http_request_t *r);

/* 1 where that decision is remembered, and does not change any more */
ngx_uint_t ngx_http_auth_cert_decided(ngx_http_request_t *r);

/* the last decision that refused the request, in any location, or NULL */
ngx_auth_cert_decision_t *ngx_http_auth_cert_refused(ngx_http_request_t *r);

/* what is known of the request, nothing at first; NULL without memory */
ngx_http_auth_cert_ctx_t *ngx_http_auth_cert_ctx(ngx_http_request_t *r);

/*
 * Only who the client is, by the location's sets; the verdict may not be
 * set.  Found out once for a request.  NULL when it could not be told.
 */
ngx_auth_cert_decision_t *ngx_http_auth_cert_identify(ngx_http_request_t *r);

/* the HTTP status of a verdict that denies */
ngx_uint_t ngx_http_auth_cert_status(
    const ngx_http_auth_cert_loc_conf_t *alcf,
    const ngx_auth_cert_verdict_t *verdict);


/* ngx_http_auth_cert_headers.c */

/* removes what no client may send; in the post-read phase */
ngx_int_t ngx_http_auth_cert_strip_handler(ngx_http_request_t *r);

/* the same for requests that skipped it; in both rewrite phases */
ngx_int_t ngx_http_auth_cert_strip_internal_handler(ngx_http_request_t *r);

/* adds a name to those that only the module sets; NGX_CONF_OK or an error */
char *ngx_http_auth_cert_own(ngx_conf_t *cf, const ngx_str_t *name);

ngx_uint_t ngx_http_auth_cert_is_owned(
    const ngx_http_auth_cert_main_conf_t *amcf, const ngx_str_t *name);

/* 1 for names that some upstream may take for one */
ngx_uint_t ngx_http_auth_cert_same_name(const ngx_str_t *one,
    const ngx_str_t *other);

/*
 * Gives the request a list of headers of its own, without those that have to
 * go and with those of add, an array of ngx_table_elt_t or NULL.
 */
ngx_int_t ngx_http_auth_cert_rebuild(ngx_http_request_t *r,
    const ngx_http_auth_cert_main_conf_t *amcf, const ngx_array_t *add);


/* ngx_http_auth_cert_xfcc.c */

/* keeps what came in, before it is removed; in the post-read phase */
ngx_int_t ngx_http_auth_cert_receive_xfcc(ngx_http_request_t *r);

/* what to pass on, empty for nothing; NGX_OK, NGX_ERROR */
ngx_int_t ngx_http_auth_cert_forward_xfcc(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_http_auth_cert_xfcc_e mode,
    ngx_str_t *value);


/* ngx_http_auth_cert_forward.c */

/* sets what the location tells the upstream; in the pre-content phase */
ngx_int_t ngx_http_auth_cert_forward_handler(ngx_http_request_t *r);

/* the headers that auth_cert_forward sets */
extern const ngx_str_t  ngx_http_auth_cert_client_cert;
extern const ngx_str_t  ngx_http_auth_cert_client_cert_chain;
extern const ngx_str_t  ngx_http_auth_cert_xfcc_name;


/* ngx_http_auth_cert_forward_conf.c */

/* setters of auth_cert_forward and auth_cert_header */
char *ngx_http_auth_cert_forward(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_auth_cert_header(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* that no two directives set one header; once the location is merged */
char *ngx_http_auth_cert_check_forward(ngx_conf_t *cf,
    const ngx_http_auth_cert_loc_conf_t *alcf);


/* ngx_http_auth_cert_variables.c */

ngx_int_t ngx_http_auth_cert_add_variables(ngx_conf_t *cf);

/* 1 when the configuration uses one of the variables */
ngx_uint_t ngx_http_auth_cert_variables_used(ngx_conf_t *cf,
    ngx_http_auth_cert_main_conf_t *amcf);

/* the values of the forwarding variables, kept for the connection */
ngx_int_t ngx_http_auth_cert_rfc9440(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_str_t *value);
ngx_int_t ngx_http_auth_cert_xfcc(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_str_t *value);


/* ngx_http_auth_cert_make.c */

/*
 * Calls the handler of a variable, unless one of the request has failed
 * before; what fails here, or has two texts at once, fails for good.
 */
ngx_int_t ngx_http_auth_cert_make(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data,
    ngx_http_get_variable_pt handler);


/* ngx_http_auth_cert_failure.c */

/* to be called when a variable of the request could not be made */
void ngx_http_auth_cert_fail(ngx_http_request_t *r);

/* 1 when that was so for any of them */
ngx_uint_t ngx_http_auth_cert_has_failed(ngx_http_request_t *r);

/* refuses such a request; in the pre-content phase, which subrequests have */
ngx_int_t ngx_http_auth_cert_failure_handler(ngx_http_request_t *r);

/* ngx_http_complex_value(); NGX_ERROR also when such a variable is in it */
ngx_int_t ngx_http_auth_cert_text(ngx_http_request_t *r,
    ngx_http_complex_value_t *text, ngx_str_t *value);


/* ngx_http_auth_cert_state.c */

/* kept for the connection, as long as the verification holds */
ngx_int_t ngx_http_auth_cert_chain_rfc9440(ngx_http_request_t *r,
    ngx_auth_cert_decision_t *decision, ngx_str_t *value);

/* an empty value is not found */
void ngx_http_auth_cert_set_value(ngx_http_variable_value_t *v,
    const ngx_str_t *value);

/*
 * The decision of a request whose client is identified; NULL, and the variable
 * is not found, where it is not.  NGX_OK, NGX_ERROR
 */
ngx_int_t ngx_http_auth_cert_variable_identity(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, ngx_auth_cert_decision_t **decision);

/* handlers of variables */
ngx_int_t ngx_http_auth_cert_get_verify(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_auth_cert_get_trust(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_auth_cert_get_ca(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_auth_cert_get_days_left(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_auth_cert_get_chain(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_auth_cert_get_role(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_auth_cert_get_decision(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_auth_cert_get_rule(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_auth_cert_get_reason(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_auth_cert_get_reload_failures(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


/* ngx_http_auth_cert_map.c */

char *ngx_http_auth_cert_map(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


/* ngx_http_auth_cert_whoami.c */

char *ngx_http_auth_cert_whoami(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* the "if" and "limit_except" blocks of its location answer, too */
void ngx_http_auth_cert_whoami_merge(ngx_conf_t *cf,
    ngx_http_auth_cert_loc_conf_t *prev, ngx_http_auth_cert_loc_conf_t *conf);

/* 1 when it is what answers the request, whatever the verdict */
ngx_uint_t ngx_http_auth_cert_whoami_answers(ngx_http_request_t *r);


#endif /* _NGX_HTTP_AUTH_CERT_H_INCLUDED_ */
