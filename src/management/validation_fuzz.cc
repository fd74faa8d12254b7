// Any JSON is a good body or has faults: each at a place of the body, or at one that is missing in
// it. What is stored of a good body is a good body again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "item/json.h"
#include "management/draft.h"
#include "management/validation.h"

namespace {

using namespace meridian;

std::string unescaped(std::string_view token) {
    std::string name;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] == '~' && i + 1 < token.size()) {
            name += token[++i] == '0' ? '~' : '/';
        } else {
            name += token[i];
        }
    }
    return name;
}

const item::Value* step(const item::Value& value, const std::string& name) {
    if (const auto* map = value.as<item::Map>()) {
        return item::find(*map, name);
    }
    const auto* list = value.as<item::List>();
    const auto index = list == nullptr ? 0 : std::stoul(name);
    return list != nullptr && index < list->size() ? &(*list)[index] : nullptr;
}

// Whether everything but the last step is there.
bool leads_somewhere(const item::Value& body, std::string_view pointer) {
    const auto* value = &body;
    while (!pointer.empty()) {
        if (value == nullptr || pointer.front() != '/') {
            return false;
        }
        pointer.remove_prefix(1);
        const auto token = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(token.size());
        value = step(*value, unescaped(token));
    }
    return true;
}

void check(management::Kind kind, const item::Value& body) {
    const management::ValidationOptions options{
        .regions = {"us-east-1"}, .strict = false, .hours_exist = [](std::string_view id) {
            return id.size() % 2 == 0;
        }};
    const auto findings = management::validate(kind, *body.as<item::Map>(), options);
    for (const auto* faults : {&findings.errors, &findings.warnings}) {
        if (faults->size() > 100) {
            std::abort();
        }
        for (const auto& fault : *faults) {
            if (!leads_somewhere(body, fault.pointer) || fault.message.empty()) {
                std::abort();
            }
        }
    }
    const auto draft = management::draft_of(kind, std::nullopt, body, options);
    if (draft.has_value() != findings.is_valid()) {
        std::abort();
    }
    if (draft && !management::validate(kind, draft->content, options).is_valid()) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body = item::parse_plain_json({reinterpret_cast<const char*>(data), size});
    if (!body || body->as<item::Map>() == nullptr) {
        return 0;
    }
    for (const auto kind :
         {management::Kind::kRule, management::Kind::kHours, management::Kind::kAgent}) {
        check(kind, *body);
    }
    return 0;
}
