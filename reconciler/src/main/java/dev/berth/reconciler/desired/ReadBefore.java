package dev.berth.reconciler.desired;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What files said that were read before, for whoever reads the same few texts again and again. What
 * is encrypted is never kept. Confined to one thread.
 */
public final class ReadBefore {
    /** Keeps nothing. */
    public static final ReadBefore NOTHING = new ReadBefore(0);

    private final int most;
    private final Map<Key, File> files = new HashMap<>();

    /**
     * Keeps nothing yet.
     *
     * @param most texts that are kept; when there are more, it begins anew
     */
    public ReadBefore(int most) {
        this.most = most;
    }

    private record Key(String path, String text) {}

    /** What a file says. */
    record File(List<ReadDocument> documents, List<Problem> problems) {
        File {
            documents = List.copyOf(documents);
            problems = List.copyOf(problems);
        }
    }

    @Nullable File get(String path, String text) {
        return most == 0 ? null : files.get(new Key(path, text));
    }

    void put(String path, String text, File says) {
        if (most == 0) {
            return;
        }
        if (files.size() >= most) {
            files.clear();
        }
        files.put(new Key(path, text), says);
    }
}
