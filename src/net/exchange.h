// A request with the memory that it views into, shared by its connection and its Reply.
#pragma once

#include <memory>
#include <string>

#include "net/http.h"
#include "net/input_buffer.h"
#include "net/loop.h"
#include "net/request_id.h"

namespace meridian::net {

// Takes a response on its loop's thread.
class ReplyTarget {
  public:
    virtual ~ReplyTarget() = default;
    // Also closes the response's stream, unless it will be sent.
    virtual void on_reply(Response response) = 0;
    // Whether the handler is being called just now, so that on_reply need not wait its turn.
    [[nodiscard]] virtual bool is_in_handler() const = 0;
};

// Ownership: whoever is last, the connection or the Reply, so that a handler's views stay valid
// when the client, or the whole server, goes first. Threads: while a Reply is out, the loop leaves
// `input`, `request`, `peer` and `id` alone; `target` belongs to the loop's thread.
struct Exchange {
    InputBuffer input;
    Request request;
    std::string peer;
    RequestId id{};
    std::shared_ptr<Mailbox> mailbox;
    std::weak_ptr<ReplyTarget> target;  // reset when nobody waits for the reply any more
};

// The Reply for the request of `exchange`.
[[nodiscard]] Reply make_reply(std::shared_ptr<Exchange> exchange);

}  // namespace meridian::net
