package trig.peers;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.drools.model.codegen.ExecutableModelProject;
import org.kie.api.KieBase;
import org.kie.api.KieServices;
import org.kie.api.builder.KieBuilder;
import org.kie.api.builder.KieFileSystem;
import org.kie.api.builder.Message;
import org.kie.api.conf.EventProcessingOption;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.conf.ClockTypeOption;
import org.kie.api.runtime.rule.FactHandle;
import org.kie.api.time.SessionPseudoClock;

/** A rule a campaign, as an executable model; an event is a fact for as long as its rules fire. */
public final class DroolsPeer {
  /** A journey of cart that waits. */
  public static final class Waiting {
    private final int campaign;
    private final Carts.Event cart;

    public Waiting(int campaign, Carts.Event cart) {
      this.campaign = campaign;
      this.cart = cart;
    }

    public int getCampaign() {
      return campaign;
    }

    public Carts.Event getCart() {
      return cart;
    }

    public String getCartId() {
      return cart.getCartId();
    }
  }

  private static final String HEAD =
      "package rules\nimport trig.peers.*\nglobal trig.peers.Tally tally\n";

  private static KieBase compiled(String text, EventProcessingOption mode) {
    KieServices services = KieServices.Factory.get();
    KieFileSystem files = services.newKieFileSystem();
    files.write("src/main/resources/rules/rules.drl", text);
    KieBuilder builder = services.newKieBuilder(files).buildAll(ExecutableModelProject.class);
    List<Message> errors = builder.getResults().getMessages(Message.Level.ERROR);
    if (!errors.isEmpty()) throw new IllegalStateException(errors.get(0).toString());
    var configuration = services.newKieBaseConfiguration();
    configuration.setOption(mode);
    return services
        .newKieContainer(builder.getKieModule().getReleaseId())
        .newKieBase(configuration);
  }

  private static Peer filter(Run run) throws Exception {
    Filter workload = new Filter(run.folder);
    StringBuilder text = new StringBuilder(HEAD).append("import trig.peers.Filter.Seen\n");
    int count = 0;
    for (Filter.Rule rule : workload.rules)
      text.append(
          String.format(
              "rule r%d when $event : Seen(category == \"%s\", country == \"%s\", price > %d)\n"
                  + "then tally.add($event, %d); end\n",
              count, rule.category(), rule.country(), rule.price(), count++));
    KieSession session = compiled(text.toString(), EventProcessingOption.CLOUD).newKieSession();
    session.setGlobal("tally", run.tally);
    return (first, end) -> {
      for (long n = first; n < end; ++n) {
        FactHandle event = session.insert(workload.event(n));
        session.fireAllRules();
        session.delete(event);
      }
    };
  }

  private static String cartRules(Carts workload) {
    StringBuilder text =
        new StringBuilder(HEAD)
            .append("import trig.peers.Carts.Cart\nimport trig.peers.Carts.Order\n")
            .append("import trig.peers.DroolsPeer.Waiting\n")
            .append("declare Cart @role(event) end\ndeclare Order @role(event) end\n")
            .append("declare Waiting @role(event) @expires(31m) end\n");
    int count = 0;
    for (int threshold : workload.thresholds)
      text.append(
          String.format(
              "rule start%d when $cart : Cart(value > %d)\n"
                  + "  not Waiting(campaign == %d, cartId == $cart.cartId)\n"
                  + "then insert(new Waiting(%d, $cart)); end\n",
              count, threshold, count, count++));
    return text.append("rule ordered when $waiting : Waiting() Order(cartId == $waiting.cartId)\n")
        .append("then delete($waiting); end\n")
        .append("rule send when $waiting : Waiting()\n")
        .append("  not Order(this after[0ms, 30m] $waiting, cartId == $waiting.cartId)\n")
        .append("then tally.add($waiting.getCart(), $waiting.getCampaign());\n")
        .append("  delete($waiting); end\n")
        .toString();
  }

  private static Peer cart(Run run) throws Exception {
    Carts workload = new Carts(run.folder);
    var configuration = KieServices.Factory.get().newKieSessionConfiguration();
    configuration.setOption(ClockTypeOption.PSEUDO);
    KieSession session =
        compiled(cartRules(workload), EventProcessingOption.STREAM)
            .newKieSession(configuration, null);
    session.setGlobal("tally", run.tally);
    SessionPseudoClock clock = session.getSessionClock();
    return new Peer() {
      private void advanceTo(long ms) {
        clock.advanceTime(ms - clock.getCurrentTime(), TimeUnit.MILLISECONDS);
        session.fireAllRules();
      }

      @Override
      public void play(long first, long end) {
        for (long n = first; n < end; ++n) {
          advanceTo(Carts.timeMs(n));
          FactHandle event = session.insert(workload.event(n));
          session.fireAllRules();
          session.delete(event);
        }
      }

      @Override
      public void finish(long end) {
        advanceTo(Carts.endMs(end));
      }
    };
  }

  public static void main(String[] arguments) throws Exception {
    Run run = new Run(arguments);
    run.print(run.measure(run.filter ? filter(run) : cart(run)));
    System.exit(0);
  }
}
