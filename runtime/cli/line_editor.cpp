#include "runtime/cli/line_editor.h"

#include <fmt/format.h>
#include <histedit.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cwchar>

#include "runtime/cli/limits.h"
#include "runtime/ports/limits.h"

namespace trig::cli {
namespace {

volatile sig_atomic_t interrupted = 0;
void note_interrupt(int) { interrupted = 1; }

// One character of the terminal: 1, 0 at the end, -1 when interrupted. Bytes that are no character
// are left out.
int read_character(EditLine*, wchar_t* character) {
  std::mbstate_t state{};
  for (;;) {
    char byte = 0;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got == 0) return 0;
    if (got < 0) {
      if (errno == EINTR && interrupted == 0) continue;  // the window changed its size
      return -1;
    }
    const std::size_t read = std::mbrtowc(character, &byte, 1, &state);
    if (read == static_cast<std::size_t>(-1)) state = {};
    if (read == 0 || read == 1) return 1;
  }
}

std::string common_beginning(const std::vector<std::string>& words) {
  std::string common = words.front();
  for (const std::string& word : words) {
    const auto [end, other] = std::mismatch(common.begin(), common.end(), word.begin(), word.end());
    common.erase(end, common.end());
  }
  return common;
}

}  // namespace

struct LineEditor::Impl {
  std::string history_path;
  Complete complete;
  std::string prompt;
  EditLine* editor = nullptr;
  History* history = nullptr;
  HistEvent event{};
  struct sigaction before {};  // what Ctrl-C did

  static Impl& of(EditLine* editor) {
    void* data = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &data);
    return *static_cast<Impl*>(data);
  }
  static char* show_prompt(EditLine* editor) { return of(editor).prompt.data(); }
  static unsigned char on_tab(EditLine* editor, int) { return of(editor).offer(); }

  unsigned char offer() {
    const LineInfo* line = ::el_line(editor);
    const std::string text(line->buffer, line->cursor);
    if (text.find_first_not_of(' ') == std::string::npos) {
      ::el_insertstr(editor, "  ");
      return CC_REFRESH;
    }
    const std::vector<std::string> words = complete(text);
    if (words.empty()) return CC_ERROR;
    // How much of the word is there already: the longest end of the text that begins all of them.
    const std::string common = common_beginning(words);
    std::size_t there = std::min(common.size(), text.size());
    while (there > 0 && !text.ends_with(common.substr(0, there))) --there;
    std::string rest = common.substr(there);
    if (words.size() == 1) rest += " ";
    if (!rest.empty()) {
      ::el_insertstr(editor, rest.c_str());
      return CC_REFRESH;
    }
    fmt::print("\n");
    for (std::size_t i = 0; i < words.size() && i < kMaxOffered; ++i)
      fmt::print("{}{}", i == 0 ? "" : "  ", words[i]);
    fmt::print("{}\n", words.size() > kMaxOffered ? "  …" : "");
    std::fflush(stdout);
    return CC_REDISPLAY;
  }
};

LineEditor::LineEditor(const std::string& history, Complete complete)
    : impl_(std::make_unique<Impl>()) {
  // Ctrl-C gives up the line that is being read; what was typed before is not lost by it.
  struct sigaction action {};
  action.sa_handler = note_interrupt;  // without SA_RESTART: the read comes back
  ::sigaction(SIGINT, &action, &impl_->before);
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  impl_->history_path = history;
  impl_->complete = std::move(complete);
  impl_->editor = ::el_init("trig", stdin, stdout, stderr);
  impl_->history = ::history_init();
  ::history(impl_->history, &impl_->event, H_SETSIZE, static_cast<int>(kMaxReplHistory));
  ::history(impl_->history, &impl_->event, H_SETUNIQUE, 1);
  if (!history.empty()) ::history(impl_->history, &impl_->event, H_LOAD, history.c_str());
  ::el_set(impl_->editor, EL_CLIENTDATA, impl_.get());
  ::el_set(impl_->editor, EL_EDITOR, "emacs");
  ::el_set(impl_->editor, EL_SIGNAL, 0);
  ::el_set(impl_->editor, EL_GETCFN, read_character);
  ::el_set(impl_->editor, EL_PROMPT_ESC, Impl::show_prompt, '\1');
  ::el_set(impl_->editor, EL_HIST, ::history, impl_->history);
  ::el_set(impl_->editor, EL_ADDFN, "trig-complete", "completes a word", Impl::on_tab);
  ::el_set(impl_->editor, EL_BIND, "^I", "trig-complete", nullptr);
  ::el_set(impl_->editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  ::el_source(impl_->editor, nullptr);
}

LineEditor::~LineEditor() {
  ::history_end(impl_->history);
  ::el_end(impl_->editor);
  ::sigaction(SIGINT, &impl_->before, nullptr);
}

LineEditor::Read LineEditor::read(const std::string& prompt, bool color, std::string& line) {
  // libedit prints a sequence with the character behind it: the blank must be that.
  const std::string sign = prompt.substr(0, prompt.size() - 1);
  impl_->prompt = color ? fmt::format("\1\033[1;36m\1{}\1\033[0m\1 ", sign) : prompt;
  interrupted = 0;
  int count = 0;
  const char* text = ::el_gets(impl_->editor, &count);
  if (interrupted != 0) {
    fmt::print("^C\n");
    ::el_reset(impl_->editor);
    return Read::kInterrupted;
  }
  if (text == nullptr || count <= 0) return Read::kEnd;
  line.assign(text, static_cast<std::size_t>(count));
  if (!line.empty() && line.back() == '\n') line.pop_back();
  return Read::kLine;
}

void LineEditor::remember(const std::string& input) {
  ::history(impl_->history, &impl_->event, H_ENTER, input.c_str());
  if (!impl_->history_path.empty())
    ::history(impl_->history, &impl_->event, H_SAVE, impl_->history_path.c_str());
}

}  // namespace trig::cli
