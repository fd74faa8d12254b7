// What answers show of a table.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/operation.h"
#include "dynamo/table_description.h"

namespace meridian::dynamo {

// A change is made when its call answers; but clients wait for changes as those of the service's
// take their time, so the answer shows what would be under way there.
struct UnderWay {
    std::string_view status = "ACTIVE";
    bool create = false;                            // of the table itself
    std::map<std::string, std::string> index = {};  // IndexStatus, of those that change
    std::vector<IndexDescription> going = {};       // indexes that are no longer there
    std::map<std::string, std::string> replica = {};
};

// TableDescription, as JSON.
[[nodiscard]] std::string table_text(World& world, const TableDescription& table,
                                     const UnderWay& under_way = {});
// The same of a table that is no longer there: most of it isn't shown.
[[nodiscard]] std::string deleted_text(World& world, const TableDescription& table);

// ---- Parts of it

// KeySchema, Projection.
[[nodiscard]] std::string key_text(const item::KeySchema& key);
[[nodiscard]] std::string projection_text(const store::IndexSchema& schema);
// "NEW_AND_OLD_IMAGES", …
[[nodiscard]] std::string_view view_name(StreamView view);

}  // namespace meridian::dynamo
