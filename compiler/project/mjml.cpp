#include "compiler/project/mjml.h"

#include <boost/json.hpp>
#include <vector>

#include "compiler/base/embedded.h"
#include "compiler/base/limits.h"
#include "compiler/base/process.h"
#include "compiler/liquid/mjml.h"

namespace trig {

extern const EmbeddedFile k_mjml_script[];

namespace project {
namespace {

namespace json = boost::json;

using Paths = std::vector<std::string>;

Result<json::array> run_mjml(const Project& project, const Paths& paths,
                             const std::string& folder) {
  json::array wanted;
  for (const std::string& path : paths)
    wanted.push_back({{"path", path}, {"text", liquid::mjml_of(project.files.at(path))}});
  Result<Finished> node = run_program({.words = {"node", "-e", std::string(k_mjml_script[0].text)},
                                       .folder = folder,
                                       .input = json::serialize(wanted),
                                       .max_bytes = kMaxProjectBytes,
                                       .time = kMaxMjmlTime});
  if (!node) return tl::unexpected(node.error());
  json::error_code error;
  json::value answer = json::parse(node->output, error);
  if (node->exit != 0 || error)
    return fail("node: {}", node->complaint.substr(0, node->complaint.find('\n')));
  if (answer.is_object())
    return fail("{}", std::string_view(answer.as_object().at("missing").as_string()));
  return std::move(answer.as_array());
}

TextRange line_range(const Source& source, SourceId id, std::int64_t line) {
  const std::string& text = source.text();
  std::size_t begin = 0;
  for (std::int64_t at = 1; at < line && begin < text.size(); ++at)
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  return {id, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

void take(Project& project, const json::object& made) {
  std::string path(made.at("path").as_string());
  const json::array& errors = made.at("errors").as_array();
  if (errors.empty()) {
    project.files[liquid::mjml_output_path(path)] = made.at("html").as_string();
    return;
  }
  const SourceId id = project.sources.add(path, project.files.at(path));
  for (const json::value& error : errors)
    project.diagnostics.report(
        Code::kMjmlMistake,
        line_range(project.sources[id], id, error.at("line").to_number<std::int64_t>()),
        {std::string_view(error.at("message").as_string())});
}

}  // namespace

void compile_mjml(Project& project, const std::string& folder) {
  Paths paths;
  for (const auto& [path, text] : project.files)
    if (liquid::is_mjml(path) &&
        (!folder.empty() || !project.files.contains(liquid::mjml_output_path(path))))
      paths.push_back(path);
  if (paths.empty()) return;
  for (const std::string& path : paths) project.files.erase(liquid::mjml_output_path(path));
  Result<json::array> made = folder.empty() ? fail("the project has no folder to find it in")
                                            : run_mjml(project, paths, folder);
  if (!made) {
    const SourceId id = project.sources.add(paths.front(), project.files.at(paths.front()));
    project.diagnostics
        .report(Code::kMjmlUnavailable, {id, 0, 0}, {paths.front(), made.error().message})
        .hint("`npm install mjml` in the folder of the project");
    return;
  }
  for (const json::value& one : *made) take(project, one.as_object());
}

}  // namespace project
}  // namespace trig
