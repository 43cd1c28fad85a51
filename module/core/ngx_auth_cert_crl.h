
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Certificate revocation lists: read once, verified once, kept as a compact
 * index.  The second half is for the ngx_auth_cert_crl_*.c files only.
 *
 * An index holds the CRLs of one file in one block of memory, with offsets
 * only: it may lie in shared memory at a different address in each process.
 * It is constant once loaded, except for the binding to an issuer's key,
 * which any process may write (see ngx_auth_cert_crl_record_t).
 */


#ifndef _NGX_AUTH_CERT_CRL_H_INCLUDED_
#define _NGX_AUTH_CERT_CRL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


/* SHA-256 of an issuer's public key and name */
#define NGX_AUTH_CERT_CRL_KEY       32

/* longest serial or CRL number; RFC 5280 allows 20 octets */
#define NGX_AUTH_CERT_CRL_NUMBER    24


typedef struct ngx_auth_cert_crl_s  ngx_auth_cert_crl_t;


/*
 * A certificate of a verified chain, as its issuer's CRLs know it: what is
 * kept of a verification, so that it can be looked up again without any
 * decoding.
 */

typedef struct {
    u_char                            key[NGX_AUTH_CERT_CRL_KEY];
    uint32_t                          hash;       /* of the issuer's name */

    /* content of the DER, of any other length it cannot be in a CRL */
    u_char                            serial[NGX_AUTH_CERT_CRL_NUMBER];
    u_char                            len;        /* 0: it is longer */

    u_char                            ca;         /* by basicConstraints */
    u_char                            half_ca;    /* by keyUsage alone */
    u_char                            signs;      /* the issuer may sign CRLs */
} ngx_auth_cert_link_t;


/*
 * Gives memory for an index, aligned as malloc() does, or NULL.  Called once
 * for each load, when the size is known.
 */

typedef void *(*ngx_auth_cert_crl_alloc_pt)(size_t size, void *data);


/* what ngx_auth_cert_crl_bind() found: CRLs of each kind */

typedef struct {
    ngx_uint_t                        bound;      /* signed by a CA */
    ngx_uint_t                        foreign;    /* of some other issuer */
    ngx_uint_t                        bad;        /* a CA's name, not its key */
} ngx_auth_cert_crl_bound_t;


/* zeroed: a certificate without a current CRL is refused */

typedef struct {
    ngx_uint_t                        missing_allow;
    ngx_uint_t                        expired_allow;
} ngx_auth_cert_crl_options_t;


/*
 * Reads a PEM file of one or several CRLs, or a DER file of one; path ends
 * with a NUL.  Signatures are not verified yet.  May run in any thread: uses
 * no nginx pool, time or log.
 *
 * error->data is a buffer of error->len bytes; on failure it holds a sentence
 * that names the file, and error->len is its length.  On failure the memory
 * that alloc() gave is still the caller's to free and has no meaning.
 * Returns NGX_OK, NGX_ERROR.
 */
ngx_int_t ngx_auth_cert_crl_load(const ngx_str_t *path,
    ngx_auth_cert_crl_alloc_pt alloc, void *data, ngx_auth_cert_crl_t **crl,
    ngx_str_t *error);

/*
 * Verifies the signature of each CRL with the key of the CA certificate that
 * has its issuer's name.  CRLs of issuers that are not among the CAs are
 * verified by ngx_auth_cert_crl_check() at the first certificate of theirs.
 * May run in any thread.  Returns NGX_OK; NGX_DECLINED if bound->bad is not
 * zero, with a sentence in error (as above, without the file) for the first;
 * NGX_ERROR with a sentence when memory runs out.
 */
ngx_int_t ngx_auth_cert_crl_bind(ngx_auth_cert_crl_t *crl, X509 **cas,
    ngx_uint_t n, ngx_auth_cert_crl_bound_t *bound, ngx_str_t *error);

/*
 * Looks one certificate of a verified chain up.  cert and issuer are that
 * certificate and the next one in the chain, or both NULL: then
 * NGX_AUTH_CERT_CRL_UNKNOWN says that they are needed to tell.  An anchor is
 * not to be looked up.  *until is brought forward to the first second after
 * now in which the answer may be another.  Returns
 *
 *     X509_V_ERR_CERT_REVOKED              whatever else is wrong
 *     X509_V_OK                            a current complete CRL covers it
 *     X509_V_ERR_CRL_HAS_EXPIRED           unless options allow
 *     X509_V_ERR_CRL_NOT_YET_VALID
 *     X509_V_ERR_KEYUSAGE_NO_CRL_SIGN      the issuer may not sign CRLs
 *     X509_V_ERR_CRL_SIGNATURE_FAILURE     of the issuer's name, not its key
 *     X509_V_ERR_UNABLE_TO_GET_CRL         unless options allow
 *     X509_V_ERR_UNSPECIFIED               could not be told
 */
#define NGX_AUTH_CERT_CRL_UNKNOWN  -1

long ngx_auth_cert_crl_check(ngx_auth_cert_crl_t *const *crls, ngx_uint_t n,
    const ngx_auth_cert_link_t *link, X509 *cert, X509 *issuer, time_t now,
    const ngx_auth_cert_crl_options_t *options, time_t *until);

/* fills what identifies a certificate of a chain to the CRLs of its issuer */
ngx_int_t ngx_auth_cert_crl_link(X509 *cert, X509 *issuer,
    ngx_auth_cert_link_t *link);

/* to memory of its size; the original may be in use */
void ngx_auth_cert_crl_copy(const ngx_auth_cert_crl_t *crl,
    ngx_auth_cert_crl_t *copy);

/* bytes of the index */
size_t ngx_auth_cert_crl_size(const ngx_auth_cert_crl_t *crl);

/*
 * The soonest nextUpdate of its complete CRLs that no newer one in the index
 * replaces, and the thisUpdate beside it; NGX_MAX_TIME_T_VALUE where all are
 * deltas.
 */
time_t ngx_auth_cert_crl_next_update(const ngx_auth_cert_crl_t *crl,
    time_t *this_update);


/* below: for ngx_auth_cert_crl_*.c only */


/* the largest element that is no SEQUENCE of others must fit into it */
#define NGX_AUTH_CERT_CRL_WINDOW    65536

/* CRLs in one file; all of them are gone through in each look-up */
#define NGX_AUTH_CERT_CRL_RECORDS   4096

/* for algorithms that sign the message and no digest of it: Ed25519 */
#define NGX_AUTH_CERT_CRL_MESSAGE   4194304

/* texts in messages: a system error, an OID */
#define NGX_AUTH_CERT_CRL_REASON    128

/* identifier octets */
#define NGX_AUTH_CERT_CRL_INTEGER   0x02
#define NGX_AUTH_CERT_CRL_BITS      0x03
#define NGX_AUTH_CERT_CRL_UTC       0x17
#define NGX_AUTH_CERT_CRL_TIME      0x18
#define NGX_AUTH_CERT_CRL_SEQUENCE  0x30
#define NGX_AUTH_CERT_CRL_CONTEXT0  0xa0

/* what certificates a CRL is about, zero: all */
#define NGX_AUTH_CERT_CRL_USER      1
#define NGX_AUTH_CERT_CRL_CA        2

/* state of a record's binding */
#define NGX_AUTH_CERT_CRL_UNBOUND   0
#define NGX_AUTH_CERT_CRL_BINDING   1
#define NGX_AUTH_CERT_CRL_BOUND     2
#define NGX_AUTH_CERT_CRL_REFUSED   3


/* bytes in the index, from ngx_auth_cert_crl_data() on */

typedef struct {
    size_t                            offset;
    size_t                            len;
} ngx_auth_cert_crl_span_t;


/* one CRL */

typedef struct {
    /*
     * BOUND: the key that the signature verified with; it never changes again.
     * REFUSED: the last one that it did not verify with, so that a CRL in the
     * name of another CA is not verified in each handshake.  Who moves state
     * to BINDING writes key, then sets the new state.  A process that dies in
     * between leaves a CRL that is verified at each use.
     */
    ngx_atomic_t                      state;
    u_char                            key[NGX_AUTH_CERT_CRL_KEY];

    uint32_t                          hash;       /* X509_NAME_hash_ex() */
    time_t                            this_update;
    time_t                            next_update;

    /* magnitudes, aligned right */
    u_char                            number[NGX_AUTH_CERT_CRL_NUMBER];
    u_char                            base[NGX_AUTH_CERT_CRL_NUMBER];
    ngx_uint_t                        numbered;   /* unsigned  numbered:1; */
    ngx_uint_t                        delta;      /* unsigned  delta:1; */
    ngx_uint_t                        scope;

    ngx_auth_cert_crl_span_t          issuer;     /* DER of the name */
    ngx_auth_cert_crl_span_t          point;      /* DER of GeneralNames */
    ngx_auth_cert_crl_span_t          key_id;     /* of the authority */
    ngx_auth_cert_crl_span_t          algorithm;  /* DER */
    ngx_auth_cert_crl_span_t          message;    /* digest of what is signed */
    ngx_auth_cert_crl_span_t          signature;

    /*
     * Serials as numbers of width bytes in two's complement, sorted: first
     * the revoked ones, then those that a delta removes from its base.
     */
    size_t                            entries;    /* offset */
    size_t                            width;
    ngx_uint_t                        nrevoked;
    ngx_uint_t                        nremoved;
} ngx_auth_cert_crl_record_t;


struct ngx_auth_cert_crl_s {
    size_t                            size;       /* of all */
    ngx_uint_t                        nrecords;

    /* the soonest end, as ngx_auth_cert_crl_next_update() tells it */
    time_t                            next_update;
    time_t                            this_update;

    /* ngx_auth_cert_crl_record_t  records[nrecords]; then the data */
};


#define ngx_auth_cert_crl_records(crl)                                        \
    ((ngx_auth_cert_crl_record_t *)                                           \
        ((u_char *) (crl) + sizeof(ngx_auth_cert_crl_t)))

#define ngx_auth_cert_crl_data(crl)                                           \
    ((u_char *) (ngx_auth_cert_crl_records(crl) + (crl)->nrecords))


/* ngx_auth_cert_crl_reader.c */

/* one element of DER; pointers live until the reader's next call */

typedef struct {
    ngx_uint_t                        type;       /* identifier octet */
    const u_char                     *start;
    size_t                            size;       /* of all */
    const u_char                     *content;
    size_t                            len;
} ngx_auth_cert_crl_element_t;


typedef struct {
    const ngx_str_t                  *path;
    ngx_str_t                        *error;
    ngx_uint_t                        failed;     /* error is written */
    ngx_uint_t                        number;     /* of the CRL, from 1 */
    ngx_uint_t                        entry;      /* in it; 0: elsewhere */

    BIO                              *bio;
    EVP_ENCODE_CTX                   *base64;
    ngx_uint_t                        pem;        /* unsigned  pem:1; */
    ngx_uint_t                        padded;     /* base64 is at its end */
    ngx_uint_t                        ended;      /* no bytes follow last */

    u_char                           *window;
    u_char                           *pos;
    u_char                           *last;
    size_t                            offset;     /* of pos, in the CRL */

    /* what is signed, from hold on, goes to digest or copy */
    u_char                           *hold;       /* NULL: is not signed */
    EVP_MD_CTX                       *digest;
    ngx_uint_t                        digesting;  /* unsigned  digesting:1; */
    u_char                           *copy;
    size_t                            copy_len;
} ngx_auth_cert_crl_reader_t;


/* NGX_OK, NGX_ERROR with the error written; to be closed in both cases */
ngx_int_t ngx_auth_cert_crl_reader_open(ngx_auth_cert_crl_reader_t *reader,
    const ngx_str_t *path, ngx_str_t *error);
void ngx_auth_cert_crl_reader_close(ngx_auth_cert_crl_reader_t *reader);

/* back to the first CRL */
ngx_int_t ngx_auth_cert_crl_reader_rewind(ngx_auth_cert_crl_reader_t *reader);

/* to the next CRL.  NGX_OK; NGX_DONE at the end of the file; NGX_ERROR */
ngx_int_t ngx_auth_cert_crl_reader_next(ngx_auth_cert_crl_reader_t *reader);

/* the CRL has been read: nothing may follow in its block */
ngx_int_t ngx_auth_cert_crl_reader_finish(ngx_auth_cert_crl_reader_t *reader);

/*
 * The element at the current offset, which must end by the offset limit: its
 * header only, or all of it.
 */
ngx_int_t ngx_auth_cert_crl_reader_head(ngx_auth_cert_crl_reader_t *reader,
    size_t limit, ngx_auth_cert_crl_element_t *element);
ngx_int_t ngx_auth_cert_crl_reader_element(ngx_auth_cert_crl_reader_t *reader,
    size_t limit, ngx_auth_cert_crl_element_t *element);

/* an element inside another; *p moves behind it */
ngx_int_t ngx_auth_cert_crl_reader_inner(ngx_auth_cert_crl_reader_t *reader,
    const u_char **p, const u_char *end,
    ngx_auth_cert_crl_element_t *element);

/* moves on; len bytes are in the window */
void ngx_auth_cert_crl_reader_skip(ngx_auth_cert_crl_reader_t *reader,
    size_t len);

/* writes what is wrong, and OpenSSL's reason.  Returns NGX_ERROR */
ngx_int_t ngx_auth_cert_crl_reader_error(ngx_auth_cert_crl_reader_t *reader,
    const char *fmt, ...);


/* ngx_auth_cert_crl_pem.c */

/* base64 is decoded in such pieces, and adds less than that to the window */
#define NGX_AUTH_CERT_CRL_PIECE     1024

/* to the next block of a CRL.  NGX_OK; NGX_DONE if there is none; NGX_ERROR */
ngx_int_t ngx_auth_cert_crl_pem_begin(ngx_auth_cert_crl_reader_t *reader);

/* adds bytes of the block to the window, or finds its end */
ngx_int_t ngx_auth_cert_crl_pem_read(ngx_auth_cert_crl_reader_t *reader);


/* ngx_auth_cert_crl_digest.c */

/* what is signed starts here */
void ngx_auth_cert_crl_digest_hold(ngx_auth_cert_crl_reader_t *reader);

/* its digest is made with md; or it is copied to where len bytes are */
ngx_int_t ngx_auth_cert_crl_digest_init(ngx_auth_cert_crl_reader_t *reader,
    const EVP_MD *md);
void ngx_auth_cert_crl_digest_copy(ngx_auth_cert_crl_reader_t *reader,
    u_char *copy, size_t len);

/* takes what the reader has passed; to be called before the window moves */
ngx_int_t ngx_auth_cert_crl_digest_flush(ngx_auth_cert_crl_reader_t *reader);

/* it ends here; the digest is written where one is made */
ngx_int_t ngx_auth_cert_crl_digest_final(ngx_auth_cert_crl_reader_t *reader,
    u_char *digest);


/* ngx_auth_cert_crl_parse.c */

/* the outcome for extensions of entries that were seen before */

#define NGX_AUTH_CERT_CRL_MEMO      16
#define NGX_AUTH_CERT_CRL_MEMO_LEN  48

typedef struct {
    size_t                            len;
    u_char                            data[NGX_AUTH_CERT_CRL_MEMO_LEN];
    ngx_uint_t                        removed;
} ngx_auth_cert_crl_memo_t;


/*
 * A file is read twice.  The first time there is no data: what would be
 * stored is only measured, in record and used.  The second time plan is what
 * was measured for this CRL.
 */

typedef struct {
    ngx_auth_cert_crl_reader_t        reader;
    ngx_auth_cert_crl_record_t        record;
    const ngx_auth_cert_crl_record_t *plan;
    u_char                           *data;
    size_t                            size;
    size_t                            used;

    const EVP_MD                     *md;         /* NULL: the whole message */
    size_t                            signed_len;
    ngx_uint_t                        v2;         /* unsigned  v2:1; */
    ngx_uint_t                        removed;    /* the current entry is */
    ngx_auth_cert_crl_memo_t          memo[NGX_AUTH_CERT_CRL_MEMO];
} ngx_auth_cert_crl_parser_t;


/* reads a CRL to parser->record.  NGX_OK, NGX_ERROR with the error written */
ngx_int_t ngx_auth_cert_crl_parse(ngx_auth_cert_crl_parser_t *parser);

/* stores bytes; p may be NULL the first time */
ngx_int_t ngx_auth_cert_crl_parse_keep(ngx_auth_cert_crl_parser_t *parser,
    ngx_auth_cert_crl_span_t *span, const u_char *p, size_t len);


/* ngx_auth_cert_crl_entry.c */

/* revokedCertificates up to the offset end, if there are any */
ngx_int_t ngx_auth_cert_crl_entry_list(ngx_auth_cert_crl_parser_t *parser,
    size_t end);


/* ngx_auth_cert_crl_extension.c */

/* of the CRL; and of an entry, to parser->removed.  DER of Extensions */
ngx_int_t ngx_auth_cert_crl_extension_list(ngx_auth_cert_crl_parser_t *parser,
    const u_char *der, size_t len);
ngx_int_t ngx_auth_cert_crl_extension_entry(
    ngx_auth_cert_crl_parser_t *parser, const u_char *der, size_t len);


/* ngx_auth_cert_crl_signature.c */

/*
 * The digest of a signature algorithm in DER; *md is NULL where the message
 * itself is signed.  NGX_OK; NGX_DECLINED where it is not supported.
 */
ngx_int_t ngx_auth_cert_crl_signature_digest(const u_char *der, size_t len,
    const EVP_MD **md);

/*
 * NGX_OK; NGX_DECLINED where it is not signed with the key; NGX_ERROR where
 * that could not be found out.
 */
ngx_int_t ngx_auth_cert_crl_signature_verify(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record, EVP_PKEY *key);


/* ngx_auth_cert_crl_issuer.c */

/* what identifies an issuer: hash of its name; digest of its key and name */

typedef struct {
    uint32_t                          hash;
    u_char                            key[NGX_AUTH_CERT_CRL_KEY];
} ngx_auth_cert_crl_issuer_t;


/* NGX_OK, NGX_ERROR */
ngx_int_t ngx_auth_cert_crl_issuer_read(X509 *cert,
    ngx_auth_cert_crl_issuer_t *issuer);

/*
 * What is known of the CRL and an issuer's key without the certificate: as
 * below, or NGX_AGAIN: nothing
 */
ngx_int_t ngx_auth_cert_crl_issuer_known(
    const ngx_auth_cert_crl_record_t *record,
    const u_char key[NGX_AUTH_CERT_CRL_KEY]);

/*
 * NGX_OK: the CRL is signed by the certificate's key under its name;
 * NGX_DECLINED: it is another issuer's; NGX_ABORT: the name is the same, the
 * signature does not verify; NGX_ERROR.
 */
ngx_int_t ngx_auth_cert_crl_issuer_match(ngx_auth_cert_crl_t *crl,
    ngx_auth_cert_crl_record_t *record, X509 *cert,
    const ngx_auth_cert_crl_issuer_t *issuer);

/* 1 where keyUsage lets the certificate sign CRLs */
ngx_uint_t ngx_auth_cert_crl_issuer_signs(X509 *cert);


/* ngx_auth_cert_crl_sort.c */

/* numbers of width bytes, in place */
void ngx_auth_cert_crl_sort(u_char *base, ngx_uint_t n, size_t width);

/* 1 where it is among the sorted numbers */
ngx_uint_t ngx_auth_cert_crl_sort_find(const u_char *base, ngx_uint_t n,
    size_t width, const u_char *number);


/* ngx_auth_cert_crl_scope.c */

/*
 * NGX_OK: the CRL is about the certificate; NGX_DECLINED: it is not;
 * NGX_AGAIN: the certificate is needed and is NULL; NGX_ERROR: cannot tell.
 */
ngx_int_t ngx_auth_cert_crl_scope_match(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record,
    const ngx_auth_cert_link_t *link, X509 *cert);

/* 1 where a certificate that is not in such a CRL is not revoked */
ngx_uint_t ngx_auth_cert_crl_scope_covers(
    const ngx_auth_cert_crl_record_t *record,
    const ngx_auth_cert_link_t *link);

/* 1 where two CRLs of one issuer are about the same certificates */
ngx_uint_t ngx_auth_cert_crl_scope_same(const ngx_auth_cert_crl_t *one_crl,
    const ngx_auth_cert_crl_record_t *one,
    const ngx_auth_cert_crl_t *two_crl,
    const ngx_auth_cert_crl_record_t *two);

/*
 * 1 where the first is the newer one by its number and by its date; where
 * these contradict each other neither is
 */
ngx_uint_t ngx_auth_cert_crl_scope_newer(
    const ngx_auth_cert_crl_record_t *one,
    const ngx_auth_cert_crl_record_t *two);


#endif /* _NGX_AUTH_CERT_CRL_H_INCLUDED_ */
