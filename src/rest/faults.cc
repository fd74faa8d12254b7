#include "rest/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "faults/switchboard.h"
#include "item/number.h"
#include "rest/answers.h"
#include "rest/bodies.h"
#include "store/version.h"

namespace meridian::rest {
namespace {

using faults::Cut;
using management::FieldError;
using std::chrono::milliseconds;

constexpr std::array<std::pair<Cut, std::string_view>, 3> kCuts{
    {{Cut::kNone, "none"}, {Cut::kQuestions, "questions"}, {Cut::kAnswers, "answers"}}};

// An object of the body, read field by field; what is wrong with one is added to the errors.
class Fields {
  public:
    // Where the value is no object, it counts as an empty one. A field that isn't known is an
    // error.
    Fields(const item::Value* value, std::string pointer, std::vector<std::string_view> known,
           std::vector<FieldError>& errors)
        : pointer_(std::move(pointer)), errors_(errors) {
        if (value == nullptr) {
            return;
        }
        if (const auto* map = value->as<item::Map>()) {
            map_ = map;
        } else {
            refuse("", "is not an object", "{}");
        }
        for (const auto& [name, field] : *map_) {
            if (!known.empty() && std::ranges::find(known, name) == known.end()) {
                refuse("/" + name, "is no field of this object", "");
            }
        }
    }

    [[nodiscard]] const item::Map& map() const { return *map_; }
    [[nodiscard]] const item::Value* at(std::string_view name) const {
        return item::find(*map_, name);
    }
    [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t least = 0) const {
        const auto* value = at(name);
        if (value == nullptr) {
            return 0;
        }
        const auto* number = value->as<item::Number>();
        const auto integer = number == nullptr ? std::nullopt : number->to_int64();
        if (!integer || *integer < least || *integer > kIntegerMax) {
            refuse(name_of(name),
                   least < 0 ? std::string("is not a whole number")
                             : fmt::format("is not a whole number from {} on", least),
                   "30000");
            return 0;
        }
        return *integer;
    }
    [[nodiscard]] milliseconds time(std::string_view name, std::int64_t least = 0) const {
        return milliseconds{integer(name, least)};
    }
    [[nodiscard]] faults::Lasting lasting() const {
        return at("lastsMs") == nullptr ? faults::Lasting() : time("lastsMs", 1);
    }
    [[nodiscard]] bool flag(std::string_view name) const {
        const auto* value = at(name);
        const auto* flag = value == nullptr ? nullptr : value->as<bool>();
        if (value != nullptr && flag == nullptr) {
            refuse(name_of(name), "is neither true nor false", "true");
        }
        return flag != nullptr && *flag;
    }
    [[nodiscard]] Cut cut() const {
        const auto* value = at("cut");
        const auto* text = value == nullptr ? nullptr : value->as<std::string>();
        const auto found = std::ranges::find_if(
            kCuts, [text](const auto& entry) { return text != nullptr && entry.second == *text; });
        if (value != nullptr && found == kCuts.end()) {
            refuse("/cut", "is neither none, questions nor answers", R"("questions")");
        }
        return found == kCuts.end() ? Cut::kNone : found->first;
    }

    static constexpr std::int64_t kIntegerMax = 1'000'000'000'000'000;

  private:
    static std::string name_of(std::string_view name) { return "/" + std::string(name); }
    void refuse(const std::string& field, std::string message, std::string example) const {
        errors_.push_back({pointer_ + field, std::move(message), std::move(example)});
    }

    static const item::Map kNothing;

    const item::Map* map_ = &kNothing;
    const std::string pointer_;
    std::vector<FieldError>& errors_;
};

const item::Map Fields::kNothing;

faults::LinkFault link_from_json(const std::string& peer, const item::Value& value,
                                 std::vector<FieldError>& errors) {
    const Fields fields(&value, "/links/" + peer,
                        {"cut", "delayMs", "jitterMs", "bytesPerSecond", "reorder", "lastsMs"},
                        errors);
    return {.cut = fields.cut(),
            .delay = fields.time("delayMs"),
            .jitter = fields.time("jitterMs"),
            .bytes_per_second = static_cast<std::uint64_t>(fields.integer("bytesPerSecond")),
            .reorder = fields.flag("reorder"),
            .lasts = fields.lasting()};
}

item::Value number(std::int64_t value) {
    return item::Number(value);
}

void add_lasting(item::Map& map, const faults::Lasting& lasts) {
    if (lasts) {
        map.emplace("lastsMs", number(lasts->count()));
    }
}

item::Map link_to_json(const faults::LinkFault& link) {
    item::Map map;
    if (link.cut != Cut::kNone) {
        map.emplace("cut", std::ranges::find(kCuts, link.cut, [](const auto& entry) {
                               return entry.first;
                           })->second);
    }
    const auto add = [&map](const char* name, std::int64_t value) {
        if (value != 0) {
            map.emplace(name, number(value));
        }
    };
    add("delayMs", link.delay.count());
    add("jitterMs", link.jitter.count());
    add("bytesPerSecond", static_cast<std::int64_t>(link.bytes_per_second));
    if (link.reorder) {
        map.emplace("reorder", true);
    }
    add_lasting(map, link.lasts);
    return map;
}

Error not_breakable() {
    return {ErrorCode::kNotSupported,
            "this region does not let itself be broken: start it with --faults, as `meridian up` "
            "does, on a loopback address"};
}

Answer answer_of(const Call& call) {
    auto body = faults_to_json(call.parts.faults->get());
    body.emplace("region", call.parts.region);
    return json_answer(200, item::Value(std::move(body)));
}

}  // namespace

item::Map faults_to_json(const faults::Faults& faults) {
    item::Map links;
    for (const auto& [peer, link] : faults.links) {
        links.emplace(peer, link_to_json(link));
    }
    item::Map clock;
    if (faults.clock.is_on()) {
        clock.emplace("offsetMs", number(faults.clock.offset.count()));
        add_lasting(clock, faults.clock.lasts);
    }
    item::Map disk;
    if (faults.disk.is_on()) {
        disk.emplace("full", true);
        add_lasting(disk, faults.disk.lasts);
    }
    return {{"links", std::move(links)}, {"clock", std::move(clock)}, {"disk", std::move(disk)}};
}

management::EditResult<faults::Faults> faults_from_json(const item::Value& body) {
    std::vector<FieldError> errors;
    // "region" is what GET says beside them: it may be sent back as it came.
    const Fields all(&body, "", {"region", "links", "clock", "disk"}, errors);
    faults::Faults faults;
    const Fields links(all.at("links"), "/links", {}, errors);
    for (const auto& [peer, link] : links.map()) {
        if (store::check_region(peer)) {
            faults.links.emplace(peer, link_from_json(peer, link, errors));
        } else {
            errors.push_back({"/links", "names a peer as no region is named", ""});
        }
    }
    const Fields clock(all.at("clock"), "/clock", {"offsetMs", "lastsMs"}, errors);
    faults.clock = {clock.time("offsetMs", -Fields::kIntegerMax), clock.lasting()};
    const Fields disk(all.at("disk"), "/disk", {"full", "lastsMs"}, errors);
    faults.disk = {disk.flag("full"), disk.lasting()};
    if (!errors.empty()) {
        return std::unexpected(
            management::Refusal(management::Invalid{std::move(errors), {}, false}));
    }
    return faults;
}

Answer get_faults(const Call& call) {
    return call.parts.faults == nullptr ? std::unexpected(not_breakable()) : answer_of(call);
}

Answer put_faults(const Call& call) {
    if (call.parts.faults == nullptr) {
        return std::unexpected(not_breakable());
    }
    if (auto type = check_media_type(call.request, std::array{kJson}); !type) {
        return std::unexpected(std::move(type.error()));
    }
    const auto body = parse_body(call.request.body);
    if (!body) {
        return std::unexpected(body.error());
    }
    auto faults = faults_from_json(*body);
    if (!faults) {
        return refusal_answer(faults.error());
    }
    if (auto done = call.parts.faults->set(*std::move(faults)); !done) {
        return std::unexpected(done.error());
    }
    return answer_of(call);
}

Answer delete_faults(const Call& call) {
    if (call.parts.faults == nullptr) {
        return std::unexpected(not_breakable());
    }
    if (auto done = call.parts.faults->set({}); !done) {
        return std::unexpected(done.error());
    }
    return answer_of(call);
}

}  // namespace meridian::rest
