#include "option_checks.h"

#include <fmt/format.h>

#include "base/instant.h"
#include "connect/contact_event.h"

namespace meridian::app {

std::string refuse_odd_region(const std::string& text) {
    return connect::is_region_name(text)
               ? std::string()
               : fmt::format("'{}' is no region's name, such as us-east-1", text);
}

std::string refuse_empty(const std::string& text) {
    return text.empty() ? "an empty text; leave the option out for its default" : std::string();
}

std::string refuse_no_instant(const std::string& text) {
    const auto instant = parse_instant(text);
    return instant ? std::string() : instant.error().message;
}

}  // namespace meridian::app
