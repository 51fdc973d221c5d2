// What goes wrong while a template is rendered. Thrown inside this library and turned into a
// Failure at its edge (render in template.h); it never leaves.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace trig::liquid {

class RenderError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A bound was reached: never shown inline, always ends the rendering.
class BoundError : public RenderError {
 public:
  using RenderError::RenderError;
};

template <typename... Args>
[[noreturn]] void throw_error(fmt::format_string<Args...> format, Args&&... args) {
  throw RenderError(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace trig::liquid
