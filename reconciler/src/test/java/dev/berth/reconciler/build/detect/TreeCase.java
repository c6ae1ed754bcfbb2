package dev.berth.reconciler.build.detect;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.files.FileTreeReader;
import dev.berth.reconciler.build.files.MemoryCommit;
import dev.berth.reconciler.build.recognise.BuildVariables;
import dev.berth.reconciler.build.recognise.Hints;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One small tree of a file of trees, with what is expected of it.
 *
 * <p>{@code === name [path=…] [dockerfile=…] [port=…] [args=A,B] [command] [runs=a_b,c] [show]}
 * begins it, where {@code _} stands for a blank; a line {@code path: text} or {@code path} is a
 * file of it ({@code \n} is a line break), {@code path |} one whose lines follow, indented; {@code
 * -> } is what is expected.
 */
record TreeCase(
        String heading,
        String name,
        Map<String, String> files,
        Hints hints,
        List<String> expected) {
    private static final String BEGINS = "=== ";
    private static final String EXPECTS = "-> ";
    private static final String INDENTED = "  ";

    TreeCase {
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
        expected = List.copyOf(expected);
    }

    static List<TreeCase> parse(List<String> lines) {
        List<TreeCase> cases = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(BEGINS) && !block.isEmpty()) {
                cases.add(one(block));
                block.clear();
            }
            if (line.startsWith(BEGINS) || !block.isEmpty()) {
                block.add(line);
            }
        }
        cases.add(one(block));
        return cases;
    }

    /** Through the reader, so that nothing is seen that would not be read. */
    FileTree tree() {
        MemoryCommit commit = new MemoryCommit();
        files.forEach(commit::with);
        try {
            return new FileTreeReader(FileTreeReader.Limits.USUAL).read(commit, hints.path());
        } catch (ReconcileException e) {
            throw new IllegalStateException("memory can be read", e);
        }
    }

    boolean shows() {
        return words().contains("show");
    }

    private List<String> words() {
        return Arrays.asList(heading.split(" ", -1));
    }

    private static TreeCase one(List<String> block) {
        Map<String, String> files = new LinkedHashMap<>();
        List<String> expected = new ArrayList<>();
        String open = "";
        for (String line : block.subList(1, block.size())) {
            int colon = line.indexOf(": ");
            if (line.startsWith(EXPECTS)) {
                expected.add(line.substring(EXPECTS.length()));
            } else if (line.startsWith(INDENTED)) {
                files.merge(open, line.substring(INDENTED.length()) + "\n", String::concat);
            } else if (line.endsWith(" |")) {
                open = line.substring(0, line.length() - 2);
                files.put(open, "");
            } else if (colon > 0) {
                String text = line.substring(colon + 2).replace("\\n", "\n");
                files.put(line.substring(0, colon), text + "\n");
            } else if (!line.isBlank()) {
                files.put(line, "");
            }
        }
        String heading = block.getFirst().substring(BEGINS.length());
        return new TreeCase(heading, heading.split(" ", -1)[0], files, hints(heading), expected);
    }

    private static TreeSet<String> names(String list) {
        return new TreeSet<>(list.isEmpty() ? List.of() : Arrays.asList(list.split(",", -1)));
    }

    private static Hints hints(String heading) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String word : heading.split(" ", -1)) {
            String[] pair = word.split("=", 2);
            given.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        String args = given.getOrDefault("args", "");
        String port = given.get("port");
        String runs = given.getOrDefault("runs", "");
        return new Hints(
                given.getOrDefault("path", "."),
                given.get("dockerfile"),
                new BuildVariables(names(args), names(given.getOrDefault("secrets", ""))),
                port == null ? null : Integer.valueOf(port),
                new Hints.Commands(
                        given.containsKey("command") ? Command.shell("run") : null,
                        runs.isEmpty()
                                ? List.of()
                                : Stream.of(runs.split(",", -1))
                                        .map(line -> Command.shell(line.replace('_', ' ')))
                                        .toList()));
    }
}
