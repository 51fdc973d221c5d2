#include "compiler/check/campaign.h"

namespace trig::check {

using ir::NodeId;

namespace {

// A host, and nothing that only a person at a keyboard would write.
bool is_endpoint(const std::string& url) {
  std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return false;
  std::string_view rest = std::string_view(url).substr(scheme);
  std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  bool printable = url.find_first_of(" \t\r\n<>\"\\^`{|}") == std::string::npos;
  return printable && !host.empty() && host.find('@') == std::string_view::npos &&
         url.find('#') == std::string::npos;
}

}  // namespace

bool CampaignChecker::check(const ast::Post& post) {
  if (!is_endpoint(post.url.value))
    context_.report(Code::kPostUrl, post.url.range, {post.url.value})
        .hint("write the whole address: \"https://example.com/hook\"");
  ir::Post step;
  step.url = post.url.value;
  for (const ast::FieldValue& field : post.body.fields) {
    for (const auto& [known, value] : step.fields)
      if (known == field.name.text)
        context_.report(Code::kRepeated, field.name.range, {"field", field.name.text})
            .hint("remove one of them");
    NodeId value = ExpressionChecker(context_, scope_).lower(*field.value);
    step.fields.emplace_back(field.name.text, value);
  }
  emit_step(std::move(step));
  return true;
}

}  // namespace trig::check
