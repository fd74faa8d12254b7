// The trace that the invocation in work belongs to, for what the function calls.
#pragma once

#include <string_view>

namespace meridian::lambda {

// Sets _X_AMZN_TRACE_ID of the process's environment. Empty: there is no trace. In place: setenv()
// would keep every value for ever. Threads: one; no other may read the variable meanwhile.
void export_trace_id(std::string_view trace_id);

}  // namespace meridian::lambda
