#include "compiler/base/build_id.h"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <string_view>

namespace trig {
namespace {

std::size_t padded(std::size_t bytes) { return (bytes + 3) / 4 * 4; }

std::string id_in(std::string_view notes) {
  constexpr std::string_view kGnu("GNU\0", 4);
  for (ElfW(Nhdr) note; notes.size() >= sizeof note;) {
    std::memcpy(&note, notes.data(), sizeof note);
    notes.remove_prefix(sizeof note);
    const std::size_t name = padded(note.n_namesz);
    const std::size_t whole = name + padded(note.n_descsz);
    if (whole > notes.size()) return {};
    if (note.n_type == NT_GNU_BUILD_ID && notes.substr(0, note.n_namesz) == kGnu)
      return std::string(notes.substr(name, note.n_descsz));
    notes.remove_prefix(whole);
  }
  return {};
}

// The program itself comes first; its libraries are not asked for.
int visit(dl_phdr_info* program, std::size_t, void* found) {
  for (int i = 0; i < program->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = program->dlpi_phdr[i];
    if (part.p_type != PT_NOTE) continue;
    const auto* begin = reinterpret_cast<const char*>(program->dlpi_addr + part.p_vaddr);
    std::string id = id_in({begin, part.p_memsz});
    if (id.empty()) continue;
    *static_cast<std::string*>(found) = std::move(id);
    break;
  }
  return 1;
}

}  // namespace

std::string build_id() {
  std::string found;
  dl_iterate_phdr(visit, &found);
  return found;
}

}  // namespace trig
