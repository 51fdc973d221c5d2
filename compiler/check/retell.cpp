// What is wrong with a project while it is being written: only the campaigns and tests of the files
// that changed are looked at again, whether they or others have mistakes. Lints look at projects
// without any, so there are none to ask.
#include <algorithm>

#include "compiler/check/context.h"
#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

template <typename Declaration>
bool is_a(const DeclarationOutline& one) {
  return one.kind == ast::Declaration{{}, Declaration{}}.node.index();
}
bool is_unit(const DeclarationOutline& one) {
  return is_a<ast::CampaignDecl>(one) || is_a<ast::TestDecl>(one);
}

bool emits_events(const ir::Campaign& campaign) {
  return std::any_of(campaign.steps.begin(), campaign.steps.end(), [](const ir::Step& step) {
    return std::holds_alternative<ir::Emit>(step.node);
  });
}

std::vector<std::string> named_mails(const ir::Campaign& campaign) {
  std::vector<std::string> names;
  for (const ir::Slot& slot : campaign.slots)
    if (slot.record.kind == ir::Kind::kMessage) names.push_back(slot.name);
  return names;
}

class Reteller {
 public:
  Reteller(const Before& before, const std::vector<ast::File>& files,
           const std::set<SourceId>& templates, const Settings& settings, SourceMap& sources,
           Diagnostics& diagnostics)
      : before_(before),
        files_(files),
        templates_(templates),
        sources_(sources),
        diagnostics_(diagnostics),
        found_(diagnostics),
        told_before_(diagnostics.all().size()),
        context_{settings, read_nothing_, sources, found_} {}

  bool run() {
    if (before_.kept.today != context_.settings.today) return false;
    begin();
    for (const ast::File& file : files_)
      if (!find_file(file)) return false;
    if (!settle_unread() || !check_campaigns_again() || !check_tests_again()) return false;
    if (!others_stay_true()) return false;
    for (const Diagnostic& one : others_) found_.add(one);
    if (!found_.has_errors()) return false;
    for (const FileNotes& notes : before_.kept.notes)
      if (place_of(notes.source) == nullptr) notes_.push_back(notes);
    for (const ast::File& file : files_)
      if (FileNotes now = read_notes(file, sources_); !now.empty())
        notes_.push_back(std::move(now));
    apply_notes(notes_, sources_, found_);
    diagnostics_ = std::move(found_);
    return true;
  }

 private:
  struct Place {  // a file that changed
    const ast::File* file = nullptr;
    const FileOutline* was = nullptr;
    FileOutline now;
  };

  void begin() {
    context_.symbols = before_.kept.symbols;
    context_.symbols.forget_unread();
    note_broken_sources(context_);
    context_.program = before_.program;
    context_.kept = before_.kept;
    for (bool read : before_.kept.template_read)
      context_.template_texts.emplace_back(read ? "read" : "");
    context_.reached_events.resize(before_.program.campaigns.size());
  }

  const Place* place_of(SourceId source) const {
    auto place = std::find_if(places_.begin(), places_.end(),
                              [&](const Place& one) { return one.was->source == source; });
    return place == places_.end() ? nullptr : &*place;
  }

  // False where more than what campaigns and tests say is different.
  bool find_file(const ast::File& file) {
    const auto& known = before_.kept.files;
    auto was = std::lower_bound(
        known.begin(), known.end(), file.source,
        [](const FileOutline& one, SourceId source) { return one.source < source; });
    if (was == known.end() || was->source != file.source) return false;
    places_.push_back({&file, &*was, outline_of(file)});
    const Place& place = places_.back();
    return same_vocabulary(place) && campaigns_are_known(place);
  }

  bool same_vocabulary(const Place& place) const {
    auto rest = [](const FileOutline& outline) {
      std::vector<const DeclarationOutline*> others;
      for (const DeclarationOutline& one : outline.declarations)
        if (!is_unit(one)) others.push_back(&one);
      return others;
    };
    const auto was = rest(*place.was);
    const auto now = rest(place.now);
    return std::equal(was.begin(), was.end(), now.begin(), now.end(), [&](auto* a, auto* b) {
      return a->kind == b->kind && a->range == b->range &&
             before_.sources.text_of(a->range) == sources_.text_of(b->range);
    });
  }

  // The campaign that this file declares, if there is no other of that name.
  const Symbol* campaign_of(const Place& place, const std::string& name) const {
    const Symbol* symbol = before_.kept.symbols.find(SymbolKind::kCampaign, name);
    return symbol != nullptr && symbol->range.source == place.was->source ? symbol : nullptr;
  }

  static std::vector<std::string> campaigns_in(const FileOutline& outline) {
    std::vector<std::string> names;
    for (const DeclarationOutline& one : outline.declarations)
      if (is_a<ast::CampaignDecl>(one)) names.push_back(one.name);
    std::sort(names.begin(), names.end());
    return names;
  }

  bool campaigns_are_known(const Place& place) {
    const std::vector<std::string> was = campaigns_in(*place.was);
    const std::vector<std::string> now = campaigns_in(place.now);
    auto known_once = [&](const std::vector<std::string>& names) {
      return std::adjacent_find(names.begin(), names.end()) == names.end() &&
             std::all_of(names.begin(), names.end(),
                         [&](const std::string& name) { return campaign_of(place, name); });
    };
    if (!known_once(was) || !known_once(now)) return false;
    if (!std::includes(was.begin(), was.end(), now.begin(), now.end())) return false;
    for (const std::string& name : was) {
      if (std::binary_search(now.begin(), now.end(), name)) continue;
      // It cannot be read at the moment.
      const ir::Campaign& gone = before_.program.campaigns[campaign_of(place, name)->index];
      if (!context_.symbols.is_unread(name) || emits_events(gone)) return false;
      if (!before_.program.tests.empty() && !named_mails(gone).empty()) return false;
      some_unreadable_ = true;
    }
    return true;
  }

  bool is_broken(SourceId source) const { return context_.broken.contains(source); }

  // What could not be read in a source may have been, or be, the cause of mistakes elsewhere.
  bool settle_unread() {
    std::set<SourceId> differ;
    std::set_symmetric_difference(context_.broken.begin(), context_.broken.end(),
                                  before_.kept.broken.begin(), before_.kept.broken.end(),
                                  std::inserter(differ, differ.end()));
    for (SourceId source : differ) {
      const Place* place = place_of(source);
      if (place == nullptr) return false;
      turned_ = true;
      const bool only_units =
          std::all_of(place->was->declarations.begin(), place->was->declarations.end(), is_unit);
      only_units_turned_ = only_units_turned_ && only_units;
    }
    return true;
  }

  bool check_campaigns_again() {
    for (const Place& place : places_)
      for (std::size_t i = 0; i < place.file->declarations.size(); ++i) {
        const ast::Declaration& declaration = place.file->declarations[i];
        const auto* written = std::get_if<ast::CampaignDecl>(&declaration.node);
        if (written == nullptr) continue;
        const Symbol* symbol = campaign_of(place, written->name.text);
        context_.symbols.move(*symbol, written->name.range);
        const ir::Campaign& was = before_.program.campaigns[symbol->index];
        ir::Campaign& campaign = context_.program.campaigns.edit(symbol->index);
        campaign = {};
        campaign.name = was.name;
        campaign.hash = was.hash;
        campaign.range = written->name.range;
        check_campaign(context_, {&declaration, place.file, i, true}, symbol->index);
        const ir::Campaign& now = context_.program.campaigns[symbol->index];
        if (emits_events(was) || emits_events(now)) return false;
        if (!context_.program.tests.empty() && named_mails(was) != named_mails(now)) return false;
      }
    return true;
  }

  bool check_tests_again() {
    for (const Place& place : places_)
      for (const ast::Declaration& declaration : place.file->declarations) {
        const auto* written = std::get_if<ast::TestDecl>(&declaration.node);
        if (written == nullptr) continue;
        context_.program.tests.emplace_back();
        context_.kept.test_uses.emplace_back();
        check_test(context_, *written,
                   static_cast<std::uint32_t>(context_.program.tests.size() - 1));
      }
    // A campaign that cannot be read is no candidate for what somebody else meant.
    if (!some_unreadable_) return true;
    const std::vector<Diagnostic>& all = found_.all();
    return std::none_of(all.begin() + static_cast<std::ptrdiff_t>(told_before_), all.end(),
                        misses_campaign);
  }

  static bool misses_campaign(const Diagnostic& one) {
    return one.code == Code::kUnknownName &&
           one.message.find(noun_of(SymbolKind::kCampaign)) != std::string::npos;
  }

  bool was_in_unit(const TextRange& range) const {
    const Place* place = place_of(range.source);
    if (place == nullptr) return false;
    return std::any_of(place->was->declarations.begin(), place->was->declarations.end(),
                       [&](const DeclarationOutline& one) {
                         return is_unit(one) && one.range.begin <= range.begin &&
                                range.begin < one.range.end;
                       });
  }

  // What was told of everything else. False where what changed may be its cause, or a place in it.
  bool others_stay_true() {
    for (const Diagnostic& one : before_.kept.of_check) {
      if (was_in_unit(one.range) || templates_.contains(one.range.source)) continue;
      if (turned_ && (!only_units_turned_ || place_of(one.range.source) != nullptr)) return false;
      if (some_unreadable_ && misses_campaign(one)) return false;
      for (const Label& label : one.labels)
        if (was_in_unit(label.range)) return false;
      for (const Edit& edit : one.edits)
        if (was_in_unit(edit.range)) return false;
      others_.push_back(one);
    }
    return true;
  }

  const Before& before_;
  const std::vector<ast::File>& files_;
  const std::set<SourceId>& templates_;
  SourceMap& sources_;
  Diagnostics& diagnostics_;
  const ReadFile read_nothing_ = [](std::string_view path) -> Result<std::string> {
    return fail("{} is not read again", path);
  };
  Diagnostics found_;
  std::size_t told_before_;
  Context context_;
  std::vector<Place> places_;
  std::vector<FileNotes> notes_;
  std::vector<Diagnostic> others_;
  bool some_unreadable_ = false;  // campaigns of before
  bool turned_ = false;           // a source has syntax errors now and had none, or the reverse
  bool only_units_turned_ = true;
};

}  // namespace

bool is_good(const Kept& kept) { return kept.good; }

bool retell(const Before& before, const std::vector<ast::File>& files,
            const std::set<SourceId>& templates, const Settings& settings, SourceMap& sources,
            Diagnostics& diagnostics) {
  return Reteller(before, files, templates, settings, sources, diagnostics).run();
}

}  // namespace trig::check
