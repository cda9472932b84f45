#pragma once

#include <functional>
#include <utility>

namespace vigil {

/// Told by long work how far it is, 0 to 1. Empty by default; may be called from one thread at a time.
class Progress {
  public:
    Progress() = default;
    explicit Progress(std::function<void(double)> report) : report_(std::move(report)) {}
    void operator()(double fraction) const
    {
        if (report_) {
            report_(fraction);
        }
    }

  private:
    std::function<void(double)> report_;
};

} // namespace vigil
