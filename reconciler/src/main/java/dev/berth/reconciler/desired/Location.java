package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Mark;
import java.util.Comparator;

/**
 * A place in a config file; written {@code apps/api.yaml:14:7}.
 *
 * @param line from 1; 0 when the problem is about the file as a whole
 * @param column from 1, in characters; 0 likewise
 */
public record Location(String file, int line, int column) implements Comparable<Location> {
    private static final Comparator<Location> ORDER =
            Comparator.comparing(Location::file)
                    .thenComparingInt(Location::line)
                    .thenComparingInt(Location::column);

    /** A place in a document of that file. */
    static Location of(String file, Mark mark) {
        return new Location(mark.file() == null ? file : mark.file(), mark.line(), mark.column());
    }

    @Override
    public int compareTo(Location other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line + ":" + column;
    }
}
