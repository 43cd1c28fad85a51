
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The http module: its directives, configurations and phases.
 */


#include "ngx_http_auth_cert.h"
#include "ngx_auth_cert_ssl.h"
#include "ngx_auth_cert_zone.h"


#define NGX_HTTP_AUTH_CERT_HASH_MAX_SIZE  4096


typedef char *(*ngx_http_auth_cert_zone_pt)(ngx_conf_t *cf,
    ngx_auth_cert_zone_t *zone, ngx_str_t *value);


static char *ngx_http_auth_cert_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_auth_cert_verify(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_auth_cert(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_auth_cert_handshake(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_auth_cert_set_status(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_auth_cert_compile(ngx_conf_t *cf, ngx_str_t *text,
    void **complex);
static ngx_int_t ngx_http_auth_cert_evaluate(void *request, void *complex,
    ngx_str_t *value);
static void *ngx_http_auth_cert_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_auth_cert_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_auth_cert_create_srv_conf(ngx_conf_t *cf);
static char *ngx_http_auth_cert_merge_srv_conf(ngx_conf_t *cf, void *parent,
    void *child);
static void *ngx_http_auth_cert_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_auth_cert_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_http_auth_cert_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_auth_cert_init_process(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_auth_cert_init_headers(ngx_conf_t *cf);
static ngx_int_t ngx_http_auth_cert_add_handler(ngx_conf_t *cf,
    ngx_http_phases phase, ngx_http_handler_pt handler);


const ngx_auth_cert_front_t  ngx_http_auth_cert_front = {
    ngx_http_auth_cert_compile,
    ngx_http_auth_cert_evaluate
};


static ngx_command_t  ngx_http_auth_cert_commands[] = {

    { ngx_string("auth_cert_trust"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_auth_cert_conf_trust,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert_policy"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_auth_cert_conf_policy,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert_map"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE2,
      ngx_http_auth_cert_map,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_auth_cert_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      ngx_auth_cert_zone_set },

    { ngx_string("auth_cert_reload"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_auth_cert_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      ngx_auth_cert_zone_set_reload },

    { ngx_string("auth_cert_verify_cache"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_auth_cert_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      ngx_auth_cert_zone_set_cache },

    { ngx_string("auth_cert_verify"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_auth_cert_verify,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF
                        |NGX_HTTP_LMT_CONF|NGX_CONF_1MORE,
      ngx_http_auth_cert,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert_status"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_auth_cert_set_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert_log_level"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_auth_cert_setting_log_level,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert_handshake"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_http_auth_cert_handshake,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert_forward"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_auth_cert_forward,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert_header"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE2,
      ngx_http_auth_cert_header,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_cert_whoami"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_auth_cert_whoami,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_auth_cert_module_ctx = {
    ngx_http_auth_cert_add_variables,      /* preconfiguration */
    ngx_http_auth_cert_init,               /* postconfiguration */

    ngx_http_auth_cert_create_main_conf,   /* create main configuration */
    ngx_http_auth_cert_init_main_conf,     /* init main configuration */

    ngx_http_auth_cert_create_srv_conf,    /* create server configuration */
    ngx_http_auth_cert_merge_srv_conf,     /* merge server configuration */

    ngx_http_auth_cert_create_loc_conf,    /* create location configuration */
    ngx_http_auth_cert_merge_loc_conf      /* merge location configuration */
};


ngx_module_t  ngx_http_auth_cert_module = {
    NGX_MODULE_V1,
    &ngx_http_auth_cert_module_ctx,        /* module context */
    ngx_http_auth_cert_commands,           /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_auth_cert_init_process,       /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static char *
ngx_http_auth_cert_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_auth_cert_main_conf_t *amcf = conf;

    ngx_str_t                  *value;
    ngx_http_auth_cert_zone_pt  set;

    value = cf->args->elts;
    set = (ngx_http_auth_cert_zone_pt) cmd->post;

    return set(cf, amcf->core.zone, &value[1]);
}


static char *
ngx_http_auth_cert_verify(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_auth_cert_loc_conf_t *alcf = conf;

    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);
    amcf->used = 1;

    return ngx_auth_cert_setting_verify(cf, &amcf->core, &alcf->setting,
                                        cf->cmd_type == NGX_HTTP_MAIN_CONF);
}


static char *
ngx_http_auth_cert(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_auth_cert_loc_conf_t *alcf = conf;

    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);
    amcf->used = 1;

    return ngx_auth_cert_setting_policies(cf, &amcf->core, &alcf->setting,
                                          cf->cmd_type == NGX_HTTP_MAIN_CONF);
}


static char *
ngx_http_auth_cert_handshake(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_auth_cert_srv_conf_t *ascf = conf;

    ngx_str_t                       *value;
    ngx_http_auth_cert_main_conf_t  *amcf;

    if (ascf->strict != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    ngx_auth_cert_conf_place(cf, &ascf->handshake);

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "strict") == 0) {
        ascf->strict = 1;

    } else if (ngx_strcmp(value[1].data, "lenient") == 0) {
        ascf->strict = 0;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" of \"auth_cert_handshake\", "
                           "it must be \"strict\" or \"lenient\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);
    amcf->used = 1;

    return NGX_CONF_OK;
}


static char *
ngx_http_auth_cert_set_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_auth_cert_loc_conf_t *alcf = conf;

    ngx_int_t   status;
    ngx_str_t  *value;

    if (alcf->status != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    status = ngx_atoi(value[1].data, value[1].len);

    if (status < 400 || status > 599) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" of \"auth_cert_status\", it "
                           "must be a number between 400 and 599", &value[1]);
        return NGX_CONF_ERROR;
    }

    alcf->status = status;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_auth_cert_compile(ngx_conf_t *cf, ngx_str_t *text, void **complex)
{
    ngx_http_complex_value_t          *value;
    ngx_http_compile_complex_value_t   ccv;

    value = ngx_pcalloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (value == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = text;
    ccv.complex_value = value;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_ERROR;
    }

    *complex = value;

    return NGX_OK;
}


static ngx_int_t
ngx_http_auth_cert_evaluate(void *request, void *complex, ngx_str_t *value)
{
    return ngx_http_auth_cert_text(request, complex, value);
}


static void *
ngx_http_auth_cert_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_auth_cert_main_conf_t));
    if (amcf == NULL) {
        return NULL;
    }

    if (ngx_auth_cert_conf_init(cf, &amcf->core, &ngx_http_auth_cert_front)
        != NGX_OK
        || ngx_array_init(&amcf->owned, cf->pool, 4, sizeof(ngx_str_t))
           != NGX_OK)
    {
        return NULL;
    }

    return amcf;
}


/*
 * nginx warns of a hash table that is too small for all variables; with ours
 * its own default may be.  What an administrator has set larger stays.
 */

static char *
ngx_http_auth_cert_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    cmcf->variables_hash_max_size = ngx_max(cmcf->variables_hash_max_size,
                                            NGX_HTTP_AUTH_CERT_HASH_MAX_SIZE);

    return NGX_CONF_OK;
}


static void *
ngx_http_auth_cert_create_srv_conf(ngx_conf_t *cf)
{
    ngx_http_auth_cert_srv_conf_t  *ascf;

    ascf = ngx_pcalloc(cf->pool, sizeof(ngx_http_auth_cert_srv_conf_t));
    if (ascf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&ascf->locations, cf->pool, 8,
                       sizeof(ngx_http_auth_cert_loc_conf_t *))
        != NGX_OK)
    {
        return NULL;
    }

    ascf->strict = NGX_CONF_UNSET_UINT;

    return ascf;
}


static char *
ngx_http_auth_cert_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_auth_cert_srv_conf_t *prev = parent;
    ngx_http_auth_cert_srv_conf_t *conf = child;

    ngx_conf_merge_uint_value(conf->strict, prev->strict, 0);

    return NGX_CONF_OK;
}


static void *
ngx_http_auth_cert_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_auth_cert_loc_conf_t  *alcf;

    alcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_auth_cert_loc_conf_t));
    if (alcf == NULL) {
        return NULL;
    }

    ngx_auth_cert_setting_init(&alcf->setting);

    alcf->status = NGX_CONF_UNSET_UINT;
    alcf->forward = NGX_CONF_UNSET_PTR;
    alcf->headers = NGX_CONF_UNSET_PTR;

    return alcf;
}


static char *
ngx_http_auth_cert_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_auth_cert_loc_conf_t *prev = parent;
    ngx_http_auth_cert_loc_conf_t *conf = child;

    ngx_http_auth_cert_loc_conf_t  **location;
    ngx_http_auth_cert_srv_conf_t   *ascf;

    ngx_auth_cert_setting_merge(&conf->setting, &prev->setting);

    ngx_conf_merge_uint_value(conf->status, prev->status, NGX_HTTP_FORBIDDEN);
    ngx_conf_merge_ptr_value(conf->forward, prev->forward, NULL);
    ngx_conf_merge_ptr_value(conf->headers, prev->headers, NULL);

    if (ngx_http_auth_cert_check_forward(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    ngx_http_auth_cert_whoami_merge(cf, prev, conf);

    /* what a server asks for in the handshake is the sum of its locations */

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_auth_cert_module);

    location = ngx_array_push(&ascf->locations);
    if (location == NULL) {
        return NGX_CONF_ERROR;
    }

    *location = conf;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_auth_cert_init(ngx_conf_t *cf)
{
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_cert_module);

    /* an unknown name is a mistake also in a policy that nobody uses yet */

    if (ngx_auth_cert_conf_resolve(cf, &amcf->core) != NGX_OK) {
        return NGX_ERROR;
    }

    /* scripts and SSI name variables that nobody can know of here */

    if (ngx_auth_cert_peer_init(cf->log) != NGX_OK) {
        return NGX_ERROR;
    }

    /* nor does a bad file wait until somebody uses its set */

    if (ngx_auth_cert_zone_finish(cf, amcf->core.zone,
                                  &ngx_http_auth_cert_module)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    amcf->variables = ngx_http_auth_cert_variables_used(cf, amcf);

    if (!amcf->used && !amcf->variables) {
        return NGX_OK;
    }

    if (ngx_http_auth_cert_servers(cf, amcf) != NGX_OK) {
        return NGX_ERROR;
    }

    /* of two handlers of a phase the one that is added last is the first */

    if (ngx_http_auth_cert_add_handler(cf, NGX_HTTP_PRECONTENT_PHASE,
                                       ngx_http_auth_cert_failure_handler)
        != NGX_OK
        || ngx_http_auth_cert_add_handler(cf, NGX_HTTP_POST_READ_PHASE,
                                          ngx_http_auth_cert_native_handler)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (amcf->owned.nelts && ngx_http_auth_cert_init_headers(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_auth_cert_add_handler(cf, NGX_HTTP_ACCESS_PHASE,
                                          ngx_http_auth_cert_access_handler);
}


static ngx_int_t
ngx_http_auth_cert_init_headers(ngx_conf_t *cf)
{
    if (ngx_http_auth_cert_add_handler(cf, NGX_HTTP_POST_READ_PHASE,
                                       ngx_http_auth_cert_strip_handler)
        != NGX_OK
        || ngx_http_auth_cert_add_handler(cf, NGX_HTTP_SERVER_REWRITE_PHASE,
                                    ngx_http_auth_cert_strip_internal_handler)
           != NGX_OK
        || ngx_http_auth_cert_add_handler(cf, NGX_HTTP_REWRITE_PHASE,
                                    ngx_http_auth_cert_strip_internal_handler)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_auth_cert_add_handler(cf, NGX_HTTP_PRECONTENT_PHASE,
                                          ngx_http_auth_cert_forward_handler);
}


static ngx_int_t
ngx_http_auth_cert_init_process(ngx_cycle_t *cycle)
{
    ngx_http_auth_cert_main_conf_t  *amcf;

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_auth_cert_module);

    if (amcf == NULL) {
        return NGX_OK;
    }

    if (ngx_process == NGX_PROCESS_WORKER && amcf->core.zone->servers.nelts) {
        ngx_auth_cert_warm(cycle->log);
    }

    if (amcf->core.zone->shm_zone == NULL) {
        return NGX_OK;
    }

    return ngx_auth_cert_reload_start(amcf->core.zone, cycle);
}


static ngx_int_t
ngx_http_auth_cert_add_handler(ngx_conf_t *cf, ngx_http_phases phase,
    ngx_http_handler_pt handler)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[phase].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = handler;

    return NGX_OK;
}
