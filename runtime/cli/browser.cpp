#include "runtime/cli/browser.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "compiler/base/process.h"
#include "runtime/cli/limits.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

namespace fs = std::filesystem;

// What a picture outside would show is left empty; the height tells how large the page is.
constexpr std::string_view kAtItsEnd = R"(<script>
const nothing = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
for (const image of document.images) {
  image.onerror = () => { image.onerror = null; image.src = nothing; };
  if (image.complete && image.naturalWidth === 0) image.onerror();
}
document.documentElement.dataset.high = document.documentElement.scrollHeight;
</script>)";

std::string browser_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string folders = path == nullptr ? "" : path;
  for (std::size_t at = 0; at <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    const fs::path file = fs::path(folders.substr(at, end - at)) / name;
    if (access(file.c_str(), X_OK) == 0) return file.string();
    at = end + 1;
  }
  return "";
}

Result<std::string> find_browser() {
  const char* named = std::getenv("TRIG_BROWSER");
  if (named != nullptr && *named != '\0') {
    if (access(named, X_OK) == 0) return std::string(named);
    return fail("TRIG_BROWSER names {}, which cannot be run", named);
  }
  for (const char* name : {"chromium", "chromium-browser", "google-chrome", "chrome"})
    if (std::string found = browser_in_path(name); !found.empty()) return found;
  return fail(
      "a picture needs Chromium, and none is in PATH: install it, or set TRIG_BROWSER to where it "
      "is; --format html needs none");
}

// A folder that goes away with its owner.
class PageFolder {
 public:
  PageFolder() {
    std::string name = (fs::temp_directory_path() / "trig-preview-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~PageFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  PageFolder(const PageFolder&) = delete;
  PageFolder& operator=(const PageFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Result<Finished> run_browser(const std::string& program, const PageFolder& folder, int width,
                             int height, const std::string& task) {
  Command command;
  // No network: what a mail loads from outside is not shown.
  command.words = {program,
                   "--headless",
                   "--disable-gpu",
                   "--hide-scrollbars",
                   "--host-resolver-rules=MAP * ~NOTFOUND",
                   "--user-data-dir=" + (folder.path() / "profile").string(),
                   fmt::format("--window-size={},{}", width, height),
                   task,
                   "file://" + (folder.path() / "page.html").string()};
  // Chromium's sandbox does not work for root.
  if (geteuid() == 0) command.words.insert(command.words.begin() + 1, "--no-sandbox");
  command.max_bytes = kMaxPageBytes;
  command.time = kMaxPageTime;
  auto done = run_program(command);
  if (!done) return done;
  if (done->exit != 0) return fail("{} ended with {}", program, done->exit);
  return done;
}

}  // namespace

Result<std::string> picture_of_page(const std::string& html, int width) {
  auto program = find_browser();
  if (!program) return program;
  const PageFolder folder;
  if (folder.path().empty()) return fail("cannot make a folder for the page");
  {
    std::ofstream page(folder.path() / "page.html", std::ios::binary);
    page << html << kAtItsEnd;
    if (!page.flush()) return fail("cannot write the page");
  }
  auto measured = run_browser(*program, folder, width, 200, "--dump-dom");
  if (!measured) return tl::unexpected(measured.error());
  static const std::regex kHeight("data-high=\"([0-9]{1,7})\"");
  std::smatch match;
  int height = 1'000;
  if (std::regex_search(measured->output, match, kHeight))
    height = std::clamp(std::stoi(match[1]), 100, kMaxPageHeight);
  const std::string picture = (folder.path() / "page.png").string();
  auto drawn = run_browser(*program, folder, width, height, "--screenshot=" + picture);
  if (!drawn) return tl::unexpected(drawn.error());
  return read_text(picture);
}

}  // namespace trig::cli
