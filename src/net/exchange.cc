#include "net/exchange.h"

#include <exception>
#include <utility>

#include "base/log.h"
#include "net/body_stream.h"
#include "net/response_writer.h"

namespace meridian::net {
namespace {

// A response on its way to its loop. One that doesn't arrive tells the writer of its stream.
class Delivery {
  public:
    Delivery(std::shared_ptr<Exchange> exchange, Response response)
        : exchange_(std::move(exchange)), response_(std::move(response)) {}
    Delivery(Delivery&&) noexcept = default;
    Delivery& operator=(Delivery&&) = delete;
    ~Delivery() {
        if (response_.stream) {
            response_.stream->close();
        }
    }

    void operator()() {
        const auto exchange = std::move(exchange_);
        if (const auto target = exchange->target.lock()) {
            target->on_reply(std::move(response_));
        }
    }

  private:
    std::shared_ptr<Exchange> exchange_;
    Response response_;
};

void answer(std::shared_ptr<Exchange> exchange, Response response) {
    Mailbox& mailbox = *exchange->mailbox;
    if (mailbox.is_current_thread()) {
        if (const auto target = exchange->target.lock(); target && target->is_in_handler()) {
            target->on_reply(std::move(response));
            return;
        }
    }
    // Also on the loop's own thread: a reply to another connection than the one being handled
    // would otherwise handle that one's next request within this one's.
    const std::shared_ptr<Mailbox> keep = exchange->mailbox;
    keep->post(Delivery(std::move(exchange), std::move(response)));
}

class ReplyOnce {
  public:
    explicit ReplyOnce(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
    ReplyOnce(ReplyOnce&&) noexcept = default;
    ReplyOnce& operator=(ReplyOnce&&) = delete;

    ~ReplyOnce() {
        if (!exchange_) {
            return;
        }
        try {
            answer(std::move(exchange_),
                   refusal_response({500, "The server failed to answer the request."}));
        } catch (const std::exception&) {
            log(LogLevel::kError, "net", "no memory to answer a dropped request");
        }
    }

    void operator()(Response response) {
        if (exchange_) {
            answer(std::move(exchange_), std::move(response));
        }
    }

  private:
    std::shared_ptr<Exchange> exchange_;
};

}  // namespace

Reply make_reply(std::shared_ptr<Exchange> exchange) {
    return ReplyOnce(std::move(exchange));
}

}  // namespace meridian::net
