#include "routing/snapshot.h"

#include <fmt/core.h>

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "routing/rule_block.h"
#include "routing/snapshot_state.h"
#include "routing/trie.h"

namespace meridian::routing {

std::string to_hex(const ContentHash& hash) {
    std::string text;
    for (const auto byte : hash) {
        fmt::format_to(std::back_inserter(text), "{:02x}", byte);
    }
    return text;
}

Snapshot::Snapshot() : state_(std::make_shared<const SnapshotState>()) {}

Snapshot Snapshot::with(std::span<const Edit> edits) const {
    auto state = std::make_shared<SnapshotState>(*state_);
    for (const auto& edit : edits) {
        state->apply(edit);
    }
    return Snapshot(std::move(state));
}

std::size_t Snapshot::rule_count() const {
    return state_->rule_count();
}
std::size_t Snapshot::schedule_count() const {
    return state_->schedule_count();
}
ContentHash Snapshot::content_hash() const {
    return state_->content().bytes();
}
std::size_t Snapshot::memory_bytes() const {
    return state_->memory_bytes();
}

void Snapshot::for_each_rule(const std::function<void(const Rule&)>& visit) const {
    const Heap& heap = state_->heap();
    Trie::for_each(heap, state_->rules(), [&](Handle leaf) {
        const RuleSet set(heap, leaf);
        for (std::size_t i = 0; i < set.size(); ++i) {
            visit(unpack(set[i]));
        }
    });
}

SnapshotBuilder::SnapshotBuilder() : state_(std::make_shared<SnapshotState>()) {
    state_->set_pages(Pages::kHuge);
}

void SnapshotBuilder::add(const Edit& edit) {
    state_->apply(edit);
}

Snapshot SnapshotBuilder::build() && {
    state_->set_pages(Pages::kSmall);
    return Snapshot(std::move(state_));
}

}  // namespace meridian::routing
