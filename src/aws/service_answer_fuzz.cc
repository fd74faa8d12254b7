// Any bytes as an answer of STS, and as the error of a JSON or a Query service.
#include <cstdint>
#include <string>
#include <string_view>

#include "aws/config_lines.h"
#include "aws/service_fault.h"
#include "aws/sts.h"
#include "aws/xml_leaves.h"
#include "base/check.h"

namespace meridian::aws {
namespace {

void parse(std::string_view text) {
    for (const std::string_view action : {"AssumeRole", "AssumeRoleWithWebIdentity"}) {
        const auto credentials = read_sts_answer(text, action);
        CHECK(!credentials || (credentials->expires && !credentials->session_token.empty() &&
                               is_printable(credentials->session_token)));
    }
    if (const auto leaves = read_xml_leaves(text)) {
        for (const auto& [path, value] : *leaves) {
            CHECK(!path.empty() && value.size() <= text.size());
        }
    }
    const net::Response response{.status = 400, .headers = {}, .body = std::string(text)};
    for (const auto& fault : {read_json_fault(response), read_query_fault(response)}) {
        const auto code = code_of(fault, response.status);
        CHECK(words_of(fault).size() <= text.size() + 1);
        CHECK(mend_of(fault, code, {"dynamodb", "GetItem", "eu-west-1"}).size() < 1'000);
    }
}

}  // namespace
}  // namespace meridian::aws

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    meridian::aws::parse({reinterpret_cast<const char*>(data), size});
    return 0;
}
