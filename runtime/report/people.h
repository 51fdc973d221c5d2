// Whom a word on the command line means: a user id, an anonymous id, the value of a key field (an
// e-mail address), or #NUMBER, the person's own id.
#pragma once

#include <optional>
#include <string>

#include "compiler/base/ids.h"
#include "compiler/base/result.h"
#include "compiler/ir/program.h"
#include "runtime/ports/store.h"

namespace trig::report {

// nullopt: nobody is known by that word.
Result<std::optional<PersonId>> find_person(const Store& store, const ir::Program& program,
                                            const std::string& word);

}  // namespace trig::report
