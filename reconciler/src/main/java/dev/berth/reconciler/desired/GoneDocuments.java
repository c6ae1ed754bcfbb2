package dev.berth.reconciler.desired;

import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Documents that were right once and that no config file declares now. A text may be what became of
 * one: its file was renamed, and a typo in its head has it look like a file of another tool.
 *
 * <p>It may be when two of the four keys of a document's head stand in it, and half of what the
 * document said: runs of three words, wherever they stand. That holds for a document with several
 * typos. It does not for what other tools say of the same app.
 */
final class GoneDocuments {
    private static final Pattern BREAK = Pattern.compile("(?m)^---");
    private static final Pattern WORD = Pattern.compile("\\w+");
    private static final Set<String> HEAD = Set.of("apiVersion", "kind", "metadata", "spec");
    private static final int RUN = 3;

    private final List<Gone> all;

    private GoneDocuments(List<Gone> all) {
        this.all = List.copyOf(all);
    }

    /**
     * Reads only files that changed.
     *
     * @param lastRight text of each config file when it last was right, by path
     * @param files every config file there is now
     */
    static GoneDocuments since(
            Map<String, String> lastRight, List<ConfigFile> files, DocumentReader reader) {
        Map<String, String> now = new HashMap<>();
        Set<ResourceId> declared = new HashSet<>();
        for (ConfigFile file : files) {
            if (file.text() != null) {
                now.put(file.path(), file.text());
            }
            file.documents().stream()
                    .flatMap(d -> Stream.ofNullable(d.id()))
                    .forEach(declared::add);
        }
        List<Gone> gone = new ArrayList<>();
        lastRight.forEach(
                (path, text) -> {
                    if (text.equals(now.get(path))) {
                        return;
                    }
                    for (ReadDocument document : reader.read(path, text, new Problems())) {
                        if (document.id() != null && !declared.contains(document.id())) {
                            gone.add(new Gone(path, runs(words(textOf(document, text)))));
                        }
                    }
                });
        return new GoneDocuments(gone);
    }

    private record Gone(String file, Map<List<String>, Integer> runs) {
        boolean mayBe(Map<List<String>, Integer> others) {
            int common = 0;
            int most = 0;
            for (Map.Entry<List<String>, Integer> run : runs.entrySet()) {
                common += Math.min(run.getValue(), others.getOrDefault(run.getKey(), 0));
                most += run.getValue();
            }
            return common > 0 && common * 2 >= most;
        }
    }

    /** The file that held what this text may be now; {@code null} when it can't be any. */
    @Nullable String fileOf(@Nullable String text) {
        if (text == null || all.isEmpty()) {
            return null;
        }
        for (String part : BREAK.split(text, -1)) {
            List<String> words = words(part);
            if (words.stream().filter(HEAD::contains).distinct().count() < 2) {
                continue;
            }
            Map<List<String>, Integer> runs = runs(words);
            for (Gone gone : all) {
                if (gone.mayBe(runs)) {
                    return gone.file();
                }
            }
        }
        return null;
    }

    private static String textOf(ReadDocument document, String file) {
        String after =
                file.lines().skip(document.place().line() - 1L).collect(Collectors.joining("\n"));
        return BREAK.split(after, 2)[0];
    }

    private static List<String> words(String text) {
        return WORD.matcher(text).results().map(MatchResult::group).toList();
    }

    private static Map<List<String>, Integer> runs(List<String> words) {
        Map<List<String>, Integer> runs = new HashMap<>();
        for (int i = 0; i + RUN <= words.size(); i++) {
            runs.merge(words.subList(i, i + RUN), 1, Integer::sum);
        }
        return runs;
    }
}
