#include "management/importer.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "management/draft.h"
#include "management/expectation.h"

namespace meridian::management {
namespace {

// Edits of one entity wait for the round that it is in.
constexpr std::size_t kRoundMax = 2048;

// One body, until it has its result.
struct Pending {
    std::size_t index = 0;
    Draft draft;
    Expectation expectation;
    int attempts = 0;
};

struct Writing {
    Pending pending;
    Edited edited;
    std::optional<Error> error;
};

// Transactions on their way to the disk. wait() must have returned before it goes.
class InFlight {
  public:
    void submit(store::TableStore& store, std::vector<store::Write> writes, Writing& writing) {
        {
            const std::lock_guard lock(mutex_);
            ++count_;
        }
        store.submit(std::move(writes), store::Atomicity::kAll,
                     [this, &writing](const std::vector<store::WriteOutcome>& outcomes) {
                         writing.error = EntityWriter::failure(outcomes);
                         const std::lock_guard lock(mutex_);
                         if (--count_ == 0) {
                             none_left_.notify_one();
                         }
                     });
    }

    void wait() {
        std::unique_lock lock(mutex_);
        none_left_.wait(lock, [this] { return count_ == 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable none_left_;
    std::size_t count_ = 0;
};

class Importer {
  public:
    Importer(EntityWriter& writer, const Occasion& occasion, std::size_t bodies)
        : writer_(writer),
          occasion_(occasion),
          results_(bodies, std::unexpected(Refusal(NotFound{}))) {}

    void add(std::size_t index, EditResult<Pending> pending);
    // Makes what was added, each entity's bodies in the order in which they came.
    void make();
    [[nodiscard]] std::vector<EditResult<Edited>> take() && { return std::move(results_); }

  private:
    using Round = std::vector<Pending>;

    [[nodiscard]] Round next_round();
    void make(Round round);
    [[nodiscard]] EntityLocks::Lock hold(const Round& round);
    [[nodiscard]] Result<Current> current_of(const Pending& pending,
                                             std::optional<item::Item> item) const;
    [[nodiscard]] Result<std::vector<std::optional<item::Item>>> read(const Round& round) const;
    [[nodiscard]] EditResult<std::variant<Prepared, Edited>> prepare(
        Pending& pending, std::optional<item::Item> item);
    void finish(std::deque<Writing> written);

    EntityWriter& writer_;
    const Occasion& occasion_;
    std::vector<EditResult<Edited>> results_;
    std::deque<Pending> waiting_;
    std::map<std::string, item::Item> rehearsed_;  // what a dry run would have stored
};

// Takes the pending body's content where it is to be written, and what is stored where it is not.
EditResult<Decision> decide(Pending& pending, Current& current) {
    const auto& expectation = pending.expectation;
    const bool holds = expectation.holds(current.item);
    if (current.item && same_content(*current.item, pending.draft.content) &&
        (holds || expectation.version().value_or(0) + 1 == version_of(*current.item))) {
        return Edited{Outcome::kUnchanged,
                      *current.item,
                      std::move(current.item),
                      {},
                      std::move(pending.draft.warnings)};
    }
    if (!holds) {
        return std::unexpected(Refusal(expectation.conflict(current.item)));
    }
    return Next{std::move(pending.draft.content),
                current.item ? Operation::kUpdate : Operation::kCreate, pending.draft.warnings};
}

void Importer::add(std::size_t index, EditResult<Pending> pending) {
    if (pending) {
        waiting_.push_back(*std::move(pending));
    } else {
        results_[index] = std::unexpected(std::move(pending).error());
    }
}

void Importer::make() {
    while (!waiting_.empty()) {
        make(next_round());
    }
}

// The first waiting body of each entity.
Importer::Round Importer::next_round() {
    Round round;
    std::deque<Pending> later;
    std::unordered_set<std::string> taken;
    for (auto& pending : waiting_) {
        const bool is_first = taken.insert(to_text(pending.draft.id)).second;
        if (is_first) {
            round.push_back(std::move(pending));
        } else {
            later.push_back(std::move(pending));
        }
    }
    waiting_ = std::move(later);
    return round;
}

void Importer::make(Round round) {
    const auto held = hold(round);
    auto items = read(round);
    std::deque<Writing> written;  // whose elements stay where they are
    InFlight in_flight;
    for (std::size_t i = 0; i < round.size(); ++i) {
        auto& pending = round[i];
        auto& result = results_[pending.index];
        if (!items) {
            result = std::unexpected(Refusal(items.error()));
            continue;
        }
        auto prepared = prepare(pending, std::move((*items)[i]));
        if (!prepared) {
            result = std::unexpected(std::move(prepared).error());
        } else if (auto* answer = std::get_if<Edited>(&*prepared)) {
            result = std::move(*answer);
        } else {
            auto& transaction = std::get<Prepared>(*prepared);
            auto& writing = written.emplace_back(
                Writing{std::move(pending), std::move(transaction.edited), std::nullopt});
            in_flight.submit(writer_.store(), std::move(transaction.writes), writing);
        }
    }
    in_flight.wait();
    finish(std::move(written));
}

EntityLocks::Lock Importer::hold(const Round& round) {
    std::vector<std::string> names;
    names.reserve(round.size());
    for (const auto& pending : round) {
        names.push_back(to_text(pending.draft.id));
    }
    return writer_.locks().hold(std::move(names));
}

// Looking for the history of each new entity would take longer than everything else. So it is done
// for those that turn out to have one.
Result<Current> Importer::current_of(const Pending& pending, std::optional<item::Item> item) const {
    const auto& id = pending.draft.id;
    bool may_be_new = !item && pending.attempts == 0;
    if (may_be_new && occasion_.options.dry_run) {
        const auto deletion = writer_.last_deletion(id);
        if (!deletion) {
            return std::unexpected(deletion.error());
        }
        may_be_new = !deletion->has_value();
    }
    return may_be_new ? Current{} : writer_.complete(id, std::move(item));
}

Result<std::vector<std::optional<item::Item>>> Importer::read(const Round& round) const {
    std::vector<store::ItemRef> refs;
    refs.reserve(round.size());
    for (const auto& pending : round) {
        refs.push_back(ref_of(pending.draft.id));
    }
    auto items = writer_.store().get_many(refs);
    for (std::size_t i = 0; items && !rehearsed_.empty() && i < round.size(); ++i) {
        if (const auto rehearsed = rehearsed_.find(to_text(round[i].draft.id));
            rehearsed != rehearsed_.end()) {
            (*items)[i] = rehearsed->second;
        }
    }
    return items;
}

EditResult<std::variant<Prepared, Edited>> Importer::prepare(Pending& pending,
                                                             std::optional<item::Item> item) {
    const auto& id = pending.draft.id;
    auto current = current_of(pending, std::move(item));
    if (!current) {
        return std::unexpected(Refusal(std::move(current).error()));
    }
    auto decision = decide(pending, *current);
    if (!decision) {
        return std::unexpected(std::move(decision).error());
    }
    if (auto* answer = std::get_if<Edited>(&*decision)) {
        return std::move(*answer);
    }
    auto prepared =
        writer_.prepare(id, *std::move(current), std::get<Next>(*std::move(decision)), occasion_);
    if (!prepared) {
        return std::unexpected(std::move(prepared).error());
    }
    if (occasion_.options.dry_run) {
        rehearsed_.insert_or_assign(to_text(id), prepared->edited.item);
        return std::move(prepared->edited);
    }
    return *std::move(prepared);
}

// Those that were too late, or for whom there was no room, wait for the next round, before the
// bodies that came after them.
void Importer::finish(std::deque<Writing> written) {
    std::vector<Pending> again;
    for (auto& [pending, edited, error] : written) {
        auto& result = results_[pending.index];
        if (!error) {
            result = std::move(edited);
            continue;
        }
        const bool is_lost_race = EntityWriter::is_lost_race(*error);
        const bool may_try_again = is_lost_race || error->code == ErrorCode::kOverloaded;
        if (may_try_again && ++pending.attempts < EntityWriter::kAttemptsMax) {
            pending.draft.content = content_of(std::move(edited.item));
            again.push_back(std::move(pending));
        } else {
            result = std::unexpected(is_lost_race ? writer_.out_of_turns(pending.draft.id)
                                                  : Refusal(*std::move(error)));
        }
    }
    waiting_.insert(waiting_.begin(), std::make_move_iterator(again.begin()),
                    std::make_move_iterator(again.end()));
}

EditResult<Pending> pending_of(Kind kind, std::size_t index, item::Value body,
                               const ValidationOptions& validation) {
    auto draft = draft_of(kind, std::nullopt, std::move(body), validation);
    if (!draft) {
        return std::unexpected(Refusal(std::move(draft).error()));
    }
    const auto expectation = Expectation::of(Unstated{}, draft->version, WhenUnstated::kAnything);
    if (!expectation) {
        return std::unexpected(Refusal(Invalid{{expectation.error()}, {}, false}));
    }
    return Pending{index, *std::move(draft), *expectation, 0};
}

// Asks once for each id.
auto remembering(std::function<bool(std::string_view)> exists) {
    return [exists = std::move(exists),
            known = std::unordered_map<std::string, bool>()](std::string_view id) mutable {
        const auto [found, is_new] = known.try_emplace(std::string(id), false);
        if (is_new) {
            found->second = exists(id);
        }
        return found->second;
    };
}

}  // namespace

std::vector<EditResult<Edited>> import_entities(EntityWriter& writer, Kind kind,
                                                std::span<item::Value> bodies,
                                                ValidationOptions validation,
                                                const Occasion& occasion) {
    if (validation.hours_exist) {
        validation.hours_exist = remembering(std::move(validation.hours_exist));
    }
    Importer importer(writer, occasion, bodies.size());
    for (std::size_t i = 0; i < bodies.size();) {
        for (const auto end = std::min(i + kRoundMax, bodies.size()); i < end; ++i) {
            importer.add(i, pending_of(kind, i, std::move(bodies[i]), validation));
        }
        importer.make();
    }
    return std::move(importer).take();
}

}  // namespace meridian::management
