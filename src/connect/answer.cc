#include "connect/answer.h"

#include "calendar/schedule.h"
#include "item/json.h"
#include "item/value.h"

namespace meridian::connect {
namespace {

constexpr std::string_view kTooLarge =
    "The rule's attributes are too large for an answer and were left out.";

void append_member(std::string_view name, std::string_view text, std::string& out) {
    out += out.size() > 1 ? ",\"" : "\"";
    out += name;
    out += "\":";
    item::append_json_string(text, out);
}

void append_nested_attributes(const Answer& answer, std::string& out) {
    out += ",\"attributes\":";
    if (answer.error_message.empty()) {
        out += answer.attributes.empty() ? "{}" : answer.attributes;
        return;
    }
    out += "{\"errorMessage\":";
    item::append_json_string(answer.error_message, out);
    out += '}';
}

// Texts as they are; anything else as its JSON.
void append_flat_attributes(const Answer& answer, std::string& out) {
    if (!answer.error_message.empty()) {
        append_member("attributes_errorMessage", answer.error_message, out);
        return;
    }
    const auto parsed =
        item::parse_plain_json(answer.attributes.empty() ? "{}" : answer.attributes);
    const auto* map = parsed ? parsed->as<item::Map>() : nullptr;
    if (map == nullptr) {
        return;
    }
    for (const auto& [name, value] : *map) {
        out += ',';
        item::append_json_string("attributes_" + name, out);
        out += ':';
        const auto* text = value.as<std::string>();
        item::append_json_string(text != nullptr ? *text : item::to_plain_json(value), out);
    }
}

std::string render(const Answer& answer, ResponseType type) {
    std::string out;
    out.reserve(512 + answer.attributes.size());
    out += '{';
    append_member("contactFlowId", answer.contact_flow_id, out);
    append_member("queueId", answer.queue_id, out);
    if (type == ResponseType::kJson) {
        append_nested_attributes(answer, out);
    } else {
        append_flat_attributes(answer, out);
    }
    append_member("targetRegion", answer.target_region, out);
    append_member("hours", answer.hours, out);
    append_member("message", answer.message, out);
    append_member("ruleId", answer.rule_id, out);
    append_member("decisionId", answer.decision_id, out);
    append_member("stale", answer.stale ? "true" : "false", out);
    append_member("transferNumber", answer.transfer_number, out);
    out += '}';
    return out;
}

}  // namespace

Answer answer_of(const routing::Decision& decision) {
    Answer answer;
    answer.contact_flow_id = decision.contact_flow_id;
    answer.queue_id = decision.queue_id;
    answer.attributes = decision.attributes;
    answer.target_region = decision.target_region;
    answer.hours = calendar::to_string(decision.hours.state);
    answer.message = decision.hours.reason;
    if (decision.match != routing::Match::kNone) {
        answer.rule_id.reserve(decision.rule_number.size() + decision.rule_region.size() + 1);
        answer.rule_id += decision.rule_number;
        answer.rule_id += '#';
        answer.rule_id += decision.rule_region;
    }
    answer.transfer_number = decision.transfer_number;
    return answer;
}

std::string render_answer(Answer answer, ResponseType type) {
    auto text = render(answer, type);
    if (text.size() > kAnswerBytesMax) {
        answer.attributes = {};
        answer.error_message = kTooLarge;
        text = render(answer, type);
    }
    if (text.size() > kAnswerBytesMax) {
        answer.message = {};
        answer.rule_id.clear();
        text = render(answer, type);
    }
    return text;
}

}  // namespace meridian::connect
