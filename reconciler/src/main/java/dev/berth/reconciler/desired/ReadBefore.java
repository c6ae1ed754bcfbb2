package dev.berth.reconciler.desired;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What files said that were read before: of a thousand files a commit changes one, and most passes
 * see no new commit at all. What is encrypted is never kept. Thread-safe.
 */
public final class ReadBefore {
    /** Keeps nothing. */
    public static final ReadBefore NOTHING = new ReadBefore(0);

    private final Cache<Key, File> files;

    /**
     * Keeps nothing yet.
     *
     * @param most characters of text that are kept; beyond that, what was not asked for lately goes
     */
    public ReadBefore(long most) {
        files =
                Caffeine.newBuilder()
                        .executor(Runnable::run) // no thread of its own for a few entries
                        .maximumWeight(most)
                        .<Key, File>weigher((key, _) -> key.text().length())
                        .build();
    }

    /** As much as a thousand large apps say: some 40 MB of documents at most. */
    public static ReadBefore ofManyApps() {
        return new ReadBefore(4_000_000);
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
        return files.getIfPresent(new Key(path, text));
    }

    void put(String path, String text, File says) {
        files.put(new Key(path, text), says);
    }
}
