// The commands of `trig`, one file each. A command adds itself to the app; when the user asks for
// it, its options are in place and it sets what is to be run. What it gives is the exit code: 0
// done and nothing to complain about, 1 findings, 2 could not run.
//
//   void add_version(CLI::App& app, Chosen& chosen) {
//     CLI::App* command = app.add_subcommand("version", "says which trig this is");
//     command->callback([&chosen] { chosen = [] { return print_version(); }; });
//   }
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace trig::cli {

constexpr int kClean = 0;
constexpr int kFindings = 1;
constexpr int kCouldNotRun = 2;

using Chosen = std::function<int()>;

void add_backtest(CLI::App& app, Chosen& chosen);
void add_check(CLI::App& app, Chosen& chosen);
void add_coupons(CLI::App& app, Chosen& chosen);
void add_diagram(CLI::App& app, Chosen& chosen);
void add_deploy(CLI::App& app, Chosen& chosen);
void add_diff(CLI::App& app, Chosen& chosen);
void add_dump(CLI::App& app, Chosen& chosen);
void add_explain(CLI::App& app, Chosen& chosen);
void add_fmt(CLI::App& app, Chosen& chosen);
void add_events(CLI::App& app, Chosen& chosen);
void add_lsp(CLI::App& app, Chosen& chosen);
void add_mails(CLI::App& app, Chosen& chosen);
void add_new(CLI::App& app, Chosen& chosen);
void add_preview(CLI::App& app, Chosen& chosen);
void add_plan(CLI::App& app, Chosen& chosen);
void add_rollback(CLI::App& app, Chosen& chosen);
void add_repl(CLI::App& app, Chosen& chosen);
void add_serve(CLI::App& app, Chosen& chosen);
void add_test(CLI::App& app, Chosen& chosen);
void add_why(CLI::App& app, Chosen& chosen);

}  // namespace trig::cli
