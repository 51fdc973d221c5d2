#include "compiler/ast/printer.h"

#include <algorithm>

#include "compiler/ast/docs.h"
#include "compiler/ast/print.h"
#include "compiler/ast/visit.h"

namespace trig::ast {

namespace {

const std::vector<FieldDecl>* fields_of(const Declaration& declaration) {
  return visit(
      declaration.node, [](const EventDecl& d) { return &d.fields; },
      [](const RecordDecl& d) { return &d.fields; }, [](const PersonDecl& d) { return &d.fields; },
      [](const ListDecl& d) { return &d.fields; }, [](const CatalogDecl& d) { return &d.fields; },
      [](const auto&) -> const std::vector<FieldDecl>* { return nullptr; });
}

std::string one_line(const std::vector<FieldDecl>& fields) {
  if (fields.empty()) return "{}";
  std::string out = "{";
  for (const FieldDecl& field : fields) {
    out += out.back() == '{' ? " " : kGap;
    out += field.name.text + ": " + after_colon(field);
  }
  return out + " }";
}

std::string one_line(const std::vector<PolicyRule>& rules) {
  if (rules.empty()) return "{}";
  std::string out = "{";
  for (const PolicyRule& rule : rules) {
    out += out.back() == '{' ? " " : kGap;
    out += spelling(rule);
  }
  return out + " }";
}

std::string head_of(const EventDecl& event) {
  std::string out = "event " + event.name.text;
  return event.from.empty() ? out : out + " from " + joined(event.from, " or ");
}

// What stands before the braces.
std::string head_of(const Declaration& declaration) {
  return visit(
      declaration.node, [](const EventDecl& d) { return head_of(d); },
      [](const RecordDecl& d) { return "record " + d.name.text; },
      [](const PersonDecl&) { return std::string("person"); },
      [](const ListDecl& d) {
        return "list " + d.name.text + " from " + quoted(d.file) + " by " + d.by.text;
      },
      [](const CatalogDecl& d) {
        return "catalog " + d.name.text + " from " + quoted(d.file) + " key " + d.key.text;
      },
      [](const PolicyDecl& d) { return "policy " + d.name.text; },
      [](const auto&) { return std::string(); });
}

// The last place before the braces that the tree knows.
std::uint32_t head_end(const Declaration& declaration) {
  return visit(
      declaration.node,
      [](const EventDecl& d) {
        return d.from.empty() ? d.name.range.end : d.from.back().range.end;
      },
      [](const RecordDecl& d) { return d.name.range.end; },
      [](const PersonDecl& d) { return d.keyword.end; },
      [](const ListDecl& d) { return d.by.range.end; },
      [](const CatalogDecl& d) { return d.key.range.end; },
      [](const PolicyDecl& d) { return d.name.range.end; },
      [&](const auto&) { return declaration.range.end; });
}

std::size_t width(const std::vector<FieldDecl>& fields) {
  std::size_t widest = 0;
  for (const FieldDecl& field : fields) widest = std::max(widest, field.name.text.size());
  return widest;
}

}  // namespace

// Whether the declaration opens braces over several lines.
bool Printer::breaks(const Declaration& declaration) const {
  if (std::holds_alternative<CampaignDecl>(declaration.node)) return true;
  if (std::holds_alternative<TestDecl>(declaration.node)) return true;
  const std::vector<FieldDecl>* fields = fields_of(declaration);
  const auto* policy = std::get_if<PolicyDecl>(&declaration.node);
  if (!fields && !policy) return false;
  std::uint32_t open = out_.find('{', head_end(declaration));
  if (open >= declaration.range.end) return false;  // a list without fields
  std::string braces = fields ? one_line(*fields) : one_line(policy->rules);
  bool fits = columns(head_of(declaration)) + 1 + columns(braces) <= kLineWidth;
  return !fits || !out_.one_line(open, declaration.range.end);
}

void Printer::item(const Doc& doc, std::uint32_t begin, std::uint32_t end) {
  out_.before(begin);
  out_.inside(end);
  out_.write(doc);
}

void Printer::fields(const Declaration& declaration, const std::vector<FieldDecl>& fields) {
  std::string head = head_of(declaration);
  if (!breaks(declaration)) {
    bool list = std::holds_alternative<ListDecl>(declaration.node);
    item(text(list && fields.empty() ? head : head + " " + one_line(fields)),
         declaration.range.begin, declaration.range.end);
    return;
  }
  out_.inside(head_end(declaration));
  out_.open(head);
  std::size_t widest = width(fields);
  for (const FieldDecl& field : fields) {
    std::string gap(widest - field.name.text.size() + 1, ' ');
    item(text(field.name.text + ":" + gap + after_colon(field)), field.range.begin,
         field.range.end);
  }
  out_.close(declaration.range.end - 1);
}

void Printer::rules(const Declaration& declaration, const PolicyDecl& policy) {
  std::string head = head_of(declaration);
  if (!breaks(declaration)) {
    item(text(head + " " + one_line(policy.rules)), declaration.range.begin, declaration.range.end);
    return;
  }
  out_.inside(head_end(declaration));
  out_.open(head);
  for (const PolicyRule& rule : policy.rules)
    item(text(spelling(rule)), rule.range.begin, rule.range.end);
  out_.close(declaration.range.end - 1);
}

// Segments on neighbouring lines have their conditions in one column.
void Printer::segment(std::size_t index, const SegmentDecl& segment) {
  const std::vector<Declaration>& all = file_.declarations;
  if (index >= segments_end_) {
    segments_width_ = 0;
    std::size_t end = index;
    for (; end < all.size(); ++end) {
      const auto* one = std::get_if<SegmentDecl>(&all[end].node);
      if (!one || (end > index && !out_.neighbours(all[end - 1].range, all[end].range))) break;
      segments_width_ = std::max(segments_width_, one->name.text.size());
    }
    segments_end_ = end;
  }
  std::string gap(segments_width_ - segment.name.text.size() + 1, ' ');
  const TextRange& range = all[index].range;
  item(text("segment " + segment.name.text + ":" + gap) + doc_of(*segment.condition), range.begin,
       range.end);
}

void Printer::declaration(std::size_t index) {
  const Declaration& one = file_.declarations[index];
  std::uint32_t begin = one.range.begin;
  std::uint32_t end = one.range.end;
  if (index > 0 && (breaks(one) || breaks(file_.declarations[index - 1]))) out_.want_blank(begin);
  out_.before(begin);
  visit(
      one.node, [&](const UseDecl& d) { item(text("use " + joined(d.path, ".")), begin, end); },
      [&](const EventDecl& d) { fields(one, d.fields); },
      [&](const RecordDecl& d) { fields(one, d.fields); },
      [&](const PersonDecl& d) { fields(one, d.fields); },
      [&](const ListDecl& d) { fields(one, d.fields); },
      [&](const CatalogDecl& d) { fields(one, d.fields); },
      [&](const TopicDecl& d) {
        std::string title = d.title ? " " + quoted(*d.title) : "";
        item(text("topic " + d.name.text + title), begin, end);
      },
      [&](const CouponsDecl& d) {
        item(text("coupons " + d.name.text + " ") + doc_of(d.settings), begin, end);
      },
      [&](const SegmentDecl& d) { segment(index, d); },
      [&](const TemplateDecl& d) { item(doc_of(d), begin, end); },
      [&](const PolicyDecl& d) { rules(one, d); }, [&](const CampaignDecl& d) { campaign(one, d); },
      [&](const TestDecl& d) { test(one, d); });
}

std::string Printer::print() {
  for (std::size_t i = 0; i < file_.declarations.size(); ++i) declaration(i);
  return out_.finish();
}

std::string Printer::print_one(std::size_t index) {
  declaration(index);
  return out_.finish();
}

std::string print_canonical(const File& file, std::size_t index, const Source& source) {
  static const std::vector<Comment> kNoComments;
  std::string text;
  bool quoted = false;
  bool escaped = false;
  for (char c : Printer(file, kNoComments, source).print_one(index)) {
    bool blank = !quoted && (c == ' ' || c == '\n');
    if (!blank)
      text += c;
    else if (!text.empty() && text.back() != ' ')
      text += ' ';
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = quoted && c == '\\' && !escaped;
  }
  return text;
}

std::string print(const File& file, const Source& source) {
  return Printer(file, file.comments, source).print();
}

}  // namespace trig::ast
