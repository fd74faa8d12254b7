// What is asked of a routing rule.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "connect/answer.h"
#include "item/json.h"
#include "management/checker.h"
#include "management/connect_arn.h"

namespace meridian::management {
namespace {

constexpr std::string_view kNumberExample = "\"+18005551234\"";
constexpr std::string_view kAttributesExample = R"({"department":"sales"})";
constexpr std::size_t kDigitsMax = 15;

// E.164: a country code, which starts with 1 to 9, and at most 15 digits in all.
bool is_number_or_prefix(std::string_view text) {
    return text.size() >= 2 && text.size() <= kDigitsMax + 1 && text[0] == '+' && text[1] != '0' &&
           std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

// A flow or a queue, as a rule names it.
struct Resource {
    std::string_view what;      // "flow"
    std::string_view arn_type;  // "contact-flow"
    std::string_view logical;   // "flow:"
    std::string_view example;
};
constexpr Resource kFlow{"flow", "contact-flow", "flow:",
                         "\"arn:aws:connect:us-east-1:123456789012:instance/"
                         "11111111-2222-3333-4444-555555555555/contact-flow/"
                         "66666666-7777-8888-9999-000000000000\""};
constexpr Resource kQueue{"queue", "queue", "queue:",
                          "\"arn:aws:connect:us-east-1:123456789012:instance/"
                          "11111111-2222-3333-4444-555555555555/queue/"
                          "66666666-7777-8888-9999-000000000000\""};

class RuleCheck {
  public:
    RuleCheck(const item::Map& rule, Checker& checker) : rule_(rule), checker_(checker) {}

    void run() {
        check_key();
        check_destination();
        checker_.text(rule_, root_, "routingProfile", "\"sales\"", kIdBytesMax);
        check_priority();
        check_fallback();
        check_attributes();
        check_business_hours();
    }

  private:
    void check_key() {
        const auto* number = checker_.required_text(rule_, root_, "phoneNumber", kNumberExample,
                                                    item::kPartitionKeyBytesMax);
        if (number != nullptr && !is_number_or_prefix(*number)) {
            checker_.error(Place(root_, "phoneNumber"),
                           "is not a number in E.164 form, or the start of one: '+', then 1 to 15 "
                           "digits, the first not 0",
                           kNumberExample);
        }
        region_ =
            checker_.required_text(rule_, root_, "region", "\"us-east-1\"", item::kSortKeyBytesMax);
        if (region_ != nullptr) {
            checker_.region(Place(root_, "region"), *region_);
        }
    }

    void check_destination() {
        check_resource("contactFlowId", kFlow);
        check_resource("queueId", kQueue);
        check_resource("afterHoursContactFlowId", kFlow);
        check_resource("afterHoursQueueId", kQueue);
        if (Checker::given(rule_, "contactFlowId") == nullptr &&
            Checker::given(rule_, "queueId") == nullptr) {
            constexpr std::string_view kNeeded =
                "is missing: a rule needs a contactFlowId or a queueId";
            checker_.error(Place(root_, "contactFlowId"), kNeeded, kFlow.example);
            checker_.error(Place(root_, "queueId"), kNeeded, kQueue.example);
        }
    }

    void check_resource(std::string_view name, const Resource& resource) {
        const auto* text = checker_.text(rule_, root_, name, resource.example, kIdBytesMax);
        if (text == nullptr) {
            return;
        }
        const Place place(root_, name);
        const auto& other = resource.what == kFlow.what ? kQueue : kFlow;
        if (text->starts_with("arn:")) {
            check_arn(*text, place, resource);
        } else if (text->starts_with(other.logical)) {
            checker_.error(place, fmt::format("names a {}, not a {}", other.what, resource.what),
                           fmt::format("\"{}sales\"", resource.logical));
        } else if (*text == resource.logical) {
            checker_.error(place, fmt::format("names no {}", resource.what),
                           fmt::format("\"{}sales\"", resource.logical));
        }
    }

    void check_arn(std::string_view text, const Place& place, const Resource& resource) {
        const auto arn = parse_connect_arn(text);
        if (!arn) {
            checker_.error(place,
                           fmt::format("is not the ARN of a {}: arn:aws:connect:REGION:ACCOUNT:"
                                       "instance/INSTANCE/{}/ID, with an account of 12 digits",
                                       resource.what, resource.arn_type),
                           resource.example);
        } else if (arn->type != resource.arn_type) {
            checker_.error(place,
                           fmt::format("is an ARN of another thing than a {} (…/{}/…)",
                                       resource.what, resource.arn_type),
                           resource.example);
        } else if (!checker_.is_known_region(arn->region)) {
            checker_.error(place, "is an ARN in a region that is not one of AWS", resource.example);
        } else if (region_ != nullptr && *region_ != arn->region) {
            checker_.warn(place, "is an ARN in another region than the rule's");
        }
    }

    void check_priority() {
        const auto* priority =
            checker_.get<item::Number>(rule_, root_, "priority", {"is not a number", "1"});
        if (priority != nullptr && !priority->to_int64()) {
            checker_.error(Place(root_, "priority"), "is not a whole number", "1");
        }
    }

    void check_fallback() {
        checker_.each_text(rule_, root_, "fallbackRegions", R"(["eu-west-1"])",
                           [this](const std::string& region, const Place& place) {
                               checker_.region(place, region);
                               if (region_ != nullptr && region == *region_) {
                                   checker_.warn(place, "is the rule's own region");
                               }
                           });
    }

    void check_business_hours() {
        constexpr std::string_view kExample = "\"US_BUSINESS\"";
        const auto* id = checker_.text(rule_, root_, "businessHoursId", kExample, kHoursIdBytesMax);
        const auto& exist = checker_.options().hours_exist;
        if (id != nullptr && exist && !exist(*id)) {
            checker_.warn(Place(root_, "businessHoursId"),
                          "names business hours that are not stored: calls find it open");
        }
    }

    void check_attributes() {
        const auto* attributes = checker_.get<item::Map>(
            rule_, root_, "attributes", {"is not an object of texts", kAttributesExample});
        if (attributes == nullptr) {
            return;
        }
        const Place place(root_, "attributes");
        for (const auto& [name, value] : *attributes) {
            const Place attribute(place, name);
            if (value.as<std::string>() == nullptr) {
                checker_.error(attribute, "is not a text", "\"sales\"");
            }
            // Amazon Connect API reference, UpdateContactAttributes.
            if (!name.empty() && !std::ranges::all_of(name, is_attribute_character)) {
                checker_.error(attribute,
                               "has a name with other characters than letters, digits, '-' and "
                               "'_', which flows can't read");
            }
        }
        if (item::size_bytes(*attributes) > kSurelyAnsweredBytes &&
            answer_bytes(*attributes) > connect::kAnswerBytesMax) {
            checker_.error(place, "make an answer of over 32 KB, the most that a flow takes");
        }
    }

    static bool is_attribute_character(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    }

    // As a flat map, which is the longer form.
    [[nodiscard]] std::size_t answer_bytes(const item::Map& attributes) const {
        connect::Answer answer;
        answer.contact_flow_id = longer("contactFlowId", "afterHoursContactFlowId");
        answer.queue_id = longer("queueId", "afterHoursQueueId");
        answer.target_region = region_ == nullptr ? std::string_view{} : *region_;
        answer.hours = "emergency";
        answer.rule_id = std::string(kDigitsMax + 2, '0').append(answer.target_region);
        answer.decision_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        auto text = connect::render_answer(answer, connect::ResponseType::kStringMap);
        for (const auto& [name, value] : attributes) {
            text += ",:";
            item::append_json_string("attributes_" + name, text);
            const auto* of_text = value.as<std::string>();
            item::append_json_string(of_text != nullptr ? *of_text : item::to_plain_json(value),
                                     text);
        }
        return text.size();
    }

    [[nodiscard]] std::string_view longer(std::string_view a, std::string_view b) const {
        const auto bytes_of = [this](std::string_view name) -> std::string_view {
            const auto* value = item::find(rule_, name);
            const auto* text = value == nullptr ? nullptr : value->as<std::string>();
            return text == nullptr ? std::string_view{} : *text;
        };
        return std::ranges::max(bytes_of(a), bytes_of(b), {}, &std::string_view::size);
    }

    // Below this the worst escaping of attributes and ids is below the limit.
    static constexpr std::size_t kSurelyAnsweredBytes = 2048;

    const item::Map& rule_;
    Checker& checker_;
    const Place root_;
    const std::string* region_ = nullptr;
};

}  // namespace

void check_rule(const item::Map& rule, Checker& checker) {
    RuleCheck(rule, checker).run();
}

}  // namespace meridian::management
