// projection = path {',' path}
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

#include "expression/parse.h"
#include "expression/path_set.h"
#include "expression/reader.h"

namespace meridian::expression {

Result<Projection> parse_projection(std::string_view text, Placeholders& placeholders) {
    constexpr std::string_view kName = "ProjectionExpression";
    if (auto checked = check_size(text, kName, SizeShown::kNo); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    Reader in(text, placeholders);
    Projection projection;
    std::vector<std::optional<std::string>> faults;
    do {
        projection.paths.push_back(in.path());
        faults.push_back(in.take_meaning());
    } while (in.accept(TokenKind::kComma));
    (void)in.expect(TokenKind::kEnd);
    // The service goes through the paths from the last to the first.
    PathSet apart;
    for (auto i = faults.size(); i-- > 0 && in.sound();) {
        in.return_meaning(std::move(faults[i]));
        in.refuse_meaning(in.sound() ? apart.add(projection.paths[i]) : Result<void>{});
    }
    auto verdict = in.verdict(kName);
    if (!verdict) {
        return std::unexpected(std::move(verdict.error()));
    }
    return projection;
}

}  // namespace meridian::expression
