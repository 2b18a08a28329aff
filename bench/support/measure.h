/* What a bench program reads of itself, and how it says it: one JSON object on standard output, which the suite
 * (bench/suite/) takes apart. */
#ifndef CARAVAN_BENCH_MEASURE_H
#define CARAVAN_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

/* CPU time of the calling thread, and of the whole process, in seconds. */
double measure_thread_seconds(void);
double measure_process_seconds(void);
/* Minor page faults of the calling thread so far. */
uint64_t measure_thread_faults(void);
/* The most memory that the process ever had, in bytes. */
uint64_t measure_peak_bytes(void);

/* `"name":[v,v,…]` to standard output, behind a comma. */
void measure_print_list(const char *name, const double *values, size_t count);

#endif
