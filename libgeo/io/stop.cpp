#include "libgeo/io/stop.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>
#include <unistd.h>

namespace vigil::io {

namespace {

/// Signals belong to the process, so this is the one place that holds state for the whole of it.
struct Scratch {
    std::mutex mutex;
    std::set<std::string> folders;
};

Scratch& scratch()
{
    static Scratch one;
    return one;
}

} // namespace

void clean_up_and_end(int exit_code)
{
    Scratch& s = scratch();
    s.mutex.lock(); // kept until the end: no commit may start now
    for (const std::string& folder : s.folders) {
        // A writer may still be adding files; a few rounds outrun it.
        for (int round = 0; round < 50; ++round) {
            std::error_code error;
            std::filesystem::remove_all(folder, error);
            if (!std::filesystem::exists(folder, error)) {
                break;
            }
        }
    }
    _exit(exit_code);
}

void watch_for_stop()
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    static sigset_t stops;
    sigemptyset(&stops);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction current {};
        sigaction(signal, nullptr, &current);
        if (current.sa_handler != SIG_IGN) { // nohup and background jobs stay as they were started
            sigaddset(&stops, signal);
        }
    }
    pthread_sigmask(SIG_BLOCK, &stops, nullptr);
    std::thread([] {
        int signal = 0;
        if (sigwait(&stops, &signal) == 0) {
            clean_up_and_end(128 + signal);
        }
    }).detach();
}

std::string make_scratch(std::string pattern)
{
    const std::lock_guard lock(scratch().mutex);
    if (::mkdtemp(pattern.data()) == nullptr) {
        return {};
    }
    scratch().folders.insert(pattern);
    return pattern;
}

void remove_scratch(const std::string& folder)
{
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    const std::lock_guard lock(scratch().mutex);
    scratch().folders.erase(folder);
}

HoldStop::HoldStop()
{
    scratch().mutex.lock();
}

HoldStop::~HoldStop()
{
    scratch().mutex.unlock();
}

} // namespace vigil::io
