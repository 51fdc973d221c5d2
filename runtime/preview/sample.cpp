#include "runtime/preview/sample.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/preview/limits.h"

namespace trig::preview {
namespace {

using namespace std::chrono;

// What is often called so; the first that the name contains.
constexpr std::array<std::pair<std::string_view, std::string_view>, 21> kTexts = {{
    {"first_name", "Ana"},  {"last_name", "Silva"},        {"product", "Copper pan"},
    {"name", "Copper pan"}, {"email", "ana@example.com"},  {"code", "HELLO10"},
    {"coupon", "HELLO10"},  {"discount", "10%"},           {"category", "Kitchen"},
    {"brand", "Example"},   {"carrier", "Example Post"},   {"tracking", "EX123456789"},
    {"city", "Lisbon"},     {"phone", "+351 210 000 000"}, {"plan", "Team"},
    {"title", "A title"},   {"currency", "EUR"},           {"sku", "PAN-24"},
    {"id", "10042"},        {"destination", "Lisbon"},     {"variant", "24 cm"},
}};

std::string sample_text(std::string_view name) {
  for (const auto& [part, text] : kTexts)
    if (name.find(part) != std::string_view::npos) return std::string(text);
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string sample_url(std::string_view name) {
  const bool picture = name.find("image") != std::string_view::npos;
  return std::string("https://example.com/") + (picture ? "picture.png" : std::string(name));
}

// The first row of a catalog whose records these are; Missing where there is none.
ir::Value first_row(const ir::Program& program, ir::Type record) {
  for (const ir::TableType& table : program.tables)
    if (table.record == record.required() && table.rows && table.rows->size() > 0)
      return ir::Value::record(table.rows->row(0));
  return {};
}

// Records may be made of records; what is deeper than any mail shows stays away.
ir::Value sample(const ir::Program& program, ir::Type type, std::string_view name, int depth) {
  switch (type.kind) {
    case ir::Kind::kInvalid:
    case ir::Kind::kMissing: return {};
    case ir::Kind::kBoolean: return true;
    case ir::Kind::kInteger: return std::int64_t{2};
    case ir::Kind::kNumber: return *Decimal::from_integer(16);
    case ir::Kind::kPercent: return *Decimal::from_integer(10);
    case ir::Kind::kMoney: {
      ir::Money money{*Decimal::from_integer(64), {}};
      ir::Currency::parse("EUR", money.currency);
      return money;
    }
    case ir::Kind::kText: return sample_text(name);
    case ir::Kind::kDate: return Date(year(2026) / 3 / 16);
    case ir::Kind::kTime: return TimeOfDay{9 * 60};
    case ir::Kind::kDateTime: return sample_time() + days(14);
    case ir::Kind::kDuration: return Duration(hours(24));
    case ir::Kind::kEmail: return std::string("ana@example.com");
    case ir::Kind::kUrl: return sample_url(name);
    case ir::Kind::kCountry: return std::string("PT");
    case ir::Kind::kLanguage: return std::string("en");
    case ir::Kind::kTimezone: return std::string("Europe/Lisbon");
    case ir::Kind::kCampaign:
      return program.campaigns.empty() ? std::string() : program.campaigns[0].name;
    case ir::Kind::kTemplate:
      return program.templates.empty() ? std::string() : program.templates[0].name;
    case ir::Kind::kMessage: return std::string("sample-message");
    case ir::Kind::kOneOf: return program.types.choices(type).front();
    case ir::Kind::kList: {
      const ir::Type element = program.types.element(type);
      if (depth >= kMaxSampleDepth) return ir::Value::list({});
      ir::Value one = sample(program, element, name, depth + 1);
      return ir::Value::list({one, one});
    }
    case ir::Kind::kRecord: {
      ir::Value row = first_row(program, type);
      if (!row.missing()) return row;
      ir::Items fields;
      for (const ir::Field& field : program.types.record_at(type).fields)
        fields.push_back(depth < kMaxSampleDepth
                             ? sample(program, field.type, field.name, depth + 1)
                             : ir::Value());
      return ir::Value::record(std::move(fields));
    }
  }
  return {};
}

}  // namespace

Instant sample_time() { return Instant(sys_days(year(2026) / 3 / 2) + hours(12)); }

ir::Value sample_value(const ir::Program& program, ir::Type type, std::string_view name) {
  return sample(program, type, name, 0);
}

}  // namespace trig::preview
