package trig.peers;

/** An engine that plays a workload whose rules it has been given. */
public interface Peer {
  /** Plays the events of these numbers; `end` is not among them. */
  void play(long first, long end) throws Exception;

  /** After the last event, `end` of them: lets so much time pass that every wait is over. */
  default void finish(long end) throws Exception {}
}
