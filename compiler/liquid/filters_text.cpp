// Filters that make text out of text.
#include <clocale>
#include <cwctype>

#include "compiler/liquid/filter_support.h"
#include "compiler/liquid/number.h"
#include "compiler/liquid/utf8.h"

namespace trig::liquid::filters {
namespace {

constexpr std::string_view kSpaces(" \t\r\n\f\v\0", 7);

// The C library's Unicode tables, whatever the process's locale is.
locale_t unicode_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

enum class Case { kUpper, kLower };

std::string change_case(std::string_view text, Case to) {
  std::string out;
  out.reserve(text.size());
  locale_t locale = unicode_locale();
  for (std::size_t at = 0; at < text.size();) {
    std::size_t begin = at;
    char32_t code = decode_utf8(text, at);
    if (at - begin == 1 && code >= 0x80) {  // not UTF-8
      out += text[begin];
      continue;
    }
    auto wide = static_cast<std::wint_t>(code);
    if (locale) wide = to == Case::kUpper ? towupper_l(wide, locale) : towlower_l(wide, locale);
    append_utf8(out, static_cast<char32_t>(wide));
  }
  return out;
}

std::string strip_left(std::string_view text) {
  std::size_t first = text.find_first_not_of(kSpaces);
  return first == std::string_view::npos ? "" : std::string(text.substr(first));
}

std::string strip_right(std::string_view text) {
  std::size_t last = text.find_last_not_of(kSpaces);
  return last == std::string_view::npos ? "" : std::string(text.substr(0, last + 1));
}

// All occurrences. An empty pattern is found before every character and at the end.
std::string replace_all(const std::string& text, const std::string& pattern,
                        const std::string& replacement) {
  std::string out;
  if (pattern.empty()) {
    check_text_size(text.size() + (character_count(text) + 1) * replacement.size());
    for (std::size_t at = 0; at < text.size();) {
      std::string_view character = characters(std::string_view(text).substr(at), 0, 1);
      out.append(replacement).append(character);
      at += character.size();
    }
    return out + replacement;
  }
  std::size_t from = 0;
  for (std::size_t at = text.find(pattern); at != std::string::npos;
       at = text.find(pattern, from)) {
    out.append(text, from, at - from).append(replacement);
    check_text_size(out.size());
    from = at + pattern.size();
  }
  return out.append(text, from);
}

std::string replace_at(std::string text, std::size_t at, std::size_t size,
                       const std::string& replacement) {
  if (at != std::string::npos) text.replace(at, size, replacement);
  return text;
}

// Without everything from `open` to `close`, as often as both occur.
std::string without_blocks(std::string text, std::string_view open, std::string_view close) {
  std::string out;
  std::size_t from = 0;
  while (true) {
    std::size_t begin = text.find(open, from);
    std::size_t end = begin == std::string::npos ? begin : text.find(close, begin + open.size());
    if (end == std::string::npos) return out.append(text, from);
    out.append(text, from, begin - from);
    from = end + close.size();
  }
}

List split_words(const std::string& text, Trust trust) {
  List words;
  std::size_t at = text.find_first_not_of(kSpaces);
  while (at != std::string::npos) {
    std::size_t end = std::min(text.find_first_of(kSpaces, at), text.size());
    words.push_back(Data::text(text.substr(at, end - at), trust));
    at = text.find_first_not_of(kSpaces, end);
  }
  return words;
}

}  // namespace

Data append(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return text_result(to_text(input) + to_text(arguments[0]), input, arguments[0]);
}

Data prepend(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return text_result(to_text(arguments[0]) + to_text(input), input, arguments[0]);
}

Data upcase(const Data& input, const FilterArguments&, const FilterContext&) {
  return text_result(change_case(to_text(input), Case::kUpper), input);
}

Data downcase(const Data& input, const FilterArguments&, const FilterContext&) {
  return text_result(change_case(to_text(input), Case::kLower), input);
}

Data capitalize(const Data& input, const FilterArguments&, const FilterContext&) {
  std::string text = to_text(input);
  std::string_view first = characters(text, 0, 1);
  return text_result(change_case(first, Case::kUpper) +
                         change_case(std::string_view(text).substr(first.size()), Case::kLower),
                     input);
}

Data escape(const Data& input, const FilterArguments&, const FilterContext&) {
  if (input.is_nil()) return {};
  std::string text = escape_html(to_text(input));
  check_text_size(text.size());
  return Data::text(std::move(text), Trust::kMarkup);
}

Data escape_once(const Data& input, const FilterArguments&, const FilterContext&) {
  std::string text = to_text(input);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t end = i + 1;
    bool number = end < text.size() && text[end] == '#';
    if (number) ++end;
    std::size_t first = end;
    auto fits = [&](char c) {
      return number ? c >= '0' && c <= '9' : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    while (end < text.size() && fits(text[end])) ++end;
    bool entity = text[i] == '&' && end > first && end < text.size() && text[end] == ';';
    out += entity ? std::string(1, '&') : escape_html(std::string_view(text).substr(i, 1));
  }
  check_text_size(out.size());
  return Data::text(std::move(out), Trust::kMarkup);
}

Data raw(const Data& input, const FilterArguments&, const FilterContext&) {
  return Data::text(to_text(input), Trust::kTemplate);
}

Data newline_to_br(const Data& input, const FilterArguments&, const FilterContext& context) {
  std::string text = to_text(input);
  bool escapes = context.html && input.trust() == Trust::kData;
  if (escapes) text = escape_html(text);
  text = replace_all(replace_all(text, "\r\n", "\n"), "\n", "<br />\n");
  check_text_size(text.size());
  return Data::text(std::move(text), escapes ? Trust::kMarkup : input.trust());
}

Data strip(const Data& input, const FilterArguments&, const FilterContext&) {
  return text_result(strip_left(strip_right(to_text(input))), input);
}

Data lstrip(const Data& input, const FilterArguments&, const FilterContext&) {
  return text_result(strip_left(to_text(input)), input);
}

Data rstrip(const Data& input, const FilterArguments&, const FilterContext&) {
  return text_result(strip_right(to_text(input)), input);
}

Data squish(const Data& input, const FilterArguments&, const FilterContext&) {
  if (input.is_nil()) return {};
  std::string out;
  for (const Data& word : split_words(to_text(input), input.trust()))
    out += (out.empty() ? "" : " ") + *word.as_text();
  return text_result(std::move(out), input);
}

Data strip_newlines(const Data& input, const FilterArguments&, const FilterContext&) {
  return text_result(replace_all(replace_all(to_text(input), "\r\n", ""), "\n", ""), input);
}

Data strip_html(const Data& input, const FilterArguments&, const FilterContext&) {
  std::string text = to_text(input);
  text = without_blocks(std::move(text), "<script", "</script>");
  text = without_blocks(std::move(text), "<!--", "-->");
  text = without_blocks(std::move(text), "<style", "</style>");
  return text_result(without_blocks(std::move(text), "<", ">"), input);
}

Data replace(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return text_result(replace_all(to_text(input), to_text(arguments[0]), to_text(arguments[1])),
                     input, arguments.size() > 1 ? arguments[1] : input);
}

Data replace_first(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  std::string text = to_text(input);
  std::string pattern = to_text(arguments[0]);
  std::size_t at = text.find(pattern);
  return text_result(replace_at(std::move(text), at, pattern.size(), to_text(arguments[1])), input,
                     arguments.size() > 1 ? arguments[1] : input);
}

Data replace_last(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  std::string text = to_text(input);
  std::string pattern = to_text(arguments[0]);
  std::size_t at = text.rfind(pattern);
  return text_result(replace_at(std::move(text), at, pattern.size(), to_text(arguments[1])), input,
                     arguments[1]);
}

Data remove(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return text_result(replace_all(to_text(input), to_text(arguments[0]), ""), input);
}

Data remove_first(const Data& input, const FilterArguments& arguments,
                  const FilterContext& context) {
  return replace_first(input, {{arguments[0]}, {}}, context);
}

Data remove_last(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  std::string text = to_text(input);
  std::string pattern = to_text(arguments[0]);
  std::size_t at = text.rfind(pattern);
  return text_result(replace_at(std::move(text), at, pattern.size(), ""), input);
}

Data split(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  std::string text = to_text(input);
  std::string pattern = to_text(arguments[0]);
  if (pattern == " ") return Data::list(split_words(text, input.trust()));
  List parts;
  std::size_t from = 0;
  while (from < text.size()) {
    std::size_t end = pattern.empty()
                          ? from + characters(std::string_view(text).substr(from), 0, 1).size()
                          : std::min(text.find(pattern, from), text.size());
    parts.push_back(Data::text(text.substr(from, end - from), input.trust()));
    check_item_count(parts.size());
    from = end + pattern.size();
  }
  while (!parts.empty() && parts.back().as_text()->empty()) parts.pop_back();
  return Data::list(std::move(parts));
}

Data slice(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  std::int64_t offset = to_integer(arguments[0]);
  std::int64_t length = arguments[1].truthy() ? to_integer(arguments[1]) : 1;
  const List* list = input.as_list();
  std::string text = list ? "" : to_text(input);
  auto size = static_cast<std::int64_t>(list ? list->size() : character_count(text));
  if (offset < 0) offset += size;
  bool outside = offset < 0 || offset > size || length < 0;
  std::int64_t count = outside ? 0 : std::min(length, size - offset);
  auto begin = static_cast<std::size_t>(outside ? 0 : offset);
  if (!list)
    return text_result(std::string(characters(text, begin, static_cast<std::size_t>(count))),
                       input);
  auto first = list->begin() + static_cast<std::ptrdiff_t>(begin);
  return Data::list(List(first, first + count));
}

Data truncate(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  if (input.is_nil()) return {};
  std::string text = to_text(input);
  std::int64_t length = arguments.size() > 0 ? to_integer(arguments[0]) : 50;
  std::string ending = arguments.size() > 1 ? to_text(arguments[1]) : "...";
  if (static_cast<std::int64_t>(character_count(text)) <= length)
    return text_result(std::move(text), input);
  std::int64_t kept =
      std::max<std::int64_t>(0, length - static_cast<std::int64_t>(character_count(ending)));
  return text_result(std::string(characters(text, 0, static_cast<std::size_t>(kept))) + ending,
                     input);
}

Data truncatewords(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  if (input.is_nil()) return {};
  std::string text = to_text(input);
  std::int64_t count = arguments.size() > 0 ? to_integer(arguments[0]) : 15;
  auto kept = static_cast<std::size_t>(std::max<std::int64_t>(1, count));
  List words = split_words(text, input.trust());
  if (words.size() <= kept) return text_result(std::move(text), input);
  std::string out;
  for (std::size_t i = 0; i < kept; ++i) out += (i ? " " : "") + *words[i].as_text();
  return text_result(out + (arguments.size() > 1 ? to_text(arguments[1]) : "..."), input);
}

}  // namespace trig::liquid::filters
