
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * The text of lists: how a file is read, and a line split into columns.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert_policy.h"


static ngx_int_t ngx_auth_cert_lines_read_fd(ngx_fd_t fd,
    const ngx_str_t *file, ngx_str_t *content, ngx_str_t *error);
static ngx_int_t ngx_auth_cert_lines_error(const ngx_str_t *file,
    ngx_str_t *error, const char *call, ngx_err_t err);
static char *ngx_auth_cert_lines_quoted(u_char **pos, u_char *last,
    ngx_str_t *column);


ngx_int_t
ngx_auth_cert_lines_read(const ngx_str_t *file, ngx_str_t *content,
    ngx_str_t *error)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;

    /* a FIFO must not block the start */

    fd = ngx_open_file(file->data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        return ngx_auth_cert_lines_error(file, error, ngx_open_file_n,
                                         ngx_errno);
    }

    rc = ngx_auth_cert_lines_read_fd(fd, file, content, error);

    (void) ngx_close_file(fd);

    return rc;
}


static ngx_int_t
ngx_auth_cert_lines_read_fd(ngx_fd_t fd, const ngx_str_t *file,
    ngx_str_t *content, ngx_str_t *error)
{
    u_char           *last;
    size_t            size;
    ssize_t           n;
    ngx_file_info_t   fi;

    last = error->data + error->len;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        return ngx_auth_cert_lines_error(file, error, ngx_fd_info_n,
                                         ngx_errno);
    }

    if (!ngx_is_file(&fi)) {
        error->len = ngx_slprintf(error->data, last,
                                  "list \"%V\" is not a regular file", file)
                     - error->data;
        return NGX_ERROR;
    }

    size = (size_t) ngx_file_size(&fi);

    content->data = ngx_alloc(size + 1, ngx_cycle->log);
    if (content->data == NULL) {
        return ngx_auth_cert_lines_error(file, error, "malloc()", ngx_errno);
    }

    content->len = 0;

    while (content->len < size) {

        n = ngx_read_fd(fd, content->data + content->len, size - content->len);

        if (n <= 0) {
            ngx_free(content->data);
            return ngx_auth_cert_lines_error(file, error, ngx_read_fd_n,
                                             (n < 0) ? ngx_errno : 0);
        }

        content->len += n;
    }

    /* a part of a text may lack the line that denies somebody */

    if (!ngx_auth_cert_file_same(fd, &fi)) {
        error->len = ngx_slprintf(error->data, last,
                                  "list \"%V\" has changed while being read",
                                  file)
                     - error->data;
        ngx_free(content->data);
        return NGX_ERROR;
    }

    if (ngx_strlchr(content->data, content->data + size, '\0')) {
        error->len = ngx_slprintf(error->data, last,
                                  "list \"%V\" holds a NUL byte, expected a "
                                  "text file in UTF-8", file)
                     - error->data;
        ngx_free(content->data);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_auth_cert_lines_error(const ngx_str_t *file, ngx_str_t *error,
    const char *call, ngx_err_t err)
{
    u_char  *p, *last;

    last = error->data + error->len;

    p = ngx_slprintf(error->data, last,
                     "cannot read list \"%V\", the file behind \"@\": "
                     "%s failed", file, call);

    if (err) {
        p = ngx_slprintf(p, last, " (%d: ", err);
        p = ngx_strerror(err, p, last - p);
        p = ngx_slprintf(p, last, ")");
    }

    error->len = p - error->data;

    return NGX_ERROR;
}


char *
ngx_auth_cert_lines_column(u_char **pos, u_char *last, ngx_str_t *column)
{
    u_char  *p;

    p = *pos;

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    if (p == last || *p == '#') {
        *pos = last;
        ngx_str_null(column);
        return NULL;
    }

    column->data = p;

    if (*p == '"') {
        return ngx_auth_cert_lines_quoted(pos, last, column);
    }

    while (p < last && *p != ' ' && *p != '\t') {

        if (*p < ' ' || *p == 0x7f) {
            column->len = p - column->data;
            return "a control character follows";
        }

        p++;
    }

    column->len = p - column->data;
    *pos = p;

    return NULL;
}


/* the escapes \" and \\ are undone in place; other backslashes stay */

static char *
ngx_auth_cert_lines_quoted(u_char **pos, u_char *last, ngx_str_t *column)
{
    u_char  *p, *to;

    p = column->data + 1;
    to = p;

    column->len = last - column->data;

    for ( /* void */ ; p < last && *p != '"'; p++) {

        if (*p < ' ' || *p == 0x7f) {
            return "a control character is in it";
        }

        if (*p == '\\' && last - p > 1 && (p[1] == '"' || p[1] == '\\')) {
            p++;
        }

        *to++ = *p;
    }

    if (p == last) {
        return "the closing quote is missing";
    }

    p++;

    if (p < last && *p != ' ' && *p != '\t') {
        return "a space is missing after the closing quote";
    }

    column->data++;
    column->len = to - column->data;

    *pos = p;

    return NULL;
}
