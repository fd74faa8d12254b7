// Query and Scan.
#pragma once

#include "base/result.h"
#include "store/dynamodb/link.h"
#include "store/dynamodb/table_shape.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

[[nodiscard]] Result<Page> query(const Link& link, const Shapes& shapes, const Query& query);
[[nodiscard]] Result<Page> scan(const Link& link, const Shapes& shapes, const Scan& scan);

}  // namespace meridian::store::dynamodb
