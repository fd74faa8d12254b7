// Asio's error codes become ours, here and nowhere else.
#pragma once

#include <boost/system/error_code.hpp>
#include <string_view>

#include "base/result.h"

namespace meridian::net {

// "doing: what the system says".
[[nodiscard]] Error to_error(const boost::system::error_code& code, std::string_view doing);

}  // namespace meridian::net
