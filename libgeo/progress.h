#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
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

/// Progress of work that several threads do: told of each piece as it is done.
class SharedProgress {
  public:
    SharedProgress(const Progress& progress, std::size_t total) : progress_(progress), total_(total) {}
    void add(std::size_t done)
    {
        const std::lock_guard lock(telling_);
        done_ += done;
        progress_(static_cast<double>(done_) / static_cast<double>(total_));
    }

  private:
    const Progress& progress_;
    std::size_t total_;
    std::size_t done_ = 0;
    std::mutex telling_;
};

} // namespace vigil
