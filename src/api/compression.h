// Long answers are sent as gzip to those who take it.
#pragma once

#include "net/http.h"

namespace meridian::api {

// Compresses the body where that is worth it (over 1 KB) and the client accepts it, and tells
// caches that it depends. Takes a millisecond a hundred KB or so: not for a thread that others wait
// for.
void compress(const net::Request& request, net::Response& response);

}  // namespace meridian::api
