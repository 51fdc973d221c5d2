// The check of a project of which little is different from one that was checked: campaigns and
// tests of some files. Their names, and everything else in these files, are as they were.
#include <algorithm>

#include "compiler/base/check.h"
#include "compiler/base/codec.h"
#include "compiler/base/limits.h"
#include "compiler/check/context.h"
#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

bool emits(const ir::Campaign& campaign) {
  return std::any_of(campaign.steps.begin(), campaign.steps.end(), [](const ir::Step& step) {
    return std::holds_alternative<ir::Emit>(step.node);
  });
}

bool watches_segment(const ir::Campaign& campaign) {
  return std::holds_alternative<ir::OnSegment>(campaign.trigger.kind);
}

// The names that `send … as` gave: tests of any file may use them.
std::vector<std::string> mail_names(const ir::Campaign& campaign) {
  std::vector<std::string> names;
  for (const ir::Slot& slot : campaign.slots)
    if (slot.record.kind == ir::Kind::kMessage) names.push_back(slot.name);
  return names;
}

class Rechecker {
 public:
  Rechecker(const Before& before, const std::vector<ast::File>& files, const Settings& settings,
            SourceMap& sources, Diagnostics& diagnostics)
      : before_(before),
        files_(files),
        sources_(sources),
        diagnostics_(diagnostics),
        context_{settings, read_nothing_, sources, found_} {}

  std::optional<Rechecked> run() {
    if (!before_.kept.good || before_.kept.today != context_.settings.today || !find_files())
      return std::nullopt;
    begin();
    if (!check_what_changed()) return std::nullopt;
    settle();
    std::set<Allowance> allowances = tell();
    context_.kept.symbols = std::move(context_.symbols);
    return Rechecked{std::move(context_.program), std::move(allowances),
                     std::make_shared<const Kept>(std::move(context_.kept)),
                     context_.declarations.size()};
  }

 private:
  // Where the files stand among those before; false if more than campaigns and tests is different.
  bool find_files() {
    const auto& known = before_.kept.files;
    for (const ast::File& file : files_) {
      auto place = std::lower_bound(
          known.begin(), known.end(), file.source,
          [](const FileOutline& one, SourceId source) { return one.source < source; });
      if (place == known.end() || place->source != file.source) return false;
      FileOutline outline = outline_of(file);
      outline.first_declaration = place->first_declaration;
      outline.first_test = place->first_test;
      if (!same_but_units(*place, outline)) return false;
      places_.push_back(static_cast<std::size_t>(place - known.begin()));
      outlines_.push_back(std::move(outline));
    }
    return true;
  }

  static bool is_campaign(const DeclarationOutline& one) {
    return one.kind == ast::Declaration{{}, ast::CampaignDecl{}}.node.index();
  }
  static bool is_test(const DeclarationOutline& one) {
    return one.kind == ast::Declaration{{}, ast::TestDecl{}}.node.index();
  }

  bool same_but_units(const FileOutline& was, const FileOutline& now) const {
    return std::equal(was.declarations.begin(), was.declarations.end(), now.declarations.begin(),
                      now.declarations.end(),
                      [&](const DeclarationOutline& a, const DeclarationOutline& b) {
                        if (a.kind != b.kind || a.name != b.name) return false;
                        if (is_campaign(a) || is_test(a)) return true;
                        return a.range == b.range &&
                               before_.sources.text_of(a.range) == sources_.text_of(b.range);
                      });
  }

  void begin() {
    context_.program = before_.program;
    context_.kept = before_.kept;
    context_.symbols = before_.kept.symbols;
    context_.before = &before_.program;
    context_.first_aggregate = static_cast<std::uint32_t>(before_.program.aggregates.size());
    context_.reached_events.resize(before_.program.campaigns.size());
    for (std::size_t i = 0; i < files_.size(); ++i) {
      context_.kept.files.edit(places_[i]) = outlines_[i];
      for (std::size_t k = 0; k < files_[i].declarations.size(); ++k)
        if (is_campaign(outlines_[i].declarations[k]) || is_test(outlines_[i].declarations[k]))
          context_.declarations.push_back({&files_[i].declarations[k], &files_[i], k, true});
    }
  }

  // False where all has to be checked.
  bool check_what_changed() {
    for (const Declared& declared : context_.declarations)
      if (const auto* written = std::get_if<ast::CampaignDecl>(&declared.declaration->node))
        check_again(declared, *written);
    std::sort(context_.again.begin(), context_.again.end());
    if (found_.has_errors() || !mails_are_called_the_same()) return false;
    if (any_of_both(emits)) check_emit_circles(context_);
    if (any_of_both(watches_segment)) mark_watched();
    for (std::size_t i = 0; i < files_.size(); ++i) {
      std::uint32_t test = outlines_[i].first_test;
      for (const ast::Declaration& declaration : files_[i].declarations)
        if (const auto* written = std::get_if<ast::TestDecl>(&declaration.node)) {
          count_uses(context_, context_.kept.test_uses[test], -1);
          part_.tests.push_back(test);
          check_test(context_, *written, test++);
        }
    }
    return !found_.has_errors();
  }

  void check_again(const Declared& declared, const ast::CampaignDecl& written) {
    const Symbol* symbol = context_.symbols.find(SymbolKind::kCampaign, written.name.text);
    TRIG_CHECK(symbol != nullptr, "a campaign that was there is not known");
    const std::uint32_t index = symbol->index;
    context_.symbols.move(*symbol, written.name.range);
    const CampaignFacts& was = before_.kept.campaigns[index];
    count_uses(context_, was.uses, -1);
    ir::Program& program = context_.program;
    for (std::uint32_t i = was.aggregates.begin; i < was.aggregates.end; ++i)
      program.aggregates.edit(i).gone = true;
    for (std::uint32_t i = was.silences.begin; i < was.silences.end; ++i)
      program.silences.edit(i).events.clear();
    ir::Campaign& campaign = program.campaigns.edit(index);
    campaign = {};
    campaign.name = written.name.text;
    campaign.hash = name_hash(written.name.text);
    campaign.range = written.name.range;
    if (was.competes) context_.competed.insert(index);
    context_.again.push_back(index);
    check_campaign(context_, declared, index);
  }

  template <typename Is>
  bool any_of_both(Is is) const {
    return std::any_of(context_.again.begin(), context_.again.end(), [&](std::uint32_t campaign) {
      return is(before_.program.campaigns[campaign]) || is(context_.program.campaigns[campaign]);
    });
  }

  bool mails_are_called_the_same() const {
    if (context_.program.tests.empty()) return true;
    return std::all_of(context_.again.begin(), context_.again.end(), [&](std::uint32_t campaign) {
      return mail_names(before_.program.campaigns[campaign]) ==
             mail_names(context_.program.campaigns[campaign]);
    });
  }

  void mark_watched() {
    for (ir::Segment& segment : context_.program.segments) segment.watched = false;
    for (const ir::Campaign& campaign : context_.program.campaigns)
      if (const auto* on = std::get_if<ir::OnSegment>(&campaign.trigger.kind))
        context_.program.segments[on->segment].watched = true;
  }

  // The program is free of errors: lints, history, versions.
  void settle() {
    circles_ = any_of_both(emits);
    before_lints_ = found_.all().size();
    run_lints(context_, circles_);
    const bool same_history =
        std::all_of(context_.again.begin(), context_.again.end(), [&](std::uint32_t campaign) {
          return history_needs(before_.program, campaign, before_.kept.campaigns[campaign]) ==
                 history_needs(context_.program, campaign, context_.kept.campaigns[campaign]);
        });
    if (!same_history) keep_history(context_);
    for (std::size_t i = 0; i < files_.size(); ++i)
      for (std::size_t k = 0; k < files_[i].declarations.size(); ++k)
        if (is_campaign(outlines_[i].declarations[k]) || is_test(outlines_[i].declarations[k]))
          stamp_declaration(context_, {&files_[i].declarations[k], &files_[i], k, true},
                            outlines_[i].first_declaration + static_cast<std::uint32_t>(k));
    stamp_program(context_);
    identify();
    part_.first_node = before_.program.nodes.size();
    part_.first_aggregate = context_.first_aggregate;
    part_.campaigns = context_.again;
    std::vector<std::string> violations = ir::verify(context_.program, part_);
    TRIG_CHECK(violations.empty(), violations.front().c_str());
  }

  // Nodes are numbered by what was checked again, in layout and all.
  void identify() {
    ByteWriter identity;
    identity.fixed64(before_.program.identity.high);
    identity.fixed64(before_.program.identity.low);
    for (const ast::File& file : files_) {
      identity.varint(static_cast<std::uint64_t>(file.source));
      identity.text(sources_[file.source].text());
    }
    context_.program.parent = before_.program.identity;
    context_.program.identity = hash128(identity.bytes());
  }

  std::set<Allowance> tell() {
    std::set<std::pair<SourceId, std::uint32_t>> overlaps;  // as told before
    for (std::uint32_t campaign : context_.told_again) {
      const TextRange& range = before_.program.campaigns[campaign].range;
      overlaps.emplace(range.source, range.begin);
    }
    auto is_over = [&](const Diagnostic& finding) {
      const TextRange& range = finding.range;
      return finding.code == Code::kUnused || (circles_ && finding.code == Code::kCampaignCircle) ||
             (finding.code == Code::kOverlap && overlaps.contains({range.source, range.begin})) ||
             was_in_unit(range);
    };
    std::vector<Diagnostic>& of_check = context_.kept.of_check;
    std::erase_if(of_check, [&](const Diagnostic& one) { return was_in_unit(one.range); });
    of_check.insert(of_check.end(), found_.all().begin(),
                    found_.all().begin() + static_cast<std::ptrdiff_t>(before_lints_));
    std::vector<Diagnostic>& findings = context_.kept.findings;
    std::erase_if(findings, is_over);
    findings.insert(findings.end(), found_.all().begin(), found_.all().end());
    for (const Diagnostic& finding : findings) diagnostics_.add(finding);
    for (const ast::File& file : files_) {
      std::vector<FileNotes>& notes = context_.kept.notes;
      auto place = std::lower_bound(
          notes.begin(), notes.end(), file.source,
          [](const FileNotes& one, SourceId source) { return one.source < source; });
      if (place != notes.end() && place->source == file.source) place = notes.erase(place);
      if (FileNotes now = read_notes(file, sources_); !now.empty())
        notes.insert(place, std::move(now));
    }
    return apply_notes(context_.kept.notes, sources_, diagnostics_);
  }

  bool was_in_unit(const TextRange& range) const {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (files_[i].source != range.source) continue;
      const FileOutline& was = before_.kept.files[places_[i]];
      return std::any_of(was.declarations.begin(), was.declarations.end(), [&](const auto& one) {
        return (is_campaign(one) || is_test(one)) && one.range.begin <= range.begin &&
               range.begin < one.range.end;
      });
    }
    return false;
  }

  const Before& before_;
  const std::vector<ast::File>& files_;
  SourceMap& sources_;
  Diagnostics& diagnostics_;
  const ReadFile read_nothing_ = [](std::string_view path) -> Result<std::string> {
    return fail("{} is not read again", path);
  };
  Diagnostics found_;
  Context context_;
  std::vector<std::size_t> places_;    // of the files among those before
  std::vector<FileOutline> outlines_;  // parallel
  ir::ProgramPart part_;
  bool circles_ = false;
  std::size_t before_lints_ = 0;  // of `found_`
};

}  // namespace

std::optional<Rechecked> recheck(const Before& before, const std::vector<ast::File>& files,
                                 const Settings& settings, SourceMap& sources,
                                 Diagnostics& diagnostics) {
  return Rechecker(before, files, settings, sources, diagnostics).run();
}

}  // namespace trig::check
