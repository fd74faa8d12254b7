// Nulls at fields that the domain knows.
#pragma once

#include "item/value.h"
#include "management/entity.h"

namespace meridian::management {

// Takes the nulls at the fields that validate() knows out of a valid item: they count as not given.
void drop_known_nulls(Kind kind, item::Item& item);

}  // namespace meridian::management
