package dev.berth.reconciler.cli;

import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The command line: {@code berth VERB ARGUMENT...}. Exit code 0 when all is well, 1 when it is not,
 * 2 when the verb was called wrongly.
 */
public final class Main {
    private static final String DEFAULT_PORT = "9080";

    private final Map<String, Verb> verbs = new LinkedHashMap<>();

    /**
     * @param environment of the process: {@code BERTH_CONTROL_PORT}
     */
    Main(Map<String, String> environment) {
        String port = environment.getOrDefault("BERTH_CONTROL_PORT", DEFAULT_PORT);
        ControlApi control = new ControlApi(URI.create("http://127.0.0.1:" + port));
        verbs.put("validate", new ValidateVerb(environment));
        verbs.put("plan", new PlanVerb(environment));
        verbs.put("seal", new SealVerb(environment));
        verbs.put("status", new StatusVerb(control));
        verbs.put("logs", new LogsVerb(control));
    }

    public static void main(String[] arguments) {
        // A command has no log; SLF4J would say on stderr that it found none.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        Logger.getLogger("").setLevel(Level.WARNING); // progress is for the log of control
        Main main = new Main(System.getenv());
        System.exit(main.run(List.of(arguments), new Console(out, err)).code());
    }

    Verb.Exit run(List<String> arguments, Console console) {
        Verb verb = arguments.isEmpty() ? null : verbs.get(arguments.getFirst());
        if (verb == null) {
            if (!arguments.isEmpty()) {
                console.complain("there is no verb " + arguments.getFirst());
            }
            printUsage(console);
            return Verb.Exit.MISUSED;
        }
        try {
            return verb.run(arguments.subList(1, arguments.size()), console);
        } catch (Verb.UsageException e) {
            console.complain(Objects.requireNonNull(e.getMessage()));
            console.err().println("usage: berth " + verb.usage().form());
            return Verb.Exit.MISUSED;
        }
    }

    private void printUsage(Console console) {
        Table table = new Table();
        verbs.values()
                .forEach(
                        verb ->
                                table.row(
                                        "  berth " + verb.usage().form(), verb.usage().purpose()));
        console.err().println("usage:");
        table.lines().forEach(console.err()::println);
    }
}
