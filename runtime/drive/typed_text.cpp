#include "runtime/drive/typed_text.h"

#include <algorithm>
#include <array>

#include "compiler/base/limits.h"
#include "runtime/ports/limits.h"

namespace trig::drive {
namespace {

constexpr std::array<std::string_view, 11> kDeclarationWords = {
    "use",     "event",    "record", "list",     "catalog", "topic",
    "coupons", "template", "policy", "campaign", "test"};
// After a first word these go on with an expression; any other word makes it a line of a test.
constexpr std::array<std::string_view, 11> kOperatorWords = {
    "is", "in", "or", "and", "not", "between", "contains", "starts", "matches", "since", "else"};

template <typename Words>
bool is_one_of(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_word_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Past blanks and comments.
std::size_t past_blanks(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (text[at] == '#')
      at = std::min(text.find('\n', at), text.size());
    else if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')
      ++at;
    else
      break;
  }
  return at;
}

std::string_view word_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  if (end < text.size() && is_letter(text[end]))
    while (end < text.size() && is_word_letter(text[end])) ++end;
  return text.substr(at, end - at);
}

bool begins_line(std::string_view word, std::string_view next, char sign) {
  if (word == "expect") return true;
  if (word == "at" || word == "after") return is_digit(sign);
  if (word == "no" || word == "not") return false;
  return !next.empty() && !is_one_of(kOperatorWords, next);
}

// `:file PATH` and lines up to one that is a dot.
bool is_open_file(std::string_view input) {
  const std::size_t begin = past_blanks(input, 0);
  if (!input.substr(begin).starts_with(":file")) return false;
  return !input.ends_with("\n.") && input.find("\n.\n") == std::string_view::npos;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

std::string list_text(const ir::TypeTable& types, ir::Type list, const ir::Items& items) {
  std::string text;
  for (const ir::Value& item : items) {
    const std::string one = literal_text(types, types.element(list), item);
    if (!one.empty()) text += (text.empty() ? "" : ", ") + one;
  }
  return "[" + text + "]";
}

}  // namespace

InputKind kind_of(std::string_view input) {
  const std::size_t begin = past_blanks(input, 0);
  if (begin == input.size()) return InputKind::kNothing;
  if (input[begin] == ':') return InputKind::kCommand;
  const std::string_view word = word_at(input, begin);
  const std::size_t after = past_blanks(input, begin + word.size());
  const std::string_view next = word_at(input, after);
  const char sign = after < input.size() ? input[after] : '\0';
  if (word.empty()) return InputKind::kExpression;
  if (word == "person" && sign == '{') return InputKind::kDeclarations;
  if (word == "segment" && !next.empty()) {
    const std::size_t colon = past_blanks(input, after + next.size());
    if (colon < input.size() && input[colon] == ':') return InputKind::kDeclarations;
  }
  if (is_one_of(kDeclarationWords, word) && !is_one_of(kOperatorWords, next) &&
      (!next.empty() || sign == '"'))
    return InputKind::kDeclarations;
  return begins_line(word, next, sign) ? InputKind::kLines : InputKind::kExpression;
}

Brackets brackets_of(std::string_view input) {
  std::size_t open = 0;
  for (std::size_t at = 0; at < input.size(); ++at) {
    switch (input[at]) {
      case '#': at = std::min(input.find('\n', at), input.size()); break;
      case '"':
        for (++at; at < input.size() && input[at] != '"' && input[at] != '\n'; ++at)
          if (input[at] == '\\') ++at;
        break;
      case '{':
      case '(':
      case '[': ++open; break;
      case '}':
      case ')':
      case ']':
        if (open-- == 0) return Brackets::kTooManyClosed;
        break;
      default: break;
    }
  }
  return open == 0 ? Brackets::kBalanced : Brackets::kOpen;
}

bool wants_more(std::string_view input) {
  if (input.size() > kMaxReplInputBytes) return false;
  switch (kind_of(input)) {
    case InputKind::kNothing: return false;
    case InputKind::kCommand: return is_open_file(input);
    case InputKind::kDeclarations:
    case InputKind::kLines:
    case InputKind::kExpression: return brackets_of(input) == Brackets::kOpen;
  }
  return false;
}

FirstWord first_word(std::string_view text) {
  const std::string whole = trimmed(text);
  const std::size_t end = std::min(whole.find_first_of(" \t\n"), whole.size());
  return {whole.substr(0, end), trimmed(std::string_view(whole).substr(end))};
}

std::vector<std::string> inputs_of(std::string_view text) {
  std::vector<std::string> inputs;
  std::string pending;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    pending += (pending.empty() ? "" : "\n") + std::string(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!text.empty() && wants_more(pending)) continue;
    inputs.push_back(std::move(pending));
    pending.clear();
  }
  return inputs;
}

std::string record_text(const ir::TypeTable& types, ir::Type record, const ir::Items& fields) {
  const std::vector<ir::Field>& declared = types.record_at(record).fields;
  std::string text;
  for (std::size_t i = 0; i < declared.size() && i < fields.size(); ++i) {
    const std::string value = literal_text(types, declared[i].type, fields[i]);
    if (!value.empty()) text += (text.empty() ? "" : ", ") + declared[i].name + ": " + value;
  }
  return text.empty() ? "{}" : "{ " + text + " }";
}

std::string literal_text(const ir::TypeTable& types, ir::Type type, const ir::Value& value) {
  if (value.missing() || value.get<Instant>() != nullptr) return {};
  if (const auto* list = value.get<ir::List>()) return list_text(types, type, *list->items);
  if (const auto* record = value.get<ir::Record>())
    return record_text(types, type, *record->fields);
  if (const auto* part = value.get<Decimal>(); part != nullptr && type.kind == ir::Kind::kPercent)
    return Decimal::from_millionths(part->millionths() * 100).to_string() + " %";
  if (const auto* exact = value.get<Duration>()) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*exact);
    if (seconds != *exact || seconds.count() < 0) return {};
    return std::to_string(seconds.count()) + " seconds";
  }
  return ir::to_string(value);
}

std::string value_text(const ir::TypeTable& types, ir::Type type, const ir::Value& value) {
  if (value.get<Duration>() != nullptr) return ir::to_string(value);
  const std::string text = literal_text(types, type, value);
  return text.empty() ? ir::to_string(value) : text;
}

}  // namespace trig::drive
