#include "runtime/server/log.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <chrono>
#include <cstdio>

#include "compiler/base/time.h"

namespace trig::server {

void Log::info(std::string_view what, std::initializer_list<LogField> fields) {
  line("info", what, fields);
}
void Log::warning(std::string_view what, std::initializer_list<LogField> fields) {
  line("warning", what, fields);
}
void Log::error(std::string_view what, std::initializer_list<LogField> fields) {
  line("error", what, fields);
}

void Log::line(std::string_view level, std::string_view what,
               std::initializer_list<LogField> fields) {
  std::string now = to_string(
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()));
  std::string text;
  if (format_ == LogFormat::kJson) {
    boost::json::object object{{"time", now}, {"level", level}, {"message", what}};
    for (const LogField& field : fields) object[field.name] = field.value;
    text = boost::json::serialize(object);
  } else {
    text = fmt::format("{} {:7} {}", now, level, what);
    for (const LogField& field : fields) text += fmt::format(" {}={}", field.name, field.value);
    for (char& c : text)
      if (static_cast<unsigned char>(c) < 0x20) c = ' ';  // one line stays one line
  }
  text += '\n';
  std::lock_guard lock(mutex_);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace trig::server
