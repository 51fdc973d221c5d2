#include "runtime/engine/programs.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "compiler/exec/program_change.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"

namespace trig::engine {
namespace {

// Space::kPrograms: 'f' + hash of a file's text → the text; 's' + hash of a program → its files and
// campaigns; 'v' + campaign + version → hash of a program that has it. ('n' is of rows.h.)
std::string hash_key(char kind, const Hash128& hash) {
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(kind));
  writer.fixed64(hash.high);
  writer.fixed64(hash.low);
  return writer.take();
}

std::string version_key(const exec::CampaignRef& ref) {
  ByteWriter writer;
  writer.u8('v');
  writer.raw(campaign_value(ref));
  return writer.take();
}

using Snapshot = ProgramSnapshot;

std::string encode(const Snapshot& snapshot) {
  ByteWriter w;
  w.varint(snapshot.files.size());
  for (const auto& [path, hash] : snapshot.files) {
    w.text(path);
    w.fixed64(hash.high);
    w.fixed64(hash.low);
  }
  w.varint(snapshot.campaigns.size());
  for (const exec::CampaignRef& ref : snapshot.campaigns) {
    w.fixed64(static_cast<std::uint64_t>(ref.campaign));
    w.fixed64(ref.version.high);
    w.fixed64(ref.version.low);
  }
  return w.take();
}

Snapshot decode_snapshot(std::string_view bytes) {
  ByteReader r(bytes);
  Snapshot snapshot;
  std::uint64_t files = r.varint();
  for (std::uint64_t i = 0; i < files && r.ok(); ++i) {
    std::string path = r.text();
    Hash128 hash;
    hash.high = r.fixed64();
    hash.low = r.fixed64();
    snapshot.files.emplace_back(std::move(path), hash);
  }
  std::uint64_t campaigns = r.varint();
  for (std::uint64_t i = 0; i < campaigns && r.ok(); ++i) {
    exec::CampaignRef ref;
    ref.campaign = NameHash{r.fixed64()};
    ref.version.high = r.fixed64();
    ref.version.low = r.fixed64();
    snapshot.campaigns.push_back(ref);
  }
  if (!r.ok()) throw StoreFailed{"the record of a deployed program is damaged"};
  return snapshot;
}

}  // namespace

Programs::Programs(View& view, std::shared_ptr<const Deployed> current, CompileFiles compile)
    : view_(view), current_(std::move(current)), compile_(std::move(compile)) {
  const auto& campaigns = current_->program->campaigns;
  for (std::uint32_t i = 0; i < campaigns.size(); ++i)
    current_versions_[{campaigns[i].hash, campaigns[i].version}] = i;
}

void Programs::replace(std::shared_ptr<const Deployed> next) {
  const auto before = std::exchange(current_, std::move(next));
  lately_ = {};  // what did not change is in another program now
  const ir::Program& was = *before->program;
  const ir::Program& now = *current_->program;
  auto forget = [&](std::uint32_t i) {
    current_versions_.erase({was.campaigns[i].hash, was.campaigns[i].version});
    older_[{was.campaigns[i].hash, was.campaigns[i].version}] = before;
  };
  auto know = [&](std::uint32_t i) {
    current_versions_[{now.campaigns[i].hash, now.campaigns[i].version}] = i;
  };
  if (exec::goes_on_from(now, was)) {
    for (std::uint32_t i : exec::changed_campaigns(was, now)) forget(i);
    for (std::uint32_t i : exec::changed_campaigns(was, now)) know(i);
  } else {
    for (std::uint32_t i = 0; i < was.campaigns.size(); ++i) forget(i);
    for (std::uint32_t i = 0; i < now.campaigns.size(); ++i) know(i);
  }
  replaced_.push_back(before);
  if (replaced_.size() <= kMaxReplacedPrograms) return;
  // Whoever still asks for it gets it from its stored files.
  erase_if(older_, [&](const auto& one) { return one.second == replaced_.front(); });
  replaced_.pop_front();
}

Programs::Changes Programs::begin_deploy() {
  const ir::Program& program = *current_->program;
  std::string key = hash_key('s', program.hash);
  auto last = view_.get(Space::kMeta, std::string(kMetaProgram));
  if (last && *last == key) return {};
  Snapshot before;
  if (last) {
    auto stored = view_.get(Space::kPrograms, *last);
    if (!stored) throw StoreFailed{"the program deployed last is not in the store"};
    before = decode_snapshot(*stored);
  }
  store_program(key, before);
  Changes changes;
  for (const exec::CampaignRef& was : before.campaigns) {
    if (current_versions_.contains(was)) continue;
    int index = current_->executor->triggers().find_campaign(was.campaign);
    if (index < 0) {
      changes.removed.push_back(was.campaign);
      continue;
    }
    const ir::Campaign& now = program.campaigns[static_cast<std::size_t>(index)];
    if (now.edits != ir::Edits::kPin) changes.edited.push_back(was.campaign);
  }
  return changes;
}

// A file or version that the program deployed last had is there already.
void Programs::store_program(const std::string& key, const ProgramSnapshot& before) {
  std::unordered_set<std::uint64_t> known;
  for (const auto& [path, hash] : before.files) known.insert(hash.low);
  for (const exec::CampaignRef& ref : before.campaigns) known.insert(ref.version.low);
  Snapshot snapshot;
  for (const auto& [path, text] : *current_->files) {
    Hash128 hash = hash128(text);
    if (!known.contains(hash.low)) view_.put(Space::kPrograms, hash_key('f', hash), text);
    snapshot.files.emplace_back(path, hash);
  }
  for (const ir::Campaign& campaign : current_->program->campaigns) {
    const exec::CampaignRef ref{campaign.hash, campaign.version};
    if (!known.contains(ref.version.low)) view_.put(Space::kPrograms, version_key(ref), key);
    snapshot.campaigns.push_back(ref);
  }
  view_.put(Space::kPrograms, key, encode(snapshot));
}

void Programs::finish_deploy() {
  std::string key = hash_key('s', current_->program->hash);
  if (view_.get(Space::kMeta, std::string(kMetaProgram)) != key)
    view_.put(Space::kMeta, std::string(kMetaProgram), key);
}

std::shared_ptr<const Deployed> Programs::holder_of(const exec::CampaignRef& ref) {
  if (current_versions_.contains(ref)) return current_;
  if (auto known = older_.find(ref); known != older_.end()) return known->second;
  std::shared_ptr<const Deployed> loaded = load(ref);  // looks at the others
  return older_[ref] = std::move(loaded);
}

std::shared_ptr<const Deployed> Programs::load(const exec::CampaignRef& ref) {
  auto snapshot_key = view_.get(Space::kPrograms, version_key(ref));
  if (!snapshot_key) return nullptr;
  for (const auto& [known, deployed] : older_)
    if (deployed && hash_key('s', deployed->program->hash) == *snapshot_key) return deployed;
  auto stored = view_.get(Space::kPrograms, *snapshot_key);
  if (!stored) return nullptr;
  std::map<std::string, std::string> files;
  for (const auto& [path, hash] : decode_snapshot(*stored).files) {
    auto text = view_.get(Space::kPrograms, hash_key('f', hash));
    if (!text) throw StoreFailed{"a file of a deployed program is not in the store: " + path};
    files.emplace(path, std::move(*text));
  }
  auto compiled = compile_(files);
  if (!compiled)
    throw StoreFailed{"a deployed program no longer compiles: " + compiled.error().message};
  return *compiled;
}

std::optional<exec::CampaignInProgram> Programs::find(const exec::CampaignRef& ref) {
  Found& lately = lately_[ref.version.low % lately_.size()];
  if (lately.in.executor != nullptr && lately.ref == ref) return lately.in;
  std::optional<exec::CampaignInProgram> in;
  if (auto known = current_versions_.find(ref); known != current_versions_.end()) {
    in = {current_->executor.get(), known->second};
  } else if (auto holder = holder_of(ref)) {
    int index = holder->executor->triggers().find_campaign(ref.campaign);
    if (index >= 0) in = {holder->executor.get(), static_cast<std::uint32_t>(index)};
  }
  if (in) lately = {ref, *in};
  return in;
}

Result<std::optional<std::string>> stored_program_key(const Store& store,
                                                      const exec::CampaignRef& ref) {
  return store.get(Space::kPrograms, version_key(ref));
}

Result<std::map<std::string, std::string>> stored_program_files(const Store& store,
                                                                const std::string& key) try {
  auto stored = store.get(Space::kPrograms, key);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return fail("a deployed program is not in the store");
  std::map<std::string, std::string> files;
  for (const auto& [path, hash] : decode_snapshot(**stored).files) {
    auto text = store.get(Space::kPrograms, hash_key('f', hash));
    if (!text) return tl::unexpected(text.error());
    if (!*text) return fail("a file of a deployed program is not in the store: {}", path);
    files.emplace(path, std::move(**text));
  }
  return files;
} catch (const StoreFailed& failed) {
  return fail("{}", failed.message);
}

}  // namespace trig::engine
