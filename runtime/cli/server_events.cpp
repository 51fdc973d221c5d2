#include "runtime/cli/server_events.h"

#include <fmt/format.h>

#include "runtime/admin/bundle.h"
#include "runtime/drive/known_ids.h"

namespace trig::cli {
Result<drive::RecordedFile> fetch_events(const ServerOptions& server, const ServerEvents& wanted) {
  const std::string path =
      fmt::format("/v1/events?from={}&to={}", url_encoded(to_string(wanted.from)),
                  url_encoded(to_string(wanted.to)));
  using drive::RecordedFile;
  return RecordedFile::spooled(
      server.url, drive::RecordFormat::kEvents, [&](const RecordedFile::Piece& piece) -> Status {
        drive::KnownIds known;
        std::uint64_t events = 0;
        for (std::string next = "0"; !next.empty();) {
          auto page = ask_server(server, "GET", path + "&begin=" + next, "");
          if (!page) return tl::unexpected(page.error());
          if (page->status != 200)
            return fail("{} gave no events: {} {}", server.url, page->status, page->body);
          std::string lines;
          for (std::string_view rest = page->body; !rest.empty();) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            if (++events > wanted.max_events)
              return fail(
                  "there are more than {} events since {}: a shorter --warm-up takes "
                  "fewer, --max-events takes more",
                  wanted.max_events, to_string(wanted.from));
            if (Status done = known.add(rest.substr(0, end), lines); !done)
              return fail("{} gave what are no events: {}", server.url, done.error().message);
            rest.remove_prefix(std::min(end + 1, rest.size()));
          }
          if (Status done = piece(lines); !done) return done;
          next = page->headers.get(admin::kNextEventHeader);
        }
        return {};
      });
}

}  // namespace trig::cli
