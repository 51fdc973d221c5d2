package trig.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The workload cart as workload_files writes it. */
public final class Carts {
  public static final long WAIT_MS = 30 * 60 * 1000;

  /** A cart, or the order of one. */
  public static class Event {
    private final int person;
    private final String cartId;
    private final double value;

    Event(int person, String cartId, double value) {
      this.person = person;
      this.cartId = cartId;
      this.value = value;
    }

    public int getPerson() {
      return person;
    }

    public String getCartId() {
      return cartId;
    }

    public double getValue() {
      return value;
    }
  }

  public static final class Cart extends Event {
    Cart(int person, String cartId, double value) {
      super(person, cartId, value);
    }
  }

  public static final class Order extends Event {
    Order(int person, String cartId, double value) {
      super(person, cartId, value);
    }
  }

  public final List<Integer> thresholds;
  public final Event[] events;
  public final int people;

  public Carts(Path folder) throws IOException {
    thresholds =
        Files.readAllLines(folder.resolve("rules.csv")).stream().map(Integer::valueOf).toList();
    Map<String, String> ids = new HashMap<>();
    List<Event> read = new ArrayList<>();
    try (var lines = Files.lines(folder.resolve("events.csv"))) {
      lines.forEach(
          line -> {
            String[] row = line.split(",");
            int person = Integer.parseInt(row[1]);
            String id = ids.computeIfAbsent(row[3], key -> key);
            double value = Double.parseDouble(row[4]);
            read.add(
                row[2].equals("cart")
                    ? new Cart(person, id, value)
                    : new Order(person, id, value));
          });
    }
    events = read.toArray(Event[]::new);
    people = 1 + read.stream().mapToInt(Event::getPerson).max().orElse(0);
  }

  public Event event(long number) {
    return events[(int) (number % events.length)];
  }

  /** As plain::cart_time_ms says, and never 0, which some engines take for no time at all. */
  public static long timeMs(long number) {
    return 1 + number * 10 + number / (WAIT_MS / 10);
  }

  /** When the last wait of so many events is over. */
  public static long endMs(long events) {
    return timeMs(events) + 2 * WAIT_MS;
  }

  /**
   * For engines that cannot say `again when finished` themselves and start a journey at every cart:
   * drops the mail of a cart that came while an earlier one of the person was still waiting. An
   * order that ends the earlier one ends the later one too, so looking at mails is enough.
   */
  public static final class OneAtATime {
    private final int people;
    private final long[] startMs;

    public OneAtATime(Carts workload) {
      people = workload.people;
      startMs = new long[workload.thresholds.size() * people];
      java.util.Arrays.fill(startMs, -WAIT_MS);
    }

    public boolean admits(int campaign, int person, long cartMs) {
      int at = campaign * people + person;
      if (cartMs < startMs[at] + WAIT_MS) return false;
      startMs[at] = cartMs;
      return true;
    }
  }
}
