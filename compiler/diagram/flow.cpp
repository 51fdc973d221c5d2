#include "compiler/diagram/flow.h"

#include <fmt/format.h>

#include "compiler/ast/printer.h"
#include "compiler/ast/visit.h"
#include "compiler/diagram/words.h"

namespace trig::diagram {
namespace {

class Teller {
 public:
  Teller(const ir::Program& program, const ir::Campaign& campaign, const Facts& facts)
      : program_(program), campaign_(campaign), facts_(facts) {}

  Sequence block(const ast::Block& steps) {
    Sequence out;
    std::string name;
    for (const ast::Step& step : steps) {
      if (const auto* named = std::get_if<ast::StepName>(&step.node)) {
        name = named->name.text;
        continue;
      }
      Element element = ast::visit(step.node, [&](const auto& node) { return tell(node); });
      if (element.kind == Kind::kSend) add_subject(step.range, element);
      element.name = std::move(name);
      name.clear();
      element.counts = counts_of(step.range);
      out.push_back(std::move(element));
    }
    return out;
  }

 private:
  void add_subject(TextRange range, Element& element) const {
    for (const ir::Step& step : campaign_.steps) {
      const auto* send = std::get_if<ir::Send>(&step.node);
      if (send == nullptr || !(step.range == range)) continue;
      const std::string subject = facts_.subject_of(*send);
      if (!subject.empty()) element.lines.insert(element.lines.begin(), "“" + subject + "”");
      return;
    }
  }

  // A statement is one step of the program or several; the people at any of them are at it.
  std::optional<Counts> counts_of(TextRange range) const {
    std::optional<Counts> out;
    for (std::uint32_t i = 0; i < campaign_.steps.size(); ++i) {
      if (!(campaign_.steps[i].range == range)) continue;
      auto found = facts_.counts.find(i);
      if (found == facts_.counts.end()) continue;
      if (!out) out.emplace();
      if (found->second.waiting) out->waiting = out->waiting.value_or(0) + *found->second.waiting;
      out->sent += found->second.sent;
    }
    return out;
  }

  Element tell(const ast::StepName&) { return {}; }  // taken by `block`

  static void add_exits(const std::vector<ast::Occurrence>& unless, Element& element) {
    for (const ast::Occurrence& one : unless) element.exits.push_back(words_of(one));
  }

  Element tell(const ast::WaitSpan& wait) {
    Element element{.kind = Kind::kWait, .title = "Wait " + to_string(wait.span.span)};
    add_exits(wait.unless, element);
    return element;
  }

  Element tell(const ast::WaitUntil& wait) {
    Element element{.kind = Kind::kWait, .title = "Wait until " + words_of(wait.moment)};
    add_exits(wait.unless, element);
    return element;
  }

  Element tell(const ast::WaitForSilence& wait) {
    Element element{.kind = Kind::kWait,
                    .title = "Wait for " + to_string(wait.silence.span) + " of silence"};
    if (wait.up_to) element.lines.push_back("at most " + to_string(wait.up_to->span));
    add_exits(wait.unless, element);
    return element;
  }

  Element tell(const ast::WaitForEvent& wait) {
    Element element{.kind = Kind::kQuestion, .title = "Wait for " + words_of(wait.event)};
    element.lines.push_back("at most " + to_string(wait.up_to.span));
    element.ways.push_back({"it comes", block(wait.arrived)});
    element.ways.push_back({"not in time", wait.otherwise ? block(*wait.otherwise) : Sequence{}});
    return element;
  }

  Element tell(const ast::When& when) {
    Element element{.kind = Kind::kQuestion};
    const bool one = when.branches.size() == 1;
    element.title = one ? upper_first(words_of(*when.branches[0].condition)) + "?" : "Which holds?";
    for (const ast::When::Branch& branch : when.branches)
      element.ways.push_back({one ? "yes" : words_of(*branch.condition), block(branch.block)});
    element.ways.push_back(
        {one ? "no" : "none of these", when.otherwise ? block(*when.otherwise) : Sequence{}});
    return element;
  }

  Element tell(const ast::Split& split) {
    Element element{.kind = Kind::kQuestion, .title = "Split: " + split.title.value};
    for (const ast::Split::Arm& arm : split.arms) {
      if (arm.holdout)
        element.ways.push_back({arm.percent + " % hold-out: no mail, only measured", {}, true});
      else
        element.ways.push_back({arm.percent + " % " + plain(arm.name.text), block(arm.block)});
    }
    if (element.ways.size() == 1) element.ways.push_back({"nobody", {}});
    return element;
  }

  Element tell(const ast::Stop&) { return {.kind = Kind::kStop, .title = "Stop"}; }

  Element tell(const ast::Send& send) {
    Element element{.kind = Kind::kSend, .title = plain(send.template_name.text)};
    if (send.at_best_hour) element.lines.push_back("at each person’s best hour");
    if (send.within) element.lines.push_back("within " + to_string(send.within->span));
    if (send.skip_after)
      element.lines.push_back("not later than " + to_string(send.skip_after->span));
    return element;
  }

  Element tell(const ast::Subscribe& step) {
    return {.kind = Kind::kAction, .title = "Subscribe to " + topic(step.topic)};
  }
  Element tell(const ast::Unsubscribe& step) {
    return {.kind = Kind::kAction, .title = "Unsubscribe from " + topic(step.topic)};
  }

  Element tell(const ast::Post& post) {
    const std::string& url = post.url.value;
    const std::size_t host = url.find("//") == std::string::npos ? 0 : url.find("//") + 2;
    return {.kind = Kind::kAction, .title = "Tell " + url.substr(host, url.find('/', host) - host)};
  }

  Element tell(const ast::SetField& set) {
    return {.kind = Kind::kAction,
            .title = "Set " + plain(set.field.text) + " to " + words_of(*set.value)};
  }

  Element tell(const ast::Emit& emit) {
    return {.kind = Kind::kAction, .title = "Emit " + plain(emit.event.text)};
  }

  std::string topic(const ast::Name& name) const {
    for (const ir::Topic& topic : program_.topics)
      if (topic.name == name.text && !topic.title.empty()) return "“" + topic.title + "”";
    return "“" + plain(name.text) + "”";
  }

  const ir::Program& program_;
  const ir::Campaign& campaign_;
  const Facts& facts_;
};

Section rules_of(const ir::Program& program, const ir::Campaign& campaign) {
  const ir::Policy& policy = program.policies[campaign.policy];
  Section section{"Rules: " + plain(policy.name), {}};
  if (!policy.consent_required) {
    section.lines.push_back("needs no consent");
  } else if (policy.topic) {
    const ir::Topic& topic = program.topics[*policy.topic];
    section.lines.push_back("only with consent to “" +
                            (topic.title.empty() ? plain(topic.name) : topic.title) + "”");
  } else {
    section.lines.push_back("only with consent");
  }
  std::string caps;
  for (const ir::Cap& cap : policy.caps) caps += (caps.empty() ? "" : ", ") + words_of(cap);
  if (!caps.empty())
    section.lines.push_back("at most " + caps + "; more " +
                            (policy.wait_when_capped
                                 ? "wait up to " + to_string(*policy.wait_when_capped)
                                 : std::string("are skipped")));
  if (policy.quiet)
    section.lines.push_back("quiet from " + to_string(policy.quiet->from) + " to " +
                            to_string(policy.quiet->to) + " local time");
  if (policy.rate) section.lines.push_back("at most " + words_of(*policy.rate) + " in all");
  if (campaign.priority == ir::Priority::kHigh) section.lines.push_back("before other campaigns");
  if (campaign.priority == ir::Priority::kLow) section.lines.push_back("after other campaigns");
  return section;
}

Section again_of(const ast::CampaignDecl& campaign) {
  using Mode = ast::Again::Mode;
  const Mode mode = campaign.again ? campaign.again->mode : Mode::kWhenFinished;
  std::string text;
  switch (mode) {
    case Mode::kNever: text = "never"; break;
    case Mode::kWhenFinished: text = "once the journey has ended"; break;
    case Mode::kAfter: text = "after " + to_string(campaign.again->after->span); break;
    case Mode::kAlways: text = "each time, also several at once"; break;
  }
  if (campaign.trigger && campaign.trigger->per && mode != Mode::kAlways)
    text += ", for the same " + plain(campaign.trigger->per->names.back().text);
  Section section{"Starts again", {text}};
  if (campaign.restart_while_waiting)
    section.lines.push_back("until the first mail, a newer event begins afresh");
  return section;
}

void tell(const Sequence& steps, int depth, std::string& out) {
  for (const Element& element : steps) {
    std::string line = element.kind == Kind::kSend ? "Send " + element.title : element.title;
    for (const std::string& more : element.lines) line += ", " + more;
    for (const std::string& exit : element.exits) line += "; leaves on " + exit;
    out += std::string(static_cast<std::size_t>(depth) * 2, ' ') + line + ".\n";
    for (const Way& way : element.ways) {
      out += std::string(static_cast<std::size_t>(depth) * 2 + 2, ' ') + way.label + ":\n";
      tell(way.steps, depth + 2, out);
    }
  }
}

}  // namespace

Flow flow_of(const ast::CampaignDecl& campaign, const ir::Program& program, std::size_t index,
             const Facts& facts) {
  const ir::Campaign& checked = program.campaigns[index];
  Flow flow;
  flow.name = campaign.name.text;
  flow.title = campaign.title ? campaign.title->value : upper_first(plain(flow.name));
  if (campaign.trigger) {
    flow.trigger = upper_first(words_of(*campaign.trigger));
    if (campaign.trigger->where)
      flow.trigger_notes.push_back("with " + words_of(*campaign.trigger->where));
    if (campaign.trigger->per) {
      const auto& key = campaign.trigger->per->names.back();
      flow.trigger_notes.push_back("a journey for each " + plain(key.text));
    }
  }
  flow.steps = Teller(program, checked, facts).block(campaign.steps);
  flow.sections.push_back(rules_of(program, checked));
  flow.sections.push_back(again_of(campaign));
  Section exits{"Leaves at any point", {}, Section::Tone::kLeaving};
  for (const ast::Occurrence& exit : campaign.exits) exits.lines.push_back(words_of(exit));
  if (!exits.lines.empty()) flow.sections.push_back(std::move(exits));
  Section goals{"Goal", {}, Section::Tone::kGoal};
  for (const ast::Goal& goal : campaign.goals) {
    std::string line = words_of(goal.event) + ", within " + to_string(goal.within.span);
    if (goal.value) line += ", worth its " + plain(goal.value->text);
    goals.lines.push_back(std::move(line));
  }
  if (!goals.lines.empty()) flow.sections.push_back(std::move(goals));
  if (facts.on_older_versions > 0)
    flow.sections.push_back(
        {"On older versions",
         {fmt::format("{} inside, not counted here", facts.on_older_versions)}});
  flow.sections.insert(flow.sections.end(), facts.sections.begin(), facts.sections.end());
  return flow;
}

bool goes_on(const Sequence& steps) {
  if (steps.empty()) return true;
  const Element& last = steps.back();
  if (last.kind == Kind::kStop) return false;
  if (last.ways.empty()) return true;
  for (const Way& way : last.ways)
    if (!way.ends && goes_on(way.steps)) return true;
  return false;
}

std::string told(const Flow& flow) {
  std::string out = "Starts when: " + flow.trigger;
  for (const std::string& note : flow.trigger_notes) out += ", " + note;
  out += ".\n";
  tell(flow.steps, 0, out);
  for (const Section& section : flow.sections) {
    out += section.title + ":";
    for (const std::string& line : section.lines) out += " " + line + ".";
    out += "\n";
  }
  return out;
}

}  // namespace trig::diagram
