#include "runtime/cli/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <string>

namespace trig::cli {
namespace {

constexpr std::size_t kWidth = 30;
constexpr std::chrono::milliseconds kBetween{100};

void draw(std::string_view label, const drive::Progress& progress) {
  const std::uint64_t all = progress.all;
  const std::uint64_t done = all == 0 ? 0 : std::min<std::uint64_t>(progress.done, all);
  const std::size_t filled = all == 0 ? 0 : static_cast<std::size_t>(kWidth * done / all);
  fmt::print(stderr, "\r{:<9} [{}{}] {:>3}%", label, std::string(filled, '#'),
             std::string(kWidth - filled, ' '), all == 0 ? 0 : 100 * done / all);
  std::fflush(stderr);
}

}  // namespace

void with_progress_bar(std::string_view label, const drive::Progress& progress,
                       const std::function<void()>& work) {
  if (::isatty(STDERR_FILENO) != 1) return work();
  std::future<void> done = std::async(std::launch::async, work);
  do draw(label, progress);
  while (done.wait_for(kBetween) != std::future_status::ready);
  fmt::print(stderr, "\r{}\r", std::string(kWidth + label.size() + 20, ' '));
  std::fflush(stderr);
  done.get();
}

}  // namespace trig::cli
