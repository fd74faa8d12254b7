// Memory that grows at its end without ever moving.
#pragma once

#include <cstddef>
#include <cstdint>

namespace meridian::routing {

// Clearing a huge page takes the system up to some milliseconds. It pays where much is loaded at
// once and then read at random; whoever adds a little must not wait for it.
enum class Pages : std::uint8_t { kSmall, kHuge };

// Role: a range of addresses, reserved at once and backed with zeroed memory from its beginning on,
// in small pages unless told otherwise. Owns the range. Threads: extend() is for one at a
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
    // How memory beyond the first `used` bytes comes from now on. Advice to the system: it may do
    // otherwise.
    void set_pages(Pages pages, std::size_t used);

  private:
    std::byte* mapped_ = nullptr;  // `mapped_bytes_` long
    std::size_t mapped_bytes_ = 0;
    std::byte* base_ = nullptr;  // within it, aligned for huge pages
    std::size_t limit_bytes_ = 0;
    std::size_t usable_bytes_ = 0;
    Pages pages_ = Pages::kSmall;
};

}  // namespace meridian::routing
