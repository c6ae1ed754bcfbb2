package dev.berth.system;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** What a Berth shows when something was waited for in vain. Nothing in it fails. */
final class Aftermath {
    private static final int LINES = 60;

    private final Berth berth;

    Aftermath(Berth berth) {
        this.berth = berth;
    }

    /** How busy the machine is, how each resource stands, what runs, and what was logged last. */
    String text() {
        return String.join(
                "\n",
                "load: " + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                "resources: " + tried(() -> berth.api("resources").toString()),
                "containers: " + tried(this::containers),
                "supervisor: " + tried(() -> last("logs/supervisor.log")),
                "control: " + tried(() -> last("logs/control/messages.log")),
                "edge: " + tried(() -> last("logs/edge.log")),
                "threads of control: " + tried(this::threads));
    }

    /** Where each thread of control is, virtual ones too: what hangs says nothing by itself. */
    private String threads() throws IOException {
        Path dump = Files.createTempFile("berth-threads", ".txt");
        try {
            Shell.must(
                    berth.home,
                    Map.of(),
                    Duration.ofSeconds(20),
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    Long.toString(berth.pid("control")),
                    "Thread.dump_to_file",
                    "-overwrite",
                    dump.toString());
            return Files.readString(dump);
        } finally {
            Files.delete(dump);
        }
    }

    private String containers() {
        List<String> lines =
                berth.containers.all().stream()
                        .map(c -> Arrays.toString(c.getNames()) + " " + c.getStatus())
                        .toList();
        return String.join("\n", lines);
    }

    private String last(String log) throws IOException {
        Path file = berth.home.resolve(log);
        List<String> lines = Files.readAllLines(file);
        return "\n  "
                + String.join(
                        "\n  ", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }

    private static String tried(Callable<String> look) {
        try {
            return look.call();
        } catch (Exception e) {
            return e.toString();
        }
    }
}
