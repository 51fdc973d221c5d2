#include <fmt/format.h>

#include "runtime/report/backtest_text.h"
#include "runtime/report/backtest_words.h"

namespace trig::report {
namespace {

constexpr std::size_t kReasonsInMarkdown = 5;

// What users wrote, so that it stays in its cell, is no markup and calls nobody.
std::string cell(std::string_view text) {
  constexpr std::string_view kMarkup = "|`*[]\\_~";
  std::string safe;
  for (char c : text) {
    if (c == '<')
      safe += "&lt;";
    else if (c == '&')
      safe += "&amp;";
    else if (c == '@')
      safe += "@<!-- -->";
    else
      safe += (kMarkup.find(c) == kMarkup.npos ? "" : "\\") + std::string(1, c == '\n' ? ' ' : c);
  }
  return safe;
}

std::string reasons_text(const Counts& counts) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& [reason, count] : by_frequency(counts)) {
    if (++shown > kReasonsInMarkdown) break;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", cell(reason), with_commas(count));
  }
  if (shown > kReasonsInMarkdown) text += ", …";
  return text;
}

std::string name_text(const CampaignPair& pair) {
  return fmt::format("`{}`{}", pair.name, pair.is_new ? " (new)" : pair.is_gone ? " (gone)" : "");
}

// Campaigns in which something changed, and how many are as they were.
std::string differences_text(const Backtest& backtest) {
  std::string text =
      "| campaign | before | after | mails added | removed | moved | people with both |\n"
      "|---|--:|--:|--:|--:|--:|--:|\n";
  std::size_t unchanged = 0;
  for (const CampaignPair& pair : pairs_of(backtest)) {
    if (!differs(pair.difference) && !pair.is_new && !pair.is_gone) {
      ++unchanged;
      continue;
    }
    text +=
        fmt::format("| {} | {} | {} | +{} | −{} | {} | {} |\n", name_text(pair),
                    with_commas(pair.before->sends), with_commas(pair.after->sends),
                    with_commas(pair.difference.added), with_commas(pair.difference.removed),
                    with_commas(pair.difference.moved), with_commas(pair.difference.people_both));
  }
  const CampaignDifference& total = backtest.difference.total;
  text += fmt::format(
      "| **all** | {} | {} | +{} | −{} | {} | {} |\n", with_commas(backtest.before->total().sends),
      with_commas(backtest.after.total().sends), with_commas(total.added),
      with_commas(total.removed), with_commas(total.moved), with_commas(total.people_both));
  if (unchanged > 0)
    text += fmt::format("\n{} the very same mails.\n",
                        count_text(unchanged, "campaign sends", "campaigns send"));
  return text;
}

std::string figures_text(const Backtest& backtest) {
  std::string text =
      "| campaign | mails | people | held back | suppressed | journeys | goals |\n"
      "|---|--:|--:|--:|--:|--:|--:|\n";
  auto row = [&](const std::string& name, const CampaignFigures& figures) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", name, with_commas(figures.sends),
                        with_commas(figures.people), with_commas(figures.held_in_all()),
                        with_commas(figures.suppressed_in_all()), with_commas(figures.journeys),
                        with_commas(figures.goals));
  };
  for (const CampaignPair& pair : pairs_of(backtest)) row(name_text(pair), *pair.after);
  row("**all**", backtest.after.total());
  return text;
}

std::string why_not_sent_text(const Backtest& backtest) {
  std::string text;
  for (const auto& [name, figures] : backtest.after.campaigns) {
    if (!figures.held.empty())
      text += fmt::format("- `{}` held back: {}\n", name, reasons_text(figures.held));
    if (!figures.suppressed.empty())
      text += fmt::format("- `{}` suppressed: {}\n", name, reasons_text(figures.suppressed));
  }
  return text;
}

std::string folded(std::string_view title, const std::string& content) {
  return fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n", title, content);
}

// A block of code that nothing within it can end.
std::string code_block(const std::string& text) {
  std::string fence = "```";
  while (text.find(fence) != text.npos) fence += '`';
  return fence + "\n" + text + fence + "\n";
}

std::string samples_markdown(const Backtest& backtest) {
  std::string text;
  for (const Sample& sample : backtest.samples) {
    if (sample.before) text += cell(sample.person) + ", before:\n\n" + code_block(*sample.before);
    text +=
        cell(sample.person) + (sample.before ? ", after:\n\n" : ":\n\n") + code_block(sample.after);
  }
  return text;
}

}  // namespace

std::string backtest_markdown(const Backtest& backtest) {
  std::string text = fmt::format("### Back-test of {}", cell(backtest.project));
  if (backtest.before) text += fmt::format(" against {}", cell(backtest.against));
  text += fmt::format("\n\n{} of {}, {}.", count_text(backtest.after.events, "event", "events"),
                      count_text(backtest.after.known, "person", "people"), period_text(backtest));
  if (backtest.before) text += fmt::format(" **{}**.", difference_text(backtest.difference.total));
  text += "\n";
  for (const Finding& finding : backtest.findings) {
    text += fmt::format("\n> **Finding:** {}\n", cell(finding.text));
    for (const CrowdedDay& crowded : finding.worst)
      text += fmt::format("> - {}: {} mails to {}\n", to_string(crowded.day), crowded.sends,
                          cell(crowded.person));
  }
  text += "\n" + (backtest.before ? differences_text(backtest) : figures_text(backtest));
  if (backtest.before) text += folded("All figures after the change", figures_text(backtest));
  if (std::string why = why_not_sent_text(backtest); !why.empty())
    text += folded("Held back and suppressed", why);
  for (const std::string& remark : remarks(backtest)) text += "\n" + remark + ".\n";
  for (const auto& one : backtest.unreadable.first)
    text += fmt::format("- {}: {}\n", cell(one.place), cell(one.reason));
  if (!backtest.samples.empty()) text += folded("Histories of people", samples_markdown(backtest));
  return text;
}

}  // namespace trig::report
