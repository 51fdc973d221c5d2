// Descriptors of files, and reading and writing at a place in them. A temporary file has no name
// and is gone with its descriptor.
//
//   auto file = temporary_file(size_expected);
//   Status done = write_at(*file, 0, "…");
//   Result<std::size_t> read = read_at(*file, 0, 100, bytes);   // fewer where the file ends
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "compiler/base/result.h"

namespace trig::drive {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();  // closes it, unless it is the standard input
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// Up to kMaxTemporaryMemoryBytes in memory, or else in $TMPDIR, /var/tmp or /tmp, whichever takes
// it first: /tmp is often memory too.
Result<Descriptor> temporary_file(std::uint64_t size_expected);

// At most `size` bytes into `bytes`, whose length says how many there were.
Result<std::size_t> read_at(const Descriptor& file, std::uint64_t at, std::size_t size,
                            std::string& bytes);
Status write_at(const Descriptor& file, std::uint64_t at, std::string_view bytes);

}  // namespace trig::drive
