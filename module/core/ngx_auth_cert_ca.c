
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The CA certificates of a trust set: read from a file or a directory.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert.h"


static char *ngx_auth_cert_ca_load_dir(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, ngx_str_t *path);
static ngx_int_t ngx_auth_cert_ca_load_file(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, ngx_str_t *path, ngx_uint_t *n);
static ngx_int_t ngx_auth_cert_ca_load_bio(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, BIO *bio, ngx_str_t *path, ngx_uint_t *n);
static ngx_int_t ngx_auth_cert_ca_add(ngx_conf_t *cf,
    ngx_auth_cert_trust_t *trust, X509 *cert, ngx_str_t *path);
static ngx_int_t ngx_auth_cert_ca_add_name(ngx_auth_cert_trust_t *trust,
    X509 *cert);


char *
ngx_auth_cert_ca_load(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *path)
{
    ngx_str_t        file;
    ngx_uint_t       n;
    ngx_file_info_t  fi;

    file = *path;

    if (file.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_trust \"%V\": \"ca\" needs the path of "
                           "a file or a directory with CA certificates",
                           &trust->name);
        return NGX_CONF_ERROR;
    }

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_file_info(file.data, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "auth_cert_trust \"%V\": cannot read CA "
                           "certificates from \"%V\"", &trust->name, &file);
        return NGX_CONF_ERROR;
    }

    if (ngx_is_dir(&fi)) {
        return ngx_auth_cert_ca_load_dir(cf, trust, &file);
    }

    if (ngx_auth_cert_ca_load_file(cf, trust, &file, &n) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (n == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_trust \"%V\": no certificate in \"%V\", "
                           "expected CA certificates in PEM or one in DER",
                           &trust->name, &file);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/*
 * The files are read here once.  OpenSSL's own look-up in a directory would
 * read them in the middle of a handshake and block the event loop.
 */

static char *
ngx_auth_cert_ca_load_dir(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *path)
{
    u_char           *p;
    ngx_dir_t         dir;
    ngx_err_t         err;
    ngx_str_t         file;
    ngx_uint_t        n, total;
    ngx_file_info_t   fi;

    total = 0;

    if (ngx_open_dir(path, &dir) == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "auth_cert_trust \"%V\": " ngx_open_dir_n
                           " \"%V\" failed", &trust->name, path);
        return NGX_CONF_ERROR;
    }

    for ( ;; ) {
        ngx_set_errno(0);

        if (ngx_read_dir(&dir) == NGX_ERROR) {
            err = ngx_errno;

            if (err == NGX_ENOMOREFILES) {
                break;
            }

            ngx_conf_log_error(NGX_LOG_EMERG, cf, err,
                               "auth_cert_trust \"%V\": " ngx_read_dir_n
                               " \"%V\" failed", &trust->name, path);
            goto failed;
        }

        /* also the "..data" links of Kubernetes volumes */

        if (ngx_de_name(&dir)[0] == '.') {
            continue;
        }

        file.len = path->len + 1 + ngx_de_namelen(&dir);
        file.data = ngx_pnalloc(cf->temp_pool, file.len + 1);
        if (file.data == NULL) {
            goto failed;
        }

        p = ngx_cpymem(file.data, path->data, path->len);
        *p++ = '/';
        (void) ngx_cpystrn(p, ngx_de_name(&dir), ngx_de_namelen(&dir) + 1);

        if (ngx_file_info(file.data, &fi) == NGX_FILE_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                               "auth_cert_trust \"%V\": cannot read \"%V\"",
                               &trust->name, &file);
            goto failed;
        }

        if (!ngx_is_file(&fi)) {
            continue;
        }

        if (ngx_auth_cert_ca_load_file(cf, trust, &file, &n) != NGX_OK) {
            goto failed;
        }

        if (n == 0) {
            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "auth_cert_trust \"%V\": no certificate in "
                               "\"%V\", ignored", &trust->name, &file);
        }

        total += n;
    }

    (void) ngx_close_dir(&dir);

    if (total == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_trust \"%V\": no certificate in "
                           "directory \"%V\"", &trust->name, path);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;

failed:

    (void) ngx_close_dir(&dir);

    return NGX_CONF_ERROR;
}


static ngx_int_t
ngx_auth_cert_ca_load_file(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    ngx_str_t *path, ngx_uint_t *n)
{
    BIO        *bio;
    X509       *cert;
    ngx_int_t   rc;

    *n = 0;

    bio = BIO_new_file((char *) path->data, "r");
    if (bio == NULL) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "BIO_new_file(\"%s\") failed", path->data);
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "auth_cert_trust \"%V\": cannot read CA "
                           "certificates from \"%V\"", &trust->name, path);
        return NGX_ERROR;
    }

    rc = ngx_auth_cert_ca_load_bio(cf, trust, bio, path, n);

    if (rc == NGX_OK && *n == 0 && BIO_reset(bio) == 0) {

        /* no PEM: one certificate in DER */

        cert = d2i_X509_bio(bio, NULL);
        ERR_clear_error();

        if (cert) {
            rc = ngx_auth_cert_ca_add(cf, trust, cert, path);
            X509_free(cert);
            *n = 1;
        }
    }

    BIO_free(bio);

    return rc;
}


static ngx_int_t
ngx_auth_cert_ca_load_bio(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    BIO *bio, ngx_str_t *path, ngx_uint_t *n)
{
    X509           *cert;
    ngx_int_t       rc;
    unsigned long   err;

    for ( ;; ) {
        cert = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);

        if (cert == NULL) {
            err = ERR_peek_last_error();

            if (ERR_GET_LIB(err) == ERR_LIB_PEM
                && ERR_GET_REASON(err) == PEM_R_NO_START_LINE)
            {
                /* the end of the file */
                ERR_clear_error();
                return NGX_OK;
            }

            ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                          "PEM_read_bio_X509(\"%s\") failed", path->data);
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "auth_cert_trust \"%V\": certificate %ui of "
                               "\"%V\" cannot be decoded",
                               &trust->name, *n + 1, path);
            return NGX_ERROR;
        }

        rc = ngx_auth_cert_ca_add(cf, trust, cert, path);

        X509_free(cert);

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }

        (*n)++;
    }
}


static ngx_int_t
ngx_auth_cert_ca_add(ngx_conf_t *cf, ngx_auth_cert_trust_t *trust,
    X509 *cert, ngx_str_t *path)
{
    time_t  not_after;

    if (X509_STORE_add_cert(trust->store, cert) == 0) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "X509_STORE_add_cert(\"%s\") failed", path->data);
        return NGX_ERROR;
    }

    if (ngx_auth_cert_ca_add_name(trust, cert) != NGX_OK) {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "X509_NAME_dup(\"%s\") failed", path->data);
        return NGX_ERROR;
    }

    trust->ncerts++;

    if (X509_get_extension_flags(cert) & EXFLAG_SS) {
        trust->anchors++;
    }

    not_after = ngx_auth_cert_identity_time(X509_get0_notAfter(cert));

    if (not_after != NGX_ERROR && not_after <= ngx_time()) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "auth_cert_trust \"%V\": a CA certificate in "
                           "\"%V\" has expired, its clients will be refused",
                           &trust->name, path);
    }

    return NGX_OK;
}


/* the names are what the handshake advertises, each once */

static ngx_int_t
ngx_auth_cert_ca_add_name(ngx_auth_cert_trust_t *trust, X509 *cert)
{
    int               i;
    X509_NAME        *name;
    const X509_NAME  *subject;

    subject = X509_get_subject_name(cert);

    for (i = 0; i < sk_X509_NAME_num(trust->names); i++) {
        if (X509_NAME_cmp(sk_X509_NAME_value(trust->names, i), subject) == 0) {
            return NGX_OK;
        }
    }

    name = X509_NAME_dup(subject);
    if (name == NULL) {
        return NGX_ERROR;
    }

    if (sk_X509_NAME_push(trust->names, name) == 0) {
        X509_NAME_free(name);
        return NGX_ERROR;
    }

    return NGX_OK;
}
