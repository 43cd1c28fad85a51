
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The types that the files of the core share, their contracts, and all
 * prototypes, grouped by file.  The core knows certificates and rules; it
 * knows neither HTTP nor stream.
 *
 * Ownership: configuration objects live in cf->pool and are constant once
 * the configuration is read.  What belongs to a TLS connection lives in the
 * pool of its ngx_auth_cert_peer_t, which ends with the SSL object.
 */


#ifndef _NGX_AUTH_CERT_H_INCLUDED_
#define _NGX_AUTH_CERT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_compat.h"
#include "ngx_auth_cert_crl.h"
#include "ngx_auth_cert_identity.h"


/*
 * What a client may make the worker verify: longer chains fail with "chain
 * too long".  The size also keeps the chain, together with the leaf, below
 * the 65,280 bytes that OpenSSL can put into a session ticket.
 */
#define NGX_AUTH_CERT_MAX_CHAIN       16
#define NGX_AUTH_CERT_MAX_CHAIN_SIZE  49152

/* a verified chain: the leaf, as many that were sent, as many CAs */
#define NGX_AUTH_CERT_MAX_VERIFIED    (2 * NGX_AUTH_CERT_MAX_CHAIN + 2)

/*
 * PCRE's match limit of a rule's regular expression: what a client sends
 * must not be able to burn the CPU (nginx itself sets no limit).
 */
#define NGX_AUTH_CERT_MATCH_LIMIT  "(*LIMIT_MATCH=100000)"

/* captures that "role=" can name: $0 .. $9 */
#define NGX_AUTH_CERT_CAPTURES     10


typedef struct ngx_auth_cert_trust_s      ngx_auth_cert_trust_t;
typedef struct ngx_auth_cert_policy_s     ngx_auth_cert_policy_t;
typedef struct ngx_auth_cert_field_s      ngx_auth_cert_field_t;
typedef struct ngx_auth_cert_matcher_s    ngx_auth_cert_matcher_t;
typedef struct ngx_auth_cert_list_s       ngx_auth_cert_list_t;
typedef struct ngx_auth_cert_table_s      ngx_auth_cert_table_t;
typedef struct ngx_auth_cert_main_conf_s  ngx_auth_cert_main_conf_t;
typedef struct ngx_auth_cert_peer_s       ngx_auth_cert_peer_t;
typedef struct ngx_auth_cert_server_s     ngx_auth_cert_server_t;
typedef struct ngx_auth_cert_zone_s       ngx_auth_cert_zone_t;
typedef struct ngx_auth_cert_source_s     ngx_auth_cert_source_t;
typedef struct ngx_auth_cert_cache_s      ngx_auth_cert_cache_t;


/*
 * What HTTP and stream do each in their own way; the core calls it through
 * these pointers.
 */

typedef struct {
    /*
     * Compiles a text with $variables.  *complex is allocated in cf->pool.
     * Returns NGX_OK, or NGX_ERROR after logging.
     */
    ngx_int_t  (*compile)(ngx_conf_t *cf, ngx_str_t *text, void **complex);

    /*
     * Evaluates it for a request or session; value lives as long as that.
     * Returns NGX_OK or NGX_ERROR.  A variable that is not found is empty.
     */
    ngx_int_t  (*evaluate)(void *request, void *complex, ngx_str_t *value);
} ngx_auth_cert_front_t;


/* where a directive stands, for messages that come after the parser's pass */

typedef struct {
    u_char                           *file;
    ngx_uint_t                        line;
} ngx_auth_cert_place_t;


/* ngx_auth_cert_field.c */

/* how the values of a field compare; also the patterns a field knows */

typedef enum {
    NGX_AUTH_CERT_TYPE_TEXT = 0,          /* bytes */
    NGX_AUTH_CERT_TYPE_NAME,              /* DN, RFC 4518 preparation */
    NGX_AUTH_CERT_TYPE_DNS,               /* ASCII case-insensitive */
    NGX_AUTH_CERT_TYPE_URI,               /* bytes; segments */
    NGX_AUTH_CERT_TYPE_SPIFFE,            /* a URI that is a SPIFFE ID */
    NGX_AUTH_CERT_TYPE_EMAIL,             /* domain case-insensitive */
    NGX_AUTH_CERT_TYPE_IP,                /* address; CIDR */
    NGX_AUTH_CERT_TYPE_SERIAL,            /* a number in hex */
    NGX_AUTH_CERT_TYPE_DIGEST,            /* SHA-256 in hex */
    NGX_AUTH_CERT_TYPE_OID,               /* dotted decimal */
    NGX_AUTH_CERT_TYPE_ANY,               /* text, or "#" and DER in hex */
    NGX_AUTH_CERT_TYPE_VARIABLE           /* bytes, of the request */
} ngx_auth_cert_type_e;


typedef const ngx_auth_cert_values_t *(*ngx_auth_cert_values_pt)(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);


struct ngx_auth_cert_field_s {
    ngx_str_t                         name;       /* "subject.", "san.dns" */
    ngx_auth_cert_type_e              type;
    ngx_auth_cert_values_pt           values;     /* NULL: a $variable */
    ngx_uint_t                        single;     /* one value at most */
};


/* a selector of the configuration: a row of the table and its argument */

typedef struct {
    const ngx_auth_cert_field_t      *field;
    ngx_str_t                         argument;   /* an OID, or empty */
    ngx_str_t                         text;       /* as written */
    void                             *variable;   /* compiled by the front */
} ngx_auth_cert_selector_t;


/*
 * Reads a selector such as "subject.CN", "san.other.1.2.3" or "$variable".
 * Returns NULL, or a sentence for the administrator ("unknown selector").
 */
char *ngx_auth_cert_field_selector(ngx_conf_t *cf,
    const ngx_auth_cert_front_t *front, ngx_str_t *text,
    ngx_auth_cert_selector_t *selector);


/* ngx_auth_cert_normal.c */

/*
 * The form in which two values of a type are equal if and only if their
 * bytes are.  Rules, lists and look-ups all compare this form.  An address
 * has its 4 or 16 bytes.  What needs no change is not copied: normal is text.
 * Returns NGX_OK; NGX_DECLINED for a text that is no value of that type;
 * NGX_ERROR when memory runs out.
 */
ngx_int_t ngx_auth_cert_field_normalize(ngx_pool_t *pool,
    ngx_auth_cert_type_e type, const ngx_str_t *text, ngx_str_t *normal);

/* what a value of the type must look like, for error messages */
const char *ngx_auth_cert_field_type_hint(ngx_auth_cert_type_e type);


/* ngx_auth_cert_dn.c */

/* ngx_auth_cert_field_normalize() for an RFC 4514 name */
ngx_int_t ngx_auth_cert_dn_normalize(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *normal);


/* ngx_auth_cert_file.c */

/*
 * 1 where an open file is as it was before it was read.  One that was written
 * meanwhile is not taken; the next look at it finds it changed.
 */
ngx_uint_t ngx_auth_cert_file_same(ngx_fd_t fd, const ngx_file_info_t *before);


/* ngx_auth_cert_policy.c */

typedef enum {
    NGX_AUTH_CERT_REASON_NONE = 0,        /* nothing decided: refuse */
    NGX_AUTH_CERT_REASON_ALLOWED,         /* by a rule */
    NGX_AUTH_CERT_REASON_VERIFIED,        /* no policy: verified is enough */
    NGX_AUTH_CERT_REASON_ANONYMOUS,       /* no policy, none was required */
    NGX_AUTH_CERT_REASON_DENIED,          /* by a rule */
    NGX_AUTH_CERT_REASON_NO_RULE,         /* no rule matched */
    NGX_AUTH_CERT_REASON_NO_CERTIFICATE,
    NGX_AUTH_CERT_REASON_NOT_VERIFIED,
    NGX_AUTH_CERT_REASON_NOT_ASKED,       /* 421 */
    NGX_AUTH_CERT_REASON_ERROR            /* out of memory and the like */
} ngx_auth_cert_reason_e;


typedef struct {
    ngx_uint_t                        allow;      /* 0: refuse */
    ngx_auth_cert_reason_e            reason;
    const ngx_auth_cert_policy_t     *policy;     /* or NULL */
    ngx_uint_t                        rule;       /* from 1; 0: none */
    ngx_str_t                         role;
} ngx_auth_cert_verdict_t;


/* how its parts look stands in ngx_auth_cert_policy.h */

struct ngx_auth_cert_policy_s {
    ngx_str_t                         name;
    ngx_auth_cert_place_t             place;
    const char                       *directive;  /* that defines it */
    ngx_auth_cert_main_conf_t        *conf;
    ngx_array_t                       rules;      /* of rule_t */
    ngx_array_t                       selectors;  /* of selector_t * */
    ngx_array_t                       runs;       /* of run_t */
    ngx_auth_cert_table_t            *exact;      /* of exact rules */

    /* rules that decide for all anonymous, and all verified, clients; or 0 */
    ngx_uint_t                        decided[2];

    ngx_uint_t                        dynamic;    /* needs the request */
    ngx_str_t                         def;        /* default of a map */
};


/*
 * First matching rule decides.  verdict is always set; where the return is
 * NGX_ERROR it denies.  request may be NULL where the policy is not dynamic.
 */
ngx_int_t ngx_auth_cert_policy_evaluate(const ngx_auth_cert_policy_t *policy,
    const ngx_auth_cert_principal_t *principal, void *request,
    ngx_pool_t *pool, ngx_log_t *log, ngx_auth_cert_verdict_t *verdict);


/* ngx_auth_cert_trust.c */

struct ngx_auth_cert_trust_s {
    ngx_str_t                         name;
    ngx_auth_cert_place_t             place;
    ngx_auth_cert_zone_t             *zone;

    ngx_array_t                       cas;        /* of source_t * */
    ngx_array_t                       crls;       /* of source_t * */
    ngx_uint_t                        crl_leaf;   /* look only the leaf up */
    ngx_auth_cert_crl_options_t       crl_options;

    ngx_int_t                         depth;
    ngx_int_t                         purpose;    /* X509_PURPOSE_... */
    ngx_flag_t                        partial_chain;

    /*
     * Made of the CA files, and made anew in each worker when these change;
     * version counts that.
     */
    X509_STORE                       *store;
    STACK_OF(X509)                   *certs;      /* of the store, sorted */
    STACK_OF(X509_NAME)              *names;      /* to advertise */
    ngx_uint_t                        version;

    /* of the certificates and options: what sessions are bound to */
    u_char                            digest[NGX_AUTH_CERT_DIGEST_LEN];

    /* native: the SSL_CTX whose store this is, borrowed */
    SSL_CTX                          *native;
    ngx_array_t                       updates;    /* time_t, of its CRLs */
};


/* a certificate of a verified chain, and where to find it */

typedef struct {
    ngx_auth_cert_link_t              link;       /* where the set has CRLs */
    uint16_t                          where;
} ngx_auth_cert_chain_cert_t;


/* where: the leaf, one that was sent (from 1), or one of the set's certs */
#define NGX_AUTH_CERT_CHAIN_LEAF      0
#define NGX_AUTH_CERT_CHAIN_CA        0x8000


/* a verified chain, from the leaf to the anchor; without any OpenSSL object */

typedef struct {
    ngx_uint_t                        n;
    time_t                            since;      /* all are valid in this */
    time_t                            until;      /* span */
    u_char                            anchor[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_auth_cert_usage_t             usage;      /* of the leaf */
    ngx_auth_cert_chain_cert_t       *certs;
} ngx_auth_cert_chain_t;


/* what came out for one certificate and one trust set */

typedef struct ngx_auth_cert_result_s  ngx_auth_cert_result_t;

struct ngx_auth_cert_result_s {
    const ngx_auth_cert_trust_t      *trust;
    int                               security_level;  /* of OpenSSL */
    ngx_uint_t                        ocsp;       /* a good status, too */
    long                              error;      /* X509_V_... */
    time_t                            since;      /* holds in this span, */
    time_t                            until;      /* find out again outside */

    /* of the chain alone, before revocation */
    long                              verified;   /* X509_V_... */
    ngx_uint_t                        version;    /* of trust; 0: not yet */
    ngx_atomic_uint_t                 epoch;      /* generation of the zone */
    ngx_auth_cert_chain_t             chain;      /* n 0: none */
    ngx_uint_t                        room;       /* in chain.certs */

    u_char                            anchor[NGX_AUTH_CERT_DIGEST_HEX];
    ngx_str_t                         chain_rfc9440; /* made on demand */
    ngx_uint_t                        generation; /* moves with any change */
    ngx_auth_cert_result_t           *next;
};


/* a set without CAs, with the defaults; freed with cf->pool */
ngx_auth_cert_trust_t *ngx_auth_cert_trust_create(ngx_conf_t *cf,
    ngx_auth_cert_zone_t *zone, ngx_str_t *name);

/* adds CA certificates, of which it takes references.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_trust_add(ngx_auth_cert_trust_t *trust,
    const STACK_OF(X509) *certs);

/* checks the whole, and makes the digest */
char *ngx_auth_cert_trust_compile(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust);

/*
 * Makes the set anew from what the zone has of its CA files, in a worker.
 * Logs and returns NGX_ERROR where it stays as it was, or NGX_OK.
 */
ngx_int_t ngx_auth_cert_trust_refresh(ngx_auth_cert_trust_t *trust,
    ngx_log_t *log);

/* a zeroed set takes a store that is not its own.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_trust_adopt(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, X509_STORE *store);

/*
 * Verifies a chain.  chain->certs has room for NGX_AUTH_CERT_MAX_VERIFIED;
 * chain is filled where *error is X509_V_OK.  Returns NGX_OK; NGX_ERROR when
 * it could not be tried, with an error in *error, too.
 */
ngx_int_t ngx_auth_cert_trust_verify(const ngx_auth_cert_trust_t *trust,
    X509 *leaf, STACK_OF(X509) *untrusted, int security_level,
    ngx_log_t *log, ngx_auth_cert_chain_t *chain, long *error);

/*
 * Fills chain from one that OpenSSL has verified, of the leaf, of those sent
 * and of the set's CAs.  NGX_OK, with an error in *error where it has no room
 * for all of them; NGX_ERROR
 */
ngx_int_t ngx_auth_cert_trust_chain(const ngx_auth_cert_trust_t *trust,
    X509 *leaf, STACK_OF(X509) *untrusted, STACK_OF(X509) *verified,
    ngx_log_t *log, ngx_auth_cert_chain_t *chain, long *error);

/* 1 for the errors that say that no CA of the set issued the chain */
ngx_uint_t ngx_auth_cert_trust_unknown_ca(long error);


/* ngx_auth_cert_native.c */

/* what ssl_verify_client of a server trusts; NULL after an error, logged */
ngx_auth_cert_trust_t *ngx_auth_cert_native_create(ngx_conf_t *cf,
    SSL_CTX *ctx);

/* the first second after now in which a CRL begins or ends */
time_t ngx_auth_cert_native_until(const ngx_auth_cert_trust_t *trust,
    time_t now);


/* ngx_auth_cert_ca.c */

/* the setter of "ca" in auth_cert_trust */
char *ngx_auth_cert_ca_set(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *path);

/*
 * SHA-256 of a CA with its settings: a "TRUSTED CERTIFICATE" may reject what
 * the bare certificate is trusted for.  NGX_OK, NGX_ERROR
 */
ngx_int_t ngx_auth_cert_ca_digest(X509 *cert,
    u_char digest[NGX_AUTH_CERT_DIGEST_LEN]);

/* adds what the zone has of a set's CA files.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_ca_certs(const ngx_auth_cert_trust_t *trust,
    STACK_OF(X509) *certs);


/* ngx_auth_cert_cache.c */

/* a table of about that size in the zone, or NULL */
ngx_auth_cert_cache_t *ngx_auth_cert_cache_create(ngx_slab_pool_t *shpool,
    size_t size);

/*
 * NGX_OK and the chain that was verified under a key of
 * NGX_AUTH_CERT_DIGEST_LEN bytes and still is valid; certs has room as above.
 * Or NGX_DECLINED.
 */
ngx_int_t ngx_auth_cert_cache_get(ngx_auth_cert_zone_t *zone,
    const u_char *key, ngx_auth_cert_chain_t *chain,
    ngx_auth_cert_chain_cert_t *certs);
void ngx_auth_cert_cache_put(ngx_auth_cert_zone_t *zone, const u_char *key,
    const ngx_auth_cert_chain_t *chain);


/* ngx_auth_cert_revocation.c */

/* the certificate of a chain by its place, or NULL */
typedef X509 *(*ngx_auth_cert_revocation_cert_pt)(void *data, ngx_uint_t i);

/*
 * Looks a chain up in the CRLs of its set.  get() is called where CRLs need
 * a certificate itself; *until is brought forward to the second in which the
 * answer may be another.  Returns X509_V_OK, or why the chain is refused.
 */
long ngx_auth_cert_revocation_check(const ngx_auth_cert_trust_t *trust,
    const ngx_auth_cert_chain_t *chain, ngx_auth_cert_revocation_cert_pt get,
    void *data, time_t *until);


/* ngx_auth_cert_peer.c */

/* verdicts kept for a connection, one for each place that asked */

typedef struct ngx_auth_cert_kept_s  ngx_auth_cert_kept_t;

struct ngx_auth_cert_kept_s {
    const void                       *key;
    const ngx_auth_cert_result_t     *result;     /* it was made from */
    ngx_uint_t                        generation; /* of the result */
    ngx_atomic_uint_t                 epoch;      /* generation of the zone */
    ngx_auth_cert_verdict_t           verdict;
    ngx_auth_cert_kept_t             *next;
};


/* the state of a TLS connection, on its SSL object */

struct ngx_auth_cert_peer_s {
    ngx_pool_t                       *pool;
    ngx_ssl_conn_t                   *ssl_conn;
    const ngx_auth_cert_server_t     *server;     /* of the handshake */
    X509                             *cert;       /* NULL: none was sent */

    /*
     * DER of those sent above it, decoded on demand when resumed; empty where
     * the session does not keep one
     */
    ngx_str_t                        *ders;
    ngx_uint_t                        nders;
    STACK_OF(X509)                   *untrusted;

    /* of cert and ders, on demand */
    u_char                            digest[NGX_AUTH_CERT_DIGEST_LEN];
    ngx_uint_t                        digested;
    ngx_auth_cert_usage_t             usage;      /* when it has verified */
    ngx_auth_cert_identity_t         *identity;   /* of cert; on demand */
    ngx_auth_cert_result_t           *results;
    ngx_auth_cert_kept_t             *kept;

    /* the last that found the peer verified, and the result it found */
    const struct ngx_auth_cert_decider_s  *decider;
    ngx_auth_cert_result_t           *result;
    ngx_atomic_uint_t                 epoch;      /* generation of the zone */

    void                             *cached;     /* the front's own */
    ngx_uint_t                        asked;      /* for a certificate */
    ngx_uint_t                        too_long;   /* chain over the limits */
    int                               security_level;
};


/* once for each process, before the first SSL_CTX is hooked */
ngx_int_t ngx_auth_cert_peer_init(ngx_log_t *log);

/* the state of a connection; NULL when memory runs out: refuse */
ngx_auth_cert_peer_t *ngx_auth_cert_peer_get(ngx_ssl_conn_t *ssl_conn,
    ngx_log_t *log);

/*
 * Makes the state from a leaf, or none, and the certificates that were sent,
 * the leaf among them or not; takes references of its own.  It takes the
 * place of the one that was there.
 */
ngx_auth_cert_peer_t *ngx_auth_cert_peer_create(ngx_ssl_conn_t *ssl_conn,
    X509 *cert, STACK_OF(X509) *sent, ngx_log_t *log);

/* ends the state of a connection, if there is one */
void ngx_auth_cert_peer_forget(ngx_ssl_conn_t *ssl_conn);

/* the identity of peer->cert, decoded once; NULL when memory runs out */
ngx_auth_cert_identity_t *ngx_auth_cert_peer_identity(
    ngx_auth_cert_peer_t *peer, ngx_log_t *log);

/* what was sent above the leaf, decoded; NULL when it cannot be */
STACK_OF(X509) *ngx_auth_cert_peer_untrusted(ngx_auth_cert_peer_t *peer,
    ngx_log_t *log);

/* the certificate at a place of a result's chain, borrowed, or NULL */
X509 *ngx_auth_cert_peer_cert(ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_result_t *result, ngx_uint_t i, ngx_log_t *log);


/* ngx_auth_cert_verify.c */

/*
 * Takes over what the handshake itself verified; verified is OpenSSL's chain
 * where error is X509_V_OK.  NULL when memory runs out: refuse.
 */
ngx_auth_cert_result_t *ngx_auth_cert_peer_verified(
    ngx_auth_cert_peer_t *peer, const ngx_auth_cert_trust_t *trust,
    long error, STACK_OF(X509) *verified, ngx_log_t *log);

/*
 * Sets peer->digest, of all certificates that the client sent, in their
 * order.  NGX_OK, NGX_ERROR.
 */
ngx_int_t ngx_auth_cert_peer_digest(ngx_auth_cert_peer_t *peer);

/* the peer's result for a set, made empty when there is none yet, or NULL */
ngx_auth_cert_result_t *ngx_auth_cert_peer_result(ngx_auth_cert_peer_t *peer,
    const ngx_auth_cert_trust_t *trust, int security_level, ngx_uint_t ocsp);

/*
 * The result for the first of the sets that vouches; else the most telling
 * failure.  NULL when memory runs out or there is no set: refuse.
 * peer->cert must not be NULL.  The level is that of the server that asks,
 * or NGX_AUTH_CERT_HANDSHAKE for that of the handshake.  With ocsp a set
 * vouches only if nginx has got the status "good"; it asks for it at the end
 * of the handshake.
 */
#define NGX_AUTH_CERT_HANDSHAKE  -1

ngx_auth_cert_result_t *ngx_auth_cert_peer_verify(ngx_auth_cert_peer_t *peer,
    ngx_auth_cert_trust_t **trusts, ngx_uint_t n, int security_level,
    ngx_uint_t ocsp, ngx_log_t *log);


/* ngx_auth_cert_decide.c */

/*
 * What decides in one location or server, as resolved when the configuration
 * was read; constant from then on.
 */

typedef struct ngx_auth_cert_decider_s {
    ngx_uint_t                        enabled;    /* something is required */
    ngx_uint_t                        optional;   /* a certificate is */
    ngx_uint_t                        dynamic;    /* a policy is */
    ngx_uint_t                        admits;     /* no policy: anonymous */
    ngx_auth_cert_zone_t             *zone;
    int                               security_level;
    ngx_uint_t                        ocsp;       /* "ssl_ocsp" is on */
    ngx_auth_cert_trust_t           **trusts;
    ngx_uint_t                        ntrusts;
    ngx_auth_cert_policy_t          **policies;
    ngx_uint_t                        npolicies;
} ngx_auth_cert_decider_t;


/* a decision with what it was made from */

typedef struct {
    ngx_auth_cert_peer_t             *peer;       /* NULL without TLS */
    ngx_auth_cert_result_t           *result;     /* NULL: nothing verified */
    const ngx_auth_cert_identity_t   *identity;   /* NULL: not verified */
    ngx_auth_cert_verdict_t           verdict;
} ngx_auth_cert_decision_t;


/*
 * Verifies the peer against the decider's sets and fills decision but for
 * its verdict.  NGX_OK; NGX_ERROR when it could not be told, with no
 * identity.
 */
ngx_int_t ngx_auth_cert_decide_identity(const ngx_auth_cert_decider_t *decider,
    ngx_auth_cert_peer_t *peer, ngx_log_t *log,
    ngx_auth_cert_decision_t *decision);

/*
 * Decides.  decision is always set and denies unless all policies allow.
 * The verdict of a decider that is not dynamic is kept for the connection;
 * all others are made anew.  What is made lives in pool.
 */
void ngx_auth_cert_decide(const ngx_auth_cert_decider_t *decider,
    ngx_auth_cert_peer_t *peer, void *request, ngx_pool_t *pool,
    ngx_log_t *log, ngx_auth_cert_decision_t *decision);

/* what a rule sees of a decision; the principal points into both */
void ngx_auth_cert_decide_principal(const ngx_auth_cert_decision_t *decision,
    ngx_str_t values[2], ngx_auth_cert_principal_t *principal);


/*
 * The verdict kept for a connection under a key, if it was made from the
 * same verification and the same files; NULL when there is none.
 */
const ngx_auth_cert_verdict_t *ngx_auth_cert_decide_kept(
    const ngx_auth_cert_peer_t *peer, const void *key,
    const ngx_auth_cert_result_t *result, ngx_atomic_uint_t epoch);

/*
 * Keeps one, with a copy of its role.  A connection may outlive many changes
 * of files: nothing else of an evaluation stays with it.
 */
void ngx_auth_cert_decide_keep(ngx_auth_cert_peer_t *peer, const void *key,
    const ngx_auth_cert_result_t *result, ngx_atomic_uint_t epoch,
    const ngx_auth_cert_verdict_t *verdict);


/* ngx_auth_cert_setting.c */

/* who may vouch: the words of auth_cert_verify */

typedef enum {
    NGX_AUTH_CERT_VERIFY_NATIVE = 0,
    NGX_AUTH_CERT_VERIFY_OFF,
    NGX_AUTH_CERT_VERIFY_TRUSTS
} ngx_auth_cert_verify_e;


typedef struct {
    ngx_auth_cert_verify_e            mode;
    ngx_uint_t                        optional;
    ngx_uint_t                        inherited;  /* from the main level */
    ngx_array_t                       trusts;     /* of reference_t * */
    ngx_auth_cert_place_t             place;
} ngx_auth_cert_verify_t;


/* the words of auth_cert; none for "off" */

typedef struct {
    ngx_uint_t                        inherited;  /* from the main level */
    ngx_array_t                       policies;   /* of reference_t * */
    ngx_auth_cert_place_t             place;
} ngx_auth_cert_policies_t;


/* first member of the fronts' location or server configurations */

typedef struct {
    ngx_auth_cert_verify_t           *verify;     /* NULL: native */
    ngx_auth_cert_policies_t         *policies;   /* NULL: never set */
    ngx_uint_t                        log_level;
    ngx_auth_cert_decider_t           decider;
} ngx_auth_cert_setting_t;


void ngx_auth_cert_setting_init(ngx_auth_cert_setting_t *setting);
void ngx_auth_cert_setting_merge(ngx_auth_cert_setting_t *conf,
    ngx_auth_cert_setting_t *prev);

/*
 * Setters of auth_cert_verify and auth_cert.  inherited says that the
 * directive stands at the main level.  Return as nginx's setters do.
 */
char *ngx_auth_cert_setting_verify(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, ngx_auth_cert_setting_t *setting,
    ngx_uint_t inherited);
char *ngx_auth_cert_setting_policies(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, ngx_auth_cert_setting_t *setting,
    ngx_uint_t inherited);

/* setter of auth_cert_log_level; conf begins with the setting */
char *ngx_auth_cert_setting_log_level(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Fills the decider once the references are resolved.  native is the
 * server's, or NULL when it verifies nothing; required says that its
 * ssl_verify_client is "on".
 */
ngx_int_t ngx_auth_cert_setting_resolve(ngx_conf_t *cf,
    ngx_auth_cert_setting_t *setting, ngx_auth_cert_zone_t *zone,
    ngx_auth_cert_trust_t *native, ngx_uint_t required);


/* ngx_auth_cert_conf.c */

/* the part of http's or stream's main configuration that the core reads */

struct ngx_auth_cert_main_conf_s {
    const ngx_auth_cert_front_t      *front;
    ngx_auth_cert_zone_t             *zone;
    ngx_array_t                       trusts;     /* of trust_t * */
    ngx_array_t                       policies;   /* of policy_t * */
    ngx_array_t                       references; /* of reference_t * */
    ngx_array_t                       lists;      /* of list_t * */
};


/* a name that a location uses and http or stream may define later */

typedef struct {
    ngx_str_t                         name;
    ngx_auth_cert_place_t             place;
    const char                       *directive;
    void                             *object;     /* trust_t or policy_t */
    ngx_uint_t                        is_policy;
} ngx_auth_cert_reference_t;


ngx_int_t ngx_auth_cert_conf_init(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, const ngx_auth_cert_front_t *front);

/* the blocks' setters; conf is an ngx_auth_cert_main_conf_t */
char *ngx_auth_cert_conf_trust(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_auth_cert_conf_policy(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Reads the block of auth_cert_map; the policy's roles are its values.
 * NULL after an error that was logged.
 */
ngx_auth_cert_policy_t *ngx_auth_cert_conf_map(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, ngx_str_t *selector);

void ngx_auth_cert_conf_place(ngx_conf_t *cf, ngx_auth_cert_place_t *place);


/* ngx_auth_cert_reference.c */

/* a reference to be resolved at the end; NULL when memory runs out */
ngx_auth_cert_reference_t *ngx_auth_cert_conf_reference(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf, ngx_str_t *name, const char *directive,
    ngx_uint_t is_policy);

/* resolves all references, names unknown ones with file and line */
ngx_int_t ngx_auth_cert_conf_resolve(ngx_conf_t *cf,
    ngx_auth_cert_main_conf_t *amcf);


/* ngx_auth_cert_log.c */

/* "no certificate", "rule 2 of policy billing" ...; in pool */
ngx_int_t ngx_auth_cert_log_reason(ngx_pool_t *pool,
    const ngx_auth_cert_verdict_t *verdict,
    const ngx_auth_cert_result_t *result, ngx_str_t *text);

/*
 * The one line of a refused client; with the server name of its handshake if
 * there is no request yet that nginx will tell of, or else NULL.
 */
void ngx_auth_cert_log_refusal(ngx_uint_t level, ngx_log_t *log,
    ngx_pool_t *pool, const ngx_auth_cert_verdict_t *verdict,
    ngx_auth_cert_peer_t *peer, const ngx_auth_cert_result_t *result,
    const ngx_str_t *sni);


#endif /* _NGX_AUTH_CERT_H_INCLUDED_ */
