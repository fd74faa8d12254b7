#include "base/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace meridian {
namespace {

constexpr std::array kCatalogue{
#define MERIDIAN_ERROR(name, number, reaction, status, type, meaning) \
    ErrorInfo{#name, number, Reaction::k##reaction, status, type, meaning},
#include "base/errors.def"  // NOLINT(bugprone-suspicious-include)
#undef MERIDIAN_ERROR
};

}  // namespace

const ErrorInfo& info(ErrorCode code) {
    const auto* row =
        std::ranges::find(kCatalogue, static_cast<std::uint16_t>(code), &ErrorInfo::number);
    CHECK(row != kCatalogue.end());
    return *row;
}

std::string_view to_string(Reaction reaction) {
    switch (reaction) {
        case Reaction::kRetry:
            return "retry the call";
        case Reaction::kRetryTransaction:
            return "retry the transaction";
        case Reaction::kFixInput:
            return "fix the input";
        case Reaction::kGiveUp:
            return "give up";
        case Reaction::kOutcomeUnknown:
            return "outcome unknown";
    }
    CHECK(false);
}

void for_each_error(void (*visit)(const ErrorInfo&, void*), void* context) {
    for (const auto& row : kCatalogue) {
        visit(row, context);
    }
}

std::unexpected<Error> fail_within(std::string_view what, Error error) {
    return fail(error.code, fmt::format("{}: {}", what, error.message));
}

}  // namespace meridian
