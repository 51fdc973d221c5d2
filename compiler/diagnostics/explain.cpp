#include <string>

#include "compiler/base/embedded.h"
#include "compiler/diagnostics/render.h"

namespace trig {

extern const EmbeddedFile k_explain_pages[];
extern const std::size_t k_explain_pages_count;

std::string_view explain_page(Code code) {
  std::string file = std::string(info_of(code).code) + ".md";
  for (std::size_t i = 0; i < k_explain_pages_count; ++i)
    if (k_explain_pages[i].name == file) return k_explain_pages[i].text;
  return {};
}

}  // namespace trig
