
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The identity: what a certificate says, decoded once, immutable; the files
 * that decode it, and those that write it down.
 */


#ifndef _NGX_AUTH_CERT_IDENTITY_H_INCLUDED_
#define _NGX_AUTH_CERT_IDENTITY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


/* a SHA-256 digest in bytes, and in hex */
#define NGX_AUTH_CERT_DIGEST_LEN   32
#define NGX_AUTH_CERT_DIGEST_HEX   64

/* no certificate can name it, unlike -1, which is a second of 1969 */
#define NGX_AUTH_CERT_NO_TIME      (-NGX_MAX_TIME_T_VALUE)


typedef struct ngx_auth_cert_identity_s  ngx_auth_cert_identity_t;


/*
 * The values of one field in the certificate's order, as UTF-8 text.  A value
 * that could not be decoded, or holds a NUL or another control character, is
 * not among them: it sets "unusable".
 */

typedef struct {
    ngx_str_t                        *elts;
    ngx_str_t                        *normals;    /* NULL: to be made */
    ngx_uint_t                        nelts;
    ngx_uint_t                        unusable;   /* 1: one is */
} ngx_auth_cert_values_t;


typedef struct {
    ngx_uint_t                        rdn;        /* its number, from 0 */
    ngx_str_t                         oid;        /* dotted decimal */
    ngx_str_t                         name;       /* short name, or empty */
    ngx_str_t                         value;      /* data NULL: unusable */
    ngx_str_t                         der;        /* of the value, with tag */
} ngx_auth_cert_attribute_t;


/*
 * All values under one OID: of an attribute type such as OU, of the
 * otherNames of a type, of an extension.  Arrays of these are sorted for
 * ngx_auth_cert_oid_values().
 */

typedef struct {
    ngx_str_t                         oid;
    ngx_auth_cert_values_t            values;
} ngx_auth_cert_oid_values_t;


typedef struct {
    ngx_auth_cert_attribute_t        *attributes;
    ngx_uint_t                        nattributes;
    ngx_auth_cert_oid_values_t       *types;
    ngx_uint_t                        ntypes;
    ngx_str_t                         text;       /* RFC 4514 */

    /*
     * One value, the text; none for an empty name; none and unusable when an
     * attribute is.  Unusable without attributes: nothing of it is known.
     */
    ngx_auth_cert_values_t            values;
} ngx_auth_cert_name_t;


typedef struct {
    ngx_str_t                         oid;
    ngx_str_t                         hex;        /* of the DER value */
} ngx_auth_cert_other_name_t;


typedef enum {
    NGX_AUTH_CERT_SAN_DNS = 0,
    NGX_AUTH_CERT_SAN_URI,
    NGX_AUTH_CERT_SAN_EMAIL,
    NGX_AUTH_CERT_SAN_IP,
    NGX_AUTH_CERT_SAN_UPN,
    NGX_AUTH_CERT_SAN_DIRNAME,            /* RFC 4514 text */
    NGX_AUTH_CERT_SAN_RID,                /* dotted decimal */
    NGX_AUTH_CERT_SAN_TYPES
} ngx_auth_cert_san_e;


/* parts that are decoded when somebody needs them */
#define NGX_AUTH_CERT_PART_DER          0x0001
#define NGX_AUTH_CERT_PART_SUBJECT      0x0002
#define NGX_AUTH_CERT_PART_ISSUER       0x0004
#define NGX_AUTH_CERT_PART_SPAN         0x0008
#define NGX_AUTH_CERT_PART_SERIAL       0x0010
#define NGX_AUTH_CERT_PART_FINGERPRINT  0x0020
#define NGX_AUTH_CERT_PART_SPKI         0x0040
#define NGX_AUTH_CERT_PART_SAN          0x0080
#define NGX_AUTH_CERT_PART_SPIFFE       0x0100
#define NGX_AUTH_CERT_PART_EKU          0x0200
#define NGX_AUTH_CERT_PART_POLICY       0x0400
#define NGX_AUTH_CERT_PART_EXTENSIONS   0x0800
#define NGX_AUTH_CERT_PART_ALL          0x0fff


/*
 * What OpenSSL makes of the extensions of a certificate.  It reads all of
 * them for that, which takes longest where a certificate has many names.
 */

typedef struct {
    uint32_t                          flags;      /* EXFLAG_... */
    uint32_t                          key_usage;  /* KU_...; 0: no such */
    ngx_uint_t                        known;
} ngx_auth_cert_usage_t;


struct ngx_auth_cert_identity_s {
    ngx_auth_cert_name_t              subject;
    ngx_auth_cert_name_t              issuer;

    ngx_auth_cert_values_t            san[NGX_AUTH_CERT_SAN_TYPES];

    /* otherNames, UPN included; one element a name, in order */
    ngx_auth_cert_other_name_t       *other;
    ngx_uint_t                        nother;

    /*
     * The values of otherNames and of extensions: the text where the DER
     * holds one ASN.1 string that does not begin with "#", else "#" and the
     * DER in hex.  Unusable as a text is, or as a repeated extension is.
     * other_unusable and extensions_unusable: no type can be told.
     */
    ngx_auth_cert_oid_values_t       *other_types;
    ngx_uint_t                        nother_types;
    ngx_uint_t                        other_unusable;

    ngx_auth_cert_oid_values_t       *extensions;
    ngx_uint_t                        nextensions;
    ngx_uint_t                        extensions_unusable;

    /* memory ran out: everything is unusable, and says nothing */
    ngx_uint_t                        spoilt;

    /* one value each, lower-case hex; a serial as design.md section 6 says */
    ngx_auth_cert_values_t            serial;
    ngx_auth_cert_values_t            fingerprint;
    ngx_auth_cert_values_t            spki;

    ngx_auth_cert_values_t            eku;        /* dotted OIDs */
    ngx_auth_cert_values_t            policy;     /* dotted OIDs */

    /*
     * One value, or none where the certificate is no X.509-SVID; unusable
     * where it cannot be told.
     */
    ngx_auth_cert_values_t            spiffe_id;
    ngx_str_t                         spiffe_trust_domain;

    time_t                            not_before;
    time_t                            not_after;

    ngx_str_t                         der;        /* of the certificate */

    /* what the parts are decoded from, and which are; identity.c only */
    ngx_pool_t                       *pool;
    X509                             *cert;       /* borrowed */
    ngx_auth_cert_usage_t             usage;      /* on demand */
    ngx_uint_t                        decoded;
};


/*
 * What a rule sees.  identity is NULL for a client without a certificate;
 * it is never that of a certificate that did not verify.
 */

typedef struct {
    const ngx_auth_cert_identity_t   *identity;
    ngx_auth_cert_values_t            trust;      /* name of the set */
    ngx_auth_cert_values_t            ca;         /* the anchor's fingerprint */
} ngx_auth_cert_principal_t;


/* ngx_auth_cert_identity.c */

/*
 * The identity of a certificate that lives as long as the pool.  Nothing is
 * decoded yet.  NULL when memory runs out.
 */
ngx_auth_cert_identity_t *ngx_auth_cert_identity_create(ngx_pool_t *pool,
    X509 *cert);

/* makes usage known, of the certificate, if it is not yet */
void ngx_auth_cert_identity_usage(X509 *cert, ngx_auth_cert_usage_t *usage);

/*
 * To be called before parts are read: decodes those that are not.  What
 * cannot be decoded is unusable, and so is everything when memory runs out.
 * This is all that changes in an identity.
 */
void ngx_auth_cert_identity_need(const ngx_auth_cert_identity_t *identity,
    ngx_uint_t parts);

/* seconds since the epoch; NGX_AUTH_CERT_NO_TIME for what is no time */
time_t ngx_auth_cert_identity_time(const ASN1_TIME *time);

/*
 * The content octets of a number in two's complement, inside of the DER that
 * is returned, to be freed by OPENSSL_free(); NULL when it cannot be encoded.
 */
u_char *ngx_auth_cert_identity_number(const ASN1_INTEGER *number,
    ngx_str_t *content);

/* SHA-256 of the DER encoding, in bytes.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_identity_digest(X509 *cert,
    u_char digest[NGX_AUTH_CERT_DIGEST_LEN]);

/* DER encoding of a certificate, in pool.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_identity_der(ngx_pool_t *pool, X509 *cert,
    ngx_str_t *der);


/* ngx_auth_cert_der.c */

typedef struct {
    const u_char                     *pos;
    const u_char                     *last;
} ngx_auth_cert_der_t;


typedef struct {
    int                               tag;
    int                               class;
    ngx_uint_t                        constructed;
    ngx_str_t                         content;
    ngx_str_t                         der;        /* with its tag */
} ngx_auth_cert_element_t;


void ngx_auth_cert_der_open(const ngx_str_t *der, ngx_auth_cert_der_t *reader);

/* each returns NGX_OK, or NGX_DECLINED for what is not well-formed */

ngx_int_t ngx_auth_cert_der_next(ngx_auth_cert_der_t *reader,
    ngx_auth_cert_element_t *element);

/* into the next element, a constructed one of that universal tag */
ngx_int_t ngx_auth_cert_der_enter(ngx_auth_cert_der_t *reader, int tag,
    ngx_auth_cert_der_t *inner);

/* the next element, an OID */
ngx_int_t ngx_auth_cert_der_oid(ngx_auth_cert_der_t *reader,
    ngx_auth_cert_element_t *oid);

/* into a SEQUENCE that is all of der */
ngx_int_t ngx_auth_cert_der_sequence(const ngx_str_t *der,
    ngx_auth_cert_der_t *inner);

/* whether OpenSSL's errors tell of a lack of memory; takes them away */
ngx_uint_t ngx_auth_cert_der_nomem(void);


/* ngx_auth_cert_name.c */

/*
 * Decodes the DER of a Name into *name, which is zeroed; what it holds may
 * point into der.  NGX_OK; NGX_DECLINED where it is not well-formed; NGX_ERROR
 */
ngx_int_t ngx_auth_cert_name_decode(ngx_pool_t *pool, const ngx_str_t *der,
    ngx_auth_cert_name_t *name);


/* ngx_auth_cert_san.c */

/*
 * Decodes the subject alternative names of an extension into identity, whose
 * values point into der where they can.  NGX_OK; NGX_DECLINED where it is not
 * well-formed, with values that are not to be used; NGX_ERROR
 */
ngx_int_t ngx_auth_cert_san_decode(ngx_pool_t *pool, const ngx_str_t *der,
    ngx_auth_cert_identity_t *identity);

/* the otherNames among names, nother of them; as ngx_auth_cert_san_decode() */
ngx_int_t ngx_auth_cert_other_decode(ngx_pool_t *pool,
    ngx_auth_cert_der_t names, ngx_auth_cert_identity_t *identity);

/* where the extension cannot be decoded: no field of it can be used */
void ngx_auth_cert_san_unusable(ngx_auth_cert_identity_t *identity);


/* ngx_auth_cert_extension.c */

/*
 * The DER of an extension, which stays the certificate's.  NGX_OK; NGX_DONE
 * where there is none, NGX_DECLINED where there are several
 */
ngx_int_t ngx_auth_cert_extension_der(X509 *cert, int nid, ngx_str_t *der);

/* each decodes into identity; NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_extension_eku(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
ngx_int_t ngx_auth_cert_extension_policy(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);
ngx_int_t ngx_auth_cert_extension_all(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);


/* ngx_auth_cert_string.c */

/*
 * NGX_OK for UTF-8 without control characters, NGX_DECLINED with some or
 * for what is no UTF-8
 */
ngx_int_t ngx_auth_cert_string_check(const ngx_str_t *text);

/*
 * A copy in pool with U+FFFD for each byte that is no UTF-8; nothing of
 * nothing.  NGX_OK, NGX_ERROR
 */
ngx_int_t ngx_auth_cert_string_repair(ngx_pool_t *pool, const ngx_str_t *in,
    ngx_str_t *out);

/*
 * Decodes the DER of a value that is an ASN.1 string to UTF-8, in der where
 * it can stay there, else in pool.  Returns NGX_OK; NGX_DONE where it is no
 * string type, or not one value; NGX_DECLINED where it is not what its type
 * says, or holds what makes it unusable; NGX_ERROR.
 */
ngx_int_t ngx_auth_cert_string_der(ngx_pool_t *pool, const ngx_str_t *der,
    ngx_str_t *text);

/*
 * The text of a value whose type is not known: that of one string, else "#"
 * and hex is its hex.  text->data is NULL where the string cannot be used.
 * NGX_OK, NGX_ERROR
 */
ngx_int_t ngx_auth_cert_string_any(ngx_pool_t *pool, const ngx_str_t *der,
    const ngx_str_t *hex, ngx_str_t *text);


/* ngx_auth_cert_oid.c */

/* a value and the OID it stands under; data NULL: unusable */

typedef struct {
    ngx_str_t                         oid;
    ngx_str_t                         value;
    ngx_uint_t                        order;
} ngx_auth_cert_oid_pair_t;


/*
 * Dotted decimal of the content of an OID, in pool.  NGX_OK; NGX_DONE if it is
 * too long; NGX_DECLINED if it is none; NGX_ERROR
 */
ngx_int_t ngx_auth_cert_oid_bytes(ngx_pool_t *pool, const ngx_str_t *bytes,
    ngx_str_t *oid);

/* dotted decimal, in pool.  NGX_OK; NGX_DECLINED if too long; NGX_ERROR */
ngx_int_t ngx_auth_cert_oid_text(ngx_pool_t *pool, const ASN1_OBJECT *object,
    ngx_str_t *oid);

/*
 * The short name that ngx_auth_cert_oid_find() knows, static, or empty, of the
 * DER of an OID
 */
void ngx_auth_cert_oid_name(const ngx_str_t *der, ngx_str_t *name);

/*
 * Dotted decimal of a dotted OID, which is not copied, or of a name that
 * OpenSSL knows (those of attributes in any case).  NGX_OK; NGX_DECLINED if
 * unknown; NGX_ERROR
 */
ngx_int_t ngx_auth_cert_oid_find(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *oid);

/* groups pairs (which it sorts) by their OIDs.  NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_oid_group(ngx_pool_t *pool,
    ngx_auth_cert_oid_pair_t *pairs, ngx_uint_t n,
    ngx_auth_cert_oid_values_t **groups, ngx_uint_t *ngroups);

/* those under an OID; without values where there are none */
const ngx_auth_cert_values_t *ngx_auth_cert_oid_values(
    const ngx_auth_cert_oid_values_t *groups, ngx_uint_t ngroups,
    const ngx_str_t *oid);


/* ngx_auth_cert_spiffe.c */

/*
 * Parses a SPIFFE ID; trust_domain is a part of uri.  Returns NGX_OK, or
 * NGX_DECLINED for what is none.
 */
ngx_int_t ngx_auth_cert_spiffe_parse(const ngx_str_t *uri,
    ngx_str_t *trust_domain);


/* ngx_auth_cert_format.c */

/* each allocates in pool; returns NGX_OK or NGX_ERROR */

/*
 * Joins with ","; a "," or "\" inside a value gets a "\" before it, a blank at
 * either end of it is "\20".
 */
ngx_int_t ngx_auth_cert_format_values(ngx_pool_t *pool,
    const ngx_auth_cert_values_t *values, ngx_str_t *text);

/* 1 for a blank that is the first or last character; allocates nothing */
ngx_uint_t ngx_auth_cert_format_end_blank(const ngx_str_t *text, size_t i);

/* RFC 4514 text of the attributes of a name */
ngx_int_t ngx_auth_cert_format_name(ngx_pool_t *pool,
    const ngx_auth_cert_name_t *name, ngx_str_t *text);

/* the text of a name without a blank at its end, which a header would lose */
ngx_int_t ngx_auth_cert_format_name_value(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *value);

/* RFC 9440: ":base64:" */
ngx_int_t ngx_auth_cert_format_rfc9440(ngx_pool_t *pool, const ngx_str_t *der,
    ngx_str_t *text);

/* RFC 9440: ":base64:, :base64:" of several */
ngx_int_t ngx_auth_cert_format_rfc9440_list(ngx_pool_t *pool,
    const ngx_str_t *ders, ngx_uint_t n, ngx_str_t *text);

/* RFC 3339 in UTC */
ngx_int_t ngx_auth_cert_format_time(ngx_pool_t *pool, time_t time,
    ngx_str_t *text);

/* lower-case hex */
ngx_int_t ngx_auth_cert_format_hex(ngx_pool_t *pool, const u_char *data,
    size_t len, ngx_str_t *text);

/*
 * Replaces control characters (0-31, 127) by "%XX" so that a header or log
 * line cannot be broken out of.  *out is *in when there is none; out may be in.
 */
ngx_int_t ngx_auth_cert_format_sanitize(ngx_pool_t *pool, const ngx_str_t *in,
    ngx_str_t *out);


/* ngx_auth_cert_xfcc.c */

/* one XFCC element; by holds the URI SANs of the server */
ngx_int_t ngx_auth_cert_format_xfcc(ngx_pool_t *pool,
    const ngx_auth_cert_identity_t *identity,
    const ngx_auth_cert_values_t *by, ngx_str_t *text);


/* ngx_auth_cert_json.c */

/* JSON of whoami's "identity" member ("null" without one) */
ngx_int_t ngx_auth_cert_format_json_identity(ngx_pool_t *pool,
    const ngx_auth_cert_identity_t *identity, ngx_str_t *text);

/*
 * A JSON string with its quotes; "null" where text->data is NULL.  What is
 * no UTF-8 becomes U+FFFD.
 */
ngx_int_t ngx_auth_cert_format_json_string(ngx_pool_t *pool,
    const ngx_str_t *text, ngx_str_t *json);


#endif /* _NGX_AUTH_CERT_IDENTITY_H_INCLUDED_ */
