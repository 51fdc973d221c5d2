// Dialogues with the REPL as text: an input stands behind `> `, its further lines behind `... `,
// and what comes back below it. A line `…` stands for any lines.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/drive/session.h"

namespace trig::golden {

struct Exchange {
  std::size_t line = 0;  // of the text, 1-based
  std::string input;
  std::string answer;  // without blank lines and blanks at line ends
};
std::vector<Exchange> exchanges_of(const std::string& text);

// The project in the folder; empty: none.
std::unique_ptr<drive::Session> session_of(const std::filesystem::path& folder);
// As it is shown.
std::string shown(const drive::Answer& answer);
std::string as_input(const std::string& input);  // "> a\n... b\n"

// What a page shows of the REPL and does not come so. ```repl FOLDER begins a dialogue with a
// project, by its path from `root`; ```repl alone goes on with the last one of the page, at first
// with none.
std::vector<std::string> wrong_answers(const std::string& page, const std::filesystem::path& root);

}  // namespace trig::golden
