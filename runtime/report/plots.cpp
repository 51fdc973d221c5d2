#include "runtime/report/plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trig::report {
namespace {

constexpr double kWidth = 920;
constexpr double kLeft = 56;  // for the figures of the axis
constexpr double kRight = 12;
constexpr double kTop = 12;
constexpr double kBottom = 26;  // for the days

// 1, 2 or 5 times a power of ten, so that at most `lines` of them reach `highest`.
std::uint64_t nice_step(std::uint64_t highest, int lines) {
  std::uint64_t step = 1;
  for (;; step *= 10)
    for (std::uint64_t times : {1, 2, 5})
      if (step * times * static_cast<std::uint64_t>(lines) >= highest) return step * times;
}

std::uint64_t highest_of(const Days& days) {
  std::uint64_t highest = 0;
  for (const auto& [day, count] : days) highest = std::max(highest, count);
  return highest;
}

std::uint64_t at(const Days& days, Date day) {
  auto found = days.find(day);
  return found == days.end() ? 0 : found->second;
}

std::string day_label(Date day) {
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day date(day);
  return fmt::format("{} {}", static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1]);
}

// Where days and counts are in a picture.
struct Frame {
  Date first;
  double day_width = 0;
  double bottom = 0;
  double per_count = 0;
  double x(Date day) const {
    return kLeft + day_width * static_cast<double>((day - first).count());
  }
  double y(std::uint64_t count) const { return bottom - per_count * static_cast<double>(count); }
};

std::string axes(const Frame& frame, std::uint64_t top, std::uint64_t step, Date last) {
  std::string svg;
  for (std::uint64_t count = 0; count <= top; count += step)
    svg += fmt::format(R"(<line class="grid" x1="{:.0f}" x2="{:.0f}" y1="{:.1f}" y2="{:.1f}"/>)"
                       R"(<text class="tick" x="{:.0f}" y="{:.1f}" text-anchor="end">{}</text>)",
                       kLeft, kWidth - kRight, frame.y(count), frame.y(count), kLeft - 8,
                       frame.y(count) + 4, with_commas(count));
  const auto days = static_cast<std::int64_t>((last - frame.first).count()) + 1;
  // Days of a week apart, or of several: at most some ten labels.
  const std::int64_t apart = days <= 10 ? 1 : 7 * ((days + 69) / 70);
  for (std::int64_t i = 0; i < days; i += apart) {
    const Date day = frame.first + std::chrono::days(i);
    svg += fmt::format(R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                       frame.x(day) + frame.day_width / 2, frame.bottom + 18, day_label(day));
  }
  return svg;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  for (char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;  // NOLINT: characters, not an enum of ours
    }
  }
  return safe;
}

std::string plot_days(const Days& days, const Days* before, Date first, Date last, int height) {
  const std::uint64_t highest =
      std::max({highest_of(days), before != nullptr ? highest_of(*before) : 0, std::uint64_t{1}});
  const std::uint64_t step = nice_step(highest, height > 160 ? 4 : 2);
  const std::uint64_t top = (highest + step - 1) / step * step;
  Frame frame;
  frame.first = first;
  frame.day_width = (kWidth - kLeft - kRight) / (static_cast<double>((last - first).count()) + 1);
  frame.bottom = height - kBottom;
  frame.per_count = (frame.bottom - kTop) / static_cast<double>(top);
  std::string svg = fmt::format(
      R"(<svg class="plot" viewBox="0 0 {:.0f} {}" role="img" aria-label="mails per day">)", kWidth,
      height);
  svg += axes(frame, top, step, last);
  const double gap = std::min(3.0, frame.day_width * 0.2);
  for (Date day = first; day <= last; day += std::chrono::days(1)) {
    const std::uint64_t count = at(days, day);
    std::string title = fmt::format("{}: {}", to_string(day), with_commas(count));
    if (before != nullptr) title += fmt::format(", before {}", with_commas(at(*before, day)));
    svg += fmt::format(R"(<rect class="bar" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}">)"
                       R"(<title>{}</title></rect>)",
                       frame.x(day) + gap / 2, frame.y(count), std::max(0.5, frame.day_width - gap),
                       frame.bottom - frame.y(count), title);
  }
  if (before != nullptr) {
    std::string path;
    for (Date day = first; day <= last; day += std::chrono::days(1))
      path += fmt::format("{}{:.2f} {:.2f}H{:.2f}", path.empty() ? "M" : "L", frame.x(day),
                          frame.y(at(*before, day)), frame.x(day) + frame.day_width);
    svg += fmt::format(R"(<path class="before" d="{}"/>)", path);
  }
  return svg + "</svg>";
}

std::string plot_balance(const std::vector<Balance>& rows) {
  constexpr double kName = 230;
  constexpr double kRow = 30;
  constexpr double kFigure = 74;  // beside a bar
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
  for (const Balance& row : rows) {
    added = std::max(added, row.added);
    removed = std::max(removed, row.removed);
  }
  const double room = kWidth - kName - 2 * kFigure;
  const double per_mail = room / static_cast<double>(std::max<std::uint64_t>(added + removed, 1));
  const double middle = kName + kFigure + per_mail * static_cast<double>(removed);
  std::string svg = fmt::format(R"(<svg class="plot" viewBox="0 0 {:.0f} {:.0f}" role="img" )"
                                R"(aria-label="mails added and removed">)",
                                kWidth, kRow * static_cast<double>(rows.size()) + 8);
  double y = 4;
  for (const Balance& row : rows) {
    const double plus = per_mail * static_cast<double>(row.added);
    const double minus = per_mail * static_cast<double>(row.removed);
    svg +=
        fmt::format(R"(<text class="name" x="0" y="{:.1f}">{}</text>)", y + 19, escaped(row.name));
    svg +=
        fmt::format(R"(<rect class="added" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="18"/>)"
                    R"(<rect class="removed" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="18"/>)",
                    middle, y + 5, plus, middle - minus, y + 5, minus);
    if (row.added > 0)
      svg += fmt::format(R"(<text class="figure" x="{:.1f}" y="{:.1f}">+{}</text>)",
                         middle + plus + 8, y + 19, with_commas(row.added));
    if (row.removed > 0)
      svg +=
          fmt::format(R"(<text class="figure" x="{:.1f}" y="{:.1f}" text-anchor="end">−{}</text>)",
                      middle - minus - 8, y + 19, with_commas(row.removed));
    y += kRow;
  }
  svg += fmt::format(R"(<line class="axis" x1="{:.1f}" x2="{:.1f}" y1="2" y2="{:.1f}"/>)", middle,
                     middle, y + 2);
  return svg + "</svg>";
}

std::string plot_counts(const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
  std::uint64_t most = 1;
  for (const auto& [name, count] : counts) most = std::max(most, count);
  std::string html = "<table class=\"counts\">";
  for (const auto& [name, count] : counts)
    html += fmt::format(
        "<tr><td>{}</td><td class=\"number\">{}</td><td class=\"share\"><span "
        "style=\"width:{:.1f}%\"></span></td></tr>",
        escaped(name), with_commas(count),
        100 * static_cast<double>(count) / static_cast<double>(most));
  return html + "</table>";
}

}  // namespace trig::report
