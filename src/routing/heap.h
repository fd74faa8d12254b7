// Memory for one family of snapshots, in which a reference takes four bytes instead of eight.
//
// Why not malloc: half-sized references and no block headers keep the prefix index of a million
// rules inside the processor's last-level cache, huge pages spare most TLB misses, and the last
// snapshot of a family gives everything back at once instead of block by block.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "routing/address_space.h"

namespace meridian::routing {

// Names a block of a Heap. The highest bit is for those who keep handles: the heap ignores it.
enum class Handle : std::uint32_t { kNone = 0 };
inline constexpr std::uint32_t kHandleMark = std::uint32_t{1} << 31U;
[[nodiscard]] constexpr bool is_marked(Handle handle) {
    return (static_cast<std::uint32_t>(handle) & kHandleMark) != 0;
}
[[nodiscard]] constexpr Handle marked(Handle handle) {
    return static_cast<Handle>(static_cast<std::uint32_t>(handle) | kHandleMark);
}
[[nodiscard]] constexpr Handle unmarked(Handle handle) {
    return static_cast<Handle>(static_cast<std::uint32_t>(handle) & ~kHandleMark);
}

// Role: blocks of any size, aligned to 16 bytes, which never move. Threads: every member may be
// called from any thread; what is in a block is the caller's to guard. Errors: std::bad_alloc when
// 32 GiB, or what the process may map, is exhausted. Limits: memory goes back to the system with
// the heap; until then a freed block serves the next one of its size.
class Heap {
  public:
    Heap();
    ~Heap();
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;

    // What is in the new block is undefined.
    [[nodiscard]] Handle allocate(std::size_t bytes);
    // REQUIRES: `bytes` has the same block_bytes() as what was asked for.
    void free(Handle handle, std::size_t bytes) noexcept;

    // What a block of `bytes` really takes: a block may be used up to that without being moved.
    [[nodiscard]] static std::size_t block_bytes(std::size_t bytes);
    [[nodiscard]] std::size_t bytes_in_use() const;

    // How memory comes that blocks have not used so far.
    void set_pages(Pages pages);

    [[nodiscard]] std::byte* at(Handle handle) const {
        return space_.base() +
               std::size_t{static_cast<std::uint32_t>(unmarked(handle))} * kUnitBytes;
    }

  private:
    static constexpr std::size_t kUnitBytes = 16;
    static constexpr std::size_t kSizeClasses = 336;
    // Blocks of up to so many units lie among their like, so that the nodes of a trie fill whole
    // cache lines instead of each sharing one with a rule's text.
    static constexpr std::size_t kSlabUnitsMax = 5;
    static constexpr std::size_t kSlabBytes = std::size_t{32} << 10U;

    struct Area {
        std::size_t next;  // offset of the first byte never used
        std::size_t end;
    };
    [[nodiscard]] std::size_t take(std::size_t bytes);        // offset of a new block
    [[nodiscard]] std::size_t take_fresh(std::size_t bytes);  // the same, at the heap's end

    mutable std::mutex mutex_;  // guards what follows, but not space_.base()
    AddressSpace space_;
    std::size_t next_ = kSlabBytes;  // offset of the first byte never used; 0 is kNone's
    std::array<Area, kSlabUnitsMax + 1> slabs_{};  // by size, in units
    std::size_t bytes_in_use_ = 0;
    std::array<Handle, kSizeClasses> free_{};  // per size class: the head of a list through blocks
};

}  // namespace meridian::routing
