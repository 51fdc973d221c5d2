#include "runtime/drive/played_store.h"

#include <algorithm>
#include <limits>

#include "runtime/drive/deployed.h"
#include "runtime/drive/virtual_driver.h"
#include "runtime/store/memory_store.h"

namespace trig::drive {

Result<std::shared_ptr<const Store>> played_store(
    Recording& recording, const std::shared_ptr<const engine::Deployed>& deployed,
    std::size_t max_events) {
  ReadSettings settings;
  settings.people_per_part = std::numeric_limits<std::size_t>::max();  // one part, one order
  Progress progress;
  if (Status read = recording.read({deployed->program}, settings, progress); !read)
    return tl::unexpected(read.error());
  if (recording.events() == 0) return fail("there is no event in them");
  if (recording.events() > max_events)
    return fail("they have {} events, at most {} can be asked about", recording.events(),
                max_events);
  auto store = std::make_shared<store::MemoryStore>();
  auto driver = VirtualDriver::open([&]() -> Result<std::shared_ptr<Store>> { return store; },
                                    deployed, compile_files(), recording.begin());
  if (!driver) return tl::unexpected(driver.error());
  RecordedReader reader;
  for (std::size_t number = 0; number < recording.parts(); ++number) {
    auto part = recording.part(number);
    if (!part) return tl::unexpected(part.error());
    for (std::size_t i = 0; i < part->size(); ++i) {
      Status done = (*driver)->advance_to(std::max(part->place(i).when, (*driver)->clock()));
      if (done) done = (*driver)->take(part->read(i, reader));
      if (!done) return tl::unexpected(done.error());
    }
  }
  return std::shared_ptr<const Store>(std::move(store));
}

}  // namespace trig::drive
