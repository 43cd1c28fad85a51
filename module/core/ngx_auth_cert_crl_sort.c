
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Sorted arrays of numbers of a fixed width: sorting in place, look-up.
 */


#include "ngx_auth_cert_crl.h"


/* below this, insertion costs less than 256 buckets */
#define NGX_AUTH_CERT_CRL_SORT_FEW   32

/* numbers after which an event loop on the same processor may run */
#define NGX_AUTH_CERT_CRL_SORT_STEP  16384


static ngx_inline void ngx_auth_cert_crl_sort_pause(ngx_uint_t n);
static ngx_uint_t ngx_auth_cert_crl_sort_done(const u_char *base,
    ngx_uint_t n, size_t width);
static void ngx_auth_cert_crl_sort_radix(u_char *base, ngx_uint_t n,
    size_t width, size_t depth);
static void ngx_auth_cert_crl_sort_bounds(const u_char *base, ngx_uint_t n,
    size_t width, size_t depth, uint32_t *next, uint32_t *end);
static void ngx_auth_cert_crl_sort_permute(u_char *base, size_t width,
    size_t depth, uint32_t *next, const uint32_t *end);
static void ngx_auth_cert_crl_sort_insert(u_char *base, ngx_uint_t n,
    size_t width);


void
ngx_auth_cert_crl_sort(u_char *base, ngx_uint_t n, size_t width)
{
    if (!ngx_auth_cert_crl_sort_done(base, n, width)) {
        ngx_auth_cert_crl_sort_radix(base, n, width, 0);
    }
}


/* n counts from 1: few numbers are sorted without */

static ngx_inline void
ngx_auth_cert_crl_sort_pause(ngx_uint_t n)
{
    if (n % NGX_AUTH_CERT_CRL_SORT_STEP == 0) {
        ngx_sched_yield();
    }
}


static ngx_uint_t
ngx_auth_cert_crl_sort_done(const u_char *base, ngx_uint_t n, size_t width)
{
    ngx_uint_t  i;

    for (i = 1; i < n; i++) {
        if (ngx_memcmp(base + (i - 1) * width, base + i * width, width) > 0) {
            return 0;
        }

        ngx_auth_cert_crl_sort_pause(i);
    }

    return 1;
}


/*
 * American flag sort by the byte at depth: at most width passes over all
 * numbers, whatever they are, and 2 KB of stack for each.
 */

static void
ngx_auth_cert_crl_sort_radix(u_char *base, ngx_uint_t n, size_t width,
    size_t depth)
{
    uint32_t    next[256], end[256], start;
    ngx_uint_t  i;

    if (n < NGX_AUTH_CERT_CRL_SORT_FEW) {
        ngx_auth_cert_crl_sort_insert(base, n, width);
        return;
    }

    if (depth == width) {
        return;
    }

    ngx_auth_cert_crl_sort_bounds(base, n, width, depth, next, end);
    ngx_auth_cert_crl_sort_permute(base, width, depth, next, end);

    start = 0;

    for (i = 0; i < 256; i++) {
        if (end[i] - start > 1) {
            ngx_auth_cert_crl_sort_radix(base + start * width, end[i] - start,
                                         width, depth + 1);
        }

        start = end[i];
    }
}


static void
ngx_auth_cert_crl_sort_bounds(const u_char *base, ngx_uint_t n, size_t width,
    size_t depth, uint32_t *next, uint32_t *end)
{
    uint32_t    sum;
    ngx_uint_t  i;

    ngx_memzero(end, 256 * sizeof(uint32_t));

    for (i = 0; i < n; i++) {
        end[base[i * width + depth]]++;
        ngx_auth_cert_crl_sort_pause(i + 1);
    }

    sum = 0;

    for (i = 0; i < 256; i++) {
        next[i] = sum;
        sum += end[i];
        end[i] = sum;
    }
}


static void
ngx_auth_cert_crl_sort_permute(u_char *base, size_t width, size_t depth,
    uint32_t *next, const uint32_t *end)
{
    u_char      *from, *to, swap[NGX_AUTH_CERT_CRL_NUMBER];
    ngx_uint_t   i, byte, moved;

    moved = 0;

    for (i = 0; i < 256; i++) {

        while (next[i] < end[i]) {
            from = base + next[i] * width;
            byte = from[depth];

            if (byte == i) {
                next[i]++;
                continue;
            }

            to = base + next[byte]++ * width;

            ngx_memcpy(swap, to, width);
            ngx_memcpy(to, from, width);
            ngx_memcpy(from, swap, width);

            ngx_auth_cert_crl_sort_pause(++moved);
        }
    }
}


static void
ngx_auth_cert_crl_sort_insert(u_char *base, ngx_uint_t n, size_t width)
{
    u_char      *p, number[NGX_AUTH_CERT_CRL_NUMBER];
    ngx_uint_t   i;

    for (i = 1; i < n; i++) {
        p = base + i * width;
        ngx_memcpy(number, p, width);

        while (p > base && ngx_memcmp(p - width, number, width) > 0) {
            ngx_memcpy(p, p - width, width);
            p -= width;
        }

        ngx_memcpy(p, number, width);
    }
}


ngx_uint_t
ngx_auth_cert_crl_sort_find(const u_char *base, ngx_uint_t n, size_t width,
    const u_char *number)
{
    ngx_int_t   rc;
    ngx_uint_t  low, high, middle;

    low = 0;
    high = n;

    while (low < high) {
        middle = low + (high - low) / 2;

        rc = ngx_memcmp(number, base + middle * width, width);

        if (rc == 0) {
            return 1;
        }

        if (rc < 0) {
            high = middle;

        } else {
            low = middle + 1;
        }
    }

    return 0;
}
