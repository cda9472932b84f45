#include "libgeo/io/route_network_io.h"

#include "libgeo/error.h"
#include "libgeo/io/route_network_check.h"
#include "libgeo/io/route_network_layout.h"
#include "tests/support/hand_network.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <functional>

using namespace vigil;
using test::TemporaryFolder;

namespace {

/// A square with a diagonal, a railway to an island of its own, a banned turn, a rank.
RouteNetwork square()
{
    test::HandNetwork hand;
    const auto a = hand.node(10, 50);
    const auto b = hand.node(10.01, 50);
    const auto c = hand.node(10.01, 50.01);
    const auto d = hand.node(10, 50.01);
    const auto far = hand.node(11, 51);
    const auto road = hand.kind({Mode::road, vehicle::all, vehicle::all, 0, 50, 50}, "residential",
                                {"surface=asphalt", "lit=yes"});
    const auto oneway = hand.kind({Mode::road, vehicle::motor, vehicle::none}, "primary");
    const auto rail = hand.kind({Mode::rail, vehicle::train, vehicle::none}, "rail");
    const auto ab = hand.edge(a, b, 715, road, std::numeric_limits<float>::quiet_NaN(), 3);
    const auto bc = hand.edge(b, c, 1112, road);
    hand.edge(c, d, 715, oneway);
    hand.edge(d, a, 1112, road, 2.5F);
    hand.edge(c, far, 130000, rail);
    hand.ban(2 * ab, 2 * bc, vehicle::motor);
    RouteNetwork network = hand.network();
    std::vector<std::uint32_t> rank(network.nodes());
    for (std::uint32_t v = 0; v < rank.size(); ++v) {
        rank[v] = static_cast<std::uint32_t>(rank.size()) - 1 - v;
    }
    network.rank = rank;
    return network;
}

template <typename T>
std::string_view text_of(const SharedArray<T>& array)
{
    return {reinterpret_cast<const char*>(array.data()), array.size() * sizeof(T)};
}

std::string written(const RouteNetwork& network)
{
    const TemporaryFolder folder;
    io::write_route_network(folder / "n.vnet", network, R"({"made":"by hand"})", false);
    return test::read_file(folder / "n.vnet");
}

/// The message with which these bytes are refused; empty when they are read.
std::string refusal(const TemporaryFolder& folder, const std::string& bytes)
{
    try {
        io::read_route_network(folder.file("n.vnet", bytes));
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::input);
        return error.what();
    }
    return {};
}

std::string refusal(const std::string& bytes)
{
    const TemporaryFolder folder;
    return refusal(folder, bytes);
}

/// What is found when one array of the square is changed.
template <typename T>
std::string_view flaw_after(SharedArray<T> RouteNetwork::*array,
                            const std::function<void(std::vector<T>&)>& change)
{
    RouteNetwork network = square();
    std::vector<T> values((network.*array).begin(), (network.*array).end());
    change(values);
    network.*array = values;
    return io::flaw_of(network);
}

/// A file whose checksums are right again after somebody changed it.
std::string resealed(std::string bytes)
{
    io::layout::Front front;
    std::memcpy(&front, bytes.data(), sizeof front);
    for (io::layout::Section& section : front.table) {
        const std::string_view text =
            std::string_view(bytes).substr(section.offset, io::layout::padded(section.bytes));
        const std::uint64_t sum = io::checksum(text);
        section.checksum =
            text.empty() ? io::checksum_of_parts({}) : io::checksum_of_parts(std::span(&sum, 1));
    }
    front.header.checksum = 0;
    front.header.checksum = io::checksum({reinterpret_cast<const char*>(&front), sizeof front});
    std::memcpy(bytes.data(), &front, sizeof front);
    return bytes;
}

using Catch::Matchers::Contains;

} // namespace

TEST_CASE("an engine file gives back every array and the info")
{
    const TemporaryFolder folder;
    const RouteNetwork network = square();
    REQUIRE(io::flaw_of(network).empty());
    CHECK(io::is_route_network_name(folder / "n.vnet"));
    CHECK(io::is_route_network_name("N.VNet"));
    CHECK_FALSE(io::is_route_network_name("n.gpkg"));
    CHECK_FALSE(io::is_route_network_name("net"));
    io::write_route_network(folder / "n.vnet", network, R"({"made":"by hand"})", false);
    CHECK(folder.names() == std::vector<std::string>{"n.vnet"});

    io::RouteNetworkFile file = io::read_route_network(folder / "n.vnet");
    CHECK(file.info == R"({"made":"by hand"})");
    CHECK(file.bytes == test::read_file(folder / "n.vnet").size());
    CHECK(file.network.place_nodes == 5);
    CHECK(file.network.components == network.components);
    std::vector<std::string> expected;
    io::layout::visit_arrays(network, [&](const auto& array) { expected.emplace_back(text_of(array)); });
    const RouteNetwork copy = file.network; // the arrays hold the mapping
    file = {};
    std::size_t s = 0;
    io::layout::visit_arrays(copy, [&](const auto& array) {
        INFO(io::layout::section_names[s]);
        CHECK(text_of(array) == expected[s++]);
    });
    CHECK(copy.text(copy.kind_of(0).road_class) == "residential");
}

TEST_CASE("the same network gives the same engine file")
{
    CHECK(written(square()) == written(square()));
}

TEST_CASE("an engine file is not replaced unasked, nor written without anything to travel on")
{
    const TemporaryFolder folder;
    const std::string path = folder.file("n.vnet", "older");
    CHECK_THROWS_WITH(io::write_route_network(path, square(), "", false), Contains("already exists"));
    CHECK_THROWS_WITH(io::write_route_network(path, {}, "", true), Contains("nothing to travel on"));
    RouteNetwork wrong = square();
    wrong.components = 0;
    CHECK_THROWS_WITH(io::write_route_network(path, wrong, "", true), Contains("cannot be written"));
    CHECK(test::read_file(path) == "older");
    CHECK(folder.names() == std::vector<std::string>{"n.vnet"});
    io::write_route_network(path, square(), "", true);
    CHECK(io::read_route_network(path).network.nodes() == 6);
}

TEST_CASE("what is no engine file is told from one of another version or byte order")
{
    const std::string whole = written(square());
    CHECK_THAT(refusal(""), Contains("is empty"));
    CHECK_THAT(refusal("lon,lat\n1,2\n"), Contains("not an engine file but something else"));
    CHECK_THAT(refusal("SQLite format 3" + std::string(200, '\0')), Contains("a GeoPackage"));
    CHECK_THAT(refusal(std::string("\0\0\0\x0d\x0a\x09OSMHeader", 15)), Contains("(PBF)"));
    CHECK_THAT(refusal("<?xml version='1.0'?><osm version='0.6'>"), Contains("(XML)"));
    CHECK_THAT(refusal("\x1f\x8b\x08"), Contains("unpack it"));

    std::string other = whole;
    other[12] = 9; // the version follows magic (8 bytes) and byte order (4)
    CHECK_THAT(refusal(other), Contains("another version of vigil") && Contains("run vigil network again"));
    other = whole;
    std::reverse(other.begin() + 8, other.begin() + 12);
    CHECK_THAT(refusal(other), Contains("another byte order"));
    CHECK_THAT(refusal(whole + '\0'), Contains("1 bytes too many"));
    CHECK_THROWS_WITH(io::read_route_network("-"), Contains("standard input"));
    CHECK_THROWS_WITH(io::read_route_network("/dev/null"), Contains("not a plain file"));
}

TEST_CASE("an engine file with any byte changed is refused")
{
    const TemporaryFolder folder;
    const std::string whole = written(square());
    REQUIRE(whole.size() < 5000);
    std::size_t read = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            std::string bytes = whole;
            bytes[i] = static_cast<char>(bytes[i] ^ flip);
            read += refusal(folder, bytes).empty() ? 1U : 0U;
        }
    }
    CHECK(read == 0);
    std::string bytes = whole;
    io::layout::Front front;
    std::memcpy(&front, bytes.data(), sizeof front);
    bytes[front.table[5].offset] ^= 1;
    CHECK_THAT(refusal(bytes), Contains("damaged (section: heads of arcs)"));
}

TEST_CASE("an engine file cut at any length is refused")
{
    const TemporaryFolder folder;
    const std::string whole = written(square());
    std::size_t short_of = 0;
    for (std::size_t n = 0; n < whole.size(); ++n) {
        const std::string why = refusal(folder, whole.substr(0, n));
        short_of += why.find(n == 0 ? "is empty" : "is cut short") != std::string::npos ? 1U : 0U;
    }
    CHECK(short_of == whole.size());
}

TEST_CASE("a forged engine file with right checksums never leads astray")
{
    const TemporaryFolder folder;
    const std::string whole = written(square());
    CHECK(refusal(folder, resealed(whole)).empty());
    std::size_t refused = 0;
    for (std::size_t i = sizeof(io::layout::Header); i < whole.size(); ++i) {
        std::string bytes = whole;
        bytes[i] = static_cast<char>(bytes[i] ^ 0x80);
        if (i >= sizeof(io::layout::Front)) {
            bytes = resealed(bytes);
        }
        const std::string path = folder.file("n.vnet", bytes);
        try { // a coordinate or a letter may be another; then all must still be there
            const RouteNetwork network = io::read_route_network(path).network;
            CHECK(io::flaw_of(network).empty());
        } catch (const Error&) {
            ++refused;
        }
    }
    CHECK(refused > whole.size() / 4);
    std::string bytes = whole;
    io::layout::Front front;
    std::memcpy(&front, bytes.data(), sizeof front);
    bytes[front.table[5].offset + 3] = '\x7f'; // a head beyond all nodes
    CHECK_THAT(refusal(resealed(bytes)), Contains("an arc does not lie on its edge"));
}

TEST_CASE("every index of a network is looked at")
{
    using Numbers = std::vector<std::uint32_t>;
    const std::uint32_t much = 1000000;
    CHECK_FALSE(flaw_after<std::uint32_t>(&RouteNetwork::node_of, [](Numbers& v) { v[5] = 0; }).empty());
    CHECK_FALSE(flaw_after<std::uint32_t>(&RouteNetwork::node_of, [](Numbers& v) { v[0] = 1; }).empty());
    CHECK_FALSE(
        flaw_after<std::uint32_t>(&RouteNetwork::component, [&](Numbers& v) { v[1] = much; }).empty());
    CHECK_FALSE(flaw_after<std::uint32_t>(&RouteNetwork::rank, [&](Numbers& v) { v[1] = much; }).empty());
    CHECK(flaw_after<std::uint32_t>(&RouteNetwork::rank, [](Numbers& v) { v[1] = v[2]; }) ==
          "two nodes have the same rank");
    CHECK(flaw_after<std::uint32_t>(&RouteNetwork::rank, [](Numbers& v) { v.clear(); }).empty());
    CHECK_FALSE(flaw_after<std::uint32_t>(&RouteNetwork::first_out, [](Numbers& v) {
                    std::swap(v[1], v[2]);
                }).empty());
    CHECK_FALSE(
        flaw_after<std::uint32_t>(&RouteNetwork::first_out, [&](Numbers& v) { v[1] = much; }).empty());
    CHECK_FALSE(flaw_after<std::uint32_t>(&RouteNetwork::first_in, [&](Numbers& v) { v[1] = much; }).empty());
    CHECK_FALSE(flaw_after<std::uint32_t>(&RouteNetwork::in_arc, [](Numbers& v) { v[0] = v[1]; }).empty());
    CHECK_FALSE(flaw_after<std::uint32_t>(&RouteNetwork::arc_side, [](Numbers& v) { v[0] ^= 1U; }).empty());
    CHECK_FALSE(flaw_after<std::uint32_t>(&RouteNetwork::tag, [&](Numbers& v) { v[0] = much; }).empty());
    CHECK_FALSE(
        flaw_after<std::uint32_t>(&RouteNetwork::text_begin, [&](Numbers& v) { v[1] = much; }).empty());
    CHECK_FALSE(flaw_after<FixedLonLat>(&RouteNetwork::node, [](auto& v) { v[0].lat = 900000001; }).empty());
    CHECK_FALSE(
        flaw_after<FixedLonLat>(&RouteNetwork::shape, [](auto& v) { v[0].lon = -1800000001; }).empty());
    CHECK_FALSE(flaw_after<Vehicles>(&RouteNetwork::arc_closed, [](auto& v) { v[0] = 64; }).empty());
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const auto& change : std::vector<std::function<void(RouteEdge&)>>{
             [](RouteEdge& e) { e.from = 5; }, // a copy
             [](RouteEdge& e) { e.to = 99; }, [](RouteEdge& e) { e.kind = 99; },
             [](RouteEdge& e) { e.length_m = -1; }, [](RouteEdge& e) { e.length_m = HUGE_VAL; },
             [](RouteEdge& e) { e.length_m = 1e300; }, [](RouteEdge& e) { e.minutes = -1; },
             [](RouteEdge& e) { e.shape_begin = 99; }, [](RouteEdge& e) { e.shape_begin -= 1; },
             [](RouteEdge& e) {
                 e.piece_begin = 99;
             }}) {
        CHECK_FALSE(flaw_after<RouteEdge>(&RouteNetwork::edge, [&](auto& v) { change(v[2]); }).empty());
    }
    for (const auto& change : std::vector<std::function<void(EdgePiece&)>>{
             [](EdgePiece& p) { p.begin_m = 1; }, [&](EdgePiece& p) { p.begin_m = nan; },
             [](EdgePiece& p) { p.vertex = 1; }, [](EdgePiece& p) { p.name = 99; },
             [](EdgePiece& p) {
                 p.reversed = 2;
             }}) {
        CHECK_FALSE(flaw_after<EdgePiece>(&RouteNetwork::piece, [&](auto& v) { change(v[1]); }).empty());
    }
    for (const auto& change : std::vector<std::function<void(EdgeKind&)>>{
             [](EdgeKind& k) { k.mode = static_cast<Mode>(5); }, [](EdgeKind& k) { k.forward = 255; },
             [](EdgeKind& k) { k.border = 2; }, [&](EdgeKind& k) { k.speed_forward_kmh = nan; },
             [](EdgeKind& k) { k.road_class = 99; }, [](EdgeKind& k) { k.tags_end = 99; },
             [](EdgeKind& k) {
                 k.tags_begin = 99;
             }}) {
        CHECK_FALSE(flaw_after<EdgeKind>(&RouteNetwork::kind, [&](auto& v) { change(v[0]); }).empty());
    }
}

TEST_CASE("a checksum differs after any change within one lane, and from part to part")
{
    std::string text(io::checksum_block * 4, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) {
        text[i] = static_cast<char>(i * 37);
    }
    const std::uint64_t sum = io::checksum(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string other = text;
            other[i] = static_cast<char>(other[i] ^ (1 << bit));
            CHECK(io::checksum(other) != sum);
        }
    }
    CHECK(io::checksum(std::string(64, '\0')) != io::checksum(std::string(128, '\0')));
    const std::array<std::uint64_t, 2> parts{1, 2};
    const std::array<std::uint64_t, 2> turned{2, 1};
    CHECK(io::checksum_of_parts(parts) != io::checksum_of_parts(turned));
}
