// A request of AWS's Query protocol: a form in the body.
#pragma once

#include <string>
#include <string_view>

namespace meridian::aws {

inline constexpr std::string_view kFormContentType =
    "application/x-www-form-urlencoded; charset=utf-8";

class FormBody {
  public:
    FormBody(std::string_view action, std::string_view version) {
        add("Action", action);
        add("Version", version);
    }
    void add(std::string_view name, std::string_view value);
    // Where there is a value.
    void add_given(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            add(name, value);
        }
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

}  // namespace meridian::aws
