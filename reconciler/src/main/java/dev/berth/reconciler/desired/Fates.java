package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One document, one fate: which version of each counts.
 *
 * <ol>
 *   <li>A right document counts as it is.
 *   <li>A wrong one is replaced by the last right document of its kind and name.
 *   <li>A file with a problem removes nothing: documents that it held when it last was right, and
 *       that are declared nowhere now, still count.
 *   <li>The same goes for what a wrong document {@linkplain Unclear may declare} in place of the
 *       one that is missing: it may have been moved there.
 *   <li>What older documents need counts with them, as it last was. As long as it does, its file
 *       removes nothing either: what is remembered of it is its old text, as a whole.
 *   <li>A wrong document of which no right version is known is held. If it can't even be told who
 *       it is about, and its file never was right, then nothing may be removed anywhere.
 * </ol>
 *
 * <p>What is found wrong later, with references or claims, is {@linkplain #reject rejected} and
 * falls to the next step; nothing ever rises again, so that settling ends.
 */
final class Fates {
    private final Problems problems;
    private final LastGood.Memory memory;
    private final DocumentReader reader;
    private final Map<ResourceId, List<ReadDocument>> declared;
    private final Map<ResourceId, ReadDocument> right = new TreeMap<>();
    private final Set<ResourceId> wrong = new TreeSet<>();
    private final Set<ResourceId> rejectedLastGood = new HashSet<>();
    private final Set<String> broughtFrom = new HashSet<>();
    private final Set<String> filesNotFollowed = new HashSet<>();
    private @Nullable Map<ResourceId, ReadDocument> lastGood;
    private @Nullable String pruneHold;
    private @Nullable String mayHoldOverlays;

    Fates(
            List<ConfigFile> files,
            LastGood.Memory memory,
            DocumentReader reader,
            Problems problems) {
        this.memory = memory;
        this.reader = reader;
        this.problems = problems;
        Map<ResourceId, List<ReadDocument>> byId = new LinkedHashMap<>();
        List<Unclear> unclear = new ArrayList<>();
        for (ConfigFile file : files) {
            unclear.addAll(Unclear.in(file, memory.files().containsKey(file.path())));
            if (file.text() == null) {
                unknown(file.path(), true);
            }
            for (ReadDocument document : file.documents()) {
                if (document.id() != null) {
                    byId.computeIfAbsent(document.id(), _ -> new ArrayList<>()).add(document);
                } else if (document.ours()) {
                    unknown(file.path(), mayBeOverlay(document));
                }
            }
        }
        byId.forEach(this::declare);
        declared = byId;
        if (!unclear.isEmpty()) {
            broughtFrom.addAll(new Moves(unclear).origins(missing(), problems));
        }
    }

    /** What is missing although its file has no problem. */
    private SortedMap<ResourceId, ReadDocument> missing() {
        Set<String> frozen = problems.files();
        SortedMap<ResourceId, ReadDocument> missing = new TreeMap<>(lastGood());
        missing.entrySet()
                .removeIf(e -> frozen.contains(e.getValue().file()) || !isMissing(e.getKey()));
        return missing;
    }

    /** Another Instance is in place of the one of before. */
    private boolean isMissing(ResourceId id) {
        return id.kind() == Kind.Instance
                ? declared.keySet().stream().noneMatch(other -> other.kind() == Kind.Instance)
                : !declared.containsKey(id) && !wrong.contains(id);
    }

    private void unknown(String file, boolean overlays) {
        if (memory.files().containsKey(file)) {
            return;
        }
        if (pruneHold == null) {
            pruneHold =
                    file + " can't be understood and never was right, so it may declare anything";
        }
        if (overlays && mayHoldOverlays == null) {
            mayHoldOverlays = file;
        }
    }

    private static boolean mayBeOverlay(ReadDocument document) {
        String word = document.text("kind");
        return Stream.of(Kind.values())
                .filter(kind -> kind != Kind.Overlay)
                .noneMatch(kind -> kind.name().equals(word));
    }

    /** A file that never was right and may hold any overlay; {@code null} when there is none. */
    @Nullable String mayHoldOverlays() {
        return mayHoldOverlays;
    }

    private void declare(ResourceId id, List<ReadDocument> documents) {
        ReadDocument only = documents.getFirst();
        if (documents.size() == 1 && only.document() != null) {
            right.put(id, only);
            return;
        }
        wrong.add(id);
        for (ReadDocument document : documents.size() > 1 ? documents : List.<ReadDocument>of()) {
            String others =
                    documents.stream()
                            .filter(d -> !d.place().equals(document.place()))
                            .map(d -> d.place().toString())
                            .collect(Collectors.joining(", "));
            problems.add(
                    document.at("metadata", "name"),
                    "metadata.name",
                    Problem.Code.DUPLICATE_RESOURCE,
                    "%s is also declared at %s: rename or remove one".formatted(id, others));
        }
    }

    /** What counts now, by id. */
    SortedMap<ResourceId, Choice> choose() {
        SortedMap<ResourceId, Choice> chosen = new TreeMap<>();
        right.forEach((id, document) -> chosen.put(id, new Choice(document, true)));
        Set<String> frozen = new HashSet<>(problems.files());
        frozen.addAll(broughtFrom);
        boolean complete = wrong.isEmpty() && frozen.isEmpty() && pruneHold == null;
        if (!complete) {
            lastGood()
                    .forEach(
                            (id, document) -> {
                                boolean stays =
                                        wrong.contains(id)
                                                || frozen.contains(document.file())
                                                || pruneHold != null;
                                if (stays && !rejectedLastGood.contains(id)) {
                                    chosen.putIfAbsent(id, new Choice(document, false));
                                }
                            });
        }
        return chosen;
    }

    /** This version does not count: the next one does, if there is one. */
    void reject(Choice choice) {
        if (choice.current()) {
            right.remove(choice.id());
            wrong.add(choice.id());
            filesNotFollowed.add(choice.read().file());
        } else {
            rejectedLastGood.add(choice.id());
        }
    }

    /**
     * It is declared no more; its last right version counts as long as an older document needs it.
     *
     * @return false when there is none
     */
    boolean bring(ResourceId id) {
        ReadDocument last = lastGood().get(id);
        if (last == null || rejectedLastGood.contains(id)) {
            return false;
        }
        broughtFrom.add(last.file());
        return true;
    }

    /** True when a version of it was right once, as far as is remembered. */
    boolean wasRight(ResourceId id) {
        return lastGood().containsKey(id);
    }

    /** Resources that are declared but of which no version counts. */
    Set<ResourceId> held() {
        Set<ResourceId> held = new TreeSet<>(wrong);
        held.addAll(rejectedLastGood);
        held.removeAll(choose().keySet());
        return held;
    }

    /** True when the newest document about it does not count. */
    boolean isWrong(ResourceId id) {
        return wrong.contains(id) || rejectedLastGood.contains(id);
    }

    /** What the tree says of resources of a kind of which no version counts, right or not. */
    List<ReadDocument> unusable(Kind kind) {
        return held().stream()
                .filter(id -> id.kind() == kind)
                .flatMap(id -> declared.getOrDefault(id, List.of()).stream())
                .toList();
    }

    /** The last right documents of a kind, whether they count or not. */
    List<ReadDocument> lastRight(Kind kind) {
        return lastGood().values().stream()
                .filter(d -> d.id() != null && d.id().kind() == kind)
                .toList();
    }

    /** True when every document of the file counts as it is. */
    boolean isFollowed(String file) {
        return !filesNotFollowed.contains(file)
                && !broughtFrom.contains(file)
                && !problems.areIn(file);
    }

    /** Why nothing may be removed anywhere; {@code null} when that is not so. */
    @Nullable String pruneHold() {
        return pruneHold;
    }

    /**
     * The last right Instance, if that had another name than this one and is declared no more;
     * {@code null} when there is none like that.
     */
    @Nullable ResourceId formerInstance(ReadDocument instance) {
        String text = memory.files().get(instance.file());
        if (text != null
                && reader.read(instance.file(), text, new Problems()).stream()
                        .anyMatch(d -> Objects.equals(d.id(), instance.id()))) {
            return null; // as almost always, and nothing else has to be read for it
        }
        List<ResourceId> before =
                lastGood().keySet().stream().filter(id -> id.kind() == Kind.Instance).toList();
        return before.isEmpty()
                        || before.contains(instance.id())
                        || before.stream().anyMatch(declared::containsKey)
                ? null
                : before.getFirst();
    }

    /** The file that held the last right Instance document; {@code null} when there was none. */
    @Nullable String fileOfLastInstance() {
        return lastGood().entrySet().stream()
                .filter(e -> e.getKey().kind() == Kind.Instance)
                .map(e -> e.getValue().file())
                .findFirst()
                .orElse(null);
    }

    /** It was right once; now what is encrypted in it can't be opened. It still was there. */
    private void lost(String file, ReadDocument document) {
        if (!problems.areIn(file)) {
            return;
        } else if (document.id() == null) {
            pruneHold = file + " can't be opened any more, so it may declare anything";
        } else if (!right.containsKey(document.id())) {
            wrong.add(document.id());
        }
    }

    private Map<ResourceId, ReadDocument> lastGood() {
        if (lastGood == null) {
            Map<ResourceId, ReadDocument> documents = new TreeMap<>();
            memory.files()
                    .forEach(
                            (file, text) -> {
                                for (ReadDocument d : reader.read(file, text, new Problems())) {
                                    if (d.document() != null) {
                                        documents.putIfAbsent(d.document().id(), d);
                                    } else {
                                        lost(file, d);
                                    }
                                }
                            });
            lastGood = documents;
        }
        return lastGood;
    }
}
