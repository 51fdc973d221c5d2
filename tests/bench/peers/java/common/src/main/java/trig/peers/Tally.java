package trig.peers;

/** The matches or mails, and the sum of the numbers of their campaigns. */
public final class Tally {
  public long count;
  public long sum;

  /** The callback of a match: `event` is what matched. */
  public void add(Object event, int campaign) {
    if (event == null) throw new IllegalStateException("a match without an event");
    ++count;
    sum += campaign;
  }
}
