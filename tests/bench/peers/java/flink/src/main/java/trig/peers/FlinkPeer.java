package trig.peers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.DiscardingSink;
import org.apache.flink.streaming.api.functions.source.SourceFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.util.Collector;

/**
 * An operator a campaign, in the local environment: for filter a filter, for cart a pattern of
 * Flink CEP on the stream by person. What is measured is how fast the source is allowed to be.
 */
public final class FlinkPeer {
  // Functions of a job are copied; what they share is static.
  private static Run run;
  private static Filter filter;
  private static Carts carts;
  private static Carts.OneAtATime oneAtATime;
  private static String measured;

  /** An event of cart; public fields and a constructor without arguments make it cheap to copy. */
  public static final class Event {
    public int person;
    public boolean order;
    public String cartId;
    public double value;
    public long at;
  }

  public static final class FilterSource implements SourceFunction<Filter.Seen> {
    @Override
    public void run(SourceContext<Filter.Seen> to) throws Exception {
      measured =
          FlinkPeer.run.measure(
              (first, end) -> {
                for (long n = first; n < end; ++n) to.collect(filter.event(n));
              });
    }

    @Override
    public void cancel() {}
  }

  public static final class CartSource implements SourceFunction<Event> {
    @Override
    public void run(SourceContext<Event> to) throws Exception {
      measured =
          FlinkPeer.run.measure(
              (first, end) -> {
                for (long n = first; n < end; ++n) {
                  Carts.Event read = carts.event(n);
                  Event event = new Event();
                  event.person = read.getPerson();
                  event.order = read instanceof Carts.Order;
                  event.cartId = read.getCartId();
                  event.value = read.getValue();
                  event.at = Carts.timeMs(n);
                  to.collectWithTimestamp(event, event.at);
                  // The pattern's operators hold events back until a watermark: one a second.
                  if (n % 100 == 99) to.emitWatermark(new Watermark(event.at));
                }
              });
    }

    @Override
    public void cancel() {}
  }

  /** The order of the cart that the pattern began with. */
  public static final class ItsOrder extends IterativeCondition<Event> {
    @Override
    public boolean filter(Event event, Context<Event> context) throws Exception {
      if (!event.order) return false;
      for (Event cart : context.getEventsForPattern("cart"))
        if (cart.cartId.equals(event.cartId)) return true;
      return false;
    }
  }

  public static final class Mail extends PatternProcessFunction<Event, Integer> {
    private final int campaign;

    Mail(int campaign) {
      this.campaign = campaign;
    }

    @Override
    public void processMatch(
        Map<String, List<Event>> match, Context context, Collector<Integer> out) {
      Event cart = match.get("cart").get(0);
      if (oneAtATime.admits(campaign, cart.person, cart.at)) run.tally.add(cart, campaign);
    }
  }

  private static void playFilter(StreamExecutionEnvironment environment) throws Exception {
    filter = new Filter(run.folder);
    DataStream<Filter.Seen> events =
        environment.addSource(
            new FilterSource(), "seen", TypeInformation.of(Filter.Seen.class));
    int count = 0;
    for (Filter.Rule rule : filter.rules) {
      String category = rule.category();
      String country = rule.country();
      int price = rule.price();
      int campaign = count++;
      events
          .filter(
              event ->
                  event.getPrice() > price
                      && event.getCategory().equals(category)
                      && event.getCountry().equals(country))
          .addSink(
              new org.apache.flink.streaming.api.functions.sink.SinkFunction<Filter.Seen>() {
                @Override
                public void invoke(Filter.Seen event, Context context) {
                  run.tally.add(event, campaign);
                }
              });
    }
  }

  private static void playCart(StreamExecutionEnvironment environment) throws Exception {
    carts = new Carts(run.folder);
    oneAtATime = new Carts.OneAtATime(carts);
    var events =
        environment
            .addSource(new CartSource(), "carts", TypeInformation.of(Event.class))
            .keyBy(event -> event.person);
    int count = 0;
    for (int threshold : carts.thresholds) {
      Pattern<Event, Event> pattern =
          Pattern.<Event>begin("cart", AfterMatchSkipStrategy.noSkip())
              .where(SimpleCondition.of(event -> !event.order && event.value > threshold))
              .notFollowedBy("order")
              .where(new ItsOrder())
              .within(Duration.ofMillis(Carts.WAIT_MS));
      CEP.pattern(events, pattern)
          .process(new Mail(count++), TypeInformation.of(Integer.class))
          .addSink(new DiscardingSink<>());
    }
  }

  public static void main(String[] arguments) throws Exception {
    run = new Run(arguments);
    Configuration configuration = new Configuration();
    configuration.setString("taskmanager.memory.network.max", "256m");
    configuration.setString("taskmanager.memory.network.min", "256m");
    configuration.setString("restart-strategy.type", "none");
    var environment = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    environment.getConfig().enableObjectReuse();
    if (run.filter) playFilter(environment);
    else playCart(environment);
    environment.execute("peer");
    run.print(measured);
    System.exit(0);
  }
}
