#include "routing/shortcuts.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

namespace meridian::routing {
namespace {

constexpr std::size_t kBucketsMax = std::size_t{1} << 26U;
constexpr std::size_t kBucketsMin = std::size_t{1} << 18U;
constexpr std::size_t kRulesPerBucket = 5;  // of 7: those not yet split have up to twice as many
constexpr std::size_t kSplitsAtOnceMax = 4;
// The nodes that lead to so few rules stay in a cache by themselves.
constexpr std::size_t kRulesMin = 1'000;

}  // namespace

std::uint32_t shortcut_hash(std::string_view number, std::string_view region) {
    const XXH64_hash_t seed = XXH3_64bits(region.data(), region.size());
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(number.data(), number.size(), seed));
}

void ShortcutTable::grow(std::size_t rules) {
    const std::size_t wanted = std::min(rules / kRulesPerBucket, kBucketsMax);
    if (rules < kRulesMin || wanted <= bucket_count_.load(std::memory_order_relaxed)) {
        return;
    }
    const std::lock_guard lock(mutex_);
    if (!space_) {
        space_.emplace(AddressSpace::Sizes{.bytes = kBucketsMax * sizeof(Bucket),
                                           .least_bytes = kBucketsMin * sizeof(Bucket)});
        space_->set_pages(pages_, 0);
        buckets_ = space_->base();
    }
    const std::size_t limit = std::min(wanted, space_->limit_bytes() / sizeof(Bucket));
    for (std::size_t i = 0; i < kSplitsAtOnceMax && bucket_count_ < limit; ++i) {
        split_next();
    }
}

void ShortcutTable::set_pages(Pages pages) {
    const std::lock_guard lock(mutex_);
    pages_ = pages;
    if (space_) {
        space_->set_pages(pages, bytes());
    }
}

// Fresh memory is zeroed, which is what an empty bucket is.
void ShortcutTable::split_next() {
    const std::size_t count = bucket_count_.load(std::memory_order_relaxed);
    space_->extend((count + 1) * sizeof(Bucket));
    if (count > 0) {
        const std::size_t bit = std::bit_floor(count);
        Bucket& from = bucket_at(count - bit);
        Bucket& to = bucket_at(count);
        to.changed_by.store(from.changed_by.load(std::memory_order_relaxed),
                            std::memory_order_relaxed);
        for (std::size_t i = 0; i < from.slots.size(); ++i) {
            const std::uint64_t slot = from.slots[i].load(std::memory_order_relaxed);
            if ((hash_of(slot) & bit) != 0) {
                to.slots[i].store(slot, std::memory_order_release);
                from.slots[i].store(0, std::memory_order_release);
            }
        }
    }
    bucket_count_.store(count + 1, std::memory_order_release);
}

// A hash has one slot at most, so that what replaces a rule never leaves the old one behind.
void ShortcutTable::store(Bucket& bucket, std::uint32_t hash, Handle rule) {
    Slot* place = nullptr;
    for (auto& slot : bucket.slots) {
        const std::uint64_t value = slot.load(std::memory_order_relaxed);
        if (value != 0 && hash_of(value) == hash) {
            place = &slot;
            break;
        }
        if (value == 0 && place == nullptr) {
            place = &slot;
        }
    }
    if (rule == Handle::kNone) {
        if (place != nullptr) {
            place->store(0, std::memory_order_release);
        }
        return;
    }
    if (place == nullptr) {
        place = &bucket.slots[std::rotl(hash, 8) % bucket.slots.size()];
    }
    const auto handle = static_cast<std::uint32_t>(rule);
    place->store(std::uint64_t{hash} << 32U | handle, std::memory_order_release);
}

void ShortcutTable::put(std::uint32_t hash, Handle rule, Number leader) {
    const std::lock_guard lock(mutex_);
    if (Bucket* const bucket = bucket_of(hash)) {
        bucket->changed_by.store(leader, std::memory_order_relaxed);
        store(*bucket, hash, rule);
    }
}

void ShortcutTable::disown(std::uint32_t hash) {
    const std::lock_guard lock(mutex_);
    if (Bucket* const bucket = bucket_of(hash)) {
        bucket->changed_by.store(++newest_, std::memory_order_relaxed);
    }
}

std::optional<ShortcutTable::Number> ShortcutTable::succeed(Number parent) {
    const std::lock_guard lock(mutex_);
    if (leader_ != parent) {
        return std::nullopt;
    }
    leader_ = ++newest_;
    return leader_;
}

void ShortcutTable::give_back(Number leader, Number parent,
                              std::span<const std::uint32_t> changed) {
    const std::lock_guard lock(mutex_);
    if (leader_ != leader) {
        return;
    }
    for (const std::uint32_t hash : changed) {
        if (Bucket* const bucket = bucket_of(hash)) {
            store(*bucket, hash, Handle::kNone);
        }
    }
    leader_ = parent;
}

std::size_t ShortcutTable::bytes() const {
    return bucket_count_.load(std::memory_order_relaxed) * sizeof(Bucket);
}

Shortcuts::Shortcuts(const Shortcuts& parent) : table_(parent.table_), number_(parent.number_) {
    if (!parent.leads_) {
        return;
    }
    if (const auto number = table_->succeed(parent.number_)) {
        leads_ = true;
        number_ = *number;
        parent_ = parent.number_;
    }
}

Shortcuts::~Shortcuts() {
    if (parent_ && changed_.size() < kChangesMax) {
        table_->give_back(number_, *parent_, changed_);
    }
}

void Shortcuts::put(std::uint32_t hash, Handle rule) {
    if (!leads_) {
        table_->disown(hash);
        return;
    }
    if (parent_ && changed_.size() < kChangesMax) {
        changed_.push_back(hash);
    }
    table_->put(hash, rule, number_);
}

}  // namespace meridian::routing
