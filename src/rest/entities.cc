#include "rest/entities.h"

#include <array>
#include <optional>
#include <utility>

#include "management/entity.h"
#include "rest/answers.h"
#include "rest/bodies.h"
#include "rest/preconditions.h"
#include "rest/writing.h"

namespace meridian::rest {
namespace {

Answer answer_put(const Call& call, management::Kind kind,
                  const std::optional<management::EntityId>& id) {
    if (auto type = check_media_type(call.request, std::array{kJson}); !type) {
        return std::unexpected(std::move(type.error()));
    }
    const auto body = parse_body(call.request.body);
    if (!body) {
        return std::unexpected(body.error());
    }
    return answer_edit(call, kind, [&](const management::EditOptions& options) {
        return call.parts.editor.put(kind, id, *body, options, call.caller);
    });
}

}  // namespace

Answer get_entity(const Call& call) {
    const auto id = call.entity();
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto item = call.parts.editor.get(*id);
    if (!item) {
        return std::unexpected(item.error());
    }
    if (!*item) {
        return refusal_answer(management::NotFound{"there is no such item"});
    }
    const auto version = management::version_of(**item);
    const auto not_modified = is_not_modified(call.request, version);
    if (!not_modified) {
        return std::unexpected(not_modified.error());
    }
    auto response = *not_modified ? Response{304, {}, {}} : json_answer(200, item::Value(**item));
    response.headers.emplace_back("ETag", entity_tag(version));
    return response;
}

Answer put_entity(const Call& call) {
    const auto id = call.entity();
    return id ? answer_put(call, id->kind, *id) : std::unexpected(id.error());
}

Answer post_entity(const Call& call) {
    return answer_put(call, *call.kind, std::nullopt);
}

Answer patch_entity(const Call& call) {
    if (auto type = check_media_type(call.request, std::array{kMergePatch, kJson}); !type) {
        return std::unexpected(std::move(type.error()));
    }
    const auto id = call.entity();
    const auto patch = parse_body(call.request.body);
    if (!id || !patch) {
        return std::unexpected(id ? patch.error() : id.error());
    }
    return answer_edit(call, id->kind, [&](const management::EditOptions& options) {
        return call.parts.editor.merge_patch(*id, *patch, options, call.caller);
    });
}

Answer delete_entity(const Call& call) {
    const auto id = call.entity();
    if (!id) {
        return std::unexpected(id.error());
    }
    return answer_edit(call, id->kind, [&](const management::EditOptions& options) {
        return call.parts.editor.erase(*id, options, call.caller);
    });
}

}  // namespace meridian::rest
