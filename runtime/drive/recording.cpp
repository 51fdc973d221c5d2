#include "runtime/drive/recording.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <mutex>

#include "compiler/exec/payload.h"
#include "runtime/drive/recording_blocks.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"

namespace trig::drive {
namespace {

constexpr std::uint64_t kBlockBytes = 4 << 20;

bool is_blank(std::string_view record) { return record.find_first_not_of(" \t\r") == record.npos; }

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// Whatever may lead to the person of this event.
void ids_of(const Envelope& envelope, const std::vector<const ir::Program*>& programs,
            std::vector<std::uint64_t>& ids) {
  ids.clear();
  auto add = [&](std::string_view kind, const std::string& id) {
    if (!id.empty()) ids.push_back(raw(name_hash(std::string(kind) + id)));
  };
  add("user ", envelope.user_id);
  add("anonymous ", envelope.anonymous_id);
  if (envelope.kind == EnvelopeKind::kAlias) {
    add("user ", envelope.previous_id);
    add("anonymous ", envelope.previous_id);
  }
  if (envelope.kind != EnvelopeKind::kIdentify) return;
  for (const ir::Program* program : programs) {
    const auto& fields = program->types.record_at(program->person).fields;
    auto leads = [&](NameHash name) {
      auto is = [&](std::size_t field) { return name_hash(fields[field].name) == name; };
      if (program->person_email >= 0 && is(static_cast<std::size_t>(program->person_email)))
        return true;
      return std::any_of(program->person_keys.begin(), program->person_keys.end(),
                         [&](const ir::PersonKey& key) { return is(key.field); });
    };
    for (const exec::PersonField& trait : exec::decode_traits(*program, envelope.payload).fields)
      if (const auto* text = trait.value.get<std::string>(); text != nullptr && leads(trait.name))
        add(fmt::format("{} ", raw(trait.name)), lower(*text));
  }
}

}  // namespace

// What a block holds. An event's ids stand in `ids`, so many of them as `id_counts` says.
struct Recording::Taken {
  std::vector<Place> places;
  std::vector<std::uint64_t> ids;
  std::vector<std::uint8_t> id_counts;
  std::vector<std::pair<std::uint64_t, std::string>> unreadable;
};

void Recording::add(RecordedFile file) {
  begins_.push_back(bytes());
  files_.push_back(std::move(file));
}

Status Recording::add_files(const std::string& path) {
  auto files = recorded_files_of(path);
  if (!files) return tl::unexpected(files.error());
  for (const std::string& name : *files) {
    auto file = RecordedFile::open(name);
    if (!file) return tl::unexpected(file.error());
    add(std::move(*file));
  }
  return {};
}

std::uint64_t Recording::bytes() const {
  return files_.empty() ? 0 : begins_.back() + files_.back().size();
}

Status Recording::add(const Store& store, const std::string& name) {
  // What happened to a mail came without ids and was found by the name of the mail, which a
  // back-test does not know: the ids that its person had then lead there too.
  boost::unordered_flat_map<std::uint64_t, std::pair<std::string, std::string>> known;
  auto file = RecordedFile::spooled(
      name, RecordFormat::kStored, [&](const RecordedFile::Piece& piece) -> Status {
        Status inner;
        Status done =
            store.scan(Space::kEvents, {}, {}, [&](std::string_view key, std::string_view value) {
              auto row = engine::decode_event_row(value);
              if (!row) inner = fail("the stored event {} is damaged", ByteReader(key).fixed64());
              if (!row) return false;
              if (row->fate == engine::EventFate::kEmitted) return true;
              Envelope& envelope = row->envelope;
              if (row->person != PersonId::kNone) {
                auto& ids = known[raw(row->person)];
                if (envelope.user_id.empty() && envelope.anonymous_id.empty())
                  std::tie(envelope.user_id, envelope.anonymous_id) = ids;
                else
                  ids = {envelope.user_id, envelope.anonymous_id};
              }
              ByteWriter written;
              encode(*row, written);
              const std::string bytes = written.take();
              ByteWriter size;
              size.fixed32(static_cast<std::uint32_t>(bytes.size()));
              inner = piece(size.bytes() + bytes);
              return inner.has_value();
            });
        return done ? inner : done;
      });
  if (!file) return tl::unexpected(file.error());
  add(std::move(*file));
  return {};
}

std::size_t Recording::file_of(std::uint64_t at) const {
  return static_cast<std::size_t>(std::upper_bound(begins_.begin(), begins_.end(), at) -
                                  begins_.begin()) -
         1;
}

Result<std::string> Recording::place_text(std::uint64_t at) const {
  const std::size_t file = file_of(at);
  auto line = files_[file].line_of(at - begins_[file]);
  if (!line) return tl::unexpected(line.error());
  return fmt::format("{}:{}", files_[file].name(), *line);
}

Result<std::vector<Recording::Block>> Recording::blocks_of_files() const {
  std::vector<Block> blocks;
  for (std::size_t file = 0; file < files_.size(); ++file) {
    auto begins = files_[file].blocks(kBlockBytes);
    if (!begins) return tl::unexpected(begins.error());
    for (std::size_t i = 0; i + 1 < begins->size(); ++i)
      blocks.push_back({file, (*begins)[i], (*begins)[i + 1]});
  }
  return blocks;
}

Status Recording::read_block(const Block& block, const std::vector<const ir::Program*>& programs,
                             RecordedReader& reader, std::string& bytes, Taken& taken) const {
  const RecordedFile& file = files_[block.file];
  if (Status done = file.read(block.begin, block.end - block.begin, bytes); !done) return done;
  std::vector<std::uint64_t> ids;
  std::uint64_t at = begins_[block.file] + block.begin;
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto [record, size] = file.first_record(rest);
    const std::uint64_t place = std::exchange(at, at + size);
    rest.remove_prefix(size);
    if (is_blank(record)) continue;
    const Envelope envelope = reader.read(file, record);
    ids_of(envelope, programs, ids);
    if (!envelope.malformed.empty() || ids.empty()) {
      taken.unreadable.emplace_back(
          place, envelope.malformed.empty() ? "no userId and no anonymousId" : envelope.malformed);
      continue;
    }
    taken.places.push_back({place, by_occurrence_ ? envelope.occurred_at : envelope.received_at, 0,
                            static_cast<std::uint32_t>(size)});
    taken.ids.insert(taken.ids.end(), ids.begin(), ids.end());
    taken.id_counts.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(ids.size(), 255)));
  }
  return {};
}

Status Recording::read(const std::vector<const ir::Program*>& programs,
                       const ReadSettings& settings, Progress& progress) {
  // A person's number is a place among them.
  if (bytes() >> (64 - kNumberBits) != 0)
    return fail("there are {} bytes of events, which is too much for one back-test", bytes());
  by_occurrence_ = settings.by_occurrence;
  auto blocks = blocks_of_files();
  if (!blocks) return tl::unexpected(blocks.error());
  progress.all = bytes();
  Groups groups;
  std::mutex mutex;  // over everything below but `next`
  std::atomic<std::size_t> next = 0;
  Unreadable unreadable;
  Status failed;
  auto fold = [&](Block& block, Taken& taken) {
    std::lock_guard lock(mutex);
    std::size_t id = 0;
    for (std::size_t i = 0; i < taken.places.size(); ++i) {
      taken.places[i].group = groups.group_of({&taken.ids[id], taken.id_counts[i]});
      id += taken.id_counts[i];
    }
    block.first_place = places_.size();
    block.places = taken.places.size();
    places_.insert(places_.end(), taken.places.begin(), taken.places.end());
    std::move(taken.unreadable.begin(), taken.unreadable.end(), std::back_inserter(unreadable));
  };
  auto work = [&] {
    RecordedReader reader;
    std::string bytes;
    for (std::size_t i = next++; i < blocks->size(); i = next++) {
      Block& block = (*blocks)[i];
      Taken taken;
      if (Status done = read_block(block, programs, reader, bytes, taken); !done) {
        std::lock_guard lock(mutex);
        failed = done;
        next = blocks->size();
        return;
      }
      fold(block, taken);
      progress.done += block.end - block.begin;
    }
  };
  on_threads(settings.threads, work);
  if (failed) failed = tell_unreadable(std::move(unreadable));
  if (failed) failed = find_span(settings);
  if (failed) failed = divide(*blocks, programs, groups, settings);
  return failed;
}

Status Recording::tell_unreadable(Unreadable found) {
  std::sort(found.begin(), found.end());
  unreadable_.count = found.size();
  for (std::size_t i = 0; i < std::min(found.size(), kMaxShownUnreadable); ++i) {
    auto place = place_text(found[i].first);
    if (!place) return tl::unexpected(place.error());
    unreadable_.first.push_back({std::move(*place), found[i].second});
  }
  for (const auto& [at, reason] : found) report::count(unreadable_.reasons, reason);
  return {};
}

bool Recording::is_left_out(const Place& place) const {
  return (to_ && place.when >= *to_) || (from_ && place.when < *from_);
}

Status Recording::find_span(const ReadSettings& settings) {
  to_ = settings.to;
  if (settings.from) from_ = *settings.from - kMaxWarmUp;
  begin_ = Instant::max();
  end_ = Instant::min();
  for (const Place& place : places_) {
    if (is_left_out(place)) {
      ++left_out_;
      continue;
    }
    begin_ = std::min(begin_, place.when);
    end_ = std::max(end_, place.when);
  }
  const bool none = left_out_ == places_.size();
  if (none) begin_ = end_ = settings.from.value_or(Instant());
  if (settings.to && !none) end_ = std::max(*settings.to, begin_);
  if (end_ - begin_ > kMaxRecordedSpan)
    return fail(
        "the events span from {} to {}, which is more than 3 years: --from and --to narrow "
        "it",
        to_string(begin_), to_string(end_));
  return {};
}

}  // namespace trig::drive
