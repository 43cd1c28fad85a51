/*
 * Linked into the nginx of asan.sh: what UBSan finds goes to a file of the
 * process.  UBSan itself would write it to nginx's error log, as log_path is
 * for ASan alone where gcc links the libraries of both.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>


/* of libubsan */

void __ubsan_get_current_report_data(const char **kind, const char **message,
    const char **file, unsigned *line, unsigned *column, char **address);
void __ubsan_on_report(void);


static char  undefined_path[4096];


/* nginx clears the environment of its workers */

__attribute__((constructor)) static void
undefined_init(void)
{
    const char  *path;

    path = getenv("UBSAN_REPORTS");

    if (path) {
        snprintf(undefined_path, sizeof(undefined_path), "%s", path);
    }
}


void
__ubsan_on_report(void)
{
    int          fd;
    char        *address, path[4200];
    unsigned     line, column;
    const char  *kind, *message, *file;

    if (!undefined_path[0]) {
        return;
    }

    __ubsan_get_current_report_data(&kind, &message, &file, &line, &column,
                                    &address);

    snprintf(path, sizeof(path), "%s.%d", undefined_path, (int) getpid());

    fd = open(path, O_WRONLY|O_APPEND|O_CREAT, 0644);

    if (fd != -1) {
        dprintf(fd, "%s:%u:%u: %s: %s\n", file, line, column, kind, message);
        close(fd);
    }
}
