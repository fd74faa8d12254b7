#include "routing/address_space.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>

#include "base/check.h"

namespace meridian::routing {
namespace {

constexpr std::size_t kHugePageBytes = std::size_t{2} << 20U;
constexpr std::size_t kFirstStepBytes = std::size_t{256} << 10U;
constexpr std::size_t kLargestStepBytes = std::size_t{64} << 20U;

std::size_t round_up(std::size_t value, std::size_t step) {
    return (value + step - 1) / step * step;
}

}  // namespace

AddressSpace::AddressSpace(Sizes sizes) {
    for (std::size_t wanted = sizes.bytes; wanted >= sizes.least_bytes; wanted /= 2) {
        limit_bytes_ = round_up(wanted, kHugePageBytes);
        mapped_bytes_ = limit_bytes_ + kHugePageBytes;
        void* const memory = mmap(nullptr, mapped_bytes_, PROT_NONE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory != MAP_FAILED) {
            mapped_ = static_cast<std::byte*>(memory);
            const auto misaligned = reinterpret_cast<std::uintptr_t>(mapped_) % kHugePageBytes;
            base_ = mapped_ + (misaligned == 0 ? 0 : kHugePageBytes - misaligned);
            return;
        }
    }
    throw std::bad_alloc();
}

AddressSpace::~AddressSpace() {
    CHECK(munmap(mapped_, mapped_bytes_) == 0);
}

void AddressSpace::extend(std::size_t bytes) {
    if (bytes <= usable_bytes_) {
        return;
    }
    const bool huge = pages_ == Pages::kHuge && bytes > kHugePageBytes;
    const std::size_t step = std::clamp(usable_bytes_ / 4, kFirstStepBytes, kLargestStepBytes);
    const std::size_t wanted =
        round_up(std::max(bytes, usable_bytes_ + step), huge ? kHugePageBytes : kFirstStepBytes);
    const std::size_t end = std::min(wanted, limit_bytes_);
    std::byte* const from = base_ + usable_bytes_;
    const std::size_t length = end - usable_bytes_;
    if (mprotect(from, length, PROT_READ | PROT_WRITE) != 0) {
        throw std::bad_alloc();
    }
    if (huge) {
        static_cast<void>(madvise(from, length, MADV_HUGEPAGE));
    }
    usable_bytes_ = end;
}

void AddressSpace::set_pages(Pages pages, std::size_t used) {
    pages_ = pages;
    const std::size_t begun =
        round_up(used, kHugePageBytes);  // the page where `used` ends is there
    if (pages == Pages::kSmall && begun < usable_bytes_) {
        static_cast<void>(madvise(base_ + begun, usable_bytes_ - begun, MADV_NOHUGEPAGE));
    }
}

}  // namespace meridian::routing
