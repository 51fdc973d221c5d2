// Where in an HTML document an output stands, and what its data must become there so that it stays
// data. Follows the tokenizer of the HTML standard (https://html.spec.whatwg.org/#tokenization) as
// far as mail templates need it.
//
//   HtmlContext context;
//   context.feed("<a href=\"");
//   context.safe("javascript:alert(1)", Trust::kData);   // "#"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/liquid/data.h"

namespace trig::liquid {

class HtmlContext {
 public:
  // Goes on over HTML that was printed.
  void feed(std::string_view html);

  // `text` as it can be printed at this place: escaped in text and in quoted attributes; an address
  // that would run code replaced by "#"; reduced to harmless characters inside a tag, a script, a
  // style or an event handler, where escaping does not help. The author's own text stays as it is.
  std::string safe(std::string_view text, Trust trust) const;

 private:
  enum class State : std::uint8_t {
    kText,
    kTagOpen,  // behind <
    kTagName,
    kInTag,  // between attributes
    kAttributeName,
    kAfterName,    // before =
    kBeforeValue,  // behind =
    kQuotedValue,
    kBareValue,
    kDeclaration,  // <!…>
    kComment,
    kRawText,  // inside script or style
  };

  void step(char c);
  void step_in_tag(char c);
  void keep(char c);
  void end_tag();
  bool takes_address() const;
  bool takes_code() const;

  State state_ = State::kText;
  char quote_ = 0;
  bool closing_ = false;
  std::string tag_;
  std::string attribute_;
  std::string value_;  // the beginning of the attribute's value
  std::string tail_;   // the last characters of a comment, declaration or raw text
};

}  // namespace trig::liquid
