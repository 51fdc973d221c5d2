// What the commands of the REPL answer.
#include <fmt/format.h>

#include <charconv>

#include "compiler/ir/program.h"
#include "runtime/drive/session.h"
#include "runtime/drive/typed_text.h"
#include "runtime/report/why.h"

namespace trig::drive {
namespace {

Answer said(std::string text) {
  Answer answer;
  answer.text = std::move(text);
  return answer;
}

// Only what concerns one campaign, or none in particular.
std::vector<exec::Decision> about(std::vector<exec::Decision> decisions,
                                  const std::string& campaign) {
  std::erase_if(decisions, [&](const exec::Decision& decision) {
    return decision.campaign_name != campaign && !decision.campaign_name.empty();
  });
  return decisions;
}

// The answers of several inputs as one; false ends it.
bool add_answer(Answer& all, Answer next) {
  all.text += next.text;
  all.quit = next.quit;
  all.ok = next.ok;
  if (!next.ok || !next.diagnostics.all().empty()) {
    all.diagnostics = std::move(next.diagnostics);
    all.sources = std::move(next.sources);
  }
  return next.ok && !next.quit;
}

}  // namespace

std::string step_text(const project::Project& project, const ir::Step& step) {
  if (!step.range.valid()) return {};
  const std::string_view written = project.sources.text_of(step.range);
  std::string line(written.substr(0, written.find('\n')));
  while (!line.empty() && (line.back() == ' ' || line.back() == '{')) line.pop_back();
  return line;
}

std::string journey_text(const project::Project& project, const exec::Journey& journey, Zone zone) {
  auto local = [&](Instant instant) {
    LocalTime time = zone.to_local(instant);
    time.since_epoch = std::chrono::floor<std::chrono::seconds>(time.since_epoch);
    return trig::to_string(time);
  };
  const ir::Program& program = project.program;
  const int index = program.find_campaign(journey.campaign.campaign);
  if (index < 0) return "a campaign that is gone, since " + local(journey.started_at) + "\n";
  const ir::Campaign& campaign = program.campaigns[static_cast<std::size_t>(index)];
  std::string text = fmt::format("{}, since {}", campaign.name, local(journey.started_at));
  if (!journey.key.missing()) text += ", for " + ir::to_string(journey.key);
  if (campaign.version != journey.campaign.version) {
    text += ": on an older text of it";
  } else if (journey.step < campaign.steps.size()) {
    const std::string step = step_text(project, campaign.steps[journey.step]);
    if (!step.empty()) text += ": at `" + step + "`";
  }
  if (journey.wake) text += " until " + local(*journey.wake);
  return text + "\n";
}

Answer Session::as(const std::string& word) {
  if (word.empty()) return refusal("name somebody: `:as ana`");
  auto who = somebody(word);
  if (!who) return refusal(who.error().message);
  of_data_.clear();
  if (who->of_data)
    of_data_ = word;
  else
    sandbox_->set_current(word);
  return said(fmt::format("{} it is{}\n", word, who->of_data ? ", of the data directory" : ""));
}

Answer Session::people() const {
  std::string text;
  for (const Actor& actor : sandbox_->now().actors)
    text += fmt::format("{}{}{}\n", actor.name, actor.anonymous ? ", anonymous" : "",
                        actor.name == current() ? ", whom questions are about" : "");
  return said(text.empty() ? "nobody is known yet\n" : text);
}

Answer Session::journeys(const std::string& word) {
  auto who = named_or_current(word);
  if (!who) return refusal(who.error().message);
  std::string text;
  for (const exec::Journey& journey : who->state.journeys)
    text += journey_text(sandbox_->project(), journey, sandbox_->program().zone);
  return said(text.empty() ? "on no journey\n" : text);
}

Answer Session::why(const std::string& words) {
  auto [name, campaign] = first_word(words);
  // A campaign alone is about whom everything is about.
  const ir::Program& program = sandbox_->program();
  if (campaign.empty() && !name.empty() && !current().empty() &&
      program.find_campaign(name_hash(name)) >= 0 && !somebody(name))
    std::swap(name, campaign);
  auto who = named_or_current(name);
  if (!who) return refusal(who.error().message);
  const Store& store = who->of_data ? *options_.data : sandbox_->driver().engine().store();
  auto decisions = report::why(store, {who->id, std::nullopt});
  if (!decisions) return refusal(decisions.error().message);
  if (!campaign.empty()) {
    if (program.find_campaign(name_hash(campaign)) < 0)
      return refusal(fmt::format("no campaign is called `{}`", campaign));
    *decisions = about(std::move(*decisions), campaign);
  }
  const std::string text = report::why_text(*decisions, program.zone);
  return said(text.empty() ? "nothing was decided\n" : text);
}

Answer Session::outbox() const {
  std::string text;
  const std::vector<TakenMail>& mails = sandbox_->driver().mails();
  for (std::size_t i = 0; i < mails.size(); ++i) {
    text += fmt::format("{:>3}  {}  {} to {}\n", i + 1, sandbox_->time_text(mails[i].at),
                        mails[i].mail_template, mails[i].address);
    for (const auto& [name, value] : mails[i].arguments)
      text += fmt::format("       {}: {}\n", name, ir::to_string(value));
  }
  return said(text.empty() ? "no mail was sent\n" : text);
}

Answer Session::preview(const std::string& word) const {
  std::size_t number = 0;
  const std::string wanted = word.empty() ? std::to_string(sandbox_->mails().size()) : word;
  auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (error != std::errc() || end != wanted.data() + wanted.size() || number == 0 ||
      number > sandbox_->mails().size())
    return refusal(sandbox_->mails().empty()
                       ? "no mail was sent"
                       : fmt::format("there are mails 1 to {}", sandbox_->mails().size()));
  if (!options_.compose) return refusal("mails cannot be rendered here");
  auto mail = options_.compose(sandbox_->project().config, sandbox_->mails()[number - 1]);
  if (!mail) return refusal(mail.error().message);
  return said(fmt::format("From: {} <{}>\nTo: {}\nSubject: {}\n\n{}\n", mail->from.name,
                          mail->from.address, mail->to.address, mail->subject, mail->text));
}

Answer Session::dump(const std::string& what) const {
  if (what == "ir") return said(ir::dump(sandbox_->program()));
  if (what != "llvm") return refusal("`:dump ir` or `:dump llvm`");
  if (!options_.native_code) return refusal("there is no native code here");
  auto text = options_.native_code(sandbox_->program());
  return text ? said(std::move(*text)) : refusal(text.error().message);
}

Answer Session::file(const std::string& rest) {
  const std::size_t line_end = std::min(rest.find('\n'), rest.size());
  const std::string path = first_word(rest.substr(0, line_end)).word;
  if (path.empty()) return refusal("name the file: `:file templates/hello.html.liquid`");
  std::string text = rest.substr(std::min(line_end + 1, rest.size()));
  if (text != "." && !text.ends_with("\n."))
    return refusal("the text of a file ends with a line `.`");
  text.pop_back();
  return sandbox_->add_file(path, text);
}

Answer Session::load(const std::string& path) {
  if (path.empty()) return refusal("name a file: `:load story.txt`");
  if (loading_) return refusal("a file that is loaded loads no other");
  if (!options_.read_file) return refusal("files cannot be read here");
  auto text = options_.read_file(path);
  if (!text) return refusal(text.error().message);
  if (path.ends_with(".trig")) return sandbox_->declare(*text);
  loading_ = true;
  Answer all;
  for (const std::string& input : inputs_of(*text))
    if (!add_answer(all, take(input))) break;
  loading_ = false;
  all.quit = false;
  return all;
}

}  // namespace trig::drive
