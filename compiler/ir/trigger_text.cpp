// Triggers in words.
#include <fmt/format.h>

#include <array>

#include "compiler/ir/program.h"

namespace trig::ir {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

struct Describer {
  const Program& program;
  const StartTrigger& trigger;

  template <typename Events, typename EventOf>
  std::string joined(const Events& events, std::string_view with, EventOf event_of) const {
    std::string text;
    for (const auto& event : events) {
      if (!text.empty()) text += with;
      text += program.events[event_of(event)].name;
    }
    return text;
  }
  std::string taken(std::string_view with) const {
    return joined(trigger.alternatives, with, [](const auto& taken) { return taken.event; });
  }
  std::string audience(const std::optional<std::uint32_t>& segment) const {
    return segment ? program.segments[*segment].name : "everyone";
  }

  std::string operator()(const OnEvent&) const { return taken(" or "); }
  std::string operator()(const OnCount& on) const {
    return fmt::format("{} {} within {}", on.count, taken(" or "), duration_text(on.within));
  }
  std::string operator()(const OnSequence& on) const {
    std::string text;
    for (std::size_t i = 0; i < trigger.alternatives.size(); ++i) {
      if (i > 0) text += " then ";
      text += program.events[trigger.alternatives[i].event].name;
      if (i > 0) text += " within " + duration_text(on.within[i]);
    }
    return text;
  }
  std::string operator()(const OnSilence& on) const {
    return fmt::format("no {} for {}",
                       joined(on.silence.events, " or ", [](std::uint32_t event) { return event; }),
                       duration_text(on.silence.span));
  }
  std::string operator()(const OnDate& on) const {
    std::string text;
    if (on.offset.amount != 0) {
      bool before = on.offset.amount < 0;
      Span span{before ? -on.offset.amount : on.offset.amount, on.offset.unit};
      text = to_string(span) + (before ? " before " : " after ");
    }
    text += program.node(on.date).name;
    if (on.every_year) text += " every year";
    return text + " at " + to_string(on.at);
  }
  std::string operator()(const OnSegment& on) const {
    return (on.entering ? "entering " : "leaving ") + program.segments[on.segment].name;
  }
  std::string operator()(const OnRecurring& on) const {
    std::string_view day = on.weekday < 0 ? "day" : kWeekdays[static_cast<std::size_t>(on.weekday)];
    return fmt::format("every {} at {} for {}", day, to_string(on.at), audience(on.segment));
  }
  std::string operator()(const OnOnce& on) const {
    return fmt::format("{} at {} for {}", to_string(on.date), to_string(on.at),
                       audience(on.segment));
  }
};

struct Planned {
  bool operator()(const OnEvent&) const { return false; }
  bool operator()(const OnCount&) const { return false; }
  bool operator()(const OnSequence&) const { return false; }
  bool operator()(const OnSilence&) const { return true; }
  bool operator()(const OnDate&) const { return true; }
  bool operator()(const OnSegment&) const { return false; }
  bool operator()(const OnRecurring&) const { return true; }
  bool operator()(const OnOnce&) const { return true; }
};

}  // namespace

bool is_planned(const StartTrigger& trigger) { return std::visit(Planned(), trigger.kind); }

const OnDate::Rows* rows_of(const StartTrigger& trigger) {
  const auto* on = std::get_if<OnDate>(&trigger.kind);
  return on != nullptr && on->rows ? &*on->rows : nullptr;
}

std::string describe(const Program& program, const StartTrigger& trigger) {
  return std::visit(Describer{program, trigger}, trigger.kind);
}

}  // namespace trig::ir
