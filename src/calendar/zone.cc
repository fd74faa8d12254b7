// The only place that knows cctz: it reads the machine's time zone database into an OffsetTable.
#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

#include "calendar/offset_table.h"

namespace meridian::calendar {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

constexpr std::size_t kNameCharactersMax = 64;  // the longest name in use has 32

constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_name_character(char c) {
    return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+';
}

// Every part of a zone's name starts with a capital and has no dots. What else lies in the
// database's folder (localtime, posix/, right/, zone.tab) does not, nor does any way out of it.
bool is_zone_name(std::string_view name) {
    if (name.size() > kNameCharactersMax) {
        return false;
    }
    bool starts_part = true;
    for (const char c : name) {
        if (starts_part ? !is_upper(c) : c != '/' && !is_name_character(c)) {
            return false;
        }
        starts_part = c == '/';
    }
    return !starts_part;
}

// cctz remembers every name that it was ever asked for, unknown ones too; so it is asked only for
// names that have a file, where it will look for it.
bool database_has(const std::string& name) {
    static const std::filesystem::path folder = [] {
        const char* chosen = std::getenv("TZDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it
        return chosen != nullptr && *chosen != '\0' ? chosen : "/usr/share/zoneinfo";
    }();
    std::error_code unreadable;
    return std::filesystem::is_regular_file(folder / name, unreadable);
}

// cctz spells out a rule that goes on for ever for 400 years past the last listed transition; no
// transition is listed singly for that long ahead (Morocco's are the farthest: 2087).
OffsetTable::After after(const std::vector<OffsetTable::Transition>& transitions) {
    constexpr sys_seconds kListedMax = sys_days{year{2300} / 1 / 1};
    return !transitions.empty() && transitions.back().at > kListedMax
               ? OffsetTable::After::kRecur
               : OffsetTable::After::kConstant;
}

OffsetTable read_offsets(const cctz::time_zone& zone) {
    constexpr sys_seconds kBeforeAllClocks = sys_days{year{-30'000} / 1 / 1};
    const cctz::civil_second epoch(1970, 1, 1);
    const seconds before_all{zone.lookup(kBeforeAllClocks).offset};

    std::vector<OffsetTable::Transition> transitions;
    seconds offset = before_all;
    sys_seconds at = kBeforeAllClocks;
    cctz::time_zone::civil_transition change;
    while (zone.next_transition(at, &change)) {
        at = sys_seconds{seconds{change.from - epoch} - offset};
        offset += seconds{change.to - change.from};
        transitions.push_back({.at = at, .offset = offset});
    }
    return {before_all, transitions, after(transitions)};
}

const std::shared_ptr<const Zone::Data>& utc() {
    static const auto& data = *new std::shared_ptr<const Zone::Data>(
        std::make_shared<Zone::Data>(OffsetTable{seconds{0}, {}, OffsetTable::After::kConstant}));
    return data;
}

std::shared_ptr<const Zone::Data> read(const std::string& name) {
    cctz::time_zone zone;
    if (!database_has(name) || !cctz::load_time_zone(name, &zone)) {
        return nullptr;
    }
    return std::make_shared<Zone::Data>(read_offsets(zone));
}

// What was read once stays for the life of the process, so it is bounded by the database.
std::shared_ptr<const Zone::Data> read_once(const std::string& name) {
    struct Cache {
        std::mutex mutex;
        std::map<std::string, std::shared_ptr<const Zone::Data>> zones;
    };
    static auto& cache = *new Cache;  // outlives every thread that may still ask at exit
    const std::scoped_lock lock(cache.mutex);
    if (const auto known = cache.zones.find(name); known != cache.zones.end()) {
        return known->second;
    }
    auto data = read(name);
    if (data != nullptr) {
        cache.zones.emplace(name, data);
    }
    return data;
}

}  // namespace

Zone::Zone() : name_("UTC"), data_(utc()) {}

Result<Zone> Zone::load(const std::string& name) {
    Zone zone;
    if (name == zone.name_) {
        return zone;
    }
    auto data = is_zone_name(name) ? read_once(name) : nullptr;
    if (data == nullptr) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("'{}' is not in this machine's time zone database (package tzdata);"
                                " write a name like Europe/Dublin",
                                std::string_view(name).substr(0, kNameCharactersMax)));
    }
    zone.name_ = name;
    zone.data_ = std::move(data);
    return zone;
}

}  // namespace meridian::calendar
