#include "management/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "calendar/schedule.h"
#include "management/aws_regions.h"

namespace meridian::management {
namespace {

constexpr std::size_t kFaultsMax = 100;
constexpr std::size_t kToldNameBytesMax = 1024;

void append_escaped(std::string_view name, std::string& out) {
    for (const char c : name) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
}

bool is_index(std::string_view text) {
    return !text.empty() && text.size() < 9 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The order of the body: fields by name, elements by number, parents before what they hold.
bool comes_before(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        a.remove_prefix(1);
        b.remove_prefix(1);
        const auto left = a.substr(0, a.find('/'));
        const auto right = b.substr(0, b.find('/'));
        if (left != right) {
            return is_index(left) && is_index(right) && left.size() != right.size()
                       ? left.size() < right.size()
                       : left < right;
        }
        a.remove_prefix(left.size());
        b.remove_prefix(right.size());
    }
    return a.empty() && !b.empty();
}

void sort_and_cut(std::vector<FieldError>& faults) {
    std::ranges::sort(faults, [](const FieldError& a, const FieldError& b) {
        return a.pointer == b.pointer ? a.message < b.message : comes_before(a.pointer, b.pointer);
    });
    faults.resize(std::min(faults.size(), kFaultsMax));
}

void add(std::vector<FieldError>& faults, FieldError fault) {
    faults.push_back(std::move(fault));
    if (faults.size() >= 4 * kFaultsMax) {
        sort_and_cut(faults);
    }
}

}  // namespace

std::string Place::pointer() const {
    if (parent_ == nullptr) {
        return {};
    }
    std::string pointer = parent_->pointer();
    if (index_) {
        pointer += fmt::format("/{}", *index_);
    } else if (name_.size() <= kToldNameBytesMax) {
        pointer += '/';
        append_escaped(name_, pointer);
    }
    return pointer;
}

void Checker::error(const Place& place, std::string_view message, std::string_view example) {
    add(findings_.errors, {place.pointer(), std::string(message), std::string(example)});
}

void Checker::warn(const Place& place, std::string_view message, std::string_view example) {
    add(findings_.warnings, {place.pointer(), std::string(message), std::string(example)});
}

const item::Value* Checker::given(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    return value == nullptr || value->as<item::Null>() != nullptr ? nullptr : value;
}

const std::string* Checker::text(const item::Value& value, const Place& place,
                                 std::string_view example, std::size_t bytes_max) {
    const auto* text = value.as<std::string>();
    if (text == nullptr) {
        error(place, "is not a text", example);
        return nullptr;
    }
    if (text->empty()) {
        error(place, "is empty; leave it out if there is none", example);
        return nullptr;
    }
    if (text->size() > bytes_max) {
        error(place, fmt::format("has over {} bytes", bytes_max), example);
        return nullptr;
    }
    return text;
}

const std::string* Checker::text(const item::Map& map, const Place& place, std::string_view name,
                                 std::string_view example, std::size_t bytes_max) {
    const auto* value = given(map, name);
    return value == nullptr ? nullptr : text(*value, Place(place, name), example, bytes_max);
}

const std::string* Checker::required_text(const item::Map& map, const Place& place,
                                          std::string_view name, std::string_view example,
                                          std::size_t bytes_max) {
    if (given(map, name) == nullptr) {
        error(Place(place, name), "is missing", example);
        return nullptr;
    }
    return text(map, place, name, example, bytes_max);
}

void Checker::each_text(const item::Map& map, const Place& place, std::string_view name,
                        std::string_view example,
                        const std::function<void(const std::string&, const Place&)>& check) {
    const auto* value = given(map, name);
    if (value == nullptr) {
        return;
    }
    const Place field(place, name);
    if (const auto* set = value->as<item::StringSet>()) {
        std::size_t index = 0;
        for (const auto& element : *set) {
            check(element, Place(field, index++));
        }
        return;
    }
    const auto* list = value->as<item::List>();
    if (list == nullptr) {
        error(field, "is not a list of texts", example);
        return;
    }
    std::set<std::string_view> seen;
    for (std::size_t index = 0; index < list->size(); ++index) {
        const Place element(field, index);
        const auto* element_text = text((*list)[index], element, {}, item::kItemBytesMax);
        if (element_text == nullptr) {
            continue;
        }
        if (!seen.insert(*element_text).second) {
            warn(element, "is there already");
        }
        check(*element_text, element);
    }
}

bool Checker::is_known_region(std::string_view name) const {
    return std::ranges::find(options_.regions, name) != options_.regions.end() ||
           is_aws_region(name);
}

void Checker::region(const Place& place, std::string_view name) {
    const auto& regions = options_.regions;
    if (std::ranges::find(regions, name) != regions.end()) {
        return;
    }
    const auto example = fmt::format("\"{}\"", regions.empty() ? "us-east-1" : regions.front());
    if (!is_aws_region(name)) {
        error(place, "is not a region of AWS", example);
    } else if (!regions.empty()) {
        warn(place,
             fmt::format("is not one of this deployment's regions ({})", fmt::join(regions, ", ")),
             example);
    }
}

void Checker::time_of_day(const item::Map& map, const Place& place, std::string_view name,
                          std::optional<std::chrono::seconds>* time) {
    constexpr std::string_view kExample = "\"09:00\"";
    constexpr std::size_t kBytesMax = 64;
    const auto* given_text = required_text(map, place, name, kExample, kBytesMax);
    if (given_text == nullptr) {
        return;
    }
    const auto parsed = calendar::parse_time_of_day(*given_text);
    if (!parsed) {
        error(Place(place, name), "is not a time of day: HH:MM or HH:MM:SS, at most 24:00",
              kExample);
    } else if (time != nullptr) {
        *time = *parsed;
    }
}

void Checker::time_zone(const item::Map& map, const Place& place) {
    constexpr std::string_view kExample = "\"America/New_York\"";
    constexpr std::size_t kBytesMax = 1024;
    const auto* name = text(map, place, "timezone", kExample, kBytesMax);
    if (name != nullptr && !calendar::Zone::load(*name)) {
        error(Place(place, "timezone"), "is not a time zone of the IANA database", kExample);
    }
}

Findings Checker::take() && {
    if (options_.strict) {
        std::ranges::move(findings_.warnings, std::back_inserter(findings_.errors));
        findings_.warnings.clear();
    }
    sort_and_cut(findings_.errors);
    sort_and_cut(findings_.warnings);
    return std::move(findings_);
}

}  // namespace meridian::management
