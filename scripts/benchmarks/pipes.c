// What 512-bit operations cost on this processor: cycles for a group of independent ones.
//   gcc -O2 -march=x86-64-v4 scripts/benchmarks/pipes.c -o /tmp/pipes && /tmp/pipes
#include <stdio.h>
#include <time.h>

#define FOUR(op, a, b, c, d) op "%%zmm" #a "\n" op "%%zmm" #b "\n" op "%%zmm" #c "\n" op "%%zmm" #d "\n"
#define TWELVE(op) FOUR(op, 0, 1, 2, 3) FOUR(op, 4, 5, 6, 7) FOUR(op, 8, 9, 10, 11)
#define FUSED "vfmadd213pd %%zmm30, %%zmm31, "
#define PRODUCT "vpmuludq %%zmm30, %%zmm31, "
#define XOR "vpternlogq $0x96, %%zmm30, %%zmm31, "
#define SHIFT "vpsrlq $32, %%zmm31, "
#define ROOTS "vdivpd %%zmm30, %%zmm31, %%zmm28\nvsqrtpd %%zmm31, %%zmm29\n"
#define STEP FOUR(FUSED, 0, 1, 2, 3) FUSED "%%zmm4\n" FUSED "%%zmm5\n" \
    "vaddpd %%zmm30, %%zmm31, %%zmm6\nvpandq %%zmm30, %%zmm31, %%zmm7\n"
#define ALL "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm28", "xmm29"

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static double perSecond;

#define MEASURE(name, code, ...) do { \
    double best = 1e9; \
    for (int round = 0; round < 5; round++) { \
        double start = now(); \
        for (long k = 0; k < 4000000; k++) __asm__ volatile(code ::: __VA_ARGS__); \
        double taken = (now() - start) / 4e6; \
        if (taken < best) best = taken; \
    } \
    if (perSecond == 0) perSecond = 30 / best; \
    printf("%-40s %5.1f cycles\n", name, best * perSecond); \
} while (0)

int main(void) {
    // A chain of ten multiplications of three cycles gives the clock.
    MEASURE("ten dependent integer multiplications", "imul %%rax, %%rax\nimul %%rax, %%rax\nimul %%rax, %%rax\n"
        "imul %%rax, %%rax\nimul %%rax, %%rax\nimul %%rax, %%rax\nimul %%rax, %%rax\nimul %%rax, %%rax\n"
        "imul %%rax, %%rax\nimul %%rax, %%rax\n", "rax");
    MEASURE("12 fused", TWELVE(FUSED), ALL);
    MEASURE("12 products of 32 bits", TWELVE(PRODUCT), ALL);
    MEASURE("12 fused and 12 products", TWELVE(FUSED) TWELVE(PRODUCT), ALL);
    MEASURE("12 three-way xors", TWELVE(XOR), ALL);
    MEASURE("12 shifts", TWELVE(SHIFT), ALL);
    MEASURE("a division and a square root", ROOTS, ALL);
    MEASURE("the same and 12 fused", ROOTS TWELVE(FUSED), ALL);
    MEASURE("a step's 6 fused, addition and mask", STEP, ALL);
    printf("%.2f GHz\n", perSecond / 1e9);
}
