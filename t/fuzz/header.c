
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Headers that a client sends: what stands under a name of the module's is
 * gone, and what is passed on of X-Forwarded-Client-Cert cannot swallow what
 * is appended.  The first byte is the mode, then headers, one a line.
 */


#include "fuzz.h"


static ngx_uint_t fuzz_headers(ngx_http_request_t *r, u_char *pos,
    u_char *last);
static ngx_uint_t fuzz_owned(const u_char *name, size_t len);
static void fuzz_not_owned(const ngx_str_t *name);
static void fuzz_stripped(ngx_http_request_t *r);
static void fuzz_forward(ngx_http_request_t *r, ngx_uint_t mode);
static void fuzz_appended(const ngx_str_t *value, const ngx_str_t *own);
static ngx_uint_t fuzz_open(const u_char *p, size_t len, ngx_uint_t paired);


static ngx_str_t  fuzz_names[] = {
    ngx_string("client-cert"),
    ngx_string("x-forwarded-client-cert"),
    ngx_string("x-client-role")
};


int
LLVMFuzzerTestOneInput(const u_char *data, size_t len)
{
    ngx_str_t                        text, safe;
    ngx_uint_t                       i;
    fuzz_conf_t                      conf;
    ngx_connection_t                 c;
    ngx_http_request_t               r;
    ngx_http_auth_cert_main_conf_t   amcf;

    fuzz_init();

    if (len == 0) {
        return 0;
    }

    fuzz_conf_begin(&conf);

    ngx_memzero(&r, sizeof(ngx_http_request_t));
    ngx_memzero(&c, sizeof(ngx_connection_t));
    ngx_memzero(&amcf, sizeof(ngx_http_auth_cert_main_conf_t));

    c.log = &fuzz_log;
    r.connection = &c;
    r.pool = conf.cf.pool;

    amcf.owned.elts = fuzz_names;
    amcf.owned.nelts = sizeof(fuzz_names) / sizeof(ngx_str_t);

    for (i = 0; i < amcf.owned.nelts; i++) {
        amcf.lengths |= (uint64_t) 1 << (fuzz_names[i].len % 64);
    }

    /* a copy that nothing is behind of */

    text.len = len - 1;
    text.data = ngx_alloc(len, &fuzz_log);
    fuzz_check(text.data != NULL);
    ngx_memcpy(text.data, data + 1, text.len);

    if (fuzz_headers(&r, text.data, text.data + text.len)) {

        fuzz_check(ngx_http_auth_cert_receive_xfcc(&r) == NGX_OK);
        fuzz_check(ngx_http_auth_cert_rebuild(&r, &amcf, NULL) == NGX_OK);

        fuzz_stripped(&r);
        fuzz_forward(&r, data[0]);
    }

    fuzz_check(ngx_auth_cert_format_sanitize(conf.cf.pool, &text, &safe)
               == NGX_OK);
    fuzz_printable(&safe);

    ngx_free(text.data);
    fuzz_conf_end(&conf);

    return 0;
}


static ngx_uint_t
fuzz_headers(ngx_http_request_t *r, u_char *pos, u_char *last)
{
    u_char           *colon;
    ngx_str_t         line;
    ngx_table_elt_t  *h;

    fuzz_check(ngx_list_init(&r->headers_in.headers, r->pool, 2,
                             sizeof(ngx_table_elt_t))
               == NGX_OK);

    while (fuzz_line(&pos, last, &line)) {

        colon = ngx_strlchr(line.data, line.data + line.len, ':');

        if (colon == NULL || colon == line.data) {
            return 0;
        }

        h = ngx_list_push(&r->headers_in.headers);
        fuzz_check(h != NULL);

        ngx_memzero(h, sizeof(ngx_table_elt_t));
        h->hash = 1;
        h->key.data = line.data;
        h->key.len = colon - line.data;
        h->value.data = colon + 1;
        h->value.len = line.data + line.len - h->value.data;

        if (h->value.len && h->value.data[0] == ' ') {
            h->value.data++;
            h->value.len--;
        }
    }

    return 1;
}


/* as the weakest reader takes names: any other character is a "_" */

static ngx_uint_t
fuzz_owned(const u_char *name, size_t len)
{
    u_char      one, other;
    size_t      k;
    ngx_uint_t  i;

    for (i = 0; i < sizeof(fuzz_names) / sizeof(ngx_str_t); i++) {

        for (k = 0; k < len && len == fuzz_names[i].len; k++) {
            one = isalnum(name[k]) ? tolower(name[k]) : '_';
            other = isalnum(fuzz_names[i].data[k]) ? fuzz_names[i].data[k]
                                                   : '_';
            if (one != other) {
                break;
            }
        }

        if (k == len && len == fuzz_names[i].len) {
            return 1;
        }
    }

    return 0;
}


/* to PHP what begins with a "[" is an index */

static void
fuzz_not_owned(const ngx_str_t *name)
{
    u_char  *bracket;

    fuzz_check(!fuzz_owned(name->data, name->len));

    bracket = ngx_strlchr(name->data, name->data + name->len, '[');

    if (bracket) {
        fuzz_check(!fuzz_owned(name->data, bracket - name->data));
    }
}


static void
fuzz_stripped(ngx_http_request_t *r)
{
    u_char           *p, *word, *last;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {
            fuzz_not_owned(&header[i].key);

            if (header[i].key.len != 10
                || strncasecmp((char *) header[i].key.data, "connection", 10)
                   != 0)
            {
                continue;
            }

            p = header[i].value.data;
            last = p + header[i].value.len;

            for (word = p; p <= last; p++) {
                if (p == last || *p <= ' ' || ngx_strchr(",;\"\x7f", *p)) {
                    fuzz_check(!fuzz_owned(word, p - word));
                    word = p + 1;
                }
            }
        }
    }
}


static void
fuzz_forward(ngx_http_request_t *r, ngx_uint_t mode)
{
    ngx_str_t                  own, value, cached[64];
    ngx_auth_cert_peer_t       peer;
    ngx_auth_cert_result_t     result;
    ngx_auth_cert_decision_t   decision;
    ngx_auth_cert_identity_t   identity;

    ngx_memzero(&decision, sizeof(ngx_auth_cert_decision_t));

    /* without a client that verified nothing is passed on, but in one mode */

    fuzz_check(ngx_http_auth_cert_forward_xfcc(r, &decision,
                       NGX_HTTP_AUTH_CERT_XFCC_APPEND_FORWARD, &value)
               == NGX_OK);
    fuzz_check(value.len == 0);

    fuzz_check(ngx_http_auth_cert_forward_xfcc(r, &decision,
                       NGX_HTTP_AUTH_CERT_XFCC_FORWARD_ONLY, &value)
               == NGX_OK);
    fuzz_check(value.len == 0);

    /* all texts of the connection are made already: the same one */

    static const char  *owns[] = {
        "Hash=00;Subject=\"CN=alice\";URI=urn:a",
        "Subject=\"CN=a\\\"b\";URI=\"urn:a,b\"",
        "Hash=00;Subject=\"\""
    };

    ngx_memzero(&peer, sizeof(ngx_auth_cert_peer_t));
    ngx_memzero(&result, sizeof(ngx_auth_cert_result_t));
    ngx_memzero(&identity, sizeof(ngx_auth_cert_identity_t));

    own.data = (u_char *) owns[mode % 3];
    own.len = ngx_strlen(own.data);

    for (mode = 0; mode < 64; mode++) {
        cached[mode] = own;
    }

    peer.pool = r->pool;
    peer.identity = &identity;
    peer.cached = cached;

    decision.peer = &peer;
    decision.result = &result;
    decision.identity = &identity;

    fuzz_check(ngx_http_auth_cert_forward_xfcc(r, &decision,
                       NGX_HTTP_AUTH_CERT_XFCC_SANITIZE_SET, &value)
               == NGX_OK);
    fuzz_check(value.len == own.len
               && ngx_memcmp(value.data, own.data, own.len) == 0);

    fuzz_check(ngx_http_auth_cert_forward_xfcc(r, &decision,
                       NGX_HTTP_AUTH_CERT_XFCC_APPEND_FORWARD, &value)
               == NGX_OK);
    fuzz_appended(&value, &own);
}


static void
fuzz_appended(const ngx_str_t *value, const ngx_str_t *own)
{
    size_t  before;

    fuzz_check(value->len >= own->len);

    before = value->len - own->len;

    fuzz_check(ngx_memcmp(value->data + before, own->data, own->len) == 0);

    if (before) {
        fuzz_check(value->data[before - 1] == ',');
        fuzz_check(!fuzz_open(value->data, before - 1, 0));
        fuzz_check(!fuzz_open(value->data, before - 1, 1));
    }
}


/*
 * Whether a quote is open at the end: for a reader to whom a backslash before
 * a quote escapes it, and for one to whom it escapes any character.  Both
 * know it in a quoted string only.
 */

static ngx_uint_t
fuzz_open(const u_char *p, size_t len, ngx_uint_t paired)
{
    size_t      i;
    ngx_uint_t  open;

    open = 0;

    for (i = 0; i < len; i++) {

        if (open && p[i] == '\\' && i + 1 < len
            && (paired || p[i + 1] == '"'))
        {
            i++;

        } else if (p[i] == '"') {
            open ^= 1;
        }
    }

    return open;
}
