#include "api/compression.h"

#include <cstddef>

#include "net/gzip.h"

namespace meridian::api {
namespace {

constexpr std::size_t kBytesMin = 1024;

}  // namespace

void compress(const net::Request& request, net::Response& response) {
    if (response.body.size() <= kBytesMin || response.stream) {
        return;
    }
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (net::accepts_gzip(request.header("Accept-Encoding"))) {
        response.body = net::gzip(response.body);
        response.headers.emplace_back("Content-Encoding", "gzip");
    }
}

}  // namespace meridian::api
