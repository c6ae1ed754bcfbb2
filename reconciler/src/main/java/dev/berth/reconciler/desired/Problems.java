package dev.berth.reconciler.desired;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects the problems of one load. A problem found twice counts once. Not thread-safe. */
final class Problems {
    private final Set<Problem> found = new LinkedHashSet<>();

    void add(Location location, String path, Problem.Code code, String message) {
        found.add(new Problem(location, path, code, message));
    }

    void addAll(Collection<Problem> problems) {
        found.addAll(problems);
    }

    List<Problem> sorted() {
        return found.stream().sorted().toList();
    }

    /** True when the file has a problem. */
    boolean areIn(String file) {
        return found.stream().anyMatch(p -> p.location().file().equals(file));
    }

    /** The files that have a problem. */
    Set<String> files() {
        return found.stream().map(p -> p.location().file()).collect(Collectors.toSet());
    }
}
