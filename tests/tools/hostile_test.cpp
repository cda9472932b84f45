#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <set>

using vigil::test::Ran;
using vigil::test::TemporaryFolder;

// Every file of tests/hostile holds one fault, in invented data. "Publicson" stands for what must never be
// shown.

namespace {

struct Case {
    const char* file;
    int exit_code;
    const char* says; ///< part of the error (exit 3) or of the report (exit 0)
};

constexpr Case cases[] = {
    {"all_nan.csv", 3, "none of 8 records"},
    {"ambiguous_dates.csv", 0, "--date-order"},
    {"bad_dates.csv", 0, "5 times could not be read (first at line 2)"},
    {"bad_places.gpx", 0, "2: a coordinate is not a number (first at point 3)"},
    {"bad_weights.csv", 0, "4: the weight is not a number of 0 or more (first at line 3)"},
    {"binary.csv", 3, "binary data"},
    {"bom.csv", 0, "accepted   30"},
    {"collinear.csv", 0, "accepted   30"},
    {"control_characters.csv", 0, "accepted   10"},
    {"cr_only.csv", 0, "accepted   30"},
    {"crlf.csv", 0, "accepted   30"},
    {"csv_in.gpkg", 3, "holds CSV"},
    {"csv_in.gpx", 3, "holds CSV"},
    {"csv_in.shp", 3, "holds CSV"},
    {"cut.gpx", 3, "cut short or damaged"},
    {"cut.geojson", 3, "cannot be read"},
    {"cut_line.geojsonl", 3, "damaged or cut short"},
    {"deep.geojson", 3, "cannot be read"},
    {"degrees_named_but_metres.csv", 3, "--input-crs"},
    {"duplicate_headers.csv", 3, "several columns"},
    {"empty.csv", 3, "is empty"},
    {"empty_fields.csv", 0, "3: no coordinates (first at line 3)"},
    {"empty_headers.csv", 0, "accepted   30"},
    {"entities.gpx", 3, "XML"},
    {"far_outlier.csv", 0, "accepted   30"},
    {"format_strings.csv", 0, "accepted   10"},
    {"formula_injection.csv", 0, "accepted   6"},
    {"gpx_in.csv", 3, "holds GPX"},
    {"header_only.csv", 3, "no rows"},
    {"header_only.fgb", 3, "no layer"},
    {"header_only.shp", 3, "cannot be read"},
    {"html_in.csv", 3, "XML"},
    {"huge_numbers.csv", 0, "accepted   27"},
    {"identical.csv", 0, "accepted   30"},
    {"json_in.csv", 3, "holds GeoJSON"},
    {"latin1.csv", 0, "Größe"},
    {"late_entities.gpx", 3, "cut short or damaged"},
    {"latitude_only.csv", 3, "--x"},
    {"lost_minus.csv", 0, "1 rows would join the others with the other sign"},
    {"magic_only.gpkg", 3, "cannot be read"},
    {"nan_coordinates.geojson", 3, "none of 1"},
    {"nan_inf.csv", 0, "3: a coordinate is NaN or infinite (first at line 5)"},
    {"no_features.geojson", 3, "no records"},
    {"no_header.csv", 3, "the first line holds data"},
    {"no_newline_at_end.csv", 0, "accepted   30"},
    {"no_points.gpx", 3, "no point"},
    {"not_a_feature.geojson", 3, "cannot be read"},
    {"not_points.geojson", 3, "no layer of points"},
    {"nul.csv", 0, "1: a NUL byte (first at line 7)"},
    {"null_geometry.geojson", 0, "1: no coordinates (first at feature 1)"},
    {"null_island.csv", 0, "2: at 0,0 (first at line 4)"},
    {"one_line.geojsonl", 0, "accepted   1"},
    {"one_point.csv", 0, "withheld"},
    {"only_bom.csv", 3, "is empty"},
    {"only_newlines.csv", 3, "is empty"},
    {"projected_without_crs.csv", 3, "--input-crs"},
    {"quote_newline.csv", 0, "accepted   30"},
    {"quote_stray.csv", 0, "1: text after a closing quote (first at line 22)"},
    {"quote_unclosed_line_22.csv", 3, "line 22"},
    {"ragged.csv", 0, "2: more or fewer fields than the header (first at line 7)"},
    {"semicolon_decimal_comma.csv", 0, "accepted   9"},
    {"sep_line.csv", 0, "accepted   9"},
    {"sql_strings.csv", 0, "accepted   10"},
    {"sqlite_in.csv", 3, "holds GeoPackage"},
    {"swapped_beyond_90.csv", 3, "swapped"},
    {"swapped_columns.csv", 0, "swapped?"},
    {"swapped_rows.csv", 0, "3 rows would join the others if longitude and latitude were exchanged"},
    {"text_coordinates.csv", 0, "2: a coordinate is not a number (first at line 3)"},
    {"two_candidates.csv", 3, "several columns"},
    {"utf16.csv", 3, "UTF-16"},
    {"vrt_in.csv", 3, "XML"},
    {"zip_in.csv", 3, "zip"},
};

std::string hostile(const std::string& name)
{
    return std::string(VIGIL_SOURCE_DIR) + "/tests/hostile/" + name;
}

bool clean(const std::string& text)
{
    return std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; });
}

void check_manners(const Ran& ran)
{
    CHECK(clean(ran.err));
    CHECK(clean(ran.out));
    CHECK(ran.err.find("Publicson") == std::string::npos);
    CHECK(ran.out.find("Publicson") == std::string::npos);
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == (ran.exit_code == 0 ? 0 : 1));
}

/// Those whose names begin with `first` to `last`: a case of its own each, so that a slow machine has time.
void check_files(char first, char last)
{
    for (const Case& one : cases) {
        if (one.file[0] < first || one.file[0] > last) {
            continue;
        }
        INFO(one.file);
        const Ran ran = vigil::test::vigil({"info", hostile(one.file)});
        CHECK(ran.exit_code == one.exit_code);
        CHECK((one.exit_code == 0 ? ran.out : ran.err).find(one.says) != std::string::npos);
        check_manners(ran);
    }
}

std::string gzipped(const std::string& bytes)
{
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

} // namespace

TEST_CASE("hostile files a to d are read or refused in one line", "[hostile]")
{
    check_files('a', 'd');
}

TEST_CASE("hostile files e to l are read or refused in one line", "[hostile]")
{
    check_files('e', 'l');
}

TEST_CASE("hostile files m to q are read or refused in one line", "[hostile]")
{
    check_files('m', 'q');
}

TEST_CASE("hostile files r to z are read or refused in one line", "[hostile]")
{
    check_files('r', 'z');
}

TEST_CASE("every hostile file has its line in the table", "[hostile]")
{
    std::set<std::string> listed;
    for (const Case& one : cases) {
        listed.insert(one.file);
    }
    for (const auto& entry : std::filesystem::directory_iterator(hostile(""))) {
        INFO(entry.path());
        CHECK(listed.count(entry.path().filename().string()) == 1);
    }
}

TEST_CASE("a small file that inflates to a large one is refused by the memory limit", "[hostile]")
{
    const TemporaryFolder folder;
    const std::string bomb = folder.file("bomb.csv.gz", gzipped("lon,lat\n" + std::string(50'000'000, '1')));
    const Ran ran = vigil::test::vigil({"info", "--max-memory", "10M", bomb});
    CHECK(ran.exit_code == 5);
    check_manners(ran);
}

TEST_CASE("a column too many and a field too long are told", "[hostile]")
{
    const TemporaryFolder folder;
    std::string wide = "lon,lat";
    for (int i = 0; i < 70000; ++i) {
        wide += ",c";
    }
    CHECK(vigil::test::vigil({"info", folder.file("wide.csv", wide + "\n1,2\n")}).exit_code == 3);

    const std::string longs = "lon,lat,note\n10,50,Publicson\n10,50," + std::string(1'100'000, 'x') + "\n";
    const Ran ran = vigil::test::vigil({"info", folder.file("long.csv", longs)});
    CHECK(ran.exit_code == 0);
    CHECK(ran.out.find("1: a field of more than 1 MB (first at line 3)") != std::string::npos);
    check_manners(ran);
}

TEST_CASE("a GeoPackage or Shapefile cut anywhere is refused or read whole, never a part", "[hostile]")
{
    const TemporaryFolder folder;
    const std::string whole = vigil::test::read_file(vigil::test::testdata("mesa/mesa.gpkg"));
    for (const std::size_t part : {1U, 2U, 5U, 9U}) {
        const std::string cut = folder.file("cut.gpkg", whole.substr(0, whole.size() * part / 10));
        const Ran ran = vigil::test::vigil({"info", "--layer", "crimes", cut});
        INFO("first " << part << " tenths");
        if (ran.exit_code == 0) {
            CHECK(ran.out.find("records    287") != std::string::npos);
        } else {
            CHECK(ran.exit_code == 3);
        }
        check_manners(ran);
    }
}

TEST_CASE("paths that are not plain local files are refused", "[hostile]")
{
    for (const char* path :
         {"http://127.0.0.1:1/a.csv", "/vsicurl/http://127.0.0.1:1/a.csv", "PG:dbname=x",
          "{\"type\":\"FeatureCollection\",\"features\":[]}", "/no/such/file.csv", "/tmp", "/dev/null"}) {
        INFO(path);
        const Ran ran = vigil::test::vigil({"info", path});
        CHECK(ran.exit_code == 3);
        check_manners(ran);
    }
    CHECK(vigil::test::vigil({"info", ""}).exit_code == 2);
}
