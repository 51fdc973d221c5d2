package trig.peers;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import com.espertech.esper.runtime.client.EPDeployment;
import com.espertech.esper.runtime.client.EPEventService;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import com.espertech.esper.runtime.client.EPStatement;
import com.espertech.esper.runtime.client.UpdateListener;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Of filter a statement a campaign; Esper indexes their filters. Of cart a named window a campaign,
 * which holds the first cart of each id for half an hour. Time is told, never taken.
 */
public final class EsperPeer {
  private static final int STATEMENTS_A_MODULE = 500;

  private static EPRuntime runtime(Configuration configuration) {
    var runtime = configuration.getRuntime();
    runtime.getThreading().setInternalTimerEnabled(false);
    runtime.getThreading().setListenerDispatchPreserveOrder(false);
    runtime.getThreading().setInsertIntoDispatchPreserveOrder(false);
    runtime.getExecution().setDisableLocking(true);
    return EPRuntimeProvider.getRuntime("peer", configuration);
  }

  private static void deploy(
      EPRuntime runtime,
      Configuration configuration,
      List<String> statements,
      IntFunction<UpdateListener> listeners)
      throws Exception {
    for (int first = 0; first < statements.size(); first += STATEMENTS_A_MODULE) {
      int end = Math.min(first + STATEMENTS_A_MODULE, statements.size());
      EPCompiled compiled =
          EPCompilerProvider.getCompiler()
              .compile(
                  String.join(";\n", statements.subList(first, end)),
                  new CompilerArguments(configuration));
      EPDeployment deployment = runtime.getDeploymentService().deploy(compiled);
      for (EPStatement statement : deployment.getStatements())
        if (statement.getName().matches("r\\d+"))
          statement.addListener(
              listeners.apply(Integer.parseInt(statement.getName().substring(1))));
    }
  }

  private static Peer filter(Run run) throws Exception {
    Filter workload = new Filter(run.folder);
    Configuration configuration = new Configuration();
    configuration
        .getCommon()
        .addEventType(
            "Seen",
            new String[] {"category", "country", "price"},
            new Object[] {String.class, String.class, double.class});
    EPRuntime runtime = runtime(configuration);
    List<String> statements = new java.util.ArrayList<>();
    for (Filter.Rule rule : workload.rules)
      statements.add(
          String.format(
              "@name('r%d') select * from Seen(category = '%s' and country = '%s' and price > %d)",
              statements.size(), rule.category(), rule.country(), rule.price()));
    deploy(
        runtime,
        configuration,
        statements,
        campaign ->
            (found, gone, statement, from) -> {
              for (var event : found) run.tally.add(event.getUnderlying(), campaign);
            });
    Object[][] events = new Object[workload.events.length][];
    for (int i = 0; i < events.length; ++i) {
      Filter.Seen seen = workload.events[i];
      events[i] = new Object[] {seen.getCategory(), seen.getCountry(), seen.getPrice()};
    }
    var sender = runtime.getEventService().getEventSender("Seen");
    return (first, end) -> {
      for (long n = first; n < end; ++n) sender.sendEvent(events[(int) (n % events.length)]);
    };
  }

  private static Peer cart(Run run) throws Exception {
    Carts workload = new Carts(run.folder);
    Configuration configuration = new Configuration();
    configuration.getCommon().addEventType("Cart", Carts.Cart.class);
    configuration.getCommon().addEventType("CartOrder", Carts.Order.class);
    EPRuntime runtime = runtime(configuration);
    EPEventService service = runtime.getEventService();
    service.advanceTime(0);
    List<String> statements = new java.util.ArrayList<>();
    int count = 0;
    for (int threshold : workload.thresholds) {
      String window = "Waiting" + count;
      statements.add("create window " + window + "#firstunique(cartId)#time(30 min) as Cart");
      statements.add("insert into " + window + " select * from Cart(value > " + threshold + ")");
      statements.add("on CartOrder o delete from " + window + " w where w.cartId = o.cartId");
      statements.add("@name('r" + count++ + "') select rstream * from " + window);
    }
    // What leaves a window as time passes was not ordered.
    boolean[] timePasses = {false};
    deploy(
        runtime,
        configuration,
        statements,
        campaign ->
            (found, gone, statement, from) -> {
              if (!timePasses[0]) return;
              for (var cart : found) run.tally.add(cart.getUnderlying(), campaign);
            });
    var carts = service.getEventSender("Cart");
    var orders = service.getEventSender("CartOrder");
    return new Peer() {
      @Override
      public void play(long first, long end) {
        for (long n = first; n < end; ++n) {
          timePasses[0] = true;
          service.advanceTime(Carts.timeMs(n));
          timePasses[0] = false;
          Carts.Event event = workload.event(n);
          (event instanceof Carts.Cart ? carts : orders).sendEvent(event);
        }
      }

      @Override
      public void finish(long end) {
        timePasses[0] = true;
        service.advanceTime(Carts.endMs(end));
      }
    };
  }

  public static void main(String[] arguments) throws Exception {
    Run run = new Run(arguments);
    run.print(run.measure(run.filter ? filter(run) : cart(run)));
    System.exit(0);
  }
}
