// Picture: a flow with places. Steps stand below each other; ways that part stand side by side and
// join again; what ends a journey early stands at the right of its wait, what holds for all steps
// in a column at the right. A pixel is one unit; y grows downwards.
#pragma once

#include <string>
#include <vector>

#include "compiler/diagram/flow.h"
#include "compiler/diagram/text_width.h"

namespace trig::diagram {

enum class BoxKind : std::uint8_t {
  kTrigger,
  kWait,
  kSend,
  kQuestion,
  kAction,
  kStop,
  kEnd,
  kWay,      // the label of a way
  kExit,     // beside a wait
  kSection,  // in the column at the right
  kLeaving,  // there too: what ends a journey at any point
  kGoal,
};

struct Text {
  double x = 0;  // of its middle where it is centred, else of its left end
  double y = 0;  // of its base line
  std::string text;
  Style style = Style::kLine;
  bool centred = false;
};

struct Box {
  BoxKind kind = BoxKind::kWait;
  double x = 0, y = 0, width = 0, height = 0;
  bool icon = false;
  std::vector<Text> texts;  // all inside it
};

struct Point {
  double x = 0, y = 0;
};
struct Path {
  std::vector<Point> points;  // corners, each turn a right angle
  bool arrow = true;
  bool dashed = false;
};

struct Picture {
  double width = 0, height = 0;
  std::vector<Text> heading;
  std::vector<Box> boxes;  // none touches another
  std::vector<Path> paths;
};

Picture picture_of(const Flow& flow);

}  // namespace trig::diagram
