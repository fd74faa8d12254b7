// Names and values for expressions in tests: those that the text uses.
#pragma once

#include <string_view>

#include "expression/lexer.h"
#include "expression/placeholders.h"

namespace meridian::expression {

[[nodiscard]] inline Placeholders::Names names_for_tests() {
    return {{"#a", "a"}, {"#b", "b"}, {"#dotted", "x.y"}, {"#reserved", "abort"}};
}

[[nodiscard]] inline Placeholders::Values values_for_tests() {
    using item::Binary;
    using item::List;
    using item::Map;
    using item::Null;
    using item::Number;
    using item::Value;
    return {{":a", "a"},
            {":z", "z"},
            {":n", Number(1)},
            {":five", Number(5)},
            {":type", "SS"},
            {":bin", Binary{"ab"}},
            {":bool", true},
            {":null", Null{}},
            {":list", List{Value("x")}},
            {":map", Map{{"k", Value("x")}}},
            {":ss", item::StringSet{"x"}},
            {":ns", item::NumberSet{Number(1)}},
            {":bs", item::BinarySet{Binary{"x"}}}};
}

// Whatever the text uses and is not among these stays undefined.
[[nodiscard]] inline Placeholders placeholders_in(std::string_view text) {
    const auto names = names_for_tests();
    const auto values = values_for_tests();
    Placeholders::Names used_names;
    Placeholders::Values used_values;
    for (const auto& token : tokens_of(text)) {
        if (const auto name = names.find(token.text); name != names.end()) {
            used_names.insert(*name);
        }
        if (const auto value = values.find(token.text); value != values.end()) {
            used_values.insert(*value);
        }
    }
    return Placeholders::make(used_names.empty() ? std::nullopt : std::optional(used_names),
                              used_values.empty() ? std::nullopt : std::optional(used_values))
        .value();
}

}  // namespace meridian::expression
