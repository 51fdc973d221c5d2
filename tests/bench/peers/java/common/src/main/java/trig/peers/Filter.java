package trig.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The workload filter as workload_files writes it. */
public final class Filter {
  public record Rule(String category, String country, int price) {}

  /** An event, as beans are read. */
  public static final class Seen {
    private final String category;
    private final String country;
    private final double price;

    public Seen(String category, String country, double price) {
      this.category = category;
      this.country = country;
      this.price = price;
    }

    public String getCategory() {
      return category;
    }

    public String getCountry() {
      return country;
    }

    public double getPrice() {
      return price;
    }
  }

  public final List<Rule> rules;
  public final Seen[] events;

  public Filter(Path folder) throws IOException {
    rules =
        Files.readAllLines(folder.resolve("rules.csv")).stream()
            .map(line -> line.split(","))
            .map(row -> new Rule(row[0], row[1], Integer.parseInt(row[2])))
            .toList();
    events =
        Files.readAllLines(folder.resolve("events.csv")).stream()
            .map(line -> line.split(","))
            .map(row -> new Seen(row[0].intern(), row[1].intern(), Double.parseDouble(row[2])))
            .toArray(Seen[]::new);
  }

  public Seen event(long number) {
    return events[(int) (number % events.length)];
  }
}
