// A catalogue for tests: the tables that it was given, and no others.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "dynamo/table_catalog.h"

namespace meridian::dynamo {

class FixedTables final : public TableCatalog {
  public:
    void add(TableDescription table) {
        tables_.push_back(std::make_shared<const TableDescription>(std::move(table)));
        std::ranges::sort(tables_, {}, [](const TablePtr& each) { return each->name; });
    }

    [[nodiscard]] TablePtr find(std::string_view name_or_arn) const override {
        const auto name = name_or_arn.substr(name_or_arn.rfind('/') + 1);
        const auto found =
            std::ranges::find(tables_, name, [](const TablePtr& each) { return each->name; });
        return found != tables_.end() ? *found : nullptr;
    }
    [[nodiscard]] std::vector<TablePtr> list() const override { return tables_; }
    [[nodiscard]] std::vector<TablePtr> everywhere() const override { return tables_; }
    [[nodiscard]] Outcome<TablePtr> change(std::string_view, const Change&) override {
        return resource_in_use("These tables stay as they are");
    }

  private:
    std::vector<TablePtr> tables_;
};

}  // namespace meridian::dynamo
