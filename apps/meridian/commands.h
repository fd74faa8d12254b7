// The commands of the `meridian` program. Each returns its exit status: 0 done, 1 the operation
// failed (one line on standard error says what, where, and how to mend it).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud_options.h"
#include "tls_files.h"

namespace meridian::app {

struct UpOptions {
    std::vector<std::string> regions{"us-east-1", "eu-west-1", "ap-southeast-1"};
    std::uint16_t base_port = 7401;
    std::filesystem::path data;    // empty: default_data_folder()
    std::filesystem::path config;  // empty: none
    TlsFiles tls;
    bool access_log = false;  // one a region, in its folder
    bool demo = true;
};

struct ServeOptions {
    std::string region;
    std::uint16_t port = 0;
    CloudOptions cloud;
    std::string profile;  // of AWS's own files, with --store dynamodb
    std::string address = "127.0.0.1";
    std::filesystem::path data;
    std::filesystem::path config;
    std::filesystem::path tables;    // serve these from memory instead of the data folder
    std::vector<std::string> peers;  // REGION=HOST:PORT, REGION=https://HOST:PORT
    TlsFiles tls;
    std::filesystem::path access_log;  // "-": standard output
    std::string frozen_at;             // decide every call as of this instant
    bool demo = false;
    bool sample_data = true;  // with demo: fill tables that nobody has written to
    bool faults = false;      // operators may break it on purpose
    int ready_fd = -1;        // where to write a line once requests are answered
};

struct RouteOptions {
    std::string number;
    std::filesystem::path event;
    std::string region;
    std::string at;
    std::filesystem::path tables;
    std::filesystem::path data;
    std::filesystem::path config;
    CloudOptions cloud;
    std::string profile;  // of AWS's own files, with --store dynamodb
    bool explain = false;
    bool json = false;
};

struct EnvOptions {
    std::string region;
    std::filesystem::path data;
};

int run_up(const UpOptions& options);
int run_serve(const ServeOptions& options);
int run_route(const RouteOptions& options);
int run_env(const EnvOptions& options);
int run_errors();

// Prints "meridian: …" to standard error. Not an error: nobody can read it.
void complain(std::string_view message);
// The same, and returns 1.
int report(const Error& error);

// 0 when all that was printed to standard output is out, else 1 after saying why.
int finish_output();

// Opens those of the standard streams that are closed, on /dev/null: else the next files to be
// opened, a table's among them, get their numbers, and what is logged goes into them.
void open_standard_streams();

}  // namespace meridian::app
