#include <kernels/fdr.h>

#include <vector>

int main()
{
    const std::vector<double> p{0.01, 0.02, 0.5};
    return vigil::benjamini_hochberg(p).size() == p.size() ? 0 : 1;
}
