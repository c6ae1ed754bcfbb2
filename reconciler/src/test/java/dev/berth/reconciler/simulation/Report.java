package dev.berth.reconciler.simulation;

import dev.berth.reconciler.simulation.Simulation.Broken;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is said of a history that broke something: enough to run it again. */
final class Report {
    private Report() {}

    static String of(long seed, Broken how, Bug bug) {
        History small = Shrinker.shrink(Generator.history(seed), how, bug);
        Broken shown = Simulation.run(small, bug) instanceof Broken again ? again : how;
        return "seed %d breaks %s: %s%n%s%nthe smallest history found that does (%s: %s):%n%n    %s%n%n%s"
                .formatted(
                        seed,
                        how.invariant(),
                        how.what(),
                        how.cause() == null ? "" : stack(how.cause()),
                        shown.invariant(),
                        shown.what(),
                        JavaText.of(small)
                                .replace(", new Event.", ",%n        new Event.".formatted()),
                        String.join("\n", shown.last()));
    }

    private static String stack(Throwable cause) {
        return Stream.of(cause.getStackTrace())
                .limit(15)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining("\n  at ", "  at ", "\n"));
    }
}
