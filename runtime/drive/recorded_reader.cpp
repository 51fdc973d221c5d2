#include "runtime/drive/recorded_reader.h"

#include <algorithm>
#include <optional>

#include "compiler/exec/payload.h"
#include "compiler/project/csv.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"

namespace trig::drive {
namespace {

namespace dom = simdjson::dom;

Envelope malformed(std::string_view raw, std::string why) {
  Envelope envelope;
  ingest::mark_malformed(envelope, raw, std::move(why));
  return envelope;
}

// A value of a row: JSON as it stands, or text.
struct Cell {
  std::string_view name;
  std::string json;  // empty: there is none
  std::string text;  // of a text
};

// Which of Segment's names a column of the envelope has.
std::string_view envelope_name(std::string_view column) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"id", "messageId"},
      {"message_id", "messageId"},
      {"anonymous_id", "anonymousId"},
      {"user_id", "userId"},
      {"previous_id", "previousId"},
      {"group_id", "groupId"},
      {"event", "event"},
      {"event_text", "event"},
      {"type", "type"},
      {"received_at", "receivedAt"},
      {"timestamp", "timestamp"},
      {"original_timestamp", "originalTimestamp"},
  };
  for (const auto& [name, known] : kNames)
    if (name == column) return known;
  return {};
}

bool is_left_out(std::string_view column) {
  constexpr std::string_view kNames[] = {"sent_at",   "uuid",    "uuid_ts",
                                         "loaded_at", "channel", "_metadata"};
  return column.starts_with("context_") ||
         std::find(std::begin(kNames), std::end(kNames), column) != std::end(kNames);
}

std::string_view type_of_table(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') == path.npos ? 0 : path.rfind('/') + 1);
  name = name.substr(0, name.find('.'));
  constexpr std::pair<std::string_view, std::string_view> kTables[] = {
      {"identifies", "identify"}, {"users", "identify"}, {"pages", "page"},
      {"screens", "screen"},      {"groups", "group"},   {"aliases", "alias"},
  };
  for (const auto& [table, type] : kTables)
    if (name.starts_with(table) || name.ends_with(table)) return type;
  return {};
}

void append_field(std::string_view name, std::string_view json, std::string& object) {
  object += object.size() > 1 ? "," : "";
  exec::write_json(name, object);
  object += ":";
  object += json;
}

const Cell* find(const std::vector<Cell>& cells, std::string_view name) {
  for (const Cell& cell : cells)
    if (cell.name == name && !cell.json.empty()) return &cell;
  return nullptr;
}

// The event that a row tells of, as Segment's API takes it.
std::string event_of_row(const std::vector<Cell>& cells, std::string_view table) {
  const Cell* type = find(cells, "type");
  const bool named = find(cells, "event") != nullptr || find(cells, "event_text") != nullptr;
  const std::string_view kind = type != nullptr ? std::string_view(type->text)
                                : named         ? std::string_view("track")
                                                : table;
  const bool viewed = kind == "page" || kind == "screen";
  std::string event = "{";
  std::string properties = "{";
  for (const Cell& cell : cells) {
    if (cell.json.empty() || is_left_out(cell.name)) continue;
    const std::string_view known = envelope_name(cell.name);
    // The names as they were sent stand in event_text, and again, mangled, in event.
    if (cell.name == "event" && find(cells, "event_text") != nullptr) continue;
    if (cell.name == "id" && find(cells, "message_id") != nullptr) continue;
    if (cell.name == "type") continue;
    if (known == "receivedAt" || known == "timestamp" || known == "originalTimestamp") {
      std::string time;
      exec::write_json(warehouse_time(cell.text.empty() ? cell.json : cell.text), time);
      append_field(known, time, event);
    } else if (!known.empty()) {
      append_field(known, cell.json, event);
    } else {
      append_field(cell.name, cell.json, viewed && cell.name == "name" ? event : properties);
    }
  }
  std::string text;
  exec::write_json(kind, text);
  if (!kind.empty()) append_field("type", text, event);
  append_field(kind == "identify" || kind == "group" ? "traits" : "properties", properties + "}",
               event);
  return event + "}";
}

// Lists and objects are text in most warehouses.
bool is_nested(std::string_view text, dom::parser& parser) {
  if (!text.starts_with('[') && !text.starts_with('{')) return false;
  dom::element element;
  return text.size() <= kMaxEventBytes && !parser.parse(text.data(), text.size()).get(element) &&
         (element.is_array() || element.is_object());
}

Cell text_cell(std::string_view name, std::string_view text, dom::parser& parser) {
  Cell cell{name, {}, std::string(text)};
  if (is_nested(text, parser))
    cell.json = text;
  else
    exec::write_json(text, cell.json);
  return cell;
}

}  // namespace

std::string warehouse_time(std::string_view text) {
  constexpr std::size_t kSeconds = std::string_view("2026-03-01 12:00:00").size();
  if (text.size() < kSeconds || text[4] != '-') return std::string(text);
  std::string time(text);
  time[10] = 'T';
  for (std::string_view zone : {" UTC", " Z", " GMT"})
    if (time.ends_with(zone)) time.replace(time.size() - zone.size(), zone.size(), "Z");
  std::size_t end = kSeconds;
  if (end < time.size() && time[end] == '.')
    end = std::min(time.find_first_not_of("0123456789", end + 1), time.size());
  if (end == time.size()) return time + "Z";
  if (time[end] == ' ') time.erase(end, 1);
  // "+00" and "+0000" for "+00:00".
  const std::string_view offset = std::string_view(time).substr(end);
  if ((offset[0] != '+' && offset[0] != '-') || offset.find(':') != offset.npos) return time;
  if (offset.size() == 3) return time + ":00";
  if (offset.size() == 5) time.insert(time.size() - 2, ":");
  return time;
}

Envelope RecordedReader::read(const RecordedFile& file, std::string_view record, bool again) {
  // Halves of surrogate pairs are mended together with the proof.
  proven_ = again && file.format() == RecordFormat::kEvents &&
            record.find("\\u") == std::string_view::npos;
  if (record.size() > kMaxEventBytes)
    return malformed(record, fmt::format("the event is larger than {} bytes", kMaxEventBytes));
  switch (file.format()) {
    case RecordFormat::kEvents: return read_event(record);
    case RecordFormat::kRows: return read_row(file, record);
    case RecordFormat::kCsv: return read_csv(file, record);
    case RecordFormat::kStored: break;
  }
  auto row = engine::decode_event_row(record);
  if (!row) return malformed({}, "the stored event is damaged");
  return std::move(row->envelope);
}

Envelope RecordedReader::read_event(std::string_view json) {
  padded_.assign(json);
  padded_.append(simdjson::SIMDJSON_PADDING, '\0');
  ingest::BodyContext context;
  context.recorded = true;
  context.proven = proven_;
  return reader_.read({padded_.data(), json.size()}, context).envelope;
}

Envelope RecordedReader::read_row(const RecordedFile& file, std::string_view record) {
  dom::object row;
  if (rows_.parse(record.data(), record.size()).get(row)) return read_event(record);
  std::vector<Cell> cells;
  for (const auto& [name, value] : row) {
    std::string_view text;
    if (!value.get_string().get(text))
      cells.push_back(text_cell(name, text, cells_));
    else if (!value.is_null())
      cells.push_back({name, simdjson::minify(value), {}});
  }
  return read_event(event_of_row(cells, type_of_table(file.name())));
}

Envelope RecordedReader::read_csv(const RecordedFile& file, std::string_view record) {
  project::CsvReader reader(record);
  project::CsvRecord row;
  if (!reader.next(row))
    return malformed(record, reader.problem() ? reader.problem()->what : "the line is empty");
  const std::vector<std::string>& columns = file.columns();
  if (row.cells.size() != columns.size())
    return malformed(record, fmt::format("the line has {} fields where there are {} columns",
                                         row.cells.size(), columns.size()));
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (!row.cells[i].text.empty())
      cells.push_back(text_cell(columns[i], row.cells[i].text, cells_));
  return read_event(event_of_row(cells, type_of_table(file.name())));
}

}  // namespace trig::drive
