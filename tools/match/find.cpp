#include "tools/match/find.h"

#include "libgeo/parallel.h"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>

namespace vigil::tools {

namespace {

/// The number of a case for its random numbers: made of its name, so that the answer does not depend on which
/// other cases the file holds, nor on the order of its rows.
///
/// source   Fowler, Noll & Vo, FNV-1a with 64 bits (IETF draft-eastlake-fnv)
std::uint64_t item_of(const std::string& case_id)
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : case_id) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return hash;
}

} // namespace

std::vector<CaseMatch> match_cases(const MatchNetwork& network, const SightingCases& cases,
                                   const Progress& progress)
{
    // Long cases first, so that none is left over for one thread at the end.
    std::vector<std::size_t> by_size(cases.cases());
    std::iota(by_size.begin(), by_size.end(), std::size_t{0});
    const auto size = [&](std::size_t c) {
        return cases.case_begin[c + 1] - cases.case_begin[c];
    };
    std::stable_sort(by_size.begin(), by_size.end(),
                     [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
    std::vector<CaseMatch> found(cases.cases());
    tbb::enumerable_thread_specific<Matcher> matchers([&] { return Matcher(network); });
    SharedProgress done(progress, cases.sightings.size());
    parallel_chunks(by_size.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const std::size_t c = by_size[i];
            found[c] = matchers.local().match(
                std::span(cases.sightings).subspan(cases.case_begin[c], size(c)), item_of(cases.case_id[c]));
            done.add(size(c));
        }
    });
    return found;
}

} // namespace vigil::tools
