package dev.berth.proxy;

import dev.berth.proxy.handover.SystemdSockets;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts an edge from the environment and stops it on SIGTERM, or when another one took over. */
public final class Main {
    private Main() {}

    /**
     * Exits with 0 after SIGTERM or when it was replaced, with 1 and one line on standard error
     * when it cannot start.
     *
     * @param args {@code upgrade}: take over from the edge that runs with the same home; none: open
     *     the sockets, or use those of systemd
     */
    public static void main(String[] args) throws InterruptedException {
        defaultProperty(
                "java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %5$s%6$s%n");
        defaultProperty("io.netty.leakDetection.level", "disabled");
        PrintStream errors = System.err;
        EdgeConfig config;
        try {
            config = EdgeConfig.fromEnvironment(System.getenv());
        } catch (IllegalArgumentException e) {
            errors.println(e.getMessage());
            System.exit(1);
            return;
        }
        Edge edge = start(config, List.of(args).contains("upgrade"), errors);
        if (edge == null) {
            System.exit(1);
            return;
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    edge.close();
                                    // A JVM ended by a signal exits with 128 + its number; a
                                    // stop that went well is not an error.
                                    Runtime.getRuntime().halt(0);
                                },
                                "stop"));
        edge.awaitReplaced();
        System.exit(0);
    }

    private static @Nullable Edge start(EdgeConfig config, boolean upgrade, PrintStream errors) {
        try {
            return Edge.start(
                    config,
                    upgrade
                            ? Edge.Start.upgrading()
                            : Edge.Start.given(
                                    SystemdSockets.of(
                                            System.getenv(), ProcessHandle.current().pid())));
        } catch (IOException e) {
            errors.println(e.getMessage());
            return null;
        }
    }

    private static void defaultProperty(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
