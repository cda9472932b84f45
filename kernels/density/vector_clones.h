#pragma once

/// Compiles a function twice, for AVX2 and for any machine, and takes the better one when the program starts.
/// AVX2 without FMA: the same bits on both. The thread sanitizer cannot run what chooses between them (it is
/// called before the sanitizer is ready), so there the function is compiled once.
#if defined(__SANITIZE_THREAD__) || !defined(__x86_64__) || !defined(__gnu_linux__)
#define VIGIL_VECTOR_CLONES
#else
#define VIGIL_VECTOR_CLONES [[gnu::target_clones("avx2", "default")]]
#endif
