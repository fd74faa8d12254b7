#include "net/http.h"

#include "net/grammar.h"

namespace meridian::net {

std::string_view Request::header(std::string_view name) const {
    for (const auto& [field, value] : headers) {
        if (equal_ignoring_case(field, name)) {
            return value;
        }
    }
    return {};
}

}  // namespace meridian::net
