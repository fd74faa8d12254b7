// PutItem, UpdateItem, DeleteItem, and a check by itself.
#pragma once

#include <string_view>

#include "expression/render.h"
#include "store/dynamodb/link.h"
#include "store/dynamodb/request.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

// Waits for the outcome. What another transaction is about is tried again, for a while.
[[nodiscard]] WriteOutcome make_write(const Link& link, Write write);

// The condition, if there is one, and what the service is to show when it doesn't hold.
void add_condition(const Write& write, expression::Renderer& renderer, Request& request);
// The update, unless it is one of nothing.
void add_update(const UpdateItem& update, expression::Renderer& renderer, Request& request);
// What no item can be is refused here, in the words of the embedded stores.
[[nodiscard]] Result<void> check_locally(const Write& write);

}  // namespace meridian::store::dynamodb
