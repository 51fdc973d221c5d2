// A Liquid template: parsed once, rendered many times.
//
//   Diagnostics diagnostics;
//   Template greeting = parse_template(sources, whole_file, Dialect::kTrig, diagnostics);
//   Result<std::string> text = render(greeting, scope, options);
//
// The language is Shopify's Liquid (https://shopify.github.io/liquid/, version 5.13): its tags and
// its filters, with `money` and `raw` added. HTML output escapes what comes from data.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/base/source.h"
#include "compiler/base/time.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/liquid/ast.h"

namespace trig::liquid {

enum class Dialect : std::uint8_t {
  kTrig,         // strict: what means nothing is an error; partials by `render` only
  kConformance,  // as tolerant as the reference implementation, with `include`
};

struct Template {
  std::shared_ptr<const Block> body;
  TextRange range;
};

// Parses a range of a source. Reports every mistake it finds (E0401 to E0409) and gives the tree of
// what it understood.
Template parse_template(const SourceMap& sources, TextRange range, Dialect dialect,
                        Diagnostics& diagnostics);

// The partial of a name, or null. The template must outlive the rendering.
using PartialLoader = std::function<const Template*(std::string_view name)>;

enum class OutputContext : std::uint8_t {
  kHtml,         // data is escaped; addresses with a scheme that runs code are not printed
  kText,         // no escaping
  kHeader,       // no escaping; one line: control characters become spaces
  kConformance,  // no escaping, errors as the reference has them
};

enum class OnError : std::uint8_t {
  kFail,    // the rendering fails as a whole
  kInline,  // as the reference: an output prints `Liquid error: …`, an assignment does nothing
};

struct RenderOptions {
  OutputContext context = OutputContext::kHtml;
  OnError on_error = OnError::kFail;
  Instant now;              // `"now" | date: …`; rendering reads no clock
  Zone zone = Zone::utc();  // in which `date` shows instants
  std::string language;     // of `money`: "fr"; empty: "19.90 EUR"
  PartialLoader partials;
  const SourceMap* sources = nullptr;  // names the place of a failure, if given
};

// What a template can name. Arguments stay outside of partials ({% render %} takes its own);
// globals, as `person` and `unsubscribe_url`, are visible everywhere.
struct Scope {
  Map arguments;
  Map globals;
};

// Fails on an error in the template's work (dividing by zero, a partial that is gone) and when a
// bound of compiler/base/limits.h is reached; there is never a partial output.
Result<std::string> render(const Template& source, const Scope& scope,
                           const RenderOptions& options);

}  // namespace trig::liquid
