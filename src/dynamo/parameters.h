// The JSON of one request.
#pragma once

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/string_view.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "dynamo/failure.h"

namespace meridian::dynamo {

// Owns all that its values need, so that whoever answers later can keep it. Threads: one at a time.
class Parameters {
  public:
    // SerializationException: the body is no JSON, or no object. An empty body is {}.
    [[nodiscard]] static Outcome<std::unique_ptr<const Parameters>> parse(std::string_view body);

    Parameters(const Parameters&) = delete;
    Parameters& operator=(const Parameters&) = delete;

    [[nodiscard]] const boost::json::object& object() const { return *object_; }

  private:
    Parameters() = default;

    std::array<unsigned char, 8192> first_;  // most requests need no more
    boost::json::monotonic_resource memory_{first_.data(), first_.size()};
    std::optional<boost::json::value> root_;
    const boost::json::object* object_ = nullptr;
};

// ---- One parameter; null stands for absent. REQUIRES: check_types() has passed.

[[nodiscard]] const boost::json::value* find(const boost::json::object& all, std::string_view name);
[[nodiscard]] bool has(const boost::json::object& all, std::string_view name);
[[nodiscard]] std::optional<std::string_view> text_of(const boost::json::object& all,
                                                      std::string_view name);
[[nodiscard]] std::optional<bool> flag_of(const boost::json::object& all, std::string_view name);
// Numbers with a fraction are cut off, as the service does.
[[nodiscard]] std::optional<std::int64_t> integer_of(const boost::json::object& all,
                                                     std::string_view name);
[[nodiscard]] std::optional<double> number_of(const boost::json::object& all,
                                              std::string_view name);
[[nodiscard]] const boost::json::object* object_of(const boost::json::object& all,
                                                   std::string_view name);
[[nodiscard]] const boost::json::array* array_of(const boost::json::object& all,
                                                 std::string_view name);

// Past about 62 levels of an attribute value the service reads a request differently, and words
// some faults as it did before.
[[nodiscard]] bool is_deep(const boost::json::object& all);

[[nodiscard]] inline std::string_view view(const boost::json::string& text) {
    return {text.data(), text.size()};
}
[[nodiscard]] inline std::string_view view(boost::json::string_view text) {  // of a member's name
    return {text.data(), text.size()};
}
std::string_view view(boost::json::string&&) = delete;

}  // namespace meridian::dynamo
