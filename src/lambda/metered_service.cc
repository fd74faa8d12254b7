#include "lambda/metered_service.h"

#include <string>
#include <utility>

namespace meridian::lambda {
namespace {

// What the client asked for and got: a refusal by what is stored.
bool is_answer(const Error& error) {
    return error.code == ErrorCode::kConditionFailed ||
           error.code == ErrorCode::kTransactionCanceled;
}

class MeteredService final : public aws::JsonService {
  public:
    MeteredService(std::shared_ptr<aws::JsonService> service, Metrics& metrics, const Clock& clock)
        : service_(std::move(service)), metrics_(metrics), clock_(clock) {}

    [[nodiscard]] std::expected<std::string, aws::ServiceError> call(std::string_view operation,
                                                                     std::string body) override {
        const auto began = clock_.monotonic();
        auto answer = service_->call(operation, std::move(body));
        metrics_.measure(Metric::kTableLatency, clock_.monotonic() - began);
        if (!answer && !is_answer(answer.error().error)) {
            metrics_.count(Metric::kTableErrors);
        }
        return answer;
    }

  private:
    std::shared_ptr<aws::JsonService> service_;
    Metrics& metrics_;
    const Clock& clock_;
};

}  // namespace

std::shared_ptr<aws::JsonService> metered(std::shared_ptr<aws::JsonService> service,
                                          Metrics& metrics, const Clock& clock) {
    return std::make_shared<MeteredService>(std::move(service), metrics, clock);
}

}  // namespace meridian::lambda
