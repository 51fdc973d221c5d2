// HTML character references (https://html.spec.whatwg.org/#named-character-references): those that
// mails use. An unknown one stays as it is written.
#include <algorithm>
#include <array>
#include <charconv>

#include "compiler/liquid/html_to_text.h"
#include "compiler/liquid/utf8.h"

namespace trig::liquid {
namespace {

struct Entity {
  std::string_view name;
  char32_t code;
};

constexpr std::array kEntities = {
    Entity{"amp", U'&'},         Entity{"lt", U'<'},          Entity{"gt", U'>'},
    Entity{"quot", U'"'},        Entity{"apos", U'\''},       Entity{"nbsp", U'\u00a0'},
    Entity{"copy", U'\u00a9'},   Entity{"reg", U'\u00ae'},    Entity{"trade", U'\u2122'},
    Entity{"hellip", U'\u2026'}, Entity{"mdash", U'\u2014'},  Entity{"ndash", U'\u2013'},
    Entity{"lsquo", U'\u2018'},  Entity{"rsquo", U'\u2019'},  Entity{"ldquo", U'\u201c'},
    Entity{"rdquo", U'\u201d'},  Entity{"laquo", U'\u00ab'},  Entity{"raquo", U'\u00bb'},
    Entity{"bull", U'\u2022'},   Entity{"middot", U'\u00b7'}, Entity{"times", U'\u00d7'},
    Entity{"euro", U'\u20ac'},   Entity{"pound", U'\u00a3'},  Entity{"yen", U'\u00a5'},
    Entity{"cent", U'\u00a2'},   Entity{"sect", U'\u00a7'},   Entity{"deg", U'\u00b0'},
    Entity{"shy", U'\u00ad'},    Entity{"zwnj", U'\u200c'},   Entity{"zwj", U'\u200d'},
    Entity{"rarr", U'\u2192'},   Entity{"larr", U'\u2190'},   Entity{"auml", U'\u00e4'},
    Entity{"ouml", U'\u00f6'},   Entity{"uuml", U'\u00fc'},   Entity{"Auml", U'\u00c4'},
    Entity{"Ouml", U'\u00d6'},   Entity{"Uuml", U'\u00dc'},   Entity{"szlig", U'\u00df'},
    Entity{"eacute", U'\u00e9'}, Entity{"egrave", U'\u00e8'}, Entity{"agrave", U'\u00e0'},
    Entity{"ccedil", U'\u00e7'}, Entity{"ecirc", U'\u00ea'},  Entity{"ntilde", U'\u00f1'}};

constexpr std::size_t kLongestEntity = 10;

// The character a reference stands for; 0 if it is none.
char32_t code_of(std::string_view name) {
  if (name.size() >= 2 && name[0] == '#') {
    bool hex = name[1] == 'x' || name[1] == 'X';
    std::string_view digits = name.substr(hex ? 2 : 1);
    std::uint32_t code = 0;
    auto result =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    bool whole = result.ec == std::errc() && result.ptr == digits.data() + digits.size();
    bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return whole && code <= 0x10ffff && !surrogate ? code : 0;
  }
  auto found = std::find_if(kEntities.begin(), kEntities.end(),
                            [&](const Entity& entity) { return entity.name == name; });
  return found == kEntities.end() ? 0 : found->code;
}

}  // namespace

std::string decode_entities(std::string_view html) {
  std::string out;
  for (std::size_t i = 0; i < html.size();) {
    const std::size_t reference = std::min(html.find('&', i), html.size());
    out += html.substr(i, reference - i);
    i = reference;
    if (i == html.size()) break;
    std::size_t end = html.find(';', i);
    bool near = end != std::string_view::npos && end - i <= kLongestEntity;
    char32_t code = near ? code_of(html.substr(i + 1, end - i - 1)) : 0;
    if (code == 0) {
      out += html[i++];
    } else {
      append_utf8(out, code);
      i = end + 1;
    }
  }
  return out;
}

}  // namespace trig::liquid
