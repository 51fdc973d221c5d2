#include "runtime/drive/recording.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <mutex>
#include <numeric>
#include <thread>

#include "compiler/exec/payload.h"
#include "runtime/drive/groups.h"
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

struct Recording::Block {
  std::size_t file = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

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

std::uint64_t Recording::bytes() const {
  return files_.empty() ? 0 : begins_.back() + files_.back().text().size();
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
              const std::string bytes = encode(*row);
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

std::string Recording::place_text(std::uint64_t at) const {
  const std::size_t file = file_of(at);
  return fmt::format("{}:{}", files_[file].name(), files_[file].line_of(at - begins_[file]));
}

std::span<const Place> Recording::places(std::size_t part) const {
  return std::span(places_).subspan(part_begins_[part],
                                    part_begins_[part + 1] - part_begins_[part]);
}

Envelope Recording::read(const Place& place, RecordedReader& reader) const {
  const std::size_t file = file_of(place.at);
  const std::string_view record = files_[file].record_at(place.at - begins_[file]);
  Envelope envelope = reader.read(files_[file], record, true);
  if (by_occurrence_) envelope.received_at = envelope.occurred_at;
  return envelope;
}

void Recording::read_block(const Block& block, const std::vector<const ir::Program*>& programs,
                           RecordedReader& reader, Taken& taken) const {
  const RecordedFile& file = files_[block.file];
  std::vector<std::uint64_t> ids;
  for (std::uint64_t at = block.begin; at < block.end;) {
    const auto [record, next] = file.extent_at(at);
    const std::uint64_t place = begins_[block.file] + at;
    at = next;
    if (is_blank(record)) continue;
    const Envelope envelope = reader.read(file, record);
    ids_of(envelope, programs, ids);
    if (!envelope.malformed.empty() || ids.empty()) {
      taken.unreadable.emplace_back(
          place, envelope.malformed.empty() ? "no userId and no anonymousId" : envelope.malformed);
      continue;
    }
    taken.places.push_back(
        {place, by_occurrence_ ? envelope.occurred_at : envelope.received_at, 0});
    taken.ids.insert(taken.ids.end(), ids.begin(), ids.end());
    taken.id_counts.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(ids.size(), 255)));
  }
}

Status Recording::read(const std::vector<const ir::Program*>& programs,
                       const ReadSettings& settings, Progress& progress) {
  // A person's number is a place among them.
  if (bytes() >> (64 - kNumberBits) != 0)
    return fail("there are {} bytes of events, which is too much for one back-test", bytes());
  by_occurrence_ = settings.by_occurrence;
  std::vector<Block> blocks;
  for (std::size_t file = 0; file < files_.size(); ++file) {
    const std::vector<std::uint64_t> begins = files_[file].blocks(kBlockBytes);
    for (std::size_t i = 0; i + 1 < begins.size(); ++i)
      blocks.push_back({file, begins[i], begins[i + 1]});
  }
  progress.all = bytes();
  Groups groups;
  std::mutex mutex;  // over everything below but `next`
  std::atomic<std::size_t> next = 0;
  std::vector<std::pair<std::uint64_t, std::string>> unreadable;
  auto fold = [&](Taken& taken) {
    std::lock_guard lock(mutex);
    std::size_t id = 0;
    for (std::size_t i = 0; i < taken.places.size(); ++i) {
      taken.places[i].group = groups.group_of({&taken.ids[id], taken.id_counts[i]});
      id += taken.id_counts[i];
    }
    places_.insert(places_.end(), taken.places.begin(), taken.places.end());
    std::move(taken.unreadable.begin(), taken.unreadable.end(), std::back_inserter(unreadable));
  };
  auto work = [&] {
    RecordedReader reader;
    for (std::size_t i = next++; i < blocks.size(); i = next++) {
      Taken taken;
      read_block(blocks[i], programs, reader, taken);
      fold(taken);
      progress.done += blocks[i].end - blocks[i].begin;
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < settings.threads; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  tell_unreadable(std::move(unreadable));
  return finish(groups, settings);
}

void Recording::tell_unreadable(std::vector<std::pair<std::uint64_t, std::string>> found) {
  std::sort(found.begin(), found.end());
  unreadable_.count = found.size();
  for (std::size_t i = 0; i < std::min(found.size(), kMaxShownUnreadable); ++i)
    unreadable_.first.push_back({place_text(found[i].first), found[i].second});
  for (const auto& [at, reason] : found) report::count(unreadable_.reasons, reason);
}

Status Recording::finish(Groups& groups, const ReadSettings& settings) {
  const std::size_t before = places_.size();
  std::erase_if(places_, [&](const Place& place) {
    return (settings.to && place.when >= *settings.to) ||
           (settings.from && place.when < *settings.from - kMaxWarmUp);
  });
  left_out_ = before - places_.size();
  begin_ = Instant::max();
  end_ = Instant::min();
  for (const Place& place : places_) {
    begin_ = std::min(begin_, place.when);
    end_ = std::max(end_, place.when);
  }
  if (places_.empty()) begin_ = end_ = settings.from.value_or(Instant());
  if (settings.to && !places_.empty()) end_ = std::max(*settings.to, begin_);
  if (end_ - begin_ > kMaxRecordedSpan)
    return fail(
        "the events span from {} to {}, which is more than 3 years: --from and --to narrow "
        "it",
        to_string(begin_), to_string(end_));
  divide(groups, settings.people_per_part);
  return {};
}

// Groups are put into parts in the order in which they are met; each part's events in their order.
void Recording::divide(Groups& groups, std::size_t people_per_part) {
  std::vector<std::uint32_t> part_of(groups.size(), UINT32_MAX);
  std::uint32_t part = 0;
  std::size_t people = 0;
  std::vector<std::uint64_t> counts;
  for (Place& place : places_) {
    place.group = groups.root(place.group);
    std::uint32_t& mine = part_of[place.group];
    if (mine == UINT32_MAX) {
      if (people == people_per_part) {
        ++part;
        people = 0;
      }
      ++people;
      mine = part;
    }
    if (counts.size() <= mine) counts.resize(mine + 1);
    ++counts[mine];
  }
  part_begins_.assign(1, 0);
  for (std::uint64_t count : counts) part_begins_.push_back(part_begins_.back() + count);
  std::vector<Place> divided(places_.size());
  std::vector<std::uint64_t> next(part_begins_.begin(), part_begins_.end());
  for (const Place& place : places_) divided[next[part_of[place.group]]++] = place;
  places_ = std::move(divided);
  for (std::size_t i = 0; i < parts(); ++i)
    std::sort(places_.begin() + static_cast<std::ptrdiff_t>(part_begins_[i]),
              places_.begin() + static_cast<std::ptrdiff_t>(part_begins_[i + 1]),
              [](const Place& a, const Place& b) {
                return a.when != b.when ? a.when < b.when : a.at < b.at;
              });
}

}  // namespace trig::drive
