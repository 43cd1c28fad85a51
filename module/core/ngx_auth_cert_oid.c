
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Object identifiers: their dotted form, their names, and values grouped by
 * them.
 */


#include "ngx_auth_cert.h"


/*
 * Longer ones are no legitimate OIDs (RFC 2578, section 3.5), and to convert
 * them takes quadratic time (CVE-2023-2650).  A byte of the encoding makes
 * at most four characters, the first one two arcs.
 */
#define NGX_AUTH_CERT_OID_SIZE  586
#define NGX_AUTH_CERT_OID_TEXT  (4 * NGX_AUTH_CERT_OID_SIZE + 8)

/* longer than any name that OpenSSL knows */
#define NGX_AUTH_CERT_OID_NAME  128


typedef struct {
    const char                       *name;
    int                               nid;
} ngx_auth_cert_oid_name_t;


static u_char *ngx_auth_cert_oid_arc(u_char *p, uint64_t arc);
static ngx_int_t ngx_auth_cert_oid_big(ngx_pool_t *pool,
    const ngx_str_t *bytes, ngx_str_t *oid);
static int ngx_auth_cert_oid_nid(const char *name);
static ngx_uint_t ngx_auth_cert_oid_dotted(const ngx_str_t *text);
static int ngx_libc_cdecl ngx_auth_cert_oid_pair_cmp(const void *one,
    const void *two);
static ngx_int_t ngx_auth_cert_oid_cmp(const ngx_str_t *one,
    const ngx_str_t *two);


/*
 * Names of attribute types in any case, as RFC 4514, section 2.3 demands;
 * they go before OpenSSL's own, where "uid" is not RFC 4519's.
 */

static const ngx_auth_cert_oid_name_t  ngx_auth_cert_oid_names[] = {
    { "CN", NID_commonName },
    { "O", NID_organizationName },
    { "OU", NID_organizationalUnitName },
    { "C", NID_countryName },
    { "ST", NID_stateOrProvinceName },
    { "L", NID_localityName },
    { "DC", NID_domainComponent },
    { "UID", NID_userId },
    { "emailAddress", NID_pkcs9_emailAddress },
    { "serialNumber", NID_serialNumber },
    { "street", NID_streetAddress },
    { "SN", NID_surname },
    { "GN", NID_givenName },
    { "initials", NID_initials },
    { "title", NID_title },
    { "name", NID_name },
    { "description", NID_description },
    { "dnQualifier", NID_dnQualifier },
    { "generationQualifier", NID_generationQualifier },
    { "pseudonym", NID_pseudonym },
    { "role", NID_role },
    { "mail", NID_rfc822Mailbox },
    { "postalCode", NID_postalCode },
    { "postalAddress", NID_postalAddress },
    { "telephoneNumber", NID_telephoneNumber },
    { "businessCategory", NID_businessCategory },
    { "organizationIdentifier", NID_organizationIdentifier },
    { "houseIdentifier", NID_houseIdentifier },
    { "x500UniqueIdentifier", NID_x500UniqueIdentifier },
    { "unstructuredName", NID_pkcs9_unstructuredName },
    { "unstructuredAddress", NID_pkcs9_unstructuredAddress },
    { "jurisdictionC", NID_jurisdictionCountryName },
    { "jurisdictionST", NID_jurisdictionStateOrProvinceName },
    { "jurisdictionL", NID_jurisdictionLocalityName },

    { "E", NID_pkcs9_emailAddress },
    { "email", NID_pkcs9_emailAddress },
    { "S", NID_stateOrProvinceName },
    { "G", NID_givenName },
    { "T", NID_title },
    { "userId", NID_userId },

    { NULL, NID_undef }
};


static const ngx_auth_cert_values_t  ngx_auth_cert_oid_no_values;


ngx_int_t
ngx_auth_cert_oid_bytes(ngx_pool_t *pool, const ngx_str_t *bytes,
    ngx_str_t *oid)
{
    u_char         text[NGX_AUTH_CERT_OID_TEXT], *last;
    uint64_t       arc;
    ngx_uint_t     first;
    const u_char  *p, *end;

    ngx_str_null(oid);

    p = bytes->data;
    end = p + bytes->len;

    /* X.690, section 8.19.2: the last byte of an arc has no high bit */

    if (p == end || (end[-1] & 0x80)) {
        return NGX_ABORT;
    }

    if (bytes->len > NGX_AUTH_CERT_OID_SIZE) {
        return NGX_DECLINED;
    }

    last = text;

    while (p < end) {
        first = (p == bytes->data);

        if (*p == 0x80) {
            return NGX_ABORT;
        }

        arc = *p & 0x7f;

        while (*p++ & 0x80) {

            if (arc >> (64 - 7)) {
                return ngx_auth_cert_oid_big(pool, bytes, oid);
            }

            arc = (arc << 7) | (*p & 0x7f);
        }

        if (first) {

            /* section 8.19.4: the first two are one */

            *last++ = (arc < 80) ? (u_char) ('0' + arc / 40) : '2';
            arc = (arc < 80) ? arc % 40 : arc - 80;
        }

        *last++ = '.';
        last = ngx_auth_cert_oid_arc(last, arc);
    }

    oid->data = ngx_pnalloc(pool, last - text);
    if (oid->data == NULL) {
        return NGX_ERROR;
    }

    oid->len = last - text;
    ngx_memcpy(oid->data, text, oid->len);

    return NGX_OK;
}


/* faster than ngx_sprintf(), of which a hostile certificate needs many */

static u_char *
ngx_auth_cert_oid_arc(u_char *p, uint64_t arc)
{
    u_char  digits[NGX_INT64_LEN], *first;

    first = digits + sizeof(digits);

    do {
        *--first = (u_char) ('0' + arc % 10);
        arc /= 10;
    } while (arc);

    return ngx_cpymem(p, first, digits + sizeof(digits) - first);
}


/* arcs of more than 64 bits, such as UUIDs below 2.25 */

static ngx_int_t
ngx_auth_cert_oid_big(ngx_pool_t *pool, const ngx_str_t *bytes,
    ngx_str_t *oid)
{
    int            len;
    char           text[NGX_AUTH_CERT_OID_TEXT];
    u_char         der[4 + NGX_AUTH_CERT_OID_SIZE], *end;
    ASN1_OBJECT   *object;
    const u_char  *p;

    end = der;
    ASN1_put_object(&end, 0, (int) bytes->len, V_ASN1_OBJECT,
                    V_ASN1_UNIVERSAL);
    end = ngx_cpymem(end, bytes->data, bytes->len);

    p = der;

    object = d2i_ASN1_OBJECT(NULL, &p, end - der);
    if (object == NULL) {
        return NGX_ABORT;
    }

    len = OBJ_obj2txt(text, sizeof(text), object, 1);

    ASN1_OBJECT_free(object);

    if (len <= 0 || len >= (int) sizeof(text)) {
        return NGX_DECLINED;
    }

    oid->data = ngx_pnalloc(pool, len);
    if (oid->data == NULL) {
        return NGX_ERROR;
    }

    oid->len = len;
    ngx_memcpy(oid->data, text, len);

    return NGX_OK;
}


ngx_int_t
ngx_auth_cert_oid_text(ngx_pool_t *pool, const ASN1_OBJECT *object,
    ngx_str_t *oid)
{
    ngx_int_t  rc;
    ngx_str_t  bytes;

    ngx_str_null(oid);

    if (object == NULL) {
        return NGX_DECLINED;
    }

    bytes.data = (u_char *) OBJ_get0_data(object);
    bytes.len = OBJ_length(object);

    rc = ngx_auth_cert_oid_bytes(pool, &bytes, oid);

    return (rc == NGX_ABORT) ? NGX_DECLINED : rc;
}


void
ngx_auth_cert_oid_name(const ASN1_OBJECT *object, ngx_str_t *name)
{
    int          nid;
    const char  *p, *text;

    ngx_str_null(name);

    nid = OBJ_obj2nid(object);
    if (nid == NID_undef) {
        return;
    }

    text = OBJ_nid2sn(nid);
    if (text == NULL || (text[0] | 0x20) < 'a' || (text[0] | 0x20) > 'z') {
        return;
    }

    /* RFC 4512, section 1.4: keystring */

    for (p = text; *p; p++) {
        if (!((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
            && !(*p >= '0' && *p <= '9') && *p != '-')
        {
            return;
        }
    }

    /* a name that is read as another type must not be written */

    if (ngx_auth_cert_oid_nid(text) != nid) {
        return;
    }

    name->data = (u_char *) text;
    name->len = p - text;
}


static int
ngx_auth_cert_oid_nid(const char *name)
{
    int                              nid;
    const ngx_auth_cert_oid_name_t  *row;

    for (row = ngx_auth_cert_oid_names; row->name; row++) {
        if (ngx_strcasecmp((u_char *) row->name, (u_char *) name) == 0) {
            return row->nid;
        }
    }

    nid = OBJ_sn2nid(name);

    return (nid != NID_undef) ? nid : OBJ_ln2nid(name);
}


ngx_int_t
ngx_auth_cert_oid_find(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *oid)
{
    int   nid;
    char  name[NGX_AUTH_CERT_OID_NAME];

    if (text->len && text->data[0] >= '0' && text->data[0] <= '9') {
        *oid = *text;
        return ngx_auth_cert_oid_dotted(text) ? NGX_OK : NGX_DECLINED;
    }

    ngx_str_null(oid);

    if (text->len == 0 || text->len >= sizeof(name)
        || ngx_strlchr(text->data, text->data + text->len, '\0') != NULL)
    {
        return NGX_DECLINED;
    }

    ngx_memcpy(name, text->data, text->len);
    name[text->len] = '\0';

    nid = ngx_auth_cert_oid_nid(name);
    if (nid == NID_undef) {
        return NGX_DECLINED;
    }

    return ngx_auth_cert_oid_text(pool, OBJ_nid2obj(nid), oid);
}


/* a dotted OID as OBJ_obj2txt() would write it */

static ngx_uint_t
ngx_auth_cert_oid_dotted(const ngx_str_t *text)
{
    u_char      *p, *last, *arc;
    ngx_uint_t   arcs;

    p = text->data;
    last = p + text->len;

    if (text->len < 3 || p[0] > '2' || p[1] != '.') {
        return 0;
    }

    for (arcs = 0; /* void */ ; arcs++) {
        arc = p;

        while (p < last && *p >= '0' && *p <= '9') {
            p++;
        }

        if (p == arc || (*arc == '0' && p - arc > 1)) {
            return 0;
        }

        /* below 0 and 1 there are 40 arcs */

        if (arcs == 1 && text->data[0] < '2'
            && (p - arc > 2 || (p - arc == 2 && *arc > '3')))
        {
            return 0;
        }

        if (p == last) {
            return arcs > 0;
        }

        if (*p++ != '.') {
            return 0;
        }
    }
}


ngx_int_t
ngx_auth_cert_oid_group(ngx_pool_t *pool, ngx_auth_cert_oid_pair_t *pairs,
    ngx_uint_t n, ngx_auth_cert_oid_values_t **groups, ngx_uint_t *ngroups)
{
    ngx_str_t                   *value;
    ngx_uint_t                   i;
    ngx_auth_cert_oid_values_t  *group;

    *groups = NULL;
    *ngroups = 0;

    if (n == 0) {
        return NGX_OK;
    }

    value = ngx_palloc(pool, n * sizeof(ngx_str_t));
    if (value == NULL) {
        return NGX_ERROR;
    }

    group = ngx_pcalloc(pool, n * sizeof(ngx_auth_cert_oid_values_t));
    if (group == NULL) {
        return NGX_ERROR;
    }

    *groups = group;

    ngx_qsort(pairs, n, sizeof(ngx_auth_cert_oid_pair_t),
              ngx_auth_cert_oid_pair_cmp);

    for (i = 0; i < n; i++) {

        if (i == 0
            || ngx_auth_cert_oid_cmp(&pairs[i - 1].oid, &pairs[i].oid) != 0)
        {
            group = *groups + (*ngroups)++;
            group->oid = pairs[i].oid;
            group->values.elts = value;
        }

        if (pairs[i].value.data == NULL) {
            group->values.unusable = 1;
            continue;
        }

        *value++ = pairs[i].value;
        group->values.nelts++;
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_auth_cert_oid_pair_cmp(const void *one, const void *two)
{
    ngx_int_t                        rc;
    const ngx_auth_cert_oid_pair_t  *first, *second;

    first = one;
    second = two;

    rc = ngx_auth_cert_oid_cmp(&first->oid, &second->oid);

    if (rc == 0) {
        rc = (first->order < second->order) ? -1 : 1;
    }

    return (int) rc;
}


static ngx_int_t
ngx_auth_cert_oid_cmp(const ngx_str_t *one, const ngx_str_t *two)
{
    return ngx_memn2cmp(one->data, two->data, one->len, two->len);
}


const ngx_auth_cert_values_t *
ngx_auth_cert_oid_values(const ngx_auth_cert_oid_values_t *groups,
    ngx_uint_t ngroups, const ngx_str_t *oid)
{
    ngx_int_t   rc;
    ngx_uint_t  low, high, middle;

    low = 0;
    high = ngroups;

    while (low < high) {
        middle = low + (high - low) / 2;

        rc = ngx_auth_cert_oid_cmp(oid, &groups[middle].oid);

        if (rc == 0) {
            return &groups[middle].values;
        }

        if (rc < 0) {
            high = middle;

        } else {
            low = middle + 1;
        }
    }

    return &ngx_auth_cert_oid_no_values;
}
