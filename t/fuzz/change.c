
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * CRL files that are others when they are read for the second time: what was
 * measured of the first one has to be enough for what is written of it.
 */


#include "fuzz.h"


/* what the file becomes, and where its index is */

typedef struct {
    const u_char  *data;
    size_t         len;
    void          *memory;
} fuzz_change_t;


static void *fuzz_alloc(size_t size, void *data);


/* the length of the first file in two octets, then both */

int
LLVMFuzzerTestOneInput(const u_char *data, size_t len)
{
    size_t                size;
    u_char                buf[1024];
    ngx_str_t             error;
    fuzz_change_t         change;
    ngx_auth_cert_crl_t  *crl;

    fuzz_init();

    if (len < 2) {
        return 0;
    }

    size = ngx_min((size_t) ((data[0] << 8) | data[1]), len - 2);

    change.data = data + 2 + size;
    change.len = len - 2 - size;
    change.memory = NULL;

    error.data = buf;
    error.len = sizeof(buf);

    if (ngx_auth_cert_crl_load(fuzz_file(data + 2, size), fuzz_alloc, &change,
                               &crl, &error)
        != NGX_OK)
    {
        fuzz_check(error.len > 0 && error.len <= sizeof(buf));
    }

    ngx_free(change.memory);
    ERR_clear_error();

    return 0;
}


/* comes between the two readings */

static void *
fuzz_alloc(size_t size, void *data)
{
    fuzz_change_t *change = data;

    fuzz_check(change->memory == NULL);

    change->memory = ngx_alloc(size, &fuzz_log);

    (void) fuzz_file(change->data, change->len);

    return change->memory;
}
