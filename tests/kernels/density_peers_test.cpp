// Densities beside those of other programs, on twelve points (testdata/density/README.md tells how they were
// made).

#include "kernels/density.h"
#include "kernels/density/adaptive.h"
#include "kernels/density/window_mass.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

using vigil::KernelShape;
using vigil::XY;

namespace {

/// Rows of a table without quotes, the heading left out.
std::vector<std::vector<std::string>> rows_of(const std::string& name)
{
    std::ifstream in(vigil::test::testdata("density/" + name));
    std::vector<std::vector<std::string>> rows;
    std::string line;
    for (std::getline(in, line); std::getline(in, line);) {
        std::istringstream cells(line);
        rows.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');) {
            rows.back().push_back(cell);
        }
    }
    return rows;
}

std::vector<XY> twelve()
{
    std::vector<XY> points;
    for (const auto& row : rows_of("twelve_xy.csv")) {
        points.push_back({std::stod(row[0]), std::stod(row[1])});
    }
    return points;
}

const std::map<std::string, KernelShape> shapes = {
    {"uniform", KernelShape::uniform},           {"triangular", KernelShape::triangular},
    {"epanechnikov", KernelShape::epanechnikov}, {"quartic", KernelShape::quartic},
    {"triweight", KernelShape::triweight},       {"cosine", KernelShape::cosine}};

} // namespace

TEST_CASE("every compact kernel gives the values of GRASS", "[density]")
{
    const vigil::Grid grid{.left_x = 0, .top_y = 600, .cell_m = 50, .rows = 12, .cols = 12};
    const std::vector<XY> points = twelve();
    std::map<std::string, vigil::Raster<double>> ours;
    for (const auto& [name, shape] : shapes) {
        ours[name] = vigil::density(points, {}, grid, {.shape = shape, .bandwidth_m = 130}).raster;
    }
    std::size_t compared = 0;
    for (const auto& row : rows_of("grass.csv")) {
        const double value = ours.at(row[0]).at(std::stoll(row[1]), std::stoll(row[2]));
        INFO(row[0] << ", row " << row[1] << ", column " << row[2]);
        // GRASS writes 20 decimals, and values are of the order of 1e-5
        CHECK(std::fabs(value - std::stod(row[3])) <= 1e-13 * 1e-4 + 1e-17);
        ++compared;
    }
    CHECK(compared == 6 * 144);
}

TEST_CASE("densities at points and their edge corrections are those of spatstat", "[density]")
{
    const std::vector<XY> points = twelve();
    const double sigma_m = 80;
    vigil::Geometries window;
    window.kind = vigil::GeometryKind::polygon;
    const XY ring[] = {{0, 0}, {600, 0}, {600, 600}, {0, 600}, {0, 0}};
    window.add(ring);
    const double one[] = {sigma_m};
    const std::vector<double> mass = vigil::WindowMass(window, KernelShape::gaussian).at(points, one);
    const auto plain = vigil::density_at_points(points, {}, KernelShape::gaussian, sigma_m);
    const auto weighted = vigil::density_at_points(points, vigil::jones_diggle_weights({}, mass),
                                                   KernelShape::gaussian, sigma_m);
    for (const auto& row : rows_of("spatstat_points.csv")) {
        const std::size_t i = std::stoul(row[1]) - 1;
        const double expected = std::stod(row[2]);
        INFO(row[0] << ", point " << row[1]);
        if (row[0] == "none") {
            CHECK(std::fabs(plain[i] / expected - 1) <= 1e-12);
        } else { // spatstat reads its edge mass from the nearest of 2048 x 2048 pixels of 0.3 m
            const double ours = row[0] == "uniform" ? plain[i] / mass[i] : weighted[i];
            CHECK(std::fabs(ours / expected - 1) <= 2e-3);
        }
    }
}
