// What a snapshot consists of. For this module; others use snapshot.h.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "calendar/schedule.h"
#include "routing/content_hash.h"
#include "routing/heap.h"
#include "routing/rule_block.h"
#include "routing/shortcuts.h"
#include "routing/snapshot.h"
#include "routing/trie.h"

namespace meridian::routing {

// Keeps one schedule alive for as long as a snapshot needs it.
struct ScheduleBlock {
    std::atomic<std::uint32_t> references = 1;

    std::shared_ptr<const calendar::Schedule> schedule;
};

class ScheduleLeaves final : public Leaves {
  public:
    [[nodiscard]] std::string_view key(const Heap& heap, Handle leaf) const override;
    void destroy(Heap& heap, Handle leaf) const override;
};

// What all snapshots that come from one another share.
struct Family {
    Heap heap;
    ShortcutTable shortcuts;
};

// Role: two tries in one heap, and what is known of them as a whole. A copy shares all blocks, and
// copies on change. Threads: apply() is for the one owner, before others see the state; const
// members for any number of threads.
class SnapshotState {
  public:
    SnapshotState();
    SnapshotState(const SnapshotState& other);
    SnapshotState& operator=(const SnapshotState&) = delete;
    ~SnapshotState();

    void apply(const Edit& edit);
    // How memory comes for what is added.
    void set_pages(Pages pages);

    [[nodiscard]] const Heap& heap() const { return family_->heap; }
    [[nodiscard]] const Shortcuts& shortcuts() const { return shortcuts_; }
    [[nodiscard]] Handle rules() const { return rules_; }
    [[nodiscard]] std::size_t rule_count() const { return rule_count_; }
    [[nodiscard]] std::size_t schedule_count() const { return schedule_count_; }
    [[nodiscard]] const ContentSum& content() const { return content_; }

    // What it holds, and what its family shares.
    [[nodiscard]] std::size_t memory_bytes() const;

    // Nothing without such a schedule.
    [[nodiscard]] const calendar::Schedule* schedule(std::string_view id) const;

  private:
    void apply_one(const PutRule& edit);
    void apply_one(const EraseRule& edit);
    void apply_one(const PutSchedule& edit);
    void apply_one(const EraseSchedule& edit);
    [[nodiscard]] const ScheduleBlock& schedule_at(Handle leaf) const;
    [[nodiscard]] Trie rule_trie();
    [[nodiscard]] Trie schedule_trie();

    std::shared_ptr<Family> family_;
    Shortcuts shortcuts_;
    Handle rules_ = Handle::kNone;
    Handle schedules_ = Handle::kNone;
    std::size_t rule_count_ = 0;
    std::size_t schedule_count_ = 0;
    ContentSum content_;
};

}  // namespace meridian::routing
