// The service, as this store calls it: names of tables, answers, refusals in our terms.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aws/json_service.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "store/dynamodb/answer.h"
#include "store/dynamodb/dynamodb_store.h"

namespace meridian::store::dynamodb {

// What an error of the service is in our terms. Of the service's own words those are kept that say
// what is wrong with the request. `table` is what it was about; empty: several.
[[nodiscard]] Error error_of(const aws::ServiceError& refused, std::string_view table);
// Of ValidationException with these words.
[[nodiscard]] Error invalid(std::string words);
// "Requested resource not found: Table: NAME not found", as embedded stores say it.
[[nodiscard]] Error table_not_found(std::string_view table);
// What the service said in words, with long numbers masked; empty: nothing.
[[nodiscard]] std::string message_of(const aws::ServiceError& refused);

// Ownership: clock and random must outlive it. Threads: any.
class Link {
  public:
    Link(std::shared_ptr<aws::JsonService> service, DynamoDbOptions options, const Clock& clock,
         Random& random);

    [[nodiscard]] const DynamoDbOptions& options() const { return options_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] Random& random() const { return random_; }
    void pause(std::chrono::milliseconds time) const;

    // What the service calls our table, and back; nothing: it isn't ours.
    [[nodiscard]] std::string remote(std::string_view table) const;
    [[nodiscard]] std::optional<std::string_view> local(std::string_view remote) const;

    // The error is in our terms, about `table`. A body that could not be written is not sent.
    using Asked = std::expected<Answer, aws::ServiceError>;
    [[nodiscard]] Asked ask(std::string_view operation, Result<std::string> body,
                            std::string_view table) const;
    [[nodiscard]] Result<Answer> read(std::string_view operation, Result<std::string> body,
                                      std::string_view table) const;

  private:
    const std::shared_ptr<aws::JsonService> service_;
    const DynamoDbOptions options_;
    const Clock& clock_;
    Random& random_;
};

}  // namespace meridian::store::dynamodb
