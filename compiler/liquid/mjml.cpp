#include "compiler/liquid/mjml.h"

#include <map>

#include "compiler/liquid/front_matter.h"
#include "compiler/liquid/html_to_text.h"
#include "compiler/liquid/scanner.h"

namespace trig::liquid {
namespace {

Fragment body_of(SourceId source, const std::string& text) {
  Diagnostics elsewhere;  // told where the template is parsed
  TextRange whole{source, 0, static_cast<std::uint32_t>(text.size())};
  return read_front_matter({text, whole}, elsewhere).body;
}

std::size_t occurrences(std::string_view text, std::string_view wanted) {
  std::size_t count = 0;
  for (std::size_t at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1)) ++count;
  return count;
}

}  // namespace

std::string mjml_output_path(std::string_view path) { return std::string(path) + ".html"; }

std::string mjml_of(const std::string& text) {
  std::string mjml = text;
  const std::size_t body = body_of(SourceId::kNone, text).range.begin;
  for (std::size_t i = 0; i < body; ++i)
    if (mjml[i] != '\n') mjml[i] = ' ';
  return mjml;
}

std::string with_html(const std::string& text, std::string_view html) {
  return text.substr(0, body_of(SourceId::kNone, text).range.begin) + std::string(html);
}

std::optional<TextRange> left_out(SourceId source, const std::string& text, std::string_view html) {
  const std::string plain = decode_entities(html);
  const Fragment body = body_of(source, text);
  Diagnostics elsewhere;
  Scanner scanner(body, Scanner::Form::kDocument, elsewhere);
  std::map<std::string, std::size_t> seen;
  for (Item item = scanner.next(); item.kind != ItemKind::kEnd; item = scanner.next()) {
    if (item.kind == ItemKind::kText) continue;
    std::string written =
        decode_entities(text.substr(item.range.begin, item.range.end - item.range.begin));
    if (++seen[written] > occurrences(plain, written)) return item.range;
  }
  return std::nullopt;
}

}  // namespace trig::liquid
