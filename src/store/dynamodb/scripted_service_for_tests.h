// A service that says what a test wants it to, and remembers what it was asked.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/json_service.h"
#include "base/clock.h"
#include "base/random.h"
#include "store/dynamodb/dynamodb_store.h"

namespace meridian::store {

// Threads: any.
class ScriptedService final : public aws::JsonService {
  public:
    using Answered = std::expected<std::string, aws::ServiceError>;
    struct Call {
        std::string operation;
        std::string body;
        friend bool operator==(const Call&, const Call&) = default;
    };

    // The next call's answer; after those that wait already.
    void answer(std::string body) { add(std::move(body)); }
    void refuse(std::string type, std::string body = "{}", bool is_repeated = false) {
        add(std::unexpected(aws::ServiceError{{ErrorCode::kUnavailable, "the service's: " + type},
                                              type,
                                              std::move(body),
                                              is_repeated}));
    }
    void fail_with(Error error) {
        add(std::unexpected(aws::ServiceError{std::move(error), {}, {}, false}));
    }
    // Of all calls that no answer waits for.
    void answer_rest(std::function<Answered(const Call&)> rest) { rest_ = std::move(rest); }

    Answered call(std::string_view operation, std::string body) override {
        const std::lock_guard lock(mutex_);
        calls_.push_back({std::string(operation), std::move(body)});
        if (script_.empty()) {
            EXPECT_TRUE(rest_) << "a call too many: " << operation << ' ' << calls_.back().body;
            return rest_ ? rest_(calls_.back())
                         : std::unexpected(aws::ServiceError{
                               {ErrorCode::kUnavailable, "no answer is left"}, {}, {}, false});
        }
        auto next = std::move(script_.front());
        script_.pop_front();
        return next;
    }

    [[nodiscard]] std::vector<Call> calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    [[nodiscard]] std::vector<std::string> operations() const {
        std::vector<std::string> all;
        for (const auto& call : calls()) {
            all.push_back(call.operation);
        }
        return all;
    }
    [[nodiscard]] bool is_over() const {
        const std::lock_guard lock(mutex_);
        return script_.empty();
    }

  private:
    void add(Answered answered) {
        const std::lock_guard lock(mutex_);
        script_.push_back(std::move(answered));
    }

    mutable std::mutex mutex_;
    std::deque<Answered> script_;
    std::function<Answered(const Call&)> rest_;
    std::vector<Call> calls_;
};

// A store over it. Whoever waits makes time go by.
class ScriptedStoreTest : public testing::Test {
  protected:
    using Operations = std::vector<std::string>;

    void open(DynamoDbOptions options = {}) {
        options.pause = [this](std::chrono::milliseconds time) {
            clock_.advance(time);
            pauses_.push_back(time);
        };
        store_ = open_dynamodb_store(service_, std::move(options), clock_, random_);
    }
    void SetUp() override { open(); }

    static item::Value number(std::int64_t value) { return item::Number(value); }
    static item::Key key(std::string id) { return {{"id", std::move(id)}}; }
    static item::Item simple(std::string id, std::int64_t n) {
        return {{"id", std::move(id)}, {"n", number(n)}};
    }
    static expression::Condition is_new() {
        return expression::AttributeNotExists{expression::Path("id")};
    }
    static expression::Update set(std::string attribute, item::Value value) {
        expression::Update update;
        update.sets.push_back(
            {.path = expression::Path(std::move(attribute)), .left = std::move(value)});
        return update;
    }
    static Write put_of(item::Item item,
                        std::optional<expression::Condition> condition = std::nullopt) {
        return {"Things", PutItem{std::move(item)}, std::move(condition)};
    }
    [[nodiscard]] std::string body(std::size_t call) const {
        return service_->calls().at(call).body;
    }

    ManualClock clock_{Instant{std::chrono::seconds{1'700'000'000}}};
    SystemRandom random_;
    std::shared_ptr<ScriptedService> service_ = std::make_shared<ScriptedService>();
    std::vector<std::chrono::milliseconds> pauses_;
    std::unique_ptr<TableStore> store_;
};

// DescribeTable's answer: key id (string), and what else is said of it.
inline std::string described(std::string_view status = "ACTIVE", std::string_view more = "") {
    return R"({"Table":{"TableName":"Things","TableStatus":")" + std::string(status) +
           R"(","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
              "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
              "ItemCount":3,"TableSizeBytes":77)" +
           std::string(more) + "}}";
}
inline const TableSchema kThings{"Things", {{"id", item::KeyType::kString}, std::nullopt}};

}  // namespace meridian::store
