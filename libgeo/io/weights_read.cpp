#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/source.h"
#include "libgeo/io/weights_ids.h"
#include "libgeo/io/weights_io.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

namespace vigil::io {

namespace {

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

/// Lines of words, for GAL and GWT. Lines end in LF, CRLF or CR.
class WordLines {
  public:
    explicit WordLines(std::string_view text) : text_(text)
    {
        if (text_.starts_with("\xef\xbb\xbf")) {
            text_.remove_prefix(3);
        }
    }
    /// Moves to the next line; false at the end.
    bool next()
    {
        if (at_ >= text_.size()) {
            return false;
        }
        ++line_;
        words_.clear();
        while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') {
            const std::size_t end = std::min(text_.find_first_of(" \t\n\r", at_), text_.size());
            if (end > at_) {
                words_.push_back(text_.substr(at_, end - at_));
            }
            at_ = end < text_.size() && (text_[end] == ' ' || text_[end] == '\t') ? end + 1 : end;
        }
        at_ += text_.substr(at_, 2) == "\r\n" ? 2U : 1U;
        return true;
    }
    /// Moves to the next line that has words.
    bool next_filled()
    {
        while (next()) {
            if (!words_.empty()) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] const std::vector<std::string_view>& words() const { return words_; }
    [[nodiscard]] std::uint64_t line() const { return line_; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 0;
    std::vector<std::string_view> words_;
};

std::optional<std::uint32_t> whole_number(std::string_view word)
{
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc() && end == word.data() + word.size() ? std::optional(number) : std::nullopt;
}

/// Everything read so far, and who is who.
class WeightsReader {
  public:
    WeightsReader(std::string name, const WeightsIds* ids, std::size_t n, const ReadWeightsOptions& options)
        : name_(std::move(name)), ids_(ids), n_(n), options_(options)
    {
        require(n < none, "{} features are too many", n);
    }

    void read_gal(std::string_view text)
    {
        WordLines lines(text);
        header(lines);
        std::vector<bool> seen(n_ + 1); // row numbers may begin at 0 or at 1
        std::size_t records = 0;
        while (lines.next_filled()) {
            const auto& words = lines.words();
            if (words.size() != 2) {
                refuse(lines.line(),
                       "expected an id and a number of neighbours, found {} words; is the number before it "
                       "right?",
                       words.size());
            }
            const std::uint32_t from = feature(words[0], lines.line());
            if (seen[from]) {
                refuse(lines.line(), "{} has a record already", shown(words[0]));
            }
            seen[from] = true;
            ++records;
            neighbours_of(from, words[1], lines);
        }
        first_number(); // says so when numbers go from 0 to n
        if (records != n_) {
            fail(ExitCode::input, "{}: has records for {} of {} features; is it cut off?", name_, records,
                 n_);
        }
    }

    void read_gwt(std::string_view text)
    {
        WordLines lines(text);
        header(lines);
        while (lines.next_filled()) {
            const auto& words = lines.words();
            if (words.size() != 3) {
                refuse(lines.line(), "expected from, to and weight, found {} words", words.size());
            }
            add(origin(words[0], lines.line()), feature(words[1], lines.line()), lines.line(),
                number_from(words[2]), words[2]);
        }
    }

    void read_csv(std::string_view text);

    Weights finish()
    {
        const std::uint32_t first = first_number();
        const auto earlier = [](const Link& a, const Link& b) {
            return a.from != b.from ? a.from < b.from : a.to < b.to;
        };
        if (!std::is_sorted(links_.begin(), links_.end(), earlier)) {
            std::stable_sort(links_.begin(), links_.end(), earlier);
        }
        Weights weights;
        weights.end.resize(n_);
        weights.neighbour.reserve(links_.size());
        const bool weighted =
            std::any_of(links_.begin(), links_.end(), [](const Link& l) { return l.weight != 1; });
        for (std::size_t l = 0; l < links_.size(); ++l) {
            const Link& link = links_[l];
            if (l > 0 && links_[l - 1].from == link.from && links_[l - 1].to == link.to) {
                refuse(link.line, "this link is on line {} already", links_[l - 1].line);
            }
            weights.end[link.from - first] = l + 1;
            weights.neighbour.push_back(link.to - first);
            if (weighted) {
                weights.weight.push_back(link.weight);
            }
        }
        for (std::size_t i = 1; i < n_; ++i) { // rows without links
            weights.end[i] = std::max(weights.end[i], weights.end[i - 1]);
        }
        return weights;
    }

  private:
    struct Link {
        std::uint32_t from = 0;
        std::uint32_t to = 0;
        std::uint64_t line = 0;
        double weight = 1;
    };

    template <typename... Args>
    [[noreturn]] void refuse(std::uint64_t line, fmt::format_string<Args...> text, Args&&... args) const
    {
        fail(ExitCode::input, "{}:{}: {}", name_, line, fmt::format(text, std::forward<Args>(args)...));
    }

    void header(WordLines& lines)
    {
        if (!lines.next_filled()) {
            fail(ExitCode::input, "{}: is empty", name_);
        }
        const auto& words = lines.words();
        const bool full = words.size() >= 2 && words[0] == "0";
        if (!full && words.size() != 1) {
            refuse(lines.line(),
                   "expected a header: 0, the number of features, layer and column, or only the number");
        }
        const auto count = whole_number(words[full ? 1 : 0]);
        if (!count) {
            refuse(lines.line(), "{} is not a number of features", shown(words[full ? 1 : 0]));
        }
        if (count != n_) {
            refuse(lines.line(), "is for {} features; there are {}", *count, n_);
        }
    }

    void neighbours_of(std::uint32_t from, std::string_view count, WordLines& lines)
    {
        const auto expected = whole_number(count);
        if (!expected) {
            refuse(lines.line(), "{} is not a number of neighbours", shown(count));
        }
        if (*expected == 0) {
            return;
        }
        const std::uint64_t record = lines.line();
        if (!lines.next_filled()) {
            refuse(record, "announces {} neighbours; the file ends", *expected);
        }
        if (lines.words().size() != *expected) {
            refuse(lines.line(), "{} neighbours where line {} announces {}", lines.words().size(), record,
                   *expected);
        }
        for (const std::string_view word : lines.words()) {
            add(from, feature(word, lines.line()), lines.line(), 1, {});
        }
    }

    /// The feature with an id, or its number as it stands in the file.
    std::uint32_t feature(std::string_view id, std::uint64_t line)
    {
        const auto number = ids_ != nullptr ? ids_->find(id) : whole_number(id);
        if (ids_ != nullptr) {
            if (!number) {
                refuse(line, "there is no feature with the id {}", shown(id));
            }
            return *number;
        }
        if (!number) {
            refuse(line, "{} is not a row number; say which column holds the ids", shown(id));
        }
        if (*number > n_) {
            refuse(line, "there is no feature {}; there are {}", *number, n_);
        }
        if (*number == 0 && zero_line_ == 0) {
            zero_line_ = line;
        }
        if (*number == n_ && last_line_ == 0) {
            last_line_ = line;
        }
        return *number;
    }

    /// The same for the first end of a link, which is often that of the link before.
    std::uint32_t origin(std::string_view id, std::uint64_t line)
    {
        if (id != last_origin_ || id.empty()) {
            last_number_ = feature(id, line);
            last_origin_ = id;
        }
        return last_number_;
    }

    void add(std::uint32_t from, std::uint32_t to, std::uint64_t line, std::optional<double> weight,
             std::string_view text)
    {
        if (!weight || !std::isfinite(*weight)) {
            refuse(line, "the weight {} is not a finite number", shown(text));
        }
        links_.push_back({from, to, line, options_.ignore_weights ? 1 : *weight});
    }

    /// What row numbers begin at; 0 when there are ids.
    std::uint32_t first_number() const
    {
        if (ids_ != nullptr) {
            return 0;
        }
        const bool from_zero = options_.first == FirstNumber::zero ||
                               (options_.first == FirstNumber::by_file && zero_line_ != 0);
        if (!from_zero && zero_line_ != 0) {
            refuse(zero_line_, "there is no feature 0; numbers begin at 1");
        }
        if (from_zero && last_line_ != 0) {
            refuse(last_line_, "there is no feature {0}; numbers begin at 0 and there are {0}", n_);
        }
        return from_zero ? 0 : 1;
    }

    std::string name_;
    const WeightsIds* ids_; ///< null: row numbers
    std::size_t n_;
    ReadWeightsOptions options_;
    std::vector<Link> links_;
    std::string last_origin_;
    std::uint32_t last_number_ = 0;
    std::uint64_t zero_line_ = 0; ///< the first line that names feature 0; 0: none does
    std::uint64_t last_line_ = 0; ///< and feature n
};

constexpr std::array<std::string_view, 4> from_names = {"from", "origin", "focal", "source"};
constexpr std::array<std::string_view, 5> to_names = {"to", "destination", "neighbor", "neighbour", "target"};
constexpr std::array<std::string_view, 3> weight_names = {"weight", "weights", "w"};

/// The only column with one of these names; none when there is none.
std::optional<std::size_t> column(const std::vector<std::string_view>& fields,
                                  std::span<const std::string_view> names)
{
    for (std::size_t c = 0; c < fields.size(); ++c) {
        std::string name(trimmed(fields[c]));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char l) { return l >= 'A' && l <= 'Z' ? static_cast<char>(l - 'A' + 'a') : l; });
        if (std::find(names.begin(), names.end(), name) != names.end()) {
            return c;
        }
    }
    return std::nullopt;
}

void WeightsReader::read_csv(std::string_view text)
{
    const CsvDialect dialect = detect_dialect(text);
    CsvScanner records(text.substr(dialect.header_at), dialect.delimiter);
    if (!records.next()) {
        fail(ExitCode::input, "{}: is empty", name_);
    }
    const std::size_t width = records.fields().size();
    const auto from = column(records.fields(), from_names);
    const auto to = column(records.fields(), to_names);
    const auto weight = column(records.fields(), weight_names);
    if (!from || !to) {
        refuse(records.line(), "expected a header with the columns from, to and perhaps weight");
    }
    while (records.next()) {
        const auto& fields = records.fields();
        if (records.fault() != CsvFault::none) {
            refuse(records.line(), "text after a closing quote");
        }
        if (fields.size() != width) {
            refuse(records.line(), "{} fields where the header has {}", fields.size(), width);
        }
        const std::uint32_t first = origin(without_formula_guard(trimmed(fields[*from])), records.line());
        const std::uint32_t second = feature(without_formula_guard(trimmed(fields[*to])), records.line());
        const std::string_view number = weight ? fields[*weight] : std::string_view("1");
        add(first, second, records.line(), number_from(number, dialect.decimal_comma), number);
    }
}

/// By the extension, behind which .gz is ignored; else GAL and GWT by the words of the second
/// line.
WeightsFormat recognised(std::string_view name, std::string_view text)
{
    if (name.ends_with(".gz")) {
        name.remove_suffix(3);
    }
    constexpr std::pair<std::string_view, WeightsFormat> known[] = {
        {".gal", WeightsFormat::gal}, {".gwt", WeightsFormat::gwt}, {".csv", WeightsFormat::csv},
        {".tsv", WeightsFormat::csv}, {".GAL", WeightsFormat::gal}, {".GWT", WeightsFormat::gwt},
        {".CSV", WeightsFormat::csv}};
    for (const auto& [extension, format] : known) {
        if (name.ends_with(extension)) {
            return format;
        }
    }
    WordLines lines(text);
    if (lines.next_filled() && (lines.words().size() == 1 || lines.words()[0] == "0") &&
        whole_number(lines.words()[lines.words().size() == 1 ? 0 : 1])) {
        if (lines.next_filled() && lines.words().size() != 2) {
            return WeightsFormat::gwt;
        }
        return WeightsFormat::gal;
    }
    return WeightsFormat::csv;
}

Weights read(const std::string& path, const WeightsIds* ids, std::size_t n, const ReadWeightsOptions& options)
{
    const Source source(path, options.max_bytes, options.allow_vsi);
    WeightsReader reader(source.name(), ids, n, options);
    switch (options.format.value_or(recognised(source.name(), source.bytes()))) {
    case WeightsFormat::gal:
        reader.read_gal(source.bytes());
        break;
    case WeightsFormat::gwt:
        reader.read_gwt(source.bytes());
        break;
    case WeightsFormat::csv:
        reader.read_csv(source.bytes());
        break;
    }
    return reader.finish();
}

} // namespace

Weights read_weights(const std::string& path, std::span<const std::string> ids,
                     const ReadWeightsOptions& options)
{
    const WeightsIds table(ids);
    return read(path, &table, ids.size(), options);
}

Weights read_weights(const std::string& path, std::size_t n, const ReadWeightsOptions& options)
{
    return read(path, nullptr, n, options);
}

} // namespace vigil::io
