/*
 * Preloaded into a tested nginx: the clock on the wall is ahead by the
 * seconds that stand in a file.
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>


static char  clock_file[4096];


/* nginx clears the environment of its workers */

__attribute__((constructor)) static void
clock_init(void)
{
    const char  *file;

    file = getenv("TEST_NGINX_CLOCK");

    if (file) {
        snprintf(clock_file, sizeof(clock_file), "%s", file);
    }
}


static long
clock_ahead(void)
{
    long   seconds;
    FILE  *file;

    seconds = 0;
    file = clock_file[0] ? fopen(clock_file, "r") : NULL;

    if (file) {
        if (fscanf(file, "%ld", &seconds) != 1) {
            seconds = 0;
        }

        fclose(file);
    }

    return seconds;
}


int
gettimeofday(struct timeval *tv, void *tz)
{
    long  rc;

    rc = syscall(SYS_gettimeofday, tv, tz);
    tv->tv_sec += clock_ahead();

    return (int) rc;
}


time_t
time(time_t *t)
{
    struct timeval  tv;

    gettimeofday(&tv, NULL);

    if (t) {
        *t = tv.tv_sec;
    }

    return tv.tv_sec;
}
