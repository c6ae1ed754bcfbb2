package dev.berth.reconciler.build.catalog;

import dev.berth.reconciler.build.version.Accepted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The images that builds start from, the versions there are, and those of package managers that a
 * project does not name itself.
 *
 * @param languages by name
 * @param tools versions (or images) by name of the tool
 * @param digests {@code sha256:…} by image reference, of those that were pulled
 */
public record Catalog(
        SortedMap<String, Language> languages,
        SortedMap<String, String> tools,
        SortedMap<String, String> digests) {
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    public Catalog {
        languages = sorted(languages);
        tools = sorted(tools);
        digests = sorted(digests);
        digests.forEach(
                (image, digest) -> {
                    if (!DIGEST.matcher(digest).matches()) {
                        throw new IllegalArgumentException(
                                "the digest of %s is not sha256:<64 hex digits>: %s"
                                        .formatted(image, digest));
                    }
                });
    }

    /**
     * One language.
     *
     * @param lines versions there are images for; the first is taken when a project does not say,
     *     and of those that it accepts the first in this order
     * @param build image to build in; <code>{line}</code> stands for the version
     * @param run image to run in
     * @param exact there are images of exact versions, and who names one gets no other
     * @param apart lines whose images have other names
     */
    public record Language(
            List<String> lines,
            String build,
            String run,
            boolean exact,
            SortedMap<String, Names> apart) {
        public Language {
            lines = List.copyOf(lines);
            apart = sorted(apart);
            if (lines.isEmpty()) {
                throw new IllegalArgumentException("a language has at least one version");
            }
        }
    }

    /**
     * Names of images.
     *
     * @param build to build in; <code>{line}</code> stands for the version
     * @param run to run in
     */
    public record Names(String build, String run) {}

    /**
     * A version with its images.
     *
     * @param build reference, with digest when known
     * @param run reference, with digest when known
     */
    public record Images(String line, String build, String run) {}

    /** The images of the preferred version. */
    public Images preferred(String language) {
        return images(language, language(language).lines().getFirst());
    }

    /** The images of the first version that is accepted; {@code null} if none is. */
    public @Nullable Images accepted(String language, Accepted accepted) {
        String line = accepted.firstOf(language(language).lines());
        if (line == null) {
            return null;
        }
        boolean exactly = language(language).exact() && accepted.isExact();
        return images(language, exactly ? accepted.exact() : line);
    }

    /** Versions of a language that there are images for, oldest first. */
    public List<String> lines(String language) {
        List<String> lines = new ArrayList<>(language(language).lines());
        lines.sort(Catalog::byNumbers);
        return lines;
    }

    /** Version (or image) of a tool. */
    public String tool(String name) {
        String version = tools.get(name);
        if (version == null) {
            throw new IllegalArgumentException("the catalog has no tool " + name);
        }
        return version;
    }

    /** A reference with its digest, when that is known. */
    public String pinned(String reference) {
        String digest = digests.get(reference);
        return digest == null ? reference : reference + "@" + digest;
    }

    /** This catalog with what another one has in place of its own. */
    public Catalog with(Catalog overrides) {
        return new Catalog(
                merged(languages, overrides.languages),
                merged(tools, overrides.tools),
                merged(digests, overrides.digests));
    }

    private Images images(String language, String line) {
        Language found = language(language);
        Names usual = new Names(found.build(), found.run());
        Names names = found.apart().getOrDefault(line, usual);
        return new Images(
                line,
                pinned(names.build().replace("{line}", line)),
                pinned(names.run().replace("{line}", line)));
    }

    private Language language(String name) {
        Language found = languages.get(name);
        if (found == null) {
            throw new IllegalArgumentException("the catalog has no language " + name);
        }
        return found;
    }

    private static int byNumbers(String one, String other) {
        String[] left = one.split("\\.", -1);
        String[] right = other.split("\\.", -1);
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            int order = Integer.compare(Integer.parseInt(left[i]), Integer.parseInt(right[i]));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    }

    private static <V> SortedMap<String, V> merged(Map<String, V> base, Map<String, V> over) {
        SortedMap<String, V> all = new TreeMap<>(base);
        all.putAll(over);
        return all;
    }

    private static <V> SortedMap<String, V> sorted(Map<String, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
