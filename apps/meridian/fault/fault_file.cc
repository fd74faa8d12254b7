#include "fault/fault_file.h"

#include <fmt/format.h>

#include <fstream>
#include <system_error>
#include <utility>

#include "data_folder.h"
#include "faults/switchboard.h"
#include "item/json.h"
#include "item/value.h"
#include "rest/faults.h"

namespace meridian::app {
namespace {

constexpr const char* kFileName = "faults.json";

struct Written {
    Instant at;
    faults::Faults faults;
};

std::optional<Written> parse(std::string_view text) {
    const auto value = item::parse_plain_json(text);
    const auto* map = value ? value->as<item::Map>() : nullptr;
    const auto* at = map == nullptr ? nullptr : item::find(*map, "at");
    const auto* body = map == nullptr ? nullptr : item::find(*map, "faults");
    const auto* at_text = at == nullptr ? nullptr : at->as<std::string>();
    if (at_text == nullptr || body == nullptr) {
        return std::nullopt;
    }
    const auto instant = parse_instant(*at_text);
    auto faults = rest::faults_from_json(*body);
    return instant && faults ? std::optional(Written{*instant, *std::move(faults)}) : std::nullopt;
}

}  // namespace

Result<void> write_faults(const std::filesystem::path& folder, const faults::Faults& faults,
                          const Clock& clock) {
    const auto file = folder / kFileName;
    const auto temporary = folder / "faults.json.new";
    std::error_code error;
    if (faults == faults::Faults{}) {
        std::filesystem::remove(file, error);
    } else {
        std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
        stream << item::to_plain_json(item::Map{{"at", format_instant(clock.now())},
                                                {"faults", rest::faults_to_json(faults)}})
               << '\n';
        stream.close();
        if (!stream) {
            return fail(ErrorCode::kIo, fmt::format("cannot write {}", temporary.string()));
        }
        std::filesystem::rename(temporary, file, error);
    }
    return error ? fail(ErrorCode::kIo,
                        fmt::format("cannot write {}: {}", file.string(), error.message()))
                 : Result<void>();
}

faults::Faults read_faults(const std::filesystem::path& folder, const Clock& clock) {
    const auto text = read_file(folder / kFileName);
    const auto written = text ? parse(*text) : std::nullopt;
    return written ? faults::after(written->faults, clock.now() - written->at) : faults::Faults{};
}

}  // namespace meridian::app
