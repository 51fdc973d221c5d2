// The limit that the engine's durability is measured against: bare synced WriteBatches, no trig.
//
//   rocksdb_limit [--bytes N] [--rows N] [--seconds N] [--dir D]
//
// One line of JSON: each batch holds `rows` rows of `bytes` bytes and is synced before the next.
#include <rocksdb/db.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>

int main(int argc, char** argv) {
  std::size_t bytes = 300;
  std::size_t rows = 1;
  double seconds = 2;
  std::string directory = (std::filesystem::temp_directory_path() / "trig-rocksdb-limit").string();
  CLI::App app("measures bare synced RocksDB WriteBatches");
  app.add_option("--bytes", bytes, "bytes of a value")->capture_default_str();
  app.add_option("--rows", rows, "rows of a batch")->check(CLI::PositiveNumber);
  app.add_option("--seconds", seconds, "how long to measure")->check(CLI::PositiveNumber);
  app.add_option("--dir", directory, "an own folder on the disk to measure; it is removed");
  CLI11_PARSE(app, argc, argv);

  std::filesystem::remove_all(directory);
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(options, directory, &raw);
  std::unique_ptr<rocksdb::DB> db(raw);
  rocksdb::WriteOptions synced;
  synced.sync = true;

  using SteadyClock = std::chrono::steady_clock;
  const std::string value(bytes, 'v');
  std::uint64_t key = 0;
  std::uint64_t batches = 0;
  const auto begin = SteadyClock::now();
  std::chrono::duration<double> spent{0};
  while (status.ok() && spent.count() < seconds) {
    rocksdb::WriteBatch batch;
    for (std::size_t i = 0; i < rows; ++i) batch.Put(std::to_string(++key), value);
    status = db->Write(synced, &batch);
    ++batches;
    spent = SteadyClock::now() - begin;
  }
  db.reset();
  std::filesystem::remove_all(directory);
  if (!status.ok()) {
    std::cerr << "rocksdb_limit: " << status.ToString() << "\n";
    return 2;
  }
  std::cout << "{\"bytes\":" << bytes << ",\"rows\":" << rows
            << ",\"batches_per_second\":" << static_cast<double>(batches) / spent.count()
            << ",\"records_per_second\":" << static_cast<double>(key) / spent.count() << "}\n";
}
