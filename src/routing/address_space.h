// Memory that grows at its end without ever moving.
#pragma once

#include <cstddef>

namespace meridian::routing {

// Role: a range of addresses, reserved at once and backed with zeroed memory from its beginning on,
// in huge pages where there is enough of it. Owns the range. Threads: extend() is for one at a
// time; what is usable may be used by any. Errors: std::bad_alloc when the process may map no more;
// what was usable stays so.
class AddressSpace {
  public:
    struct Sizes {
        std::size_t bytes;        // the range's size, rounded up to huge pages,
        std::size_t least_bytes;  // or as much as there is, but not less than this
    };
    explicit AddressSpace(Sizes sizes);
    ~AddressSpace();
    AddressSpace(const AddressSpace&) = delete;
    AddressSpace& operator=(const AddressSpace&) = delete;

    [[nodiscard]] std::byte* base() const { return base_; }
    [[nodiscard]] std::size_t limit_bytes() const { return limit_bytes_; }
    [[nodiscard]] std::size_t usable_bytes() const { return usable_bytes_; }

    // Makes at least the first `bytes` usable. REQUIRES: bytes <= limit_bytes().
    void extend(std::size_t bytes);

  private:
    std::byte* mapped_ = nullptr;  // `mapped_bytes_` long
    std::size_t mapped_bytes_ = 0;
    std::byte* base_ = nullptr;  // within it, aligned for huge pages
    std::size_t limit_bytes_ = 0;
    std::size_t usable_bytes_ = 0;
};

}  // namespace meridian::routing
