#include "runtime/engine/programs.h"

#include <algorithm>

#include "runtime/engine/rows.h"

namespace trig::engine {
namespace {

// Space::kPrograms: 'f' + hash of a file's text → the text; 's' + hash of a program → its files and
// campaigns; 'v' + campaign + version → hash of a program that has it.
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
  writer.fixed64(static_cast<std::uint64_t>(ref.campaign));
  writer.fixed64(ref.version.high);
  writer.fixed64(ref.version.low);
  return writer.take();
}

struct Snapshot {
  std::vector<std::pair<std::string, Hash128>> files;
  std::vector<exec::CampaignRef> campaigns;
};

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

Programs::Changes Programs::begin_deploy() {
  const ir::Program& program = *current_->program;
  std::string key = hash_key('s', program.hash);
  auto last = view_.get(Space::kMeta, std::string(kMetaProgram));
  if (last && *last == key) return {};
  Snapshot snapshot;
  for (const auto& [path, text] : current_->files) {
    Hash128 hash = hash128(text);
    view_.put(Space::kPrograms, hash_key('f', hash), text);
    snapshot.files.emplace_back(path, hash);
  }
  for (const ir::Campaign& campaign : program.campaigns) {
    snapshot.campaigns.push_back({campaign.hash, campaign.version});
    view_.put(Space::kPrograms, version_key({campaign.hash, campaign.version}), key);
  }
  view_.put(Space::kPrograms, key, encode(snapshot));
  Changes changes;
  if (!last) return changes;
  auto stored = view_.get(Space::kPrograms, *last);
  if (!stored) throw StoreFailed{"the program deployed last is not in the store"};
  for (const exec::CampaignRef& before : decode_snapshot(*stored).campaigns) {
    int index = current_->executor->triggers().find_campaign(before.campaign);
    if (index < 0) {
      changes.removed.push_back(before.campaign);
      continue;
    }
    const ir::Campaign& now = program.campaigns[static_cast<std::size_t>(index)];
    if (now.version != before.version && now.edits != ir::Edits::kPin)
      changes.edited.push_back(before.campaign);
  }
  return changes;
}

void Programs::finish_deploy() {
  std::string key = hash_key('s', current_->program->hash);
  if (view_.get(Space::kMeta, std::string(kMetaProgram)) != key)
    view_.put(Space::kMeta, std::string(kMetaProgram), key);
}

std::shared_ptr<const Deployed> Programs::holder_of(const exec::CampaignRef& ref) {
  std::pair key{ref.campaign, ref.version};
  if (current_versions_.contains(key)) return current_;
  if (auto known = older_.find(key); known != older_.end()) return known->second;
  return older_[key] = load(ref);
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
  if (auto known = current_versions_.find({ref.campaign, ref.version});
      known != current_versions_.end())
    return exec::CampaignInProgram{current_->executor.get(), known->second};
  auto holder = holder_of(ref);
  if (!holder) return std::nullopt;
  int index = holder->executor->triggers().find_campaign(ref.campaign);
  if (index < 0) return std::nullopt;
  return exec::CampaignInProgram{holder->executor.get(), static_cast<std::uint32_t>(index)};
}

}  // namespace trig::engine
