// A decent client that goes about its business while a test does something terrible.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "net/client.h"

namespace meridian::net {

// Makes requests of "/bystander" from a thread of its own until it goes, on a connection that it
// keeps and on new ones: all must be answered, and soon.
class Bystander {
  public:
    explicit Bystander(std::uint16_t port, std::optional<ClientTls> tls = {})
        : port_(port), tls_(std::move(tls)), thread_([this] { live(); }) {}
    Bystander(const Bystander&) = delete;
    Bystander& operator=(const Bystander&) = delete;
    ~Bystander() {
        is_over_ = true;
        thread_.join();
        EXPECT_GT(answered_, 0);
        EXPECT_LT(longest_, kSoon);
    }

    // Until that many more requests have been answered.
    void wait(int answers) const {
        const int enough = answered_ + answers;
        while (answered_ < enough && !has_failed_) {
            std::this_thread::yield();
        }
    }

  private:
    static constexpr std::chrono::seconds kSoon{2};

    void live() {
        Client kept;
        for (int i = 0; !is_over_ && !has_failed_; ++i) {
            const ClientRequest request{.port = port_, .target = "/bystander", .tls = tls_};
            const auto start = std::chrono::steady_clock::now();
            auto response = i % 2 == 0 ? kept.send(request) : send(request);
            // On a busy machine a newcomer can be slow enough to make room for the next one.
            while (!response && std::chrono::steady_clock::now() - start < kSoon) {
                response = send(request);
            }
            longest_ = std::max(longest_, std::chrono::steady_clock::now() - start);
            has_failed_ = !response || response->status != 200;
            EXPECT_TRUE(response) << response.error().message;
            EXPECT_TRUE(!response || response->status == 200) << response->status;
            ++answered_;
        }
    }

    std::uint16_t port_;
    std::optional<ClientTls> tls_;
    std::atomic<bool> is_over_ = false;
    std::atomic<bool> has_failed_ = false;
    std::atomic<int> answered_ = 0;
    std::chrono::steady_clock::duration longest_{};  // the thread's
    std::thread thread_;
};

}  // namespace meridian::net
