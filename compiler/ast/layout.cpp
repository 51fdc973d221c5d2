#include "compiler/ast/layout.h"

#include <algorithm>

namespace trig::ast {

namespace {

struct Item {
  const Doc* doc;
  std::size_t indent;
  bool broken;
};

// Whether `doc` on one line, and what follows it up to the next line end, takes at most `room`.
bool fits(const Doc& doc, const std::vector<Item>& rest, std::size_t room, std::size_t after) {
  if (doc.width > room) return false;
  std::size_t used = doc.width;
  std::vector<Item> todo;
  for (std::size_t i = rest.size(); i > 0 || !todo.empty();) {
    if (todo.empty()) todo.push_back(rest[--i]);
    Item item = todo.back();
    todo.pop_back();
    bool one_line = !item.broken || item.doc->kind == Doc::Kind::kGroup;
    if (item.doc->kind == Doc::Kind::kText || one_line) {
      used += item.doc->width;
    } else if (item.doc->kind == Doc::Kind::kBreak) {
      return used <= room;
    } else {
      for (std::size_t k = item.doc->parts.size(); k > 0; --k)
        todo.push_back({&item.doc->parts[k - 1], item.indent, item.broken});
    }
    if (used > room) return false;
  }
  return used + after <= room;
}

}  // namespace

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

Doc& Doc::operator+=(Doc part) {
  if (kind != Kind::kConcat) {
    Doc self = std::move(*this);
    *this = Doc{};
    width = self.width;
    parts.push_back(std::move(self));
  }
  width += part.width;
  parts.push_back(std::move(part));
  return *this;
}

Doc text(std::string_view words) {
  return {Doc::Kind::kText, std::string(words), {}, columns(words)};
}
Doc line_break() { return {Doc::Kind::kBreak, " ", {}, 1}; }
Doc soft_break() { return {Doc::Kind::kBreak, "", {}, 0}; }

Doc group(Doc inner) {
  Doc doc{Doc::Kind::kGroup, {}, {}, inner.width};
  doc.parts.push_back(std::move(inner));
  return doc;
}

Doc indented(Doc inner) {
  Doc doc{Doc::Kind::kIndented, {}, {}, inner.width};
  doc.parts.push_back(std::move(inner));
  return doc;
}

std::string flat(const Doc& doc) {
  std::string out = doc.text;
  for (const Doc& part : doc.parts) out += flat(part);
  return out;
}

std::vector<std::string> layout(const Doc& doc, std::size_t column, std::size_t after) {
  std::vector<std::string> lines(1);
  std::size_t used = column;
  std::vector<Item> todo = {{&doc, 0, true}};
  while (!todo.empty()) {
    Item item = todo.back();
    todo.pop_back();
    switch (item.doc->kind) {
      case Doc::Kind::kText:
        lines.back() += item.doc->text;
        used += item.doc->width;
        break;
      case Doc::Kind::kBreak:
        if (item.broken) {
          lines.emplace_back(item.indent, ' ');
          used = column + item.indent;
        } else {
          lines.back() += item.doc->text;
          used += item.doc->width;
        }
        break;
      case Doc::Kind::kConcat:
        for (std::size_t i = item.doc->parts.size(); i > 0; --i)
          todo.push_back({&item.doc->parts[i - 1], item.indent, item.broken});
        break;
      case Doc::Kind::kGroup: {
        std::size_t room = kLineWidth > used ? kLineWidth - used : 0;
        bool one_line = !item.broken || fits(item.doc->parts[0], todo, room, after);
        todo.push_back({&item.doc->parts[0], item.indent, !one_line});
        break;
      }
      case Doc::Kind::kIndented:
        todo.push_back({&item.doc->parts[0], item.indent + kIndent, item.broken});
        break;
    }
  }
  return lines;
}

}  // namespace trig::ast
