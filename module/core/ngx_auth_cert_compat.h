
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Every condition on a version of nginx, OpenSSL or PCRE stands here, with
 * its reason; nothing else does.
 */


#ifndef _NGX_AUTH_CERT_COMPAT_H_INCLUDED_
#define _NGX_AUTH_CERT_COMPAT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


#if (nginx_version < 1022000)
#error auth_cert needs nginx 1.22.0 or newer
#endif

#if (OPENSSL_VERSION_NUMBER < 0x30000000L)
#error auth_cert needs OpenSSL 3.0 or newer
#endif


/* "listen ... quic" came with HTTP/3, in 1.25.0 */

#if (NGX_HTTP_V3)
#define ngx_auth_cert_listen_tls(opt)  ((opt)->ssl || (opt)->quic)
#else
#define ngx_auth_cert_listen_tls(opt)  ((opt)->ssl)
#endif


/* since 1.23.0 request headers of one name are linked on demand */

#if (nginx_version >= 1023000)
#define ngx_auth_cert_header_unlink(h)   (h)->next = NULL
#define ngx_auth_cert_headers_relink(r)  (r)->headers_in.multi_linked = 0
#else
#define ngx_auth_cert_header_unlink(h)
#define ngx_auth_cert_headers_relink(r)
#endif


/* of Linux, the clock that its file systems have their times of */

#ifdef CLOCK_REALTIME_COARSE
#define ngx_auth_cert_clock  CLOCK_REALTIME_COARSE
#else
#define ngx_auth_cert_clock  CLOCK_REALTIME
#endif


#endif /* _NGX_AUTH_CERT_COMPAT_H_INCLUDED_ */
