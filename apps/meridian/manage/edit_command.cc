// `edit`: an entity as JSON in an editor, until the server takes it.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "commands.h"
#include "data_folder.h"
#include "item/json.h"
#include "manage/draft.h"
#include "manage/endpoint_options.h"
#include "manage/item_text.h"
#include "manage/kind_words.h"
#include "manage/management_commands.h"
#include "manage/paging.h"
#include "manage/text.h"
#include "manage/write_options.h"
#include "management/diff.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

using management::EntityId;
using management::Kind;

struct EditOptions {
    EndpointOptions endpoint;
    WriteOptions write;
    Kind kind = Kind::kRule;
    std::string key;
    std::string region;
    std::filesystem::path draft;
};

// Without what the server sets.
item::Map editable(item::Map item) {
    item.erase("version");
    item.erase("lastUpdated");
    return item;
}

// "… at byte 68" → "… in line 4".
std::string with_line(const std::string& message, std::string_view text) {
    constexpr std::string_view kAt = " at byte ";
    const auto at = message.rfind(kAt);
    std::size_t byte = 0;
    if (at == std::string::npos ||
        std::from_chars(message.data() + at + kAt.size(), message.data() + message.size(), byte)
                .ec != std::errc{}) {
        return message;
    }
    const auto line = 1 + std::ranges::count(text.substr(0, byte), '\n');
    return fmt::format("{} in line {}", message.substr(0, at), line);
}

// Role: one editing of one entity. Threads: one.
class Editing {
  public:
    Editing(const EditOptions& options, ManagementClient& client, EntityId id)
        : options_(options), client_(client), id_(std::move(id)) {}

    Result<void> run() {
        auto text = begin();
        const auto draft = text ? Draft::make() : std::unexpected(text.error());
        if (!draft) {
            return std::unexpected(draft.error());
        }
        const auto done = edit_until_stored(*draft, *text);
        const auto left = read_file(draft->file());
        const bool is_typed = left && *left != *text;
        if (done || !is_typed) {
            draft->discard();
        }
        return done || !is_typed
                   ? done
                   : fail(done.error().code,
                          fmt::format("{}; your draft is kept: `meridian {} edit {} --draft "
                                      "{}` goes on with it",
                                      done.error().message, words_of(id_.kind).command, shell_key(),
                                      draft->file().string()));
    }

  private:
    [[nodiscard]] std::string shell_key() const {
        return id_.kind == Kind::kRule ? fmt::format("{} --region {}", id_.first, id_.second)
                                       : id_.first;
    }

    // Reads what is stored, and gives the text that the person begins with.
    Result<std::string> begin() {
        const auto stored = client_.send({"GET", target_of(id_).text(), {}, {}});
        if (!stored) {
            return std::unexpected(stored.error());
        }
        if (stored->status != 200 && stored->status != 404) {
            return std::unexpected(refusal_of(*stored));
        }
        if (stored->status == 200) {
            etag_ = stored->etag;
            base_ = editable(stored->map());
        }
        auto shown = base_;
        if (stored->status == 404) {
            shown[std::string(words_of(id_.kind).key_field)] = id_.first;
            if (id_.kind == Kind::kRule) {
                shown.insert({{"region", id_.second}, {"contactFlowId", ""}, {"queueId", ""}});
            }
        }
        std::vector<std::string> notes{
            etag_.empty() ? fmt::format("The new {}.", name_of(id_))
                          : fmt::format("The {}, version {}.", name_of(id_),
                                        text_at(stored->map(), "version")),
            "Lines that begin with # are not read. Nothing changed, or all deleted: nothing is "
            "stored."};
        if (options_.draft.empty()) {
            return as_comments(notes) + pretty_json(id_.kind, shown) + "\n";
        }
        auto draft = read_file(options_.draft);
        if (!draft) {
            return draft;
        }
        notes.emplace_back("This is your draft. Storing it would change:");
        const auto typed = item::parse_plain_json(without_comments(*draft));
        if (typed && typed->as<item::Map>() != nullptr) {
            notes.push_back(difference_text(base_, editable(*typed->as<item::Map>()), Ink::kPlain));
        }
        return as_comments(notes) + without_comments(*draft);
    }

    static std::string difference_text(const item::Map& before, const item::Map& after, Ink ink) {
        auto text = difference_lines(management::diff(before, after), ink);
        return text.empty() ? "  nothing" : text.substr(0, text.size() - 1);
    }

    Result<void> edit_until_stored(const Draft& draft, std::string text) {
        std::string refused;  // the text that was tried last
        for (;;) {
            const auto typed = draft.edit(text);
            if (!typed) {
                return std::unexpected(typed.error());
            }
            const auto body = without_comments(*typed);
            if (body.find_first_not_of(" \t\r\n") == std::string::npos) {
                fmt::print("{}: nothing stored\n", name_of(id_));
                return {};
            }
            const auto fault = attempt(body);
            if (!fault) {
                return std::unexpected(fault.error());
            }
            if (!*fault) {
                return {};
            }
            if (body == refused) {  // the person, or a script, leaves it at that
                return fail(ErrorCode::kInvalidInput, **fault);
            }
            refused = body;
            text = as_comments({"Not stored: " + **fault}) + body;
        }
    }

    // Nothing: it is stored, or there is nothing to store. A text: what must be mended. An error:
    // editing on does not help.
    Result<std::optional<std::string>> attempt(const std::string& text) {
        const auto body = item::parse_plain_json(text);
        if (!body) {
            return with_line(body.error().message, text);
        }
        const auto* map = body->as<item::Map>();
        if (map == nullptr) {
            return "it is not a JSON object";
        }
        if (!etag_.empty() && editable(*map) == base_) {
            fmt::print("{}: unchanged\n", name_of(id_));
            return std::nullopt;
        }
        auto request = write_request("PUT", target_of(id_), options_.write);
        request.headers.emplace_back(etag_.empty() ? "If-None-Match" : "If-Match",
                                     etag_.empty() ? "*" : etag_);
        request.body = item::to_plain_json(editable(*map));
        const auto answer = client_.send(std::move(request));
        if (!answer) {
            return std::unexpected(answer.error());
        }
        if (answer->status == 200) {
            print_written(id_, *answer, options_.write);
            return std::nullopt;
        }
        if (answer->status == 409) {
            return std::unexpected(conflict(*answer, editable(*map)));
        }
        if (answer->status == 400 || answer->status == 413) {
            return refusal_of(*answer).message;
        }
        return std::unexpected(refusal_of(*answer));
    }

    Error conflict(const Answer& answer, const item::Map& mine) const {
        const auto current = editable(map_at(answer.map(), "current"));
        fmt::print("Meanwhile somebody else changed the {}:\n{}\nYou changed:\n{}\n", name_of(id_),
                   difference_text(base_, current, Ink::kColours),
                   difference_text(base_, mine, Ink::kColours));
        std::fflush(stdout);
        return {ErrorCode::kVersionConflict,
                fmt::format("not stored: the {} is at version {} now", words_of(id_.kind).one,
                            text_at(answer.map(), "currentVersion"))};
    }

    const EditOptions& options_;
    ManagementClient& client_;
    EntityId id_;
    std::string etag_;  // empty: there is nothing stored
    item::Map base_;
};

Result<void> edit(const EditOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return std::unexpected(client.error());
    }
    const auto id = find_entity(*client, options.kind, options.key, options.region);
    if (!id) {
        return std::unexpected(id.error());
    }
    return Editing(options, *client, *id).run();
}

}  // namespace

void add_edit(CLI::App& group, Kind kind) {
    const auto& words = words_of(kind);
    const auto options = std::make_shared<EditOptions>();
    options->kind = kind;
    auto* command = group.add_subcommand(
        "edit", fmt::format("Change one of the {} in your editor", words.many));
    command->add_option(std::string(words.key), options->key)->required()->check(refuse_empty);
    if (kind == Kind::kRule) {
        command
            ->add_option("--region", options->region,
                         "Which region's rule [the only one for that number]; a new rule needs it")
            ->check(refuse_odd_region);
    }
    command->add_option("--draft", options->draft, "Go on with a draft that an earlier edit kept")
        ->type_name("FILE")
        ->check(refuse_empty);
    add_write_options(*command, options->write, {.version = false, .strict = true});
    add_endpoint_options(*command, options->endpoint);
    command->footer(fmt::format(
        "Opens $VISUAL, else $EDITOR, else vi, on the JSON; again, with the faults as comments, "
        "while the server refuses it.\n"
        "When somebody else has changed it meanwhile, both changes are shown, and your draft is "
        "kept.\n"
        "\n"
        "Examples:\n"
        "  meridian {0} edit {1} --reason \"Summer hours\"\n"
        "  EDITOR=nano meridian {0} edit {1}",
        words.command, words.example));
    command->callback([options] {
        const auto done = edit(*options);
        throw CLI::RuntimeError(done ? finish_output() : report(done.error()));
    });
}

}  // namespace meridian::app
