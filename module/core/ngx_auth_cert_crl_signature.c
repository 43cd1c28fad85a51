
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The signature of a CRL: algorithms, and verification from the digest.
 */


#include "ngx_auth_cert_crl.h"
#include "ngx_auth_cert_identity.h"


/* shorter digests, such as MD5, can be forged */
#define NGX_AUTH_CERT_CRL_DIGEST_MIN  20

/* no key has room for a longer salt */
#define NGX_AUTH_CERT_CRL_SALT_MAX    2048


typedef struct {
    const EVP_MD                     *md;         /* NULL: the message */
    int                               key;        /* NID of its type */
    ngx_uint_t                        pss;        /* unsigned  pss:1; */
    const EVP_MD                     *mask;       /* of PSS */
    int                               salt;       /* of PSS */
} ngx_auth_cert_crl_algorithm_t;


static ngx_int_t ngx_auth_cert_crl_signature_algorithm(const u_char *der,
    size_t len, ngx_auth_cert_crl_algorithm_t *algorithm);
static ngx_int_t ngx_auth_cert_crl_signature_pss(const X509_ALGOR *alg,
    ngx_auth_cert_crl_algorithm_t *algorithm);
static const EVP_MD *ngx_auth_cert_crl_signature_md(const X509_ALGOR *alg);
static const EVP_MD *ngx_auth_cert_crl_signature_mask(const X509_ALGOR *alg);
static int ngx_auth_cert_crl_signature_number(const ASN1_INTEGER *integer,
    int def);
static ngx_int_t ngx_auth_cert_crl_signature_key(
    const ngx_auth_cert_crl_algorithm_t *algorithm, EVP_PKEY *key);
static ngx_int_t ngx_auth_cert_crl_signature_named(EVP_PKEY *key,
    const char *name);
static ngx_uint_t ngx_auth_cert_crl_signature_form(
    const ngx_auth_cert_crl_algorithm_t *algorithm, const ngx_str_t *signature);
static ngx_int_t ngx_auth_cert_crl_signature_check_digest(
    const ngx_auth_cert_crl_algorithm_t *algorithm, EVP_PKEY *key,
    const ngx_str_t *digest, const ngx_str_t *signature);
static ngx_int_t ngx_auth_cert_crl_signature_check_message(EVP_PKEY *key,
    const ngx_str_t *message, const ngx_str_t *signature);
static ngx_int_t ngx_auth_cert_crl_signature_result(int rc);


/* keys whose signatures are made over a digest and nothing else */

static const int  ngx_auth_cert_crl_signature_keys[] = {
    NID_rsaEncryption,
    NID_X9_62_id_ecPublicKey,
    NID_dsa,
    NID_undef
};


ngx_int_t
ngx_auth_cert_crl_signature_digest(const u_char *der, size_t len,
    const EVP_MD **md)
{
    ngx_auth_cert_crl_algorithm_t  algorithm;

    if (ngx_auth_cert_crl_signature_algorithm(der, len, &algorithm) != NGX_OK) {
        return NGX_DECLINED;
    }

    *md = algorithm.md;

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_crl_signature_algorithm(const u_char *der, size_t len,
    ngx_auth_cert_crl_algorithm_t *algorithm)
{
    int            nid;
    ngx_int_t      rc;
    const int     *key;
    X509_ALGOR    *alg;
    const u_char  *p;

    rc = NGX_DECLINED;
    ngx_memzero(algorithm, sizeof(ngx_auth_cert_crl_algorithm_t));

    p = der;
    alg = d2i_X509_ALGOR(NULL, &p, len);

    if (alg == NULL || p != der + len
        || OBJ_find_sigid_algs(OBJ_obj2nid(alg->algorithm), &nid,
                               &algorithm->key)
           != 1)
    {
        goto done;
    }

    if (algorithm->key == NID_rsassaPss) {
        rc = ngx_auth_cert_crl_signature_pss(alg, algorithm);
        goto done;
    }

    if (nid == NID_undef) {
        rc = NGX_OK;
        goto done;
    }

    algorithm->md = EVP_get_digestbynid(nid);

    if (algorithm->md == NULL
        || EVP_MD_get_size(algorithm->md) < NGX_AUTH_CERT_CRL_DIGEST_MIN)
    {
        goto done;
    }

    for (key = ngx_auth_cert_crl_signature_keys; *key != NID_undef; key++) {
        if (*key == algorithm->key) {
            rc = NGX_OK;
        }
    }

done:

    X509_ALGOR_free(alg);

    return rc;
}


/* RFC 4055, section 3.1 */

static ngx_int_t
ngx_auth_cert_crl_signature_pss(const X509_ALGOR *alg,
    ngx_auth_cert_crl_algorithm_t *algorithm)
{
    int              type;
    ngx_int_t        rc;
    const void      *value;
    const u_char    *p, *end;
    RSA_PSS_PARAMS  *params;

    X509_ALGOR_get0(NULL, &type, &value, alg);

    if (type != V_ASN1_SEQUENCE) {
        return NGX_DECLINED;
    }

    p = ASN1_STRING_get0_data(value);
    end = p + ASN1_STRING_length(value);

    params = d2i_RSA_PSS_PARAMS(NULL, &p, end - p);

    if (params == NULL) {
        return NGX_DECLINED;
    }

    algorithm->pss = 1;
    algorithm->md = ngx_auth_cert_crl_signature_md(params->hashAlgorithm);
    algorithm->mask =
                ngx_auth_cert_crl_signature_mask(params->maskGenAlgorithm);
    algorithm->salt =
                ngx_auth_cert_crl_signature_number(params->saltLength, 20);

    rc = (p == end && algorithm->md && algorithm->mask && algorithm->salt >= 0
          && ngx_auth_cert_crl_signature_number(params->trailerField, 1) == 1)
         ? NGX_OK : NGX_DECLINED;

    RSA_PSS_PARAMS_free(params);

    return rc;
}


static const EVP_MD *
ngx_auth_cert_crl_signature_md(const X509_ALGOR *alg)
{
    const EVP_MD  *md;

    md = alg ? EVP_get_digestbyobj(alg->algorithm) : EVP_sha1();

    if (md && EVP_MD_get_size(md) < NGX_AUTH_CERT_CRL_DIGEST_MIN) {
        return NULL;
    }

    return md;
}


static const EVP_MD *
ngx_auth_cert_crl_signature_mask(const X509_ALGOR *alg)
{
    int            type;
    const void    *value;
    X509_ALGOR    *hash;
    const u_char  *p;
    const EVP_MD  *md;

    if (alg == NULL) {
        return EVP_sha1();
    }

    X509_ALGOR_get0(NULL, &type, &value, alg);

    if (OBJ_obj2nid(alg->algorithm) != NID_mgf1 || type != V_ASN1_SEQUENCE) {
        return NULL;
    }

    p = ASN1_STRING_get0_data(value);
    hash = d2i_X509_ALGOR(NULL, &p, ASN1_STRING_length(value));

    if (hash == NULL) {
        return NULL;
    }

    md = ngx_auth_cert_crl_signature_md(hash);

    X509_ALGOR_free(hash);

    return md;
}


static int
ngx_auth_cert_crl_signature_number(const ASN1_INTEGER *integer, int def)
{
    int64_t  number;

    if (integer == NULL) {
        return def;
    }

    if (ASN1_INTEGER_get_int64(&number, integer) != 1 || number < 0
        || number > NGX_AUTH_CERT_CRL_SALT_MAX)
    {
        return -1;
    }

    return number;
}


ngx_int_t
ngx_auth_cert_crl_signature_verify(ngx_auth_cert_crl_t *crl,
    const ngx_auth_cert_crl_record_t *record, EVP_PKEY *key)
{
    u_char                         *data;
    ngx_int_t                       rc;
    ngx_str_t                       message, signature;
    ngx_auth_cert_crl_algorithm_t   algorithm;

    data = ngx_auth_cert_crl_data(crl);

    message.data = data + record->message.offset;
    message.len = record->message.len;
    signature.data = data + record->signature.offset;
    signature.len = record->signature.len;

    /* it was supported when the CRL was read */

    if (ngx_auth_cert_crl_signature_algorithm(data + record->algorithm.offset,
                                              record->algorithm.len,
                                              &algorithm)
        != NGX_OK)
    {
        rc = NGX_ERROR;
        goto done;
    }

    rc = ngx_auth_cert_crl_signature_key(&algorithm, key);

    if (rc != NGX_OK) {
        goto done;
    }

    if (!ngx_auth_cert_crl_signature_form(&algorithm, &signature)) {
        rc = NGX_DECLINED;

    } else if (algorithm.md) {
        rc = ngx_auth_cert_crl_signature_check_digest(&algorithm, key,
                                                      &message, &signature);

    } else {
        rc = ngx_auth_cert_crl_signature_check_message(key, &message,
                                                       &signature);
    }

done:

    ERR_clear_error();

    return rc;
}


/* NGX_DECLINED for a key of another type, NGX_ERROR without memory */

static ngx_int_t
ngx_auth_cert_crl_signature_key(const ngx_auth_cert_crl_algorithm_t *algorithm,
    EVP_PKEY *key)
{
    int  id;

    id = EVP_PKEY_get_id(key);

    if (algorithm->pss) {
        return (id == EVP_PKEY_RSA || id == EVP_PKEY_RSA_PSS) ? NGX_OK
                                                              : NGX_DECLINED;
    }

    if (id > 0) {
        return (id == algorithm->key) ? NGX_OK : NGX_DECLINED;
    }

    return ngx_auth_cert_crl_signature_named(key, OBJ_nid2sn(algorithm->key));
}


/*
 * Types that OpenSSL knows by their names only, as those of a provider.  It
 * says that the type is another one where it has no memory to compare them,
 * and then of its own name, too.
 */

static ngx_int_t
ngx_auth_cert_crl_signature_named(EVP_PKEY *key, const char *name)
{
    if (EVP_PKEY_is_a(key, name)) {
        return NGX_OK;
    }

    if (!EVP_PKEY_is_a(key, EVP_PKEY_get0_type_name(key))) {
        return NGX_ERROR;
    }

    return EVP_PKEY_is_a(key, name) ? NGX_OK : NGX_DECLINED;
}


/*
 * Of octets that are no signature in form OpenSSL says what it says of an
 * error of its own.  Two positive numbers, RFC 3279, sections 2.2.2 and 2.2.3;
 * signatures of other algorithms have no form.
 */

static ngx_uint_t
ngx_auth_cert_crl_signature_form(const ngx_auth_cert_crl_algorithm_t *algorithm,
    const ngx_str_t *signature)
{
    ngx_str_t                number;
    ngx_uint_t               i;
    ngx_auth_cert_der_t      numbers;
    ngx_auth_cert_element_t  element;

    if (algorithm->key != NID_X9_62_id_ecPublicKey
        && algorithm->key != NID_dsa)
    {
        return 1;
    }

    if (ngx_auth_cert_der_sequence(signature, &numbers) != NGX_OK) {
        return 0;
    }

    for (i = 0; i < 2; i++) {

        if (ngx_auth_cert_der_next(&numbers, &element) != NGX_OK
            || element.constructed || element.tag != V_ASN1_INTEGER
            || element.class != V_ASN1_UNIVERSAL)
        {
            return 0;
        }

        number = element.content;

        if (number.len == 0 || (number.data[0] & 0x80)
            || (number.len > 1 && number.data[0] == 0
                && (number.data[1] & 0x80) == 0))
        {
            return 0;
        }
    }

    return numbers.pos == numbers.last;
}


static ngx_int_t
ngx_auth_cert_crl_signature_check_digest(
    const ngx_auth_cert_crl_algorithm_t *algorithm, EVP_PKEY *key,
    const ngx_str_t *digest, const ngx_str_t *signature)
{
    ngx_int_t      rc;
    EVP_PKEY_CTX  *ctx;

    rc = NGX_ERROR;
    ctx = EVP_PKEY_CTX_new(key, NULL);

    if (ctx
        && EVP_PKEY_verify_init(ctx) == 1
        && (!algorithm->pss
            || EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1)
        && EVP_PKEY_CTX_set_signature_md(ctx, algorithm->md) == 1
        && (!algorithm->pss
            || (EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, algorithm->mask) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, algorithm->salt)
                   == 1)))
    {
        rc = ngx_auth_cert_crl_signature_result(
                 EVP_PKEY_verify(ctx, signature->data, signature->len,
                                 digest->data, digest->len));
    }

    EVP_PKEY_CTX_free(ctx);

    return rc;
}


static ngx_int_t
ngx_auth_cert_crl_signature_check_message(EVP_PKEY *key,
    const ngx_str_t *message, const ngx_str_t *signature)
{
    ngx_int_t    rc;
    EVP_MD_CTX  *ctx;

    rc = NGX_ERROR;
    ctx = EVP_MD_CTX_new();

    if (ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1) {
        rc = ngx_auth_cert_crl_signature_result(
                 EVP_DigestVerify(ctx, signature->data, signature->len,
                                  message->data, message->len));
    }

    EVP_MD_CTX_free(ctx);

    return rc;
}


/*
 * A CRL that is not known to be of a CA or not must not be left out.  OpenSSL
 * may say of a lack of memory what it says of a bad signature, 0, with errors
 * that tell them apart.
 */

static ngx_int_t
ngx_auth_cert_crl_signature_result(int rc)
{
    if (rc == 1) {
        return NGX_OK;
    }

    return (rc < 0 || ngx_auth_cert_der_nomem()) ? NGX_ERROR : NGX_DECLINED;
}
