#include "compiler/diagram/layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace trig::diagram {
namespace {

constexpr double kBoxWidth = 290;
constexpr double kPadding = 14;
constexpr double kIcon = 28;        // of a box's width, at its left
constexpr double kGap = 30;         // between steps
constexpr double kBus = 18;         // from a question to where its ways part
constexpr double kWayGap = 32;      // between ways
constexpr double kWayWidth = 180;   // of a label, at most
constexpr double kExitWidth = 176;  // beside a wait
constexpr double kExitGap = 34;
constexpr double kSide = 272;  // the column at the right
constexpr double kMargin = 36;

// A part of the picture around an axis, x = 0, from y = 0 down to `height`.
struct Part {
  double left = 0, right = 0, height = 0;  // how far it reaches from the axis
  std::vector<Box> boxes;
  std::vector<Path> paths;

  void reach(const Box& box) {
    left = std::max(left, -box.x);
    right = std::max(right, box.x + box.width);
    height = std::max(height, box.y + box.height);
  }
  void add(Box box) {
    reach(box);
    boxes.push_back(std::move(box));
  }
};

void shift(Box& box, double dx, double dy) {
  box.x += dx;
  box.y += dy;
  for (Text& text : box.texts) {
    text.x += dx;
    text.y += dy;
  }
}

void take(Part& whole, Part part, double dx, double dy) {
  for (Box& box : part.boxes) {
    shift(box, dx, dy);
    whole.boxes.push_back(std::move(box));
  }
  for (Path& path : part.paths) {
    for (Point& point : path.points) point = {point.x + dx, point.y + dy};
    whole.paths.push_back(std::move(path));
  }
  whole.left = std::max(whole.left, part.left - dx);
  whole.right = std::max(whole.right, part.right + dx);
  whole.height = std::max(whole.height, part.height + dy);
}

// Lines below each other in a box, from its upper left corner.
class Filling {
 public:
  Filling(BoxKind kind, double width, bool icon) : width_(width) {
    box_.kind = kind;
    box_.width = width;
    box_.icon = icon;
    left_ = kPadding + (icon ? kIcon : 0);
  }

  void add(std::string_view text, Style style, std::size_t most = 6) {
    if (text.empty()) return;
    const Font font = font_of(style);
    for (std::string& line : wrapped(text, style, width_ - left_ - kPadding, most)) {
      box_.texts.push_back({left_, y_ + font.line_height * 0.74, std::move(line), style, false});
      y_ += font.line_height;
    }
  }
  void gap(double height) { y_ += height; }

  Box box() {
    box_.height = y_ + kPadding - 3;
    return std::move(box_);
  }

 private:
  Box box_;
  double width_;
  double left_ = 0;
  double y_ = kPadding - 3;
};

std::string upper(std::string text) {
  for (char& letter : text) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
    if (letter == '_') letter = ' ';
  }
  return text;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

// A box as wide as its one text, around the axis.
Box pill(BoxKind kind, std::string_view text, Style style, double most) {
  const std::vector<std::string> lines = wrapped(text, style, most, 4);
  const Font font = font_of(style);
  Box box;
  box.kind = kind;
  for (const std::string& line : lines) box.width = std::max(box.width, width_of(line, style));
  box.width += 22;
  box.x = -box.width / 2;
  double y = 5;
  for (const std::string& line : lines) {
    box.texts.push_back({0, y + font.line_height * 0.74, line, style, true});
    y += font.line_height;
  }
  box.height = y + 5;
  return box;
}

BoxKind kind_of(Kind kind) {
  switch (kind) {
    case Kind::kWait: return BoxKind::kWait;
    case Kind::kSend: return BoxKind::kSend;
    case Kind::kQuestion: return BoxKind::kQuestion;
    case Kind::kAction: return BoxKind::kAction;
    case Kind::kStop: return BoxKind::kStop;
  }
  return BoxKind::kAction;
}

Box box_of(const Element& element) {
  if (element.kind == Kind::kStop)
    return pill(BoxKind::kStop, element.title, Style::kTitle, kWayWidth);
  Filling filling(kind_of(element.kind), kBoxWidth, true);
  filling.add(upper(element.name), Style::kKicker, 1);
  filling.add(element.title, Style::kTitle);
  for (const std::string& line : element.lines) filling.add(line, Style::kLine, 4);
  if (element.counts) {
    std::string text;
    if (element.kind == Kind::kSend) text = grouped(element.counts->sent) + " sent";
    const std::optional<std::uint64_t> waiting = element.counts->waiting;
    if (waiting && element.kind != Kind::kAction && (text.empty() || *waiting > 0))
      text += (text.empty() ? "" : " · ") + grouped(*waiting) + " waiting now";
    if (!text.empty()) filling.add(text, Style::kCount);
  }
  Box box = filling.box();
  shift(box, -kBoxWidth / 2, 0);
  return box;
}

// The ways that leave early, at the right of a box.
void add_exits(const std::vector<std::string>& exits, Part& part) {
  if (exits.empty()) return;
  std::vector<Box> boxes;
  double height = 0;
  for (const std::string& exit : exits) {
    Filling filling(BoxKind::kExit, kExitWidth, false);
    filling.add("LEAVES ON", Style::kKicker);
    filling.add(exit, Style::kSmall, 5);
    boxes.push_back(filling.box());
    height += boxes.back().height + (height > 0 ? 10 : 0);
  }
  const double wait = part.height;
  const double middle = wait / 2;
  double y = std::max(0.0, (wait - height) / 2);
  for (Box& box : boxes) {
    shift(box, kBoxWidth / 2 + kExitGap, y);
    const double target = std::clamp(middle, box.y + 14, box.y + box.height - 14);
    const double turn = kBoxWidth / 2 + kExitGap / 2;
    Path path{{{kBoxWidth / 2, middle}}, true, true};
    if (std::abs(target - middle) > 0.5) {
      path.points.push_back({turn, middle});
      path.points.push_back({turn, target});
    }
    path.points.push_back({box.x, target});
    part.paths.push_back(std::move(path));
    y += box.height + 10;
    part.add(std::move(box));
  }
}

Part part_of(const Sequence& steps);

// One way below a question: its label, its steps.
Part part_of(const Way& way) {
  Part part;
  part.add(pill(BoxKind::kWay, way.label, Style::kSmall, kWayWidth));
  if (way.steps.empty()) return part;
  const double top = part.height;
  Part steps = part_of(way.steps);
  part.paths.push_back({{{0, top}, {0, top + kGap - 8}}});
  take(part, std::move(steps), 0, top + kGap - 8);
  return part;
}

void add_ways(const std::vector<Way>& ways, Part& part) {
  const double from = part.height;
  const double top = from + kBus * 2;
  std::vector<Part> parts;
  std::vector<double> axes;
  double x = 0;
  double tallest = 0;
  for (const Way& way : ways) {
    Part one = part_of(way);
    if (!parts.empty()) x += parts.back().right + kWayGap + one.left;
    axes.push_back(x);
    tallest = std::max(tallest, one.height);
    parts.push_back(std::move(one));
  }
  // One in the middle goes straight down.
  const double middle = axes.size() % 2 == 1
                            ? axes[axes.size() / 2]
                            : (axes[axes.size() / 2 - 1] + axes[axes.size() / 2]) / 2;
  const double join = top + tallest + kBus;
  bool joins = false;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const double axis = axes[i] - middle;
    Path down{{{0, from}}};
    if (std::abs(axis) > 0.5) {
      down.points.push_back({0, from + kBus});
      down.points.push_back({axis, from + kBus});
    }
    down.points.push_back({axis, top});
    part.paths.push_back(std::move(down));
    const double bottom = top + parts[i].height;
    if (!ways[i].ends && goes_on(ways[i].steps)) {
      joins = true;
      Path back{{{axis, bottom}, {axis, join}}, false, false};
      if (std::abs(axis) > 0.5) back.points.push_back({0, join});
      part.paths.push_back(std::move(back));
    }
    take(part, std::move(parts[i]), axis, top);
  }
  if (joins) part.height = join;
}

Part part_of(const Element& element) {
  Part part;
  part.add(box_of(element));
  add_exits(element.exits, part);
  if (!element.ways.empty()) add_ways(element.ways, part);
  return part;
}

Part part_of(const Sequence& steps) {
  Part whole;
  double edge = 0;  // where the line to the next step begins: exits may reach further down
  for (const Element& element : steps) {
    Part part = part_of(element);
    const double top = whole.boxes.empty() ? 0 : whole.height + kGap;
    if (!whole.boxes.empty()) whole.paths.push_back({{{0, edge}, {0, top}}});
    edge = top + (element.ways.empty() ? part.boxes.front().height : part.height);
    take(whole, std::move(part), 0, top);
  }
  if (goes_on(steps) && edge < whole.height)
    whole.paths.push_back({{{0, edge}, {0, whole.height}}, false, false});
  return whole;
}

Box trigger_box(const Flow& flow) {
  Filling filling(BoxKind::kTrigger, kBoxWidth + 20, true);
  filling.add("STARTS WHEN", Style::kKicker);
  filling.add(flow.trigger, Style::kTitle);
  for (const std::string& note : flow.trigger_notes) filling.add(note, Style::kLine);
  Box box = filling.box();
  shift(box, -box.width / 2, 0);
  return box;
}

Part flow_part(const Flow& flow) {
  Part whole;
  whole.add(trigger_box(flow));
  const double top = whole.height;
  if (!flow.steps.empty()) {
    whole.paths.push_back({{{0, top}, {0, top + kGap}}});
    take(whole, part_of(flow.steps), 0, top + kGap);
  }
  if (!goes_on(flow.steps)) return whole;
  const double bottom = whole.height;
  Box end = pill(BoxKind::kEnd, "End", Style::kSmall, kWayWidth);
  shift(end, 0, bottom + kGap - 6);
  whole.paths.push_back({{{0, bottom}, {0, bottom + kGap - 6}}});
  whole.add(std::move(end));
  return whole;
}

BoxKind kind_of(Section::Tone tone) {
  switch (tone) {
    case Section::Tone::kPlain: return BoxKind::kSection;
    case Section::Tone::kLeaving: return BoxKind::kLeaving;
    case Section::Tone::kGoal: return BoxKind::kGoal;
  }
  return BoxKind::kSection;
}

std::vector<Box> column(const Flow& flow, double x, double y) {
  std::vector<Box> boxes;
  for (const Section& section : flow.sections) {
    Filling filling(kind_of(section.tone), kSide, false);
    filling.add(upper(section.title), Style::kKicker, 2);
    for (const std::string& line : section.lines) {
      filling.gap(2);
      filling.add(line, Style::kLine, 5);
    }
    boxes.push_back(filling.box());
    shift(boxes.back(), x, y);
    y += boxes.back().height + 14;
  }
  return boxes;
}

}  // namespace

Picture picture_of(const Flow& flow) {
  Picture picture;
  Part part = flow_part(flow);
  const double flow_width = part.left + part.right;
  const double side = kMargin + flow_width + 48;
  picture.width = side + kSide + kMargin;
  double y = kMargin - 8;
  for (std::string& line : wrapped(flow.title, Style::kHeading, picture.width - 2 * kMargin, 3)) {
    picture.heading.push_back({kMargin, y + 24, std::move(line), Style::kHeading, false});
    y += font_of(Style::kHeading).line_height;
  }
  for (std::string& line : wrapped(flow.name, Style::kName, picture.width - 2 * kMargin, 1)) {
    picture.heading.push_back({kMargin, y + 16, std::move(line), Style::kName, false});
    y += font_of(Style::kName).line_height;
  }
  y += 26;
  Part whole;
  take(whole, std::move(part), kMargin + part.left, y);
  picture.boxes = std::move(whole.boxes);
  picture.paths = std::move(whole.paths);
  double bottom = whole.height;
  for (Box& box : column(flow, side, y)) {
    bottom = std::max(bottom, box.y + box.height);
    picture.boxes.push_back(std::move(box));
  }
  picture.height = bottom + kMargin;
  return picture;
}

}  // namespace trig::diagram
