// Why a transaction was cancelled: TransactionCanceledException.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/failure.h"

namespace meridian::dynamo {

// What one action of a transaction has to say. Without a code it had nothing against it.
struct CancellationReason {
    std::string_view code = {};  // "ConditionalCheckFailed", "ValidationError"
    std::string message = {};
    std::string item = {};  // as JSON; empty: none
};

// Its actions' reasons, in their order.
[[nodiscard]] Failure cancelled(const std::vector<CancellationReason>& reasons);
// Nothing when no action has one.
[[nodiscard]] Outcome<void> check_not_cancelled(const std::vector<CancellationReason>& reasons);

// A failed check of one action as its reason.
[[nodiscard]] CancellationReason reason_of(const Outcome<void>& checked);

}  // namespace meridian::dynamo
