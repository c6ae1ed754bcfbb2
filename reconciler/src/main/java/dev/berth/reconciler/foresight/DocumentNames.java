package dev.berth.reconciler.foresight;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.Location;
import dev.berth.reconciler.source.ConfigTree;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells which document of a tree a place is in, and what its line says. Files are read once each,
 * as text: what is asked about is wrong, and perhaps no YAML. For one thread.
 */
final class DocumentNames {
    private static final long LARGEST_FILE = 1 << 20;
    private static final Pattern KIND = Pattern.compile("(?m)^kind:[ ]*[\"']?([\\w-]{1,60})");
    private static final Pattern NAME =
            Pattern.compile(
                    "(?m)^metadata:[^\\n]{0,200}\\n?[^\\n]{0,200}?\\bname:[ ]*[\"']?([\\w.-]{1,100})");

    private final ConfigTree tree;
    private final Map<String, Lines> files = new HashMap<>();

    DocumentNames(ConfigTree tree) {
        this.tree = tree;
    }

    /**
     * A file.
     *
     * @param names the name of the document that each line is in
     */
    private record Lines(List<String> lines, List<String> names) {
        static final Lines NONE = new Lines(List.of(), List.of());

        static Lines of(String text) {
            List<String> lines = Arrays.asList(text.split("\n", -1));
            String[] names = new String[lines.size()];
            int begin = 0;
            for (int end = 1; end <= lines.size(); end++) {
                if (end == lines.size() || lines.get(end).startsWith("---")) {
                    Arrays.fill(
                            names, begin, end, name(String.join("\n", lines.subList(begin, end))));
                    begin = end;
                }
            }
            return new Lines(lines, Arrays.asList(names));
        }

        private static String name(String document) {
            return first(KIND, document) + "/" + first(NAME, document);
        }

        private static String first(Pattern pattern, String text) {
            Matcher found = pattern.matcher(text);
            return found.find() ? found.group(1) : "";
        }
    }

    /** {@code App/shop}, as far as it can be told; empty for a whole file. */
    String of(Location place) {
        List<String> names = file(place.file()).names();
        return place.line() >= 1 && place.line() <= names.size() ? names.get(place.line() - 1) : "";
    }

    /** The only line that says what a line of another tree says; 0 = none, or many. */
    int same(Location place, DocumentNames other) {
        List<String> lines = file(place.file()).lines();
        List<String> others = other.file(place.file()).lines();
        if (place.line() < 1 || place.line() > lines.size()) {
            return 0;
        }
        String line = lines.get(place.line() - 1);
        int found = others.indexOf(line);
        return found == others.lastIndexOf(line) ? found + 1 : 0;
    }

    private Lines file(String path) {
        return files.computeIfAbsent(path, this::read);
    }

    private Lines read(String path) {
        try {
            return Lines.of(new String(tree.read(path, LARGEST_FILE), StandardCharsets.UTF_8));
        } catch (ReconcileException | ConfigTree.TooLargeException e) {
            return Lines.NONE; // what is wrong with it has been told
        }
    }
}
