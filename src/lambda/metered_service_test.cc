#include "lambda/metered_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace meridian::lambda {
namespace {

using testing::HasSubstr;

// Takes 5 ms for each answer.
class Slow final : public aws::JsonService {
  public:
    Slow(ManualClock& clock, std::optional<ErrorCode> error) : clock_(clock), error_(error) {}
    std::expected<std::string, aws::ServiceError> call(std::string_view operation,
                                                       std::string body) override {
        clock_.advance(std::chrono::milliseconds(5));
        if (error_) {
            return std::unexpected(aws::ServiceError{{*error_, "x"}, "", ""});
        }
        return std::string(operation) + body;
    }

  private:
    ManualClock& clock_;
    std::optional<ErrorCode> error_;
};

TEST(MeteredService, TellsHowLongCallsTakeAndWhichFail) {
    struct Case {
        std::optional<ErrorCode> error;
        bool counts;
    };
    for (const auto& c :
         {Case{std::nullopt, false}, Case{ErrorCode::kConditionFailed, false},
          Case{ErrorCode::kTransactionCanceled, false}, Case{ErrorCode::kUnavailable, true},
          Case{ErrorCode::kTimeout, true}, Case{ErrorCode::kAccessDenied, true}}) {
        ManualClock clock{Instant{}};
        Metrics metrics("f", "r", clock);
        const auto service = metered(std::make_shared<Slow>(clock, c.error), metrics, clock);
        const auto answer = service->call("GetItem", "{}");
        EXPECT_EQ(answer.has_value(), !c.error);
        if (answer) {
            EXPECT_EQ(*answer, "GetItem{}");
        }
        const auto line = metrics.take("").at(0);
        EXPECT_THAT(line, HasSubstr(R"("TableLatency":5)"));
        EXPECT_EQ(line.find(R"("TableErrors":1)") != std::string::npos, c.counts) << line;
    }
}

}  // namespace
}  // namespace meridian::lambda
