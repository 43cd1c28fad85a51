
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * What OpenSSL's own decoders read of a certificate: the identity must say
 * the same.  It may say less where the module is documented to refuse, which
 * docs/security.md tells; each such exception has a comment here.
 */


#include "fuzz.h"


#define FUZZ_OID_SIZE   586
#define FUZZ_OID_ARC    20
#define FUZZ_OID_TEXT   4096
#define FUZZ_GROUPED    64
#define FUZZ_QUALIFIED  64


static void fuzz_name(X509_NAME *x509, const ngx_auth_cert_name_t *name);
static void fuzz_attribute(X509_NAME_ENTRY *entry,
    const ngx_auth_cert_attribute_t *attribute);
static ngx_uint_t fuzz_text_refused(const ASN1_STRING *string,
    const ngx_str_t *utf8);
static void fuzz_types(const ngx_auth_cert_name_t *name);
static ngx_uint_t fuzz_name_refused(X509_NAME *x509);
static void fuzz_purposes(X509 *cert, const ngx_auth_cert_values_t *values);
static void fuzz_policies(X509 *cert, const ngx_auth_cert_values_t *values);
static void fuzz_oids(X509 *cert, int nid, const ASN1_OBJECT **objects,
    ngx_uint_t n, const ngx_auth_cert_values_t *values);
static ngx_uint_t fuzz_oid_long(const ASN1_OBJECT *object);
static void fuzz_oid(const ASN1_OBJECT *object, const ngx_str_t *oid);
static ngx_uint_t fuzz_not_der(const u_char *p, size_t len);
static ngx_uint_t fuzz_extension_not_der(X509 *cert, int nid);
static void fuzz_names(X509 *cert, const ngx_auth_cert_identity_t *identity);
static void fuzz_same(const ngx_auth_cert_values_t *values, ngx_uint_t i,
    const ASN1_STRING *string);
static void fuzz_structured(GENERAL_NAMES *names,
    const ngx_auth_cert_identity_t *identity);
static ngx_uint_t fuzz_other(const OTHERNAME *other,
    const ngx_auth_cert_identity_t *identity, ngx_uint_t i,
    ngx_uint_t *upns);
static void fuzz_extensions(X509 *cert,
    const ngx_auth_cert_identity_t *identity);
static void fuzz_serial(X509 *cert, const ngx_auth_cert_values_t *values);
static void fuzz_time(const ASN1_TIME *time, time_t value);
static void fuzz_spiffe(X509 *cert, const ngx_auth_cert_values_t *values);


void
fuzz_same_as_openssl(X509 *cert, const ngx_auth_cert_identity_t *identity)
{
    ngx_auth_cert_identity_need(identity, NGX_AUTH_CERT_PART_ALL);

    fuzz_check(!identity->spoilt);

    fuzz_name(X509_get_subject_name(cert), &identity->subject);
    fuzz_name(X509_get_issuer_name(cert), &identity->issuer);

    fuzz_names(cert, identity);
    fuzz_purposes(cert, &identity->eku);
    fuzz_policies(cert, &identity->policy);
    fuzz_extensions(cert, identity);

    fuzz_serial(cert, &identity->serial);
    fuzz_time(X509_get0_notBefore(cert), identity->not_before);
    fuzz_time(X509_get0_notAfter(cert), identity->not_after);
    fuzz_spiffe(cert, &identity->spiffe_id);
}


/* attributes one by one, with the number of their RDN */

static void
fuzz_name(X509_NAME *x509, const ngx_auth_cert_name_t *name)
{
    int          i, n;
    ngx_uint_t   unusable;

    n = X509_NAME_entry_count(x509);

    if (name->nattributes == 0 && name->values.unusable) {
        fuzz_check(name->values.nelts == 0 && name->text.len == 0);
        fuzz_check(fuzz_name_refused(x509));
        return;
    }

    fuzz_check(name->nattributes == (ngx_uint_t) n);

    unusable = 0;

    for (i = 0; i < n; i++) {
        fuzz_attribute(X509_NAME_get_entry(x509, i), &name->attributes[i]);

        if (name->attributes[i].value.data == NULL) {
            unusable = 1;
        }
    }

    fuzz_check(name->values.unusable == unusable);
    fuzz_check(name->values.nelts == (ngx_uint_t) (n && !unusable));

    fuzz_types(name);
}


static void
fuzz_attribute(X509_NAME_ENTRY *entry,
    const ngx_auth_cert_attribute_t *attribute)
{
    int                 len;
    u_char             *out;
    ngx_str_t           utf8;
    const ASN1_STRING  *string;

    fuzz_check(attribute->rdn == (ngx_uint_t) X509_NAME_ENTRY_set(entry));
    fuzz_oid(X509_NAME_ENTRY_get_object(entry), &attribute->oid);

    string = X509_NAME_ENTRY_get_data(entry);

    out = NULL;
    len = ASN1_STRING_to_UTF8(&out, string);

    if (len < 0) {
        fuzz_check(attribute->value.data == NULL);
        return;
    }

    utf8.data = out;
    utf8.len = len;

    if (attribute->value.data) {
        fuzz_check(attribute->value.len == utf8.len);
        fuzz_check(ngx_memcmp(attribute->value.data, utf8.data, utf8.len)
                   == 0);

    } else {
        fuzz_check((attribute->der.data[0] & V_ASN1_CONSTRUCTED)
                   || fuzz_text_refused(string, &utf8));
    }

    OPENSSL_free(out);
}


static ngx_uint_t
fuzz_text_refused(const ASN1_STRING *string, const ngx_str_t *utf8)
{
    int  i;

    /* a control character, or what is no UTF-8 */

    if (ngx_auth_cert_string_check(utf8) != NGX_OK) {
        return 1;
    }

    switch (ASN1_STRING_type(string)) {

    /* times are no text */

    case V_ASN1_UTCTIME:
    case V_ASN1_GENERALIZEDTIME:
        return 1;

    /* bytes that the type does not have; OpenSSL takes them for Latin-1 */

    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_VISIBLESTRING:

        for (i = 0; i < ASN1_STRING_length(string); i++) {
            if (ASN1_STRING_get0_data(string)[i] >= 0x80) {
                return 1;
            }
        }

        break;

    case V_ASN1_NUMERICSTRING:

        return strspn((const char *) utf8->data, "0123456789 ") < utf8->len;
    }

    return 0;
}


/* what a rule sees under a type: its usable values in order */

static void
fuzz_types(const ngx_auth_cert_name_t *name)
{
    ngx_str_t                        *value;
    ngx_uint_t                        i, j, n, unusable;
    const ngx_auth_cert_values_t     *values;
    const ngx_auth_cert_attribute_t  *one, *other;

    for (i = 0; i < name->nattributes && i < FUZZ_GROUPED; i++) {
        one = &name->attributes[i];
        values = ngx_auth_cert_oid_values(name->types, name->ntypes,
                                          &one->oid);
        n = 0;
        unusable = 0;

        for (j = 0; j < name->nattributes; j++) {
            other = &name->attributes[j];

            if (other->oid.len != one->oid.len
                || ngx_memcmp(other->oid.data, one->oid.data, one->oid.len)
                   != 0)
            {
                continue;
            }

            if (other->value.data == NULL) {
                unusable = 1;
                continue;
            }

            fuzz_check(n < values->nelts);
            value = &values->elts[n++];

            fuzz_check(value->len == other->value.len);
            fuzz_check(ngx_memcmp(value->data, other->value.data, value->len)
                       == 0);
        }

        fuzz_check(n == values->nelts && unusable == values->unusable);
    }
}


static ngx_uint_t
fuzz_name_refused(X509_NAME *x509)
{
    int            i, tag, class;
    long           size;
    size_t         len;
    const u_char  *p, *last;

    /* a type that is too long to be told */

    for (i = 0; i < X509_NAME_entry_count(x509); i++) {
        if (fuzz_oid_long(X509_NAME_ENTRY_get_object(
                                             X509_NAME_get_entry(x509, i))))
        {
            return 1;
        }
    }

    fuzz_check(X509_NAME_get0_der(x509, &p, &len) == 1);

    /* indefinite lengths */

    if (fuzz_not_der(p, len)) {
        return 1;
    }

    /* an RDN without attributes */

    last = p + len;
    (void) ASN1_get_object(&p, &size, &tag, &class, len);

    while (p < last) {
        (void) ASN1_get_object(&p, &size, &tag, &class, last - p);

        if (size == 0) {
            return 1;
        }

        p += size;
    }

    return 0;
}


static void
fuzz_purposes(X509 *cert, const ngx_auth_cert_values_t *values)
{
    int                   i, n, critical;
    EXTENDED_KEY_USAGE   *usage;
    const ASN1_OBJECT   **objects;

    usage = X509_get_ext_d2i(cert, NID_ext_key_usage, &critical, NULL);

    if (usage == NULL) {
        fuzz_check(values->nelts == 0);
        fuzz_check(values->unusable == (critical != -1));
        return;
    }

    n = sk_ASN1_OBJECT_num(usage);

    objects = OPENSSL_malloc((n + 1) * sizeof(ASN1_OBJECT *));
    fuzz_check(objects != NULL);

    for (i = 0; i < n; i++) {
        objects[i] = sk_ASN1_OBJECT_value(usage, i);
    }

    fuzz_oids(cert, NID_ext_key_usage, objects, n, values);

    OPENSSL_free(objects);
    EXTENDED_KEY_USAGE_free(usage);
}


static void
fuzz_policies(X509 *cert, const ngx_auth_cert_values_t *values)
{
    int                    i, n, qualified, critical;
    POLICYINFO            *policy;
    const ASN1_OBJECT    **objects;
    CERTIFICATEPOLICIES   *policies;

    policies = X509_get_ext_d2i(cert, NID_certificate_policies, &critical,
                                NULL);

    if (policies == NULL) {
        fuzz_check(values->nelts == 0);
        fuzz_check(values->unusable == (critical != -1));
        return;
    }

    n = sk_POLICYINFO_num(policies);

    objects = OPENSSL_malloc((n + 1) * sizeof(ASN1_OBJECT *));
    fuzz_check(objects != NULL);

    qualified = 0;

    for (i = 0; i < n; i++) {
        policy = sk_POLICYINFO_value(policies, i);
        objects[i] = policy->policyid;
        qualified += (policy->qualifiers != NULL);
    }

    /* more qualifiers than are read */

    if (qualified > FUZZ_QUALIFIED) {
        fuzz_check(values->unusable && values->nelts == 0);

    } else {
        fuzz_oids(cert, NID_certificate_policies, objects, n, values);
    }

    OPENSSL_free(objects);
    CERTIFICATEPOLICIES_free(policies);
}


static void
fuzz_oids(X509 *cert, int nid, const ASN1_OBJECT **objects, ngx_uint_t n,
    const ngx_auth_cert_values_t *values)
{
    ngx_uint_t  i, k, unusable;

    /* indefinite lengths, or bytes behind the sequence */

    if (values->unusable && values->nelts == 0
        && fuzz_extension_not_der(cert, nid))
    {
        return;
    }

    k = 0;
    unusable = 0;

    for (i = 0; i < n; i++) {

        /* too long to be told */

        if (fuzz_oid_long(objects[i])) {
            unusable = 1;
            continue;
        }

        fuzz_check(k < values->nelts);
        fuzz_oid(objects[i], &values->elts[k++]);
    }

    fuzz_check(k == values->nelts && unusable == values->unusable);
}


static ngx_uint_t
fuzz_oid_long(const ASN1_OBJECT *object)
{
    size_t         i, len, arc;
    const u_char  *p;

    p = OBJ_get0_data(object);
    len = OBJ_length(object);
    arc = 0;

    for (i = 0; i < len; i++) {

        if (++arc > FUZZ_OID_ARC) {
            return 1;
        }

        if (p[i] < 0x80) {
            arc = 0;
        }
    }

    return len > FUZZ_OID_SIZE;
}


static void
fuzz_oid(const ASN1_OBJECT *object, const ngx_str_t *oid)
{
    int   len;
    char  text[FUZZ_OID_TEXT];

    len = OBJ_obj2txt(text, sizeof(text), object, 1);

    fuzz_check(len > 0 && (size_t) len == oid->len);
    fuzz_check(ngx_memcmp(text, oid->data, len) == 0);
}


/*
 * Not one element, or, somewhere in it, an indefinite length, a tag or length
 * that is not the shortest, or a SEQUENCE or SET that is said to be primitive,
 * which OpenSSL does not look at
 */

static ngx_uint_t
fuzz_not_der(const u_char *p, size_t len)
{
    int            kind, tag, class;
    long           size;
    const u_char  *start, *last, *end;

    start = p;
    last = p + len;

    kind = ASN1_get_object(&p, &size, &tag, &class, len);

    if ((kind & 0x81) || p + size != last
        || last - start != ASN1_object_size(0, (int) size, tag))
    {
        return 1;
    }

    if (!(kind & V_ASN1_CONSTRUCTED)) {
        return class == V_ASN1_UNIVERSAL
               && (tag == V_ASN1_SEQUENCE || tag == V_ASN1_SET);
    }

    while (p < last) {
        end = p;

        kind = ASN1_get_object(&end, &size, &tag, &class, last - p);
        if (kind & 0x81) {
            return 1;
        }

        end += size;

        if (fuzz_not_der(p, end - p)) {
            return 1;
        }

        p = end;
    }

    return 0;
}


static ngx_uint_t
fuzz_extension_not_der(X509 *cert, int nid)
{
    const ASN1_STRING  *data;

    data = X509_EXTENSION_get_data(X509_get_ext(cert,
                                        X509_get_ext_by_NID(cert, nid, -1)));

    return fuzz_not_der(ASN1_STRING_get0_data(data),
                        ASN1_STRING_length(data));
}


/*
 * The alternative names are those that OpenSSL reads, byte for byte and in
 * its order; none are where it reads none.
 */

static void
fuzz_names(X509 *cert, const ngx_auth_cert_identity_t *identity)
{
    int                            j, critical;
    ngx_uint_t                     i, n;
    GENERAL_NAME                  *name;
    GENERAL_NAMES                 *names;
    const ngx_auth_cert_values_t  *values;

    static const int  types[] = { GEN_DNS, GEN_URI, GEN_EMAIL, GEN_IPADD };
    static const int  fields[] = { NGX_AUTH_CERT_SAN_DNS,
                                   NGX_AUTH_CERT_SAN_URI,
                                   NGX_AUTH_CERT_SAN_EMAIL,
                                   NGX_AUTH_CERT_SAN_IP };

    names = X509_get_ext_d2i(cert, NID_subject_alt_name, &critical, NULL);

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        values = &identity->san[fields[i]];

        if (names == NULL) {
            fuzz_check(values->nelts == 0);
            continue;
        }

        if (values->unusable) {
            continue;
        }

        n = 0;

        for (j = 0; j < sk_GENERAL_NAME_num(names); j++) {
            name = sk_GENERAL_NAME_value(names, j);

            if (name->type == types[i]) {
                fuzz_same(values, n++, name->d.ia5);
            }
        }

        fuzz_check(n == values->nelts);
    }

    if (names) {
        fuzz_structured(names, identity);
    }

    GENERAL_NAMES_free(names);
}


/* addresses as bytes, the others as text */

static void
fuzz_same(const ngx_auth_cert_values_t *values, ngx_uint_t i,
    const ASN1_STRING *string)
{
    const ngx_str_t  *value;

    fuzz_check(i < values->nelts);

    value = (ASN1_STRING_type(string) == V_ASN1_OCTET_STRING)
            ? &values->normals[i] : &values->elts[i];

    fuzz_check(value->len == (size_t) ASN1_STRING_length(string));
    fuzz_check(ngx_memcmp(value->data, ASN1_STRING_get0_data(string),
                          value->len)
               == 0);
}


/* none is lost: each is a value, or its field is unusable */

static void
fuzz_structured(GENERAL_NAMES *names,
    const ngx_auth_cert_identity_t *identity)
{
    int                            j;
    ngx_uint_t                     dirnames, rids, others, upns, lost;
    GENERAL_NAME                  *name;
    const ngx_auth_cert_values_t  *dirname, *rid, *upn;

    dirname = &identity->san[NGX_AUTH_CERT_SAN_DIRNAME];
    rid = &identity->san[NGX_AUTH_CERT_SAN_RID];
    upn = &identity->san[NGX_AUTH_CERT_SAN_UPN];

    dirnames = 0;
    rids = 0;
    others = 0;
    upns = 0;
    lost = 0;

    for (j = 0; j < sk_GENERAL_NAME_num(names); j++) {
        name = sk_GENERAL_NAME_value(names, j);

        switch (name->type) {

        case GEN_DIRNAME:
            dirnames++;
            break;

        case GEN_RID:

            if (!rid->unusable) {
                fuzz_check(rids < rid->nelts);
                fuzz_oid(name->d.registeredID, &rid->elts[rids]);
            }

            rids++;
            break;

        case GEN_OTHERNAME:

            if (identity->other_unusable && identity->nother == 0) {
                lost = 1;

            } else if (fuzz_other(name->d.otherName, identity, others, &upns)) {
                others++;
            }
        }
    }

    fuzz_check(dirname->unusable || dirname->nelts == dirnames);
    fuzz_check(rid->unusable || rid->nelts == rids);
    fuzz_check(lost || others == identity->nother);
    fuzz_check(upn->unusable || upn->nelts == upns);
}


/* 0 where its type is too long to be told */

static ngx_uint_t
fuzz_other(const OTHERNAME *other, const ngx_auth_cert_identity_t *identity,
    ngx_uint_t i, ngx_uint_t *upns)
{
    ngx_str_t                      text;
    const ASN1_STRING             *string;
    const ngx_auth_cert_values_t  *upn, *values;

    if (fuzz_oid_long(other->type_id)) {
        fuzz_check(identity->other_unusable);
        return 0;
    }

    fuzz_check(i < identity->nother);
    fuzz_oid(other->type_id, &identity->other[i].oid);

    values = ngx_auth_cert_oid_values(identity->other_types,
                                      identity->nother_types,
                                      &identity->other[i].oid);
    fuzz_check(values->nelts || values->unusable);

    if (OBJ_obj2nid(other->type_id) != NID_ms_upn) {
        return 1;
    }

    upn = &identity->san[NGX_AUTH_CERT_SAN_UPN];

    if (upn->unusable) {
        (*upns)++;
        return 1;
    }

    fuzz_check(other->value->type == V_ASN1_UTF8STRING);

    string = other->value->value.utf8string;

    text.data = (u_char *) ASN1_STRING_get0_data(string);
    text.len = ASN1_STRING_length(string);

    fuzz_check(ngx_auth_cert_string_check(&text) == NGX_OK);
    fuzz_check(*upns < upn->nelts);
    fuzz_check(upn->elts[*upns].len == text.len);
    fuzz_check(ngx_memcmp(upn->elts[*upns].data, text.data, text.len) == 0);

    (*upns)++;

    return 1;
}


/* each extension is a value under its OID, or unusable there */

static void
fuzz_extensions(X509 *cert, const ngx_auth_cert_identity_t *identity)
{
    int                            i, len;
    char                           text[FUZZ_OID_TEXT];
    ngx_str_t                      oid;
    const ASN1_OBJECT             *object;
    const ngx_auth_cert_values_t  *values;

    for (i = 0; i < X509_get_ext_count(cert); i++) {
        object = X509_EXTENSION_get_object(X509_get_ext(cert, i));

        if (fuzz_oid_long(object)) {
            fuzz_check(identity->extensions_unusable);
            continue;
        }

        len = OBJ_obj2txt(text, sizeof(text), object, 1);
        fuzz_check(len > 0);

        oid.data = (u_char *) text;
        oid.len = len;

        values = ngx_auth_cert_oid_values(identity->extensions,
                                          identity->nextensions, &oid);

        if (X509_get_ext_by_OBJ(cert, object, i) >= 0) {
            fuzz_check(values->unusable && values->nelts == 0);

        } else {
            fuzz_check(values->unusable == (values->nelts == 0));
        }
    }
}


/* the content of the DER, "-" before that of a negative one */

static void
fuzz_serial(X509 *cert, const ngx_auth_cert_values_t *values)
{
    char       *text;
    BIGNUM     *serial, *number, *span;
    ngx_str_t  *hex;

    fuzz_check(values->nelts == 1 && !values->unusable);

    hex = &values->elts[0];

    serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
    fuzz_check(serial != NULL);

    text = OPENSSL_strndup((char *) hex->data, hex->len);
    fuzz_check(text != NULL && hex->len > 0);

    fuzz_check((text[0] == '-') == BN_is_negative(serial));

    number = NULL;

    if (text[0] == '-') {

        /* two's complement: 256^n less what the bytes say */

        fuzz_check(BN_hex2bn(&number, text + 1) == (int) hex->len - 1);
        fuzz_check(hex->len % 2 == 1);

        span = BN_new();
        fuzz_check(span != NULL && BN_set_bit(span, 4 * (hex->len - 1)) == 1);
        fuzz_check(BN_sub(number, number, span) == 1);
        BN_free(span);

    } else {
        fuzz_check(BN_hex2bn(&number, text) == (int) hex->len);
        fuzz_check(hex->len % 2 == 0);
        fuzz_check(hex->len == 2 || text[0] != '0' || text[1] != '0');
    }

    fuzz_check(BN_cmp(number, serial) == 0);

    BN_free(number);
    BN_free(serial);
    OPENSSL_free(text);
}


static void
fuzz_time(const ASN1_TIME *time, time_t value)
{
    int         days, seconds;
    ASN1_TIME  *epoch;

    if (value == NGX_AUTH_CERT_NO_TIME) {
        fuzz_check(ASN1_TIME_check(time) != 1);
        return;
    }

    epoch = ASN1_TIME_set(NULL, 0);
    fuzz_check(epoch != NULL);

    fuzz_check(ASN1_TIME_diff(&days, &seconds, epoch, time) == 1);
    fuzz_check((time_t) days * 86400 + seconds == value);

    ASN1_TIME_free(epoch);
}


/* X.509-SVID, section 5.2: no certificate that may sign others has one */

static void
fuzz_spiffe(X509 *cert, const ngx_auth_cert_values_t *values)
{
    int                 critical;
    ASN1_BIT_STRING    *usage;
    BASIC_CONSTRAINTS  *constraints;

    fuzz_check(values->nelts <= 1 && !(values->nelts && values->unusable));

    if (values->nelts == 0) {
        return;
    }

    constraints = X509_get_ext_d2i(cert, NID_basic_constraints, &critical,
                                   NULL);
    fuzz_check(constraints != NULL || critical == -1);
    fuzz_check(constraints == NULL || !constraints->ca);
    BASIC_CONSTRAINTS_free(constraints);

    usage = X509_get_ext_d2i(cert, NID_key_usage, &critical, NULL);
    fuzz_check(usage != NULL || critical == -1);

    /* keyCertSign and cRLSign */

    fuzz_check(usage == NULL
               || (!ASN1_BIT_STRING_get_bit(usage, 5)
                   && !ASN1_BIT_STRING_get_bit(usage, 6)));
    ASN1_BIT_STRING_free(usage);
}
