#include "libgeo/csv.h"

#include "libgeo/error.h"

#include <algorithm>
#include <bit>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace vigil {

namespace {

/// The first `mark` or line end from p on, or end.
const char* first_of(const char* p, const char* end, char mark)
{
#ifdef __SSE2__
    const __m128i marks = _mm_set1_epi8(mark);
    const __m128i feeds = _mm_set1_epi8('\n');
    const __m128i returns = _mm_set1_epi8('\r');
    for (; end - p >= 16; p += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        const __m128i hits =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, marks),
                         _mm_or_si128(_mm_cmpeq_epi8(bytes, feeds), _mm_cmpeq_epi8(bytes, returns)));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits));
        if (mask != 0) {
            return p + std::countr_zero(mask);
        }
    }
#endif
    while (p != end && *p != mark && *p != '\n' && *p != '\r') {
        ++p;
    }
    return p;
}

} // namespace

CsvScanner::CsvScanner(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

void CsvScanner::add(std::string_view field)
{
    if (fields_.size() <= most_fields) {
        fields_.push_back(field);
    }
}

/// Passes the line end at `at_`, if there is one.
void CsvScanner::end_line()
{
    if (at_ >= text_.size()) {
        return;
    }
    at_ += text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n' ? 2U : 1U;
    ++next_line_;
}

/// Passes blank lines; false at the end of the text.
bool CsvScanner::blank_lines()
{
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
        end_line();
    }
    return at_ < text_.size();
}

bool CsvScanner::next()
{
    fields_.clear();
    doubled_used_ = 0;
    fault_ = CsvFault::none;
    if (!blank_lines()) {
        raw_ = {};
        return false;
    }
    begin_ = at_;
    line_ = next_line_;
    for (;;) {
        if (at_ < text_.size() && text_[at_] == '"') {
            if (!quoted_field()) {
                fault_ = CsvFault::misquoted;
                cut_at_line_end();
                return true;
            }
        } else {
            unquoted_field();
        }
        if (at_ >= text_.size() || text_[at_] != delimiter_) {
            break;
        }
        ++at_;
    }
    raw_ = text_.substr(begin_, at_ - begin_);
    if (raw_.size() > longest_field) {
        const auto is_long = [](std::string_view field) {
            return field.size() > longest_field;
        };
        fault_ = std::any_of(fields_.begin(), fields_.end(), is_long) ? CsvFault::long_field : fault_;
    }
    end_line();
    return true;
}

void CsvScanner::unquoted_field()
{
    const char* const begin = text_.data() + at_;
    const char* const p = first_of(begin, text_.data() + text_.size(), delimiter_);
    add({begin, static_cast<std::size_t>(p - begin)});
    at_ = static_cast<std::size_t>(p - text_.data());
}

/// Reads the field whose opening quote is at `at_`; false when text follows its closing quote.
bool CsvScanner::quoted_field()
{
    const std::uint64_t opened = next_line_;
    const std::size_t first = at_ + 1;
    bool has_doubled = false;
    const char* const end = text_.data() + text_.size();
    for (const char* p = text_.data() + first; (p = first_of(p, end, '"')) != end; ++p) {
        const char after = p + 1 != end ? p[1] : '\n';
        if (*p != '"') {
            next_line_ += *p == '\r' && p + 1 != end && after == '\n' ? 0U : 1U; // CRLF counts at its LF
            continue;
        }
        if (after == '"') {
            has_doubled = true;
            ++p;
            continue;
        }
        at_ = static_cast<std::size_t>(p + 1 - text_.data());
        if (after != delimiter_ && after != '\n' && after != '\r') {
            return false;
        }
        const std::string_view inside = text_.substr(first, at_ - 1 - first);
        add(has_doubled ? unescaped(inside) : inside);
        return true;
    }
    fail(ExitCode::input, "line {}: a quote opens here and is never closed; close it or remove it", opened);
}

/// `inside` with doubled quotes made single, kept until the next record.
std::string_view CsvScanner::unescaped(std::string_view inside)
{
    if (doubled_used_ == doubled_.size()) {
        doubled_.emplace_back();
    }
    std::string& out = doubled_[doubled_used_++];
    out.clear();
    for (std::size_t i = 0; i < inside.size(); ++i) {
        out += inside[i];
        i += inside[i] == '"' ? 1U : 0U;
    }
    return out;
}

/// Each cut reads some text twice; together no more than the whole text, or a hostile file would take for
/// ever.
void CsvScanner::cut_at_line_end()
{
    read_again_ += at_ - begin_;
    require(read_again_ <= text_.size(), "line {}: the quotes do not match from here on; correct them",
            line_);
    const std::size_t end = std::min(text_.find_first_of("\r\n", begin_), text_.size());
    raw_ = text_.substr(begin_, end - begin_);
    fields_.assign(1, raw_);
    at_ = end;
    next_line_ = line_ + 1;
    if (at_ < text_.size()) {
        end_line();
        next_line_ = line_ + 1;
    }
}

} // namespace vigil
