#include <algorithm>

#include "compiler/check/campaign.h"
#include "stdlib/builtins.h"

namespace trig::check {

using ir::NodeId;

bool CampaignChecker::check(const ast::Send& send) {
  const Symbol* symbol = context_.resolve(SymbolKind::kTemplate, send.template_name);
  if (symbol == nullptr) {
    step_name_.reset();
    return true;
  }
  ir::Send step;
  step.mail_template = symbol->index;
  const ir::MailTemplate& mail = context_.program.templates[symbol->index];
  const std::vector<std::string>& texts =
      context_.before == nullptr ? context_.template_texts : context_.kept.texts->templates;
  if (!texts[symbol->index].empty()) check_class(send, mail);
  step.arguments = check_arguments(send, mail);
  step.at_best_hour = send.at_best_hour;
  if (send.as) step.as = name_mail(*send.as);
  if (send.within) step.within = send.within->span.exact();
  if (send.skip_after) step.skip_after = send.skip_after->span.exact();
  emit_step(std::move(step));
  return true;
}

// A mail's name can be given again: by a send in another branch, or by a later one. It is then the
// newest of them.
std::optional<std::uint32_t> CampaignChecker::name_mail(const ast::Name& name) {
  const ir::Type message{ir::Kind::kMessage, false, 0};
  for (const Binding& known : scope_.bindings)
    if (known.name == name.text && known.record == message) return known.slot;
  if (refuse_taken_binding(name)) return std::nullopt;
  auto slot = static_cast<std::uint32_t>(campaign_.slots.size());
  campaign_.slots.push_back({name.text, message, {}});
  scope_.bindings.push_back({name.text, name.range, slot, message});
  return slot;
}

// Marketing mail goes only to those who agreed to it.
void CampaignChecker::check_class(const ast::Send& send, const ir::MailTemplate& mail) {
  if (policy_ == nullptr) return;
  const ir::Policy& policy = context_.program.policies[policy_->index];
  if (!policy.consent_required && !mail.transactional)
    context_
        .report(Code::kMarketingWithoutConsent, send.template_name.range, {mail.name, policy.name})
        .label(written_.policy->range, "this policy says `consent not needed`")
        .hint(
            "send it under a policy with `consent required`, or make the template "
            "`class: transactional`");
  if (policy.consent_required && mail.transactional)
    context_
        .report(Code::kTransactionalUnderConsent, send.template_name.range,
                {mail.name, policy.name})
        .label(written_.policy->range, "people without consent will not get it")
        .hint("send it under a policy with `consent not needed`");
}

namespace {

// A row that is looked up may be gone when the mail goes: then the mail fails, and says so. So it
// needs no fallback.
bool may_be_gone(const ast::Expr& argument) {
  const auto* call = std::get_if<ast::Call>(&argument.node);
  const stdlib::BuiltinInfo* info =
      call == nullptr ? nullptr : stdlib::find_builtin(call->function.text);
  return info != nullptr && info->gives == stdlib::Gives::kRowOrMissing;
}

}  // namespace

std::vector<NodeId> CampaignChecker::check_arguments(const ast::Send& send,
                                                     const ir::MailTemplate& mail) {
  std::vector<NodeId> arguments(mail.parameters.size(), NodeId::kNone);
  std::vector<TextRange> given(mail.parameters.size());
  for (const ast::Argument& argument : send.arguments) {
    int index = parameter_of(argument, send, mail);
    ir::Type wanted = index < 0 ? ir::Type{} : mail.parameters[index].type;
    if (may_be_gone(*argument.value)) wanted = wanted.or_missing();
    std::size_t before = context_.diagnostics.all().size();
    NodeId value = ExpressionChecker(context_, scope_).value(*argument.value, wanted);
    if (index < 0) continue;
    if (context_.diagnostics.all().size() == before + 1) label_parameter(mail.parameters[index]);
    TextRange place = argument.label ? argument.label->range : argument.value->range;
    if (given[index].valid())
      context_.report(Code::kRepeated, place, {"argument", mail.parameters[index].name})
          .label(given[index], "the first is here")
          .hint("remove one of them");
    given[index] = place;
    arguments[index] = value;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i] == NodeId::kNone && !mail.parameters[i].type.optional)
      report_missing_argument(send, mail, mail.parameters[i]);
  return arguments;
}

// What does not fit a parameter is easier to see beside its declaration.
void CampaignChecker::label_parameter(const ir::Field& parameter) {
  Diagnostic& last = context_.diagnostics.last();
  if (last.code == Code::kTypeMismatch || last.code == Code::kMayBeMissing)
    last.label(parameter.range,
               "the parameter `" + parameter.name + "` is " + context_.type_name(parameter.type));
}

int CampaignChecker::parameter_of(const ast::Argument& argument, const ast::Send& send,
                                  const ir::MailTemplate& mail) {
  if (!argument.label) {
    auto position = static_cast<std::size_t>(&argument - send.arguments.data());
    Diagnostic& unnamed =
        context_.report(Code::kUnnamedArgument, argument.value->range, {mail.name});
    if (position >= mail.parameters.size()) return -1;
    TextRange before{argument.value->range.source, argument.value->range.begin,
                     argument.value->range.begin};
    unnamed.hint("write `{}: …`", mail.parameters[position].name)
        .replace(before, mail.parameters[position].name + ": ");
    return static_cast<int>(position);
  }
  std::vector<std::string> known;
  for (std::size_t i = 0; i < mail.parameters.size(); ++i) {
    if (mail.parameters[i].name == argument.label->text) return static_cast<int>(i);
    known.push_back(mail.parameters[i].name);
  }
  suggest(context_.report(Code::kUnknownArgument, argument.label->range,
                          {mail.name, argument.label->text}),
          *argument.label, known);
  return -1;
}

void CampaignChecker::report_missing_argument(const ast::Send& send, const ir::MailTemplate& mail,
                                              const ir::Field& parameter) {
  // An argument with an unknown name is likely to be this one: told once.
  for (const ast::Argument& argument : send.arguments) {
    bool known = argument.label &&
                 std::any_of(mail.parameters.begin(), mail.parameters.end(),
                             [&](const ir::Field& it) { return it.name == argument.label->text; });
    if (argument.label && !known) return;
  }
  Diagnostic& missing = context_.report(Code::kMissingArgument, send.template_name.range,
                                        {mail.name, parameter.name});
  missing.label(parameter.range, "the parameter is declared here");
  for (const Binding& binding : scope_.bindings) {
    if (binding.record.kind != ir::Kind::kRecord) continue;
    int field = context_.record(binding.record).find(parameter.name);
    bool good = field >= 0 &&
                fits(context_, context_.record(binding.record).fields[field].type, parameter.type);
    if (!good) continue;
    std::string argument = fmt::format("{0}: {1}.{0}", parameter.name, scope_.bindings.back().name);
    missing.hint("add `{}`", argument);
    TextRange name = send.template_name.range;
    std::uint32_t behind = name.end + 1;  // the bracket
    if (!send.arguments.empty()) {
      behind = send.arguments.back().value->range.end;
      argument = ", " + argument;
    }
    missing.replace({name.source, behind, behind}, argument);
    return;
  }
  missing.hint("add `{}: …`", parameter.name);
}

}  // namespace trig::check
