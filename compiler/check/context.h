// What every part of the checker shares while one project is checked. Internal to compiler/check.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/check/kept.h"
#include "compiler/check/symbols.h"
#include "compiler/ir/program.h"

namespace trig::check {

// A declaration and where it comes from.
struct Declared {
  const ast::Declaration* declaration = nullptr;
  const ast::File* file = nullptr;
  std::size_t index = 0;  // in the file
  bool own = true;        // of the project, not of the standard library
};

// By name; null where the file could not be read.
using PartialMap = std::map<std::string, std::shared_ptr<const liquid::Template>, std::less<>>;

struct Context {
  const Settings& settings;
  const ReadFile& read_file;
  SourceMap& sources;
  Diagnostics& diagnostics;
  ir::Program program = {};
  std::vector<liquid::MailTexts> templates = {};
  // Parallel to program.templates: text of the file and its partials; empty: unreadable.
  std::vector<std::string> template_texts = {};
  std::shared_ptr<PartialMap> partials = std::make_shared<PartialMap>();
  Symbols symbols = {};
  std::vector<Declared> declarations = {};  // of the modules in use, then of the project
  std::vector<std::vector<std::uint32_t>> reached_events = {};  // parallel to program.campaigns
  std::string currency = "EUR";                                 // the last one written, for hints
  // Sources with syntax errors: what seems to be missing there may only have been unreadable.
  std::set<SourceId> broken = {};
  Diagnostics discarded = {};  // what is not told for that reason
  Kept kept = {};              // of this check, for the next one
  // Where only some campaigns are checked again: the program before, and who they are. Then
  // `declarations` are those campaigns and the tests of their files.
  const ir::Program* before = nullptr;
  std::vector<std::uint32_t> again = {};    // ascending
  std::set<std::uint32_t> competed = {};    // of them: as CampaignFacts::competes said before
  std::set<std::uint32_t> told_again = {};  // campaigns whose W0110 is settled anew
  std::uint32_t first_aggregate = 0;        // of Program::aggregates: those of this check

  Diagnostic& report(Code code, TextRange range,
                     std::initializer_list<std::string_view> words = {});
  const Symbol* resolve(SymbolKind kind, const ast::Name& name) {
    return symbols.resolve(kind, name, diagnostics);
  }
  // The symbol this very declaration made; null if its name was taken by an earlier one.
  const Symbol* declared(SymbolKind kind, const ast::Name& name) {
    const Symbol* symbol = symbols.find(kind, name.text);
    return symbol != nullptr && symbol->range == name.range ? symbol : nullptr;
  }
  std::string type_name(ir::Type type) const { return program.types.name(type); }
  const ir::RecordType& record(ir::Type type) const { return program.types.record_at(type); }
  // The words of a place, on one line, as messages quote them.
  std::string quote(TextRange range) const;
};

// Finds the sources with syntax errors and the names they declare as far as their text shows.
void note_broken_sources(Context& context);  // broken_source.cpp

// What the history must keep of an event.
struct HistoryNeed {
  std::uint32_t event = 0;         // Program::events
  bool rows = true;                // false: only fields of rows that are kept anyway
  std::optional<Duration> window;  // absent: for ever
  std::vector<std::uint32_t> fields;
  friend bool operator==(const HistoryNeed&, const HistoryNeed&) = default;
};

// The passes, in the order check() calls them. Each reports what is wrong and goes on.
void declare_names(Context& context);    // declare.cpp: every name, before anything is looked up
void check_records(Context& context);    // check_record.cpp: records, events, the person
void check_tables(Context& context);     // check_table.cpp: lists and catalogs
void check_coupons(Context& context);    // check_coupons.cpp
void check_policies(Context& context);   // check_policy.cpp: topics and policies
void check_templates(Context& context);  // check_template.cpp
void check_segments(Context& context);   // check_segment.cpp
void check_campaigns(Context& context);  // check_campaign.cpp
void check_campaign(Context& context, const Declared& declared, std::uint32_t index);
void check_emit_circles(Context& context);  // check_emit.cpp
void check_tests(Context& context);         // check_test.cpp
void check_test(Context& context, const ast::TestDecl& written, std::uint32_t index);
void keep_history(Context& context);    // history.cpp: what the windows and watches read
void stamp_versions(Context& context);  // version.cpp: Campaign::version and Program::hash
// Of a campaign or test, `index` among all declarations.
void stamp_declaration(Context& context, const Declared& declared, std::uint32_t index);
void stamp_program(Context& context);
// What the history must keep for a campaign, by the facts about it.
std::vector<HistoryNeed> history_needs(const ir::Program& program, std::uint32_t campaign,
                                       const CampaignFacts& facts);  // history.cpp
// Who uses what the symbols have been asked for since the last time: `by` more of them, or fewer.
void count_uses(Context& context, const std::vector<std::uint32_t>& symbols, int by);  // kept.cpp
void outline_files(Context& context, const std::vector<ast::File>& files);             // kept.cpp
FileOutline outline_of(const ast::File& file);                                         // kept.cpp

// The fields of a record type, which has none yet.
void check_record_fields(Context& context, ir::Type record,
                         const std::vector<ast::FieldDecl>& fields);  // check_record.cpp

// A type as written; kInvalid after an unknown name was reported.
ir::Type resolve_type(Context& context, const ast::TypeExpr& type);

// `no A or B for D`; absent after a report.
std::optional<ir::Silence> check_silence(Context& context, const std::vector<ast::Name>& events,
                                         const ast::SpanLiteral& span);

// The type of the language that is called so, or kInvalid.
ir::Kind builtin_type(std::string_view name);

}  // namespace trig::check
