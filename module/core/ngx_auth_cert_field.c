
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Fields and selectors: what a rule can ask of a certificate, by name.
 */


#include "ngx_auth_cert.h"


#define NGX_AUTH_CERT_FIELD_KNOWN                                             \
    "expected subject, subject.CN, issuer, issuer.CN (or another attribute "  \
    "type), san.dns, san.uri, san.email, san.ip, san.upn, san.dirname, "      \
    "san.rid, san.other.OID, serial, fingerprint, spki, eku, policy, "        \
    "ext.OID, spiffe_id, trust, ca or a $variable"


static const ngx_auth_cert_field_t *ngx_auth_cert_field_find(
    const ngx_str_t *text, ngx_str_t *argument);
static char *ngx_auth_cert_field_argument(ngx_conf_t *cf,
    const ngx_auth_cert_field_t *field, ngx_str_t *name, ngx_str_t *oid);
static char *ngx_auth_cert_field_variable(ngx_conf_t *cf,
    const ngx_auth_cert_front_t *front, ngx_str_t *text, void **variable);
static const ngx_auth_cert_identity_t *ngx_auth_cert_field_identity(
    const ngx_auth_cert_principal_t *principal, ngx_uint_t parts);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_attribute(
    const ngx_auth_cert_name_t *name, const ngx_str_t *oid);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_san(
    const ngx_auth_cert_principal_t *principal, ngx_auth_cert_san_e type);

static const ngx_auth_cert_values_t *ngx_auth_cert_field_subject(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_subject_attribute(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_issuer(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_issuer_attribute(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_dns(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_uri(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_email(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_ip(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_upn(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_dirname(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_rid(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_other(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_serial(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_fingerprint(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_spki(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_eku(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_policy(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_extension(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_spiffe_id(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_trust(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);
static const ngx_auth_cert_values_t *ngx_auth_cert_field_ca(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument);


/* a name that ends in "." takes an OID or its name as the argument */

static const ngx_auth_cert_field_t  ngx_auth_cert_fields[] = {
    { ngx_string("subject"), NGX_AUTH_CERT_TYPE_NAME,
      ngx_auth_cert_field_subject, 1 },
    { ngx_string("subject."), NGX_AUTH_CERT_TYPE_TEXT,
      ngx_auth_cert_field_subject_attribute, 0 },
    { ngx_string("issuer"), NGX_AUTH_CERT_TYPE_NAME,
      ngx_auth_cert_field_issuer, 1 },
    { ngx_string("issuer."), NGX_AUTH_CERT_TYPE_TEXT,
      ngx_auth_cert_field_issuer_attribute, 0 },
    { ngx_string("san.dns"), NGX_AUTH_CERT_TYPE_DNS,
      ngx_auth_cert_field_dns, 0 },
    { ngx_string("san.uri"), NGX_AUTH_CERT_TYPE_URI,
      ngx_auth_cert_field_uri, 0 },
    { ngx_string("san.email"), NGX_AUTH_CERT_TYPE_EMAIL,
      ngx_auth_cert_field_email, 0 },
    { ngx_string("san.ip"), NGX_AUTH_CERT_TYPE_IP,
      ngx_auth_cert_field_ip, 0 },
    { ngx_string("san.upn"), NGX_AUTH_CERT_TYPE_TEXT,
      ngx_auth_cert_field_upn, 0 },
    { ngx_string("san.dirname"), NGX_AUTH_CERT_TYPE_NAME,
      ngx_auth_cert_field_dirname, 0 },
    { ngx_string("san.rid"), NGX_AUTH_CERT_TYPE_OID,
      ngx_auth_cert_field_rid, 0 },
    { ngx_string("san.other."), NGX_AUTH_CERT_TYPE_ANY,
      ngx_auth_cert_field_other, 0 },
    { ngx_string("serial"), NGX_AUTH_CERT_TYPE_SERIAL,
      ngx_auth_cert_field_serial, 1 },
    { ngx_string("fingerprint"), NGX_AUTH_CERT_TYPE_DIGEST,
      ngx_auth_cert_field_fingerprint, 1 },
    { ngx_string("spki"), NGX_AUTH_CERT_TYPE_DIGEST,
      ngx_auth_cert_field_spki, 1 },
    { ngx_string("eku"), NGX_AUTH_CERT_TYPE_OID,
      ngx_auth_cert_field_eku, 0 },
    { ngx_string("policy"), NGX_AUTH_CERT_TYPE_OID,
      ngx_auth_cert_field_policy, 0 },
    { ngx_string("ext."), NGX_AUTH_CERT_TYPE_ANY,
      ngx_auth_cert_field_extension, 0 },
    { ngx_string("spiffe_id"), NGX_AUTH_CERT_TYPE_SPIFFE,
      ngx_auth_cert_field_spiffe_id, 1 },
    { ngx_string("trust"), NGX_AUTH_CERT_TYPE_TEXT,
      ngx_auth_cert_field_trust, 1 },
    { ngx_string("ca"), NGX_AUTH_CERT_TYPE_DIGEST,
      ngx_auth_cert_field_ca, 1 },
    { ngx_string("$"), NGX_AUTH_CERT_TYPE_VARIABLE,
      NULL, 1 },
    { ngx_null_string, 0, NULL, 0 }
};


static char  ngx_auth_cert_field_name[] =
    "invalid variable, expected one such as $name or ${name}, and nothing else "
    "before the operator";


/* the certificate of a client without one */

static const ngx_auth_cert_identity_t  ngx_auth_cert_field_nobody;


/* where it is not known what stands under an OID */

static const ngx_auth_cert_values_t  ngx_auth_cert_field_unusable = {
    NULL, NULL, 0, 1
};


char *
ngx_auth_cert_field_selector(ngx_conf_t *cf,
    const ngx_auth_cert_front_t *front, ngx_str_t *text,
    ngx_auth_cert_selector_t *selector)
{
    ngx_str_t  argument;

    ngx_memzero(selector, sizeof(ngx_auth_cert_selector_t));

    selector->text = *text;

    selector->field = ngx_auth_cert_field_find(text, &argument);

    if (selector->field == NULL) {
        return "unknown selector, " NGX_AUTH_CERT_FIELD_KNOWN;
    }

    if (selector->field->type == NGX_AUTH_CERT_TYPE_VARIABLE) {
        return ngx_auth_cert_field_variable(cf, front, text,
                                            &selector->variable);
    }

    if (argument.data == NULL) {
        return NULL;
    }

    return ngx_auth_cert_field_argument(cf, selector->field, &argument,
                                        &selector->argument);
}


static const ngx_auth_cert_field_t *
ngx_auth_cert_field_find(const ngx_str_t *text, ngx_str_t *argument)
{
    ngx_uint_t                    prefix;
    const ngx_str_t              *name;
    const ngx_auth_cert_field_t  *row;

    ngx_str_null(argument);

    for (row = ngx_auth_cert_fields; row->name.len; row++) {
        name = &row->name;

        if (text->len < name->len
            || ngx_memcmp(text->data, name->data, name->len) != 0)
        {
            continue;
        }

        prefix = (name->data[name->len - 1] == '.');

        if (prefix) {
            argument->data = text->data + name->len;
            argument->len = text->len - name->len;
        }

        if (prefix || row->values == NULL || text->len == name->len) {
            return row;
        }
    }

    return NULL;
}


static char *
ngx_auth_cert_field_argument(ngx_conf_t *cf,
    const ngx_auth_cert_field_t *field, ngx_str_t *name, ngx_str_t *oid)
{
    ngx_int_t  rc;

    rc = ngx_auth_cert_oid_find(cf->pool, name, oid);

    if (rc == NGX_OK) {
        return NULL;
    }

    if (rc == NGX_ERROR) {
        return "no memory";
    }

    if (field->values == ngx_auth_cert_field_subject_attribute
        || field->values == ngx_auth_cert_field_issuer_attribute)
    {
        return "unknown attribute type, expected an OpenSSL short name such "
               "as CN, O, OU, C, ST, L, DC, UID, serialNumber, emailAddress, "
               "or a dotted OID such as 2.5.4.3";
    }

    return "unknown object identifier, expected a dotted OID such as "
           "1.3.6.1.4.1.311.20.2.3, or an OpenSSL short name";
}


static char *
ngx_auth_cert_field_variable(ngx_conf_t *cf,
    const ngx_auth_cert_front_t *front, ngx_str_t *text, void **variable)
{
    u_char  *p, *last;

    p = text->data + 1;
    last = text->data + text->len;

    if (last - p > 2 && *p == '{' && last[-1] == '}') {
        p++;
        last--;
    }

    if (p == last) {
        return ngx_auth_cert_field_name;
    }

    for ( /* void */ ; p < last; p++) {
        if (!(*p >= '0' && *p <= '9') && *p != '_'
            && !((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'))
        {
            return ngx_auth_cert_field_name;
        }
    }

    if (front->compile(cf, text, variable) != NGX_OK) {
        return "invalid variable";
    }

    return NULL;
}


static const ngx_auth_cert_identity_t *
ngx_auth_cert_field_identity(const ngx_auth_cert_principal_t *principal,
    ngx_uint_t parts)
{
    if (principal->identity == NULL) {
        return &ngx_auth_cert_field_nobody;
    }

    ngx_auth_cert_identity_need(principal->identity, parts);

    return principal->identity;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_attribute(const ngx_auth_cert_name_t *name,
    const ngx_str_t *oid)
{
    if (name->nattributes == 0 && name->values.unusable) {
        return &ngx_auth_cert_field_unusable;
    }

    return ngx_auth_cert_oid_values(name->types, name->ntypes, oid);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_san(const ngx_auth_cert_principal_t *principal,
    ngx_auth_cert_san_e type)
{
    return &ngx_auth_cert_field_identity(principal, NGX_AUTH_CERT_PART_SAN)
            ->san[type];
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_subject(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &ngx_auth_cert_field_identity(principal, NGX_AUTH_CERT_PART_SUBJECT)
            ->subject.values;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_subject_attribute(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument)
{
    const ngx_auth_cert_identity_t  *identity;

    identity = ngx_auth_cert_field_identity(principal,
                                            NGX_AUTH_CERT_PART_SUBJECT);

    return ngx_auth_cert_field_attribute(&identity->subject, argument);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_issuer(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &ngx_auth_cert_field_identity(principal, NGX_AUTH_CERT_PART_ISSUER)
            ->issuer.values;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_issuer_attribute(
    const ngx_auth_cert_principal_t *principal, const ngx_str_t *argument)
{
    const ngx_auth_cert_identity_t  *identity;

    identity = ngx_auth_cert_field_identity(principal,
                                            NGX_AUTH_CERT_PART_ISSUER);

    return ngx_auth_cert_field_attribute(&identity->issuer, argument);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_dns(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return ngx_auth_cert_field_san(principal, NGX_AUTH_CERT_SAN_DNS);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_uri(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return ngx_auth_cert_field_san(principal, NGX_AUTH_CERT_SAN_URI);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_email(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return ngx_auth_cert_field_san(principal, NGX_AUTH_CERT_SAN_EMAIL);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_ip(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return ngx_auth_cert_field_san(principal, NGX_AUTH_CERT_SAN_IP);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_upn(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return ngx_auth_cert_field_san(principal, NGX_AUTH_CERT_SAN_UPN);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_dirname(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return ngx_auth_cert_field_san(principal, NGX_AUTH_CERT_SAN_DIRNAME);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_rid(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return ngx_auth_cert_field_san(principal, NGX_AUTH_CERT_SAN_RID);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_other(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    const ngx_auth_cert_identity_t  *identity;

    identity = ngx_auth_cert_field_identity(principal,
                                            NGX_AUTH_CERT_PART_SAN);

    if (identity->other_unusable) {
        return &ngx_auth_cert_field_unusable;
    }

    return ngx_auth_cert_oid_values(identity->other_types,
                                    identity->nother_types, argument);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_serial(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &ngx_auth_cert_field_identity(principal, NGX_AUTH_CERT_PART_SERIAL)
            ->serial;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_fingerprint(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &ngx_auth_cert_field_identity(principal,
                                         NGX_AUTH_CERT_PART_FINGERPRINT)
            ->fingerprint;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_spki(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &ngx_auth_cert_field_identity(principal, NGX_AUTH_CERT_PART_SPKI)
            ->spki;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_eku(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &ngx_auth_cert_field_identity(principal, NGX_AUTH_CERT_PART_EKU)
            ->eku;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_policy(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &ngx_auth_cert_field_identity(principal, NGX_AUTH_CERT_PART_POLICY)
            ->policy;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_extension(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    const ngx_auth_cert_identity_t  *identity;

    identity = ngx_auth_cert_field_identity(principal,
                                            NGX_AUTH_CERT_PART_EXTENSIONS);

    if (identity->extensions_unusable) {
        return &ngx_auth_cert_field_unusable;
    }

    return ngx_auth_cert_oid_values(identity->extensions,
                                    identity->nextensions, argument);
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_spiffe_id(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &ngx_auth_cert_field_identity(principal, NGX_AUTH_CERT_PART_SPIFFE)
            ->spiffe_id;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_trust(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &principal->trust;
}


static const ngx_auth_cert_values_t *
ngx_auth_cert_field_ca(const ngx_auth_cert_principal_t *principal,
    const ngx_str_t *argument)
{
    return &principal->ca;
}
