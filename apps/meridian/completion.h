// Completion scripts for shells, from the commands and options that there are.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace meridian::app {

// `meridian completion SHELL`: prints the script of bash, zsh or fish for all of `app`'s commands.
int run_completion(const std::string& shell, const CLI::App& app);

}  // namespace meridian::app
