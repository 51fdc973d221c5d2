// trig coupons verify: whether a code was made by a pool of the project. It asks nobody: the key of
// the pool is enough.
#include <fmt/format.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/runnable_project.h"
#include "runtime/cli/terminal.h"
#include "stdlib/coupon.h"

namespace trig::cli {
namespace {

struct VerifyArguments {
  std::string path;
  std::string code;
};

int verify(const VerifyArguments& arguments) {
  int code = kClean;
  std::shared_ptr<const project::Project> project = load_runnable(arguments.path, code);
  if (!project) return code;
  if (project->program.coupons.empty()) return could_not_run("the project declares no coupons");
  auto best = stdlib::CouponFinding::kOtherPrefix;
  for (const ir::CouponPool& pool : project->program.coupons) {
    auto key = project::resolve_secret(project->config.coupon_keys.at(pool.name), project->root);
    if (!key) return could_not_run(key.error());
    auto finding = stdlib::verify_coupon({pool.prefix, pool.name}, *key, arguments.code);
    if (finding == stdlib::CouponFinding::kGenuine) {
      fmt::print("genuine: a code of {}\n", pool.name);
      return kClean;
    }
    if (best != stdlib::CouponFinding::kForged) best = finding;
  }
  switch (best) {
    case stdlib::CouponFinding::kGenuine:
    case stdlib::CouponFinding::kOtherPrefix:
      fmt::print("not a code of this project: none begins so\n");
      break;
    case stdlib::CouponFinding::kMistyped: fmt::print("mistyped: no code looks like this\n"); break;
    case stdlib::CouponFinding::kForged:
      fmt::print("forged: no pool of this project made it\n");
      break;
  }
  return kFindings;
}

}  // namespace

void add_coupons(CLI::App& app, Chosen& chosen) {
  CLI::App* command = app.add_subcommand("coupons", "asks about codes that mails carried");
  command->require_subcommand(1);
  command->footer("Example:\n  trig coupons verify shop CART10-8SF4-NFKH-ZJVX-GUVQ\n");
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* verification =
      command->add_subcommand("verify", "says whether a code was made by this project");
  verification->add_option("PROJECT", arguments->path, "the project's folder")->required();
  verification
      ->add_option("CODE", arguments->code, "the code; case, blanks and hyphens do not count")
      ->required();
  verification->footer(
      "Exits with 0 for a genuine code, 1 for any other.\n\n"
      "Example:\n  trig coupons verify shop CART10-8SF4-NFKH-ZJVX-GUVQ\n");
  verification->callback(
      [arguments, &chosen] { chosen = [arguments] { return verify(*arguments); }; });
}

}  // namespace trig::cli
