// The names that requests go by in answers and logs.
#pragma once

#include <array>
#include <string_view>

#include "base/random.h"

namespace meridian::net {

// A UUID of version 4 (RFC 9562, 5.4): "f81d4fae-7dec-41d0-a765-00a0c91e6bf6".
using RequestId = std::array<char, 36>;

[[nodiscard]] inline std::string_view to_view(const RequestId& id) {
    return {id.data(), id.size()};
}

// Random ids without a system call for each. They tell requests apart, in this process and in
// others; they are no secrets. Threads: one.
class RequestIds {
  public:
    RequestIds();  // seeded by the kernel

    void make(RequestId& id);

  private:
    // Two sequences of 2^64 that start independently: for two processes to give the same id, both
    // must meet at the same place.
    SeededRandom high_;
    SeededRandom low_;
};

}  // namespace meridian::net
