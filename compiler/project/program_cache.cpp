#include "compiler/project/program_cache.h"

#include "compiler/base/build_id.h"
#include "compiler/base/codec.h"
#include "compiler/ir/codec.h"
#include "compiler/liquid/mjml.h"
#include "compiler/project/config.h"
#include "compiler/project/tables.h"

namespace trig::project {
namespace {

using Partials = std::map<std::string, liquid::Template, std::less<>>;

constexpr std::string_view kPartialEnding = ".liquid";

// Sources of the project's own files are not written out: they are at hand.
void write_sources(const Project& project, ByteWriter& w) {
  w.varint(project.sources.size());
  for (std::size_t i = 0; i < project.sources.size(); ++i) {
    const Source& source = project.sources[SourceId{static_cast<std::uint32_t>(i)}];
    const auto file = project.files.find(source.path());
    const bool at_hand = file != project.files.end() && file->second == source.text();
    w.text(source.path());
    w.u8(at_hand ? 1 : 0);
    if (!at_hand) w.text(source.text());
  }
}

bool read_sources(ByteReader& r, Project& project) {
  for (std::uint64_t left = r.varint(); left > 0 && r.ok(); --left) {
    std::string path = r.text();
    if (r.u8() == 0) {
      project.sources.add(std::move(path), r.text());
      continue;
    }
    const auto file = project.files.find(path);
    if (file == project.files.end()) return false;
    project.sources.add(std::move(path), file->second);
  }
  return r.ok();
}

void write_templates(const Project& project, ByteWriter& w) {
  auto write = [&](const liquid::MailTemplate& mail) {
    w.varint(static_cast<std::uint32_t>(mail.body.range.source));
  };
  w.varint(project.templates.size());
  for (const liquid::MailTexts& texts : project.templates) {
    write(*texts.own);
    w.varint(texts.by_language.size());
    for (const auto& [language, mail] : texts.by_language) {
      w.text(language);
      write(*mail);
    }
  }
}

// Parsed anew: that takes less than reading their trees would.
bool read_templates(ByteReader& r, Project& project) {
  Diagnostics known;  // what there is to say was said when the project was checked
  auto read = [&]() -> std::shared_ptr<const liquid::MailTemplate> {
    const std::uint64_t source = r.varint();
    if (!r.ok() || source >= project.sources.size()) return nullptr;
    return std::make_shared<liquid::MailTemplate>(liquid::parse_mail_template(
        project.sources, SourceId{static_cast<std::uint32_t>(source)}, known));
  };
  for (std::uint64_t left = r.varint(); left > 0 && r.ok(); --left) {
    liquid::MailTexts& texts = project.templates.emplace_back();
    texts.own = read();
    if (texts.own == nullptr) return false;
    for (std::uint64_t languages = r.varint(); languages > 0 && r.ok(); --languages) {
      std::string language = r.text();
      auto mail = read();
      if (mail == nullptr) return false;
      texts.by_language.emplace(std::move(language), std::move(mail));
    }
  }
  return r.ok() && !known.has_errors() &&
         project.templates.size() == project.program.templates.size();
}

// The partials that some template renders are among the sources.
void read_partials(Project& project) {
  auto partials = std::make_shared<Partials>();
  Diagnostics known;
  for (std::size_t i = 0; i < project.sources.size(); ++i) {
    const SourceId id{static_cast<std::uint32_t>(i)};
    std::string_view name = project.sources[id].path();
    if (!name.starts_with(check::kPartialFolder) || !name.ends_with(kPartialEnding)) continue;
    name.remove_prefix(check::kPartialFolder.size());
    name.remove_suffix(kPartialEnding.size());
    const auto end = static_cast<std::uint32_t>(project.sources[id].text().size());
    partials->emplace(
        name, liquid::parse_template(project.sources, {id, 0, end}, liquid::Dialect::kTrig, known));
  }
  project.partials = [partials](std::string_view name) -> const liquid::Template* {
    auto place = partials->find(name);
    return place == partials->end() ? nullptr : &place->second;
  };
}

bool read_settings(Project& project) {
  for (std::size_t i = 0; i < project.sources.size(); ++i) {
    const SourceId id{static_cast<std::uint32_t>(i)};
    if (project.sources[id].path() != kConfigFile) continue;
    Diagnostics known;
    project.config = read_config(id, project.sources[id], known);
    return !known.has_errors();
  }
  return false;
}

bool is_table_file(std::string_view path) { return path.ends_with(".csv"); }

}  // namespace

ProgramCache::ProgramCache(std::shared_ptr<const FileCache> kept)
    : kept_(std::move(kept)), build_(build_id()) {}

std::optional<Hash128> ProgramCache::key_of(const Files& files) const {
  if (kept_ == nullptr || build_.empty()) return std::nullopt;
  ByteWriter w;
  w.text(build_);
  for (const auto& [path, text] : files) {
    if (is_table_file(path)) continue;
    if (liquid::is_mjml(path)) return std::nullopt;
    const Hash128 hash = hash128(text);
    w.text(path);
    w.fixed64(hash.high);
    w.fixed64(hash.low);
  }
  return hash128(w.bytes());
}

std::unique_ptr<Project> ProgramCache::find(const Files& files, bool with_tables) const {
  const std::optional<Hash128> key = key_of(files);
  const std::optional<std::string> bytes = key ? kept_->find(*key) : std::nullopt;
  if (!bytes) return nullptr;
  ByteReader r(*bytes);
  auto project = std::make_unique<Project>();
  project->files = files;
  if (!read_sources(r, *project) || !read_settings(*project)) return nullptr;
  std::optional<ir::Program> program = ir::decode_program(r);
  if (!program) return nullptr;
  project->program = std::move(*program);
  if (!read_templates(r, *project) || !r.at_end()) return nullptr;
  read_partials(*project);
  if (with_tables) load_tables(*project);
  if (project->diagnostics.has_errors()) return nullptr;
  project->from_cache = true;
  return project;
}

void ProgramCache::keep(const Project& project) const {
  const std::optional<Hash128> key = key_of(project.files);
  if (!key || project.diagnostics.has_errors()) return;
  for (std::size_t i = 0; i < project.sources.size(); ++i)
    if (is_table_file(project.sources[SourceId{static_cast<std::uint32_t>(i)}].path())) return;
  ByteWriter w;
  write_sources(project, w);
  w.raw(ir::encode(project.program));
  write_templates(project, w);
  kept_->keep(*key, w.bytes());
}

}  // namespace trig::project
