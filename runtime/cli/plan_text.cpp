// A plan of the admin API as text.
#include <fmt/format.h>

#include "runtime/cli/server_call.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

namespace json = boost::json;

std::string_view text_of(const json::value& value) { return value.as_string(); }
std::uint64_t number_of(const json::value& value) { return value.to_number<std::uint64_t>(); }

std::string listed(const json::array& words, std::string_view between) {
  std::string text;
  for (const json::value& word : words)
    text += (text.empty() ? "" : std::string(between)) + std::string(text_of(word));
  return text;
}

std::string files_line(const json::object& files) {
  std::string line;
  for (const char* what : {"added", "changed", "removed"}) {
    const json::array& paths = files.at(what).as_array();
    if (!paths.empty())
      line += fmt::format("{}{} {}", line.empty() ? "" : ", ", counted(paths.size(), "file"), what);
  }
  return line.empty() ? "no file is different" : line;
}

std::string cost_line(const json::object& cost) {
  if (!cost.contains("before") || !cost.contains("after")) return "";
  std::string line;
  for (const auto& entry : cost.at("before").as_object()) {
    const std::uint64_t was = number_of(entry.value());
    const std::uint64_t is = number_of(cost.at("after").at(entry.key()));
    std::string name(entry.key());
    for (char& c : name) c = c == '_' ? ' ' : c;
    if (was != is) line += fmt::format("{}{} {} → {}", line.empty() ? "" : ", ", name, was, is);
  }
  return line.empty() ? "" : fmt::format("    cost at most: {}\n", line);
}

// "812 move", "1 moves", "1 cannot move".
std::string fate_word(std::uint64_t journeys, std::string_view fate) {
  const bool one = journeys == 1 && !fate.starts_with("cannot");
  return std::string(fate) + (one ? "s" : "");
}

std::string step_line(const json::value& step) {
  const std::uint64_t journeys = number_of(step.at("journeys"));
  return fmt::format("    {:>7} {:<11} at `{}`{}: {}   {}\n", journeys,
                     fate_word(journeys, text_of(step.at("fate"))), text_of(step.at("step")),
                     step.at("current").as_bool() ? "" : " of an older text",
                     text_of(step.at("how")), listed(step.at("samples").as_array(), " "));
}

std::string campaign_text(const json::object& campaign) {
  std::string text =
      fmt::format("{:<9} {}", text_of(campaign.at("change")), text_of(campaign.at("campaign")));
  if (const json::value* edits = campaign.if_contains("edits"))
    text += fmt::format(" (edits {})", text_of(*edits));
  const json::array& reasons = campaign.at("reasons").as_array();
  if (!reasons.empty()) text += ": " + listed(reasons, "; ");
  text += '\n';
  std::string inside;
  for (const auto& entry : campaign.at("inside").as_object())
    if (number_of(entry.value()) > 0)
      inside += fmt::format("{}{} {}", inside.empty() ? "" : ", ", number_of(entry.value()),
                            fate_word(number_of(entry.value()), entry.key()));
  if (campaign.contains("edits") || campaign.at("change") == "removed")
    text += fmt::format("    inside: {}\n", inside.empty() ? "nobody" : inside);
  for (const json::value& step : campaign.at("steps").as_array()) text += step_line(step);
  return text + cost_line(campaign.at("cost").as_object());
}

}  // namespace

std::string plan_text(const json::object& plan) {
  const json::value& number = plan.at("base").at("number");
  std::string text(text_of(plan.at("text")));
  text += fmt::format("{} runs; {}\n",
                      number.is_null() ? "a version that is not kept"
                                       : fmt::format("version {}", number_of(number)),
                      files_line(plan.at("files").as_object()));
  for (const json::value& note : plan.at("notes").as_array())
    text += fmt::format("note: {}\n", text_of(note));
  for (const json::value& campaign : plan.at("campaigns").as_array())
    text += campaign_text(campaign.as_object());
  for (const json::value& event : plan.at("events").as_array())
    text += fmt::format("{:<9} {}\n", "event", text_of(event.at("text")));
  for (const json::value& cost : plan.at("event_costs").as_array())
    text += fmt::format(
        "{:<9} each `{}`, at most: {} starts, watched by {}, {} operations; was {}, "
        "{}, {}\n",
        "cost", text_of(cost.at("event")), number_of(cost.at("after").at("starts")),
        number_of(cost.at("after").at("watched_by")), number_of(cost.at("after").at("operations")),
        number_of(cost.at("before").at("starts")), number_of(cost.at("before").at("watched_by")),
        number_of(cost.at("before").at("operations")));
  if (const json::value* backtest = plan.if_contains("backtest"))
    text += text_of(backtest->at("text"));
  if (!plan.at("changes").as_bool()) text += "nothing to change\n";
  return text;
}

}  // namespace trig::cli
