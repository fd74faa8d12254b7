// What a region needs to speak TLS.
#pragma once

#include <filesystem>

namespace meridian::app {

// PEM files; empty: none.
struct TlsFiles {
    std::filesystem::path certificate;  // the server's own first, then its intermediates
    std::filesystem::path key;
    std::filesystem::path ca;  // who vouches for the deployment's certificates

    [[nodiscard]] bool is_on() const { return !certificate.empty(); }
};

}  // namespace meridian::app
