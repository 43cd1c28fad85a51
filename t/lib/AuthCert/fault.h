/*
 * Faults in a tested nginx: the allocator, fault.c, and what the module
 * calls, calls.c.
 */

#ifndef _FAULT_H_INCLUDED_
#define _FAULT_H_INCLUDED_


#define FAULT_NAME  40


enum {
    FAULT_MALLOC = 0,           /* any allocation of the process */
    FAULT_POOL,                 /* one that the module asks nginx for */
    FAULT_CALL,                 /* another call of the module */
    FAULT_COPY,                 /* where the module copies something */
    FAULT_INNER,                /* an allocation in what the module calls */
    FAULT_READ,                 /* a call of the module that reads a file */
    FAULT_REWIND,               /* or goes back to its start */
    FAULT_KINDS
};


/*
 * 1 where the call, or allocation, of that name has to fail; sets errno.  The
 * process may die here instead, or stop until it is told to go on, or a file
 * may change.
 */
int fault_now(int kind, const char *name);

/* the time as a clock tells it that goes on every so often, if one is set */
struct timespec;
void fault_tick(struct timespec *time);

/*
 * Around what the module calls: the first one has the name of what is called,
 * and returns what the second one needs; which is told whether the call failed.
 */
const char *fault_enter(const char *name);
void fault_leave(const char *outer, int failed);


#endif /* _FAULT_H_INCLUDED_ */
