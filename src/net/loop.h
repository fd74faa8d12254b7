// One thread's event loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace meridian::net {

// The way into a loop from other threads. It outlives the loop, so whoever holds one may use it
// at any time. Threads: any.
class Mailbox {
  public:
    virtual ~Mailbox() = default;

    // Runs `work` on the loop's thread, later. False, and `work` destroyed: the loop has ended.
    virtual bool post(std::move_only_function<void()> work) = 0;

    [[nodiscard]] virtual bool is_current_thread() const = 0;
};

// Ownership: what was posted and not run is destroyed with the loop. Threads: run() makes the
// calling thread the loop's; other members but mailbox() belong to that thread.
class Loop {
  public:
    Loop();
    ~Loop();

    // Returns after finish(). An exception that a callback throws is logged, and the loop goes on.
    void run();
    void finish();

    // Calls `work` again and again, never twice within `interval`, even if that throws.
    void every(std::chrono::milliseconds interval, std::function<void()> work);
    // Calls `work` once.
    void after(std::chrono::milliseconds delay, std::function<void()> work);

    [[nodiscard]] const std::shared_ptr<Mailbox>& mailbox() const;
    [[nodiscard]] boost::asio::io_context& context();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meridian::net
