#include <kernels/fdr.h>
#include <libgeo/grid.h>
#include <libgeo/io/output.h>
#include <libgeo/version.h>

#include <string>
#include <vector>

int main()
{
    const vigil::Grid grid = vigil::grid_covering({0, 0, 1000, 500}, 100);
    const std::vector<double> p{0.01, 0.02, 0.5};
    vigil::io::write_bytes("-",
                           std::string("vigil ") + vigil::version + ": " + std::to_string(grid.cells()) +
                               " cells, " + std::to_string(vigil::benjamini_hochberg(p).size()) + " tests\n",
                           false);
    return grid.cells() == 50 ? 0 : 1;
}
