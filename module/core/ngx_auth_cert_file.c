
/*
 * Copyright (C) the ngx_auth_cert authors
 *
 * Files that are written in place while they are read: a part of the old one
 * may come with a part of the new one.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_auth_cert.h"


ngx_uint_t
ngx_auth_cert_file_same(ngx_fd_t fd, const ngx_file_info_t *before)
{
    ngx_file_info_t  now;

    return ngx_fd_info(fd, &now) != NGX_FILE_ERROR
           && now.st_size == before->st_size
           && now.st_mtim.tv_sec == before->st_mtim.tv_sec
           && now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}
