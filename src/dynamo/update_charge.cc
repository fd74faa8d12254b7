#include "dynamo/update_charge.h"

#include <string>
#include <variant>

#include "item/value.h"

namespace meridian::dynamo {
namespace {

using expression::Path;
using expression::SetOperator;

constexpr std::size_t kUpdate = 3;
constexpr std::size_t kSetOrAdd = 19;
constexpr std::size_t kRemoveOrDelete = 1;
constexpr std::size_t kPlus = 34;
constexpr std::size_t kMinus = 37;
constexpr std::size_t kListAppend = 37;
constexpr std::size_t kIfNotExists = 39;
constexpr std::size_t kPathOperand = 1;
constexpr std::size_t kOperandStep = 14;
constexpr std::size_t kTargetStep = 4;

std::size_t bytes_of(const Path::Step& step) {
    const auto* name = std::get_if<std::string>(&step);
    return name != nullptr ? name->size() : std::to_string(std::get<std::size_t>(step)).size();
}

std::size_t target(const Path& path) {
    std::size_t charge = 0;
    for (const auto& step : path.steps) {
        charge += (charge == 0 ? 0 : kTargetStep) + bytes_of(step);
    }
    return charge;
}

struct OperandCharge {
    std::size_t operator()(const Path& path) const {
        std::size_t charge = kPathOperand;
        for (const auto& step : path.steps) {
            charge += kOperandStep + bytes_of(step);
        }
        return charge;
    }
    std::size_t operator()(const item::Value& value) const { return item::size_bytes(value); }
    std::size_t operator()(const expression::IfNotExists& call) const {
        std::size_t charge = std::visit(*this, call.otherwise);
        for (const auto& path : call.paths) {
            charge += kIfNotExists + (*this)(path);
        }
        return charge;
    }
};

std::size_t operator_charge(SetOperator op) {
    switch (op) {
        case SetOperator::kNone:
            return 0;
        case SetOperator::kPlus:
            return kPlus;
        case SetOperator::kMinus:
            return kMinus;
        case SetOperator::kListAppend:
            return kListAppend;
    }
    return 0;
}

}  // namespace

std::size_t charge_of(const expression::Update& update) {
    std::size_t charge = kUpdate;
    for (const auto& set : update.sets) {
        charge += kSetOrAdd + target(set.path) + operator_charge(set.op) +
                  std::visit(OperandCharge{}, set.left);
        if (set.op != SetOperator::kNone) {
            charge += std::visit(OperandCharge{}, set.right);
        }
    }
    for (const auto& add : update.adds) {
        charge += kSetOrAdd + target(add.path) + item::size_bytes(add.value);
    }
    for (const auto& remove : update.removes) {
        charge += kRemoveOrDelete + target(remove.path);
    }
    for (const auto& remove : update.deletes) {
        charge += kRemoveOrDelete + target(remove.path);
    }
    return charge;
}

}  // namespace meridian::dynamo
