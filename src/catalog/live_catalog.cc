#include "catalog/live_catalog.h"

#include <fmt/format.h>

#include <atomic>
#include <future>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "catalog/complaint_log.h"
#include "catalog/domain.h"
#include "catalog/tables.h"
#include "item/json.h"

namespace meridian::catalog {
namespace {

// A change of the tables as an edit of a snapshot; nothing when the table holds no rules or hours.
void append_edit(const store::Change& change, std::vector<routing::Edit>& edits,
                 Complaints& complaints) {
    if (change.table == kRoutingTable) {
        if (change.after) {
            if (auto rule = rule_of(*change.after, complaints)) {
                edits.emplace_back(routing::PutRule{std::move(*rule)});
                return;
            }
        }
        const auto* number = item::find(change.key, "phoneNumber");
        const auto* region = item::find(change.key, "region");
        edits.emplace_back(
            routing::EraseRule{*number->as<std::string>(), *region->as<std::string>()});
    } else if (change.table == kHoursTable) {
        if (change.after) {
            if (auto schedule = schedule_of(*change.after, complaints)) {
                edits.emplace_back(routing::PutSchedule{std::move(schedule)});
                return;
            }
        }
        edits.emplace_back(
            routing::EraseSchedule{*item::find(change.key, "regionId")->as<std::string>()});
    }
}

// Calls `visit` with every item of a table, and complains of those that can't be read. The next
// page is read while one is visited.
template <typename Visit>
Result<void> for_each_item(const store::TableStore& store, std::string_view table,
                           ComplaintLog& complaints, Visit visit) {
    store::Scan scan;
    scan.table = table;
    const auto read = [&store](store::Scan page) {
        return std::async(std::launch::async,
                          [&store, page = std::move(page)] { return store.scan(page); });
    };
    for (auto coming = read(scan); coming.valid();) {
        auto page = coming.get();
        if (!page) {
            return std::unexpected(page.error());
        }
        if (page->last_key) {
            scan.start_after = std::move(page->last_key);
            coming = read(scan);
        }
        for (const auto& item : page->items) {
            visit(item);
        }
        for (const auto& key : page->damaged) {
            complaints.add({fmt::format("{} {}: its stored bytes are damaged, repair it", table,
                                        item::to_plain_json(key))});
        }
    }
    return {};
}

}  // namespace

// What readers see is one pointer, swapped whole.
class LiveCatalog::State {
  public:
    struct View {
        routing::Snapshot snapshot;
        store::SequenceNumber sequence = 0;
        Instant as_of;
    };

    explicit State(const Clock& clock) : clock_(clock) {}

    [[nodiscard]] std::shared_ptr<const View> view() const { return view_.load(); }
    [[nodiscard]] const ComplaintLog& complaints() const { return complaints_; }

    // From the store's writer thread. Before the load is done changes wait, so that none is missed
    // in between.
    void on_commit(std::span<const store::Change> changes) {
        const std::lock_guard lock(mutex_);
        if (given_up_) {
            return;
        }
        if (loading_) {
            pending_.insert(pending_.end(), changes.begin(), changes.end());
        } else {
            apply(changes);
        }
    }

    // Scans may or may not see what is written meanwhile; the pending changes hold whole items, so
    // applying them again on top ends in the same state either way.
    Result<void> load(const store::TableStore& store) {
        const auto sequence = store.last_sequence();
        routing::SnapshotBuilder builder;
        Complaints complaints;
        auto read = for_each_item(store, kRoutingTable, complaints_, [&](const item::Item& item) {
            if (auto rule = rule_of(item, complaints)) {
                builder.add(routing::PutRule{std::move(*rule)});
            }
            complaints_.add(std::exchange(complaints, {}));
        });
        if (read) {
            read = for_each_item(store, kHoursTable, complaints_, [&](const item::Item& item) {
                if (auto schedule = schedule_of(item, complaints)) {
                    builder.add(routing::PutSchedule{std::move(schedule)});
                }
                complaints_.add(std::exchange(complaints, {}));
            });
        }
        if (!read) {
            give_up();
            return read;
        }
        const std::lock_guard lock(mutex_);
        view_ =
            std::make_shared<const View>(View{std::move(builder).build(), sequence, clock_.now()});
        apply(pending_);
        pending_ = {};
        loading_ = false;
        return {};
    }

  private:
    // Nobody will read: commits, which the store goes on telling, are not kept.
    void give_up() {
        const std::lock_guard lock(mutex_);
        given_up_ = true;
        pending_ = {};
    }

    // REQUIRES: mutex_ is held.
    void apply(std::span<const store::Change> changes) {
        if (changes.empty()) {
            return;
        }
        std::vector<routing::Edit> edits;
        Complaints complaints;
        for (const auto& change : changes) {
            append_edit(change, edits, complaints);
        }
        complaints_.add(complaints);
        const auto now = view_.load();
        view_ = std::make_shared<const View>(
            View{edits.empty() ? now->snapshot : now->snapshot.with(edits), changes.back().sequence,
                 edits.empty() ? now->as_of : clock_.now()});
    }

    const Clock& clock_;
    ComplaintLog complaints_;
    std::atomic<std::shared_ptr<const View>> view_ = std::make_shared<const View>();
    std::mutex mutex_;  // of everything below: writers only
    bool loading_ = true;
    bool given_up_ = false;
    std::vector<store::Change> pending_;
};

LiveCatalog::LiveCatalog(std::shared_ptr<State> state) : state_(std::move(state)) {}
LiveCatalog::~LiveCatalog() = default;

Result<std::unique_ptr<LiveCatalog>> LiveCatalog::start(store::TableStore& store,
                                                        const Clock& clock) {
    auto state = std::make_shared<State>(clock);
    store.observe([state](std::span<const store::Change> changes) { state->on_commit(changes); });
    if (auto loaded = state->load(store); !loaded) {
        return std::unexpected(loaded.error());
    }
    return std::unique_ptr<LiveCatalog>(new LiveCatalog(std::move(state)));
}

Result<Sourced> LiveCatalog::rules_for(const routing::Call& /*call*/) {
    return Sourced{state_->view()->snapshot, false};
}

SourceHealth LiveCatalog::health() const {
    const auto view = state_->view();
    return {.rules = view->snapshot.rule_count(),
            .schedules = view->snapshot.schedule_count(),
            .complaints = state_->complaints().count(),
            .first_complaints = state_->complaints().first(),
            .stale = false,
            .as_of = view->as_of};
}

routing::Snapshot LiveCatalog::snapshot() const {
    return state_->view()->snapshot;
}

store::SequenceNumber LiveCatalog::sequence() const {
    return state_->view()->sequence;
}

}  // namespace meridian::catalog
