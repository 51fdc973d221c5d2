#include "runtime/admin/deployments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"
#include "compiler/liquid/mjml.h"
#include "compiler/project/config.h"
#include "compiler/project/files.h"
#include "runtime/admin/bundle.h"

namespace trig::admin {
namespace {

namespace json = boost::json;

std::string settings_of(const engine::Deployed& deployed) {
  auto file = deployed.files->find(std::string(project::kConfigFile));
  return file == deployed.files->end() ? std::string() : file->second;
}

std::string text_or(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

json::object diagnostics_json(const project::Project& project) {
  return json::parse(render_json(project.diagnostics, project.sources)).as_object();
}

Refusal conflict(std::string_view changed, std::string_view error) {
  Refusal refused = refusal(409, error);
  refused.body["changed"] = changed;
  return refused;
}

// Where, how grave and what, on one line for the log.
std::string line_of(const Diagnostic& diagnostic, const SourceMap& sources) {
  std::string place;
  if (diagnostic.range.valid()) {
    const Source& source = sources[diagnostic.range.source];
    const LineColumn at = source.place_of(diagnostic.range.begin);
    place = fmt::format("{}:{}:{}: ", source.path(), at.line, at.column);
  }
  return fmt::format("{}{}[{}]: {}", place,
                     diagnostic.severity == Severity::kError ? "error" : "warning",
                     info_of(diagnostic.code).code, diagnostic.message);
}

json::object files_changed(const std::map<std::string, Hash128>& was,
                           const std::map<std::string, Hash128>& is) {
  json::array added;
  json::array changed;
  json::array removed;
  for (const auto& [path, hash] : is) {
    auto before = was.find(path);
    if (before == was.end())
      added.push_back(json::string(path));
    else if (before->second != hash)
      changed.push_back(json::string(path));
  }
  for (const auto& [path, hash] : was)
    if (!is.contains(path)) removed.push_back(json::string(path));
  return {{"added", std::move(added)},
          {"changed", std::move(changed)},
          {"removed", std::move(removed)}};
}

json::value number_json(const std::optional<std::uint64_t>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

}  // namespace

Refusal refusal(int status, std::string_view error) {
  return {status, {{"version", kApiVersion}, {"error", error}}};
}

Deployments::Deployments(std::shared_ptr<const engine::Deployed> running,
                         std::optional<Versions> versions, DeployPorts ports)
    : versions_(std::move(versions)), ports_(std::move(ports)) {
  publish({std::move(running), {}, {}, std::nullopt});
}

Status Deployments::begin_with(const project::Files& files) {
  std::lock_guard lock(acting_);
  Running running{running_.deployed, hashes_of(files), hash_of_files(files), std::nullopt};
  if (versions_) {
    const auto deployed = versions_->deployed();
    const Version* newest = versions_->all().empty() ? nullptr : &versions_->all().back();
    if (deployed) {
      running.number = *deployed;
    } else if (newest != nullptr && newest->files == running.files) {
      running.number = newest->number;
    } else {
      std::optional<std::uint64_t> before;
      if (newest != nullptr) before = newest->number;
      auto saved = versions_->save({0, ports_.now(), std::string(kByFolder), before, {}}, files);
      if (!saved) return tl::unexpected(saved.error());
      running.number = *saved;
    }
  }
  publish(std::move(running));
  return {};
}

Hash128 Deployments::settings_hash() const { return hash128(settings_of(*running_.deployed)); }

// The server's own trig.toml is in force whatever was sent.
tl::expected<Deployments::Candidate, Refusal> Deployments::check(project::Files files) const {
  const std::string settings = settings_of(*running_.deployed);
  auto [own, is_new] = files.emplace(project::kConfigFile, settings);
  const bool other_settings = own->second != settings;
  own->second = settings;
  Candidate candidate{nullptr, files, hash_of_files(files), other_settings};
  candidate.project = project::recompile(*running_.deployed->project, std::move(files));
  if (!candidate.project->diagnostics.has_errors()) return candidate;
  Refusal refused = refusal(422, "the project has errors");
  refused.body["diagnostics"] = diagnostics_json(*candidate.project);
  refused.body["text"] =
      render_text(candidate.project->diagnostics, candidate.project->sources, {});
  return tl::unexpected(std::move(refused));
}

tl::expected<Deployments::Candidate, Refusal> Deployments::candidate_of(
    const json::object& request) const {
  const json::value* sent = request.if_contains("files");
  if (sent == nullptr) return tl::unexpected(refusal(400, "`files` is missing"));
  auto files = files_from_json(*sent);
  if (!files) return tl::unexpected(refusal(400, files.error().message));
  return check(std::move(*files));
}

tl::expected<Plan, Refusal> Deployments::plan_for(const Candidate& candidate) const {
  auto plan = make_plan(
      {running_.deployed->project.get(), candidate.project.get(), ports_.store, &cancelled_});
  if (!plan) return tl::unexpected(refusal(503, plan.error().message));
  return std::move(*plan);
}

json::object Deployments::told_plan(const Candidate& candidate, const Plan& plan) const {
  json::object told{{"version", kApiVersion},
                    {"at", to_string(ports_.now())},
                    {"base",
                     {{"number", number_json(running_.number)},
                      {"files", to_hex(running_.hash)},
                      {"settings", to_hex(settings_hash())}}},
                    {"candidate", to_hex(candidate.hash)},
                    {"changes", candidate.hash != running_.hash},
                    {"files", files_changed(running_.files, hashes_of(candidate.files))}};
  for (auto& entry : to_json(plan)) told[entry.key()] = std::move(entry.value());
  json::array notes;
  if (candidate.other_settings)
    notes.push_back(
        "trig.toml is another one on the server: that one is in force, and is changed there, with "
        "a restart");
  told["notes"] = std::move(notes);
  told["diagnostics"] = diagnostics_json(*candidate.project).at("diagnostics");
  told["text"] = render_text(candidate.project->diagnostics, candidate.project->sources, {});
  return told;
}

Answer Deployments::plan(const json::object& request) {
  std::lock_guard lock(acting_);
  auto candidate = candidate_of(request);
  if (!candidate) return tl::unexpected(std::move(candidate.error()));
  auto plan = plan_for(*candidate);
  if (!plan) return tl::unexpected(std::move(plan.error()));
  return told_plan(*candidate, *plan);
}

std::optional<Refusal> Deployments::changed_since(const json::object& plan,
                                                  const Candidate& candidate) const {
  const json::value* base = plan.if_contains("base");
  const json::value* campaigns = plan.if_contains("campaigns");
  if (base == nullptr || !base->is_object() || campaigns == nullptr || !campaigns->is_array())
    return refusal(400, "`plan` is not what POST /v1/plan answered");
  if (text_or(plan, "candidate") != to_hex(candidate.hash))
    return conflict("files", "the files are not those of the plan");
  if (text_or(base->as_object(), "files") != to_hex(running_.hash))
    return conflict("running version",
                    fmt::format("the plan was made for other files than those that run now{}",
                                running_.number ? fmt::format(" (version {})", *running_.number)
                                                : std::string()));
  if (text_or(base->as_object(), "settings") != to_hex(settings_hash()))
    return conflict("settings", "the server's trig.toml has changed since the plan was made");
  return std::nullopt;
}

Answer Deployments::deploy(const json::object& request, const std::string& by) {
  std::lock_guard lock(acting_);
  const json::value* planned = request.if_contains("plan");
  if (planned == nullptr || !planned->is_object())
    return tl::unexpected(refusal(400, "`plan` is missing"));
  auto candidate = candidate_of(request);
  if (!candidate) return tl::unexpected(std::move(candidate.error()));
  if (auto refused = changed_since(planned->as_object(), *candidate))
    return tl::unexpected(std::move(*refused));
  if (candidate->hash == running_.hash)
    return tl::unexpected(conflict("nothing", "these files run already"));
  auto plan = plan_for(*candidate);
  if (!plan) return tl::unexpected(std::move(plan.error()));
  const json::value* exact = request.if_contains("exact");
  std::vector<std::string> lines;
  try {
    lines = beyond(planned->as_object(), *plan, exact != nullptr && exact->as_bool());
  } catch (const std::exception&) {
    return tl::unexpected(refusal(400, "`plan` is not what POST /v1/plan answered"));
  }
  if (!lines.empty()) {
    Refusal refused = conflict("counts", "people inside are not where the plan saw them");
    refused.body["counts"] = json::array(lines.begin(), lines.end());
    return tl::unexpected(std::move(refused));
  }
  json::object told = told_plan(*candidate, *plan);
  Answer answer = apply(*candidate, std::nullopt, by);
  if (answer) (*answer)["plan"] = std::move(told);
  return answer;
}

Answer Deployments::rollback(const json::object& request, const std::string& by) {
  std::lock_guard lock(acting_);
  if (!versions_) return tl::unexpected(refusal(409, "no versions are kept"));
  const Version* running = running_.number ? versions_->find(*running_.number) : nullptr;
  std::optional<std::uint64_t> to;
  if (const json::value* given = request.if_contains("to"); given != nullptr && !given->is_null()) {
    json::error_code error;
    to = given->is_number() ? given->to_number<std::uint64_t>(error) : 0;
    if (!given->is_number() || error) return tl::unexpected(refusal(400, "`to` is no version"));
  } else if (running != nullptr) {
    to = running->before;
  }
  if (!to) return tl::unexpected(conflict("nothing", "no version ran before this one"));
  const Version* target = versions_->find(*to);
  if (target == nullptr)
    return tl::unexpected(refusal(404, fmt::format("version {} is not kept", *to)));
  if (target == running) return tl::unexpected(conflict("nothing", "this version runs already"));
  auto files = versions_->files_of(*target);
  if (!files) return tl::unexpected(refusal(503, files.error().message));
  auto candidate = check(std::move(*files));
  if (!candidate) return tl::unexpected(std::move(candidate.error()));
  auto plan = plan_for(*candidate);
  if (!plan) return tl::unexpected(std::move(plan.error()));
  json::object told = told_plan(*candidate, *plan);
  Answer answer = apply(*candidate, *to, by);
  if (answer) (*answer)["plan"] = std::move(told);
  return answer;
}

// First what a start needs, then the engine: a kill in between leaves either version.
Answer Deployments::apply(const Candidate& candidate, std::optional<std::uint64_t> number,
                          const std::string& by) {
  if (!versions_) return tl::unexpected(refusal(409, "no versions are kept"));
  auto ready = ports_.make_ready(candidate.project, *running_.deployed);
  if (!number) {
    auto saved = versions_->save({0, ports_.now(), by, running_.number, {}}, candidate.files);
    if (!saved) return tl::unexpected(refusal(503, saved.error().message));
    number = *saved;
  }
  if (Status kept = versions_->deploy(*number); !kept)
    return tl::unexpected(refusal(503, kept.error().message));
  const auto before = running_.number;
  const auto was = running_.deployed;
  const auto began = ports_.now();
  if (Status deployed = ports_.deploy(ready); !deployed)
    return tl::unexpected(refusal(503, fmt::format("{}; the next start serves version {}",
                                                   deployed.error().message, *number)));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.now() - began);
  publish({ready, hashes_of(candidate.files), candidate.hash, number});
  ports_.told(*was->program, *ready->program, took);
  return json::object{{"version", kApiVersion},
                      {"deployed", *number},
                      {"before", number_json(before)},
                      {"took_ms", took.count()}};
}

Answer Deployments::files() {
  std::lock_guard lock(acting_);
  const Version* running =
      versions_ && running_.number ? versions_->find(*running_.number) : nullptr;
  if (running == nullptr) return tl::unexpected(refusal(409, "the files that run are not kept"));
  auto files = versions_->files_of(*running);
  if (!files) return tl::unexpected(refusal(503, files.error().message));
  files->erase(std::string(project::kConfigFile));
  return json::object{{"version", kApiVersion},
                      {"number", running->number},
                      {"hash", to_hex(running_.hash)},
                      {"files", files_to_json(*files)}};
}

Answer Deployments::journeys(const std::optional<std::string>& campaign) {
  const std::shared_ptr<const engine::Deployed> now = current();
  auto rows = journeys_json({now->project.get(), nullptr, ports_.store, &cancelled_}, campaign);
  if (!rows) return tl::unexpected(refusal(503, rows.error().message));
  return json::object{{"version", kApiVersion}, {"journeys", std::move(*rows)}};
}

Result<Deployments::Candidate> Deployments::read_folder() const {
  const project::Project& running = *running_.deployed->project;
  Diagnostics unread;
  auto files = project::read_folder(running.root, {kMaxProjectFiles, kMaxProjectBytes}, unread);
  if (!files) return tl::unexpected(files.error());
  Candidate candidate{nullptr, *files, {}, false};
  const bool has_mjml = std::any_of(files->begin(), files->end(),
                                    [](const auto& file) { return liquid::is_mjml(file.first); });
  if (!unread.all().empty() || has_mjml) {
    auto loaded = project::load(running.root);
    if (!loaded) return tl::unexpected(loaded.error());
    candidate.project = std::move(*loaded);
    for (const auto& [path, text] : candidate.project->files) candidate.files[path] = text;
  } else {
    candidate.project = project::recompile(running, std::move(*files));
  }
  candidate.hash = hash_of_files(candidate.files);
  return candidate;
}

Reloaded Deployments::reload() {
  std::lock_guard lock(acting_);
  auto candidate = read_folder();
  if (!candidate) return {{candidate.error().message}, "the program before goes on"};
  Reloaded reloaded;
  for (const Diagnostic& diagnostic : candidate->project->diagnostics.all())
    reloaded.problems.push_back(line_of(diagnostic, candidate->project->sources));
  auto refused = [&](std::string why) {
    reloaded.refusal = std::move(why);
    return reloaded;
  };
  if (candidate->project->diagnostics.has_errors()) return refused("the program before goes on");
  auto settings = candidate->files.find(std::string(project::kConfigFile));
  if (settings == candidate->files.end() || settings->second != settings_of(*running_.deployed))
    return refused("trig.toml has changed, which takes a restart");
  if (versions_ && versions_->deployed()) {
    Answer answer = apply(*candidate, std::nullopt, std::string(kByFolder));
    return answer ? reloaded : refused(text_or(answer.error().body, "error"));
  }
  std::optional<std::uint64_t> number = running_.number;
  if (versions_ && candidate->hash != running_.hash) {
    auto saved = versions_->save({0, ports_.now(), std::string(kByFolder), running_.number, {}},
                                 candidate->files);
    if (!saved) return refused(saved.error().message);
    number = *saved;
  }
  const auto was = running_.deployed;
  auto ready = ports_.make_ready(candidate->project, *was);
  const auto began = ports_.now();
  if (Status deployed = ports_.deploy(ready); !deployed) return refused(deployed.error().message);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.now() - began);
  publish({ready, hashes_of(candidate->files), candidate->hash, number});
  ports_.told(*was->program, *ready->program, took);
  return reloaded;
}

void Deployments::publish(Running running) {
  json::array rows;
  if (versions_) {
    for (const Version& version : versions_->all())
      rows.push_back({{"number", version.number},
                      {"at", to_string(version.at)},
                      {"by", version.by},
                      {"before", number_json(version.before)},
                      {"files", version.files.size()},
                      {"running", running.number == version.number},
                      {"served_at_start", versions_->deployed() == version.number}});
  }
  std::lock_guard lock(told_);
  running_ = std::move(running);
  current_ = running_.deployed;
  listed_ = {{"version", kApiVersion}, {"versions", std::move(rows)}};
}

json::object Deployments::versions() const {
  std::lock_guard lock(told_);
  return listed_;
}

std::shared_ptr<const engine::Deployed> Deployments::current() const {
  std::lock_guard lock(told_);
  return current_;
}

}  // namespace trig::admin
