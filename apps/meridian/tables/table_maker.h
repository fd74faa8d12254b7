// Makes the tables that Meridian needs in DynamoDB, and compares those that are there.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aws/json_service.h"
#include "base/result.h"
#include "tables/expected_table.h"

namespace meridian::app {

// Role: one table's way to what is expected. Each step is taken only where it is needed, so that it
// may be begun again at any time. Threads: one.
class TableMaker {
  public:
    // Tells a person what is going on: "creating", "waiting: CREATING".
    using Tell = std::function<void(const std::string& text)>;

    TableMaker(std::shared_ptr<aws::JsonService> service, Tell tell)
        : service_(std::move(service)), tell_(std::move(tell)) {}

    // What of the table still differs; why, was told. kTableExists: it has another key; nothing was
    // changed.
    [[nodiscard]] Result<std::vector<Difference>> make(const ExpectedTable& table);
    // Nothing: there is no such table.
    [[nodiscard]] Result<std::optional<std::vector<Difference>>> check(const ExpectedTable& table);

  private:
    [[nodiscard]] Result<std::optional<item::Map>> describe(const std::string& name);
    [[nodiscard]] Result<item::Map> call(std::string_view operation, const item::Map& request);
    [[nodiscard]] Result<item::Map> create(const ExpectedTable& table);
    [[nodiscard]] Result<void> mend(const ExpectedTable& table, const Difference& difference);
    // Until neither the table nor a replica is being changed any more.
    [[nodiscard]] Result<item::Map> settle(const ExpectedTable& table);
    [[nodiscard]] Result<void> allow_restoring(const std::string& name);
    [[nodiscard]] Result<bool> is_restorable(const std::string& name);

    std::shared_ptr<aws::JsonService> service_;
    Tell tell_;
};

}  // namespace meridian::app
