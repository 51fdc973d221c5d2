// The language server while somebody types in a project of many campaigns: processor time from a
// keystroke until everything that is wrong has been told, and of what editors ask for in between.
//
//   lsp_bench [--campaigns N]
//
// Text is typed one character at a time, so that most states in between are wrong. Campaigns of
// about 600 bytes stand 50 to a file. One JSON object a figure, median and worst; those with a
// target exit with 1 where the worst misses it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "compiler/base/check.h"
#include "editor-support/lsp/server.h"
#include "tests/bench/readings.h"

namespace trig {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kInAFile = 50;
constexpr std::size_t kTemplates = 20;
constexpr double kTargetMilliseconds = 50;

constexpr std::string_view kSettings =
    "name = \"scale\"\n[[senders]]\nname = \"us\"\naddress = \"us@example.com\"\n"
    "postal_address = \"1 Example Street\"\n";
constexpr std::string_view kVocabulary =
    "use std.ecommerce\n\nevent asked {\n  subject: text\n}\n\nperson {\n  email: email key\n  "
    "first_name: text?\n  country: country?\n}\n\ntopic offers \"Offers\"\n\npolicy marketing {\n  "
    "consent required for offers\n  quiet 21:00 to 08:00 local\n}\n\n";
constexpr std::string_view kMail =
    "---\nsubject: About {{ subject }}\n---\n<p>Hello {{ person.first_name | default: \"you\" }}, "
    "{{ subject }}</p>\n<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ postal_address }}\n";

std::string campaign(std::size_t number) {
  return fmt::format(
      "\n# Somebody looked at category_{0} and may like to hear more about it.\ncampaign "
      "campaign_{0} \"Campaign {0}\" {{\n  policy marketing\n  on product_viewed as seen\n    "
      "where "
      "category == \"category_{0}\" and count(product_viewed in {1} days) >= 2\n    per category\n"
      "  again after {2} days\n\n  wait {3} hours unless order_completed where total > {4} EUR\n  "
      "when person.country == \"FR\" {{\n    send mail_{5}(subject: seen.category)\n  }} else {{\n "
      " "
      "  send mail_{5}(subject: \"category_{0}\")\n  }}\n\n  goal order_completed within 14 days "
      "value total\n}}\n",
      number, number % 7 + 2, number % 25 + 5, number % 8 + 1, number % 190 + 10,
      number % kTemplates);
}

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

void write_project(const fs::path& root, std::size_t campaigns) {
  write(root / "trig.toml", kSettings);
  std::string vocabulary(kVocabulary);
  for (std::size_t i = 0; i < kTemplates; ++i) {
    vocabulary += fmt::format(
        "template mail_{0}(subject: text) from \"templates/mail_{0}.html.liquid\"\n", i);
    write(root / fmt::format("templates/mail_{}.html.liquid", i), kMail);
  }
  write(root / "vocabulary.trig", vocabulary);
  write(root / "campaigns/asked.trig",
        "campaign answer {\n  policy marketing\n  on asked\n  send mail_0(subject: "
        "trigger.subject)\n}\n");
  for (std::size_t first = 0; first < campaigns; first += kInAFile) {
    std::string text;
    for (std::size_t i = first; i < std::min(campaigns, first + kInAFile); ++i) text += campaign(i);
    write(root / fmt::format("campaigns/file_{}.trig", first / kInAFile), text);
  }
}

double milliseconds() { return processor_seconds() * 1e3; }

class Editor {
 public:
  explicit Editor(fs::path root)
      : root_(std::move(root)),
        server_({[this](const std::string& text) { take(text); },
                 [] { return Instant(std::chrono::hours(500'000)); }, "bench"}) {
    ask("initialize",
        {{"rootUri", lsp::uri_of_path(root_.string())}, {"capabilities", lsp::json::object()}});
    server_.settle();
  }

  void open(const std::string& path) {
    std::ifstream file(root_ / path, std::ios::binary);
    texts_[path] = {std::istreambuf_iterator<char>(file), {}};
    tell("textDocument/didOpen", {{"textDocument", lsp::json::object{{"uri", uri(path)},
                                                                     {"languageId", "trig"},
                                                                     {"version", 1},
                                                                     {"text", texts_[path]}}}});
    server_.settle();
  }

  // Milliseconds until all is told.
  double replace(const std::string& path, std::size_t begin, std::size_t end, std::string text) {
    std::string& known = texts_[path];
    const lsp::Lines lines(known);
    const lsp::json::object range =
        lsp::range_json(lines, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                        lsp::Encoding::kUtf16);
    known.replace(begin, end - begin, text);
    const lsp::json::object document = {{"uri", uri(path)}, {"version", ++version_}};
    const lsp::json::object change = {{"range", range}, {"text", std::move(text)}};
    const std::string message =
        request("textDocument/didChange",
                {{"textDocument", document}, {"contentChanges", lsp::json::array{change}}});
    const double started = milliseconds();
    server_.receive(message);
    server_.settle();
    return milliseconds() - started;
  }

  // One character after the other behind `place`, then all of it away again.
  std::vector<double> type(const std::string& path, std::string_view place,
                           std::string_view typed) {
    const std::size_t begin = texts_[path].find(place);
    TRIG_CHECK(begin != std::string::npos, "the place to type at is not there");
    std::size_t at = begin + place.size();
    const std::size_t first = at;
    std::vector<double> times;
    for (char c : typed) {
      times.push_back(replace(path, at, at, std::string(1, c)));
      ++at;
    }
    replace(path, first, at, "");
    return times;
  }

  double asked(const std::string& method, const std::string& path, std::string_view place) {
    const std::size_t at = texts_[path].find(place) + place.size();
    const lsp::Position position =
        lsp::Lines(texts_[path]).position(static_cast<std::uint32_t>(at), lsp::Encoding::kUtf16);
    const double started = milliseconds();
    ask(method, {{"textDocument", lsp::json::object{{"uri", uri(path)}}},
                 {"position",
                  lsp::json::object{{"line", position.line}, {"character", position.character}}},
                 {"context", lsp::json::object{{"includeDeclaration", true}}}});
    return milliseconds() - started;
  }

  std::size_t problems() const { return problems_; }
  const std::string& first_problem() const { return first_; }

 private:
  std::string uri(const std::string& path) const {
    return lsp::uri_of_path((root_ / path).string());
  }
  static std::string request(const std::string& method, lsp::json::object params) {
    return lsp::json::serialize(lsp::json::object{{"method", method}, {"params", params}});
  }
  void tell(const std::string& method, lsp::json::object params) {
    server_.receive(request(method, std::move(params)));
  }
  void ask(const std::string& method, lsp::json::object params) {
    server_.receive(lsp::json::serialize(
        lsp::json::object{{"id", ++id_}, {"method", method}, {"params", std::move(params)}}));
  }
  void take(const std::string& text) {
    TRIG_CHECK(text.find("\"error\"") == std::string::npos, "the server refused a request");
    if (text.find("\"diagnostics\":[{") == std::string::npos) return;
    if (problems_++ == 0) first_ = text.substr(0, 1'000);
  }

  fs::path root_;
  lsp::Server server_;
  std::map<std::string, std::string> texts_;
  std::int64_t version_ = 1;
  std::int64_t id_ = 0;
  std::size_t problems_ = 0;
  std::string first_;
};

class Report {
 public:
  void add(std::string_view name, std::vector<double> times, double target = 0) {
    std::sort(times.begin(), times.end());
    const double worst = times.back();
    fmt::print(R"({{"name":"{}","value":{:.3f},"worst":{:.3f},"unit":"ms")", name,
               times[times.size() / 2], worst);
    if (target > 0) fmt::print(R"(,"target":{},"reached":{})", target, worst <= target);
    fmt::print("}}\n");
    missed_ = missed_ || (target > 0 && worst > target);
  }
  bool missed() const { return missed_; }

 private:
  bool missed_ = false;
};

bool measure(const fs::path& root, std::size_t campaigns) {
  write_project(root, campaigns);
  Report report;
  const double started = milliseconds();
  Editor editor(root);
  report.add(fmt::format("opening a project of {} campaigns", campaigns),
             {milliseconds() - started});
  const std::string middle = fmt::format("campaigns/file_{}.trig", campaigns / kInAFile / 2);
  const std::string other = "campaigns/file_0.trig";
  const std::string mail = "templates/mail_3.html.liquid";
  for (const std::string& path : {middle, other, mail, std::string("vocabulary.trig")})
    editor.open(path);
  TRIG_CHECK(editor.problems() == 0, editor.first_problem().c_str());
  constexpr std::string_view kStep =
      "\n  wait 3 hours unless order_completed where total > 5 EUR\n  send mail_3(subject: "
      "seen.category)\n";
  constexpr std::string_view kPlace = "again after 10 days\n";
  report.add("keystroke, a step typed into a campaign", editor.type(middle, kPlace, kStep),
             kTargetMilliseconds);
  editor.replace(other, 0, 0, "campaign broken { policy none }\n");
  report.add("keystroke, the same while another file has mistakes",
             editor.type(middle, kPlace, kStep), kTargetMilliseconds);
  editor.replace(other, 0, 32, "");
  report.add(
      "keystroke, a line typed into a template",
      editor.type(mail, "<p>Hello ", "{% if person.country %}{{ subject | upcase }}{% endif %}"),
      kTargetMilliseconds);
  report.add(
      "keystroke, a campaign added to a file",
      editor.type(middle, "value total\n}\n",
                  "campaign another {\n  policy marketing\n  on asked\n  send mail_3(subject: "
                  "trigger.subject)\n}\n"),
      kTargetMilliseconds);
  report.add("keystroke, a field added to an event",
             editor.type("vocabulary.trig", "event asked {\n", "  more: text?\n"),
             kTargetMilliseconds);
  report.add("completion",
             {editor.asked("textDocument/completion", middle, "order_completed where ")});
  report.add("semantic tokens", {editor.asked("textDocument/semanticTokens/full", middle, "")});
  editor.asked("textDocument/references", middle, "send mail_");
  report.add("references", {editor.asked("textDocument/references", middle, "send mail_")});
  report.add("hover", {editor.asked("textDocument/hover", middle, "as see")});
  return !report.missed();
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  CLI::App app{"The language server while somebody types."};
  std::size_t campaigns = 1'000;
  app.add_option("--campaigns", campaigns)->check(CLI::Range(50, 100'000));
  CLI11_PARSE(app, argc, argv);
  const auto root = trig::fs::temp_directory_path() / fmt::format("trig-lsp-bench-{}", ::getpid());
  const bool reached = trig::measure(root, campaigns);
  trig::fs::remove_all(root);
  return reached ? 0 : 1;
}
