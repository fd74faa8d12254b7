#include "expression/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace meridian::expression {

using item::Value;

namespace {

class Collector {
  public:
    void operator()(const Path& path) { paths.push_back(&path); }
    void operator()(const Value&) {}
    void operator()(const SizeOf& size) { each(size.operand); }
    void operator()(const IfNotExists& first_of) {
        each(first_of.paths);
        each(first_of.otherwise);
    }

    void operator()(const Compare& compare) { both(compare.left, compare.right); }
    void operator()(const Between& between) {
        each(between.operand);
        both(between.low, between.high);
    }
    void operator()(const In& in) {
        each(in.operand);
        each(in.candidates);
    }
    void operator()(const AttributeExists& exists) { (*this)(exists.path); }
    void operator()(const AttributeNotExists& absent) { (*this)(absent.path); }
    void operator()(const AttributeType& type) { each(type.operand); }
    void operator()(const BeginsWith& begins) { both(begins.operand, begins.prefix); }
    void operator()(const Contains& contains) { both(contains.container, contains.element); }
    void operator()(const And& all) { each(all.all); }
    void operator()(const Or& any) { each(any.any); }
    void operator()(const Not& negation) { (*this)(*negation.negated); }
    void operator()(const Condition& condition) { each(condition.variant()); }

    void operator()(const Set& set) {
        (*this)(set.path);
        each(set.left);
        if (set.op != SetOperator::kNone) {
            each(set.right);
        }
    }
    void operator()(const Remove& remove) { (*this)(remove.path); }
    void operator()(const Add& add) { (*this)(add.path); }
    void operator()(const Delete& remove) { (*this)(remove.path); }

    template <typename... Kinds>
    void each(const std::variant<Kinds...>& any) {
        std::visit(*this, any);
    }
    template <typename Part>
    void each(const std::vector<Part>& parts) {
        for (const auto& part : parts) {
            if constexpr (std::is_same_v<Part, Operand>) {
                each(part);
            } else {
                (*this)(part);
            }
        }
    }

    std::vector<const Path*> paths;

  private:
    void both(const Operand& one, const Operand& two) {
        each(one);
        each(two);
    }
};

// The first key attribute that is the start of a path for which `forbidden` holds.
template <typename Forbidden>
std::optional<std::string_view> find_key(std::span<const Path* const> paths,
                                         const item::KeySchema& schema, Forbidden forbidden) {
    const auto stands_for = [&](const item::KeyAttribute& attribute) {
        return std::ranges::any_of(paths, [&](const Path* path) {
            const auto* name =
                path->steps.empty() ? nullptr : std::get_if<std::string>(&path->steps.front());
            return name != nullptr && *name == attribute.name && forbidden(*path);
        });
    };
    if (stands_for(schema.partition)) {
        return schema.partition.name;
    }
    return schema.sort && stands_for(*schema.sort)
               ? std::optional<std::string_view>(schema.sort->name)
               : std::nullopt;
}

}  // namespace

std::vector<const Path*> paths_of(const Condition& condition) {
    Collector collector;
    collector(condition);
    return std::move(collector.paths);
}

std::vector<const Path*> paths_of(const Update& update) {
    Collector collector;
    collector.each(update.sets);
    collector.each(update.removes);
    collector.each(update.adds);
    collector.each(update.deletes);
    return std::move(collector.paths);
}

std::vector<const Path*> paths_of(const Projection& projection) {
    Collector collector;
    collector.each(projection.paths);
    return std::move(collector.paths);
}

Result<void> check_not_into_keys(std::span<const Path* const> paths,
                                 const item::KeySchema& schema) {
    const auto key =
        find_key(paths, schema, [](const Path& path) { return path.steps.size() > 1; });
    return !key ? Result<void>{}
                : fail(ErrorCode::kInvalidInput,
                       fmt::format("Key attributes must be scalars; list random access '[]' and "
                                   "map lookup '.' are not allowed: Key: {}",
                                   *key));
}

Result<void> check_filter(const Condition& filter, const item::KeySchema& schema,
                          std::string_view parameter) {
    const auto key = find_key(paths_of(filter), schema, [](const Path&) { return true; });
    return !key ? Result<void>{}
                : fail(ErrorCode::kInvalidInput,
                       fmt::format("{} can only contain non-primary key attributes: Primary key "
                                   "attribute: {}",
                                   parameter, *key));
}

}  // namespace meridian::expression
