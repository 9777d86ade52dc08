// Drawing normals with MKL VSL by ICDF and doing nothing else: each thread fills a buffer that stays in its nearest cache.
// Usage: mkl GENERATOR THREADS SECONDS; prints million normals per second.
#include <mkl_vsl.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc != 4) return fprintf(stderr, "usage: mkl sfmt19937|philox4x32x10|ars5 THREADS SECONDS\n"), 64;
    const int generator = !strcmp(argv[1], "sfmt19937") ? VSL_BRNG_SFMT19937
        : !strcmp(argv[1], "ars5") ? VSL_BRNG_ARS5 : VSL_BRNG_PHILOX4X32X10;
    const int threads = atoi(argv[2]);
    const double seconds = atof(argv[3]);
    double total = 0;
    #pragma omp parallel num_threads(threads) reduction(+ : total)
    {
        enum { count = 2048 };
        double *buffer = NULL;
        if (posix_memalign((void **)&buffer, 64, count * sizeof *buffer)) exit(1);
        VSLStreamStatePtr stream;
        if (vslNewStream(&stream, generator, 77 + omp_get_thread_num()) != VSL_STATUS_OK) exit(1);
        vdRngGaussian(VSL_RNG_METHOD_GAUSSIAN_ICDF, stream, count, buffer, 0, 1);
        const double began = omp_get_wtime();
        double elapsed, work = 0;
        do {
            for (int k = 0; k < 100; ++k) vdRngGaussian(VSL_RNG_METHOD_GAUSSIAN_ICDF, stream, count, buffer, 0, 1);
            work += 100.0 * count;
            elapsed = omp_get_wtime() - began;
        } while (elapsed < seconds);
        total += work / elapsed;
        vslDeleteStream(&stream);
        free(buffer);
    }
    printf("%.1f\n", total / 1e6);
}
