#include "routing/snapshot.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "routing/rule_block.h"
#include "routing/snapshot_state.h"
#include "routing/trie.h"

namespace meridian::routing {
namespace {

// Gathers a page of keys.
class Pager {
  public:
    explicit Pager(const KeyQuery& query) : query_(query) {}

    // Where in the table the page can begin at the earliest.
    [[nodiscard]] std::string_view start() const {
        return query_.after && query_.after->phone_number > query_.prefix
                   ? query_.after->phone_number
                   : query_.prefix;
    }
    // The rules of one number; false: no more are wanted.
    bool take(const RuleSet& rules) {
        const auto number = rules[0].text(RuleBlock::kNumber);
        if (!number.starts_with(query_.prefix)) {
            return false;
        }
        for (std::size_t i = first_after(number, rules); i < rules.size(); ++i) {
            if (!take(number, rules[i].text(RuleBlock::kRegion))) {
                return false;
            }
        }
        return true;
    }
    [[nodiscard]] KeyPage page() && { return std::move(page_); }

  private:
    [[nodiscard]] std::size_t first_after(std::string_view number, const RuleSet& rules) const {
        if (!query_.after || query_.after->phone_number != number) {
            return 0;
        }
        const auto indexes = std::views::iota(std::size_t{0}, rules.size());
        return *std::ranges::partition_point(indexes, [&](std::size_t i) {
            return rules[i].text(RuleBlock::kRegion) <= query_.after->region;
        });
    }
    bool take(std::string_view number, std::string_view region) {
        const bool wanted = query_.region.empty() || region == query_.region;
        if (wanted && page_.keys.size() == query_.keys_max) {
            page_.next = page_.keys.back();
            return false;
        }
        if (examined_ == query_.examined_max) {
            page_.next = {std::string(last_.first), std::string(last_.second)};
            return false;
        }
        ++examined_;
        last_ = {number, region};
        if (wanted) {
            page_.keys.push_back({std::string(number), std::string(region)});
        }
        return true;
    }

    const KeyQuery& query_;
    KeyPage page_;
    std::size_t examined_ = 0;
    std::pair<std::string_view, std::string_view> last_;  // of those examined
};

}  // namespace

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

KeyPage Snapshot::keys(const KeyQuery& query) const {
    const Heap& heap = state_->heap();
    Pager pager(query);
    Trie::for_each_from(heap, RuleLeaves(), state_->rules(), pager.start(),
                        [&](Handle leaf) { return pager.take(RuleSet(heap, leaf)); });
    return std::move(pager).page();
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
