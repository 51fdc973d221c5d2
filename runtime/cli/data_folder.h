// A project together with its data directory, opened to read beside a running server.
#pragma once

#include <memory>
#include <string>

#include "compiler/project/project.h"
#include "runtime/ports/store.h"

namespace trig::cli {

struct OpenedData {
  std::unique_ptr<project::Project> project;
  std::unique_ptr<Store> store;
};

// `data` empty: the one that trig.toml names.
Result<OpenedData> open_data(const std::string& path, const std::string& data);

}  // namespace trig::cli
