#include <fmt/format.h>

#include <algorithm>

#include "runtime/report/backtest_text.h"
#include "runtime/report/backtest_words.h"
#include "runtime/report/plots.h"

namespace trig::report {
namespace {

constexpr std::size_t kReasonsInHtml = 12;

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b1f24;--soft:#5b6470;
--line:#e1e5ea;
--accent:#2f6fde;--before:#8a5a00;--added:#2f6fde;--removed:#c96a12;--alert:#fff4e5;
--alert-line:#e0a458}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1c2026;--ink:#e8eaed;--soft:#a0a8b3;
--line:#2e343c;--accent:#6ea2ff;--before:#f0b35a;--added:#6ea2ff;--removed:#f09a4e;--alert:#33270f;
--alert-line:#a9742b}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1000px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}h2{font-size:18px;margin:32px 0 10px}
h3{font-size:14px;margin:14px 0 4px;color:var(--soft);font-weight:600}
p{margin:4px 0}.soft{color:var(--soft)}.card{background:var(--card);border:1px solid var(--line);
border-radius:10px;padding:16px 20px;margin:12px 0}
.finding{background:var(--alert);border-color:var(--alert-line)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;margin:16px 0}
.tile{margin:0;padding:12px 16px}.tile b{display:block;font-size:24px;line-height:1.3;
font-variant-numeric:tabular-nums;font-weight:650}.tile span{color:var(--soft);font-size:13px}
table{border-collapse:collapse;width:100%}
th{font-size:13px;color:var(--soft);font-weight:600;text-align:left}
th,td{padding:6px 10px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}.number{text-align:right;font-variant-numeric:tabular-nums;
white-space:nowrap}
.scroll{overflow-x:auto}code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.counts td{padding:3px 12px 3px 0;border:0}.counts td:first-child{width:46%}.share{width:38%}
.share span{display:block;height:10px;margin-top:6px;background:var(--accent);border-radius:2px;
min-width:1px}
.plot{display:block;width:100%;height:auto}.bar{fill:var(--accent)}.bar:hover{opacity:.75}
.before{fill:none;stroke:var(--before);stroke-width:2}.grid{stroke:var(--line)}
.axis{stroke:var(--soft)}.tick{fill:var(--soft);font-size:12px}.name,.figure{fill:var(--ink);
font-size:14px}.added{fill:var(--added)}.removed{fill:var(--removed)}
.legend{display:flex;gap:20px;font-size:13px;color:var(--soft);margin:0 0 6px}
.legend i{display:inline-block;width:14px;height:10px;margin-right:6px;border-radius:2px}
.legend i.line{height:0;border-top:2px solid var(--before);vertical-align:4px}
details{border-top:1px solid var(--line);padding:10px 0}details:first-of-type{border-top:0}
.finding details{border:0;padding:6px 0 0}summary{cursor:pointer;font-weight:600}
summary span{font-weight:400;color:var(--soft);margin-left:8px}
pre{overflow-x:auto;background:var(--page);border:1px solid var(--line);border-radius:6px;
padding:10px 12px;font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(340px,1fr));gap:16px}
@media print{body{background:none}.card{break-inside:avoid}}
)css";

std::string tile(std::string_view what, std::uint64_t after, const std::uint64_t* before) {
  std::string html =
      fmt::format("<div class=\"card tile\"><span>{}</span><b>{}</b>", what, with_commas(after));
  if (before != nullptr) html += fmt::format("<span>before {}</span>", with_commas(*before));
  return html + "</div>";
}

std::string tiles(const Backtest& backtest) {
  const CampaignFigures after = backtest.after.total();
  const CampaignFigures before = backtest.before ? backtest.before->total() : CampaignFigures();
  const bool both = backtest.before.has_value();
  const std::uint64_t held = before.held_in_all();
  const std::uint64_t suppressed = before.suppressed_in_all();
  return "<div class=\"tiles\">" + tile("mails", after.sends, both ? &before.sends : nullptr) +
         tile("people with mail", after.people, both ? &before.people : nullptr) +
         tile("times held back", after.held_in_all(), both ? &held : nullptr) +
         tile("mails suppressed", after.suppressed_in_all(), both ? &suppressed : nullptr) +
         tile("journeys", after.journeys, both ? &before.journeys : nullptr) +
         tile("goals reached", after.goals, both ? &before.goals : nullptr) + "</div>";
}

std::string findings(const Backtest& backtest) {
  std::string html;
  for (const Finding& finding : backtest.findings) {
    html += fmt::format("<div class=\"card finding\"><b>Finding:</b> {}", escaped(finding.text));
    if (!finding.worst.empty()) html += "<details><summary>the most on a day</summary><table>";
    for (const CrowdedDay& crowded : finding.worst)
      html += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"number\">{} mails</td></tr>",
                          to_string(crowded.day), escaped(crowded.person), crowded.sends);
    if (!finding.worst.empty()) html += "</table></details>";
    html += "</div>";
  }
  return html;
}

// From the first day with figures to the last.
std::pair<Date, Date> days_of(const Backtest& backtest) {
  return {backtest.zone.to_local(backtest.begin).date(),
          backtest.zone.to_local(backtest.end).date()};
}

std::string legend(bool both) {
  if (!both) return {};
  return "<div class=\"legend\"><span><i style=\"background:var(--accent)\"></i>after</span><span>"
         "<i class=\"line\"></i>before</span></div>";
}

std::string days_card(const Backtest& backtest) {
  const auto [first, last] = days_of(backtest);
  const CampaignFigures after = backtest.after.total();
  const CampaignFigures before = backtest.before ? backtest.before->total() : CampaignFigures();
  return "<h2>Mails per day</h2><div class=\"card\">" + legend(backtest.before.has_value()) +
         plot_days(after.days, backtest.before ? &before.days : nullptr, first, last, 240) +
         "</div>";
}

std::string difference_card(const Backtest& backtest, const std::vector<CampaignPair>& pairs) {
  if (!backtest.before) return {};
  std::vector<Balance> rows;
  for (const CampaignPair& pair : pairs)
    if (pair.difference.added + pair.difference.removed > 0)
      rows.push_back({pair.name, pair.difference.added, pair.difference.removed});
  std::stable_sort(rows.begin(), rows.end(), [](const Balance& a, const Balance& b) {
    return a.added + a.removed > b.added + b.removed;
  });
  std::string html = "<h2>What changes</h2><div class=\"card\"><p>" +
                     escaped(difference_text(backtest.difference.total)) + "</p>";
  if (!rows.empty())
    html +=
        "<div class=\"legend\"><span><i style=\"background:var(--added)\"></i>mails only "
        "after</span><span><i style=\"background:var(--removed)\"></i>mails only "
        "before</span></div>" +
        plot_balance(rows);
  if (backtest.difference.total.moved > 0)
    html += "<p class=\"soft\">Moved: the same mail to the same person, at another time.</p>";
  return html + "</div>";
}

std::string table(const Backtest& backtest, const std::vector<CampaignPair>& pairs) {
  const bool both = backtest.before.has_value();
  std::string html =
      "<h2>Campaigns</h2><div class=\"card scroll\"><table><tr><th>campaign</th>"
      "<th class=\"number\">mails</th>";
  if (both)
    html +=
        "<th class=\"number\">before</th><th class=\"number\">added</th><th class=\"number\">"
        "removed</th><th class=\"number\">moved</th>";
  html +=
      "<th class=\"number\">people</th><th class=\"number\">held back</th><th class=\"number\">"
      "suppressed</th><th class=\"number\">journeys</th><th class=\"number\">goals</th></tr>";
  auto cell = [](std::uint64_t count) {
    return fmt::format("<td class=\"number{}\">{}</td>", count == 0 ? " soft" : "",
                       with_commas(count));
  };
  for (const CampaignPair& pair : pairs) {
    const CampaignFigures& after = *pair.after;
    html += fmt::format("<tr><td><code>{}</code>{}</td>", escaped(pair.name),
                        pair.is_new    ? " <span class=\"soft\">new</span>"
                        : pair.is_gone ? " <span class=\"soft\">gone</span>"
                                       : "");
    html += cell(after.sends);
    if (both)
      html += cell(pair.before->sends) + cell(pair.difference.added) +
              cell(pair.difference.removed) + cell(pair.difference.moved);
    html += cell(after.people) + cell(after.held_in_all()) + cell(after.suppressed_in_all()) +
            cell(after.journeys) + cell(after.goals) + "</tr>";
  }
  return html + "</table></div>";
}

std::string counts_part(std::string_view title, const Counts& counts) {
  if (counts.empty()) return {};
  auto sorted = by_frequency(counts);
  if (sorted.size() > kReasonsInHtml) {
    std::uint64_t rest = 0;
    for (std::size_t i = kReasonsInHtml; i < sorted.size(); ++i) rest += sorted[i].second;
    const std::size_t others = sorted.size() - kReasonsInHtml;
    sorted.resize(kReasonsInHtml);
    sorted.emplace_back(fmt::format("{} others", others), rest);
  }
  return fmt::format("<div><h3>{}</h3>{}</div>", title, plot_counts(sorted));
}

std::string campaign_part(const Backtest& backtest, const CampaignPair& pair) {
  const CampaignFigures& after = *pair.after;
  const auto [first, last] = days_of(backtest);
  std::string html =
      fmt::format("<details><summary>{}<span>{}</span></summary>", escaped(pair.name),
                  pair.before == nullptr ? count_text(after.sends, "mail", "mails")
                                         : difference_text(pair.difference));
  if (!after.days.empty() || (pair.before != nullptr && !pair.before->days.empty()))
    html += "<h3>Mails per day</h3>" + legend(pair.before != nullptr) +
            plot_days(after.days, pair.before != nullptr ? &pair.before->days : nullptr, first,
                      last, 140);
  html += "<div class=\"pair\">" + counts_part("Mails by step", after.steps) +
          counts_part("Journeys by how they ended", after.ended) +
          counts_part("Held back", after.held) + counts_part("Suppressed", after.suppressed) +
          counts_part("Expired or failed", after.not_sent) + "</div>";
  if (!after.goal_values.empty())
    html += fmt::format("<p class=\"soft\">{} worth {}</p>",
                        count_text(after.goals, "goal", "goals"), money_text(after.goal_values));
  return html + "</details>";
}

std::string samples_part(const Backtest& backtest) {
  if (backtest.samples.empty()) return {};
  std::string html = "<h2>People</h2><div class=\"card\">";
  for (const Sample& sample : backtest.samples) {
    html +=
        fmt::format("<details><summary>{}</summary><div class=\"pair\">", escaped(sample.person));
    if (sample.before)
      html += fmt::format("<div><h3>before</h3><pre>{}</pre></div>", escaped(*sample.before));
    html += fmt::format("<div><h3>{}</h3><pre>{}</pre></div></div></details>",
                        sample.before ? "after" : "history", escaped(sample.after));
  }
  return html + "</div>";
}

std::string input_part(const Backtest& backtest) {
  std::string html = "<h2>The events</h2><div class=\"card\">";
  for (const std::string& remark : remarks(backtest))
    html += fmt::format("<p>{}</p>", escaped(remark));
  if (!backtest.unreadable.first.empty()) {
    html += "<table>";
    for (const auto& one : backtest.unreadable.first)
      html += fmt::format("<tr><td><code>{}</code></td><td>{}</td></tr>", escaped(one.place),
                          escaped(one.reason));
    html += "</table>";
  }
  html += counts_part("Not known, or not as they came", backtest.after.rejected);
  return html +
         "<p class=\"soft\">Mails count as accepted when their first attempt begins; none was "
         "rendered or sent. The rates of policies are not applied.</p></div>";
}

}  // namespace

std::string backtest_html(const Backtest& backtest) {
  const std::vector<CampaignPair> pairs = pairs_of(backtest);
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><title>Back-test of {0}</title><style>{1}"
      "</style></head><body><main><h1>Back-test of {0}{2}</h1><p class=\"soft\">{3} of {4}, {5}"
      "</p>",
      escaped(backtest.project), kStyle,
      backtest.before ? " against " + escaped(backtest.against) : "",
      count_text(backtest.after.events, "event", "events"),
      count_text(backtest.after.known, "person", "people"), period_text(backtest));
  html += findings(backtest) + tiles(backtest) + difference_card(backtest, pairs) +
          days_card(backtest) + table(backtest, pairs);
  html += "<h2>Campaign by campaign</h2><div class=\"card\">";
  for (const CampaignPair& pair : pairs) html += campaign_part(backtest, pair);
  return html + "</div>" + samples_part(backtest) + input_part(backtest) +
         "</main></body></html>\n";
}

}  // namespace trig::report
