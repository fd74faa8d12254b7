// Any bytes as a config or a credentials file: settings with a name and a line, or an error that
// names the place; and any value as a credential_process.
#include "aws/config_text.h"

#include <cstdint>
#include <string_view>

#include "aws/config_lines.h"
#include "aws/endpoint.h"
#include "aws/shell_words.h"
#include "base/check.h"

namespace meridian::aws {
namespace {

void check(const Sections& sections) {
    for (const auto& [name, section] : sections) {
        for (const auto& [setting, value] : section) {
            CHECK(!setting.empty() && value.line > 0);
            for (const auto& word : split_words(value.value).value_or(std::vector<std::string>())) {
                CHECK(word.size() <= value.value.size());
            }
            if (const auto endpoint = parse_endpoint_url(value.value)) {
                CHECK(!endpoint->host.empty() && endpoint->path.ends_with('/'));
                CHECK(is_printable(endpoint->host) && !endpoint->host.contains('/'));
            }
        }
    }
}

void parse(std::string_view text) {
    for (const auto kind : {ConfigKind::kConfig, ConfigKind::kCredentials}) {
        ConfigText into;
        const auto read = read_config_text(text, "file", kind, into);
        CHECK(read || read.error().message.starts_with("file:"));
        check(into.profiles);
        check(into.services);
    }
}

}  // namespace
}  // namespace meridian::aws

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    meridian::aws::parse({reinterpret_cast<const char*>(data), size});
    return 0;
}
