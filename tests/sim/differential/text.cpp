#include "tests/sim/differential/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace trig::sim {
namespace {

const char* kVocabulary = R"(topic news "News"
topic offers "Offers"
person { email: email key  name: text?  points: integer = 0  due_on: date?  timezone: timezone? }
template note(step: integer, key: text, word: text, points: integer, seen: integer)
  from "note.liquid"
template offer(step: integer, key: text, word: text, points: integer, seen: integer)
  from "offer.liquid"
)";

std::string decimal(std::int64_t cents) {
  const char* sign = cents < 0 ? "-" : "";
  std::int64_t size = cents < 0 ? -cents : cents;
  return fmt::format("{}{}.{:02}", sign, size / 100, size % 100);
}

struct ValueText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const Amount& value) const {
    return decimal(value.cents) + " " + value.currency;
  }
  std::string operator()(const std::string& value) const { return '"' + value + '"'; }
  std::string operator()(Date value) const { return to_string(value); }
  std::string operator()(const Texts& value) const {
    return value.empty() ? "[]" : fmt::format("[\"{}\"]", fmt::join(value, "\", \""));
  }
};
std::string text(const Val& value) { return std::visit(ValueText{}, value); }

std::string text(const Condition& condition);

std::string text(const Window& window) {
  std::string what = window.event + (window.field.empty() ? "" : "." + window.field);
  std::string span = window.span ? " in " + to_string(*window.span) : std::string(" ever");
  std::string where = window.where.empty() ? "" : " where " + text(window.where.front());
  return window.function + "(" + what + span + where + ")";
}

std::string text(const Operand& operand) {
  std::string written;
  switch (operand.source) {
    case Source::kConstant: written = text(operand.value); break;
    case Source::kEvent: written = operand.field; break;
    case Source::kTrigger: written = "trigger." + operand.field; break;
    case Source::kAnswer: written = operand.binding + "." + operand.field; break;
    case Source::kPerson: written = "person." + operand.field; break;
    case Source::kWindow: written = text(operand.window.front()); break;
  }
  if (operand.fallback.index() != 0)
    written = "(" + written + " or else " + text(operand.fallback) + ")";
  return written;
}

std::string joined(const Texts& events) { return fmt::format("{}", fmt::join(events, " or ")); }

std::string list(const std::vector<Operand>& operands) {
  std::string written;
  for (std::size_t i = 1; i < operands.size(); ++i)
    written += (i > 1 ? ", " : "") + text(operands[i]);
  return "[" + written + "]";
}

std::string text(const Condition& condition) {
  const auto& operands = condition.operands;
  auto binary = [&](const std::string& word) {
    return text(operands[0]) + " " + word + " " + text(operands[1]);
  };
  switch (condition.test) {
    case Test::kCompare: return binary(condition.op);
    case Test::kIn: return text(operands[0]) + " in " + list(operands);
    case Test::kNotIn: return text(operands[0]) + " not in " + list(operands);
    case Test::kBetween: return binary("between") + " and " + text(operands[2]);
    case Test::kContains: return binary("contains");
    case Test::kStartsWith: return binary("starts with");
    case Test::kMatches: return binary("matches");
    case Test::kIsThere: return text(operands[0]) + "?";
    case Test::kAnd:
      return "(" + text(condition.parts[0]) + " and " + text(condition.parts[1]) + ")";
    case Test::kOr: return "(" + text(condition.parts[0]) + " or " + text(condition.parts[1]) + ")";
    case Test::kNot: return "not (" + text(condition.parts[0]) + ")";
    case Test::kSegment: return "person is " + condition.segment;
    case Test::kSilent:
      return "(no " + joined(condition.events) + " for " + to_string(condition.span) + ")";
  }
  return {};
}

std::string where(const std::vector<Condition>& condition) {
  return condition.empty() ? "" : " where " + text(condition.front());
}
std::string text(const Watch& watch) { return joined(watch.events) + where(watch.where); }

std::string record(const Fields& fields) {
  std::string written;
  for (const auto& [name, value] : fields)
    written += (written.empty() ? "" : ", ") + name + ": " + text(value);
  return "{ " + written + " }";
}

class CampaignText {
 public:
  std::string operator()(const Campaign& campaign, bool needs_consent) {
    template_ = needs_consent ? "offer" : "note";
    const Trigger& trigger = campaign.trigger;
    record_ = trigger.kind == TriggerKind::kEvent || trigger.kind == TriggerKind::kCount;
    static constexpr const char* kPriorities[] = {"high", "medium", "low"};
    out_ = "campaign " + campaign.name + " {\n  policy " + campaign.policy + "\n  priority " +
           kPriorities[campaign.priority] + "\n  on " + start(trigger) + where(trigger.where) +
           (trigger.per_key ? " per key" : "") + "\n";
    switch (campaign.again) {
      case Again::kWhenFinished: break;
      case Again::kNever: out_ += "  again never\n"; break;
      case Again::kAfter: out_ += "  again after " + to_string(campaign.again_after) + "\n"; break;
      case Again::kAlways: out_ += "  again always\n"; break;
    }
    if (campaign.restart) out_ += "  restart while waiting\n";
    steps(campaign.steps, "  ");
    for (const Watch& exit : campaign.exits) out_ += "  exit on " + text(exit) + "\n";
    for (const Goal& goal : campaign.goals)
      out_ += "  goal " + text(goal.watch) + " within " + to_string(goal.within) + "\n";
    return out_ + "}\n";
  }

 private:
  static std::string start(const Trigger& trigger) {
    switch (trigger.kind) {
      case TriggerKind::kEvent: return joined(trigger.events);
      case TriggerKind::kCount:
        return fmt::format("{} {} within {}", trigger.count, joined(trigger.events),
                           to_string(trigger.span));
      case TriggerKind::kSilence:
        return "no " + joined(trigger.events) + " for " + to_string(trigger.span);
      case TriggerKind::kEntering: return "entering " + trigger.segment;
      case TriggerKind::kLeaving: return "leaving " + trigger.segment;
      case TriggerKind::kDate:
        return (trigger.span.amount == 0 ? "" : to_string(trigger.span) + " before ") +
               "person.due_on at " + to_string(trigger.time) + " local";
      case TriggerKind::kEveryDay:
        return "every day at " + to_string(trigger.time) + " local for " +
               (trigger.segment.empty() ? "everyone" : trigger.segment);
    }
    return {};
  }

  void steps(const std::vector<Step>& block, const std::string& indent) {
    for (const Step& step : block) {
      out_ += indent + one(step);
      for (const Watch& watch : step.unless) out_ += " unless " + text(watch);
      if (step.kind == StepKind::kWhen || step.kind == StepKind::kWaitFor) {
        out_ += " {\n";
        steps(step.then, indent + "  ");
        out_ += indent + "}";
        if (!step.otherwise.empty()) {
          out_ += " else {\n";
          steps(step.otherwise, indent + "  ");
          out_ += indent + "}";
        }
      }
      out_ += "\n";
    }
  }

  std::string one(const Step& step) const {
    switch (step.kind) {
      case StepKind::kWait: return "wait " + to_string(step.span);
      case StepKind::kWaitUntil: return "wait until " + to_string(step.time) + " local";
      case StepKind::kWaitFor:
        return fmt::format("wait for {} as answer{}{} up to {}", joined(step.watch.events),
                           step.number, where(step.watch.where), to_string(step.span));
      case StepKind::kWaitSilence:
        return "wait " + to_string(step.span) + " of silence" +
               (step.up_to ? " up to " + to_string(*step.up_to) : std::string());
      case StepKind::kWhen: return "when " + text(step.condition.front());
      case StepKind::kSend:
        return fmt::format(
            "send {}(step: {}, key: {}, word: {}, points: person.points, seen: count(viewed in 1 "
            "day)){}",
            template_, step.number, record_ ? "trigger.key" : "\"-\"",
            record_ ? "trigger.word or else \"-\"" : "person.name or else \"-\"",
            step.skip_after ? " or skip after " + to_string(*step.skip_after) : std::string());
      case StepKind::kSet: return "set person." + step.name + " = " + text(step.value);
      case StepKind::kStop: return "stop";
      case StepKind::kUnsubscribe: return "unsubscribe " + step.name;
      case StepKind::kEmit: return "emit " + step.name + " " + record(step.fields);
    }
    return {};
  }

  std::string out_;
  std::string template_;
  bool record_ = false;
};

std::string text(const Policy& policy) {
  std::string out = "policy " + policy.name + " { ";
  out += policy.topic.empty() ? "consent not needed" : "consent required for " + policy.topic;
  for (std::size_t i = 0; i < policy.caps.size(); ++i)
    out +=
        fmt::format("{} {} email{} per {}", i == 0 ? "  at most" : ",", policy.caps[i].count,
                    policy.caps[i].count == 1 ? "" : "s", policy.caps[i].per_week ? "week" : "day");
  if (policy.quiet)
    out += "  quiet " + to_string(policy.quiet->first) + " to " + to_string(policy.quiet->second) +
           " local";
  if (policy.wait_when_capped)
    out += "  when capped: wait up to " + to_string(*policy.wait_when_capped);
  return out + " }\n";
}

struct JsonText {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(const Amount& value) const { return '"' + ValueText{}(value) + '"'; }
  std::string operator()(Date value) const { return '"' + to_string(value) + '"'; }
  template <typename T>
  std::string operator()(const T& value) const {
    return ValueText{}(value);
  }
};

std::string text(const Item& item) {
  switch (item.what) {
    case Happening::kEvent: {
      std::string late = item.late == Duration(0) ? "" : " late by " + duration_text(item.late);
      std::string as = item.as.empty() ? "" : " as " + item.as;
      std::string id = item.id.empty() ? "" : " with the id " + item.id;
      return item.actor + as + " " + item.event + " " + record(item.fields) + late + id;
    }
    case Happening::kIdentify: return item.actor + " identifies as " + item.as;
    case Happening::kAlias: return item.actor + " is called " + item.as + " now";
    case Happening::kTraits: return item.actor + " is " + record(item.fields);
    case Happening::kSubscription:
      return item.actor + (item.subscribes ? " subscribes " : " unsubscribes ") +
             (item.topic.empty() ? "everything" : item.topic);
    case Happening::kAdvance: return "after " + duration_text(item.advance);
    case Happening::kRestart: return "restart";
  }
  return {};
}

}  // namespace

std::string program_text(const Program& program) {
  std::string out = "# zone: " + program.zone + "\n";
  for (const std::string& event : kEvents)
    out +=
        "event " + event +
        " { key: text  word: text?  rank: integer = 0  total: money?  tags: list of text = [] }\n";
  out += kVocabulary;
  for (const Policy& policy : program.policies) out += text(policy);
  for (const Segment& segment : program.segments)
    out += "segment " + segment.name + ": " + text(segment.condition) + "\n";
  for (const Campaign& campaign : program.campaigns) {
    bool consent = false;
    for (const Policy& policy : program.policies)
      if (policy.name == campaign.policy) consent = !policy.topic.empty();
    out += CampaignText()(campaign, consent);
  }
  return out;
}

std::string history_text(const History& history) {
  Instant now = history.start;
  std::string out;
  for (const Item& item : history.items) {
    now += item.advance;
    out += to_string(now) + "  " + text(item) + "\n";
  }
  return out;
}

std::string outcome_text(const Outcome& outcome) {
  std::string out = fmt::format(
      "{} started, {} ended, {} suppressed, {} expired, {} pending, {} goals\n", outcome.started,
      outcome.ended, outcome.suppressed, outcome.expired, outcome.pending, outcome.goals);
  for (const Mail& mail : outcome.mails)
    out += fmt::format("{}  {} to {}: {}\n", to_string(mail.at), mail.campaign, mail.address,
                       mail.arguments);
  return out;
}

std::string payload(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields)
    out += fmt::format("{}\"{}\":{}", out.empty() ? "" : ",", name, std::visit(JsonText{}, value));
  return "{" + out + "}";
}

}  // namespace trig::sim
