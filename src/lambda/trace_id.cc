#include "lambda/trace_id.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace meridian::lambda {
namespace {

constexpr std::string_view kName = "_X_AMZN_TRACE_ID=";
// A trace header of several hundred characters is none of AWS's; it is cut off.
std::array<char, 1'024> variable{};

}  // namespace

void export_trace_id(std::string_view trace_id) {
    auto* value = std::ranges::copy(kName, variable.data()).out;
    const auto room = static_cast<std::size_t>(variable.data() + variable.size() - value - 1);
    value = std::ranges::copy(trace_id.substr(0, room), value).out;
    *value = '\0';
    // NOLINTNEXTLINE(concurrency-mt-unsafe): once, before the first event
    static const bool is_there = ::putenv(variable.data()) == 0;
    static_cast<void>(is_there);
}

}  // namespace meridian::lambda
