
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Object identifiers: their dotted form, their names, and values grouped by
 * them.
 */


#include "ngx_auth_cert.h"


/*
 * Longer ones are no legitimate OIDs (RFC 2578, section 3.5).  A byte of the
 * encoding makes at most four characters, the first one two arcs.
 */
#define NGX_AUTH_CERT_OID_SIZE    586
#define NGX_AUTH_CERT_OID_TEXT    (4 * NGX_AUTH_CERT_OID_SIZE + 8)

/*
 * Bytes of an arc: more than the 128 bits of a UUID below 2.25.  To convert
 * arcs takes quadratic time (CVE-2023-2650), so they are not as long as OIDs.
 */
#define NGX_AUTH_CERT_OID_ARC     20

/* the largest power of ten that times 128 fits into 64 bits; three: 140 bits */
#define NGX_AUTH_CERT_OID_LIMB         100000000000000000ULL
#define NGX_AUTH_CERT_OID_LIMB_DIGITS  17
#define NGX_AUTH_CERT_OID_LIMBS        3

/* longer than any name that OpenSSL knows */
#define NGX_AUTH_CERT_OID_NAME    128


typedef struct {
    const char                       *name;
    int                               nid;
} ngx_auth_cert_oid_name_t;


static ngx_int_t ngx_auth_cert_oid_check(const ngx_str_t *bytes);
static u_char *ngx_auth_cert_oid_arc(u_char *p, const u_char *arc,
    const u_char *end, ngx_uint_t first);
static ngx_uint_t ngx_auth_cert_oid_root(uint64_t *limbs, ngx_uint_t *n);
static u_char *ngx_auth_cert_oid_digits(u_char *p, uint64_t number,
    ngx_uint_t least);
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


/* the text is written from its end on, as decimal digits are found */

ngx_int_t
ngx_auth_cert_oid_bytes(ngx_pool_t *pool, const ngx_str_t *bytes,
    ngx_str_t *oid)
{
    u_char         text[NGX_AUTH_CERT_OID_TEXT], *first, *last;
    ngx_int_t      rc;
    const u_char  *p, *end;

    ngx_str_null(oid);

    rc = ngx_auth_cert_oid_check(bytes);
    if (rc != NGX_OK) {
        return rc;
    }

    last = text + sizeof(text);
    first = last;

    p = bytes->data + bytes->len;

    while (p > bytes->data) {
        end = p;

        do {
            p--;
        } while (p > bytes->data && (p[-1] & 0x80));

        if (end - p == 1 && p > bytes->data) {

            /* most are that small; a hostile certificate has many of them */

            first = ngx_auth_cert_oid_digits(first, *p, 1);
            *--first = '.';
            continue;
        }

        first = ngx_auth_cert_oid_arc(first, p, end, p == bytes->data);
    }

    oid->data = ngx_pnalloc(pool, last - first);
    if (oid->data == NULL) {
        return NGX_ERROR;
    }

    oid->len = last - first;
    ngx_memcpy(oid->data, first, oid->len);

    return NGX_OK;
}


/*
 * X.690, section 8.19.2: the first byte of an arc is not 0x80, and its last
 * one has no high bit.  What is none is that also where it is too long.
 */

static ngx_int_t
ngx_auth_cert_oid_check(const ngx_str_t *bytes)
{
    size_t     i, size;
    ngx_int_t  rc;

    rc = (bytes->len > NGX_AUTH_CERT_OID_SIZE) ? NGX_DONE : NGX_OK;
    size = 0;

    for (i = 0; i < bytes->len; i++) {

        if (size == 0 && bytes->data[i] == 0x80) {
            return NGX_DECLINED;
        }

        if (++size > NGX_AUTH_CERT_OID_ARC) {
            rc = NGX_DONE;
        }

        if ((bytes->data[i] & 0x80) == 0) {
            size = 0;
        }
    }

    return (bytes->len == 0 || size) ? NGX_DECLINED : rc;
}


/*
 * Writes "." and an arc before p; the first one is two, as X.690, section
 * 8.19.4 has it.  OpenSSL would take ten times as long for a large one.
 */

static u_char *
ngx_auth_cert_oid_arc(u_char *p, const u_char *arc, const u_char *end,
    ngx_uint_t first)
{
    uint64_t    carry, limbs[NGX_AUTH_CERT_OID_LIMBS];
    ngx_uint_t  i, n, root;

    limbs[0] = 0;
    n = 1;
    root = 0;

    for ( /* void */ ; arc < end; arc++) {
        carry = *arc & 0x7f;

        for (i = 0; i < n; i++) {
            carry += limbs[i] << 7;
            limbs[i] = carry % NGX_AUTH_CERT_OID_LIMB;
            carry /= NGX_AUTH_CERT_OID_LIMB;
        }

        if (carry) {
            limbs[n++] = carry;
        }
    }

    if (first) {
        root = ngx_auth_cert_oid_root(limbs, &n);
    }

    for (i = 0; i < n - 1; i++) {
        p = ngx_auth_cert_oid_digits(p, limbs[i],
                                     NGX_AUTH_CERT_OID_LIMB_DIGITS);
    }

    p = ngx_auth_cert_oid_digits(p, limbs[i], 1);
    *--p = '.';

    if (first) {
        *--p = (u_char) ('0' + root);
    }

    return p;
}


/* takes 40 times the first arc off, below which 0 and 1 have 40 arcs */

static ngx_uint_t
ngx_auth_cert_oid_root(uint64_t *limbs, ngx_uint_t *n)
{
    uint64_t    rest;
    ngx_uint_t  i, root;

    root = (*n > 1 || limbs[0] >= 80) ? 2 : limbs[0] / 40;
    rest = 40 * root;

    for (i = 0; i < *n; i++) {

        if (limbs[i] >= rest) {
            limbs[i] -= rest;
            break;
        }

        limbs[i] += NGX_AUTH_CERT_OID_LIMB - rest;
        rest = 1;
    }

    if (*n > 1 && limbs[*n - 1] == 0) {
        (*n)--;
    }

    return root;
}


/* so many decimal digits before p, or more */

static u_char *
ngx_auth_cert_oid_digits(u_char *p, uint64_t number, ngx_uint_t least)
{
    u_char  *first;

    first = p - least;

    while (number || p > first) {
        *--p = (u_char) ('0' + number % 10);
        number /= 10;
    }

    return p;
}


ngx_int_t
ngx_auth_cert_oid_text(ngx_pool_t *pool, const ASN1_OBJECT *object,
    ngx_str_t *oid)
{
    ngx_int_t  rc;
    ngx_str_t  bytes;

    bytes.data = (u_char *) OBJ_get0_data(object);
    bytes.len = OBJ_length(object);

    rc = ngx_auth_cert_oid_bytes(pool, &bytes, oid);

    return (rc == NGX_DONE) ? NGX_DECLINED : rc;
}


void
ngx_auth_cert_oid_name(const ngx_str_t *der, ngx_str_t *name)
{
    int            nid;
    const char    *p, *text;
    ASN1_OBJECT   *object;
    const u_char  *data;

    ngx_str_null(name);

    data = der->data;

    object = d2i_ASN1_OBJECT(NULL, &data, (long) der->len);
    nid = object ? OBJ_obj2nid(object) : NID_undef;

    ASN1_OBJECT_free(object);

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
