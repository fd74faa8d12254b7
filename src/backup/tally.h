// How far a long piece of work is, for whoever waits for it.
#pragma once

#include <atomic>
#include <cstdint>

namespace meridian::backup {

// Threads: any.
struct Tally {
    std::atomic<std::uint64_t> items = 0;
    std::atomic<std::uint64_t> bytes = 0;
    std::atomic<std::uint64_t> items_total = 0;  // as far as it is known; 0: it is not
    std::atomic<bool> stop = false;              // the work is to end as soon as it can
};

}  // namespace meridian::backup
