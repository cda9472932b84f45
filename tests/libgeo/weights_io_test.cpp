#include "libgeo/io/weights_io.h"

#include "libgeo/error.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace vigil;
using io::read_weights;
using io::write_weights;
using test::TemporaryFolder;
using test::testdata;

namespace {

const std::vector<std::string> abcd = {"a", "b", "c", "d"};
/// a -> b c, b -> a, c -> a c; d alone.
const Weights small{{2, 3, 5, 5}, {1, 2, 0, 0, 2}, {}};

void check_same(const Weights& one, const Weights& other)
{
    CHECK(one.end == other.end);
    CHECK(one.neighbour == other.neighbour);
    CHECK(one.weight == other.weight);
}

/// The message with which a file of this name and content is refused.
std::string refusal(const std::string& name, const std::string& bytes,
                    std::span<const std::string> ids = abcd)
{
    const TemporaryFolder folder;
    try {
        if (ids.empty()) {
            read_weights(folder.file(name, bytes), 4);
        } else {
            read_weights(folder.file(name, bytes), ids);
        }
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::input);
        return error.what();
    }
    return {};
}

Weights read_text(const std::string& name, const std::string& bytes, std::span<const std::string> ids = abcd,
                  const io::ReadWeightsOptions& options = {})
{
    const TemporaryFolder folder;
    const std::string path = folder.file(name, bytes);
    return ids.empty() ? read_weights(path, 4, options) : read_weights(path, ids, options);
}

std::vector<std::string> columbus_ids()
{
    std::vector<std::string> ids;
    for (int i = 1; i <= 49; ++i) {
        ids.push_back(std::to_string(i));
    }
    return ids;
}

} // namespace

TEST_CASE("a GAL file gives neighbours in the order of the ids", "[weights]")
{
    check_same(read_text("w.gal", "0 4 towns code\na 2\nb c\nb 1\na\nc 2\na c\nd 0\n\n"), small);
    check_same(read_text("w.gal", "4\r\nd 0\r\nc 2\r\nc a\r\nb 1\r\na\r\na 2\r\nc b\r\n"),
               small); // bare, CRLF
    check_same(read_text("w.gal", "\xef\xbb\xbf  4\n\na\t2\n b  c \nb 1\na\nc 2\na c\nd 0"),
               small);                                                                   // tidy or not
    check_same(read_text("weights.txt", "4\na 2\nb c\nb 1\na\nc 2\na c\nd 0\n"), small); // by content
}

TEST_CASE("a GWT file gives neighbours and weights", "[weights]")
{
    const Weights weights = read_text("w.gwt", "0 4 towns code\nc a 2.5\na b 1e-3\nc c +1\n");
    check_same(weights, {{1, 1, 3, 3}, {1, 0, 2}, {1e-3, 2.5, 1}});
    check_same(read_text("w", "0 4 towns code\nc a 2.5\na b 1e-3\nc c 1\n"), weights); // by content
    check_same(read_text("w.gwt", "4\na b 1\na c 1\nb a 1.0\nc a 1\nc c 1\n"), small); // all 1: no list
    check_same(
        read_text("w.gwt", "0 4 t c\na b 7\na c 7\nb a 8\nc a 9\nc c 9\n", abcd, {.ignore_weights = true}),
        small);
}

TEST_CASE("a CSV file gives neighbours and weights by the names of its columns", "[weights]")
{
    const Weights weights{{1, 1, 3, 3}, {1, 0, 2}, {0.5, 2.5, 1}};
    check_same(read_text("w.csv", "from,to,weight\nc,a,2.5\na,b,0.5\nc,c,1\n"), weights);
    check_same(read_text("w.csv", "Weight;x;Destination;Origin\n2,5;;a;c\n0,5;;b;a\n1;;c;c\n"), weights);
    check_same(read_text("w", "focal\tneighbor\tw\nc\ta\t2.5\na\tb\t0.5\nc\tc\t1\n"), weights);
    check_same(read_text("w.csv", "source,target\na,b\na,c\nb,a\nc,a\nc,c\n"), small);
    const std::vector<std::string> odd = {"a town, small", "=1+1", " c ", "\"d\""};
    check_same(read_text("w.csv", "from,to\n\"a town, small\",'=1+1\n'=1+1,c\nc,\"\"\"d\"\"\"\n", odd),
               {{1, 2, 3, 3}, {1, 2, 3}, {}});
}

TEST_CASE("row numbers begin at one unless the file holds a zero", "[weights]")
{
    const std::vector<std::string> none;
    check_same(read_text("w.gal", "4\n1 2\n2 3\n2 1\n1\n3 2\n1 3\n4 0\n\n", none), small);
    check_same(read_text("w.gal", "4\n0 2\n1 2\n1 1\n0\n2 2\n0 2\n3 0\n\n", none), small);
    check_same(read_text("w.gwt", "0 4 Unknown Unknown\n0 1 1\n0 2 1\n1 0 1\n2 0 1\n2 2 1\n", none), small);
    // Nothing in this file says that it counts from 0.
    const std::string silent = "from,to\n1,2\n2,1\n";
    check_same(read_text("w.csv", silent, none), {{1, 2, 2, 2}, {1, 0}, {}});
    check_same(read_text("w.csv", silent, none, {.first = io::FirstNumber::zero}),
               {{0, 1, 2, 2}, {2, 1}, {}});
    CHECK(refusal("w.csv", "from,to\n1,2\n0,1\n4,1\n", none) ==
          "w.csv:4: there is no feature 4; numbers begin at 0 and there are 4");
    CHECK(refusal("w.gal", "4\n0 0\n1 0\n2 0\n3 0\n4 0\n", none) ==
          "w.gal:6: there is no feature 4; numbers begin at 0 and there are 4");
    CHECK(refusal("w.csv", "from,to\n1,5\n", none) == "w.csv:2: there is no feature 5; there are 4");
    CHECK(refusal("w.csv", "from,to\n1,b\n", none) ==
          "w.csv:2: \"b\" is not a row number; say which column holds the ids");
    CHECK_THROWS_WITH(read_text("w.csv", "from,to\n0,1\n", none, {.first = io::FirstNumber::one}),
                      "w.csv:2: there is no feature 0; numbers begin at 1");
}

TEST_CASE("every fault of a file of weights is told with its line", "[weights]")
{
    CHECK(refusal("w.gal", "") == "w.gal: is empty");
    CHECK(refusal("w.gal", "0 5 towns code\n") == "w.gal:1: is for 5 features; there are 4");
    CHECK(refusal("w.gal", "0 many towns code\n") == "w.gal:1: \"many\" is not a number of features");
    CHECK_THAT(refusal("w.gal", "a 2\nb c\n"), Catch::StartsWith("w.gal:1: expected a header"));
    CHECK(refusal("w.gal", "4\na 1\nx\n") == "w.gal:3: there is no feature with the id \"x\"");
    CHECK(refusal("w.gal", "4\na 2\nb\nb 1\na\n") == "w.gal:3: 1 neighbours where line 2 announces 2");
    CHECK(refusal("w.gal", "4\na 2\nb b\nb 0\nc 0\nd 0\n") == "w.gal:3: this link is on line 3 already");
    CHECK(refusal("w.gal", "4\na 0\na 0\n") == "w.gal:3: \"a\" has a record already");
    CHECK(refusal("w.gal", "4\na 0\nb 0\nc 0\n") == "w.gal: has records for 3 of 4 features; is it cut off?");
    CHECK(refusal("w.gal", "4\na 2\n") == "w.gal:2: announces 2 neighbours; the file ends");
    CHECK(refusal("w.gal", "4\na -1\n") == "w.gal:2: \"-1\" is not a number of neighbours");
    CHECK_THAT(refusal("w.gal", "4\na 0\nb c d\n"),
               Catch::StartsWith("w.gal:3: expected an id and a number"));

    CHECK(refusal("w.gwt", "0 4 t c\na b\n") == "w.gwt:2: expected from, to and weight, found 2 words");
    CHECK(refusal("w.gwt", "0 4 t c\na b nan\n") == "w.gwt:2: the weight \"nan\" is not a finite number");
    CHECK(refusal("w.gwt", "0 4 t c\na b 1e999\n") == "w.gwt:2: the weight \"1e999\" is not a finite number");
    CHECK(refusal("w.gwt", "0 4 t c\na b 1\nb a 1\n\na b 2\n") == "w.gwt:5: this link is on line 2 already");

    CHECK_THAT(refusal("w.csv", "a,b,1\n"), Catch::StartsWith("w.csv:1: expected a header"));
    CHECK(refusal("w.csv", "from,to,weight\na,b\n") == "w.csv:2: 2 fields where the header has 3");
    CHECK(refusal("w.csv", "from,to,weight\na,b,\n") == "w.csv:2: the weight \"\" is not a finite number");
    CHECK(refusal("w.csv", "from,to,weight\na,b,one\n") ==
          "w.csv:2: the weight \"one\" is not a finite number");
    CHECK(refusal("w.csv", "from,to\na,\n") == "w.csv:2: there is no feature with the id \"\"");

    // Whatever stands in a file, the message is one short line.
    const std::string hostile =
        refusal("w.csv", "from,to\na,\"x\ny\x1b[31m" + std::string(500, 'z') + "\"\n");
    CHECK(hostile.size() < 140);
    CHECK(hostile.find_first_of("\n\x1b") == std::string::npos);
}

TEST_CASE("ids must name features without doubt", "[weights]")
{
    const TemporaryFolder folder;
    const std::string path = folder.file("w.csv", "from,to\na,b\n");
    CHECK_THROWS_WITH(read_weights(path, std::vector<std::string>{"a", "b", "a "}),
                      "features 1 and 3 have the same id; choose a column without repeats");
    CHECK_THROWS_WITH(read_weights(path, std::vector<std::string>{"a", " "}),
                      "feature 2 has no id; choose a column that is filled");
    CHECK_THROWS_WITH(read_weights(folder / "none.gal", 4), Catch::Contains("no such file"));
    CHECK_THROWS_WITH(read_weights("/vsicurl/http://example.org/w.gal", 4), Catch::Contains("--allow-vsi"));
    CHECK_THROWS_WITH(read_weights("https://example.org/w.gal", 4), Catch::Contains("example.org"));
}

TEST_CASE("what is written reads back the same", "[weights]")
{
    const TemporaryFolder folder;
    for (const std::string name : {"w.gal", "w.gwt", "w.csv"}) {
        write_weights(folder / name, small, abcd, {.layer = "towns", .id = "code"});
        check_same(read_weights(folder / name, abcd), small);
        write_weights(folder / name, small, {}, {.overwrite = true});
        check_same(read_weights(folder / name, 4), small);
        CHECK_THROWS_WITH(write_weights(folder / name, small, abcd), Catch::Contains("--overwrite"));
    }
    CHECK(test::read_file(folder / "w.gal") == "0 4 unknown id\n1 2\n2 3\n2 1\n1\n3 2\n1 3\n4 0\n\n");
    CHECK(test::read_file(folder / "w.csv") == "from,to,weight\n1,2,1\n1,3,1\n2,1,1\n3,1,1\n3,3,1\n");

    Weights uneven = small;
    uneven.weight = {1.0 / 3, 1e-300, -2, 12345678.9, 0};
    for (const std::string name : {"u.gwt", "u.csv"}) {
        write_weights(folder / name, uneven, abcd);
        check_same(read_weights(folder / name, abcd), uneven);
    }
    const std::vector<std::string> odd = {"a town, small", "=1+1", "c", "\"d\""};
    write_weights(folder / "odd.csv", uneven, odd);
    check_same(read_weights(folder / "odd.csv", odd), uneven);
    CHECK(folder.names() == std::vector<std::string>{"odd.csv", "u.csv", "u.gwt", "w.csv", "w.gal", "w.gwt"});
}

TEST_CASE("what a format cannot hold is not written", "[weights]")
{
    const TemporaryFolder folder;
    Weights uneven = small;
    uneven.weight = {1, 1, 2, 1, 1};
    CHECK_THROWS_WITH(write_weights(folder / "w.gal", uneven, abcd),
                      Catch::EndsWith("w.gal: GAL holds neighbours without weights; write .gwt or .csv"));
    const std::vector<std::string> spaced = {"a", "b b", "c", "d"};
    CHECK_THROWS_WITH(
        write_weights(folder / "w.gwt", small, spaced),
        Catch::EndsWith("the id \"b b\" holds spaces, which this format cannot have; write .csv"));
    CHECK_THROWS_WITH(write_weights(folder / "w.dat", small, abcd), Catch::EndsWith(".gal, .gwt or .csv"));
    CHECK_THROWS_WITH(write_weights(folder / "w.csv", small, std::span(abcd).first(3)),
                      "3 ids for 4 rows of weights");
    CHECK_THROWS_WITH(write_weights(folder / "w.gal", small, abcd, {.layer = "my layer"}),
                      Catch::Contains("must be words without spaces"));
    CHECK(folder.names().empty());
}

TEST_CASE("spdep's files of the Columbus neighbourhoods read as what they were", "[weights]")
{
    const auto ids = columbus_ids();
    const Weights full = read_weights(testdata("weights/columbus.gal"), ids);
    CHECK(full.links() == 230); // spdep: sum(card(nb))
    check_same(full, read_weights(testdata("weights/columbus_bare.gal"), 49));
    const Weights rows = read_weights(testdata("weights/columbus_row.csv"), ids);
    CHECK(rows.neighbour == full.neighbour);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t l = rows.begin_of(i); l < rows.end[i]; ++l) {
            CHECK(std::fabs(rows.weight[l] - 1 / static_cast<double>(full.neighbours(i).size())) < 1e-16);
        }
    }
    const Weights nearest = read_weights(testdata("weights/columbus_knn4_inverse.gwt"), ids);
    CHECK(nearest.links() == 4 * 49);
    CHECK(nearest.weight.back() == 3.42307891808979); // its last line, 49 48
}
