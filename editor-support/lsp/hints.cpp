// Inlay hints that say what a line means, and code lenses: run a test, the next times of a
// schedule.
#include <algorithm>

#include "compiler/ast/visit.h"
#include "editor-support/lsp/features.h"
#include "editor-support/lsp/meaning.h"

namespace trig::lsp {
namespace {

constexpr int kNextTimes = 3;

class Hinter {
 public:
  Hinter(const Session& session, const FileTree& file, const ir::Program& program)
      : session_(session), file_(file), program_(program), lines_(file.source->text()) {}

  json::array run() {
    for (const ast::Declaration& declaration : file_.tree.declarations)
      if (const auto* campaign = std::get_if<ast::CampaignDecl>(&declaration.node)) of(*campaign);
    return std::move(hints_);
  }

 private:
  // Behind the line that a place ends on.
  void add(std::uint32_t end, const std::string& text, const std::string& more = "") {
    const std::uint32_t line = lines_.line_of(end);
    const auto at = lines_.begin_of(line) + static_cast<std::uint32_t>(lines_.text_of(line).size());
    const Position place = lines_.position(at, session_.encoding);
    json::object hint = {
        {"position", json::object{{"line", place.line}, {"character", place.character}}},
        {"label", text},
        {"paddingLeft", true}};
    if (!more.empty()) hint["tooltip"] = more;
    hints_.push_back(std::move(hint));
  }

  void of(const ast::CampaignDecl& campaign) {
    if (campaign.trigger && !campaign.trigger->per)
      if (std::holds_alternative<ast::EventTrigger>(campaign.trigger->node) && !campaign.again)
        add(campaign.trigger->range.end, "one journey per person at a time",
            "`per` gives one per key, `again` says when the next may start");
    if (campaign.restart_while_waiting)
      add(campaign.restart_range.end, "until the first send, a newer event begins afresh");
    for (const ast::Occurrence& exit : campaign.exits)
      add(exit.range.end, "ends the journey at any step");
    block(campaign.steps);
  }

  void unless(const std::vector<ast::Occurrence>& watches) {
    for (const ast::Occurrence& watch : watches)
      add(watch.range.end, "cancels if " + occurrence_text(watch) + " arrives before the wait ends",
          "It is looked up again when the mail is sent.");
  }

  void block(const ast::Block& block) {
    for (const ast::Step& one : block) step(one);
  }

  void step(const ast::Step& step) {
    if (const auto* wait = std::get_if<ast::WaitSpan>(&step.node)) unless(wait->unless);
    if (const auto* wait = std::get_if<ast::WaitUntil>(&step.node)) unless(wait->unless);
    if (const auto* wait = std::get_if<ast::WaitForSilence>(&step.node)) unless(wait->unless);
    if (const auto* wait = std::get_if<ast::WaitForEvent>(&step.node)) {
      block(wait->arrived);
      if (wait->otherwise) block(*wait->otherwise);
    }
    if (const auto* when = std::get_if<ast::When>(&step.node)) {
      for (const ast::When::Branch& branch : when->branches) block(branch.block);
      if (when->otherwise) block(*when->otherwise);
    }
    if (const auto* split = std::get_if<ast::Split>(&step.node))
      for (const ast::Split::Arm& arm : split->arms) {
        if (arm.holdout) add(arm.range.end, "no mail from here on, goals are counted");
        block(arm.block);
      }
    if (const auto* send = std::get_if<ast::Send>(&step.node)) {
      const int index = program_.find_template(send->template_name.text);
      if (index >= 0 && program_.templates[static_cast<std::size_t>(index)].transactional)
        add(send->template_name.range.end, "transactional");
      if (send->within) add(send->within->range.end, "an objective: measured, drops nothing");
    }
  }

  const Session& session_;
  const FileTree& file_;
  const ir::Program& program_;
  Lines lines_;
  json::array hints_;
};

// The next instants of a schedule, in the project's zone.
std::vector<LocalTime> next_times(const ir::StartTrigger& trigger, Zone zone, Instant now) {
  std::vector<LocalTime> times;
  if (const auto* once = std::get_if<ir::OnOnce>(&trigger.kind)) {
    if (at_local(once->date, once->at, zone) >= now)
      times.push_back(LocalTime::at(once->date, once->at));
    return times;
  }
  const auto* recurring = std::get_if<ir::OnRecurring>(&trigger.kind);
  if (recurring == nullptr) return times;
  Date day = zone.to_local(now).date();
  for (int i = 0; i < 7 * (kNextTimes + 1) && times.size() < kNextTimes; ++i) {
    const auto weekday = std::chrono::weekday(day).iso_encoding() - 1;
    const bool fits = recurring->weekday < 0 || static_cast<int>(weekday) == recurring->weekday;
    if (fits && at_local(day, recurring->at, zone) >= now)
      times.push_back(LocalTime::at(day, recurring->at));
    day += std::chrono::days(1);
  }
  return times;
}

}  // namespace

Answer inlay_hints(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  const FileTree* file = spot ? spot->project->tree_of(spot->path) : nullptr;
  if (file == nullptr) return json::value(json::array());
  return json::value(Hinter(session, *file, spot->project->checked().program).run());
}

Answer code_lenses(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  const FileTree* file = spot ? spot->project->tree_of(spot->path) : nullptr;
  json::array lenses;
  if (file == nullptr || spot->project->lone()) return json::value(std::move(lenses));
  const ir::Program& program = spot->project->checked().program;
  const Lines lines(spot->text);
  auto add = [&](TextRange range, json::object command) {
    lenses.push_back(
        json::object{{"range", range_json(lines, range.begin, range.end, session.encoding)},
                     {"command", std::move(command)}});
  };
  for (const ast::Declaration& declaration : file->tree.declarations) {
    if (const auto* test = std::get_if<ast::TestDecl>(&declaration.node)) {
      json::array arguments = {json::object{{"project", spot->project->root()},
                                            {"uri", session.workspace.uri_of(spot->full_path)},
                                            {"test", test->title.value}}};
      add(test->title.range, {{"title", "run test"},
                              {"command", "trig.runTest"},
                              {"arguments", std::move(arguments)}});
    }
    const auto* campaign = std::get_if<ast::CampaignDecl>(&declaration.node);
    if (campaign == nullptr) continue;
    const int index = program.find_campaign(name_hash(campaign->name.text));
    if (index < 0) continue;
    const ir::StartTrigger& trigger = program.campaigns[static_cast<std::size_t>(index)].trigger;
    std::string text;
    for (const LocalTime& time : next_times(trigger, program.zone, session.now()))
      text += (text.empty() ? "next: " : ", ") + to_string(time);
    const bool over = std::holds_alternative<ir::OnOnce>(trigger.kind) && text.empty();
    if (over) text = "its day is over";
    if (!text.empty())
      add(campaign->name.range,
          {{"title", over ? text : text + " " + program.zone.name()}, {"command", ""}});
  }
  return json::value(std::move(lenses));
}

}  // namespace trig::lsp
