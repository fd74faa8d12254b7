// Any bytes are an expression or an error; and what is one can be written and read again as the
// same tree.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "expression/key_condition.h"
#include "expression/parse.h"
#include "expression/placeholders_for_tests.h"
#include "expression/render.h"

namespace {

using namespace meridian;
using namespace meridian::expression;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

template <typename Tree, typename Parse>
std::optional<Tree> check(std::string_view text, Parse parse) {
    auto placeholders = Placeholders::make(names_for_tests(), values_for_tests()).value();
    auto tree = parse(text, placeholders);
    if (!tree) {
        require(!tree.error().message.empty());
        return std::nullopt;
    }
    Renderer renderer;
    const auto rendered = renderer.render(*tree);
    require(rendered.has_value());
    // Placeholders may be longer than the names that they stand for.
    if (rendered->size() <= kExpressionBytesMax) {
        auto again = Placeholders::make(
            renderer.names().empty() ? std::nullopt : std::optional(renderer.names()),
            renderer.values().empty() ? std::nullopt : std::optional(renderer.values()));
        const auto read = parse(*rendered, *again);
        require(read && *read == *tree && again->check_used());
    }
    return *std::move(tree);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto condition =
        check<Condition>(text, [](std::string_view bytes, Placeholders& placeholders) {
            return parse_condition(bytes, ConditionText::kKeyCondition, placeholders);
        });
    if (condition) {
        require(validate(*condition).has_value());
        (void)evaluate(*condition, nullptr).value();
        if (const auto keys = key_conditions_of(*condition)) {
            require(Renderer().render(*keys).has_value());
        }
    }
    if (const auto update = check<Update>(text, parse_update)) {
        (void)meridian::expression::apply(*update, values_for_tests());
    }
    if (const auto projection = check<Projection>(text, parse_projection)) {
        require(validate(*projection).has_value());
        (void)project(*projection, values_for_tests());
    }
    return 0;
}
