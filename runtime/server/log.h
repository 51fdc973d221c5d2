// Log lines on standard error: text for people, JSON for machines. Never a secret, never a payload.
//
//   log.info("listening", {{"url", "http://127.0.0.1:8080"}});
#pragma once

#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>

namespace trig::server {

enum class LogFormat : std::uint8_t { kText, kJson };

struct LogField {
  std::string_view name;
  std::string value;
};

class Log {
 public:
  explicit Log(LogFormat format) : format_(format) {}
  void info(std::string_view what, std::initializer_list<LogField> fields = {});
  void warning(std::string_view what, std::initializer_list<LogField> fields = {});
  void error(std::string_view what, std::initializer_list<LogField> fields = {});

 private:
  void line(std::string_view level, std::string_view what, std::initializer_list<LogField> fields);
  LogFormat format_;
  std::mutex mutex_;
};

}  // namespace trig::server
