#include "support/measure.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static double seconds_of(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double measure_thread_seconds(void) {
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

double measure_process_seconds(void) {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t measure_thread_faults(void) {
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (uint64_t)usage.ru_minflt;
}

uint64_t measure_peak_bytes(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_maxrss * 1024;
}

void measure_print_list(const char *name, const double *values, size_t count) {
    printf(",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        printf("%s%.9g", i > 0 ? "," : "", values[i]);
    }
    printf("]");
}
