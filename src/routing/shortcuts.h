// From exactly a number and a region to their rule, without a walk through the prefix index.
//
// All snapshots of a family share one table, which says what the newest of them holds. Each bucket
// has the number of the snapshot that changed it last, and a snapshot believes the buckets that
// nobody has changed since itself. For the others, and for what the table has forgotten, it walks:
// a shortcut is never wrong, but it may be missing.
//
// A family is a line while each snapshot comes from the newest one. Where two come from the same
// (somebody asks "what if"), the first goes on as the line. The other's changes are kept out of
// the table: it and its descendants walk for the buckets in which they, or the line, changed
// anything since. When the first goes without descendants, the one before it leads the line again.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "routing/address_space.h"
#include "routing/heap.h"

namespace meridian::routing {

// What the table knows of a key. Two keys may have the same.
[[nodiscard]] std::uint32_t shortcut_hash(std::string_view number, std::string_view region);

// Role: what is shared; see Shortcuts for how a snapshot uses it. It grows by a bucket at a time
// (linear hashing, Litwin 1980), so that no change waits for a larger table. Threads: any.
// Errors: std::bad_alloc.
class ShortcutTable {
  public:
    using Number = std::uint64_t;  // of a snapshot

    void prefetch(std::uint32_t hash) const {
        if (const Bucket* const bucket = bucket_of(hash)) {
            __builtin_prefetch(bucket);
        }
    }
    // The rule that had this hash when snapshot `believer`, or an ancestor, was made; Handle::kNone
    // when that is not known.
    [[nodiscard]] Handle find(std::uint32_t hash, Number believer) const;
    [[nodiscard]] std::size_t bytes() const;

    // The line's newest snapshot is `parent`: makes `parent` give the lead to a new number.
    [[nodiscard]] std::optional<Number> succeed(Number parent);
    // Takes `leader` and what it changed out of the line, unless it has been succeeded.
    void give_back(Number leader, Number parent, std::span<const std::uint32_t> changed);

    // Handle::kNone: there is no rule with this hash any more. REQUIRES: `leader` leads.
    void put(std::uint32_t hash, Handle rule, Number leader);
    // From now on nobody who exists believes the bucket.
    void disown(std::uint32_t hash);
    // How memory comes for buckets that are not there so far.
    void set_pages(Pages pages);
    // Makes room for so many rules, in small steps: a call for each new rule keeps up with them.
    void grow(std::size_t rules);

  private:
    // The hash in the higher half, the handle in the lower; 0 is free.
    using Slot = std::atomic<std::uint64_t>;
    struct alignas(64) Bucket {
        std::atomic<Number> changed_by;  // stored before a slot, and read after it
        std::array<Slot, 7> slots;
    };
    static_assert(sizeof(Bucket) == 64);

    [[nodiscard]] static std::uint32_t hash_of(std::uint64_t slot) {
        return static_cast<std::uint32_t>(slot >> 32U);
    }
    [[nodiscard]] static Handle rule_of(std::uint64_t slot) {
        return static_cast<Handle>(static_cast<std::uint32_t>(slot));
    }
    [[nodiscard]] Bucket& bucket_at(std::size_t index) const {
        return reinterpret_cast<Bucket*>(buckets_)[index];
    }
    [[nodiscard]] Bucket* bucket_of(std::uint32_t hash) const;
    static void store(Bucket& bucket, std::uint32_t hash, Handle rule);
    void split_next();

    mutable std::mutex mutex_;  // guards changes of everything
    Number newest_ = 0;
    Number leader_ = 0;
    Pages pages_ = Pages::kSmall;
    std::optional<AddressSpace> space_;  // none until a walk would cost something
    std::byte* buckets_ = nullptr;       // set before bucket_count_ is more than 0
    std::atomic<std::size_t> bucket_count_ = 0;
};

// Role: one snapshot's view of the table: what it may believe, and its place in the line. Threads:
// put() and erase() are for the one who makes the snapshot, before others see it.
class Shortcuts {
  public:
    // The first snapshot's. REQUIRES: the table is new, and outlives this.
    explicit Shortcuts(ShortcutTable& table) : table_(&table), leads_(true) {}
    // A snapshot's that comes from the other's.
    Shortcuts(const Shortcuts& parent);
    Shortcuts& operator=(const Shortcuts&) = delete;
    ~Shortcuts();

    void prefetch(std::uint32_t hash) const { table_->prefetch(hash); }
    // A rule of this snapshot whose key has this hash; Handle::kNone says nothing.
    [[nodiscard]] Handle find(std::uint32_t hash) const { return table_->find(hash, number_); }

    void put(std::uint32_t hash, Handle rule);
    void erase(std::uint32_t hash) { put(hash, Handle::kNone); }

  private:
    static constexpr std::size_t kChangesMax = 256;  // more are not worth giving back

    ShortcutTable* table_;
    ShortcutTable::Number number_ = 0;             // believes what is not newer
    bool leads_ = false;                           // or led, until a descendant took over
    std::optional<ShortcutTable::Number> parent_;  // to whom the lead goes back
    std::vector<std::uint32_t> changed_;
};

inline ShortcutTable::Bucket* ShortcutTable::bucket_of(std::uint32_t hash) const {
    const std::size_t count = bucket_count_.load(std::memory_order_acquire);
    if (count == 0) {
        return nullptr;
    }
    const std::size_t mask = ~std::size_t{0} >> static_cast<unsigned>(std::countl_zero(count));
    const std::size_t index = hash & mask;
    return &bucket_at(index < count ? index : index & (mask >> 1U));
}

inline Handle ShortcutTable::find(std::uint32_t hash, Number believer) const {
    const Bucket* const bucket = bucket_of(hash);
    if (bucket == nullptr) {
        return Handle::kNone;
    }
    Handle found = Handle::kNone;
    for (const auto& slot : bucket->slots) {
        const std::uint64_t value = slot.load(std::memory_order_acquire);
        found = hash_of(value) == hash ? rule_of(value) : found;
    }
    // Whoever's slot this was has stored its number before.
    return bucket->changed_by.load(std::memory_order_relaxed) <= believer ? found : Handle::kNone;
}

}  // namespace meridian::routing
