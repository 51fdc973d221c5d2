// Golden files of the REPL: inputs in an empty project, and the dialogue they make.
#include "runtime/drive/typed_text.h"
#include "tests/tools/golden.h"
#include "tests/tools/transcript.h"

namespace trig::golden {
namespace {

std::string dialogue(const std::string& text, const std::string&) {
  std::unique_ptr<drive::Session> session = session_of({});
  std::string told;
  for (const std::string& input : drive::inputs_of(text)) {
    if (drive::kind_of(input) == drive::InputKind::kNothing) continue;
    const drive::Answer answer = session->take(input);
    told += as_input(input) + shown(answer) + (answer.ok ? "" : "(failed)\n");
  }
  return told;
}

}  // namespace
}  // namespace trig::golden

int main(int argc, char** argv) {
  return trig::golden::golden_main(argc, argv, {{"repl", trig::golden::dialogue}});
}
