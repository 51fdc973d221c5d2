// golden_liquid FILE [--at-least K] [--verbose]
//
// Runs the cases of a file in the schema of the Golden Liquid suite
// (github.com/jg-rp/golden-liquid) against trig's Liquid in its conformance mode: template, data,
// templates (partials), result or results, or `invalid: true` where it must fail. Prints the names
// of the failing cases and a last line `N of M passed`. Exit 0 if at least K (default: all) passed,
// 1 if not, 2 if it could not run.
#include <boost/json.hpp>

#include <charconv>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>

#include "compiler/liquid/template.h"

namespace {

using namespace trig;
using namespace trig::liquid;
namespace json = boost::json;

Data from_json(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return {};
    case json::kind::bool_: return Data::boolean(value.get_bool());
    case json::kind::int64: return Data::integer(value.get_int64());
    case json::kind::uint64: return Data::real(static_cast<double>(value.get_uint64()));
    case json::kind::double_: return Data::real(value.get_double());
    case json::kind::string: return Data::text(std::string(value.get_string()));
    case json::kind::array: {
      List items;
      for (const json::value& item : value.get_array()) items.push_back(from_json(item));
      return Data::list(std::move(items));
    }
    case json::kind::object: {
      Map map;
      for (const auto& [key, item] : value.get_object())
        map.emplace_back(std::string(key), from_json(item));
      return Data::map(std::move(map));
    }
  }
  return {};
}

// One case's texts, parsed; partials when they are first asked for.
struct Case {
  explicit Case(const json::object& object) {
    if (const json::value* data = object.if_contains("data"); data && data->is_object()) {
      Data map = from_json(*data);
      scope.arguments = *map.as_map();
    }
    if (const json::value* partials = object.if_contains("templates"))
      for (const auto& [name, text] : partials->as_object())
        partial_texts[std::string(name)] = std::string(text.as_string());
    main = parse("template", std::string(object.at("template").as_string()));
  }

  std::optional<Template> parse(std::string name, std::string text) {
    auto size = static_cast<std::uint32_t>(text.size());
    SourceId id = sources.add(std::move(name), std::move(text));
    Diagnostics diagnostics;
    Template parsed = parse_template(sources, {id, 0, size}, Dialect::kConformance, diagnostics);
    if (!diagnostics.has_errors()) return parsed;
    problem = diagnostics.all().front().message;
    return std::nullopt;
  }

  const Template* partial(std::string_view name) {
    auto text = partial_texts.find(std::string(name));
    if (text == partial_texts.end()) return nullptr;
    auto known = partials.find(text->first);
    if (known == partials.end())
      known = partials.emplace(text->first, parse(text->first, text->second)).first;
    return known->second ? &*known->second : nullptr;
  }

  Result<std::string> run(OnError on_error) {
    if (!main) return fail("{}", problem);
    RenderOptions options;
    options.context = OutputContext::kConformance;
    options.on_error = on_error;
    options.now = Instant(std::chrono::seconds(1'700'000'000));
    options.partials = [this](std::string_view name) { return partial(name); };
    options.sources = &sources;
    return render(*main, scope, options);
  }

  SourceMap sources;
  Scope scope;
  std::map<std::string, std::string> partial_texts;
  std::map<std::string, std::optional<Template>> partials;
  std::optional<Template> main;
  std::string problem;
};

// Empty if the case passes, else what was wrong.
std::string failure_of(const json::object& object) {
  Case test(object);
  const json::value* invalid = object.if_contains("invalid");
  if (invalid && invalid->is_bool() && invalid->get_bool()) {
    Result<std::string> output = test.run(OnError::kFail);
    return output ? "must fail, but gives " + json::serialize(json::string(*output)) : "";
  }
  // The reference prints errors into the output; expected results are taken from it.
  Result<std::string> output = test.run(OnError::kInline);
  if (!output) return output.error().message;
  json::array expected;
  if (const json::value* results = object.if_contains("results"))
    expected = results->as_array();
  else
    expected.push_back(object.at("result"));
  for (const json::value& one : expected)
    if (one.as_string() == *output) return "";
  return "gives " + json::serialize(json::string(*output)) + ", not " + json::serialize(expected);
}

int run(const std::string& path, std::optional<std::size_t> at_least, bool verbose) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cerr << "golden_liquid: cannot read " << path << '\n';
    return 2;
  }
  std::stringstream text;
  text << file.rdbuf();
  json::value document = json::parse(text.str());
  std::size_t passed = 0;
  const json::array& tests = document.as_object().at("tests").as_array();
  for (const json::value& test : tests) {
    std::string failure = failure_of(test.as_object());
    if (failure.empty()) {
      ++passed;
      continue;
    }
    std::cout << test.as_object().at("name").as_string().c_str() << '\n';
    if (verbose) std::cout << "  " << failure << '\n';
  }
  std::cout << passed << " of " << tests.size() << " passed\n";
  return passed >= at_least.value_or(tests.size()) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::string path;
  std::optional<std::size_t> at_least;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (argument == "--verbose") {
      verbose = true;
    } else if (argument == "--at-least" && i + 1 < argc) {
      std::string_view number = argv[++i];
      std::size_t value = 0;
      std::from_chars(number.data(), number.data() + number.size(), value);
      at_least = value;
    } else {
      path = argument;
    }
  }
  if (path.empty()) {
    std::cerr << "usage: golden_liquid FILE [--at-least K] [--verbose]\n";
    return 2;
  }
  try {
    return run(path, at_least, verbose);
  } catch (const std::exception& error) {
    std::cerr << "golden_liquid: " << path << ": " << error.what() << '\n';
    return 2;
  }
}
