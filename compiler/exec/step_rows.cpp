// A trigger on the dates of a list: each row of the person has an instant of its own.
#include <algorithm>
#include <iterator>

#include "compiler/exec/stepper.h"

namespace trig::exec {

// Of two rows with one key the first in the file counts.
std::vector<Stepper::Row> Stepper::rows_of_person(const ir::OnDate& on) const {
  const ir::Program& program = world_.current->program();
  const ir::TableType& list = program.tables[on.rows->table];
  std::vector<Row> rows;
  if (list.rows == nullptr) return rows;
  const ir::Value& person = person_for(*world_.current)[list.key_field];
  ir::Table::Rows found = list.rows->find(ir::table_key(person, list.key.kind));
  Frame frame = frame_for(*world_.current, nullptr);
  for (std::size_t position = found.begin; position < found.end; ++position) {
    Row row{{}, list.rows->row(position)};
    frame.event = &row.fields;
    row.key = world_.current->evaluate(on.rows->key, frame);
    bool taken = std::any_of(rows.begin(), rows.end(),
                             [&](const Row& other) { return ir::same(other.key, row.key); });
    if (!taken) rows.push_back(std::move(row));
  }
  return rows;
}

ir::Value Stepper::date_of(const ir::OnDate& on, const Row& row) const {
  Frame frame = frame_for(*world_.current, nullptr);
  frame.event = &row.fields;
  return world_.current->evaluate(on.date, frame);
}

ir::Value Stepper::bound_row(const ir::Campaign& campaign, const Row& row) const {
  const ir::Slot& slot = campaign.slots[0];
  ir::Items bound(row.fields.size());
  for (std::size_t i = 0; i < bound.size(); ++i)
    if (slot.read[i]) bound[i] = row.fields[i];
  return ir::Value::record(std::move(bound));
}

// What a row that is gone was planned for goes with it. One that has nothing ahead and came for
// nothing yet needs no place in the state.
void Stepper::plan_rows(const ir::Campaign& campaign, const ir::OnDate& on) {
  auto ours = std::stable_partition(
      state_.planned.begin(), state_.planned.end(),
      [&](const PlannedStart& planned) { return planned.campaign != campaign.hash; });
  std::vector<PlannedStart> known(std::make_move_iterator(ours),
                                  std::make_move_iterator(state_.planned.end()));
  state_.planned.erase(ours, state_.planned.end());
  for (const Row& row : rows_of_person(on)) {
    auto place = std::find_if(known.begin(), known.end(), [&](const PlannedStart& planned) {
      return ir::same(planned.row, row.key);
    });
    PlannedStart planned = place == known.end() ? PlannedStart() : std::move(*place);
    ir::Value value = date_of(on, row);
    bool as_before = planned.trigger == campaign.trigger.version && still_on(planned, on, value);
    planned.campaign = campaign.hash;
    planned.trigger = campaign.trigger.version;
    planned.row = row.key;
    if (!as_before) {
      planned.due.reset();
      planned.day.reset();
      plan_date(planned, on, value);
    }
    if (planned.due || !planned.done.missing()) state_.planned.push_back(std::move(planned));
  }
}

void Stepper::row_came(PlannedStart& planned, const ir::Campaign& campaign, const ir::OnDate& on) {
  std::string why = ir::describe(world_.current->program(), campaign.trigger);
  std::vector<Row> rows = rows_of_person(on);
  auto row = std::find_if(rows.begin(), rows.end(),
                          [&](const Row& one) { return ir::same(one.key, planned.row); });
  ir::Value value = row == rows.end() ? ir::Value() : date_of(on, *row);
  // A deploy has changed the list, and has not come to this person yet.
  bool gone = !still_on(planned, on, value);
  if (!gone) planned.done = on.every_year ? ir::Value(*planned.day) : value;
  planned.due.reset();
  planned.day.reset();
  if (row != rows.end()) plan_date(planned, on, value);
  if (gone) return not_started(campaign, why + ", but its row has changed or is gone");
  auto index = static_cast<std::uint32_t>(world_.current->triggers().find_campaign(campaign.hash));
  come(index, std::nullopt, why + " (" + ir::to_string(value) + ")", &*row);
}

}  // namespace trig::exec
