// How wide a text is when it is drawn: by the widths of Helvetica's characters (Adobe's font
// metrics, Helvetica.afm), widened so that the fonts a reader's machine has instead of it fit too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trig::diagram {

enum class Style : std::uint8_t { kHeading, kName, kKicker, kTitle, kLine, kSmall, kCount };

struct Font {
  double size;         // in pixels
  double line_height;  // likewise
  bool bold;
  double spacing;  // between letters
};
Font font_of(Style style);

double width_of(std::string_view text, Style style);

// Lines of at most `width`, broken at blanks; a word that is too long is broken inside, a text of
// more than `most` lines ends with an ellipsis.
std::vector<std::string> wrapped(std::string_view text, Style style, double width,
                                 std::size_t most = 6);

}  // namespace trig::diagram
