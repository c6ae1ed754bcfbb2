package dev.berth.reconciler.preview;

import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been seen open in each repo, and not yet been seen closed: who does not answer, or says
 * less than before, takes nothing out of it. Kept in a file, so that it is known after a restart
 * when nobody answers. Thread-safe.
 */
public final class PullBook {
    private static final Logger LOG = LoggerFactory.getLogger(PullBook.class);

    private final @Nullable Path file;
    private final SortedMap<String, Page> pages;

    /**
     * What is open in a repo.
     *
     * @param told whether anybody has ever told which pull requests are
     */
    record Page(
            boolean told,
            SortedMap<Integer, OpenPull> pulls,
            SortedMap<String, OpenBranch> branches) {
        static final Page EMPTY = new Page(false, new TreeMap<>(), new TreeMap<>());

        Page with(NavigableMap<Integer, OpenPull> others) {
            return new Page(true, others, branches);
        }
    }

    /** As the file has it. */
    private record Pages(SortedMap<String, Page> repos) {}

    private PullBook(@Nullable Path file, SortedMap<String, Page> pages) {
        this.file = file;
        this.pages = new TreeMap<>(pages);
    }

    /** One that knows nothing, and is gone when the process is. */
    public static PullBook empty() {
        return new PullBook(null, new TreeMap<>());
    }

    /** The one in a file; a file that can't be read counts as none. */
    public static PullBook in(Path file) {
        try {
            return new PullBook(file, Json.read(Files.readString(file), Pages.class).repos());
        } catch (IOException | IllegalArgumentException e) {
            if (Files.exists(file)) {
                LOG.warn(
                        "{} can't be read, previews stay as they are until their repos answer: {}",
                        file,
                        e.getMessage());
            }
            return new PullBook(file, new TreeMap<>());
        }
    }

    /**
     * What is open.
     *
     * @param repo its URL without login
     */
    public synchronized RepoPulls of(String repo) {
        Page page = page(repo);
        return page.told()
                ? new RepoPulls.Known(
                        page.pulls().values().stream().filter(OpenPull::isKnown).toList(),
                        List.copyOf(page.branches().values()))
                : new RepoPulls.Unknown("nobody has told yet what is open in " + repo);
    }

    private Page page(String repo) {
        return pages.getOrDefault(repo, Page.EMPTY);
    }

    /**
     * Takes down what a forge has listed.
     *
     * @param listed all that are open
     * @return the numbers of those that were and are not listed: whether they are closed is to be
     *     asked
     */
    synchronized NavigableSet<Integer> listed(String repo, Collection<OpenPull> listed) {
        NavigableMap<Integer, OpenPull> next = new TreeMap<>(page(repo).pulls());
        NavigableSet<Integer> missing = new TreeSet<>(next.keySet());
        for (OpenPull pull : listed) {
            next.merge(pull.number(), pull, OpenPull::then);
            missing.remove(pull.number());
        }
        put(repo, page(repo).with(next));
        return missing;
    }

    /** Takes down that one is open. */
    synchronized void opened(String repo, OpenPull pull) {
        listed(repo, List.of(pull));
    }

    /** Takes down that one is said to be open, of which no more is known. */
    synchronized void hinted(String repo, int number, Instant now) {
        NavigableMap<Integer, OpenPull> next = new TreeMap<>(page(repo).pulls());
        next.putIfAbsent(number, OpenPull.hinted(number, now));
        put(repo, page(repo).with(next));
    }

    /** Takes down that one was said to be closed. */
    synchronized void closed(String repo, int number) {
        NavigableMap<Integer, OpenPull> next = new TreeMap<>(page(repo).pulls());
        next.remove(number);
        put(repo, page(repo).with(next));
    }

    /** Takes down something more of one that is open. */
    synchronized void note(String repo, int number, UnaryOperator<OpenPull> more) {
        NavigableMap<Integer, OpenPull> next = new TreeMap<>(page(repo).pulls());
        next.computeIfPresent(number, (_, pull) -> more.apply(pull));
        put(repo, page(repo).with(next));
    }

    /**
     * Takes down all branches of a repo.
     *
     * @param all their commits by short name
     */
    synchronized void branches(String repo, Map<String, String> all, Instant now) {
        SortedMap<String, OpenBranch> next = new TreeMap<>();
        SortedMap<String, OpenBranch> before = page(repo).branches();
        all.forEach(
                (name, commit) -> {
                    OpenBranch seen = new OpenBranch(name, commit, now, now);
                    OpenBranch known = before.get(name);
                    next.put(name, known == null ? seen : known.then(seen));
                });
        put(repo, new Page(page(repo).told(), page(repo).pulls(), next));
    }

    /** Those that are open, as far as is known. */
    synchronized List<OpenPull> open(String repo) {
        return new ArrayList<>(page(repo).pulls().values());
    }

    private void put(String repo, Page page) {
        if (page.equals(pages.put(repo, page)) || file == null) {
            return;
        }
        try {
            WholeFile.write(file, Json.write(new Pages(pages)));
        } catch (IOException e) {
            LOG.warn(
                    "can't write {} ({}): free space or fix its permissions; until then a restart"
                            + " asks anew which pull requests are open",
                    file,
                    e.toString());
        }
    }
}
