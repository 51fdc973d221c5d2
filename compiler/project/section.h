// Section: one table of trig.toml while it is read. Asking for a setting makes it known; `finish`
// reports those nobody asked for.
//
//   Section smtp(table, "smtp", place, diagnostics);
//   smtp.text("host", config.smtp.host);
//   smtp.finish();
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/project/toml.h"

namespace trig::project {

class Section {
 public:
  // `name` is empty for the top level; `place` is where the table begins.
  Section(const toml::Table& table, std::string name, TextRange place, Diagnostics& diagnostics)
      : table_(table), name_(std::move(name)), place_(place), diagnostics_(diagnostics) {}

  // Each leaves the target as it is where the setting is absent or wrong, and says whether it
  // was set.
  bool text(std::string_view name, std::string& target);
  bool number(std::string_view name, std::int64_t lowest, std::int64_t highest,
              std::int64_t& target);
  bool boolean(std::string_view name, bool& target);
  bool one_of(std::string_view name, const std::vector<std::string>& choices, std::string& target);

  // A text that `read` accepts; `what` says what it should be: "a time zone".
  using Read = std::function<bool(const std::string& text)>;
  bool parsed(std::string_view name, std::string_view what, const Read& read);

  const toml::Table* table(std::string_view name, TextRange& place);
  // The tables of an array of tables ([[name]]).
  std::vector<const toml::Value*> tables(std::string_view name);

  void require(std::string_view name);
  bool has(std::string_view name) const;
  // Where the value of a setting stands, or the table if it is absent.
  TextRange range_of(std::string_view name) const;
  TextRange place() const { return place_; }
  Diagnostic& report_invalid(std::string_view name, std::string_view what);

  void finish();

 private:
  const toml::Value* find(std::string_view name);
  template <typename T>
  const T* typed(std::string_view name, std::string_view wanted);
  std::string full_name(std::string_view name) const;

  const toml::Table& table_;
  std::string name_;
  TextRange place_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_;
};

}  // namespace trig::project
