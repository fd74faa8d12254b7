#include "lambda/batch.h"

#include <fmt/format.h>

#include <chrono>

#include "base/deadline.h"
#include "base/json_text.h"
#include "base/log.h"
#include "lambda/runtime_api.h"

namespace meridian::lambda {
namespace {

// What the record itself is at fault for. Not what the tables refuse for other reasons, such as
// missing permissions: those are mended, and then the record is fine.
bool is_poison(const Error& error) {
    return error.code == ErrorCode::kInvalidInput || error.code == ErrorCode::kMalformedJson ||
           error.code == ErrorCode::kTooLarge;
}

bool time_is_up() {
    const auto deadline = current_deadline();
    return deadline && std::chrono::steady_clock::now() >= *deadline;
}

}  // namespace

bool BatchReport::takes(const std::string& sequence_number, const std::string& shard) {
    if (stopped_.contains(shard)) {
        return false;
    }
    if (time_is_up()) {
        add(sequence_number, shard, fail(ErrorCode::kTimeout, "there was no time left for it"));
        return false;
    }
    return true;
}

void BatchReport::add(const std::string& sequence_number, const std::string& shard,
                      const Result<void>& handled) {
    if (handled) {
        ++handled_;
        return;
    }
    const bool goes_on = is_poison(handled.error());
    log(goes_on ? LogLevel::kError : LogLevel::kWarn, "batch", "record {} {}: {}", sequence_number,
        goes_on ? "is passed over" : "and what follows it will come again",
        handled.error().message);
    failed_.push_back(sequence_number);
    if (!goes_on) {
        stopped_.insert(shard);
    }
}

std::string BatchReport::to_json() const {
    std::string json = R"({"batchItemFailures":[)";
    for (const auto& number : failed_) {
        json += json.back() == '[' ? R"({"itemIdentifier":)" : R"(,{"itemIdentifier":)";
        append_json_text(number, json);
        json.push_back('}');
    }
    return json + "]}";
}

functions::FunctionResult refuse_batch(const Error& error) {
    log(LogLevel::kError, "batch", "{}", error.message);
    return {lambda::to_json({std::string(info(error.code).name), error.message}), "Unhandled"};
}

}  // namespace meridian::lambda
