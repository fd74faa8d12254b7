#include "dynamo/cancellation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "item/json.h"

namespace meridian::dynamo {
namespace {

std::string_view code_of(const CancellationReason& reason) {
    return reason.code.empty() ? "None" : reason.code;
}

void append_reason(const CancellationReason& reason, std::string& out) {
    out += R"({"Code":")";
    out += code_of(reason);
    out += '"';
    if (!reason.item.empty()) {
        out += R"(,"Item":)";
        out += reason.item;
    }
    if (!reason.message.empty()) {
        out += R"(,"Message":)";
        item::append_json_string(reason.message, out);
    }
    out += '}';
}

}  // namespace

Failure cancelled(const std::vector<CancellationReason>& reasons) {
    Failure failure{.type = "TransactionCanceledException", .message = {}};
    failure.message =
        "Transaction cancelled, please refer cancellation reasons for specific reasons [";
    failure.members = R"("CancellationReasons":[)";
    std::string_view separator;
    for (const auto& reason : reasons) {
        failure.message += separator;
        failure.message += code_of(reason);
        failure.members += separator.empty() ? "" : ",";
        append_reason(reason, failure.members);
        separator = ", ";
    }
    failure.message += ']';
    failure.members += ']';
    return failure;
}

Outcome<void> check_not_cancelled(const std::vector<CancellationReason>& reasons) {
    const bool any =
        std::ranges::any_of(reasons, [](const auto& reason) { return !reason.code.empty(); });
    return any ? Outcome<void>(std::unexpected(cancelled(reasons))) : Outcome<void>{};
}

CancellationReason reason_of(const Outcome<void>& checked) {
    return checked
               ? CancellationReason{}
               : CancellationReason{.code = "ValidationError", .message = checked.error().message};
}

}  // namespace meridian::dynamo
