
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What a server asks a client for: the CA names of the handshake, and a
 * digest of the question, to which sessions are bound.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_auth_cert_ssl.h"


static void ngx_auth_cert_ask_cleanup(void *data);
static ngx_int_t ngx_auth_cert_ask_digest(ngx_auth_cert_server_t *server);
static ngx_int_t ngx_auth_cert_ask_names(
    const ngx_auth_cert_server_t *server);
static ngx_int_t ngx_auth_cert_ask_add_names(STACK_OF(X509_NAME) *list,
    const STACK_OF(X509_NAME) *names);


ngx_int_t
ngx_auth_cert_ask_init(ngx_conf_t *cf, ngx_auth_cert_server_t *server)
{
    ngx_pool_cleanup_t         *cln;
    const STACK_OF(X509_NAME)  *names;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    server->names = sk_X509_NAME_new_null();
    if (server->names == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_auth_cert_ask_cleanup;
    cln->data = server;

    /* those of ssl_client_certificate, which are replaced in the context */

    names = SSL_CTX_get_client_CA_list(server->ctx);

    if (ngx_auth_cert_ask_add_names(server->names, names) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_auth_cert_ask_refresh(server);
}


static void
ngx_auth_cert_ask_cleanup(void *data)
{
    ngx_auth_cert_server_t *server = data;

    sk_X509_NAME_pop_free(server->names, X509_NAME_free);
}


/* what a client is asked under; other digest, other question */

static ngx_int_t
ngx_auth_cert_ask_digest(ngx_auth_cert_server_t *server)
{
    u_char                   how[2];
    ngx_int_t                rc;
    ngx_uint_t               i;
    EVP_MD_CTX              *md;
    ngx_auth_cert_trust_t  **trusts;

    md = EVP_MD_CTX_new();
    if (md == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;
    trusts = server->trusts.elts;

    how[0] = (u_char) server->asks;
    how[1] = (u_char) server->required;

    if (EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 0
        || EVP_DigestUpdate(md, how, sizeof(how)) == 0)
    {
        goto failed;
    }

    if (server->native
        && EVP_DigestUpdate(md, server->native->digest,
                            NGX_AUTH_CERT_DIGEST_LEN)
           == 0)
    {
        goto failed;
    }

    for (i = 0; i < server->trusts.nelts; i++) {
        if (EVP_DigestUpdate(md, trusts[i]->digest, NGX_AUTH_CERT_DIGEST_LEN)
            == 0)
        {
            goto failed;
        }
    }

    if (EVP_DigestFinal_ex(md, server->digest, NULL) == 1) {
        rc = NGX_OK;
    }

failed:

    EVP_MD_CTX_free(md);

    return rc;
}


ngx_int_t
ngx_auth_cert_ask_refresh(ngx_auth_cert_server_t *server)
{
    if (ngx_auth_cert_ask_digest(server) != NGX_OK) {
        return NGX_ERROR;
    }

    return server->asks ? ngx_auth_cert_ask_names(server) : NGX_OK;
}


ngx_uint_t
ngx_auth_cert_ask_covers(const ngx_auth_cert_server_t *server,
    ngx_auth_cert_trust_t **trusts, ngx_uint_t n)
{
    ngx_uint_t               i, k;
    ngx_auth_cert_trust_t  **own;

    own = server->trusts.elts;

    for (i = 0; i < n; i++) {

        if (server->native
            && ngx_memcmp(server->native->digest, trusts[i]->digest,
                          NGX_AUTH_CERT_DIGEST_LEN)
               == 0)
        {
            continue;
        }

        for (k = 0; k < server->trusts.nelts; k++) {
            if (ngx_memcmp(own[k]->digest, trusts[i]->digest,
                           NGX_AUTH_CERT_DIGEST_LEN)
                == 0)
            {
                break;
            }
        }

        if (k == server->trusts.nelts) {
            return 0;
        }
    }

    return 1;
}


/* the union of the sets' CA names, beside those of ssl_client_certificate */

static ngx_int_t
ngx_auth_cert_ask_names(const ngx_auth_cert_server_t *server)
{
    ngx_uint_t               i;
    STACK_OF(X509_NAME)     *list;
    ngx_auth_cert_trust_t  **trusts;

    list = sk_X509_NAME_new_null();
    if (list == NULL) {
        return NGX_ERROR;
    }

    /* first of all those that the server has */

    if (ngx_auth_cert_ask_add_names(list, server->names) != NGX_OK) {
        goto failed;
    }

    trusts = server->trusts.elts;

    for (i = 0; i < server->trusts.nelts; i++) {
        if (ngx_auth_cert_ask_add_names(list, trusts[i]->names) != NGX_OK) {
            goto failed;
        }
    }

    /* takes the list */
    SSL_CTX_set_client_CA_list(server->ctx, list);

    return NGX_OK;

failed:

    sk_X509_NAME_pop_free(list, X509_NAME_free);

    return NGX_ERROR;
}


static ngx_int_t
ngx_auth_cert_ask_add_names(STACK_OF(X509_NAME) *list,
    const STACK_OF(X509_NAME) *names)
{
    int               i, k;
    X509_NAME        *copy;
    const X509_NAME  *name;

    for (i = 0; i < sk_X509_NAME_num(names); i++) {
        name = sk_X509_NAME_value(names, i);

        for (k = 0; k < sk_X509_NAME_num(list); k++) {
            if (X509_NAME_cmp(sk_X509_NAME_value(list, k), name) == 0) {
                break;
            }
        }

        if (k < sk_X509_NAME_num(list)) {
            continue;
        }

        copy = X509_NAME_dup(name);

        if (copy == NULL || sk_X509_NAME_push(list, copy) == 0) {
            X509_NAME_free(copy);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
