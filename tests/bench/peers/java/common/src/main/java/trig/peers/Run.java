package trig.peers;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/**
 * What the command line asks for, and how it is measured: filter|cart FOLDER SECONDS WARM-UP CORE.
 * Rules are set up on all cores; then the process stays on one.
 */
public final class Run {
  public final boolean filter;
  public final Path folder;
  public final double seconds;
  public final double warmUp;
  public final Tally tally = new Tally();
  private final String core;
  private long played;

  public Run(String[] arguments) {
    filter = arguments[0].equals("filter");
    folder = Path.of(arguments[1]);
    seconds = Double.parseDouble(arguments[2]);
    warmUp = Double.parseDouble(arguments[3]);
    core = arguments[4];
  }

  /** Of the whole process, its compiler and its collector included. */
  private static double processorSeconds() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  private void stayOnOneCore() throws Exception {
    String process = Long.toString(ProcessHandle.current().pid());
    Process taskset =
        new ProcessBuilder("taskset", "-a", "-c", "-p", core, process)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (taskset.waitFor() != 0) throw new IllegalStateException("taskset failed");
  }

  private void playFor(Peer peer, double wanted) throws Exception {
    long begin = System.nanoTime();
    long chunk = 16;
    for (long now = begin; now - begin < wanted * 1e9; ) {
      peer.play(played, played + chunk);
      played += chunk;
      long before = now;
      now = System.nanoTime();
      if (now - before < 20_000_000 && chunk < 10_000) chunk *= 2;
    }
  }

  /** Plays, and says on one line how fast that was. */
  public String measure(Peer peer) throws Exception {
    double setUp = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
    stayOnOneCore();
    playFor(peer, warmUp);
    long before = played;
    double processor = processorSeconds();
    long begin = System.nanoTime();
    playFor(peer, seconds);
    double wall = (System.nanoTime() - begin) / 1e9;
    processor = processorSeconds() - processor;
    long measured = played - before;
    peer.finish(played);
    return String.format(
        java.util.Locale.ROOT,
        "\"measured\":%d,\"wall_seconds\":%.3f,\"processor_seconds\":%.3f,\"set_up_seconds\":%.1f",
        measured, wall, processor, setUp);
  }

  /** The line of JSON: `measured` is what measure() gave. */
  public void print(String measured) {
    System.out.printf(
        "{\"events\":%d,\"count\":%d,\"sum\":%d,%s}%n", played, tally.count, tally.sum, measured);
  }
}
