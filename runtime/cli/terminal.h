// What commands share about the terminal they speak to.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace trig::cli {

enum class Stream { kOutput, kError };

// Colour is for terminals, unless NO_COLOR is set (https://no-color.org) or the terminal is dumb.
bool wants_color(Stream stream);

// "trig: there is no folder x" to the error stream; gives kCouldNotRun.
int could_not_run(const Failure& failure);
int could_not_run(std::string_view message);

// "1 error", "3 errors".
std::string counted(std::size_t count, std::string_view noun);

// The whole of a file, or of the standard input for "-".
Result<std::string> read_text(const std::string& path);

}  // namespace trig::cli
