#include "lambda/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "base/deadline.h"
#include "base/log.h"
#include "base/mask.h"
#include "item/json.h"
#include "item/value.h"
#include "lambda/trace_id.h"

namespace meridian::lambda {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kReserveMax{100};

// What the function may take; nothing: as long as it likes.
std::optional<milliseconds> time_for(const Invocation& invocation, const Clock& clock) {
    if (!invocation.deadline) {
        return std::nullopt;
    }
    const auto left = std::max(*invocation.deadline - clock.now(), milliseconds{0});
    return left - std::min(left / 10, kReserveMax);
}

std::string error_type_of(std::string_view payload) {
    const auto value = item::parse_plain_json(payload);
    const auto* map = value ? value->as<item::Map>() : nullptr;
    const auto* type = map == nullptr ? nullptr : item::find(*map, "errorType");
    const auto* text = type == nullptr ? nullptr : type->as<std::string>();
    return "Function." + (text == nullptr ? std::string("Unhandled") : *text);
}

FunctionError too_large(std::size_t bytes) {
    return {"Function.ResponseSizeTooLarge",
            fmt::format("The answer has {} bytes, and Lambda takes {}: ask for less at a time.",
                        bytes, kAnswerBytesMax)};
}

class Loop {
  public:
    explicit Loop(const RuntimeParts& parts) : parts_(parts) {}

    RuntimeFailure run() {
        for (;;) {
            const auto invocation = parts_.api.next();
            if (!invocation) {
                return invocation.error();
            }
            const auto sent = serve(*invocation);
            if (!sent && sent.error().kind == RuntimeFailure::Kind::kOver) {
                return sent.error();
            }
            if (!sent) {
                log(LogLevel::kError, "runtime", "the answer did not get out: {}",
                    sent.error().message);
            }
        }
    }

  private:
    FromRuntime<void> serve(const Invocation& invocation) {
        export_trace_id(invocation.trace_id);
        if (parts_.on_start) {
            parts_.on_start(invocation);
        }
        const auto began = parts_.clock.monotonic();
        auto result = call(invocation);
        const auto took = parts_.clock.monotonic() - began;
        auto sent = answer(invocation, std::move(result));
        if (parts_.on_end) {
            parts_.on_end(invocation, took);
        }
        return sent;
    }

    functions::FunctionResult call(const Invocation& invocation) {
        auto caller = parts_.caller;
        caller.request_id = invocation.request_id;
        std::optional<ScopedDeadline> deadline;
        if (const auto time = time_for(invocation, parts_.clock)) {
            deadline.emplace(*time);
        }
        try {
            return parts_.function.call(invocation.payload, caller);
        } catch (const std::exception& exception) {  // memory that ran out, or a bug of ours
            log(LogLevel::kError, "runtime", "{} threw: {}", parts_.function.name(),
                mask_numbers_in(exception.what()));
            return {to_json({"Unhandled", "The function failed inside; see its log."}),
                    "Unhandled"};
        }
    }

    FromRuntime<void> answer(const Invocation& invocation, functions::FunctionResult result) {
        if (result.function_error) {
            return parts_.api.report(invocation.request_id, error_type_of(result.payload),
                                     std::move(result.payload));
        }
        const auto bytes = result.payload.size();
        if (bytes > kAnswerBytesMax) {
            return report(invocation, too_large(bytes));
        }
        auto sent = parts_.api.respond(invocation.request_id, std::move(result.payload));
        if (!sent && sent.error().kind == RuntimeFailure::Kind::kTooLarge) {
            return report(invocation, too_large(bytes));
        }
        return sent;
    }

    FromRuntime<void> report(const Invocation& invocation, const FunctionError& error) {
        log(LogLevel::kError, "runtime", "{}", error.message);
        return parts_.api.report(invocation.request_id, error.type, to_json(error));
    }

    const RuntimeParts& parts_;
};

}  // namespace

RuntimeFailure run_invocations(const RuntimeParts& parts) {
    return Loop(parts).run();
}

}  // namespace meridian::lambda
