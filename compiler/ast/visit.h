// visit(variant, functions…): std::visit with a function a kind, so that a kind nobody handles
// stops the build.
#pragma once

#include <utility>
#include <variant>

namespace trig::ast {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

template <typename Variant, typename... Functions>
decltype(auto) visit(Variant&& variant, Functions&&... functions) {
  return std::visit(Overloaded<std::decay_t<Functions>...>{std::forward<Functions>(functions)...},
                    std::forward<Variant>(variant));
}

}  // namespace trig::ast
