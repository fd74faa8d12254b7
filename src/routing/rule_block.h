// How rules lie in a snapshot's heap: one block a rule, and where several regions have a rule for
// the same number, one block that lists them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "routing/heap.h"
#include "routing/rule.h"
#include "routing/trie.h"

namespace meridian::routing {

// What a leaf of the prefix index is.
inline constexpr std::uint16_t kRuleTag = 0xFFFF;
inline constexpr std::uint16_t kGroupTag = 0xFFFE;

// A packed Rule; its texts lie behind it, one after the other. Everything from `tag` to the end of
// the texts is the rule's canonical encoding, of which the content hash is made: it depends on the
// fields of Rule only, and different rules have different ones.
struct RuleBlock {
    std::atomic<std::uint32_t> references = 1;
    std::uint16_t tag = kRuleTag;
    std::uint16_t unused = 0;
    std::int64_t priority = 0;
    std::int64_t version = 0;
    enum Text : std::uint8_t {
        kNumber,
        kRegion,
        kBusinessHours,
        kFlow,
        kQueue,
        kAfterHoursFlow,
        kAfterHoursQueue,
        kFallbackRegions,  // each as four bytes of length, then the name
        kRoutingProfile,
        kAttributes,
        kTexts
    };
    std::array<std::uint32_t, kTexts> ends{};  // of each text, from the end of this header

    [[nodiscard]] std::string_view text(Text which) const {
        const std::uint32_t begin = which == kNumber ? 0 : ends[which - 1U];
        return {reinterpret_cast<const char*>(this + 1) + begin, ends[which] - begin};
    }
    [[nodiscard]] std::size_t bytes() const { return sizeof(RuleBlock) + ends.back(); }
    [[nodiscard]] std::span<const std::byte> canonical() const;
};
static_assert(sizeof(RuleBlock) == 64);

[[nodiscard]] inline const RuleBlock& rule_block(const Heap& heap, Handle rule) {
    return *reinterpret_cast<const RuleBlock*>(heap.at(rule));
}

// Steps through kFallbackRegions: takes the next name off `list`, which isn't empty.
[[nodiscard]] std::string_view next_fallback_region(std::string_view& list);

// REQUIRES: the texts have less than 2^32 bytes in all.
[[nodiscard]] Handle pack(Heap& heap, const Rule& rule);
[[nodiscard]] Rule unpack(const RuleBlock& block);

// The rules of one number, by the bytes of their regions. At least two.
struct RuleGroup {
    std::atomic<std::uint32_t> references = 1;
    std::uint16_t tag = kGroupTag;
    std::uint16_t unused = 0;
    std::uint32_t count = 0;

    // The hash lets a search pass over the other regions without touching their rules.
    struct Entry {
        std::uint32_t region_hash;
        Handle rule;
    };
    [[nodiscard]] std::span<const Entry> entries() const {
        return {reinterpret_cast<const Entry*>(this + 1), count};
    }
    [[nodiscard]] static std::size_t bytes(std::size_t count) {
        return sizeof(RuleGroup) + count * sizeof(Entry);
    }
};
static_assert(sizeof(RuleGroup) == 12 && offsetof(RuleGroup, tag) == offsetof(RuleBlock, tag));

[[nodiscard]] std::uint32_t region_hash(std::string_view region);

// The rules of one number, as the prefix index holds them: a view on a rule or a group.
class RuleSet {
  public:
    RuleSet(const Heap& heap, Handle leaf) : heap_(&heap), leaf_(leaf) {}

    [[nodiscard]] std::size_t size() const;
    // In the order of the regions' bytes. REQUIRES: index < size().
    [[nodiscard]] const RuleBlock& operator[](std::size_t index) const;
    [[nodiscard]] const RuleBlock* find(std::string_view region) const;

  private:
    [[nodiscard]] const RuleBlock& rule_at(Handle handle) const;
    [[nodiscard]] const RuleGroup* group() const;

    const Heap* heap_;
    Handle leaf_;
};

// The leaves of the prefix index.
class RuleLeaves final : public Leaves {
  public:
    [[nodiscard]] std::string_view key(const Heap& heap, Handle leaf) const override;
    void destroy(Heap& heap, Handle leaf) const override;
};

// Changes the rule set in a slot that only the caller sees: puts a rule into it, whose reference it
// takes over, or takes the one of a region out. REQUIRES, for the latter: it is there, and not
// alone.
void put_into_set(Heap& heap, Trie& rules, Handle& slot, Handle rule);
void take_out_of_set(Heap& heap, Trie& rules, Handle& slot, std::string_view region);

}  // namespace meridian::routing
