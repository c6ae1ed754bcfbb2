package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Traffic;
import dev.berth.schemas.edge.Policy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the error pages of an app, from its document or from the config repo. */
final class PageReader {
    /** Greatest size of one page. */
    static final int MAX_BYTES = 16 * 1024;

    private static final Pattern NAME = Pattern.compile("([45](?:xx|[0-9]{2}))\\.html");

    private final ConfigTree tree;

    PageReader(ConfigTree tree) {
        this.tree = tree;
    }

    /**
     * What was found.
     *
     * @param fault what is wrong for people; {@code null} when nothing is
     */
    record Pages(List<Policy.ErrorPage> pages, @Nullable String fault) {
        static Pages wrong(String fault) {
            return new Pages(List.of(), fault);
        }
    }

    /**
     * The pages of an app, by status.
     *
     * @throws ReconcileException if the config tree can't be read
     */
    Pages read(App app) throws ReconcileException {
        Traffic.ErrorPages given = app.spec().traffic().errorPages();
        if (given == null) {
            return new Pages(List.of(), null);
        }
        return given.path() == null ? inline(given) : directory(Paths.inRepo(given.path()));
    }

    private static Pages inline(Traffic.ErrorPages given) {
        List<Policy.ErrorPage> pages = new ArrayList<>();
        new TreeMap<>(given.pages())
                .forEach((status, html) -> pages.add(new Policy.ErrorPage(status, html)));
        for (Policy.ErrorPage page : pages) {
            if (page.html().getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
                return Pages.wrong(
                        "the page for %s is larger than 16 KiB".formatted(page.status()));
            }
        }
        return new Pages(pages, null);
    }

    private Pages directory(String directory) throws ReconcileException {
        String below = directory.equals(".") ? "" : directory + "/";
        List<Policy.ErrorPage> pages = new ArrayList<>();
        for (ConfigTree.Entry entry : tree.entries(directory)) {
            Matcher name = NAME.matcher(entry.path().substring(below.length()));
            if (!name.matches()) {
                continue;
            }
            if (entry.type() != ConfigTree.Type.FILE
                    && entry.type() != ConfigTree.Type.EXECUTABLE) {
                return Pages.wrong("%s is not a file".formatted(entry.path()));
            }
            try {
                byte[] html = tree.read(entry.path(), MAX_BYTES);
                pages.add(
                        new Policy.ErrorPage(
                                name.group(1), new String(html, StandardCharsets.UTF_8)));
            } catch (ConfigTree.TooLargeException e) {
                return Pages.wrong("%s is larger than 16 KiB".formatted(entry.path()));
            }
        }
        return pages.isEmpty()
                ? Pages.wrong(
                        "there is no file such as 503.html or 5xx.html in directory %s of this repo"
                                .formatted(directory))
                : new Pages(pages, null);
    }
}
