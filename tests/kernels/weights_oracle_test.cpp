// Neighbours that spdep 1.2-7 found, recorded in testdata/weights; see oracle.R there.
#include "kernels/weights/delaunay.h"
#include "kernels/weights/geodesic_weights.h"
#include "kernels/weights/inverse_distance.h"
#include "kernels/weights/structure.h"
#include "libgeo/io/weights_io.h"
#include "tests/support/reference.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace vigil;
using test::testdata;

namespace {

std::vector<XY> columbus()
{
    auto columns = test::csv_columns(testdata("weights/columbus_points.csv"));
    const auto x = test::numbers(columns["x"]);
    const auto y = test::numbers(columns["y"]);
    std::vector<XY> places;
    for (std::size_t i = 0; i < x.size(); ++i) {
        places.push_back({x[i], y[i]});
    }
    return places;
}

} // namespace

TEST_CASE("the triangulation of Columbus is spdep's", "[weights]")
{
    const Weights weights = delaunay(columbus());
    const Weights theirs = io::read_weights(testdata("weights/columbus_delaunay.gal"), 49);
    CHECK(weights.end == theirs.end);
    CHECK(weights.neighbour == theirs.neighbour);
}

TEST_CASE("inverse distances to the four nearest of Columbus are spdep's", "[weights]")
{
    const auto places = columbus();
    const Weights links = nearest_neighbours(places, 4);
    const Weights weights = inverse_distance(links, link_lengths(places, links), {.nearest_m = 1e-9});
    const Weights theirs = io::read_weights(testdata("weights/columbus_knn4_inverse.gwt"), 49);
    CHECK(weights.neighbour == theirs.neighbour);
    for (std::size_t l = 0; l < weights.links(); ++l) {
        CHECK(std::fabs(weights.weight[l] / theirs.weight[l] - 1) < 1e-14); // written with 15 digits
    }
}

TEST_CASE("standardised rows of Columbus are spdep's", "[weights]")
{
    const Weights full = io::read_weights(testdata("weights/columbus.gal"), 49);
    const Weights theirs = io::read_weights(testdata("weights/columbus_row.csv"), 49);
    CHECK(row_standardised(full).weight == theirs.weight);
}

TEST_CASE("a summary of Columbus says what spdep says", "[weights]")
{
    // dnearneigh(xy, 0, 0.5), card, n.comp.nb; is.symmetric.nb
    const WeightsSummary band = summary(distance_band(columbus(), 0.5));
    CHECK(band.links == 170);
    CHECK(band.islands == 4);
    CHECK(band.components == 8);
    CHECK(band.most == 9);
    CHECK(band.symmetric);
    const WeightsSummary shared = summary(io::read_weights(testdata("weights/columbus.gal"), 49));
    CHECK(shared.links == 230);
    CHECK(shared.least == 2);
    CHECK(shared.most == 10);
    CHECK(shared.components == 1);
    CHECK(std::fabs(100 * shared.share - 9.579342) < 5e-7); // as printed
    CHECK(!summary(io::read_weights(testdata("weights/columbus_knn4_inverse.gwt"), 49)).symmetric);
}

TEST_CASE("neighbours on the globe are spdep's", "[weights]")
{
    auto columns = test::csv_columns(testdata("weights/world_points.csv"));
    const auto lon = test::numbers(columns["lon"]);
    const auto lat = test::numbers(columns["lat"]);
    std::vector<LonLat> places;
    for (std::size_t i = 0; i < lon.size(); ++i) {
        places.push_back({lon[i], lat[i]});
    }
    const Weights weights = geodesic_band(places, 2e6);
    const Weights theirs = io::read_weights(testdata("weights/world_2000km.gal"), 200);
    CHECK(weights.end == theirs.end);
    CHECK(weights.neighbour == theirs.neighbour);
}
