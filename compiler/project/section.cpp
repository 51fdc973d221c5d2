#include "compiler/project/section.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace trig::project {

constexpr std::size_t kMaxSettingsInHint = 12;

const toml::Value* Section::find(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.emplace_back(name);
  for (const toml::Setting& setting : table_.settings)
    if (setting.name == name) return &setting.value;
  return nullptr;
}

template <typename T>
const T* Section::typed(std::string_view name, std::string_view wanted) {
  const toml::Value* value = find(name);
  if (value == nullptr) return nullptr;
  const T* data = std::get_if<T>(&value->data);
  if (data == nullptr) {
    diagnostics_.report(Code::kWrongSettingType, value->range,
                        {full_name(name), wanted, toml::kind_of(*value)});
  }
  return data;
}

bool Section::text(std::string_view name, std::string& target) {
  const auto* value = typed<std::string>(name, "a text in quotes");
  if (value != nullptr) target = *value;
  return value != nullptr;
}

bool Section::number(std::string_view name, std::int64_t lowest, std::int64_t highest,
                     std::int64_t& target) {
  const auto* value = typed<std::int64_t>(name, "a whole number");
  if (value == nullptr) return false;
  if (*value < lowest || *value > highest) {
    report_invalid(name, fmt::format("between {} and {}", lowest, highest));
    return false;
  }
  target = *value;
  return true;
}

bool Section::boolean(std::string_view name, bool& target) {
  const auto* value = typed<bool>(name, "true or false");
  if (value == nullptr) return false;
  target = *value;
  return true;
}

bool Section::one_of(std::string_view name, const std::vector<std::string>& choices,
                     std::string& target) {
  const auto* value = typed<std::string>(name, "a text in quotes");
  if (value == nullptr) return false;
  if (std::find(choices.begin(), choices.end(), *value) == choices.end()) {
    const std::string best = closest(*value, choices);
    Diagnostic& diagnostic =
        report_invalid(name, fmt::format("one of \"{}\"", fmt::join(choices, "\", \"")));
    if (!best.empty()) {
      diagnostic.hint("did you mean \"{}\"?", best)
          .replace(range_of(name), fmt::format("\"{}\"", best));
    }
    return false;
  }
  target = *value;
  return true;
}

bool Section::parsed(std::string_view name, std::string_view what, const Read& read) {
  const auto* value = typed<std::string>(name, "a text in quotes");
  if (value == nullptr) return false;
  if (read(*value)) return true;
  report_invalid(name, what);
  return false;
}

const toml::Table* Section::table(std::string_view name, TextRange& place) {
  const auto* value = typed<toml::Table>(name, "a table");
  place = range_of(name);
  return value;
}

std::vector<const toml::Value*> Section::tables(std::string_view name) {
  std::vector<const toml::Value*> found;
  const auto* items = typed<std::vector<toml::Value>>(name, "an array of tables ([[…]])");
  if (items == nullptr) return found;
  for (const toml::Value& item : *items) {
    if (std::holds_alternative<toml::Table>(item.data)) {
      found.push_back(&item);
    } else {
      diagnostics_.report(Code::kWrongSettingType, item.range,
                          {full_name(name), "an array of tables ([[…]])", toml::kind_of(item)});
    }
  }
  return found;
}

bool Section::has(std::string_view name) const {
  return std::any_of(table_.settings.begin(), table_.settings.end(),
                     [&](const toml::Setting& setting) { return setting.name == name; });
}

TextRange Section::range_of(std::string_view name) const {
  for (const toml::Setting& setting : table_.settings)
    if (setting.name == name) return setting.value.range;
  return place_;
}

void Section::require(std::string_view name) {
  if (find(name) == nullptr) {
    diagnostics_.report(Code::kMissingSetting, place_, {full_name(name)})
        .hint("see docs/reference/configuration.md for an example");
  }
}

Diagnostic& Section::report_invalid(std::string_view name, std::string_view what) {
  return diagnostics_.report(Code::kInvalidSetting, range_of(name), {full_name(name), what});
}

void Section::finish() {
  for (const toml::Setting& setting : table_.settings) {
    if (std::find(known_.begin(), known_.end(), setting.name) != known_.end()) continue;
    Diagnostic& diagnostic =
        diagnostics_.report(Code::kUnknownSetting, setting.name_range, {full_name(setting.name)});
    const std::string best = closest(setting.name, known_);
    if (!best.empty())
      diagnostic.hint("did you mean `{}`?", best).replace(setting.name_range, best);
    else if (known_.size() <= kMaxSettingsInHint)
      diagnostic.hint("the settings here are {}", fmt::join(known_, ", "));
  }
}

std::string Section::full_name(std::string_view name) const {
  return name_.empty() ? std::string(name) : fmt::format("{}.{}", name_, name);
}

}  // namespace trig::project
