#include "fault/fault_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "fault/cluster.h"
#include "fault/drills.h"
#include "fault/fault_words.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

using faults::LinkFault;

// What the commands take; each uses some of it.
struct Options {
    std::filesystem::path data;
    std::string profile;
    std::string region;  // or the first of two
    std::string other;
    std::string value;  // a time, a rate, "full"
    std::string jitter;
    std::string lasts;
    std::string output = "text";
    bool one_way = false;
    bool answers = false;
};
using Run = Result<void> (*)(const Cluster& cluster, const Options& options);

Result<faults::Lasting> lasting_of(const Options& options) {
    if (options.lasts.empty()) {
        return faults::Lasting();
    }
    const auto duration = parse_duration(options.lasts);
    return duration ? Result<faults::Lasting>(*duration) : fail_within("--for", duration.error());
}

// What is told after a fault was switched on.
std::string end_text(const faults::Lasting& lasts) {
    return lasts ? fmt::format("for {}", duration_text(*lasts)) : "until `meridian fault heal`";
}

// ---- Links

Result<void> break_link(const Cluster& cluster, const Options& options,
                        const std::function<void(LinkFault&)>& change) {
    const auto lasts = lasting_of(options);
    if (!lasts) {
        return std::unexpected(lasts.error());
    }
    auto done = change_links(cluster, {options.region, options.other, options.one_way},
                             [&](LinkFault& link) {
                                 change(link);
                                 link.lasts = *lasts;
                             });
    if (done) {
        fmt::print("{} {} {}, {}\n", options.region, options.one_way ? "→" : "↔", options.other,
                   end_text(*lasts));
    }
    return done;
}

Result<void> cut(const Cluster& cluster, const Options& options) {
    return break_link(cluster, options, [&options](LinkFault& link) {
        link.cut = options.answers ? faults::Cut::kAnswers : faults::Cut::kQuestions;
    });
}

Result<void> delay(const Cluster& cluster, const Options& options) {
    const auto delay = parse_duration(options.value);
    const auto jitter = parse_duration(options.jitter.empty() ? "0s" : options.jitter);
    if (!delay || !jitter) {
        return std::unexpected(delay ? jitter.error() : delay.error());
    }
    return break_link(cluster, options, [&](LinkFault& link) {
        link.delay = *delay;
        link.jitter = *jitter;
    });
}

Result<void> throttle(const Cluster& cluster, const Options& options) {
    const auto rate = parse_rate(options.value);
    return rate ? break_link(cluster, options,
                             [&rate](LinkFault& link) { link.bytes_per_second = *rate; })
                : std::unexpected(rate.error());
}

Result<void> reorder(const Cluster& cluster, const Options& options) {
    return break_link(cluster, options, [](LinkFault& link) { link.reorder = true; });
}

Result<void> heal(const Cluster& cluster, const Options& options) {
    if (options.region.empty()) {
        auto done = heal_all(cluster);
        if (done) {
            fmt::print("Nothing is broken any more.\n");
        }
        return done;
    }
    auto done = change_links(cluster, {options.region, options.other, false},
                             [](LinkFault& link) { link = {}; });
    if (done) {
        fmt::print("{} ↔ {} is whole again.\n", options.region, options.other);
    }
    return done;
}

// ---- Processes

Result<void> signal_region(const Cluster& cluster, const std::string& region, int number) {
    const auto process = cluster.process(region);
    return process ? process->signal(number) : std::unexpected(process.error());
}

Result<void> stop(const Cluster& cluster, const Options& options) {
    const auto lasts = lasting_of(options);
    if (!lasts) {
        return std::unexpected(lasts.error());
    }
    const auto process = cluster.process(options.region);
    const auto done = process ? process->stop() : std::unexpected(process.error());
    if (!done) {
        return done;
    }
    if (!*lasts) {
        fmt::print("{0} stands still, until `meridian fault continue {0}`\n", options.region);
        return {};
    }
    fmt::print("{} stands still for {}; Ctrl-C lets it go on before\n", options.region,
               duration_text(**lasts));
    std::fflush(stdout);
    wait_for_signal_or(**lasts);
    return signal_region(cluster, options.region, SIGCONT);
}

Result<void> go_on(const Cluster& cluster, const Options& options) {
    auto done = signal_region(cluster, options.region, SIGCONT);
    if (done) {
        fmt::print("{} goes on\n", options.region);
    }
    return done;
}

Result<void> kill_region(const Cluster& cluster, const Options& options) {
    auto done = signal_region(cluster, options.region, SIGKILL);
    if (done) {
        fmt::print("{} was killed; `meridian up` starts it again\n", options.region);
    }
    return done;
}

// ---- Clocks and disks

Result<void> clock(const Cluster& cluster, const Options& options) {
    const auto offset = parse_duration(options.value == "reset" ? "0s" : options.value);
    const auto lasts = lasting_of(options);
    if (!offset || !lasts) {
        return std::unexpected(offset ? lasts.error() : offset.error());
    }
    auto done = change_faults(cluster, options.region,
                              [&](faults::Faults& faults) { faults.clock = {*offset, *lasts}; });
    if (done && offset->count() == 0) {
        fmt::print("{}: its clock goes right\n", options.region);
    } else if (done) {
        fmt::print("{}: its clock is {} {}, {}\n", options.region, duration_text(abs(*offset)),
                   offset->count() > 0 ? "ahead" : "behind", end_text(*lasts));
    }
    return done;
}

Result<void> disk(const Cluster& cluster, const Options& options) {
    const bool full = options.value == "full";
    const auto lasts = lasting_of(options);
    if (!lasts) {
        return std::unexpected(lasts.error());
    }
    auto done = change_faults(cluster, options.region, [&](faults::Faults& faults) {
        faults.disk = {full, full ? *lasts : faults::Lasting()};
    });
    if (done) {
        fmt::print("{}: its disk {}\n", options.region,
                   full ? "is full, " + end_text(*lasts) : "has room");
    }
    return done;
}

Result<void> list(const Cluster& cluster, const Options& options) {
    return options.output == "json" ? print_faults_as_json(cluster) : print_faults(cluster);
}

// ---- The command line

class Group {
  public:
    explicit Group(CLI::App& app) : app_(app) {}

    // A command that takes these, and the options of all.
    CLI::App& add(const char* name, const char* about, Run run) {
        options_ = std::make_shared<Options>();
        auto* command = app_.add_subcommand(name, about);
        command
            ->add_option("--data", options_->data,
                         "Data folder [$MERIDIAN_DATA or ~/.local/state/meridian]")
            ->type_name("DIR")
            ->check(refuse_empty);
        command
            ->add_option("--profile", options_->profile, "Profile of DATA/credentials [meridian]")
            ->type_name("NAME")
            ->check(refuse_empty);
        command->callback([options = options_, run] {
            const auto cluster = Cluster::open(options->data, options->profile);
            const auto done =
                cluster ? run(*cluster, *options) : Result<void>(std::unexpected(cluster.error()));
            throw CLI::RuntimeError(done ? finish_output() : report(done.error()));
        });
        return *command;
    }
    CLI::App& add_for_region(const char* name, const char* about, Run run) {
        auto& command = add(name, about, run);
        command.add_option("region", options_->region, "The region")
            ->required()
            ->check(refuse_odd_region);
        return command;
    }
    CLI::App& add_for_link(const char* name, const char* about, Run run) {
        auto& command = add(name, about, run);
        command.add_option("a", options_->region, "A region")->required()->check(refuse_odd_region);
        command.add_option("b", options_->other, "Another one")
            ->required()
            ->check(refuse_odd_region);
        command.add_flag("--one-way", options_->one_way,
                         "Only from A to B: A still hears what is written in B");
        add_lasting(command);
        return command;
    }
    void add_lasting(CLI::App& command) {
        command
            .add_option("--for", options_->lasts,
                        "Take it back after this time: 30s, 10m [`meridian fault heal`]")
            ->type_name("TIME")
            ->check(refuse_empty);
    }
    [[nodiscard]] Options& options() { return *options_; }

  private:
    CLI::App& app_;
    std::shared_ptr<Options> options_;  // of the newest command, which shares them
};

void add_link_commands(Group& group) {
    auto& cut_command = group.add_for_link("cut", "Two regions hear nothing of each other", cut);
    cut_command.add_flag("--answers", group.options().answers,
                         "Questions arrive, and are answered; the answers are lost");
    cut_command.footer("Example: meridian fault cut us-east-1 eu-west-1 --for 30s");

    auto& delay_command =
        group.add_for_link("delay", "Two regions hear of each other later", delay);
    delay_command.add_option("time", group.options().value, "How much later: 200ms")->required();
    delay_command.add_option("--jitter", group.options().jitter, "And up to so much more: 50ms")
        ->type_name("TIME");
    delay_command.footer(
        "Example: meridian fault delay us-east-1 ap-southeast-1 200ms --jitter 50ms");

    auto& throttle_command = group.add_for_link(
        "throttle", "What two regions hear of each other comes slowly", throttle);
    throttle_command.add_option("rate", group.options().value, "At most so much: 64KB/s")
        ->required();
    throttle_command.footer("Example: meridian fault throttle us-east-1 eu-west-1 64KB/s");

    group.add_for_link("reorder", "Answers come late, twice, and after newer ones", reorder)
        .footer("Example: meridian fault reorder us-east-1 eu-west-1 --for 1m");

    auto& heal_command = group.add("heal", "Take all faults back, or those of one link", heal);
    auto* a = heal_command.add_option("a", group.options().region, "A region [all]");
    auto* b = heal_command.add_option("b", group.options().other, "Another one");
    a->needs(b)->check(refuse_odd_region);
    b->needs(a)->check(refuse_odd_region);
    heal_command.footer(
        "Without names also regions that were stopped go on, clocks go right and disks have room.\n"
        "\n"
        "Examples:\n"
        "  meridian fault heal\n"
        "  meridian fault heal us-east-1 eu-west-1");
}

void add_region_commands(Group& group) {
    auto& stop_command =
        group.add_for_region("stop", "Let a region stand still, as a machine that hangs", stop);
    stop_command
        .add_option("--for", group.options().lasts,
                    "Wait here so long, then let it go on [`meridian fault continue`]")
        ->type_name("TIME")
        ->check(refuse_empty);
    stop_command.footer("Example: meridian fault stop us-east-1 --for 30s");
    group.add_for_region("continue", "Let a region go on that stands still", go_on)
        .footer("Example: meridian fault continue us-east-1");
    group.add_for_region("kill", "Kill a region's process; `up` starts it again", kill_region)
        .footer("Example: meridian fault kill us-east-1");

    auto& clock_command = group.add_for_region("clock", "Set a region's wall clock wrong", clock);
    clock_command.add_option("time", group.options().value, "+10m, -10m, or reset")->required();
    group.add_lasting(clock_command);
    clock_command.footer(
        "Clients are refused whose clocks are five minutes off the region's, as AWS refuses them.\n"
        "\n"
        "Examples:\n"
        "  meridian fault clock us-east-1 +10m --for 1m\n"
        "  meridian fault clock us-east-1 reset");

    auto& disk_command = group.add_for_region("disk", "Let a region's disk be full", disk);
    disk_command.add_option("state", group.options().value, "full, or free")
        ->required()
        ->check(CLI::IsMember({"full", "free"}));
    group.add_lasting(disk_command);
    disk_command.footer(
        "It refuses writes, and goes on deciding calls.\n"
        "\n"
        "Example: meridian fault disk us-east-1 full --for 30s");
}

}  // namespace

void add_fault_commands(CLI::App& app) {
    auto* fault = app.add_subcommand(
        "fault", "Break the regions of `meridian up` on purpose: drills, tests, curiosity");
    fault->require_subcommand(1);
    Group group(*fault);
    auto& list_command = group.add("list", "Show what is broken now, in all regions", list);
    list_command
        .add_option("--output", group.options().output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    list_command.footer("Example: meridian fault list");
    add_link_commands(group);
    add_region_commands(group);
    fault->footer(
        "A fault lasts until it is taken back, or its region's process ends; with --for it goes by "
        "itself. The faults of one\n"
        "link share one --for: the newest. Nothing that regions have acknowledged is ever lost by "
        "a fault.\n"
        "\n"
        "A drill: a region is cut off, both sides are edited, and they find together again.\n"
        "  meridian fault cut us-east-1 eu-west-1\n"
        "  meridian fault cut us-east-1 ap-southeast-1\n"
        "  meridian rules put +18005551234 --via us-east-1 --set queueId=here\n"
        "  meridian rules put +18005551234 --via eu-west-1 --set queueId=there\n"
        "  meridian fault list\n"
        "  meridian fault heal\n"
        "More of them: docs/drills.md.");
}

}  // namespace meridian::app
