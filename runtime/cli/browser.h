// A picture of a page, by a Chromium without a window where there is one.
#pragma once

#include <string>

#include "compiler/base/result.h"

namespace trig::cli {

// The bytes of a PNG as wide as `width` and as high as the page. Failure: no browser in PATH (nor
// in the variable TRIG_BROWSER), or it does not draw.
Result<std::string> picture_of_page(const std::string& html, int width);

}  // namespace trig::cli
