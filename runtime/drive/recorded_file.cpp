#include "runtime/drive/recorded_file.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
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

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ > STDIN_FILENO) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};

bool is_compressed(int descriptor) {
  unsigned char first[2] = {};
  return ::pread(descriptor, first, 2, 0) == 2 && first[0] == 0x1f && first[1] == 0x8b;
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

// Where the line ends and where the next one begins.
std::pair<std::uint64_t, std::uint64_t> line_end(std::string_view text, std::uint64_t at) {
  const std::size_t end = text.find('\n', at);
  if (end == text.npos) return {text.size(), text.size()};
  return {end > at && text[end - 1] == '\r' ? end - 1 : end, end + 1};
}

// The same of a record whose cells may hold line ends. A quote that is not closed spoils its own
// line only.
std::pair<std::uint64_t, std::uint64_t> csv_end(std::string_view text, std::uint64_t at) {
  bool quoted = false;
  const std::uint64_t last = std::min<std::uint64_t>(text.size(), at + kMaxBatchBytes);
  for (std::uint64_t i = at; i < last; ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '\n' && !quoted) return {i > at && text[i - 1] == '\r' ? i - 1 : i, i + 1};
  }
  if (!quoted && last == text.size()) return {last, last};
  return line_end(text, at);
}

bool is_csv(std::string name) {
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with(".csv");
}

}  // namespace

Result<MappedFile> MappedFile::of(int descriptor, const std::string& name) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) return fail("cannot read {}: {}", name, strerror(errno));
  MappedFile mapped;
  if (facts.st_size == 0) return mapped;
  const auto size = static_cast<std::size_t>(facts.st_size);
  void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (bytes == MAP_FAILED) return fail("cannot read {}: {}", name, std::strerror(errno));
  mapped.bytes_ = {static_cast<const char*>(bytes), size};
  return mapped;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

Result<RecordedFile> RecordedFile::open(const std::string& path) {
  const bool input = path == "-";
  const std::string name = input ? "the standard input" : path;
  const Descriptor descriptor(input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.number() < 0) return fail("cannot read {}: {}", path, std::strerror(errno));
  struct stat facts {};
  if (::fstat(descriptor.number(), &facts) != 0)
    return fail("cannot read {}: {}", name, std::strerror(errno));
  if (S_ISDIR(facts.st_mode)) return fail("{} is a folder", name);
  const RecordFormat format = is_csv(path) ? RecordFormat::kCsv : RecordFormat::kEvents;
  if (!S_ISREG(facts.st_mode) || is_compressed(descriptor.number()) || input)
    return spooled(name, format,
                   [&](const Piece& piece) { return copy_all(descriptor.number(), name, piece); });
  auto mapped = MappedFile::of(descriptor.number(), name);
  if (!mapped) return tl::unexpected(mapped.error());
  RecordedFile file;
  file.name_ = name;
  file.format_ = format;
  file.mapped_ = std::move(*mapped);
  if (Status done = file.find_format(); !done) return tl::unexpected(done.error());
  return file;
}

Result<RecordedFile> RecordedFile::spooled(const std::string& name, RecordFormat format,
                                           const std::function<Status(const Piece&)>& write) {
  const std::unique_ptr<std::FILE, CloseFile> spool(std::tmpfile());
  if (!spool) return fail("cannot make a temporary file: {}", std::strerror(errno));
  Status done = write([&](std::string_view piece) -> Status {
    if (std::fwrite(piece.data(), 1, piece.size(), spool.get()) == piece.size()) return {};
    return fail("cannot write a temporary file: {}", std::strerror(errno));
  });
  if (done && std::fflush(spool.get()) != 0)
    done = fail("cannot write a temporary file: {}", std::strerror(errno));
  if (!done) return tl::unexpected(done.error());
  auto mapped = MappedFile::of(::fileno(spool.get()), name);
  if (!mapped) return tl::unexpected(mapped.error());
  RecordedFile file;
  file.name_ = name;
  file.format_ = format;
  file.mapped_ = std::move(*mapped);
  if (done = file.find_format(); !done) return tl::unexpected(done.error());
  return file;
}

// Lines of JSON are rows of a warehouse if the first that is an object says so.
Status RecordedFile::find_format() {
  if (format_ == RecordFormat::kStored) return {};
  if (text().starts_with(kByteOrderMark)) begin_ = kByteOrderMark.size();
  if (format_ == RecordFormat::kCsv) return read_columns();
  simdjson::dom::parser parser;
  for (std::uint64_t at = begin_; at < text().size();) {
    auto [line, next] = extent_at(at);
    at = next;
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
  auto [header, next] = extent_at(begin_);
  project::CsvReader reader(header);
  project::CsvRecord record;
  if (!reader.next(record)) {
    if (text().size() <= begin_) return {};
    return fail("{} does not begin with the names of columns{}", name_,
                reader.problem() ? ": " + reader.problem()->what : "");
  }
  for (project::CsvCell& cell : record.cells) columns_.push_back(std::move(cell.text));
  begin_ = next;
  return {};
}

std::pair<std::string_view, std::uint64_t> RecordedFile::extent_at(std::uint64_t at) const {
  const std::string_view all = text();
  if (format_ == RecordFormat::kStored) {
    ByteReader reader(all.substr(at));
    const std::uint32_t size = reader.fixed32();
    return {all.substr(at + kLengthBytes, size), at + kLengthBytes + size};
  }
  const auto [end, next] = format_ == RecordFormat::kCsv ? csv_end(all, at) : line_end(all, at);
  return {all.substr(at, end - at), next};
}

std::vector<std::uint64_t> RecordedFile::blocks(std::uint64_t size) const {
  std::vector<std::uint64_t> begins{begin_};
  const std::uint64_t end = text().size();
  const bool lines = format_ == RecordFormat::kEvents || format_ == RecordFormat::kRows;
  for (std::uint64_t at = begin_; at < end;) {
    if (lines)
      at = at + size >= end ? end : line_end(text(), at + size).second;
    else
      for (const std::uint64_t from = at; at < end && at < from + size;) at = after(at);
    begins.push_back(at);
  }
  if (begins.size() == 1) begins.push_back(end);
  return begins;
}

std::uint64_t RecordedFile::line_of(std::uint64_t at) const {
  const std::string_view before = text().substr(0, at);
  return 1 + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
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
