#include "compiler/liquid/html_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/base/ascii.h"
#include "compiler/liquid/filter_support.h"
#include "compiler/liquid/html_to_text.h"

namespace trig::liquid {
namespace {

constexpr std::size_t kKeptValue = 64;  // enough to see a scheme in
constexpr std::size_t kKeptTail = 9;    // "</script" and one more

bool is_plain(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '_' || (c & 0x80) != 0;
}

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

// As a browser reads a scheme: without control characters and spaces before and inside it.
bool runs_code(std::string_view address) {
  std::string plain;
  for (char c : address) {
    if (static_cast<unsigned char>(c) <= 0x20) continue;
    plain += to_lower(c);
    if (plain.size() == kKeptValue) break;
  }
  for (std::string_view scheme : {"javascript:", "vbscript:", "data:"})
    if (plain.substr(0, scheme.size()) == scheme) return true;
  return false;
}

// What cannot leave a place where HTML escaping means nothing.
std::string harmless(std::string_view text, std::string_view also) {
  std::string out;
  for (char c : text)
    if (is_plain(c) || also.find(c) != std::string_view::npos) out += c;
  return out;
}

// For an attribute without quotes: a character reference stays within the value.
std::string bare_value(std::string_view html) {
  std::string out;
  for (char c : html) {
    if (is_html_space(c) || c == '"' || c == '\'' || c == '=' || c == '<' || c == '>' || c == '`')
      out += fmt::format("&#{};", static_cast<int>(c));
    else
      out += c;
  }
  return out;
}

}  // namespace

void HtmlContext::feed(std::string_view html) {
  for (std::size_t at = 0; at < html.size(); ++at) {
    if (state_ == State::kText) {  // most of a mail: go to the next tag
      at = html.find('<', at);
      if (at == std::string_view::npos) return;
    }
    step(html[at]);
  }
}

void HtmlContext::step(char c) {
  switch (state_) {
    case State::kText:
      if (c == '<') state_ = State::kTagOpen;
      break;
    case State::kTagOpen:
      tag_.clear();
      tail_.clear();
      closing_ = c == '/';
      if (c == '!') {
        state_ = State::kDeclaration;
      } else if (is_letter(c) || closing_) {
        state_ = State::kTagName;
        if (!closing_) tag_ += to_lower(c);
      } else if (c != '<') {
        state_ = State::kText;
      }
      break;
    case State::kDeclaration:
      tail_ += c;
      if (tail_ == "--") state_ = State::kComment;
      if (c == '>') state_ = State::kText;
      break;
    case State::kComment:
      tail_ = (tail_ + c).substr(tail_.size() >= kKeptTail ? 1 : 0);
      if (ends_with(tail_, "-->") || ends_with(tail_, "--!>")) state_ = State::kText;
      break;
    case State::kRawText:
      tail_ = (tail_ + to_lower(c)).substr(tail_.size() >= kKeptTail ? 1 : 0);
      if (ends_with(tail_, "</" + tag_)) {
        closing_ = true;
        state_ = State::kInTag;
      }
      break;
    default: step_in_tag(c);
  }
}

void HtmlContext::step_in_tag(char c) {
  bool ends_name = is_html_space(c) || c == '/' || c == '>';
  switch (state_) {
    case State::kTagName:
      if (!ends_name)
        tag_ += to_lower(c);
      else
        state_ = State::kInTag;
      if (c == '>') end_tag();
      return;
    case State::kQuotedValue:
      if (c == quote_)
        state_ = State::kInTag;
      else
        keep(c);
      return;
    case State::kBareValue:
      if (c == '>')
        end_tag();
      else if (is_html_space(c))
        state_ = State::kInTag;
      else
        keep(c);
      return;
    case State::kBeforeValue:
      if (is_html_space(c)) return;
      if (c == '>') return end_tag();
      quote_ = c;
      state_ = c == '"' || c == '\'' ? State::kQuotedValue : State::kBareValue;
      if (state_ == State::kBareValue) keep(c);
      return;
    default: break;  // kInTag, kAttributeName, kAfterName
  }
  if (c == '>') {
    end_tag();
  } else if (c == '=') {
    value_.clear();
    state_ = State::kBeforeValue;
  } else if (ends_name) {
    state_ = state_ == State::kInTag ? State::kInTag : State::kAfterName;
  } else {
    if (state_ != State::kAttributeName) attribute_.clear();
    state_ = State::kAttributeName;
    attribute_ += to_lower(c);
  }
}

// Spaces and control characters say nothing of a scheme, and must not push it out of sight.
void HtmlContext::keep(char c) {
  if (value_.size() < kKeptValue && static_cast<unsigned char>(c) > 0x20) value_ += c;
}

void HtmlContext::end_tag() {
  bool raw = !closing_ && (tag_ == "script" || tag_ == "style");
  tail_.clear();
  state_ = raw ? State::kRawText : State::kText;
}

bool HtmlContext::takes_address() const {
  constexpr std::array kAddresses = {"href",       "src",      "action", "formaction",
                                     "background", "cite",     "poster", "data",
                                     "xlink:href", "longdesc", "srcset", "ping"};
  return std::find(kAddresses.begin(), kAddresses.end(), attribute_) != kAddresses.end();
}

bool HtmlContext::takes_code() const {
  return attribute_ == "style" || attribute_ == "srcdoc" || attribute_.substr(0, 2) == "on";
}

std::string HtmlContext::safe(std::string_view text, Trust trust) const {
  if (trust == Trust::kTemplate) return std::string(text);
  std::string html = trust == Trust::kMarkup ? std::string(text) : escape_html(text);
  switch (state_) {
    case State::kText:
    case State::kComment: return html;
    case State::kRawText: return harmless(text, " .,#%/+");
    case State::kBeforeValue:
    case State::kBareValue:
    case State::kQuotedValue:
      if (takes_code()) return harmless(text, " .,#%/+");
      // A value that has been fed beyond what is kept has its scheme already.
      if (takes_address() && value_.size() < kKeptValue &&
          runs_code(decode_entities(value_ + html)))
        return value_.empty() ? "#" : "";
      return state_ == State::kQuotedValue ? html : bare_value(html);
    case State::kTagOpen:
    case State::kTagName:
    case State::kInTag:
    case State::kAttributeName:
    case State::kAfterName:
    case State::kDeclaration: return harmless(text, "");
  }
  return {};
}

}  // namespace trig::liquid
