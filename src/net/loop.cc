#include "net/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>  // IWYU pragma: keep
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <mutex>
#include <typeinfo>
#include <utility>

#include "base/log.h"

namespace meridian::net {
namespace {

namespace asio = boost::asio;

class LoopMailbox final : public Mailbox {
  public:
    explicit LoopMailbox(asio::io_context& context) : context_(&context) {}

    bool post(std::move_only_function<void()> work) override {
        const std::lock_guard lock(mutex_);
        if (context_ == nullptr) {
            return false;
        }
        asio::post(*context_, std::move(work));
        return true;
    }

    bool is_current_thread() const override { return current == this; }

    void enter() { current = this; }

    void close() {
        const std::lock_guard lock(mutex_);
        context_ = nullptr;
    }

  private:
    static thread_local const LoopMailbox* current;

    std::mutex mutex_;
    asio::io_context* context_;  // guarded by mutex_
};

thread_local const LoopMailbox* LoopMailbox::current = nullptr;

void repeat(const std::shared_ptr<asio::steady_timer>& timer, std::chrono::milliseconds interval,
            const std::shared_ptr<std::function<void()>>& work) {
    timer->expires_after(interval);
    timer->async_wait([timer, interval, work](const auto& code) {
        if (!code) {
            repeat(timer, interval, work);
            (*work)();
        }
    });
}

}  // namespace

struct Loop::State {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard = make_work_guard(context);
    std::shared_ptr<LoopMailbox> mailbox = std::make_shared<LoopMailbox>(context);
    std::shared_ptr<Mailbox> mailbox_port = mailbox;
};

Loop::Loop() : state_(std::make_unique<State>()) {}

Loop::~Loop() {
    state_->mailbox->close();
}

void Loop::run() {
    state_->mailbox->enter();
    while (!state_->context.stopped()) {
        try {
            state_->context.run();
        } catch (const std::exception& exception) {
            log(LogLevel::kError, "net", "an event failed: {}", typeid(exception).name());
        }
    }
}

void Loop::finish() {
    state_->mailbox->close();
    state_->context.stop();
}

void Loop::every(std::chrono::milliseconds interval, std::function<void()> work) {
    repeat(std::make_shared<asio::steady_timer>(state_->context), interval,
           std::make_shared<std::function<void()>>(std::move(work)));
}

void Loop::after(std::chrono::milliseconds delay, std::function<void()> work) {
    auto timer = std::make_shared<asio::steady_timer>(state_->context, delay);
    timer->async_wait([timer, work = std::move(work)](const auto& code) {
        if (!code) {
            work();
        }
    });
}

const std::shared_ptr<Mailbox>& Loop::mailbox() const {
    return state_->mailbox_port;
}

asio::io_context& Loop::context() {
    return state_->context;
}

}  // namespace meridian::net
