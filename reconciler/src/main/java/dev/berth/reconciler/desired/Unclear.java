package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A text that may declare something that can't be read out of it.
 *
 * @param place where it begins
 * @param kind what it can only be; {@code null} = anything
 * @param names what it can only be called; {@code null} = anything
 */
record Unclear(Location place, @Nullable Kind kind, @Nullable Set<String> names) {
    private static final Pattern NAMED =
            Pattern.compile("name[\"']?\\s*:\\s*[\"']?([A-Za-z0-9-]+)");

    /**
     * What is unclear in a file, in order.
     *
     * <ol>
     *   <li>A file that can't be read as text may declare anything.
     *   <li>So may a document of which can't be told who it is about. If its file was right once,
     *       what can be told of its kind or name counts.
     *   <li>Any other that is wrong may hide a second one, as when the line between them is missing
     *       or a quote has no end. What that one is called stands somewhere in the file.
     * </ol>
     *
     * @param wasRight whether the file was right once
     */
    static List<Unclear> in(ConfigFile file, boolean wasRight) {
        String text = file.text();
        if (text == null) {
            return List.of(new Unclear(new Location(file.path(), 0, 0), null, null));
        }
        List<ReadDocument> wrong =
                file.documents().stream().filter(d -> d.ours() && d.document() == null).toList();
        Set<String> names = wrong.isEmpty() ? Set.of() : names(text);
        return wrong.stream()
                .map(
                        document ->
                                document.id() != null
                                        ? new Unclear(document.place(), null, names)
                                        : wasRight
                                                ? nameless(document)
                                                : new Unclear(document.place(), null, null))
                .toList();
    }

    private static Unclear nameless(ReadDocument document) {
        String name = document.text("metadata", "name");
        boolean legible = name != null && DocumentReader.isName(name) && isSingle(document);
        return new Unclear(
                document.place(),
                isSingle(document) ? DocumentReader.nearestKind(document.text("kind")) : null,
                legible ? Set.of(Objects.requireNonNull(name)) : null);
    }

    /** False when it may be two, with the line between them missing. */
    private static boolean isSingle(ReadDocument document) {
        return document.root() instanceof Node.Mapping mapping
                && Stream.of("kind", "metadata")
                        .allMatch(
                                key ->
                                        mapping.entries().stream()
                                                        .filter(e -> e.key().equals(key))
                                                        .count()
                                                < 2);
    }

    private static Set<String> names(String text) {
        return NAMED.matcher(text).results().map(m -> m.group(1)).collect(Collectors.toSet());
    }

    /** Whether it may declare that. */
    boolean mayBe(ResourceId id) {
        return (kind == null || kind == id.kind()) && (names == null || names.contains(id.name()));
    }
}
