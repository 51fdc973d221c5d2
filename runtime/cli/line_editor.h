// A line of input from somebody at a terminal: editing keys, a history that outlives the process,
// completion by TAB. The only file that sees libedit.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trig::cli {

class LineEditor {
 public:
  // What the word that ends the text may become, each whole.
  using Complete = std::function<std::vector<std::string>(std::string_view text)>;

  // `history` is a file, made where there is none and readable for its owner alone; empty: none.
  LineEditor(const std::string& history, Complete complete);
  ~LineEditor();

  enum class Read { kLine, kEnd, kInterrupted };
  Read read(const std::string& prompt, bool color, std::string& line);
  void remember(const std::string& input);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trig::cli
