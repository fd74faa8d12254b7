#include "management/editor.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "catalog/tables.h"
#include "management/draft.h"
#include "management/entity_writer.h"
#include "management/expectation.h"
#include "management/history.h"
#include "management/importer.h"
#include "management/merge_patch.h"

namespace meridian::management {
namespace {

constexpr std::size_t kReasonBytesMax = 1024;

std::unexpected<Refusal> refuse(Refusal refusal) {
    return std::unexpected(std::move(refusal));
}

std::unexpected<Refusal> refuse(FieldError error) {
    return refuse(Invalid{{std::move(error)}, {}, false});
}

std::unexpected<Refusal> not_found(const EntityId& id) {
    return refuse(
        NotFound{fmt::format("nothing of that name is stored in {}", to_string(id.kind))});
}

std::optional<FieldError> check_reason(const EditOptions& options) {
    if (options.reason.size() <= kReasonBytesMax) {
        return std::nullopt;
    }
    return FieldError{"", fmt::format("comes with a reason of over {} bytes", kReasonBytesMax), ""};
}

Edited unchanged(const item::Item& item, const std::optional<item::Item>& before) {
    return {Outcome::kUnchanged, item, before, {}, {}};
}

// Whether what is stored is what the client wrote already: the newest change made it, on something
// that was as the client believes.
Result<bool> is_retry(const store::TableStore& store, const EntityId& id,
                      const Expectation& expectation, const item::Item& stored) {
    const auto version = version_of(stored);
    if (expectation.version().value_or(0) > 0) {
        return *expectation.version() + 1 == version;
    }
    const auto newest = newest_change(store, id);
    if (!newest) {
        return std::unexpected(newest.error());
    }
    return *newest && (*newest)->after && (*newest)->version == version &&
           expectation.holds((*newest)->before);
}

// The client believes something that isn't so: a conflict, or the retry of what was done.
EditResult<Decision> answer_late(const store::TableStore& store, const EntityId& id,
                                 const Expectation& expectation, const Current& current,
                                 const item::Item& content) {
    if (current.item && same_content(*current.item, content)) {
        const auto retried = is_retry(store, id, expectation, *current.item);
        if (!retried) {
            return refuse(retried.error());
        }
        if (*retried) {
            return unchanged(*current.item, current.item);
        }
    }
    return refuse(expectation.conflict(current.item));
}

}  // namespace

struct Editor::State {
    State(store::TableStore& store, EditorOptions its_options, const Clock& clock, Random& random)
        : options(std::move(its_options)), writer(store, clock, random) {}

    EditorOptions options;
    EntityWriter writer;

    ValidationOptions validation(const EditOptions& edit) const {
        return {options.regions, edit.strict, [this](std::string_view hours) {
                    const auto found =
                        writer.store().get(ref_of({Kind::kHours, std::string(hours), {}}));
                    return !found || *found;  // it can't be blamed on the body that reading fails
                }};
    }
};

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::kCreated:
            return "created";
        case Outcome::kUpdated:
            return "updated";
        case Outcome::kUnchanged:
            return "unchanged";
        case Outcome::kDeleted:
            return "deleted";
    }
    return "";
}

std::int64_t version_of(const item::Item& item) {
    const auto* value = item::find(item, "version");
    const auto* number = value == nullptr ? nullptr : value->as<item::Number>();
    const auto version = number == nullptr ? std::nullopt : number->to_int64();
    return version && *version > 0 && *version <= kVersionMax ? *version : 0;
}

std::vector<EditResult<Edited>> Editor::import(Kind kind, std::span<item::Value> bodies,
                                               const EditOptions& options, const Caller& caller) {
    if (auto error = check_reason(options)) {
        return {bodies.size(), refuse(*std::move(error))};
    }
    return import_entities(state_->writer, kind, bodies, state_->validation(options),
                           {options, caller});
}

Editor::Editor(store::TableStore& store, EditorOptions options, const Clock& clock, Random& random)
    : state_(std::make_unique<State>(store, std::move(options), clock, random)) {}

Editor::~Editor() = default;

EditResult<Edited> Editor::put(Kind kind, const std::optional<EntityId>& id, item::Value body,
                               const EditOptions& options, const Caller& caller) {
    if (auto error = check_reason(options)) {
        return refuse(*std::move(error));
    }
    auto draft = draft_of(kind, id, std::move(body), state_->validation(options));
    if (!draft) {
        return refuse(std::move(draft).error());
    }
    const auto expectation =
        Expectation::of(options.expected, draft->version, WhenUnstated::kNothingVersioned);
    if (!expectation) {
        return refuse(expectation.error());
    }
    const auto decide = [&](const Current& current) -> EditResult<Decision> {
        if (!expectation->holds(current.item)) {
            return answer_late(state_->writer.store(), draft->id, *expectation, current,
                               draft->content);
        }
        return Next{draft->content, current.item ? Operation::kUpdate : Operation::kCreate,
                    draft->warnings};
    };
    return state_->writer.change(draft->id, decide, {options, caller});
}

EditResult<Edited> Editor::merge_patch(const EntityId& id, const item::Value& patch,
                                       const EditOptions& options, const Caller& caller) {
    if (auto error = check_reason(options)) {
        return refuse(*std::move(error));
    }
    const auto* fields = patch.as<item::Map>();
    if (fields == nullptr) {
        return refuse(FieldError{"", "is not a JSON object", "{\"priority\":2}"});
    }
    item::Map changes = content_of(*fields);
    const auto version = stated_version(*fields);
    if (!version) {
        return refuse(version.error());
    }
    const auto expectation = Expectation::of(options.expected, *version, WhenUnstated::kAnything);
    if (!expectation) {
        return refuse(expectation.error());
    }
    const auto decide = [&](const Current& current) -> EditResult<Decision> {
        if (!current.item) {
            return not_found(id);
        }
        const auto stored = content_of(*current.item);
        auto patched = merge_patched(stored, changes);
        if (!expectation->holds(current.item)) {
            return answer_late(state_->writer.store(), id, *expectation, current,
                               *patched.as<item::Map>());
        }
        auto draft = draft_of(id.kind, id, std::move(patched), state_->validation(options));
        if (!draft) {
            return refuse(std::move(draft).error());
        }
        if (draft->content == stored) {
            return unchanged(*current.item, current.item);
        }
        return Next{std::move(draft->content), Operation::kUpdate, std::move(draft->warnings)};
    };
    return state_->writer.change(id, decide, {options, caller});
}

EditResult<Edited> Editor::erase(const EntityId& id, const EditOptions& options,
                                 const Caller& caller) {
    if (auto error = check_reason(options)) {
        return refuse(*std::move(error));
    }
    const auto expectation =
        Expectation::of(options.expected, std::nullopt, WhenUnstated::kAnything);
    const auto decide = [&](const Current& current) -> EditResult<Decision> {
        if (current.item) {
            if (!expectation->holds(current.item)) {
                return refuse(expectation->conflict(current.item));
            }
            return Next{std::nullopt, Operation::kDelete, {}};
        }
        const auto& last = current.last;
        if (last && last->operation == Operation::kDelete && last->before &&
            expectation->version() == last->version) {
            return unchanged(*last->before, std::nullopt);
        }
        return not_found(id);
    };
    return state_->writer.change(id, decide, {options, caller});
}

EditResult<Edited> Editor::restore(const EntityId& id, std::string_view change_id,
                                   const EditOptions& options, const Caller& caller) {
    if (auto error = check_reason(options)) {
        return refuse(*std::move(error));
    }
    auto change = find_change(state_->writer.store(), id, change_id);
    if (!change) {
        return refuse(std::move(change).error());
    }
    auto* wanted = !*change                                     ? nullptr
                   : (*change)->operation == Operation::kDelete ? &(*change)->before
                                                                : &(*change)->after;
    if (wanted == nullptr || !*wanted) {
        return refuse(NotFound{"the entity's history has no such change"});
    }
    const auto content = content_of(*std::move(*wanted));
    // What was stored once may be stored again, whatever is asked of new items today.
    auto findings = validate(id.kind, content, state_->validation(options));
    if (options.strict && !findings.errors.empty()) {
        return refuse(Invalid{std::move(findings.errors), std::move(findings.warnings), false});
    }
    auto warnings = std::move(findings.errors);
    std::ranges::move(findings.warnings, std::back_inserter(warnings));
    const auto expectation =
        Expectation::of(options.expected, std::nullopt, WhenUnstated::kAnything);
    const auto decide = [&](const Current& current) -> EditResult<Decision> {
        if (!expectation->holds(current.item)) {
            return answer_late(state_->writer.store(), id, *expectation, current, content);
        }
        if (current.item && same_content(*current.item, content)) {
            return unchanged(*current.item, current.item);
        }
        return Next{content, Operation::kRestore, warnings};
    };
    return state_->writer.change(id, decide, {options, caller});
}

Result<std::optional<item::Item>> Editor::get(const EntityId& id) const {
    return state_->writer.store().get(ref_of(id));
}

}  // namespace meridian::management
