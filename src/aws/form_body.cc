#include "aws/form_body.h"

#include "aws/encoding.h"

namespace meridian::aws {

void FormBody::add(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? "" : "&";
    append_uri_encoded(text_, name, Slash::kEncoded);
    text_ += '=';
    append_uri_encoded(text_, value, Slash::kEncoded);
}

}  // namespace meridian::aws
