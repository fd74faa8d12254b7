#include "routing/rule_block.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>  // IWYU pragma: keep (placement)
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace meridian::routing {
namespace {

static_assert(std::endian::native == std::endian::little, "the canonical encoding says so");

using Texts = std::array<std::string_view, RuleBlock::kTexts>;
using Entries = std::vector<RuleGroup::Entry>;

std::string join_fallback_regions(const std::vector<std::string>& regions) {
    std::string list;
    for (const auto& region : regions) {
        const auto length = static_cast<std::uint32_t>(region.size());
        list.append(reinterpret_cast<const char*>(&length), sizeof length);
        list.append(region);
    }
    return list;
}

std::uint16_t tag_of(const Heap& heap, Handle leaf) {
    return reinterpret_cast<const RuleBlock*>(heap.at(leaf))->tag;
}

const RuleGroup& rule_group(const Heap& heap, Handle handle) {
    return *reinterpret_cast<const RuleGroup*>(heap.at(handle));
}

Handle new_group(Heap& heap, const Entries& entries) {
    const Handle handle = marked(heap.allocate(RuleGroup::bytes(entries.size())));
    auto* const group = new (heap.at(handle)) RuleGroup;
    group->count = static_cast<std::uint32_t>(entries.size());
    std::memcpy(static_cast<void*>(group + 1), entries.data(),
                entries.size() * sizeof(RuleGroup::Entry));
    return handle;
}

Entries entries_of(Heap& heap, Handle leaf) {
    if (tag_of(heap, leaf) == kRuleTag) {
        return {{region_hash(rule_block(heap, leaf).text(RuleBlock::kRegion)), leaf}};
    }
    const auto entries = rule_group(heap, leaf).entries();
    return {entries.begin(), entries.end()};
}

// The first entry whose region isn't less.
Entries::iterator place_of(Heap& heap, Entries& entries, std::string_view region) {
    return std::ranges::lower_bound(entries, region, {}, [&](const RuleGroup::Entry& entry) {
        return rule_block(heap, entry.rule).text(RuleBlock::kRegion);
    });
}

// Makes `entries` what the slot holds; the old leaf gives up its references, the new one has its
// own.
void replace_set(Heap& heap, Trie& rules, Handle& slot, const Entries& entries) {
    const Handle old = slot;
    if (entries.size() == 1) {
        slot = entries.front().rule;
    } else {
        slot = new_group(heap, entries);
    }
    for (const auto& entry : entries) {
        rules.retain(entry.rule);
    }
    rules.release(old);
}

}  // namespace

std::span<const std::byte> RuleBlock::canonical() const {
    const auto all = std::as_bytes(std::span(this, 1));
    return {all.data() + offsetof(RuleBlock, tag), bytes() - offsetof(RuleBlock, tag)};
}

std::string_view next_fallback_region(std::string_view& list) {
    std::uint32_t length = 0;
    std::memcpy(&length, list.data(), sizeof length);
    const auto region = list.substr(sizeof length, length);
    list.remove_prefix(sizeof length + length);
    return region;
}

Handle pack(Heap& heap, const Rule& rule) {
    const std::string fallback_regions = join_fallback_regions(rule.fallback_regions);
    Texts texts;
    texts[RuleBlock::kNumber] = rule.phone_number;
    texts[RuleBlock::kRegion] = rule.region;
    texts[RuleBlock::kBusinessHours] = rule.business_hours_id;
    texts[RuleBlock::kFlow] = rule.contact_flow_id;
    texts[RuleBlock::kQueue] = rule.queue_id;
    texts[RuleBlock::kAfterHoursFlow] = rule.after_hours_contact_flow_id;
    texts[RuleBlock::kAfterHoursQueue] = rule.after_hours_queue_id;
    texts[RuleBlock::kFallbackRegions] = fallback_regions;
    texts[RuleBlock::kRoutingProfile] = rule.routing_profile;
    texts[RuleBlock::kAttributes] = rule.attributes;

    std::size_t length = 0;
    for (const auto text : texts) {
        length += text.size();
    }
    CHECK(length <= std::numeric_limits<std::uint32_t>::max());
    const Handle handle = marked(heap.allocate(sizeof(RuleBlock) + length));
    auto* const block = new (heap.at(handle)) RuleBlock;
    block->priority = rule.priority;
    block->version = rule.version;
    char* const begin = reinterpret_cast<char*>(block + 1);
    char* end = begin;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        end = std::copy(texts[i].begin(), texts[i].end(), end);
        block->ends[i] = static_cast<std::uint32_t>(end - begin);
    }
    return handle;
}

Rule unpack(const RuleBlock& block) {
    Rule rule;
    rule.phone_number = block.text(RuleBlock::kNumber);
    rule.region = block.text(RuleBlock::kRegion);
    rule.business_hours_id = block.text(RuleBlock::kBusinessHours);
    rule.contact_flow_id = block.text(RuleBlock::kFlow);
    rule.queue_id = block.text(RuleBlock::kQueue);
    rule.after_hours_contact_flow_id = block.text(RuleBlock::kAfterHoursFlow);
    rule.after_hours_queue_id = block.text(RuleBlock::kAfterHoursQueue);
    rule.routing_profile = block.text(RuleBlock::kRoutingProfile);
    rule.attributes = block.text(RuleBlock::kAttributes);
    rule.priority = block.priority;
    rule.version = block.version;
    for (auto list = block.text(RuleBlock::kFallbackRegions); !list.empty();) {
        rule.fallback_regions.emplace_back(next_fallback_region(list));
    }
    return rule;
}

std::uint32_t region_hash(std::string_view region) {
    return static_cast<std::uint32_t>(XXH3_64bits(region.data(), region.size()));
}

std::size_t RuleSet::size() const {
    const RuleGroup* const several = group();
    return several == nullptr ? 1 : several->count;
}

const RuleBlock& RuleSet::operator[](std::size_t index) const {
    const RuleGroup* const several = group();
    return rule_at(several == nullptr ? leaf_ : several->entries()[index].rule);
}

const RuleBlock* RuleSet::find(std::string_view region) const {
    const RuleGroup* const several = group();
    if (several == nullptr) {
        const RuleBlock& rule = rule_at(leaf_);
        return rule.text(RuleBlock::kRegion) == region ? &rule : nullptr;
    }
    const std::uint32_t hash = region_hash(region);
    for (const auto& entry : several->entries()) {
        if (entry.region_hash == hash) {
            const RuleBlock& rule = rule_at(entry.rule);
            if (rule.text(RuleBlock::kRegion) == region) {
                return &rule;
            }
        }
    }
    return nullptr;
}

const RuleBlock& RuleSet::rule_at(Handle handle) const {
    return rule_block(*heap_, handle);
}

const RuleGroup* RuleSet::group() const {
    return tag_of(*heap_, leaf_) == kGroupTag ? &rule_group(*heap_, leaf_) : nullptr;
}

std::string_view RuleLeaves::key(const Heap& heap, Handle leaf) const {
    return RuleSet(heap, leaf)[0].text(RuleBlock::kNumber);
}

void RuleLeaves::destroy(Heap& heap, Handle leaf) const {
    if (tag_of(heap, leaf) == kRuleTag) {
        heap.free(leaf, rule_block(heap, leaf).bytes());
        return;
    }
    const RuleGroup& group = rule_group(heap, leaf);
    Trie rules(heap, *this);
    for (const auto& entry : group.entries()) {
        rules.release(entry.rule);
    }
    heap.free(leaf, RuleGroup::bytes(group.count));
}

void put_into_set(Heap& heap, Trie& rules, Handle& slot, Handle rule) {
    const std::string_view region = rule_block(heap, rule).text(RuleBlock::kRegion);
    Entries entries = entries_of(heap, slot);
    const RuleGroup::Entry added{region_hash(region), rule};
    const auto place = place_of(heap, entries, region);
    if (place != entries.end() &&
        rule_block(heap, place->rule).text(RuleBlock::kRegion) == region) {
        *place = added;
    } else {
        entries.insert(place, added);
    }
    replace_set(heap, rules, slot, entries);
    rules.release(rule);  // the set has its own reference now
}

void take_out_of_set(Heap& heap, Trie& rules, Handle& slot, std::string_view region) {
    Entries entries = entries_of(heap, slot);
    const auto place = place_of(heap, entries, region);
    CHECK(place != entries.end() && entries.size() > 1);
    entries.erase(place);
    replace_set(heap, rules, slot, entries);
}

}  // namespace meridian::routing
