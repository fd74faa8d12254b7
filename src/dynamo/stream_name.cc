#include "dynamo/stream_name.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

#include "base/instant.h"
#include "dynamo/table_description.h"

namespace meridian::dynamo {
namespace {

constexpr std::string_view kArnStart = "arn:aws:dynamodb:";
constexpr std::string_view kStreamPart = "/stream/";
constexpr std::size_t kSequenceDigits = 20;  // of the largest

// What stands before `end`, which goes too; nothing: it isn't there.
std::optional<std::string_view> take_to(std::string_view& text, std::string_view end) {
    const auto at = text.find(end);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const auto taken = text.substr(0, at);
    text.remove_prefix(at + end.size());
    return taken;
}

}  // namespace

std::string stream_arn(const StreamName& name) {
    return fmt::format("{}{}:{}:table/{}{}{}", kArnStart, name.region, kAccount, name.table,
                       kStreamPart, name.label);
}

std::optional<StreamName> parse_stream_arn(std::string_view arn) {
    if (!arn.starts_with(kArnStart)) {
        return std::nullopt;
    }
    arn.remove_prefix(kArnStart.size());
    const auto region = take_to(arn, ":");
    const auto account = region ? take_to(arn, ":table/") : std::nullopt;
    const auto table = account ? take_to(arn, kStreamPart) : std::nullopt;
    if (!table || region->empty() || table->empty() || arn.empty() ||
        arn.find('/') != std::string_view::npos) {
        return std::nullopt;
    }
    return StreamName{std::string(*region), std::string(*table), std::string(arn)};
}

// "shardId-" and 20 digits of milliseconds and 8 of something, as the service's look.
std::string shard_id(std::string_view label, store::LogId log) {
    const auto at = parse_instant(fmt::format("{}Z", label));
    const auto ms = at ? at->time_since_epoch().count() : 0;
    const auto bits = static_cast<std::uint64_t>(log);
    return fmt::format("shardId-{:020}-{:08x}", ms, static_cast<std::uint32_t>(bits ^ bits >> 32));
}

// A leading 1 keeps the width also where somebody reads it as a number.
std::string sequence_text(store::SequenceNumber sequence) {
    return fmt::format("1{:0{}}", sequence, kSequenceDigits);
}

std::optional<store::SequenceNumber> parse_sequence(std::string_view text) {
    if (text.size() != kSequenceDigits + 1 || text.front() != '1') {
        return std::nullopt;
    }
    text.remove_prefix(1);
    store::SequenceNumber sequence = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, sequence);
    return error == std::errc() && stopped == end ? std::optional(sequence) : std::nullopt;
}

}  // namespace meridian::dynamo
