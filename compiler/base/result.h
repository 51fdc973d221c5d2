// Result<T>: a value, or a Failure that tells a person what the outside world refused and why.
// User mistakes in .trig files are Diagnostics instead; bugs in trig are TRIG_CHECK.
//
//   Result<std::string> text = read_file(path);
//   if (!text) return fail("cannot read {}: {}", path, text.error().message);
#pragma once

#include <fmt/format.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace trig {

struct Failure {
  std::string message;  // lower case, no full stop, names the thing that failed
};

template <typename T>
using Result = tl::expected<T, Failure>;
using Status = Result<void>;

template <typename... Args>
tl::unexpected<Failure> fail(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Failure>(Failure{fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace trig
