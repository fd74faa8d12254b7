#include "net/asio_error.h"

#include <fmt/core.h>

#include <boost/asio/error.hpp>  // IWYU pragma: keep

namespace meridian::net {
namespace {

ErrorCode classify(const boost::system::error_code& code) {
    namespace error = boost::asio::error;
    if (code == error::address_in_use) {
        return ErrorCode::kPortInUse;
    }
    if (code == error::timed_out || code == error::operation_aborted) {
        return ErrorCode::kTimeout;
    }
    if (code == boost::system::errc::address_not_available ||
        code == boost::system::errc::invalid_argument) {
        return ErrorCode::kInvalidInput;
    }
    if (code == error::access_denied) {
        return ErrorCode::kConfiguration;
    }
    return ErrorCode::kUnavailable;
}

}  // namespace

Error to_error(const boost::system::error_code& code, std::string_view doing) {
    return Error{classify(code), fmt::format("{}: {}", doing, code.message())};
}

}  // namespace meridian::net
