#include "proof/repair_record.h"

#include <fmt/format.h>

#include "base/mask.h"
#include "item/codec.h"
#include "item/json.h"
#include "store/content_hash.h"

namespace meridian::proof {

std::string masked_key(const item::Key& key) {
    return mask_numbers_in(item::to_plain_json(key));
}

std::string key_hash(std::string_view table, const item::Key& key) {
    return fmt::format("{:016x}", store::hash_of(table, item::encode(key), {}).low);
}

}  // namespace meridian::proof
