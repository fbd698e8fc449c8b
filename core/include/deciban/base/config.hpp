// First include of every file of the core: floating-point contraction off (a * b + c keeps both roundings, so that
// every compiler and every CPU gives the same bits; a -f flag in Makevars would be a warning of R CMD check).
#pragma once

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

#if defined(__FAST_MATH__)
#error "deciban promises equal bits: do not compile it with -ffast-math"
#endif
