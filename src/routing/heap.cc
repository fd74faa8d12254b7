#include "routing/heap.h"

// Freed blocks are marked for AddressSanitizer, in its builds: only those need its header.
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>

namespace meridian::routing {
namespace {

constexpr std::size_t kCacheLineUnits = 4;
constexpr std::size_t kReservedBytesMax = std::size_t{32} << 30U;  // 2^31 handles
constexpr std::size_t kReservedBytesMin = std::size_t{256} << 20U;
constexpr std::size_t kExactUnitsMax = 127;

std::size_t round_up(std::size_t value, std::size_t step) {
    return (value + step - 1) / step * step;
}

// Small blocks have a class for each size; larger ones share eight classes for each power of two.
std::size_t rounded_units(std::size_t units) {
    if (units == kCacheLineUnits - 1) {
        return units + 1;  // laid end to end, half of them would lie on two cache lines
    }
    if (units <= kExactUnitsMax) {
        return units;
    }
    return round_up(units, std::bit_floor(units) / 8);
}

// REQUIRES: rounded_units(units) == units.
std::size_t size_class(std::size_t units) {
    if (units <= kExactUnitsMax) {
        return units;
    }
    const auto log2 = static_cast<std::size_t>(std::bit_width(units)) - 1;
    return kExactUnitsMax + 1 + (log2 - 7) * 8 + (units >> (log2 - 3)) % 8;
}

}  // namespace

Heap::Heap() : space_({.bytes = kReservedBytesMax, .least_bytes = kReservedBytesMin}) {}

Heap::~Heap() {
    ASAN_UNPOISON_MEMORY_REGION(space_.base(), space_.usable_bytes());
}

std::size_t Heap::block_bytes(std::size_t bytes) {
    return rounded_units(round_up(bytes, kUnitBytes) / kUnitBytes) * kUnitBytes;
}

Handle Heap::allocate(std::size_t bytes) {
    const std::size_t size = block_bytes(bytes);
    const std::lock_guard lock(mutex_);
    Handle& head = free_[size_class(size / kUnitBytes)];
    Handle handle = head;
    if (handle != Handle::kNone) {
        ASAN_UNPOISON_MEMORY_REGION(at(handle), size);
        std::memcpy(&head, at(handle), sizeof head);
    } else {
        handle = static_cast<Handle>(take(size) / kUnitBytes);
    }
    bytes_in_use_ += size;
    return handle;
}

void Heap::free(Handle handle, std::size_t bytes) noexcept {
    const std::size_t size = block_bytes(bytes);
    const std::lock_guard lock(mutex_);
    Handle& head = free_[size_class(size / kUnitBytes)];
    std::memcpy(at(handle), &head, sizeof head);
    ASAN_POISON_MEMORY_REGION(at(handle), size);
    head = unmarked(handle);
    bytes_in_use_ -= size;
}

std::size_t Heap::bytes_in_use() const {
    const std::lock_guard lock(mutex_);
    return bytes_in_use_;
}

void Heap::set_pages(Pages pages) {
    const std::lock_guard lock(mutex_);
    space_.set_pages(pages, next_);
}

std::size_t Heap::take(std::size_t bytes) {
    if (bytes > kSlabUnitsMax * kUnitBytes) {
        return take_fresh(bytes);
    }
    Area& slab = slabs_[bytes / kUnitBytes];
    if (slab.end - slab.next < bytes) {
        next_ = round_up(next_, kCacheLineUnits * kUnitBytes);
        slab.next = take_fresh(kSlabBytes);
        slab.end = slab.next + kSlabBytes;
    }
    slab.next += bytes;
    return slab.next - bytes;
}

std::size_t Heap::take_fresh(std::size_t bytes) {
    if (bytes > space_.limit_bytes() - next_) {
        throw std::bad_alloc();
    }
    space_.extend(next_ + bytes);
    next_ += bytes;
    return next_ - bytes;
}

}  // namespace meridian::routing
