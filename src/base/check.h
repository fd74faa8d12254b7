// CHECK(condition): our own invariants, on in every build. Never for what comes from a network, a
// disk or a file.
#pragma once

namespace meridian {

// Prints the place and the condition to standard error and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace meridian

#define CHECK(condition)                                              \
    do {                                                              \
        if (!(condition)) [[unlikely]] {                              \
            ::meridian::check_failed(#condition, __FILE__, __LINE__); \
        }                                                             \
    } while (false)
