// trig preview: mails as somebody would get them.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "compiler/diagnostics/diagnostic.h"
#include "runtime/cli/browser.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/replace_files.h"
#include "runtime/cli/runnable_project.h"
#include "runtime/cli/terminal.h"
#include "runtime/delivery/mime.h"
#include "runtime/drive/deployed.h"
#include "runtime/preview/preview.h"

namespace trig::cli {
namespace {

constexpr int kPictureWidth = 680;  // what a mail is usually made for, and a margin

struct PreviewArguments {
  std::string name;
  std::string path = ".";
  std::string format = "text";
  std::string output;
  std::optional<std::string> test;
  std::vector<std::string> set;
};

// What is asked for: a template, or those of a campaign in the order of its steps.
struct WantedMails {
  std::vector<std::uint32_t> templates;
  std::optional<NameHash> campaign;
};

Result<WantedMails> wanted_mails(const ir::Program& program, const std::string& name) {
  WantedMails found;
  if (const int index = program.find_template(name); index >= 0) {
    found.templates.push_back(static_cast<std::uint32_t>(index));
    return found;
  }
  const int index = program.find_campaign(name_hash(name));
  if (index >= 0) {
    const ir::Campaign& campaign = program.campaigns[static_cast<std::size_t>(index)];
    found.campaign = campaign.hash;
    for (const ir::Step& step : campaign.steps) {
      const auto* send = std::get_if<ir::Send>(&step.node);
      if (send != nullptr && std::find(found.templates.begin(), found.templates.end(),
                                       send->mail_template) == found.templates.end())
        found.templates.push_back(send->mail_template);
    }
    if (found.templates.empty()) return fail("the campaign `{}` sends no mail", name);
    return found;
  }
  std::vector<std::string> names;
  for (const ir::MailTemplate& known : program.templates) names.push_back(known.name);
  for (const ir::Campaign& known : program.campaigns) names.push_back(known.name);
  const std::string best = closest(name, names);
  return fail("no template or campaign is called `{}`{}", name,
              best.empty() ? "" : "; did you mean `" + best + "`?");
}

// Of the tests whose title contains what was asked for, the first that sends this mail.
Result<engine::Handover> of_a_test(const std::shared_ptr<const engine::Deployed>& runnable,
                                   const WantedMails& wanted, std::uint32_t number,
                                   const std::string& title) {
  const ir::MailTemplate& known = runnable->program->templates[number];
  bool any = false;
  for (const ir::Test& test : runnable->program->tests) {
    if (test.title.find(title) == std::string::npos) continue;
    any = true;
    auto found = preview::handover_of_test(runnable, test, known.hash, wanted.campaign);
    if (found) return std::move(*found);
  }
  if (!any) return fail("there is no test whose title contains {}", title);
  return fail("no test whose title contains “{}” sends `{}`", title, known.name);
}

std::vector<preview::Given> given_of(const std::vector<std::string>& set) {
  std::vector<preview::Given> given;
  for (const std::string& one : set) {
    const std::size_t sign = one.find('=');
    given.push_back({one.substr(0, sign), one.substr(sign + 1)});
  }
  return given;
}

std::string as_text(const Mail& mail) {
  return fmt::format("From: {} <{}>\nTo: {}\nSubject: {}\n\n{}\n", mail.from.name,
                     mail.from.address, mail.to.address, mail.subject, mail.text);
}

Result<std::string> mail_as(const Mail& mail, const std::string& format) {
  if (format == "html") return mail.html;
  if (format == "eml") return delivery::build_mime(mail);
  if (format == "png") return picture_of_page(mail.html, kPictureWidth);
  return as_text(mail);
}

// Template → what the mail is in the wanted format, in the order of the mails.
using Previews = std::vector<std::pair<std::string, std::string>>;

Result<Previews> previews(const std::shared_ptr<const engine::Deployed>& runnable,
                          const PreviewArguments& arguments) {
  auto found = wanted_mails(*runnable->program, arguments.name);
  if (!found) return tl::unexpected(found.error());
  Previews out;
  for (std::uint32_t number : found->templates) {
    engine::Handover handover = preview::sample_handover(runnable, number);
    if (arguments.test) {
      auto tested = of_a_test(runnable, *found, number, *arguments.test);
      if (!tested) return tl::unexpected(tested.error());
      handover = std::move(*tested);
    } else if (found->campaign) {
      handover.message.campaign.campaign = *found->campaign;
    }
    Status put = preview::put(given_of(arguments.set), handover);
    if (!put) return tl::unexpected(put.error());
    auto mail = preview::compose(handover);
    if (!mail) return tl::unexpected(mail.error());
    auto text = mail_as(*mail, arguments.format);
    if (!text) return tl::unexpected(text.error());
    out.emplace_back(runnable->program->templates[number].name, std::move(*text));
  }
  return out;
}

Result<int> put_out(const Previews& previews, const PreviewArguments& arguments) {
  if (arguments.output.empty()) {
    const bool plain = arguments.format == "text";
    if (arguments.format == "png" || (!plain && previews.size() > 1))
      return fail("-o must say where {} go{}", previews.size() > 1 ? "these mails" : "the picture",
                  previews.size() > 1 ? "" : "es");
    for (const auto& [name, text] : previews) {
      if (previews.size() > 1) fmt::print("--- {}\n", name);
      std::fwrite(text.data(), 1, text.size(), stdout);
    }
    return kClean;
  }
  std::error_code error;
  const bool folder = previews.size() > 1 || std::filesystem::is_directory(arguments.output, error);
  error.clear();  // that it is not there yet is no mistake
  if (folder) std::filesystem::create_directories(arguments.output, error);
  if (error) return fail("cannot make the folder {}: {}", arguments.output, error.message());
  const std::string ending = arguments.format == "text" ? "txt" : arguments.format;
  std::map<std::string, std::string> files;
  for (const auto& [name, text] : previews)
    files[folder ? fmt::format("{}/{}.{}", arguments.output, name, ending) : arguments.output] =
        text;
  Status done = replace_files(files);
  if (!done) return tl::unexpected(done.error());
  return kClean;
}

int run(const PreviewArguments& arguments) {
  for (const std::string& one : arguments.set)
    if (one.find('=') == std::string::npos)
      return could_not_run(fmt::format("--set takes NAME=VALUE, not {}", one));
  int code = kClean;
  auto project = load_runnable(arguments.path, code);
  if (!project) return code;
  auto made = previews(drive::deployed(project), arguments);
  if (!made) return could_not_run(made.error());
  auto done = put_out(*made, arguments);
  return done ? *done : could_not_run(done.error());
}

}  // namespace

void add_preview(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<PreviewArguments>();
  CLI::App* command = app.add_subcommand("preview", "shows a mail as somebody would get it");
  command->add_option("NAME", arguments->name, "a template, or a campaign: all of its mails")
      ->required();
  command->add_option("--project", arguments->path, "the project's folder")->capture_default_str();
  command
      ->add_option("--format", arguments->format,
                   "text, html, eml: the whole message; png: a picture, by Chromium")
      ->check(CLI::IsMember({"text", "html", "eml", "png"}))
      ->capture_default_str();
  command->add_option("--test", arguments->test,
                      "with the person and the values of the first test whose title contains this "
                      "and that sends the mail");
  command
      ->add_option("--set", arguments->set,
                   "NAME=VALUE of a parameter, or person.NAME=VALUE; lists and records as JSON")
      ->allow_extra_args(false);
  command->add_option("-o,--output", arguments->output, "a file; of several mails a folder");
  command->footer(
      "Without --test the values are samples by type and name.\n\nExample:\n"
      "  trig preview cart_reminder --project examples/shop --test T03\n"
      "  trig preview welcome --project examples/shop --set person.first_name=Zoé\n"
      "  trig preview abandoned_cart --project examples/shop --format png -o pictures\n");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
