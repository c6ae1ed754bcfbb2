package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Fault;
import dev.berth.reconciler.desired.yaml.Mark;
import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.reconciler.desired.yaml.YamlDocument;
import dev.berth.reconciler.desired.yaml.YamlReader;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.SecretFault;
import dev.berth.reconciler.secret.SopsDocument;
import dev.berth.schemas.config.Document;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the documents of one file: syntax, form and the rules within a document. Thread-safe. */
final class DocumentReader {
    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,38}[a-z0-9])?");
    private static final List<String> KINDS = Stream.of(Kind.values()).map(Kind::name).toList();

    private final YamlReader yaml = new YamlReader();
    private final DocumentBinder binder = new DocumentBinder();
    private final Supplier<AgeKeys> keys;
    private final ReadBefore before;

    /** Opens nothing that is encrypted. */
    DocumentReader() {
        this(AgeKeys::none);
    }

    /**
     * @param keys open what is encrypted; asked anew for each file
     */
    DocumentReader(Supplier<AgeKeys> keys) {
        this(keys, ReadBefore.NOTHING);
    }

    /**
     * @param before what was read before
     */
    DocumentReader(Supplier<AgeKeys> keys, ReadBefore before) {
        this.keys = keys;
        this.before = before;
    }

    /** What makes documents of trees. */
    DocumentBinder binder() {
        return binder;
    }

    /** Every document that holds anything, in order; what is wrong goes to the problems. */
    List<ReadDocument> read(String file, String text, Problems problems) {
        ReadBefore.File known = before.get(file, text);
        if (known != null) {
            problems.addAll(known.problems());
            return known.documents();
        }
        List<YamlDocument> raw = yaml.read(text);
        if (!SopsDocument.is(raw)) {
            Problems own = new Problems();
            List<ReadDocument> read = List.copyOf(documents(file, raw, own));
            before.put(file, text, new ReadBefore.File(read, own.sorted()));
            problems.addAll(own.sorted());
            return read;
        } else if (raw.stream().anyMatch(d -> !d.faults().isEmpty())) {
            raw.forEach(d -> syntax(file, d, problems));
            return locked(file, raw);
        }
        return switch (SopsDocument.open(file, text, raw, keys.get())) {
            case SopsDocument.Clear(List<YamlDocument> clear, _) ->
                    documents(file, clear, problems);
            case SopsDocument.Refused(SecretFault fault) -> {
                problems.add(
                        place(file, fault.at()),
                        fault.path(),
                        Problem.Code.SECRET,
                        fault.message());
                yield locked(file, raw);
            }
        };
    }

    private List<ReadDocument> documents(String file, List<YamlDocument> all, Problems problems) {
        List<ReadDocument> documents = new ArrayList<>();
        for (YamlDocument document : all) {
            if (!isEmpty(document)) {
                documents.add(read(file, document, problems));
            }
        }
        return documents;
    }

    /** What can be told about documents that can't be opened. They may be anything of ours. */
    private static List<ReadDocument> locked(String file, List<YamlDocument> raw) {
        return raw.stream()
                .filter(d -> !isEmpty(d))
                .map(d -> identify(file, d))
                .map(d -> new ReadDocument(d.file(), d.place(), d.id(), null, d.root(), true))
                .toList();
    }

    private static boolean isEmpty(YamlDocument document) {
        return document.faults().isEmpty()
                && (document.root() == null || isNothing(document.root()));
    }

    private static void syntax(String file, YamlDocument document, Problems problems) {
        for (Fault fault : document.faults()) {
            Problem.Code code =
                    switch (fault.cause()) {
                        case SYNTAX -> Problem.Code.SYNTAX;
                        case LIMIT -> Problem.Code.FILE;
                    };
            problems.add(place(file, fault.at()), "", code, fault.message());
        }
    }

    private ReadDocument read(String file, YamlDocument document, Problems problems) {
        Problems own = new Problems();
        syntax(file, document, own);
        ReadDocument read = identify(file, document);
        if (document.faults().isEmpty() && document.root() != null) {
            read = bind(read, document.root(), own);
        }
        problems.addAll(SealedText.quiet(own.sorted(), document.root()));
        return own.sorted().isEmpty() ? read : read.broken();
    }

    private ReadDocument bind(ReadDocument read, Node root, Problems problems) {
        if (!(root instanceof Node.Mapping mapping)) {
            problems.add(
                    read.place(),
                    "",
                    Problem.Code.TYPE,
                    "expected a document with apiVersion, kind, metadata and spec, got %s"
                            .formatted(Words.describe(root)));
            return read;
        }
        if (!read.ours()) {
            problems.add(
                    read.place(),
                    "",
                    Problem.Code.KIND,
                    "not a Berth document: apiVersion is not %s. Move files of other tools into an app's directory or one whose name starts with '.'"
                            .formatted(Document.API_VERSION));
            return read;
        }
        Kind kind = checkHead(read, mapping, problems);
        if (kind == null) {
            return read;
        }
        ReadDocument right = binder.bind(read, kind, mapping, true, problems);
        return right == null ? read : right;
    }

    private @Nullable Kind checkHead(ReadDocument read, Node.Mapping root, Problems problems) {
        Node version = root.get("apiVersion");
        if (version == null) {
            missing(read, "apiVersion", "add apiVersion: " + Document.API_VERSION, problems);
        } else if (!Document.API_VERSION.equals(read.text("apiVersion"))) {
            problems.add(
                    read.at("apiVersion"),
                    "apiVersion",
                    Problem.Code.KIND,
                    "expected %s, got %s".formatted(Document.API_VERSION, Words.describe(version)));
        }
        Node kind = root.get("kind");
        if (kind == null) {
            missing(read, "kind", "add kind: " + Words.oneOf(KINDS), problems);
            return null;
        }
        String word = read.text("kind");
        if (word == null || !KINDS.contains(word)) {
            problems.add(
                    read.at("kind"),
                    "kind",
                    Problem.Code.KIND,
                    "expected %s, got %s%s"
                            .formatted(
                                    Words.oneOf(KINDS),
                                    Words.describe(kind),
                                    word == null || ScalarBinder.isSealed(kind)
                                            ? ""
                                            : NearMiss.hint(word, KINDS)));
            return null;
        }
        return Kind.valueOf(word);
    }

    private static void missing(ReadDocument read, String key, String advice, Problems problems) {
        problems.add(
                read.place(),
                key,
                Problem.Code.REQUIRED,
                "%s is missing: %s".formatted(key, advice));
    }

    /** Who the document is about and whether it is meant for us, however wrong it is. */
    private static ReadDocument identify(String file, YamlDocument document) {
        ReadDocument read =
                new ReadDocument(
                        file, place(file, document.at()), null, null, document.root(), true);
        if (!(document.root() instanceof Node.Mapping root)) {
            return read;
        }
        String word = read.text("kind");
        Kind near = nearestKind(word);
        String name = read.text("metadata", "name");
        ResourceId id =
                near == null || name == null || !isName(name) ? null : new ResourceId(near, name);
        boolean cut = !document.faults().isEmpty();
        boolean ours = cut || near != null || looksOurs(read, root);
        return new ReadDocument(file, read.place(), id, null, root, ours);
    }

    /** The kind that a word names, maybe misspelt; {@code null} when none is near. */
    static @Nullable Kind nearestKind(@Nullable String word) {
        String near = word == null ? null : NearMiss.nearest(word, KINDS);
        return near == null ? null : Kind.valueOf(near);
    }

    /** True for what a resource may be called. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    private static boolean looksOurs(ReadDocument read, Node.Mapping root) {
        String version = read.text("apiVersion");
        if (version != null) {
            return version.startsWith("berth");
        }
        return root.get("kind") != null
                || (root.get("metadata") != null && root.get("spec") != null);
    }

    private static boolean isNothing(Node node) {
        return node instanceof Node.Scalar(_, Node.Type type, _, _) && type == Node.Type.NOTHING;
    }

    private static Location place(String file, Mark mark) {
        return Location.of(file, mark);
    }
}
