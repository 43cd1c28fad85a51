/*
 * What the module calls: it is linked with --wrap for each name that stands
 * in a table here, so that the n-th of these calls can fail.
 */

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "fault.h"


/* what has not been told by a file is never looked at */

static void
times(struct stat *st)
{
    fault_tick(&st->st_mtim);
    fault_tick(&st->st_ctim);
}


/* up to six arguments of any type but floats go through as they are */

#define FAULT(kind, name, value, before, after)                               \
    long name(long a, long b, long c, long d, long e, long f);                \
    long __wrap_##name(long a, long b, long c, long d, long e, long f);       \
                                                                              \
    long                                                                      \
    __wrap_##name(long a, long b, long c, long d, long e, long f)             \
    {                                                                         \
        long         rc;                                                      \
        const char  *outer;                                                   \
                                                                              \
        before;                                                               \
                                                                              \
        if (fault_now(kind, #name)) {                                         \
            return (value);                                                   \
        }                                                                     \
                                                                              \
        outer = fault_enter(#name);                                           \
        rc = name(a, b, c, d, e, f);                                          \
        fault_leave(outer, (int) rc == (int) (value));                        \
                                                                              \
        after;                                                                \
                                                                              \
        return rc;                                                            \
    }

#define POOL(name)         FAULT(FAULT_POOL, name, 0, (void) 0, (void) 0)
#define CALL(name, value)  FAULT(FAULT_CALL, name, value, (void) 0, (void) 0)
#define READ(name, value)  FAULT(FAULT_CALL, name, value,                     \
                                 (void) fault_now(FAULT_READ, #name), (void) 0)
#define STAT(name, value)  FAULT(FAULT_CALL, name, value,                     \
                                 (void) fault_now(FAULT_READ, #name),         \
                                 times((struct stat *) b))


/* memory of nginx */

POOL(ngx_palloc)
POOL(ngx_pnalloc)
POOL(ngx_pcalloc)
POOL(ngx_pstrdup)
POOL(ngx_pool_cleanup_add)
POOL(ngx_array_create)
POOL(ngx_array_push)
POOL(ngx_array_push_n)
POOL(ngx_list_push)
POOL(ngx_create_pool)
POOL(ngx_alloc)
POOL(ngx_calloc)
POOL(ngx_slab_alloc)
POOL(ngx_slab_calloc)
POOL(ngx_slab_calloc_locked)


/* others, with what they return when they fail */

CALL(ASN1_ENUMERATED_get_int64, 0)
CALL(ASN1_INTEGER_get_int64, 0)
CALL(ASN1_TIME_to_tm, 0)
CALL(ASN1_item_d2i, 0)
READ(BIO_gets, -1)
CALL(BIO_new_bio_pair, 0)
READ(BIO_new_file, 0)
READ(BIO_read, -1)
CALL(CRYPTO_get_ex_new_index, -1)
CALL(CRYPTO_malloc, 0)
CALL(CRYPTO_realloc, 0)
CALL(CRYPTO_zalloc, 0)
CALL(EVP_DecodeFinal, -1)
CALL(EVP_DecodeUpdate, -1)
CALL(EVP_Digest, 0)
CALL(EVP_DigestFinal_ex, 0)
CALL(EVP_DigestInit_ex, 0)
CALL(EVP_DigestUpdate, 0)
CALL(EVP_DigestVerify, -1)
CALL(EVP_DigestVerifyInit, 0)
CALL(EVP_ENCODE_CTX_new, 0)
CALL(EVP_MD_CTX_new, 0)
CALL(EVP_PKEY_CTX_new, 0)
CALL(EVP_PKEY_CTX_set_rsa_mgf1_md, 0)
CALL(EVP_PKEY_CTX_set_rsa_padding, 0)
CALL(EVP_PKEY_CTX_set_rsa_pss_saltlen, 0)
CALL(EVP_PKEY_CTX_set_signature_md, 0)
CALL(EVP_PKEY_Q_keygen, 0)
CALL(EVP_PKEY_is_a, 0)
CALL(EVP_PKEY_verify, -1)
CALL(EVP_PKEY_verify_init, 0)
CALL(OPENSSL_sk_find, -1)
CALL(OPENSSL_sk_new, 0)
CALL(OPENSSL_sk_new_null, 0)
CALL(OPENSSL_sk_push, 0)
READ(PEM_read_bio_X509_AUX, 0)
CALL(SSL_CTX_get_ex_data, 0)
CALL(SSL_CTX_new, 0)
CALL(SSL_CTX_set_ex_data, 0)
CALL(SSL_CTX_set_session_ticket_cb, 0)
CALL(SSL_CTX_use_PrivateKey, 0)
CALL(SSL_CTX_use_certificate, 0)
CALL(SSL_SESSION_get0_ticket_appdata, 0)
CALL(SSL_SESSION_set1_ticket_appdata, 0)
CALL(SSL_new, 0)
CALL(SSL_set_ex_data, 0)
CALL(X509_NAME_dup, 0)
CALL(X509_NAME_get0_der, 0)
CALL(X509_NAME_oneline, 0)
CALL(X509_STORE_CTX_init, 0)
CALL(X509_STORE_CTX_new, 0)
CALL(X509_STORE_CTX_set_default, 0)
CALL(X509_STORE_add_cert, 0)
CALL(X509_STORE_new, 0)
CALL(X509_STORE_up_ref, 0)
CALL(X509_VERIFY_PARAM_set1, 0)
CALL(X509_VERIFY_PARAM_set_flags, 0)
CALL(X509_VERIFY_PARAM_set_purpose, 0)
CALL(X509_digest, 0)
CALL(X509_get0_pubkey, 0)
CALL(X509_gmtime_adj, 0)
CALL(X509_new, 0)
CALL(X509_set_pubkey, 0)
CALL(X509_set_version, 0)
CALL(X509_sign, 0)
CALL(X509_up_ref, 0)
CALL(X509_verify_cert, -1)
CALL(d2i_ASN1_OBJECT, 0)
CALL(d2i_ASN1_TIME, 0)
CALL(d2i_ASN1_TYPE, 0)
CALL(d2i_GENERAL_NAME, 0)
CALL(d2i_GENERAL_NAMES, 0)
CALL(d2i_RSA_PSS_PARAMS, 0)
CALL(d2i_X509, 0)
CALL(d2i_X509_ALGOR, 0)
CALL(d2i_X509_AUX, 0)
CALL(d2i_X509_EXTENSIONS, 0)
CALL(d2i_X509_NAME, 0)
READ(d2i_X509_bio, 0)
CALL(i2d_ASN1_INTEGER, -1)
CALL(i2d_GENERAL_NAMES, -1)
CALL(i2d_X509, -1)
CALL(i2d_X509_AUX, -1)
CALL(i2d_X509_PUBKEY, -1)
STAT(fstat64, -1)
READ(open64, -1)
READ(read, -1)
STAT(stat64, -1)
CALL(ngx_conf_full_name, -1)
CALL(ngx_http_add_variable, 0)
CALL(ngx_http_compile_complex_value, -1)
CALL(ngx_http_complex_value, -1)
READ(ngx_open_dir, -1)
READ(ngx_read_dir, -1)
CALL(ngx_regex_compile, -1)
CALL(ngx_shared_memory_add, 0)


/* a process can die between any two things that it writes */

void *memcpy(void *to, const void *from, unsigned long size);
void *__wrap_memcpy(void *to, const void *from, unsigned long size);

void *
__wrap_memcpy(void *to, const void *from, unsigned long size)
{
    (void) fault_now(FAULT_COPY, "memcpy");

    return memcpy(to, from, size);
}


/* those that say it in another way */

#define DECLARE(name)                                                         \
    long name(long a, long b, long c, long d, long e, long f);                \
    long __wrap_##name(long a, long b, long c, long d, long e, long f);


DECLARE(BIO_ctrl)
DECLARE(X509_NAME_hash_ex)
DECLARE(X509_get_ext_d2i)


/* BIO_reset() */

long
__wrap_BIO_ctrl(long bio, long cmd, long larg, long parg, long e, long f)
{
    if (cmd == 1) {
        (void) fault_now(FAULT_READ, "BIO_reset");
        (void) fault_now(FAULT_REWIND, "BIO_reset");

        if (fault_now(FAULT_CALL, "BIO_reset")) {
            return -1;
        }
    }

    return BIO_ctrl(bio, cmd, larg, parg, e, f);
}


long
__wrap_X509_NAME_hash_ex(long name, long ctx, long propq, long ok, long e,
    long f)
{
    if (fault_now(FAULT_CALL, "X509_NAME_hash_ex")) {
        *(int *) ok = 0;
        return 0;
    }

    return X509_NAME_hash_ex(name, ctx, propq, ok, e, f);
}


/* an extension that is there, and cannot be decoded */

long
__wrap_X509_get_ext_d2i(long cert, long nid, long critical, long i, long e,
    long f)
{
    if (fault_now(FAULT_CALL, "X509_get_ext_d2i")) {
        *(int *) critical = 0;
        return 0;
    }

    return X509_get_ext_d2i(cert, nid, critical, i, e, f);
}


/* with the tick of files */

int
__wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    if (fault_now(FAULT_CALL, "clock_gettime")) {
        return -1;
    }

    if (clock_gettime(clock, time) == -1) {
        return -1;
    }

    fault_tick(time);

    return 0;
}
