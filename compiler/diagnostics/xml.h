// Text inside XML 1.0, for JUnit files.
#pragma once

#include <string>
#include <string_view>

namespace trig {

// Escapes what means something in XML; characters that XML cannot hold become `?`.
std::string xml_text(std::string_view text);

}  // namespace trig
