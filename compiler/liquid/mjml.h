// Templates written in MJML (https://mjml.io): `welcome.mjml.liquid` holds settings and MJML with
// Liquid in it. The module `mjml` makes HTML of the MJML before Liquid is run; compiler/project
// puts that beside the template as a file of the project. What is checked is what the author wrote;
// what is rendered is the HTML.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/text_range.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig::liquid {

constexpr bool is_mjml(std::string_view path) { return path.ends_with(".mjml.liquid"); }
// The file with the HTML of a template: "templates/welcome.mjml.liquid.html".
std::string mjml_output_path(std::string_view path);

// The MJML alone: the settings are blanked, so that lines keep their numbers.
std::string mjml_of(const std::string& text);
// The template that is rendered: the settings of `text`, then the HTML.
std::string with_html(const std::string& text, std::string_view html);

// The first tag or output of the template that is not in the HTML: MJML leaves out text that stands
// between its elements.
std::optional<TextRange> left_out(SourceId source, const std::string& text, std::string_view html);

}  // namespace trig::liquid
