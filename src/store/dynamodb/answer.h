// What the service answered, read with care: whatever it is, there is a value or an error.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "item/value.h"

namespace meridian::store::dynamodb {

// One answer: a JSON object. Errors of all members: kUnavailable of what changes nothing, else kIo,
// with the operation's name and that of the member that is missing or of another type. Ownership:
// what it gives by reference is its own. Threads: a value; moves only.
class Answer {
  public:
    [[nodiscard]] static Result<Answer> parse(std::string_view operation, std::string_view body);
    Answer(Answer&&) noexcept;
    Answer& operator=(Answer&&) noexcept;
    ~Answer();

    [[nodiscard]] const boost::json::object& root() const;
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    // "GetItem: the answer is none: WHAT".
    [[nodiscard]] Error bad(std::string_view what) const;

    // Nothing: it is absent.
    [[nodiscard]] Result<std::optional<item::Item>> item(std::string_view member) const;
    [[nodiscard]] Result<std::vector<item::Item>> items(std::string_view member) const;
    [[nodiscard]] Result<std::uint64_t> count(std::string_view member) const;
    // A string, or nothing.
    [[nodiscard]] std::optional<std::string> text(std::string_view member) const;
    // The items of an object of arrays: Responses of BatchGetItem.
    using Visitor = std::function<Result<void>(std::string_view name, item::Item item)>;
    [[nodiscard]] Result<void> visit_items(std::string_view member, const Visitor& visit) const;
    // An object that has something in it, as JSON again.
    [[nodiscard]] Result<std::optional<std::string>> object_text(std::string_view member) const;

  private:
    struct Document;
    Answer(std::string operation, std::size_t bytes);

    std::string operation_;
    std::size_t bytes_ = 0;
    std::unique_ptr<Document> document_;
};

}  // namespace meridian::store::dynamodb
