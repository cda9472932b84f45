#include "libgeo/io/columns.h"

#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/time_text.h"

#include <algorithm>
#include <utility>

namespace vigil::io {

namespace {

using Words = std::span<const std::string_view>;

constexpr std::string_view longitudes[] = {
    "longitude", "lon",    "lng",      "long",         "longdd",           "londd",
    "geolon",    "geolng", "startlng", "startlon",     "longitud",         "laenge",
    "länge",     "gpslon", "gpslng",   "gpslongitude", "decimallongitude", "longitudewgs84"};
constexpr std::string_view latitudes[] = {
    "latitude", "lat",    "latdd",       "geolat",          "startlat",     "latitud",
    "breite",   "gpslat", "gpslatitude", "decimallatitude", "latitudewgs84"};
constexpr std::string_view eastings[] = {"x",      "easting", "eastings",   "xcoord", "xcoordinate",
                                         "pointx", "coordx",  "utmeasting", "utmx"};
constexpr std::string_view northings[] = {"y",      "northing", "northings",   "ycoord", "ycoordinate",
                                          "pointy", "coordy",   "utmnorthing", "utmy"};
constexpr std::string_view places[] = {"wkt",         "geom",       "geometry",    "thegeom",
                                       "shape",       "geojson",    "location",    "locationcoordinates",
                                       "coordinates", "coords",     "latlon",      "latlong",
                                       "latlng",      "geopoint2d", "geolocation", "point"};

/// Names of a role in groups; an earlier group wins over a later one.
using Ranks = std::span<const Words>;

constexpr std::string_view time_1[] = {"timestamp", "datetime", "occurredat", "occurredon", "occurred"};
constexpr std::string_view time_2[] = {"dateoccur",      "dateoccurred", "dateoccured",  "occurreddate",
                                       "occurdate",      "incidentdate", "incidenttime", "incidentdatetime",
                                       "dateofincident", "eventdate",    "crimedate",    "offensedate",
                                       "offencedate",    "fechahecho",   "fechahechos"};
constexpr std::string_view time_3[] = {"date", "fecha", "datum", "datesingle"};
constexpr std::string_view time_4[] = {"time"};
constexpr std::string_view time_5[] = {"reporteddate", "datereported", "reportdate", "reportedat", "reported",
                                       "month",        "codedmonth",   "created",    "createdat"};
constexpr Words times[] = {time_1, time_2, time_3, time_4, time_5};

constexpr std::pair<std::string_view, std::string_view> intervals[] = {
    {"datestart", "dateend"}, {"startdate", "enddate"},         {"timestart", "timeend"},
    {"starttime", "endtime"}, {"fromdate", "todate"},           {"datefrom", "dateto"},
    {"start", "end"},         {"startdatetime", "enddatetime"}, {"cmplntfrdt", "cmplnttodt"}};

constexpr std::string_view weight_1[] = {"weight", "weights"};
constexpr std::string_view weight_2[] = {"count"};
constexpr Words weights[] = {weight_1, weight_2};
constexpr std::string_view category_1[] = {"category"};
constexpr std::string_view category_2[] = {"type",        "crimetype",    "offensetype",
                                           "offencetype", "incidenttype", "attacktype"};
constexpr std::string_view category_3[] = {"offense", "offence", "crime", "kind"};
constexpr Words categories[] = {category_1, category_2, category_3};
constexpr std::string_view stage_1[] = {"stage"};
constexpr Words stages[] = {stage_1};
constexpr std::string_view source_1[] = {"source", "datasource", "informationsource"};
constexpr Words sources[] = {source_1};
constexpr std::string_view uncertainty_1[] = {"uncertaintym",
                                              "uncertm",
                                              "uncertainty",
                                              "accuracym",
                                              "accuracy",
                                              "horizontalaccuracy",
                                              "coordinateuncertaintyinmeters"};
constexpr Words uncertainties[] = {uncertainty_1};
constexpr std::string_view id_1[] = {"id",         "uid",    "incidentid", "incidentkey",
                                     "incidentno", "caseid", "webid",      "mainid"};
constexpr Words ids[] = {id_1};

constexpr std::string_view part_names[] = {"year", "month", "day", "hour", "minute"};

bool among(Words words, std::string_view name)
{
    return std::find(words.begin(), words.end(), name) != words.end();
}

/// A first line that holds data instead of names must not be shown.
bool looks_like_data(std::span<const std::string> names)
{
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return number_from(name) || time_from(name); });
}

std::string listed(std::span<const std::string> names)
{
    constexpr std::size_t most = 20;
    constexpr std::size_t longest = 40;
    if (looks_like_data(names)) {
        return "the first line holds data, not column names";
    }
    std::string text = "its columns are ";
    for (std::size_t i = 0; i < names.size() && i < most; ++i) {
        text += (i > 0 ? ", " : "") + names[i].substr(0, longest);
    }
    return text + (names.size() > most ? ", ..." : "");
}

class Finder {
  public:
    Finder(const std::string& source, std::span<const std::string> names, const ReadOptions& options,
           const Sample& sample)
        : source_(source), names_(names), options_(options), sample_(sample)
    {
        for (const std::string& name : names) {
            plain_.push_back(plain_name(name));
        }
    }

    Columns find()
    {
        if (sample_) {
            find_place();
        } else {
            found_.form = PlaceForm::geometries;
        }
        find_time();
        found_.months = found_.time != Columns::none && plain_[found_.time].ends_with("month");
        found_.weight = wanted_or(options_.weight, "--weight", weights);
        found_.negative_weights = options_.negative_weights;
        found_.category = wanted_or(options_.category, options_.names.category, categories);
        found_.cases = options_.cases;
        found_.stage = wanted_or(options_.stage, "--stage", stages);
        found_.source = wanted_or(options_.source, "--source", sources);
        found_.uncertainty = wanted_or(options_.uncertainty, "--uncertainty", uncertainties);
        found_.id = wanted_or(options_.id, options_.names.id, ids);
        for (const std::string& name : options_.attributes) {
            found_.attributes.push_back(named(name, "the column"));
        }
        return std::move(found_);
    }

  private:
    /// The column a user named: exactly so, else by its plain name.
    std::size_t named(const std::string& name, std::string_view option) const
    {
        std::vector<std::size_t> hits;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            if (names_[i] == name) {
                hits.push_back(i);
            }
        }
        for (std::size_t i = 0; hits.empty() && i < names_.size(); ++i) {
            if (plain_[i] == plain_name(name)) {
                hits.push_back(i);
            }
        }
        require(!hits.empty(), "{}: {} {}: there is no such column; {}", source_, option, name,
                listed(names_));
        require(hits.size() == 1, "{}: {} {}: {} columns are called so; rename all but one", source_, option,
                name, hits.size());
        return hits.front();
    }

    [[nodiscard]] std::vector<std::size_t> matching(Words words) const
    {
        std::vector<std::size_t> hits;
        for (std::size_t i = 0; i < plain_.size(); ++i) {
            if (among(words, plain_[i])) {
                hits.push_back(i);
            }
        }
        return hits;
    }

    /// The one column for an optional role; with two equally good ones none is taken.
    std::size_t wanted_or(const std::string& name, std::string_view option, Ranks ranks)
    {
        if (!name.empty()) {
            return named(name, option);
        }
        for (const Words words : ranks) {
            const auto hits = matching(words);
            if (hits.size() == 1) {
                return hits.front();
            }
            if (hits.size() > 1) {
                found_.warnings.push_back(fmt::format("{} and {} could both be used; name one with {}",
                                                      names_[hits[0]], names_[hits[1]], option));
                return Columns::none;
            }
        }
        return Columns::none;
    }

    /// The one coordinate column among `words`; two candidates are refused.
    std::size_t coordinate(Words words, std::string_view option) const
    {
        const auto hits = matching(words);
        if (hits.size() > 1) {
            std::string all;
            for (const std::size_t i : hits) {
                all += (all.empty() ? "" : ", ") + names_[i];
            }
            fail(ExitCode::input, "{}: several columns could be the same coordinate ({}); name one with {}",
                 source_, all, option);
        }
        return hits.empty() ? Columns::none : hits.front();
    }

    bool pair_of(Words xs, Words ys)
    {
        const std::size_t x = coordinate(xs, options_.names.x);
        const std::size_t y = coordinate(ys, options_.names.y);
        if (x == Columns::none || y == Columns::none) {
            return false;
        }
        found_.x = x;
        found_.y = y;
        return true;
    }

    /// Takes column `i` as the place when its content looks like places.
    bool place_in(std::size_t i)
    {
        for (const std::string_view cell : sample_(i)) {
            if (const auto form = place_form(cell)) {
                found_.place = i;
                found_.form = *form;
                found_.degrees =
                    *form == PlaceForm::geojson ||
                    (*form == PlaceForm::lat_lon && plain_[i] != "point" && plain_[i] != "shape");
                return true;
            }
        }
        return false;
    }

    void find_place()
    {
        if (!options_.wkt.empty()) {
            const std::size_t i = named(options_.wkt, "--wkt");
            require(place_in(i), "{}: --wkt {}: holds no points", source_, options_.wkt);
            return;
        }
        if (!options_.x.empty() || !options_.y.empty()) {
            require(!options_.x.empty() && !options_.y.empty(), "{}: give both {} and {}", source_,
                    options_.names.x, options_.names.y);
            found_.x = named(options_.x, options_.names.x);
            found_.y = named(options_.y, options_.names.y);
            found_.degrees = among(longitudes, plain_[found_.x]) && among(latitudes, plain_[found_.y]);
            return;
        }
        if (pair_of(longitudes, latitudes)) {
            found_.degrees = true;
            return;
        }
        const auto hits = matching(places);
        if (std::any_of(hits.begin(), hits.end(), [&](std::size_t i) { return place_in(i); }) ||
            pair_of(eastings, northings)) {
            return;
        }
        fail(ExitCode::input, "{}: no columns of coordinates found; name them with {} and {} (or --wkt); {}",
             source_, options_.names.x, options_.names.y, listed(names_));
    }

    void find_time()
    {
        if (!options_.time.empty()) {
            found_.time = named(options_.time, "--time");
        }
        if (!options_.time_end.empty()) {
            require(!options_.time.empty(), "{}: --time-end needs --time", source_);
            found_.time_end = named(options_.time_end, "--time-end");
        }
        if (!options_.time.empty()) {
            return;
        }
        for (const auto& [start, end] : intervals) {
            const auto starts = matching(Words(&start, 1));
            const auto ends = matching(Words(&end, 1));
            if (starts.size() == 1 && ends.size() == 1) {
                found_.time = starts.front();
                found_.time_end = ends.front();
                return;
            }
        }
        if (!find_parts()) {
            found_.time = wanted_or("", "--time", times);
        }
        if (found_.time == Columns::none && !found_.has_parts()) {
            found_.time = one_with_date();
        }
    }

    /// Columns year and month (and day, hour, minute), when no column holds a whole date.
    bool find_parts()
    {
        std::array<std::size_t, 5> parts{};
        for (std::size_t p = 0; p < parts.size(); ++p) {
            const auto hits = matching(Words(&part_names[p], 1));
            parts[p] = hits.size() == 1 ? hits.front() : Columns::none;
        }
        const bool whole_date = std::any_of(std::begin(times), std::end(times) - 1,
                                            [&](Words words) { return !matching(words).empty(); });
        if (whole_date || parts[0] == Columns::none || parts[1] == Columns::none) {
            return false;
        }
        found_.parts = parts;
        return true;
    }

    /// The only column whose name begins or ends with "date" or "datetime".
    [[nodiscard]] std::size_t one_with_date() const
    {
        std::vector<std::size_t> hits;
        for (std::size_t i = 0; i < plain_.size(); ++i) {
            if (plain_[i].starts_with("date") || plain_[i].ends_with("date")) {
                hits.push_back(i);
            }
        }
        return hits.size() == 1 ? hits.front() : Columns::none;
    }

    const std::string& source_;
    std::span<const std::string> names_;
    const ReadOptions& options_;
    const Sample& sample_;
    std::vector<std::string> plain_;
    Columns found_;
};

} // namespace

std::string plain_name(std::string_view name)
{
    std::string out;
    for (const char c : name) {
        if (c != ' ' && c != '_' && c != '-' && c != '\t') {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        }
    }
    return out;
}

std::string Columns::role_of(std::size_t column) const
{
    const std::pair<std::size_t, std::string_view> roles[] = {
        {x, degrees ? "longitude" : "x"},
        {y, degrees ? "latitude" : "y"},
        {place, "place"},
        {time, time_end == none ? "time" : "start"},
        {time_end, "end"},
        {weight, "weight"},
        {category, "category"},
        {stage, "stage"},
        {source, "source"},
        {uncertainty, "uncertainty"},
        {id, "id"},
    };
    for (const auto& [index, name] : roles) {
        if (index == column) {
            return std::string(name);
        }
    }
    for (std::size_t p = 0; p < parts.size(); ++p) {
        if (has_parts() && parts[p] == column) {
            return std::string(part_names[p]);
        }
    }
    return {};
}

Columns find_columns(const std::string& source, std::span<const std::string> names,
                     const ReadOptions& options, const Sample& sample)
{
    return Finder(source, names, options, sample).find();
}

} // namespace vigil::io
