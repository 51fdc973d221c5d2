#include "compiler/project/tables.h"

#include <fmt/format.h>

#include "compiler/base/hash.h"
#include "compiler/base/limits.h"
#include "compiler/exec/scalar.h"
#include "compiler/project/csv.h"

namespace trig::project {
namespace {

constexpr std::size_t kShownBytes = 60;

std::string shown(std::string_view text) {
  if (text.size() <= kShownBytes) return std::string(text);
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string fields_text(std::size_t count) {
  return fmt::format("{} field{}", count, count == 1 ? "" : "s");
}

// Reads one file; the column of a field is found by the names the field may have in payloads.
class TableReader {
 public:
  TableReader(Project& project, const ir::TableType& table, const std::string& text)
      : project_(project),
        table_(table),
        text_(text),
        builder_(fields().size(), category_field()) {}

  std::shared_ptr<const ir::Table> read() {
    CsvReader reader(text_);
    CsvRecord record;
    if (!reader.next(record) && !reader.problem()) {
      report(Code::kCsvSyntax, 0, 0, {"there is no line with the names of the columns"});
      return nullptr;
    }
    if (!reader.problem() && read_header(record)) read_rows(reader, record);
    if (const auto& problem = reader.problem())
      report(Code::kCsvSyntax, problem->begin, problem->end, {problem->what});
    if (errors_ > 0) return nullptr;
    if (!settle_repeated()) return nullptr;
    return std::make_shared<const ir::Table>(builder_.finish(hash128(text_)));
  }

 private:
  const std::vector<ir::Field>& fields() const {
    static const std::vector<ir::Field> none;
    return table_.record.valid() ? project_.program.types.record_at(table_.record).fields : none;
  }

  // What `recommend` finds rows by.
  int category_field() const {
    for (std::size_t i = 0; table_.catalog && i < fields().size(); ++i)
      if (fields()[i].name == "category" && ir::is_textual(fields()[i].type.kind))
        return static_cast<int>(i);
    return -1;
  }

  Diagnostic& report(Code code, std::uint32_t begin, std::uint32_t end,
                     std::initializer_list<std::string_view> words) {
    ++errors_;
    if (source_ == SourceId::kNone) source_ = project_.sources.add(table_.file, text_);
    return project_.diagnostics.report(code, {source_, begin, end}, words);
  }

  int column_of(const CsvRecord& header, const std::string& name) const {
    for (std::size_t i = 0; i < header.cells.size(); ++i)
      if (header.cells[i].text == name) return static_cast<int>(i);
    return -1;
  }

  bool read_header(const CsvRecord& header) {
    for (std::size_t i = 0; i < header.cells.size(); ++i)
      if (column_of(header, header.cells[i].text) != static_cast<int>(i))
        report(Code::kCsvDuplicate, header.cells[i].begin, header.cells[i].end,
               {header.cells[i].text})
            .hint("give one of the columns another name");
    columns_ = header.cells.size();
    if (!table_.catalog) key_column_ = need_column(header, table_.key_column);
    for (std::size_t i = 0; i < fields().size(); ++i) {
      const ir::FieldSource& source = project_.program.sources[table_.record.detail].fields[i];
      int column = -1;
      for (const std::string& name : source.names)
        if (column < 0) column = column_of(header, name);
      bool can_do_without = fields()[i].type.optional || !default_of(i).missing();
      if (column < 0 && !can_do_without) need_column(header, source.names.front());
      places_.push_back(column);
      currencies_.push_back(
          column_of(header, source.currency.empty() ? "currency" : source.currency));
    }
    return errors_ == 0;
  }

  int need_column(const CsvRecord& header, const std::string& name) {
    int column = column_of(header, name);
    bool told = errors_ > 0 && header.cells.size() == 1;  // of a file that is split otherwise
    if (column >= 0 || told) return column;
    Diagnostic& missing = report(Code::kCsvColumn, header.begin, header.end, {name});
    std::vector<std::string> names;
    for (const CsvCell& cell : header.cells) names.push_back(cell.text);
    if (names.size() == 1 && names[0].find(';') != std::string::npos)
      missing.hint("columns are separated by commas, not semicolons");
    else if (std::string best = closest(name, names); !best.empty())
      missing.hint("the file has a column `{}`", best);
    else
      missing.label(table_.file_range, "it is asked for here");
    return -1;
  }

  void read_rows(CsvReader& reader, CsvRecord& record) {
    while (errors_ < kMaxTableErrors && reader.next(record)) {
      if (builder_.size() == kMaxTableRows) {
        report(Code::kCsvTooLarge, record.begin, record.end,
               {fmt::format("{} rows", kMaxTableRows)});
        return;
      }
      if (record.cells.size() != columns_)
        report(Code::kCsvSyntax, record.begin, record.end,
               {fmt::format("a row of {} where the first line has {}",
                            fields_text(record.cells.size()), columns_)});
      else
        read_row(record);
    }
  }

  void read_row(const CsvRecord& record) {
    std::size_t before = errors_;
    ir::Items values;
    for (std::size_t i = 0; i < fields().size(); ++i) values.push_back(read_field(record, i));
    const CsvCell& key_cell = record.cells[static_cast<std::size_t>(
        table_.catalog ? places_[table_.key_field] : key_column_)];
    if (!table_.catalog && !read_scalar(table_.key, key_cell.text))
      report_value(table_.key_column, table_.key, key_cell);
    else if (key_cell.text.empty())
      report_value(table_.key_column, table_.key, key_cell);
    if (errors_ > before) return;
    ir::Value key =
        table_.catalog ? values[table_.key_field] : *read_scalar(table_.key, key_cell.text);
    builder_.add(ir::table_key(key, table_.key.kind), values);
    rows_.push_back({key_cell.begin, key_cell.end});
  }

  ir::Value read_field(const CsvRecord& record, std::size_t index) {
    const ir::Field& field = fields()[index];
    int column = places_[index];
    const CsvCell* cell = column < 0 ? nullptr : &record.cells[static_cast<std::size_t>(column)];
    bool plain_text = field.type.kind == ir::Kind::kText && !field.type.optional;
    if (cell == nullptr || (cell->text.empty() && !(plain_text && default_of(index).missing()))) {
      if (field.type.optional || !default_of(index).missing()) return default_of(index);
      report_value(field.name, field.type, *cell);
      return {};
    }
    std::string text = cell->text;
    if (field.type.kind == ir::Kind::kMoney && currencies_[index] >= 0 &&
        text.find(' ') == std::string::npos)
      text += " " + record.cells[static_cast<std::size_t>(currencies_[index])].text;
    if (auto value = read_scalar(field.type, text)) return *value;
    report_value(field.name, field.type, *cell);
    return {};
  }

  std::optional<ir::Value> read_scalar(ir::Type type, std::string_view text) const {
    return exec::parse_scalar(project_.program.types, type.required(), text);
  }

  const ir::Value& default_of(std::size_t field) const {
    return project_.program.sources[table_.record.detail].defaults[field];
  }

  void report_value(const std::string& name, ir::Type type, const CsvCell& cell) {
    std::string wanted = project_.program.types.name(type.required());
    std::string got = cell.text.empty() ? "nothing" : "`" + shown(cell.text) + "`";
    Diagnostic& wrong = report(Code::kCsvValue, cell.begin, cell.end, {name, wanted, got});
    if (cell.text.empty() && name == table_.key_column)
      wrong.hint("every row needs its key");
    else if (cell.text.empty())
      wrong.hint("fill it in, or declare that it may be missing: `{}: {}?`", name, wanted);
    else if (type.kind == ir::Kind::kMoney)
      wrong.hint("write `19.90 EUR`, or have a column `currency`");
  }

  // A catalog has one row a key; in a list with columns a person may have several, but none twice.
  bool settle_repeated() {
    if (!table_.record.valid()) {
      builder_.drop_repeated();
      return true;
    }
    auto crowded = table_.catalog ? std::nullopt : builder_.find_crowded(kMaxRowsPerPerson);
    if (crowded) {
      report(Code::kCsvTooLarge, rows_[*crowded].begin, rows_[*crowded].end,
             {fmt::format("{} rows of one person", kMaxRowsPerPerson)});
      return false;
    }
    auto twice = builder_.find_twice(!table_.catalog);
    if (!twice) return true;
    auto [first, second] = *twice;
    std::string key(std::string_view(text_).substr(rows_[second].begin,
                                                   rows_[second].end - rows_[second].begin));
    report(Code::kCsvDuplicate, rows_[second].begin, rows_[second].end, {shown(key)})
        .label({source_, rows_[first].begin, rows_[first].end}, "the first is here")
        .hint("remove one of the rows");
    return false;
  }

  struct Place {
    std::uint32_t begin;
    std::uint32_t end;
  };

  Project& project_;
  const ir::TableType& table_;
  const std::string& text_;
  ir::TableBuilder builder_;
  SourceId source_ = SourceId::kNone;
  std::size_t errors_ = 0;
  std::size_t columns_ = 0;
  int key_column_ = -1;
  std::vector<int> places_;      // column of each field, or -1
  std::vector<int> currencies_;  // column of its currency, or -1
  std::vector<Place> rows_;      // of the key of each row, as added
};

}  // namespace

void load_tables(Project& project) {
  for (ir::TableType& table : project.program.tables) {
    auto file = project.files.find(table.file);
    if (file == project.files.end()) {
      project.diagnostics
          .report(Code::kTableMissing, table.file_range,
                  {table.file, fmt::format("there is no file {} in the project", table.file)})
          .hint("the path counts from the project's folder, and ends in .csv");
      continue;
    }
    if (table.key.valid()) table.rows = TableReader(project, table, file->second).read();
  }
  std::erase_if(project.files, [&](const auto& file) {
    if (!file.first.ends_with(".csv")) return false;
    project.table_files.emplace(file.first, hash128(file.second));
    return true;
  });
}

void check_coupon_keys(Project& project) {
  for (const ir::CouponPool& pool : project.program.coupons) {
    if (project.config.coupon_keys.contains(pool.name)) continue;
    project.diagnostics.report(Code::kNoCouponKey, pool.range, {pool.name})
        .hint("add under [coupons] in trig.toml: {0} = \"file:keys/{0}\"", pool.name);
  }
}

}  // namespace trig::project
