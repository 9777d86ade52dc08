#ifndef SAMSWEEP_LANE_OPERATIONS_H
#define SAMSWEEP_LANE_OPERATIONS_H

/* Arithmetic on vectors, an instruction or two each.
 *
 * The standard library's generic vector operators are spelt out lane by lane, which the optimiser has to carry through all of its
 * passes until the code generator finds the vector in them again: some twenty times the work for the same instructions. Swift sees
 * these types as SIMD8<Double>, SIMD8<Int64>, SIMD8<UInt64>, SIMD16<Float> and SIMD16<UInt32>; Kernels/Lanes/LaneOperators.swift has
 * operators for them. They are inlined into each build of the kernels with that one's instructions; nothing is shared. Each operation
 * is rounded by itself as IEEE 754 says, the fused one once.
 */

typedef double samsweep_doubles __attribute__((ext_vector_type(8)));
typedef long long samsweep_mask __attribute__((ext_vector_type(8)));
typedef unsigned long long samsweep_words __attribute__((ext_vector_type(8)));
typedef float samsweep_floats __attribute__((ext_vector_type(16)));
typedef unsigned int samsweep_half_words __attribute__((ext_vector_type(16)));
typedef int samsweep_half_mask __attribute__((ext_vector_type(16)));

#define SAMSWEEP_INLINED static inline __attribute__((always_inline, const))
#define SAMSWEEP_FLOATING(KIND, TYPE, MASK)                                                                                    \
    SAMSWEEP_INLINED TYPE samsweep_add_##KIND(TYPE a, TYPE b) { return a + b; }                                                \
    SAMSWEEP_INLINED TYPE samsweep_subtract_##KIND(TYPE a, TYPE b) { return a - b; }                                           \
    SAMSWEEP_INLINED TYPE samsweep_multiply_##KIND(TYPE a, TYPE b) { return a * b; }                                           \
    SAMSWEEP_INLINED TYPE samsweep_divide_##KIND(TYPE a, TYPE b) { return a / b; }                                             \
    /* a b + c, rounded once. */                                                                                               \
    SAMSWEEP_INLINED TYPE samsweep_fused_##KIND(TYPE a, TYPE b, TYPE c) { return __builtin_elementwise_fma(a, b, c); }         \
    SAMSWEEP_INLINED TYPE samsweep_root_##KIND(TYPE a) { return __builtin_elementwise_sqrt(a); }                               \
    /* `a` where the mask is set, else `b`. */                                                                                 \
    SAMSWEEP_INLINED TYPE samsweep_choose_##KIND(MASK mask, TYPE a, TYPE b) { return mask ? a : b; }
#define SAMSWEEP_BITS(KIND, TYPE)                                                                                              \
    SAMSWEEP_INLINED TYPE samsweep_and_##KIND(TYPE a, TYPE b) { return a & b; }                                                \
    SAMSWEEP_INLINED TYPE samsweep_or_##KIND(TYPE a, TYPE b) { return a | b; }                                                 \
    SAMSWEEP_INLINED TYPE samsweep_xor_##KIND(TYPE a, TYPE b) { return a ^ b; }                                                \
    SAMSWEEP_INLINED TYPE samsweep_not_##KIND(TYPE a) { return ~a; }
#define SAMSWEEP_INTEGERS(KIND, TYPE, BITS)                                                                                    \
    SAMSWEEP_BITS(KIND, TYPE)                                                                                                  \
    SAMSWEEP_INLINED TYPE samsweep_add_##KIND(TYPE a, TYPE b) { return a + b; }                                                \
    SAMSWEEP_INLINED TYPE samsweep_subtract_##KIND(TYPE a, TYPE b) { return a - b; }                                           \
    SAMSWEEP_INLINED TYPE samsweep_multiply_##KIND(TYPE a, TYPE b) { return a * b; }                                           \
    /* By a number of bits modulo BITS. */                                                                                     \
    SAMSWEEP_INLINED TYPE samsweep_left_##KIND(TYPE a, TYPE b) { return a << (b & (BITS - 1)); }                               \
    SAMSWEEP_INLINED TYPE samsweep_right_##KIND(TYPE a, TYPE b) { return a >> (b & (BITS - 1)); }

#pragma STDC FP_CONTRACT OFF
SAMSWEEP_FLOATING(doubles, samsweep_doubles, samsweep_mask)
SAMSWEEP_FLOATING(floats, samsweep_floats, samsweep_half_mask)
SAMSWEEP_INTEGERS(words, samsweep_words, 64)
SAMSWEEP_INTEGERS(half_words, samsweep_half_words, 32)
SAMSWEEP_BITS(mask, samsweep_mask)

/* Of all lanes together. */
SAMSWEEP_INLINED long long samsweep_all(samsweep_mask mask) { return __builtin_reduce_and(mask); }
SAMSWEEP_INLINED long long samsweep_any(samsweep_mask mask) { return __builtin_reduce_or(mask); }

#undef SAMSWEEP_INTEGERS
#undef SAMSWEEP_BITS
#undef SAMSWEEP_FLOATING
#undef SAMSWEEP_INLINED

#endif
