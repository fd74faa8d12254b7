// What the checks of rules, hours and agents have in common: places in a body, and the faults found
// there.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "item/value.h"
#include "management/validation.h"

namespace meridian::management {

// A place in a body, as a chain that stands on the stack of whoever walks it: each must outlive
// those within it.
class Place {
  public:
    Place() = default;  // the body itself
    Place(const Place& parent, std::string_view name) : parent_(&parent), name_(name) {}
    Place(const Place& parent, std::size_t index) : parent_(&parent), index_(index) {}

    // A place within one whose name is too long to be told is told as the place around that.
    [[nodiscard]] std::string pointer() const;

  private:
    const Place* parent_ = nullptr;
    std::string_view name_;
    std::optional<std::size_t> index_;
};

// What a field must hold, for its error.
struct Shape {
    std::string_view fault;    // "is not a text"
    std::string_view example;  // JSON
};

// Gathers what is wrong. Threads: one.
class Checker {
  public:
    explicit Checker(const ValidationOptions& options) : options_(options) {}

    [[nodiscard]] const ValidationOptions& options() const { return options_; }

    void error(const Place& place, std::string_view message, std::string_view example = {});
    void warn(const Place& place, std::string_view message, std::string_view example = {});

    // The value of a field that is given and of that type, or null; a wrong type is an error.
    template <typename T>
    const T* get(const item::Map& map, const Place& place, std::string_view name,
                 const Shape& shape) {
        const auto* value = given(map, name);
        const auto* typed = value == nullptr ? nullptr : value->as<T>();
        if (value != nullptr && typed == nullptr) {
            error(Place(place, name), shape.fault, shape.example);
        }
        return typed;
    }

    // A text that is not empty and has at most `bytes_max`.
    const std::string* text(const item::Map& map, const Place& place, std::string_view name,
                            std::string_view example, std::size_t bytes_max);
    // The same for any value.
    const std::string* text(const item::Value& value, const Place& place, std::string_view example,
                            std::size_t bytes_max);

    // The same for a field that must be there.
    const std::string* required_text(const item::Map& map, const Place& place,
                                     std::string_view name, std::string_view example,
                                     std::size_t bytes_max);

    // Calls `check` for each text of a field that is a list or a set of texts, and warns of
    // doubles.
    void each_text(const item::Map& map, const Place& place, std::string_view name,
                   std::string_view example,
                   const std::function<void(const std::string&, const Place&)>& check);

    // Regions of the deployment are fine; others of AWS are warned of.
    void region(const Place& place, std::string_view name);
    [[nodiscard]] bool is_known_region(std::string_view name) const;
    void time_of_day(const item::Map& map, const Place& place, std::string_view name,
                     std::optional<std::chrono::seconds>* time = nullptr);
    void time_zone(const item::Map& map, const Place& place);

    // The value, or null when it is absent or a null.
    [[nodiscard]] static const item::Value* given(const item::Map& map, std::string_view name);

    [[nodiscard]] Findings take() &&;

  private:
    const ValidationOptions& options_;
    Findings findings_;
};

// ---- The kinds

void check_rule(const item::Map& rule, Checker& checker);
void check_hours(const item::Map& hours, Checker& checker);
void check_agent(const item::Map& agent, Checker& checker);

inline constexpr std::size_t kIdBytesMax = 1024;  // of an id that an answer to a call holds
// ChangeHistory's partition key has "business-hours/" before the id.
inline constexpr std::size_t kHoursIdBytesMax = item::kPartitionKeyBytesMax - 15;
inline constexpr std::size_t kAgentIdBytesMax = item::kPartitionKeyBytesMax - 7;

// By days since Sunday.
inline constexpr std::array<std::string_view, 7> kWeekdays{
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
inline constexpr std::string_view kNotAWeekday =
    "is not a weekday: sunday, monday, … saturday, in lower case";

}  // namespace meridian::management
