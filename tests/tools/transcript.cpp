#include "tests/tools/transcript.h"

#include <fmt/format.h>

#include <sstream>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"
#include "compiler/project/files.h"

namespace trig::golden {
namespace {

constexpr std::string_view kAnyLines = "…";

std::vector<std::string> lines_without_blanks(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    line.erase(line.find_last_not_of(' ') + 1);
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

bool fits(const std::vector<std::string>& wanted, const std::vector<std::string>& got,
          std::size_t w = 0, std::size_t g = 0) {
  if (w == wanted.size()) return g == got.size();
  if (wanted[w] == kAnyLines) {
    for (std::size_t next = g; next <= got.size(); ++next)
      if (fits(wanted, got, w + 1, next)) return true;
    return false;
  }
  return g < got.size() && wanted[w] == got[g] && fits(wanted, got, w + 1, g + 1);
}

}  // namespace

std::vector<Exchange> exchanges_of(const std::string& text) {
  std::vector<Exchange> exchanges;
  std::istringstream in(text);
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("> "))
      exchanges.push_back({number, line.substr(2), ""});
    else if (exchanges.empty())
      continue;
    else if (line.starts_with("... "))
      exchanges.back().input += "\n" + line.substr(4);
    else
      exchanges.back().answer += line + "\n";
  }
  return exchanges;
}

std::unique_ptr<drive::Session> session_of(const std::filesystem::path& folder) {
  project::Files files = drive::empty_project();
  if (!folder.empty()) {
    Diagnostics unread;
    auto read = project::read_folder(folder.string(), {kMaxProjectFiles, kMaxProjectBytes}, unread);
    if (!read) return nullptr;
    files = std::move(*read);
  }
  auto session = drive::Session::open(std::move(files), folder.string(), {});
  return session ? std::move(*session) : nullptr;
}

std::string shown(const drive::Answer& answer) {
  return answer.text + render_text(answer.diagnostics, answer.sources, {});
}

std::string as_input(const std::string& input) {
  std::string text;
  std::istringstream in(input);
  for (std::string line; std::getline(in, line);)
    text += (text.empty() ? "> " : "... ") + line + "\n";
  return text;
}

std::vector<std::string> wrong_answers(const std::string& page, const std::filesystem::path& root) {
  std::vector<std::string> wrong;
  std::unique_ptr<drive::Session> session;
  std::istringstream in(page);
  std::size_t number = 0;
  std::size_t begin = 0;
  std::string block;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!inside && (line == "```repl" || line.starts_with("```repl "))) {
      inside = true;
      begin = number;
      block.clear();
      if (line.size() > 8) session = session_of(root / line.substr(8));
      if (line.size() <= 8 && !session) session = session_of({});
      if (!session) wrong.push_back(fmt::format("{}: there is no such project", number));
    } else if (inside && line.starts_with("```")) {
      inside = false;
      for (const Exchange& one : exchanges_of(session ? block : std::string())) {
        const std::string got = shown(session->take(one.input));
        if (!fits(lines_without_blanks(one.answer), lines_without_blanks(got)))
          wrong.push_back(fmt::format("{}: {}\nexpected\n{}got\n{}", begin + one.line, one.input,
                                      one.answer, got));
      }
    } else if (inside) {
      block += line + "\n";
    }
  }
  return wrong;
}

}  // namespace trig::golden
