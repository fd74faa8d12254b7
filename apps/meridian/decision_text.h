// A decision and its explanation, for people.
#pragma once

#include <string>

#include "item/value.h"

namespace meridian::app {

// Prints what RouteCall answers, a line an entry.
void print_answer(const item::Map& answer);
// Prints why: each rule that was considered, and each step.
void print_explanation(const item::Map& explanation);

}  // namespace meridian::app
