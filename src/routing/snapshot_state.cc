#include "routing/snapshot_state.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>  // IWYU pragma: keep (placement)
#include <span>
#include <string_view>
#include <variant>

namespace meridian::routing {
namespace {

const RuleLeaves kRuleLeaves;
const ScheduleLeaves kScheduleLeaves;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

ScheduleBlock& schedule_block(const Heap& heap, Handle leaf) {
    return reinterpret_cast<ScheduleBlock&>(*heap.at(leaf));
}

}  // namespace

std::string_view ScheduleLeaves::key(const Heap& heap, Handle leaf) const {
    return schedule_block(heap, leaf).schedule->id;
}

void ScheduleLeaves::destroy(Heap& heap, Handle leaf) const {
    std::destroy_at(&schedule_block(heap, leaf));
    heap.free(leaf, sizeof(ScheduleBlock));
}

SnapshotState::SnapshotState()
    : family_(std::make_shared<Family>()), shortcuts_(family_->shortcuts) {}

SnapshotState::SnapshotState(const SnapshotState& other)
    : family_(other.family_),
      shortcuts_(other.shortcuts_),
      rules_(other.rules_),
      schedules_(other.schedules_),
      rule_count_(other.rule_count_),
      schedule_count_(other.schedule_count_),
      content_(other.content_) {
    rule_trie().retain(rules_);
    schedule_trie().retain(schedules_);
}

SnapshotState::~SnapshotState() {
    schedule_trie().release(schedules_);
    // Rules lie in the heap with all they have, so that the last of the family need not visit
    // them. (Others can only come from a copy of a user, and there is none but this one.)
    if (family_.use_count() > 1) {
        rule_trie().release(rules_);
    }
}

void SnapshotState::set_pages(Pages pages) {
    family_->heap.set_pages(pages);
    family_->shortcuts.set_pages(pages);
}

void SnapshotState::apply(const Edit& edit) {
    std::visit([this](const auto& one) { apply_one(one); }, edit);
}

std::size_t SnapshotState::memory_bytes() const {
    return sizeof(SnapshotState) + family_->heap.bytes_in_use() + family_->shortcuts.bytes();
}

const calendar::Schedule* SnapshotState::schedule(std::string_view id) const {
    Handle handle = schedules_;
    while (handle != Handle::kNone) {
        if (is_leaf(handle)) {
            const auto* const schedule = schedule_at(handle).schedule.get();
            return schedule->id == id ? schedule : nullptr;
        }
        handle = next_towards(node_at(family_->heap, handle), id);
    }
    return nullptr;
}

void SnapshotState::apply_one(const PutRule& edit) {
    const Rule& rule = edit.rule;
    if (rule.phone_number.size() > kKeyBytesMax) {
        return;
    }
    const std::uint32_t hash = shortcut_hash(rule.phone_number, rule.region);
    family_->shortcuts.grow(rule_count_ + 1);
    shortcuts_.prefetch(hash);
    Trie trie = rule_trie();
    const Trie::Place place = trie.locate(rules_, rule.phone_number);
    const Handle packed = pack(family_->heap, rule);
    content_.add(RuleSet(family_->heap, packed)[0].canonical());
    shortcuts_.put(hash, packed);
    ++rule_count_;
    if (place.leaf == Handle::kNone) {
        trie.insert(rules_, rule.phone_number, place, packed);
        return;
    }
    if (const RuleBlock* const old = RuleSet(family_->heap, place.leaf).find(rule.region)) {
        content_.remove(old->canonical());
        --rule_count_;
    }
    put_into_set(family_->heap, trie, trie.own(rules_, rule.phone_number), packed);
}

void SnapshotState::apply_one(const EraseRule& edit) {
    Trie trie = rule_trie();
    const Trie::Place place = trie.locate(rules_, edit.phone_number);
    if (place.leaf == Handle::kNone) {
        return;
    }
    const RuleSet set(family_->heap, place.leaf);
    const RuleBlock* const old = set.find(edit.region);
    if (old == nullptr) {
        return;
    }
    content_.remove(old->canonical());
    --rule_count_;
    shortcuts_.erase(shortcut_hash(edit.phone_number, edit.region));
    if (set.size() == 1) {
        trie.erase(rules_, edit.phone_number);
    } else {
        take_out_of_set(family_->heap, trie, trie.own(rules_, edit.phone_number), edit.region);
    }
}

void SnapshotState::apply_one(const PutSchedule& edit) {
    const auto& id = edit.schedule->id;
    if (id.size() > kKeyBytesMax) {
        return;
    }
    Trie trie = schedule_trie();
    const Trie::Place place = trie.locate(schedules_, id);
    const Handle added = marked(family_->heap.allocate(sizeof(ScheduleBlock)));
    new (family_->heap.at(added)) ScheduleBlock{.schedule = edit.schedule};
    content_.add(bytes_of(canonical(*edit.schedule)));
    if (place.leaf == Handle::kNone) {
        trie.insert(schedules_, id, place, added);
        ++schedule_count_;
        return;
    }
    content_.remove(bytes_of(canonical(*schedule_at(place.leaf).schedule)));
    Handle& slot = trie.own(schedules_, id);
    const Handle old = slot;
    slot = added;
    trie.release(old);
}

void SnapshotState::apply_one(const EraseSchedule& edit) {
    Trie trie = schedule_trie();
    const Trie::Place place = trie.locate(schedules_, edit.id);
    if (place.leaf == Handle::kNone) {
        return;
    }
    content_.remove(bytes_of(canonical(*schedule_at(place.leaf).schedule)));
    --schedule_count_;
    trie.erase(schedules_, edit.id);
}

const ScheduleBlock& SnapshotState::schedule_at(Handle leaf) const {
    return schedule_block(family_->heap, leaf);
}

Trie SnapshotState::rule_trie() {
    return {family_->heap, kRuleLeaves};
}
Trie SnapshotState::schedule_trie() {
    return {family_->heap, kScheduleLeaves};
}

}  // namespace meridian::routing
