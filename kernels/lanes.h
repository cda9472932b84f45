#pragma once

namespace vigil::wide {

/// Eight doubles that the compiler keeps in as few registers as the processor allows. Every
/// operation is lane by lane, so the bits do not depend on the processor.
using Lanes = double __attribute__((vector_size(64)));

template <typename Body, typename... Arguments>
[[gnu::flatten]] double run_plain(Arguments... arguments)
{
    return Body::run(arguments...);
}

#if defined(__x86_64__)

template <typename Body, typename... Arguments>
[[gnu::flatten, gnu::target("avx512f,avx512dq,avx512vl")]] double run_512(Arguments... arguments)
{
    return Body::run(arguments...);
}
template <typename Body, typename... Arguments>
[[gnu::flatten, gnu::target("avx2")]] double run_256(Arguments... arguments)
{
    return Body::run(arguments...);
}

#endif

/// Calls Body::run(arguments...) compiled for the widest vectors that this processor has. Products
/// and sums are not fused, so that all give the same bits. Body is a class with a static, inlined
/// `run`.
template <typename Body, typename... Arguments>
double run_widest(Arguments... arguments)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        return run_512<Body>(arguments...);
    }
    if (__builtin_cpu_supports("avx2")) {
        return run_256<Body>(arguments...);
    }
#endif
    return run_plain<Body>(arguments...);
}

} // namespace vigil::wide
