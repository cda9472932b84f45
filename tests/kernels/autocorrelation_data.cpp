#include "tests/kernels/autocorrelation_data.h"

#include "kernels/contiguity.h"
#include "libgeo/io/features_io.h"
#include "tests/support/run.h"

#include <sstream>
#include <stdexcept>
#include <variant>

namespace vigil::test {

namespace {

std::vector<std::string> words_of(const std::string& text)
{
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) {
        words.push_back(word);
    }
    return words;
}

AutocorrelationCase african_conflicts()
{
    auto countries = csv_columns(testdata("reference/afcon.csv"));
    auto links = csv_columns(testdata("reference/afcon_neighbours_paper.csv"));
    std::map<std::string, std::uint32_t> number;
    std::uint32_t row = 0;
    for (const std::string& id : countries["id"]) {
        number[id] = row++;
    }
    std::vector<std::map<std::uint32_t, double>> rows(row);
    for (std::size_t l = 0; l < links["id_i"].size(); ++l) {
        rows[number.at(links["id_i"][l])][number.at(links["id_j"][l])] = 1;
    }
    return {numbers(countries["totcon"]), weights_of(rows)};
}

AutocorrelationCase invented(const std::string& field, const std::string& neighbours)
{
    auto table = csv_columns(testdata("autocorrelation/points.csv"));
    const auto x = numbers(table["x"]);
    const auto y = numbers(table["y"]);
    std::vector<XY> places;
    for (std::size_t i = 0; i < x.size(); ++i) {
        places.push_back({x[i], y[i]});
    }
    AutocorrelationCase result{numbers(table[field]), {}};
    result.weights = neighbours == "knn" ? nearest_neighbours(places, 5) : distance_band(places, 400);
    if (neighbours == "inverse") {
        for (std::size_t i = 0; i < places.size(); ++i) {
            for (const std::uint32_t j : result.weights.neighbours(i)) {
                result.weights.weight.push_back(1 / (1 + distance_m(places[i], places[j]) / 100));
            }
        }
    }
    if (neighbours == "band-linked") {
        AutocorrelationCase linked;
        std::vector<std::uint32_t> number(places.size());
        for (std::size_t i = 0; i < places.size(); ++i) {
            number[i] = static_cast<std::uint32_t>(linked.values.size());
            if (!result.weights.neighbours(i).empty()) {
                linked.values.push_back(result.values[i]);
            }
        }
        for (std::size_t i = 0; i < places.size(); ++i) {
            for (const std::uint32_t j : result.weights.neighbours(i)) {
                linked.weights.neighbour.push_back(number[j]);
            }
            if (!result.weights.neighbours(i).empty()) {
                linked.weights.end.push_back(linked.weights.neighbour.size());
            }
        }
        return linked;
    }
    return result;
}

AutocorrelationCase polygons(const std::string& data, const std::string& name, const std::string& neighbours)
{
    const Features layer = io::read_features(testdata("reference/" + data + ".gpkg"),
                                             {.layer = {}, .crs = "EPSG:26917", .allow_vsi = false});
    const Field* field = layer.table.find(name);
    if (field == nullptr) {
        throw std::runtime_error("no field " + name);
    }
    AutocorrelationCase result;
    if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&field->values)) {
        result.values.assign(whole->begin(), whole->end());
    } else {
        result.values = std::get<std::vector<double>>(field->values);
    }
    result.weights =
        polygon_contiguity(layer.geometry, neighbours == "queen" ? Contiguity::queen : Contiguity::rook);
    return result;
}

} // namespace

AutocorrelationCase autocorrelation_case(const std::string& data, const std::string& params)
{
    const auto words = words_of(params);
    AutocorrelationCase result = data == "afcon"    ? african_conflicts()
                                 : data == "points" ? invented(words.at(0), words.at(1))
                                                    : polygons(data, words.at(0), words.at(1));
    if (words.back() == "W") {
        result.weights = rows_of_one(std::move(result.weights));
    }
    return result;
}

Weights rows_of_one(Weights weights)
{
    if (weights.weight.empty()) {
        weights.weight.assign(weights.links(), 1);
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
        double sum = 0;
        for (std::size_t link = weights.begin_of(i); link < weights.end[i]; ++link) {
            sum += weights.weight[link];
        }
        for (std::size_t link = weights.begin_of(i); link < weights.end[i]; ++link) {
            weights.weight[link] /= sum;
        }
    }
    return weights;
}

Weights weights_of(const std::vector<std::map<std::uint32_t, double>>& rows)
{
    Weights weights;
    for (const auto& row : rows) {
        for (const auto& [j, w] : row) {
            weights.neighbour.push_back(j);
            weights.weight.push_back(w);
        }
        weights.end.push_back(weights.neighbour.size());
    }
    return weights;
}

} // namespace vigil::test
