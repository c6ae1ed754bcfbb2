package dev.berth.reconciler.preview;

import dev.berth.reconciler.disk.WholeFile;
import dev.berth.reconciler.preview.PullPage.Kept;
import dev.berth.reconciler.preview.PullPage.Told;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been seen open in each repo, and not yet been seen closed: who does not answer, or says
 * less than before, takes nothing out of it. Kept in a file, so that it is known after a restart
 * when nobody answers: what is noted is told to nobody before it is in the file, as long as that
 * can be written. Thread-safe; only {@link #save} waits for the disk.
 */
public final class PullBook {
    private static final Logger LOG = LoggerFactory.getLogger(PullBook.class);

    private final @Nullable Path file;
    private final Object saving = new Object();

    // Guarded by this.
    private final SortedMap<String, PullPage> pages = new TreeMap<>();

    /** What is told. */
    private volatile Map<String, Kept> saved;

    /** Whether that is in the file; guarded by {@link #saving}. */
    private boolean written = true;

    /** As the file has it. */
    private record Pages(SortedMap<String, Kept> repos) {}

    private PullBook(@Nullable Path file, Map<String, Kept> pages) {
        this.file = file;
        this.saved = Map.copyOf(pages);
        pages.forEach((repo, kept) -> this.pages.put(repo, new PullPage(kept)));
    }

    /** One that knows nothing, and is gone when the process is. */
    public static PullBook empty() {
        return new PullBook(null, Map.of());
    }

    /** The one in a file; a file that can't be read counts as none. */
    public static PullBook in(Path file) {
        try {
            SortedMap<String, Kept> pages = Json.read(Files.readString(file), Pages.class).repos();
            pages.replaceAll((_, kept) -> kept.ofAnother());
            return new PullBook(file, pages);
        } catch (IOException | RuntimeException e) { // whatever is wrong with it
            if (Files.exists(file)) {
                LOG.warn(
                        "{} can't be read, previews stay as they are until their repos answer: {}",
                        file,
                        e.getMessage());
            }
            return new PullBook(file, Map.of());
        }
    }

    /**
     * What is open. Waits for nobody.
     *
     * @param repo its URL without login
     */
    Told told(String repo) {
        Kept page = saved.get(repo);
        return page == null
                ? new Told(PullPage.nobody(repo), new TreeSet<>(), new TreeSet<>())
                : PullPage.told(page, repo);
    }

    /** Notes something of a repo. */
    synchronized void note(String repo, Instant now, Consumer<PullPage> what) {
        what.accept(pages.computeIfAbsent(repo, _ -> PullPage.blank(now)));
    }

    /** The same, and asks something of what is noted, if only that is not told yet. */
    synchronized <T> T ask(String repo, Instant now, Function<PullPage, T> what) {
        return what.apply(pages.computeIfAbsent(repo, _ -> PullPage.blank(now)));
    }

    /** Drops repos that nobody has asked for in a month. */
    synchronized void forget(Set<String> watched, Instant now) {
        pages.entrySet()
                .removeIf(
                        page ->
                                !watched.contains(page.getKey())
                                        && page.getValue().isForgotten(now));
    }

    private synchronized SortedMap<String, Kept> noted() {
        SortedMap<String, Kept> all = new TreeMap<>();
        pages.forEach((repo, page) -> all.put(repo, page.kept()));
        return all;
    }

    /** Writes down what was noted before, and tells it from then on. */
    void save() {
        synchronized (saving) {
            SortedMap<String, Kept> now = noted();
            if (written && now.equals(saved)) {
                return;
            }
            try {
                if (file != null) {
                    WholeFile.write(file, Json.write(new Pages(now)));
                }
                written = true;
            } catch (IOException e) {
                if (written) {
                    LOG.warn(
                            "can't write {} ({}): free space or fix its permissions; until then a"
                                    + " restart asks anew which pull requests are open",
                            file,
                            e.toString());
                }
                written = false;
            }
            saved = Map.copyOf(now);
        }
    }
}
