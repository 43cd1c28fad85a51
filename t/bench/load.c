
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The load of "make bench": TLS 1.3 clients, one after another on one
 * thread, that present a certificate.
 *
 * usage: load MODE PORT CERT KEY COUNT [SECONDS]
 *
 *     full     a full handshake and a request for each
 *     resume   a resumed handshake and a request for each
 *     offer    the same, but a session that is not resumed is no failure
 *     keep     requests on one connection
 *     any      as full, whatever the server makes of it
 *     again    as resume, whatever the server makes of it
 *
 * CERT may name several files, separated by commas, which take turns (each
 * holds its key, too, if KEY is "-").  It stops after COUNT, or SECONDS if
 * they are over first, and prints
 *
 *     done failed seconds median max        (the last two in microseconds)
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>


#define CONTEXTS  4096

#define REQUEST   "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


static SSL_CTX      *contexts[CONTEXTS];
static int           ncontexts;
static SSL_SESSION  *session;
static int           port;


static void
die(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}


static double
now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec + ts.tv_nsec / 1e9;
}


static int
new_session(SSL *ssl, SSL_SESSION *s)
{
    SSL_SESSION_free(session);
    session = s;

    return 1;
}


static void
add_context(const char *cert, const char *key)
{
    SSL_CTX  *ctx;

    ctx = SSL_CTX_new(TLS_client_method());

    if (ctx == NULL
        || SSL_CTX_use_certificate_chain_file(ctx, cert) != 1
        || SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
    {
        die(cert);
    }

    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT
                                        |SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, new_session);

    contexts[ncontexts++] = ctx;
}


static SSL *
open_connection(SSL_CTX *ctx, int resume)
{
    int                 fd, on;
    SSL                *ssl;
    struct sockaddr_in  sin;

    memset(&sin, 0, sizeof(sin));

    sin.sin_family = AF_INET;
    sin.sin_port = htons(port);
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1 || connect(fd, (struct sockaddr *) &sin, sizeof(sin)) == -1) {
        die("connect() failed");
    }

    on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    ssl = SSL_new(ctx);

    if (ssl == NULL || SSL_set_fd(ssl, fd) != 1
        || SSL_set_tlsext_host_name(ssl, "localhost") != 1)
    {
        die("SSL_new() failed");
    }

    SSL_set_connect_state(ssl);

    if (resume && session && SSL_set_session(ssl, session) != 1) {
        die("SSL_set_session() failed");
    }

    return ssl;
}


static void
close_connection(SSL *ssl)
{
    int  fd;

    fd = SSL_get_fd(ssl);

    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN|SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl);
    close(fd);
}


/* 1 where the answer is 200; an answer without a body follows "Length: 0" */

static int
request(SSL *ssl)
{
    int    n, len, body;
    char   buf[8192], *end, *length;

    if (SSL_write(ssl, REQUEST, sizeof(REQUEST) - 1) <= 0) {
        return 0;
    }

    len = 0;
    body = -1;

    while (len < (int) sizeof(buf) - 1) {

        n = SSL_read(ssl, buf + len, sizeof(buf) - 1 - len);

        if (n <= 0) {
            return 0;
        }

        len += n;
        buf[len] = '\0';

        end = strstr(buf, "\r\n\r\n");

        if (end && body == -1) {
            length = strstr(buf, "Content-Length: ");
            body = length ? atoi(length + 16) : 0;
        }

        if (end && len >= end + 4 - buf + body) {
            return strncmp(buf, "HTTP/1.1 200", 12) == 0;
        }
    }

    return 0;
}


static int
once(const char *mode, int i, SSL **kept)
{
    int   ok, any, again, resume;
    SSL  *ssl;

    if (strcmp(mode, "keep") == 0) {

        if (*kept == NULL) {
            *kept = open_connection(contexts[0], 0);
        }

        return request(*kept);
    }

    resume = (strcmp(mode, "resume") == 0);

    again = (strcmp(mode, "again") == 0);
    any = (again || strcmp(mode, "any") == 0);

    ssl = open_connection(contexts[i % ncontexts],
                          resume || again || strcmp(mode, "offer") == 0);
    ok = request(ssl) || any;

    if (resume && i > 0 && !SSL_session_reused(ssl)) {
        ok = 0;
    }

    close_connection(ssl);

    return ok;
}


static int
compare(const void *one, const void *two)
{
    double  a = *(const double *) one, b = *(const double *) two;

    return (a > b) - (a < b);
}


int
main(int argc, char **argv)
{
    int      i, count, ok, failed;
    SSL     *kept;
    char    *cert, *next;
    double  *took, start, from, seconds;

    if (argc < 6) {
        die("usage: load MODE PORT CERT KEY COUNT [SECONDS]");
    }

    signal(SIGPIPE, SIG_IGN);

    port = atoi(argv[2]);
    count = atoi(argv[5]);
    seconds = argc > 6 ? atof(argv[6]) : 1e9;

    for (cert = argv[3]; cert && ncontexts < CONTEXTS; cert = next) {
        next = strchr(cert, ',');

        if (next) {
            *next++ = '\0';
        }

        add_context(cert, strcmp(argv[4], "-") ? argv[4] : cert);
    }

    took = calloc(count + 1, sizeof(double));
    if (took == NULL) {
        die("no memory");
    }

    kept = NULL;
    ok = 0;
    failed = 0;
    start = now();

    for (i = 0; i < count && now() - start < seconds; i++) {
        from = now();

        if (once(argv[1], i, &kept)) {
            took[ok++] = now() - from;

        } else {
            failed++;

            if (kept) {
                close_connection(kept);
                kept = NULL;
            }
        }
    }

    seconds = now() - start;

    qsort(took, ok, sizeof(double), compare);

    printf("%d %d %.6f %.0f %.0f\n", ok, failed, seconds,
           took[ok / 2] * 1e6, ok ? took[ok - 1] * 1e6 : 0);

    return 0;
}
