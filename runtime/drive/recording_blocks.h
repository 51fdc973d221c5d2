// Private to runtime/drive: the pieces in which a recording is read.
#pragma once

#include <thread>
#include <vector>

#include "runtime/drive/groups.h"
#include "runtime/drive/recording.h"

namespace trig::drive {

struct Recording::Block {
  std::size_t file = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::size_t first_place = 0;  // of its events, in their order, among all that were read
  std::size_t places = 0;
};

// Here and on other threads.
template <typename Work>
void on_threads(std::size_t count, Work work) {
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace trig::drive
