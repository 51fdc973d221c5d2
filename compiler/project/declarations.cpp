#include "compiler/project/declarations.h"

#include <functional>

#include "compiler/ast/printer.h"
#include "compiler/ast/visit.h"
#include "compiler/parse/parse.h"

namespace trig::project {
namespace {

class Reader {
 public:
  explicit Reader(const Project& project) : project_(project) {}

  Declarations read() {
    for (const auto& [path, text] : project_.files) {
      if (!path.ends_with(".trig")) continue;
      Diagnostics ignored;
      source_ = sources_.add(path, text);
      ast::File file = parse::parse(source_, sources_[source_], ignored);
      for (std::size_t i = 0; i < file.declarations.size(); ++i) read(file, i);
    }
    return std::move(declarations_);
  }

 private:
  void read(ast::File& file, std::size_t index) {
    auto& node = file.declarations[index].node;
    auto canonical = [&] { return ast::print_canonical(file, index, sources_[source_]); };
    if (const auto* policy = std::get_if<ast::PolicyDecl>(&node))
      declarations_.policies[policy->name.text] = canonical();
    if (const auto* segment = std::get_if<ast::SegmentDecl>(&node))
      declarations_.segments[segment->name.text] = canonical();
    if (const auto* mail = std::get_if<ast::TemplateDecl>(&node)) {
      declarations_.templates[mail->name.text] = canonical();
      declarations_.mails[mail->name.text] = with_partials(mail->file.value);
    }
    if (const auto* event = std::get_if<ast::EventDecl>(&node))
      read_fields(event->name.text, event->fields);
    if (const auto* record = std::get_if<ast::RecordDecl>(&node)) {
      declarations_.records.insert(record->name.text);
      read_fields(record->name.text, record->fields);
    }
    if (auto* campaign = std::get_if<ast::CampaignDecl>(&node))
      read_campaign(file.declarations[index].range, *campaign);
  }

  void read_fields(const std::string& name, const std::vector<ast::FieldDecl>& fields) {
    std::map<std::string, std::string>& known = declarations_.events[name];
    for (const ast::FieldDecl& field : fields) {
      std::string type;
      for (char c : sources_.text_of(field.type.range))
        if (c != ' ' || (!type.empty() && type.back() != ' ')) type += c;
      if (field.type.optional && !type.ends_with('?')) type += '?';
      known[field.name.text] = type;
    }
  }

  // A template's text and those of the partials it renders, however deep.
  std::string with_partials(const std::string& path) const {
    std::string all;
    std::set<std::string> seen;
    std::function<void(const std::string&)> add = [&](const std::string& file) {
      auto place = project_.files.find(file);
      if (place == project_.files.end() || !seen.insert(file).second) return;
      const std::string& text = place->second;
      all += file + '\n' + text + '\n';
      constexpr std::string_view kTag = "render";
      for (std::size_t at = text.find(kTag); at != text.npos; at = text.find(kTag, at + 1)) {
        const std::size_t quote = text.find_first_not_of(" \t", at + kTag.size());
        if (quote == text.npos || (text[quote] != '\'' && text[quote] != '"')) continue;
        const std::size_t end = text.find(text[quote], quote + 1);
        if (end != text.npos)
          add("templates/partials/" + text.substr(quote + 1, end - quote - 1) + ".liquid");
      }
    };
    add(path);
    return all;
  }

  // A campaign that has only this part, printed.
  std::string part_text(ast::CampaignDecl part) const {
    part.name.text = "part";
    ast::File file;
    file.source = source_;
    file.declarations.push_back({range_, std::move(part)});
    return ast::print_canonical(file, 0, sources_[source_]);
  }

  void read_campaign(TextRange range, ast::CampaignDecl& campaign) {
    CampaignTexts& texts = declarations_.campaigns[campaign.name.text];
    range_ = range;
    texts.written = sources_.text_of(range);
    texts.title = campaign.title ? campaign.title->value : campaign.name.text;
    if (campaign.policy) texts.policy = campaign.policy->text;
    collect_names(campaign.steps, texts);
    if (campaign.trigger) read_trigger(*campaign.trigger, texts);
    ast::CampaignDecl entry;
    entry.priority = campaign.priority;
    entry.trigger = std::move(campaign.trigger);
    entry.again = std::move(campaign.again);
    entry.restart_while_waiting = campaign.restart_while_waiting;
    texts.entry = part_text(std::move(entry));
    ast::CampaignDecl steps;
    steps.steps = std::move(campaign.steps);
    steps.exits = std::move(campaign.exits);
    take_out(steps.steps, texts);
    texts.skeleton = part_text(std::move(steps));
    ast::CampaignDecl goals;
    goals.goals = std::move(campaign.goals);
    texts.goals = part_text(std::move(goals));
    ast::CampaignDecl edits;
    edits.edits = campaign.edits;
    texts.edits = part_text(std::move(edits));
  }

  // Moves what changes no step out of the steps. Arms are kept for good whatever their shares
  // become.
  void take_out(ast::Block& block, CampaignTexts& texts) const {
    for (ast::Step& step : block) {
      if (auto* post = std::get_if<ast::Post>(&step.node)) {
        ast::CampaignDecl alone;
        alone.steps.push_back({step.range, std::move(*post)});
        texts.posts += part_text(std::move(alone));
        step.node = ast::Post{};
      }
      if (auto* when = std::get_if<ast::When>(&step.node)) {
        for (ast::When::Branch& branch : when->branches) take_out(branch.block, texts);
        if (when->otherwise) take_out(*when->otherwise, texts);
      }
      if (auto* wait = std::get_if<ast::WaitForEvent>(&step.node)) {
        take_out(wait->arrived, texts);
        if (wait->otherwise) take_out(*wait->otherwise, texts);
      }
      if (auto* split = std::get_if<ast::Split>(&step.node))
        for (ast::Split::Arm& arm : split->arms) {
          texts.shares += arm.percent + "% ";
          arm.percent = "0";
          take_out(arm.block, texts);
        }
    }
  }

  // What the steps read by name: the events and what they are called.
  void read_trigger(ast::Trigger& trigger, CampaignTexts& texts) const {
    ast::File file;
    file.source = source_;
    ast::CampaignDecl start;
    start.name.text = "part";
    start.trigger.emplace().node = std::move(trigger.node);
    start.trigger->range = trigger.range;
    file.declarations.push_back({range_, std::move(start)});
    texts.start = ast::print_canonical(file, 0, sources_[source_]);
    trigger.node = std::move(std::get<ast::CampaignDecl>(file.declarations[0].node).trigger->node);
    if (const auto* on = std::get_if<ast::SegmentTrigger>(&trigger.node))
      texts.segments.insert(on->segment.text);
    if (const auto* on = std::get_if<ast::RecurringTrigger>(&trigger.node))
      texts.segments.insert(on->audience.text);
    if (const auto* on = std::get_if<ast::OnceTrigger>(&trigger.node))
      texts.segments.insert(on->audience.text);
  }

  void collect_names(const ast::Block& block, CampaignTexts& texts) const {
    for (const ast::Step& step : block) {
      if (const auto* send = std::get_if<ast::Send>(&step.node))
        texts.templates.insert(send->template_name.text);
      if (const auto* when = std::get_if<ast::When>(&step.node)) {
        for (const ast::When::Branch& branch : when->branches) collect_names(branch.block, texts);
        if (when->otherwise) collect_names(*when->otherwise, texts);
      }
      if (const auto* wait = std::get_if<ast::WaitForEvent>(&step.node)) {
        collect_names(wait->arrived, texts);
        if (wait->otherwise) collect_names(*wait->otherwise, texts);
      }
      if (const auto* split = std::get_if<ast::Split>(&step.node))
        for (const ast::Split::Arm& arm : split->arms) collect_names(arm.block, texts);
    }
  }

  const Project& project_;
  SourceMap sources_;
  SourceId source_ = SourceId::kNone;
  TextRange range_;  // of the campaign at hand: the printer looks at the text around it
  Declarations declarations_;
};

}  // namespace

Declarations read_declarations(const Project& project) { return Reader(project).read(); }

}  // namespace trig::project
