// What an update may do to the attributes of keys, in the service's words.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dynamo/failure.h"
#include "dynamo/table_description.h"
#include "expression/condition.h"
#include "expression/update.h"
#include "item/value.h"

namespace meridian::dynamo {

// What the update sets, removes, adds to and deletes from.
[[nodiscard]] std::vector<expression::Path> targets_of(const expression::Update& update);

// An update must not change the key, nor lead into an attribute of a key, nor give an index's key
// attribute a value of another type, as far as the update shows it. ValidationException.
[[nodiscard]] Outcome<void> check_update_schema(const TableDescription& table,
                                                const expression::Update& update);
// The other half: values that are empty or too long for an index.
[[nodiscard]] Outcome<void> check_update_values(const TableDescription& table,
                                                const expression::Update& update);

// What only the item shows: attributes that are copied to an index's key attribute have its type,
// or are absent. It is made a condition of the write beside the client's own, and told apart when
// the write fails.
class CopiesFit {
  public:
    CopiesFit() = default;
    // Takes the place of `own`. Does nothing when the update copies none.
    CopiesFit(const TableDescription& table, const expression::Update& update,
              std::optional<expression::Condition>& own);

    // Whether a condition that failed on the item is this one.
    [[nodiscard]] bool failed_on(const item::Item* item) const;

  private:
    std::optional<expression::Condition> own_;
    std::optional<expression::Condition> fit_;
};
// What is said then.
inline constexpr std::string_view kCopiesDoNotFit =
    "The update expression attempted to update the secondary index key to unsupported type";

}  // namespace meridian::dynamo
