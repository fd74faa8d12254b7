// One change of one entity: read what is stored, decide, write it together with its history.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "item/value.h"
#include "management/editor.h"
#include "management/entity_locks.h"
#include "management/history.h"
#include "management/history_format.h"
#include "store/table_store.h"

namespace meridian::management {

// What is stored of an entity. `last` is its newest change: read where no item tells when it was
// changed last. `deletion` is its last one: read where there is no item.
struct Current {
    std::optional<item::Item> item;
    std::optional<Change> last;
    std::optional<Deletion> deletion;
};

// What a change is to make of an entity.
struct Next {
    std::optional<item::Item> content;  // without version and lastUpdated; nothing: it is deleted
    Operation operation = Operation::kUpdate;
    std::vector<FieldError> warnings;
};

// Edited: there is nothing to write. A refusal ends the change as well.
using Decision = std::variant<Next, Edited>;
using Decide = std::function<EditResult<Decision>(const Current&)>;

// On whose behalf, and how.
struct Occasion {
    const EditOptions& options;
    const Caller& caller;
};

// A change that only needs to be made: one transaction (Atomicity::kAll), and the answer once it is
// durable. Each write has the condition that what was read is still there.
struct Prepared {
    std::vector<store::Write> writes;
    Edited edited;
};

// Ownership: what it is made with must outlive it. Threads: any.
class EntityWriter {
  public:
    EntityWriter(store::TableStore& store, const Clock& clock, Random& random)
        : store_(store), clock_(clock), random_(random) {}

    // Makes the change as `decide` says, once more on what is stored then when somebody else was
    // quicker. A dry run ends before the writes.
    [[nodiscard]] EditResult<Edited> change(const EntityId& id, const Decide& decide,
                                            const Occasion& occasion);

    // ---- The steps, for many entities at once

    // Changes of one entity by this process are made one after the other; those of others are
    // found by the conditions.
    [[nodiscard]] EntityLocks& locks() { return locks_; }

    [[nodiscard]] Result<Current> read(const EntityId& id) const;
    // What is stored, of which the item was read already.
    [[nodiscard]] Result<Current> complete(const EntityId& id,
                                           std::optional<item::Item> item) const;
    // Nothing: it never was. A change that takes a deleted entity for a new one loses its race.
    [[nodiscard]] Result<std::optional<Deletion>> last_deletion(const EntityId& id) const;
    // Invalid: the item would be too large.
    [[nodiscard]] EditResult<Prepared> prepare(const EntityId& id, Current current, Next next,
                                               const Occasion& occasion);

    // Why a transaction was not made; nothing: it was.
    [[nodiscard]] static std::optional<Error> failure(
        const std::vector<store::WriteOutcome>& outcomes);
    // Somebody else was quicker.
    [[nodiscard]] static bool is_lost_race(const Error& error);

    // The answer to whoever lost too many races.
    [[nodiscard]] Refusal out_of_turns(const EntityId& id) const;
    static constexpr int kAttemptsMax = 16;

    [[nodiscard]] store::TableStore& store() const { return store_; }

  private:
    [[nodiscard]] std::string new_change_id(Instant at);

    store::TableStore& store_;
    const Clock& clock_;
    Random& random_;
    std::mutex random_mutex_;
    EntityLocks locks_;
};

}  // namespace meridian::management
