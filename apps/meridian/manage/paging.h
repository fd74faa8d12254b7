// Lists that come in pages, as one.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "item/value.h"
#include "manage/management_client.h"
#include "management/entity.h"

namespace meridian::app {

struct ListQuery {
    management::Kind kind = management::Kind::kRule;
    std::string prefix;
    std::string region;     // rules only
    std::size_t limit = 0;  // items in all; 0: no limit
};

// Calls `take` with each page; an error of its ends the reading. Memory for one page.
[[nodiscard]] Result<void> for_each_page(
    ManagementClient& client, const ListQuery& query,
    const std::function<Result<void>(const item::List&)>& take);

// The entity that a key names. A rule's region may be left out: `key` has it behind a '#' or a '/',
// or one region alone has a rule for that number. kInvalidInput names the regions when there are
// several.
[[nodiscard]] Result<management::EntityId> find_entity(ManagementClient& client,
                                                       management::Kind kind,
                                                       const std::string& key,
                                                       const std::string& region);

}  // namespace meridian::app
