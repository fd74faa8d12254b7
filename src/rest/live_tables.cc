#include "rest/live_tables.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "catalog/tables.h"
#include "expression/condition.h"
#include "management/draft.h"
#include "management/entity.h"
#include "rest/answers.h"

namespace meridian::rest {
namespace {

// Each waits for the disk; the store makes what waits together in one step.
constexpr std::size_t kWriters = 16;
constexpr std::chrono::milliseconds kWhenOverloaded{20};
constexpr int kAttemptsMax = 500;

std::optional<management::Kind> kind_of(std::string_view table) {
    for (const auto kind :
         {management::Kind::kRule, management::Kind::kHours, management::Kind::kAgent}) {
        if (management::table_of(kind) == table) {
            return kind;
        }
    }
    return std::nullopt;
}

}  // namespace

RunningTables::RunningTables(store::TableStore& store, const Clock& clock,
                             management::Caller caller, std::string reason, std::string via)
    : store_(store),
      caller_(std::move(caller)),
      options_{.reason = std::move(reason), .via = std::move(via)},
      writer_(store, clock, random_) {}

backup::TableRule RunningTables::rule(std::string_view table) const {
    // '@' is in the names of tables that DynamoDB's protocol keeps: NAME@ID of a client's, @NAME of
    // its own, such as which tables there are. Those tell what has been done, so they stay; and a
    // table that its client has deleted stays so.
    const auto at = table.find('@');
    if (at == 0 || (at != std::string_view::npos && !store_.describe_table(table))) {
        return backup::TableRule::kLeave;
    }
    if (table == catalog::kHistoryTable) {
        return backup::TableRule::kAddOnly;
    }
    return table == catalog::kRegionHealthTable ? backup::TableRule::kLeave
                                                : backup::TableRule::kWhole;
}

bool RunningTables::same(std::string_view table, const item::Item& a, const item::Item& b) const {
    return kind_of(table) ? management::same_content(a, b) : a == b;
}

Result<void> RunningTables::write(const std::string& table,
                                  std::vector<backup::Difference> differences) {
    const auto kind = kind_of(table);
    return kind ? write_entities(*kind, std::move(differences))
                : write_plain(table, std::move(differences));
}

Result<void> RunningTables::write_plain(const std::string& table,
                                        std::vector<backup::Difference> differences) {
    // Who was quicker has added what is newer.
    const bool only_new = rule(table) == backup::TableRule::kAddOnly;
    std::vector<store::Write> writes;
    for (auto& [key, then, now] : differences) {
        store::Write write{table, store::DeleteItem{key}, {}};
        if (then) {
            write.action = store::PutItem{*std::move(then)};
        }
        if (only_new) {
            write.condition = expression::AttributeNotExists{expression::Path(key.begin()->first)};
        }
        writes.push_back(std::move(write));
    }
    for (int attempt = 0;; ++attempt) {
        const auto outcomes = store_.write_all(writes, store::Atomicity::kEach);
        const auto failed = std::ranges::find_if(outcomes, [&](const auto& outcome) {
            return outcome.error &&
                   !(only_new && outcome.error->code == ErrorCode::kConditionFailed);
        });
        if (failed == outcomes.end()) {
            return {};
        }
        if (failed->error->code != ErrorCode::kOverloaded || attempt == kAttemptsMax) {
            return std::unexpected(*failed->error);
        }
        std::this_thread::sleep_for(kWhenOverloaded);
    }
}

Result<void> RunningTables::write_entities(management::Kind kind,
                                           std::vector<backup::Difference> differences) {
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::optional<Error> first_error;
    const auto write_some = [&] {
        for (auto i = next++; i < differences.size(); i = next++) {
            if (auto written = write_entity(kind, differences[i]); !written) {
                next = differences.size();
                const std::lock_guard lock(mutex);
                first_error = first_error ? first_error : std::move(written).error();
            }
        }
    };
    {
        std::vector<std::jthread> writers;
        for (std::size_t i = 0; i < std::min(kWriters, differences.size()); ++i) {
            writers.emplace_back(write_some);
        }
    }
    return first_error ? Result<void>(std::unexpected(*first_error)) : Result<void>();
}

Result<void> RunningTables::write_entity(management::Kind kind,
                                         const backup::Difference& difference) {
    const auto id = management::id_of(kind, difference.key);
    auto content =
        difference.then ? std::optional(management::content_of(*difference.then)) : std::nullopt;
    const management::Decide decide =
        [&content](
            const management::Current& current) -> management::EditResult<management::Decision> {
        const bool is_so = content
                               ? current.item && management::same_content(*current.item, *content)
                               : !current.item;
        if (is_so) {
            return management::Edited{management::Outcome::kUnchanged,
                                      current.item.value_or(item::Item()),
                                      current.item,
                                      {},
                                      {}};
        }
        return management::Next{
            content,
            content ? management::Operation::kRestore : management::Operation::kDelete,
            {}};
    };
    for (int attempt = 0;; ++attempt) {
        const auto edited = writer_.change(id, decide, {options_, caller_});
        if (edited) {
            return {};
        }
        auto [code, message] = refused(edited.error());
        if (code != ErrorCode::kOverloaded || attempt == kAttemptsMax) {
            return fail(code, management::to_text(id).substr(0, management::to_text(id).find('/')) +
                                  ": " + message);
        }
        std::this_thread::sleep_for(kWhenOverloaded);
    }
}

}  // namespace meridian::rest
