#include "tables.h"

namespace meridian::bootstrap {

Result<std::unique_ptr<store::TableStore>> open_tables(const std::string& /*region*/,
                                                       const TablesParts& /*parts*/) {
    return fail(ErrorCode::kNotSupported, "this version has no way to DynamoDB's tables yet");
}

}  // namespace meridian::bootstrap
