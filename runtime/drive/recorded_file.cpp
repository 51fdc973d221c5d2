#include "runtime/drive/recorded_file.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "compiler/base/codec.h"
#include "compiler/project/csv.h"
#include "runtime/ports/limits.h"

namespace trig::drive {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::size_t kLengthBytes = 4;  // before each record of a data directory
constexpr std::size_t kReadAhead = 4 << 20;
constexpr std::size_t kSpoolBytes = 1 << 20;  // written at once

struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};

bool is_compressed(const Descriptor& file) {
  std::string first;
  return read_at(file, 0, 2, first) && first == "\x1f\x8b";
}

// Everything that can be read from there, decompressed if it is gzip's.
Status copy_all(int descriptor, const std::string& name, const RecordedFile::Piece& piece) {
  std::unique_ptr<std::remove_pointer_t<gzFile>, CloseGzip> from(gzdopen(::dup(descriptor), "rb"));
  if (!from) return fail("cannot read {}", name);
  std::string buffer(1 << 16, '\0');
  for (;;) {
    const int read = gzread(from.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
    if (read < 0) {
      int error = 0;
      const char* said = gzerror(from.get(), &error);
      return fail("cannot read {}: {}", name, error == Z_ERRNO ? std::strerror(errno) : said);
    }
    if (read == 0) break;
    if (Status done = piece(std::string_view(buffer).substr(0, static_cast<std::size_t>(read)));
        !done)
      return done;
  }
  int error = 0;
  gzerror(from.get(), &error);
  if (error == Z_BUF_ERROR) return fail("{} ends in the middle of what gzip wrote", name);
  return {};
}

Extent line_extent(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  if (end == bytes.npos) return {bytes, bytes.size()};
  return {bytes.substr(0, end > 0 && bytes[end - 1] == '\r' ? end - 1 : end), end + 1};
}

// Of a record whose cells may hold line ends. A quote that is not closed spoils its own line only.
Extent csv_extent(std::string_view bytes) {
  bool quoted = false;
  const std::size_t last = std::min(bytes.size(), kMaxBatchBytes);
  for (std::size_t i = 0; i < last; ++i) {
    if (bytes[i] == '"') quoted = !quoted;
    if (bytes[i] == '\n' && !quoted)
      return {bytes.substr(0, i > 0 && bytes[i - 1] == '\r' ? i - 1 : i), i + 1};
  }
  if (!quoted && last == bytes.size()) return {bytes, last};
  return line_extent(bytes);
}

// What follows a place in a file, record by record.
class Ahead {
 public:
  explicit Ahead(const RecordedFile& file) : file_(file) {}

  // kMaxBatchBytes or more, fewer where the file ends.
  Result<std::string_view> from(std::uint64_t at) {
    const std::uint64_t wanted = std::min<std::uint64_t>(kMaxBatchBytes, file_.size() - at);
    if (at < begin_ || at + wanted > begin_ + bytes_.size()) {
      begin_ = at;
      Status done = file_.read(at, std::min<std::uint64_t>(kReadAhead, file_.size() - at), bytes_);
      if (!done) return tl::unexpected(done.error());
    }
    return std::string_view(bytes_).substr(at - begin_);
  }

 private:
  const RecordedFile& file_;
  std::uint64_t begin_ = 0;
  std::string bytes_;
};

// As many files as the system lets this process have: a folder may hold one for each hour.
bool allow_more_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return false;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

bool is_csv(std::string name) {
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with(".csv");
}

}  // namespace

Result<RecordedFile> RecordedFile::open(const std::string& path) {
  const bool input = path == "-";
  const std::string name = input ? "the standard input" : path;
  Descriptor descriptor(input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.is_open() && errno == EMFILE && allow_more_files())
    descriptor = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.is_open()) return fail("cannot read {}: {}", path, std::strerror(errno));
  struct stat facts {};
  if (::fstat(descriptor.number(), &facts) != 0)
    return fail("cannot read {}: {}", name, std::strerror(errno));
  if (S_ISDIR(facts.st_mode)) return fail("{} is a folder", name);
  const RecordFormat format = is_csv(path) ? RecordFormat::kCsv : RecordFormat::kEvents;
  if (!S_ISREG(facts.st_mode) || is_compressed(descriptor) || input)
    return spooled(name, format,
                   [&](const Piece& piece) { return copy_all(descriptor.number(), name, piece); });
  RecordedFile file;
  file.name_ = name;
  file.format_ = format;
  file.bytes_ = std::move(descriptor);
  file.size_ = static_cast<std::uint64_t>(facts.st_size);
  if (Status done = file.find_format(); !done) return tl::unexpected(done.error());
  return file;
}

Result<RecordedFile> RecordedFile::spooled(const std::string& name, RecordFormat format,
                                           const std::function<Status(const Piece&)>& write) {
  auto spool = temporary_file(UINT64_MAX);
  if (!spool) return tl::unexpected(spool.error());
  RecordedFile file;
  file.name_ = name;
  file.format_ = format;
  file.bytes_ = std::move(*spool);
  std::string held;
  auto flush = [&]() -> Status {
    Status done = write_at(file.bytes_, file.size_, held);
    file.size_ += held.size();
    held.clear();
    return done;
  };
  Status done = write([&](std::string_view piece) -> Status {
    held += piece;
    return held.size() < kSpoolBytes ? Status() : flush();
  });
  if (done) done = flush();
  if (done) done = file.find_format();
  if (!done) return tl::unexpected(done.error());
  return file;
}

// Lines of JSON are rows of a warehouse if the first that is an object says so.
Status RecordedFile::find_format() {
  if (format_ == RecordFormat::kStored) return {};
  Ahead ahead(*this);
  auto first = ahead.from(0);
  if (!first) return tl::unexpected(first.error());
  if (first->starts_with(kByteOrderMark)) begin_ = kByteOrderMark.size();
  if (format_ == RecordFormat::kCsv) return read_columns();
  simdjson::dom::parser parser;
  for (std::uint64_t at = begin_; at < size_;) {
    auto rest = ahead.from(at);
    if (!rest) return tl::unexpected(rest.error());
    const auto [line, taken] = first_record(*rest);
    at += taken;
    simdjson::dom::object object;
    if (line.size() > kMaxBatchBytes || parser.parse(line.data(), line.size()).get(object))
      continue;
    auto has = [&](std::initializer_list<std::string_view> names) {
      return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        simdjson::dom::element found;
        return !object[name].get(found);
      });
    };
    const bool row = has({"anonymous_id", "user_id", "received_at", "original_timestamp"});
    if (row && !has({"anonymousId", "userId", "receivedAt", "properties", "traits"}))
      format_ = RecordFormat::kRows;
    break;
  }
  return {};
}

Status RecordedFile::read_columns() {
  Ahead ahead(*this);
  auto rest = ahead.from(begin_);
  if (!rest) return tl::unexpected(rest.error());
  const auto [header, taken] = first_record(*rest);
  project::CsvReader reader(header);
  project::CsvRecord record;
  if (!reader.next(record)) {
    if (size_ <= begin_) return {};
    return fail("{} does not begin with the names of columns{}", name_,
                reader.problem() ? ": " + reader.problem()->what : "");
  }
  for (project::CsvCell& cell : record.cells) columns_.push_back(std::move(cell.text));
  begin_ += taken;
  return {};
}

// Its place is where it ends now.
Status RecordedFile::cut_off() const {
  struct stat facts {};
  if (::fstat(bytes_.number(), &facts) != 0)
    return fail("cannot read {}: {}", name_, std::strerror(errno));
  const auto left = static_cast<std::uint64_t>(facts.st_size);
  if (left >= size_) return fail("cannot read {}: it changed while it was read", name_);
  auto line = line_of(left);
  if (!line) return tl::unexpected(line.error());
  return fail("{}:{}: the file ends here, at byte {} of {}: it was cut off while it was read",
              name_, *line, left, size_);
}

Status RecordedFile::read(std::uint64_t at, std::size_t size, std::string& bytes) const {
  auto read = read_at(bytes_, at, size, bytes);
  if (!read) return fail("cannot read {}: {}", name_, read.error().message);
  return *read == size ? Status() : cut_off();
}

Extent RecordedFile::first_record(std::string_view bytes) const {
  if (format_ != RecordFormat::kStored)
    return format_ == RecordFormat::kCsv ? csv_extent(bytes) : line_extent(bytes);
  ByteReader reader(bytes);
  const std::size_t size = reader.fixed32();
  return {bytes.substr(kLengthBytes, size), kLengthBytes + size};
}

// Where the line ends that is under way there.
Result<std::uint64_t> RecordedFile::after_line(std::uint64_t at) const {
  constexpr std::size_t kStep = 16 << 10;
  std::string bytes;
  const std::uint64_t last = std::min<std::uint64_t>(size_, at + kMaxBatchBytes);
  while (at < last) {
    Status done = read(at, std::min<std::uint64_t>(kStep, last - at), bytes);
    if (!done) return tl::unexpected(done.error());
    const std::size_t end = bytes.find('\n');
    if (end != bytes.npos) return at + end + 1;
    at += bytes.size();
  }
  return last;
}

Result<std::vector<std::uint64_t>> RecordedFile::blocks(std::uint64_t size) const {
  std::vector<std::uint64_t> begins{begin_};
  const bool lines = format_ == RecordFormat::kEvents || format_ == RecordFormat::kRows;
  Ahead ahead(*this);
  for (std::uint64_t at = begin_; at < size_;) {
    const std::uint64_t from = at;
    if (lines) {
      auto next = at + size >= size_ ? Result<std::uint64_t>(size_) : after_line(at + size);
      if (!next) return tl::unexpected(next.error());
      at = *next;
    }
    while (!lines && at < size_ && at < from + size) {
      auto rest = ahead.from(at);
      if (!rest) return tl::unexpected(rest.error());
      at += first_record(*rest).size;
    }
    begins.push_back(at);
  }
  if (begins.size() == 1) begins.push_back(size_);
  return begins;
}

Result<std::uint64_t> RecordedFile::line_of(std::uint64_t at) const {
  std::uint64_t line = 1;
  std::string bytes;
  for (std::uint64_t done = 0; done < at; done += bytes.size()) {
    auto read = read_at(bytes_, done, std::min<std::uint64_t>(kReadAhead, at - done), bytes);
    if (!read) return fail("cannot read {}: {}", name_, read.error().message);
    if (bytes.empty()) break;
    line += static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  }
  return line;
}

Result<std::vector<std::string>> recorded_files_of(const std::string& path) {
  std::error_code error;
  if (path == "-" || !fs::is_directory(path, error)) return std::vector{path};
  constexpr std::string_view kEndings[] = {".ndjson", ".jsonl", ".json", ".csv"};
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    const bool fits = std::any_of(std::begin(kEndings), std::end(kEndings),
                                  [&](std::string_view ending) { return name.ends_with(ending); });
    if (fits && !name.starts_with('.')) files.push_back(entry.path().string());
  }
  if (error) return fail("cannot read folder {}: {}", path, error.message());
  if (files.empty())
    return fail("{} holds no .ndjson, .jsonl, .json or .csv, nor one of them with .gz", path);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace trig::drive
