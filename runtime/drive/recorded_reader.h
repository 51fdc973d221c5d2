// RecordedReader: one record of a RecordedFile -> one Envelope, whose `received_at` is when it was
// received at the time and whose `malformed` says why it cannot be read, if so.
//
// A row of a warehouse (RecordFormat::kRows, kCsv) has its envelope in the columns that Segment and
// RudderStack give it: id or message_id, anonymous_id, user_id, previous_id, group_id, type, event,
// event_text, received_at, timestamp, original_timestamp. Columns that begin with context_ and the
// like are left out; all others are its properties or traits. A row without a type is a track if it
// has an event, else what the table it comes from holds: identifies and users, pages, screens,
// groups, aliases.
#pragma once

#include <simdjson.h>

#include <memory>
#include <string>
#include <string_view>

#include "runtime/drive/recorded_file.h"
#include "runtime/ingest/event_reader.h"

namespace trig::drive {

class RecordedReader {
 public:
  // `again`: the record has been read before, and was as it should be.
  Envelope read(const RecordedFile& file, std::string_view record, bool again = false);

 private:
  Envelope read_event(std::string_view json);
  Envelope read_row(const RecordedFile& file, std::string_view record);
  Envelope read_csv(const RecordedFile& file, std::string_view record);

  ingest::EventReader reader_;
  simdjson::dom::parser rows_;
  simdjson::dom::parser cells_;
  std::string padded_;
  bool proven_ = false;
};

// "2026-03-01 12:00:00.123 UTC" and the other ways in which warehouses write times, in the form of
// RFC 3339. A time without an offset is UTC. Anything else stays as it is.
std::string warehouse_time(std::string_view text);

}  // namespace trig::drive
