#include "rest/overview.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/tables.h"
#include "connect/contact_event.h"
#include "item/json.h"
#include "lint/lint.h"
#include "rest/all_rules.h"
#include "rest/answers.h"
#include "rest/bodies.h"

namespace meridian::rest {
namespace {

struct Question {
    std::string event;
    std::optional<Instant> at;  // nothing: now
};

// The text at a field; nothing: it is not there, or null. A fault is added when it is no text.
std::optional<std::string> text_field(const item::Map& body, const std::string& name,
                                      const char* example,
                                      std::vector<management::FieldError>& errors) {
    const auto* value = item::find(body, name);
    if (value == nullptr || value->as<item::Null>() != nullptr) {
        return std::nullopt;
    }
    const auto* text = value->as<std::string>();
    if (text == nullptr) {
        errors.push_back({"/" + name, "is not a text", example});
    }
    return text == nullptr ? std::nullopt : std::optional(*text);
}

// The event that a question is about: its "event" (an object, or the event's own text), or one
// made of its "phoneNumber" and "region".
std::string event_of(const item::Map& body, const std::string& own_region,
                     std::vector<management::FieldError>& errors) {
    if (const auto* event = item::find(body, "event");
        event != nullptr && event->as<item::Null>() == nullptr) {
        const auto* text = event->as<std::string>();
        return text != nullptr ? *text : item::to_plain_json(*event);
    }
    const auto number = text_field(body, "phoneNumber", R"("+18005551234")", errors);
    const auto region = text_field(body, "region", R"("us-east-1")", errors);
    if (!number && errors.empty()) {
        errors.push_back(
            {"/phoneNumber", "is required where there is no event", R"("+18005551234")"});
    }
    return connect::make_contact_event(number.value_or(""), region.value_or(own_region));
}

management::EditResult<Question> parse_question(std::string_view text,
                                                const std::string& own_region) {
    const auto value = parse_body(text);
    if (!value) {
        return std::unexpected(management::Refusal(value.error()));
    }
    std::vector<management::FieldError> errors;
    Question question;
    if (const auto* body = value->as<item::Map>()) {
        constexpr const char* kExample = R"("2025-02-26T15:00:00Z")";
        question.event = event_of(*body, own_region, errors);
        if (const auto at = text_field(*body, "at", kExample, errors)) {
            const auto instant = parse_instant(*at);
            if (instant) {
                question.at = *instant;
            } else {
                errors.push_back({"/at", instant.error().message, kExample});
            }
        }
    } else {
        errors.push_back({"", "is not a JSON object", R"({"phoneNumber":"+18005551234"})"});
    }
    if (!errors.empty()) {
        return std::unexpected(
            management::Refusal(management::Invalid{std::move(errors), {}, false}));
    }
    return question;
}

Result<std::vector<item::Item>> all_hours(const store::TableStore& store) {
    std::vector<item::Item> hours;
    store::Scan scan;
    scan.table = catalog::kHoursTable;
    do {
        auto page = store.scan(scan);
        if (!page) {
            return std::unexpected(std::move(page.error()));
        }
        for (auto& item : page->items) {
            hours.push_back(std::move(item));
        }
        scan.start_after = std::move(page->last_key);
    } while (scan.start_after);
    return hours;
}

item::Value number(std::size_t count) {
    return item::Number(static_cast<std::int64_t>(count));
}

item::Map finding_map(const lint::Finding& finding) {
    return {
        {"severity", lint::to_string(finding.severity)},
        {"code", finding.code},
        {"entity", management::to_text(finding.entity)},
        {"other", finding.other ? item::Value(management::to_text(*finding.other)) : item::Value()},
        {"message", finding.message},
        {"mend", finding.mend}};
}

}  // namespace

Answer explain_call(const Call& call) {
    if (auto type = check_media_type(call.request, std::array{kJson}); !type) {
        return std::unexpected(std::move(type.error()));
    }
    const auto question = parse_question(call.request.body, call.parts.region);
    return question ? json_answer(200, call.parts.explain(question->event, question->at))
                    : refusal_answer(question.error());
}

Answer lint_tables(const Call& call) {
    const auto hours = all_hours(call.parts.store);
    const auto rules = hours ? all_rules(call.parts) : std::unexpected(hours.error());
    if (!rules) {
        return std::unexpected(rules.error());
    }
    lint::Options options;
    options.regions = call.parts.regions;
    const auto report = lint::lint(*rules, *hours, options);
    item::List findings;
    for (const auto& finding : report.findings) {
        findings.emplace_back(finding_map(finding));
    }
    std::size_t found = 0;
    item::Map counts;
    for (const auto& [code, count] : report.counts) {
        counts.emplace(code, number(count));
        found += count;
    }
    return json_answer(200, item::Value(item::Map{{"rules", number(report.rules)},
                                                  {"hours", number(report.hours)},
                                                  {"counts", std::move(counts)},
                                                  {"findings", std::move(findings)},
                                                  {"truncated", found > report.findings.size()}}));
}

Answer list_regions(const Call& call) {
    return json_answer(200, item::Value(item::Map{{"regions", call.parts.list_regions()}}));
}

Answer get_health(const Call& call) {
    auto health = call.parts.health();
    return json_answer(health.status, std::move(health.body));
}

Answer get_openapi(const Call& /*call*/) {
    return json_answer(200, std::string(openapi_document()));
}

Answer not_served(const Call& /*call*/) {
    return fail(ErrorCode::kNotSupported, "this is not served here, or not by this version");
}

}  // namespace meridian::rest
