
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Certificates: what they hold is decoded, asked for by rules, and written
 * down.  The first byte of an input says what follows: a whole certificate, or
 * a part that is put into a well-formed one.
 */


#include "fuzz.h"


#define FUZZ_DER      65536
#define FUZZ_VALUES   64


/* what follows the first byte, by its value modulo their number */

enum {
    FUZZ_CERTIFICATE = 0,
    FUZZ_SUBJECT,
    FUZZ_ALT_NAMES,
    FUZZ_EXTENSIONS,
    FUZZ_SERIAL,
    FUZZ_VALIDITY,
    FUZZ_PURPOSES,
    FUZZ_POLICIES,
    FUZZ_KINDS
};


typedef struct {
    const char              *rules;
    ngx_auth_cert_policy_t  *policy;
} fuzz_rules_t;


static X509 *fuzz_certificate(const u_char *data, size_t len);
static X509 *fuzz_build(ngx_uint_t kind, const u_char *data, size_t len);
static u_char *fuzz_wrap(u_char *p, u_char *start, u_char tag);
static void fuzz_values(fuzz_conf_t *conf,
    const ngx_auth_cert_principal_t *principal, const char *selector);
static void fuzz_own_value(fuzz_conf_t *conf,
    const ngx_auth_cert_principal_t *principal, ngx_str_t *selector,
    const ngx_str_t *value);
static ngx_auth_cert_policy_t *fuzz_rule(fuzz_conf_t *conf, const char *action,
    ngx_str_t *selector, const char *op, const ngx_str_t *value,
    const char *then);
static void fuzz_list(fuzz_conf_t *conf,
    const ngx_auth_cert_principal_t *principal, ngx_str_t *selector,
    const ngx_auth_cert_values_t *values);
static void fuzz_formats(ngx_pool_t *pool, ngx_auth_cert_identity_t *identity);
static void fuzz_xfcc(const ngx_str_t *text);
static void fuzz_log_line(ngx_pool_t *pool, X509 *cert,
    ngx_auth_cert_identity_t *identity);


static const char  *fuzz_selectors[] = {
    "subject", "subject.CN", "subject.O", "subject.OU", "subject.UID",
    "issuer", "issuer.CN", "san.dns", "san.uri", "san.email", "san.ip",
    "san.upn", "san.dirname", "san.rid", "san.other.1.2.3.4", "serial",
    "fingerprint", "spki", "eku", "policy", "ext.1.2.3.4.9", "ext.2.5.29.17",
    "spiffe_id", "trust", "ca", NULL
};


static fuzz_rules_t  fuzz_rules[] = {
    { "deny subject.CN=mallory; deny san.dns=*.evil.example; "
      "allow san.dns=*.partners.example role=partner; "
      "allow san.uri=spiffe://prod.example/ns/*/sa/web; "
      "allow san.uri=spiffe://prod.example/**; "
      "allow san.ip=192.0.2.0/24; allow san.ip=2001:db8::/32; deny all;",
      NULL },
    { "allow subject.CN=alice role=a; allow san.email=alice@acme.example; "
      "allow serial=0a1b2c; allow san.uri=urn:device:17; "
      "deny subject.OU=Billing; allow san.dns=alice.partners.example; "
      "allow subject.CN=bob;",
      NULL },
    { "allow subject.CN~^al(ice|bert)$ san.dns!=x.example role=$1; "
      "allow subject!~mallory san.email~*^[^@]+@acme\\.example$; "
      "deny verified;",
      NULL },
    { NULL, NULL }
};


int
LLVMFuzzerTestOneInput(const u_char *data, size_t len)
{
    X509                       *cert;
    ngx_uint_t                  i;
    fuzz_conf_t                 conf;
    fuzz_rules_t               *rules;
    ngx_auth_cert_verdict_t     verdict;
    ngx_auth_cert_identity_t   *identity;
    ngx_auth_cert_principal_t   principal;

    static ngx_str_t  trust = ngx_string("partners");
    static ngx_str_t  ca = ngx_string("00112233445566778899aabbccddeeff"
                                      "00112233445566778899aabbccddeeff");

    static fuzz_conf_t  fixed;

    fuzz_init();

    if (fixed.cf.pool == NULL) {
        fuzz_conf_begin(&fixed);

        for (rules = fuzz_rules; rules->rules; rules++) {
            rules->policy = fuzz_policy_text(&fixed, rules->rules);
            fuzz_check(rules->policy != NULL);
        }
    }

    cert = fuzz_certificate(data, len);

    if (cert == NULL) {
        ERR_clear_error();
        return 0;
    }

    fuzz_conf_begin(&conf);
    fuzz_strict_log = 1;

    identity = ngx_auth_cert_identity_create(conf.cf.pool, cert);
    fuzz_check(identity != NULL);

    ngx_memzero(&principal, sizeof(ngx_auth_cert_principal_t));
    principal.identity = identity;
    principal.trust.elts = &trust;
    principal.trust.nelts = 1;
    principal.ca.elts = &ca;
    principal.ca.nelts = 1;

    for (rules = fuzz_rules; rules->rules; rules++) {
        fuzz_evaluate(rules->policy, &principal, conf.cf.temp_pool, &verdict);
        fuzz_printable(&verdict.role);
    }

    for (i = 0; fuzz_selectors[i]; i++) {
        fuzz_values(&conf, &principal, fuzz_selectors[i]);
    }

    fuzz_same_as_openssl(cert, identity);
    fuzz_formats(conf.cf.temp_pool, identity);
    fuzz_log_line(conf.cf.temp_pool, cert, identity);

    fuzz_strict_log = 0;
    fuzz_conf_end(&conf);

    X509_free(cert);
    ERR_clear_error();

    return 0;
}


static X509 *
fuzz_certificate(const u_char *data, size_t len)
{
    if (len == 0 || len > FUZZ_DER / 2) {
        return NULL;
    }

    if (data[0] % FUZZ_KINDS != FUZZ_CERTIFICATE) {
        return fuzz_build(data[0] % FUZZ_KINDS, data + 1, len - 1);
    }

    data++;

    return d2i_X509(NULL, &data, len - 1);
}


/* DER is written backwards: what is in an element is known before its length */

#define fuzz_put(p, der)                                                      \
    ((p) -= sizeof(der) - 1, ngx_memcpy((p), (der), sizeof(der) - 1), (p))


static X509 *
fuzz_build(ngx_uint_t kind, const u_char *data, size_t len)
{
    int            size;
    u_char        *p, *end, *tbs, *start, *spki;
    EVP_PKEY      *pkey;
    const u_char  *der;

    /* the last byte of the OIDs, below 2.5.29 */

    static const u_char  extensions[FUZZ_KINDS] = {
        [FUZZ_ALT_NAMES] = 17, [FUZZ_PURPOSES] = 37, [FUZZ_POLICIES] = 32
    };

    static u_char  buf[FUZZ_DER], key[256];
    static size_t  key_len;

    if (key_len == 0) {
        pkey = EVP_EC_gen("P-256");
        spki = key;
        size = i2d_PUBKEY(pkey, &spki);
        fuzz_check(size > 0);
        key_len = size;
        EVP_PKEY_free(pkey);
    }

    end = buf + FUZZ_DER;
    p = end;

    /* signature, its algorithm */

    fuzz_put(p, "\x03\x03\x00\x30\x00");
    fuzz_put(p, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02");

    tbs = p;

    if (kind == FUZZ_EXTENSIONS || extensions[kind]) {
        p -= len;
        ngx_memcpy(p, data, len);

        if (extensions[kind]) {
            p = fuzz_wrap(p, tbs, 0x04);
            *--p = extensions[kind];
            fuzz_put(p, "\x06\x03\x55\x1d");
            p = fuzz_wrap(p, tbs, 0x30);
        }

        p = fuzz_wrap(p, tbs, 0x30);
        p = fuzz_wrap(p, tbs, 0xa3);
    }

    p -= key_len;
    ngx_memcpy(p, key, key_len);

    start = p;

    if (kind == FUZZ_SUBJECT) {
        p -= len;
        ngx_memcpy(p, data, len);
    }

    p = fuzz_wrap(p, start, 0x30);

    if (kind == FUZZ_VALIDITY) {
        start = p;
        p -= len;
        ngx_memcpy(p, data, len);
        p = fuzz_wrap(p, start, 0x30);

    } else {
        fuzz_put(p, "\x30\x1e\x17\x0d" "250101000000Z"
                    "\x17\x0d" "491231235959Z");
    }

    /* issuer: CN=a; algorithm */

    fuzz_put(p, "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01" "a");
    fuzz_put(p, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02");

    if (kind == FUZZ_SERIAL) {
        start = p;
        p -= len;
        ngx_memcpy(p, data, len);
        p = fuzz_wrap(p, start, 0x02);

    } else {
        fuzz_put(p, "\x02\x01\x01");
    }

    fuzz_put(p, "\xa0\x03\x02\x01\x02");

    p = fuzz_wrap(p, tbs, 0x30);
    p = fuzz_wrap(p, end, 0x30);

    der = p;

    return d2i_X509(NULL, &der, end - p);
}


/* p: content up to start, the end of the element */

static u_char *
fuzz_wrap(u_char *p, u_char *start, u_char tag)
{
    size_t  len;

    len = start - p;

    if (len < 128) {
        *--p = len;

    } else {
        *--p = len & 0xff;
        *--p = (len >> 8) & 0xff;
        *--p = len >> 16;
        *--p = 0x83;

        /* the shortest form is the only one in DER */

        if (len < 256) {
            p += 2;
            *p = 0x81;
            p[1] = len;

        } else if (len < 65536) {
            p += 1;
            *p = 0x82;
        }
    }

    *--p = tag;

    return p;
}


/* all values of a field, and what rules say of them */

static void
fuzz_values(fuzz_conf_t *conf, const ngx_auth_cert_principal_t *principal,
    const char *selector)
{
    ngx_str_t                      text, other;
    ngx_uint_t                     i;
    ngx_auth_cert_policy_t        *policy;
    ngx_auth_cert_verdict_t        verdict;
    ngx_auth_cert_selector_t       parsed;
    const ngx_auth_cert_values_t  *values;

    text.data = (u_char *) selector;
    text.len = ngx_strlen(selector);

    ngx_memzero(&parsed, sizeof(ngx_auth_cert_selector_t));

    fuzz_check(ngx_auth_cert_field_selector(&conf->cf, conf->amcf.front,
                                            &text, &parsed)
               == NULL);

    values = parsed.field->values(principal, &parsed.argument);

    for (i = 0; i < values->nelts; i++) {
        fuzz_check(ngx_auth_cert_string_check(&values->elts[i]) == NGX_OK);

        if (i < FUZZ_VALUES) {
            fuzz_own_value(conf, principal, &text, &values->elts[i]);
        }
    }

    if (values->unusable) {

        /* a value that cannot be used allows nothing, and is denied */

        ngx_str_set(&other, ".");

        policy = fuzz_rule(conf, "deny", &text, "~", &other, "allow");
        fuzz_check(policy != NULL);
        fuzz_evaluate(policy, principal, conf->cf.temp_pool, &verdict);
        fuzz_check(!verdict.allow);

        policy = fuzz_rule(conf, "allow", &text, "!~", &other, "deny");

        if (policy) {
            fuzz_evaluate(policy, principal, conf->cf.temp_pool, &verdict);
            fuzz_check(!verdict.allow || verdict.rule != 1);
        }
    }

    if (values->nelts && values->nelts < FUZZ_VALUES) {
        fuzz_list(conf, principal, &text, values);
    }
}


/* "=" says yes to a value of the certificate's own, and "!=" says no */

static void
fuzz_own_value(fuzz_conf_t *conf, const ngx_auth_cert_principal_t *principal,
    ngx_str_t *selector, const ngx_str_t *value)
{
    ngx_auth_cert_policy_t   *policy;
    ngx_auth_cert_verdict_t   verdict;

    /* these mean something else in a rule */

    if (value->len == 0 || value->data[0] == '@'
        || ngx_strlchr(value->data, value->data + value->len, '$')
        || ngx_strlchr(value->data, value->data + value->len, '*'))
    {
        return;
    }

    policy = fuzz_rule(conf, "allow", selector, "=", value, "deny");

    if (policy) {
        fuzz_evaluate(policy, principal, conf->cf.temp_pool, &verdict);
        fuzz_check(verdict.allow && verdict.rule == 1);
    }

    /* by the first rule: an input may have found the other ones' values */

    policy = fuzz_rule(conf, "allow", selector, "!=", value, "deny");

    if (policy) {
        fuzz_evaluate(policy, principal, conf->cf.temp_pool, &verdict);
        fuzz_check(!verdict.allow || verdict.rule != 1);
    }

    policy = fuzz_rule(conf, "deny", selector, "=", value, "allow");

    if (policy) {
        fuzz_evaluate(policy, principal, conf->cf.temp_pool, &verdict);
        fuzz_check(!verdict.allow);
    }
}


/* "ACTION SELECTOR OP VALUE;" five times, as one run, and "THEN verified;" */

static ngx_auth_cert_policy_t *
fuzz_rule(fuzz_conf_t *conf, const char *action, ngx_str_t *selector,
    const char *op, const ngx_str_t *value, const char *then)
{
    u_char     *p;
    ngx_str_t   words[16];

    words[0].data = (u_char *) action;
    words[0].len = ngx_strlen(action);

    words[1].len = selector->len + ngx_strlen(op) + value->len;
    words[1].data = ngx_pnalloc(conf->cf.pool, words[1].len + 1);
    fuzz_check(words[1].data != NULL);

    p = ngx_sprintf(words[1].data, "%V%s", selector, op);
    p = ngx_cpymem(p, value->data, value->len);
    *p = '\0';

    ngx_str_set(&words[2], ";");
    words[3] = words[0];
    ngx_str_set(&words[4], "subject.CN=never-1");
    ngx_str_set(&words[5], ";");
    words[6] = words[0];
    ngx_str_set(&words[7], "subject.CN=never-2");
    ngx_str_set(&words[8], ";");
    words[9] = words[0];
    ngx_str_set(&words[10], "subject.CN=never-3");
    ngx_str_set(&words[11], ";");
    words[12].data = (u_char *) then;
    words[12].len = ngx_strlen(then);
    ngx_str_set(&words[13], "verified");
    ngx_str_set(&words[14], ";");

    if (action[0] == 'd') {

        /* nothing that is unusable in another field */

        words[3] = words[12];
        words[4] = words[13];
        ngx_str_set(&words[5], ";");
        return fuzz_policy(conf, words, 6);
    }

    return fuzz_policy(conf, words, 15);
}


/* a list of all values gives what a rule for each gives */

static void
fuzz_list(fuzz_conf_t *conf, const ngx_auth_cert_principal_t *principal,
    ngx_str_t *selector, const ngx_auth_cert_values_t *values)
{
    size_t                    len;
    u_char                   *text, *p;
    ngx_str_t                *file, value;
    ngx_uint_t                i, n, k;
    ngx_auth_cert_policy_t   *policy;
    ngx_auth_cert_verdict_t   verdict;

    len = 1;

    for (i = 0; i < values->nelts; i++) {
        len += 2 * values->elts[i].len + sizeof("\"\"\n");
    }

    text = ngx_pnalloc(conf->cf.temp_pool, len);
    fuzz_check(text != NULL);

    p = text;
    n = 0;

    for (i = 0; i < values->nelts; i++) {

        if (values->elts[i].len == 0
            || ngx_strlchr(values->elts[i].data,
                           values->elts[i].data + values->elts[i].len, '*'))
        {
            continue;
        }

        *p++ = '"';

        for (k = 0; k < values->elts[i].len; k++) {

            if (values->elts[i].data[k] == '"'
                || values->elts[i].data[k] == '\\')
            {
                *p++ = '\\';
            }

            *p++ = values->elts[i].data[k];
        }

        *p++ = '"';
        *p++ = '\n';
        n++;
    }

    if (n == 0) {
        return;
    }

    file = fuzz_file(text, p - text);

    value.len = file->len + 1;
    value.data = ngx_pnalloc(conf->cf.pool, value.len);
    fuzz_check(value.data != NULL);

    (void) ngx_sprintf(value.data, "@%V", file);

    /* the same name, another content: lists are kept by their names */

    conf->amcf.lists.nelts = 0;

    policy = fuzz_rule(conf, "allow", selector, "=", &value, "deny");

    if (policy) {
        fuzz_evaluate(policy, principal, conf->cf.temp_pool, &verdict);
        fuzz_check(verdict.allow && verdict.rule == 1);
    }
}


static void
fuzz_formats(ngx_pool_t *pool, ngx_auth_cert_identity_t *identity)
{
    ngx_str_t   text, rest;
    ngx_uint_t  i;

    ngx_auth_cert_identity_need(identity, NGX_AUTH_CERT_PART_ALL);

    fuzz_printable(&identity->subject.text);
    fuzz_printable(&identity->issuer.text);

    for (i = 0; i < NGX_AUTH_CERT_SAN_TYPES; i++) {
        fuzz_check(ngx_auth_cert_format_values(pool, &identity->san[i], &text)
                   == NGX_OK);
        fuzz_printable(&text);

        /* a reader of headers would drop them */

        fuzz_check(text.len == 0
                   || (text.data[0] != ' '
                       && text.data[text.len - 1] != ' '));
    }

    fuzz_check(ngx_auth_cert_format_rfc9440(pool, &identity->der, &text)
               == NGX_OK);
    fuzz_printable(&text);
    fuzz_check(text.len >= 2 && text.data[0] == ':'
               && text.data[text.len - 1] == ':');

    fuzz_check(ngx_auth_cert_format_json_identity(pool, identity, &text)
               == NGX_OK);
    fuzz_json(&text);

    rest = identity->der;
    fuzz_check(ngx_auth_cert_format_json_string(pool, &rest, &text) == NGX_OK);
    fuzz_json(&text);

    fuzz_check(ngx_auth_cert_format_xfcc(pool, identity,
                                  &identity->san[NGX_AUTH_CERT_SAN_URI], &text)
               == NGX_OK);
    fuzz_xfcc(&text);

    fuzz_check(ngx_auth_cert_format_sanitize(pool, &identity->der, &text)
               == NGX_OK);
    fuzz_printable(&text);

    fuzz_check(ngx_auth_cert_format_time(pool, identity->not_before, &text)
               == NGX_OK);
    fuzz_printable(&text);

    fuzz_check(ngx_auth_cert_format_time(pool, identity->not_after, &text)
               == NGX_OK);
    fuzz_printable(&text);
}


/* one element: known keys in their order, quotes closed, nothing behind */

static void
fuzz_xfcc(const ngx_str_t *text)
{
    size_t       len;
    u_char      *p, *last, *key, *start;
    ngx_uint_t   i, order;

    static const char  *keys[] = {
        "By", "Hash", "Cert", "Chain", "Subject", "URI", "DNS", NULL
    };

    fuzz_printable(text);

    p = text->data;
    last = p + text->len;
    order = 0;

    while (p < last) {
        key = p;

        while (p < last && *p != '=') {
            p++;
        }

        fuzz_check(p < last);
        len = p - key;

        for (i = 0; keys[i]; i++) {
            if (ngx_strlen(keys[i]) == len && ngx_memcmp(keys[i], key, len) == 0)
            {
                break;
            }
        }

        fuzz_check(keys[i] != NULL && i >= order);
        order = i;
        p++;

        start = p;

        if (p < last && *p == '"') {

            for (p++; p < last && *p != '"'; p++) {
                if (*p == '\\' && p + 1 < last && p[1] == '"') {
                    p++;
                }
            }

            fuzz_check(p < last);
            p++;
        }

        while (p < last && *p != ';') {
            fuzz_check(start == NULL || *start != '"');
            fuzz_check(*p != ',' && *p != '"' && *p != '=');
            p++;
        }

        if (p < last) {
            p++;
            fuzz_check(p < last);
        }
    }
}


static void
fuzz_log_line(ngx_pool_t *pool, X509 *cert, ngx_auth_cert_identity_t *identity)
{
    ngx_auth_cert_peer_t     peer;
    ngx_auth_cert_verdict_t  verdict;

    ngx_memzero(&peer, sizeof(ngx_auth_cert_peer_t));
    ngx_memzero(&verdict, sizeof(ngx_auth_cert_verdict_t));

    peer.pool = pool;
    peer.cert = cert;
    peer.identity = identity;

    verdict.reason = NGX_AUTH_CERT_REASON_NOT_VERIFIED;

    ngx_auth_cert_log_refusal(NGX_LOG_INFO, &fuzz_log, pool, &verdict, &peer,
                              NULL, NULL);
}
