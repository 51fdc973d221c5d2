#include <fmt/format.h>

#include "compiler/diagnostics/xml.h"
#include "compiler/diagram/render.h"

namespace trig::diagram {
namespace {

constexpr std::string_view kStyle = R"(<style>
text{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif;fill:#1c2330}
.heading{font-size:24px;font-weight:700}
.name{font-size:12.5px;font-family:ui-monospace,Menlo,Consolas,monospace;fill:#5d6878}
.kicker{font-size:10.5px;font-weight:700;letter-spacing:.8px;fill:#5d6878}
.title{font-size:14px;font-weight:700}.line{font-size:13px;fill:#3a4556}.small{font-size:12px}
.count{font-size:12px;font-weight:700;fill:#3b4cca}
.centred{text-anchor:middle}
.paper{fill:#fff}rect{stroke-width:1.2}
.trigger rect{fill:#3b4cca;stroke:#3b4cca}.trigger text{fill:#fff}
.trigger .kicker{fill:#cdd3ff}.trigger .line{fill:#e3e7ff}
.send rect{fill:#eef1ff;stroke:#6a79e6}.wait rect{fill:#f6f7f9;stroke:#cbd2dc}
.question rect{fill:#fff6e3;stroke:#dca83f}.action rect{fill:#ecf9f1;stroke:#54ab7d}
.stop rect{fill:#5d6878;stroke:#5d6878}.stop text{fill:#fff}
.end rect{fill:none;stroke:#8b96a6}.end text{fill:#5d6878}
.way rect{fill:#fff;stroke:#dca83f}
.exit rect{fill:#fff;stroke:#d0728a;stroke-dasharray:4 3}.exit .kicker{fill:#b8405e}
.section rect{fill:#f6f7f9;stroke:none}.leaves .kicker{fill:#b8405e}.goal .kicker{fill:#2c7d52}
.icon{fill:none;stroke:#5d6878;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
.send .icon{stroke:#3b4cca}.question .icon{stroke:#a87412}.action .icon{stroke:#2c7d52}
.trigger .icon{stroke:#fff;fill:#fff}
.path{fill:none;stroke:#98a3b3;stroke-width:1.5}.dashed{stroke:#d0728a;stroke-dasharray:4 3}
.head{fill:#98a3b3}.leaving{fill:#d0728a}
@media (prefers-color-scheme:dark){
text{fill:#e8ebf1}.name,.kicker,.end text{fill:#9aa6b8}.line{fill:#c3cad6}.count{fill:#a3aeff}
.paper{fill:#12151c}.trigger rect{fill:#4656d8;stroke:#4656d8}
.send rect{fill:#1d2342;stroke:#6f7ff2}.wait rect{fill:#1b2029;stroke:#3d4758}
.question rect{fill:#2b2413;stroke:#b9892f}.action rect{fill:#14271d;stroke:#458f67}
.stop rect{fill:#465164;stroke:#465164}.end rect{stroke:#66728a}
.way rect{fill:#12151c;stroke:#b9892f}.exit rect{fill:#12151c;stroke:#b5637b}
.exit .kicker,.leaves .kicker{fill:#f09ab0}.goal .kicker{fill:#74cd9c}
.section rect{fill:#1a1f28}
.icon{stroke:#9aa6b8}.send .icon{stroke:#a3aeff}.question .icon{stroke:#e4b65c}
.action .icon{stroke:#74cd9c}.path{stroke:#5b667a}.head{fill:#5b667a}
.dashed{stroke:#b5637b}.leaving{fill:#b5637b}}
</style>
)";

std::string_view class_of(BoxKind kind) {
  switch (kind) {
    case BoxKind::kTrigger: return "trigger";
    case BoxKind::kWait: return "wait";
    case BoxKind::kSend: return "send";
    case BoxKind::kQuestion: return "question";
    case BoxKind::kAction: return "action";
    case BoxKind::kStop: return "stop";
    case BoxKind::kEnd: return "end";
    case BoxKind::kWay: return "way";
    case BoxKind::kExit: return "exit";
    case BoxKind::kSection: return "section";
    case BoxKind::kLeaving: return "section leaves";
    case BoxKind::kGoal: return "section goal";
  }
  return "";
}

// Sixteen pixels square.
std::string_view icon_of(BoxKind kind) {
  switch (kind) {
    case BoxKind::kTrigger: return "M4.5 3l8 5-8 5z";
    case BoxKind::kWait: return "M8 1.5a6.5 6.5 0 1 0 .01 0zM8 4.5V8l2.6 1.6";
    case BoxKind::kSend: return "M1.5 3.2h13v9.8h-13zM1.8 3.8l6.2 5 6.2-5";
    case BoxKind::kQuestion: return "M8 1.5V6L3.5 9.500V14.5M8 6l4.500 3.5V14.5";
    case BoxKind::kAction: return "M9 1.5L3.5 9h4l-1 5.5L12.5 7h-4z";
    case BoxKind::kStop:
    case BoxKind::kEnd:
    case BoxKind::kWay:
    case BoxKind::kExit:
    case BoxKind::kSection:
    case BoxKind::kLeaving:
    case BoxKind::kGoal: return "";
  }
  return "";
}

std::string_view class_of(Style style) {
  switch (style) {
    case Style::kHeading: return "heading";
    case Style::kName: return "name";
    case Style::kKicker: return "kicker";
    case Style::kTitle: return "title";
    case Style::kLine: return "line";
    case Style::kSmall: return "small";
    case Style::kCount: return "count";
  }
  return "";
}

double radius_of(const Box& box) {
  switch (box.kind) {
    case BoxKind::kTrigger:
    case BoxKind::kStop:
    case BoxKind::kEnd:
    case BoxKind::kWay: return std::min(box.height / 2, 14.0);
    case BoxKind::kWait:
    case BoxKind::kSend:
    case BoxKind::kQuestion:
    case BoxKind::kAction:
    case BoxKind::kExit:
    case BoxKind::kSection:
    case BoxKind::kLeaving:
    case BoxKind::kGoal: return 9;
  }
  return 9;
}

std::string number(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

void draw(const Text& text, std::string& out) {
  out += fmt::format("<text class=\"{}{}\" x=\"{}\" y=\"{}\">{}</text>\n", class_of(text.style),
                     text.centred ? " centred" : "", number(text.x), number(text.y),
                     xml_text(text.text));
}

void draw(const Box& box, std::string& out) {
  out += fmt::format(
      "<g class=\"{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>\n",
      class_of(box.kind), number(box.x), number(box.y), number(box.width), number(box.height),
      number(radius_of(box)));
  if (box.icon)
    out += fmt::format("<path class=\"icon\" transform=\"translate({} {})\" d=\"{}\"/>\n",
                       number(box.x + 13), number(box.y + 12), icon_of(box.kind));
  for (const Text& text : box.texts) draw(text, out);
  out += "</g>\n";
}

// Lines with rounded corners.
std::string line_of(const Path& path) {
  const std::vector<Point>& at = path.points;
  std::string out = fmt::format("M{} {}", number(at[0].x), number(at[0].y));
  for (std::size_t i = 1; i < at.size(); ++i) {
    const Point to = at[i];
    if (i + 1 == at.size()) return out + fmt::format("L{} {}", number(to.x), number(to.y));
    auto towards = [&](Point end, double room) {
      const double length = std::abs(end.x - to.x) + std::abs(end.y - to.y);
      const double part = length == 0 ? 0 : std::min(room, length / 2) / length;
      return Point{to.x + (end.x - to.x) * part, to.y + (end.y - to.y) * part};
    };
    const Point before = towards(at[i - 1], 9);
    const Point behind = towards(at[i + 1], 9);
    out += fmt::format("L{} {}Q{} {} {} {}", number(before.x), number(before.y), number(to.x),
                       number(to.y), number(behind.x), number(behind.y));
  }
  return out;
}

void draw(const Path& path, std::string& out) {
  out += fmt::format("<path class=\"path{}\" d=\"{}\"/>\n", path.dashed ? " dashed" : "",
                     line_of(path));
  if (!path.arrow) return;
  const Point tip = path.points.back();
  const Point from = path.points[path.points.size() - 2];
  const bool right = std::abs(tip.x - from.x) > std::abs(tip.y - from.y);
  out += fmt::format("<path class=\"{}\" d=\"M{} {}{}\"/>\n", path.dashed ? "leaving" : "head",
                     number(tip.x), number(tip.y), right ? "l-8 -4.5v9z" : "l-4.5 -8h9z");
}

}  // namespace

std::string svg_of(const Flow& flow) {
  const Picture picture = picture_of(flow);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">{2}</title>\n"
      "<desc id=\"desc\">{3}</desc>\n",
      number(std::ceil(picture.width)), number(std::ceil(picture.height)), xml_text(flow.title),
      xml_text(told(flow)));
  out += kStyle;
  out += "<rect class=\"paper\" width=\"100%\" height=\"100%\" rx=\"12\"/>\n";
  for (const Text& text : picture.heading) draw(text, out);
  for (const Path& path : picture.paths) draw(path, out);
  for (const Box& box : picture.boxes) draw(box, out);
  return out + "</svg>\n";
}

}  // namespace trig::diagram
