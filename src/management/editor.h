// Writes of rules, business hours and agents: validated, versioned, kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "item/value.h"
#include "management/caller.h"
#include "management/entity.h"
#include "management/validation.h"
#include "store/table_store.h"

namespace meridian::management {

// ---- What a client believes is stored

// Nothing is said: right when nothing is stored, or what is stored has no version.
struct Unstated {};
// Nothing is stored (If-None-Match: *).
struct Absent {};
// Something is stored (If-Match: *).
struct Present {};
struct Version {
    std::int64_t number = 0;
};
using Expected = std::variant<Unstated, Absent, Present, Version>;

// ---- What a client asks for

struct EditOptions {
    Expected expected = {};   // beside a "version" in a body, which must not contradict it
    bool dry_run = false;     // says what would happen, and changes nothing
    bool strict = false;      // warnings are errors
    std::string reason = {};  // at most 1,024 bytes
    std::string via = "rest";
};

// ---- What became of it

enum class Outcome : std::uint8_t { kCreated, kUpdated, kUnchanged, kDeleted };
[[nodiscard]] std::string_view to_string(Outcome outcome);

struct Edited {
    Outcome outcome = Outcome::kUpdated;
    item::Item item;                   // as it is stored now; of a delete: as it was
    std::optional<item::Item> before;  // as it was; nothing: it was not
    std::string change_id;             // in the history; empty when nothing changed
    std::vector<FieldError> warnings;
};

// The body is not a good one. 400; 413 when `too_large`.
struct Invalid {
    std::vector<FieldError> errors;
    std::vector<FieldError> warnings;
    bool too_large = false;
};
// What is stored is not what the client believes. 409.
struct Conflict {
    std::optional<item::Item> current;  // nothing: it isn't stored
    std::string message;
};
// 404.
struct NotFound {
    std::string message;
};
// Anything else is an Error: the tables can't be written (Overloaded, DiskFull, Io…).
using Refusal = std::variant<Invalid, Conflict, NotFound, Error>;
template <typename T>
using EditResult = std::expected<T, Refusal>;

struct EditorOptions {
    std::vector<std::string> regions;  // the deployment's (ValidationOptions)
};

// Role: the one way by which people and programs change rules, hours and agents. An accepted write
// gets the version after the stored one (1 for a new entity; one after its last for an entity that
// was deleted, so that a version never means two contents), "lastUpdated", and an entry in the
// history in the same transaction. `lastUpdated` and change ids ascend per entity, also when the
// clock steps back (by up to a day).
//
// Identical retries: a put whose content (without version and lastUpdated) is what is stored, and
// whose expected version is the one before the stored one, answers kUnchanged with what is stored;
// so does a put of a new entity repeated while the entity is as it was created; so does a delete by
// version of an entity whose last change is that delete. They leave no history.
//
// Concurrent writes of one entity: one wins, the others get Conflict with what is stored.
//
// Ownership: `store`, `clock` and `random` must outlive it. Threads: any; blocks until the write is
// durable.
class Editor {
  public:
    Editor(store::TableStore& store, EditorOptions options, const Clock& clock, Random& random);
    ~Editor();
    Editor(const Editor&) = delete;
    Editor& operator=(const Editor&) = delete;

    // Stores a whole entity. The body's key attributes say which one; where `id` is given they may
    // be left out, and must agree with it where they are there.
    [[nodiscard]] EditResult<Edited> put(Kind kind, const std::optional<EntityId>& id,
                                         item::Value body, const EditOptions& options,
                                         const Caller& caller);
    // RFC 7396 on what is stored; the result is validated as a whole. NotFound.
    [[nodiscard]] EditResult<Edited> merge_patch(const EntityId& id, const item::Value& patch,
                                                 const EditOptions& options, const Caller& caller);
    // Unstated deletes whatever is stored. NotFound.
    [[nodiscard]] EditResult<Edited> erase(const EntityId& id, const EditOptions& options,
                                           const Caller& caller);
    // Stores again what the entity was after that change (before it, when it was a delete), as a
    // new version. Unstated restores over whatever is stored. NotFound: there is no such change.
    [[nodiscard]] EditResult<Edited> restore(const EntityId& id, std::string_view change_id,
                                             const EditOptions& options, const Caller& caller);

    // Many entities, each a write for itself, outcomes in the order of the bodies; much faster than
    // put() one by one. A body with a version is conditional on it; one without takes the place of
    // whatever is stored, and is kUnchanged when that is the same but for version and lastUpdated.
    // `options.expected` is not looked at. Two bodies for one entity: in the order given.
    [[nodiscard]] std::vector<EditResult<Edited>> import(Kind kind, std::span<item::Value> bodies,
                                                         const EditOptions& options,
                                                         const Caller& caller);

    // Not an error: it is not stored.
    [[nodiscard]] Result<std::optional<item::Item>> get(const EntityId& id) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// The "version" of a stored item; 0 when it has none, or one that is no whole number.
[[nodiscard]] std::int64_t version_of(const item::Item& item);

}  // namespace meridian::management
