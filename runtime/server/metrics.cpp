#include "runtime/server/metrics.h"

#include <prometheus/text_serializer.h>

namespace trig::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Sample {
  double value = 0;
  std::string label;  // value of the family's label; empty: none
};

MetricFamily family(std::string name, std::string help, MetricType type, const std::string& label,
                    const std::vector<Sample>& samples) {
  MetricFamily made;
  made.name = std::move(name);
  made.help = std::move(help);
  made.type = type;
  for (const Sample& sample : samples) {
    ClientMetric metric;
    if (!sample.label.empty()) metric.label.push_back({label, sample.label});
    if (type == MetricType::Counter)
      metric.counter.value = sample.value;
    else
      metric.gauge.value = sample.value;
    made.metric.push_back(std::move(metric));
  }
  return made;
}

}  // namespace

Metrics::Metrics()
    : attempts_(prometheus::BuildCounter()
                    .Name("trig_attempts_total")
                    .Help("Hand-overs to the relay by outcome.")
                    .Register(registry_)),
      render_failures(prometheus::BuildCounter()
                          .Name("trig_render_failures_total")
                          .Help("Mails that could not be rendered.")
                          .Register(registry_)
                          .Add({})),
      reply_seconds(
          prometheus::BuildHistogram()
              .Name("trig_reply_seconds")
              .Help("From the hand-over of a mail to the reply: the window in which a crash may "
                    "duplicate it.")
              .Register(registry_)
              .Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.005, 0.02, 0.1, 0.5, 2, 10,
                                                               60, 600})) {}

prometheus::Counter& Metrics::attempts(SendOutcome outcome) {
  return attempts_.Add({{"outcome", std::string(to_string(outcome))}});
}

std::string Metrics::scrape(const EngineStatus& engine, const net::HttpServerStats& http) const {
  const engine::Totals& t = engine.totals;
  auto count = [](std::uint64_t n) { return static_cast<double>(n); };
  std::vector<Sample> mails;
  for (std::size_t s = 0; s < exec::kMessageStateCount; ++s)
    mails.push_back(
        {count(t.messages[s]), std::string(exec::to_string(static_cast<exec::MessageState>(s)))});
  std::vector<Sample> posts;
  for (std::size_t s = 0; s < exec::kMessageStateCount; ++s)
    posts.push_back(
        {count(t.posts[s]), std::string(exec::to_string(static_cast<exec::MessageState>(s)))});
  std::vector<MetricFamily> families = {
      family("trig_events_total", "Events taken since the data directory was made.",
             MetricType::Counter, "result",
             {{count(t.events - t.events_rejected - t.events_emitted), "applied"},
              {count(t.events_emitted), "emitted"},
              {count(t.events_rejected), "rejected"},
              {count(t.events_duplicate), "duplicate"}}),
      family("trig_people", "People known.", MetricType::Gauge, "", {{count(t.people), ""}}),
      family("trig_journeys_started_total", "Journeys begun.", MetricType::Counter, "",
             {{count(t.journeys_started), ""}}),
      family("trig_journeys_ended_total", "Journeys ended.", MetricType::Counter, "",
             {{count(t.journeys_ended), ""}}),
      family("trig_goals_total", "Goals reached.", MetricType::Counter, "", {{count(t.goals), ""}}),
      family("trig_arrived_too_late_total",
             "Events that would have stopped a mail, had they come before it.", MetricType::Counter,
             "", {{count(t.arrived_too_late), ""}}),
      family("trig_send_objectives_total", "Mails sent under an objective `within`.",
             MetricType::Counter, "result",
             {{count(t.objectives_met), "met"}, {count(t.objectives_missed), "missed"}}),
      family("trig_mails_decided_total", "Mails decided; the sum of trig_mails.",
             MetricType::Counter, "", {{count(t.decided), ""}}),
      family("trig_mails", "Mails by state.", MetricType::Gauge, "state", mails),
      family("trig_posts", "Posts by state.", MetricType::Gauge, "state", posts),
      family("trig_inbox_events", "Events accepted and not yet committed.", MetricType::Gauge, "",
             {{count(engine.inbox_events), ""}}),
      family("trig_attempts_in_flight", "Attempts begun and not answered.", MetricType::Gauge, "",
             {{count(engine.in_flight), ""}}),
      family("trig_mails_parked", "Due mails that wait for room in flight.", MetricType::Gauge, "",
             {{count(engine.parked), ""}}),
      family("trig_timer_lateness_seconds", "How late the earliest due timer is.",
             MetricType::Gauge, "", {{engine.timer_lateness_seconds, ""}}),
      family("trig_commits_total", "Group commits.", MetricType::Counter, "",
             {{count(engine.commits), ""}}),
      family("trig_commit_seconds_total", "Time spent in group commits.", MetricType::Counter, "",
             {{engine.commit_seconds, ""}}),
      family("trig_http_connections", "Open HTTP connections.", MetricType::Gauge, "",
             {{count(http.open_connections), ""}}),
      family("trig_http_requests_total", "HTTP requests handled.", MetricType::Counter, "",
             {{count(http.requests), ""}}),
      family("trig_http_refused_total", "HTTP requests refused before they were handled.",
             MetricType::Counter, "", {{count(http.refused), ""}}),
      family("trig_http_shed_total", "Connections shed over the limit.", MetricType::Counter, "",
             {{count(http.shed), ""}})};
  for (MetricFamily& registered : registry_.Collect()) families.push_back(std::move(registered));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace trig::server
