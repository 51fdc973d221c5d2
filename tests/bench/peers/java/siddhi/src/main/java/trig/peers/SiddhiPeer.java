package trig.peers;

import io.siddhi.core.SiddhiAppRuntime;
import io.siddhi.core.SiddhiManager;
import io.siddhi.core.event.Event;
import io.siddhi.core.stream.input.InputHandler;
import io.siddhi.core.stream.output.StreamCallback;

/** A query a campaign, on synchronous streams; time is that of the events. */
public final class SiddhiPeer {
  private static void listen(SiddhiAppRuntime app, String stream, java.util.function.Consumer<Event> take) {
    app.addCallback(
        stream,
        new StreamCallback() {
          @Override
          public void receive(Event[] events) {
            for (Event event : events) take.accept(event);
          }
        });
  }

  private static Peer filter(Run run) throws Exception {
    Filter workload = new Filter(run.folder);
    StringBuilder text =
        new StringBuilder("define stream Seen (category string, country string, price double);\n");
    int count = 0;
    for (Filter.Rule rule : workload.rules)
      text.append(
          String.format(
              "from Seen[category == '%s' and country == '%s' and price > %d.0] "
                  + "select %d as campaign, category insert into Matched;\n",
              rule.category(), rule.country(), rule.price(), count++));
    SiddhiAppRuntime app = new SiddhiManager().createSiddhiAppRuntime(text.toString());
    listen(app, "Matched", event -> run.tally.add(event, (Integer) event.getData(0)));
    app.start();
    InputHandler input = app.getInputHandler("Seen");
    Object[][] events = new Object[workload.events.length][];
    for (int i = 0; i < events.length; ++i) {
      Filter.Seen seen = workload.events[i];
      events[i] = new Object[] {seen.getCategory(), seen.getCountry(), seen.getPrice()};
    }
    return (first, end) -> {
      for (long n = first; n < end; ++n) input.send(events[(int) (n % events.length)]);
    };
  }

  private static Peer cart(Run run) throws Exception {
    Carts workload = new Carts(run.folder);
    StringBuilder text =
        new StringBuilder(
            "@app:playback\n"
                + "define stream Cart (person int, cartId string, value double, at long);\n"
                + "define stream CartOrder (person int, cartId string);\n"
                );
    int count = 0;
    for (int threshold : workload.thresholds)
      text.append(
          String.format(
              "from every c=Cart[value > %d.0] -> not CartOrder[cartId == c.cartId] for 30 min "
                  + "select %d as campaign, c.person as person, c.at as at insert into Mail;\n",
              threshold, count++));
    SiddhiAppRuntime app = new SiddhiManager().createSiddhiAppRuntime(text.toString());
    var oneAtATime = new Carts.OneAtATime(workload);
    listen(
        app,
        "Mail",
        event -> {
          int campaign = (Integer) event.getData(0);
          if (oneAtATime.admits(campaign, (Integer) event.getData(1), (Long) event.getData(2)))
            run.tally.add(event, campaign);
        });
    app.start();
    InputHandler carts = app.getInputHandler("Cart");
    InputHandler orders = app.getInputHandler("CartOrder");
    return new Peer() {
      @Override
      public void play(long first, long end) throws Exception {
        for (long n = first; n < end; ++n) {
          Carts.Event event = workload.event(n);
          long at = Carts.timeMs(n);
          if (event instanceof Carts.Cart)
            carts.send(
                at, new Object[] {event.getPerson(), event.getCartId(), event.getValue(), at});
          else orders.send(at, new Object[] {event.getPerson(), event.getCartId()});
        }
      }

      @Override
      public void finish(long end) throws Exception {
        orders.send(Carts.endMs(end), new Object[] {-1, "nobody's"});
      }
    };
  }

  public static void main(String[] arguments) throws Exception {
    Run run = new Run(arguments);
    run.print(run.measure(run.filter ? filter(run) : cart(run)));
    System.exit(0);
  }
}
