package dev.berth.reconciler.secret;

import dev.berth.reconciler.desired.yaml.Fault;
import dev.berth.reconciler.desired.yaml.Mark;
import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.reconciler.desired.yaml.YamlDocument;
import dev.berth.reconciler.desired.yaml.YamlOutline;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A YAML file in the format of sops, opened with age keys. Steps:
 *
 * <ol>
 *   <li>the block {@code sops} of the first document says for whom and how it is sealed;
 *   <li>an age identity opens the data key;
 *   <li>every value that the rule names is decrypted, bound to its path;
 *   <li>the MAC over all values must be the one in the block.
 * </ol>
 *
 * <p>Only then is anything given out: all values or none. What sops can't tell, this can't either:
 * a renamed key that is not encrypted, and text moved between neighbouring unencrypted values.
 *
 * @see <a href="https://github.com/getsops/sops/blob/v3.13.2/sops.go">sops.go</a>
 */
public final class SopsDocument {
    private static final String SEAL_AGAIN =
            "take the file from an earlier commit, or seal it again with ./berth seal";

    /** Two ways of counting lines differ at these; values are put in by line and column. */
    private static final Pattern OTHER_LINE_BREAKS = Pattern.compile("[\\x85\\u2028\\u2029]");

    private final AgeKeys keys;

    private SopsDocument(AgeKeys keys) {

        this.keys = keys;
    }

    /** What came of opening. */
    public sealed interface Opened {}

    /**
     * It is what its maker sealed.
     *
     * @param documents as read, with the values in the clear at the places of their ciphertexts and
     *     without the {@code sops} blocks; never print them
     * @param sealed where the values are that were encrypted: no message may quote these
     */
    public record Clear(List<YamlDocument> documents, Set<Mark> sealed) implements Opened {
        public Clear {
            documents = List.copyOf(documents);
            sealed = Set.copyOf(sealed);
        }

        /** Tells how many, not what. */
        @Override
        public String toString() {
            return "Clear[%d documents, %d sealed values]"
                    .formatted(documents.size(), sealed.size());
        }
    }

    /** It can't be opened, or someone changed it; nothing of it may be used. */
    public record Refused(SecretFault fault) implements Opened {}

    /** Whether the documents of a file are encrypted; sops seals files as a whole. */
    public static boolean is(List<YamlDocument> documents) {
        return documents.stream().anyMatch(d -> SopsMetadata.isIn(d.root()));
    }

    /**
     * Opens a file; never throws for what is in it.
     *
     * @param file its name, for the fault
     * @param documents what {@code YamlReader} reads of {@code text}
     */
    public static Opened open(
            String file, String text, List<YamlDocument> documents, AgeKeys keys) {
        try {
            return new SopsDocument(keys).open(text, documents);
        } catch (RefusedException e) {
            return new Refused(e.inFile(file));
        } catch (SopsRule.TooComplexException e) {
            return new Refused(
                    new SecretFault(
                            file,
                            new Mark(1, 1),
                            SopsMetadata.KEY,
                            "the rule's regular expression takes too long: use a simpler one"));
        }
    }

    private Opened open(String text, List<YamlDocument> documents) throws RefusedException {
        for (YamlDocument document : documents) {
            for (Fault fault : document.faults()) {
                throw new RefusedException(fault.at(), List.of(), fault.message());
            }
        }
        SopsMetadata metadata = metadata(documents);
        SopsCipher cipher = DataKey.open(metadata, keys);
        Map<Mark, SopsValue> sealed = new HashMap<>();
        SopsMac mac = new SopsMac(metadata.macOnlyEncrypted());
        YamlOutline outline = YamlOutline.of(text, false);
        Fault fault = outline.fault();
        if (fault != null) {
            throw new RefusedException(fault.at(), List.of(), fault.message());
        }
        for (YamlOutline.Document document : outline.documents()) {
            for (YamlOutline.Leaf leaf : document.leaves()) {
                if (!leaf.path().getFirst().equals(SopsMetadata.KEY)) {
                    take(leaf, metadata, cipher, mac, sealed);
                }
            }
        }
        checkMac(metadata, cipher, mac.result());
        Map<Mark, SopsValue> left = new HashMap<>(sealed);
        List<YamlDocument> clear = documents.stream().map(d -> clear(d, left)).toList();
        if (!left.isEmpty() || OTHER_LINE_BREAKS.matcher(text).find()) {
            throw new RefusedException(
                    left.isEmpty() ? metadata.at() : left.keySet().iterator().next(),
                    List.of(),
                    "lines can't be told apart: end them with line feeds only (no U+0085, U+2028)");
        }
        return new Clear(clear, sealed.keySet());
    }

    static SopsMetadata metadata(List<YamlDocument> documents) throws RefusedException {
        YamlDocument first = documents.getFirst();
        if (!(first.root() instanceof Node.Mapping root)
                || !(root.get(SopsMetadata.KEY) instanceof Node.Mapping block)) {
            throw new RefusedException(
                    first.at(),
                    List.of(),
                    "the first document has no sops block, a later one has:"
                            + " files are sealed as a whole, so seal it again or split it");
        }
        if (root.entries().stream().filter(e -> e.key().equals(SopsMetadata.KEY)).count() > 1) {
            throw new RefusedException(block.at(), List.of(SopsMetadata.KEY), "there are two");
        }
        return SopsMetadata.read(block);
    }

    private static void take(
            YamlOutline.Leaf leaf,
            SopsMetadata metadata,
            SopsCipher cipher,
            SopsMac mac,
            Map<Mark, SopsValue> sealed)
            throws RefusedException {
        boolean encrypted =
                metadata.rule().encrypts(leaf.path(), SopsCipher.looksSealed(leaf.text()));
        SopsValue value = encrypted ? decrypted(leaf, cipher) : written(leaf);
        if (value != null) {
            mac.add(value, encrypted);
            if (encrypted) {
                sealed.put(leaf.at(), value);
            }
        }
    }

    /** {@code null} for one that is empty or null, which sops leaves as it is. */
    private static @Nullable SopsValue decrypted(YamlOutline.Leaf leaf, SopsCipher cipher)
            throws RefusedException {
        if (leaf.text().isEmpty()
                || (leaf.plain() && PlainScalar.of(leaf.text()) instanceof PlainScalar.Nothing)) {
            return null;
        } else if (!SopsCipher.looksSealed(leaf.text())) {
            throw new RefusedException(
                    leaf.at(),
                    leaf.path(),
                    "this value should be sealed and is not: run ./berth seal on the file, and"
                            + " replace the value if it was pushed");
        }
        SopsValue value = cipher.open(leaf.text(), SopsCipher.bindingOf(leaf.path()));
        if (value == null || value.type() == SopsValue.Type.COMMENT) {
            throw new RefusedException(
                    leaf.at(),
                    leaf.path(),
                    "this value was changed, or was sealed for another key or file: " + SEAL_AGAIN);
        } else if (!value.isText()) {
            throw new RefusedException(
                    leaf.at(), leaf.path(), "this value is not UTF-8 text: encode it as base64");
        }
        return value;
    }

    private static @Nullable SopsValue written(YamlOutline.Leaf leaf) throws RefusedException {
        if (!leaf.plain()) {
            return SopsValue.text(leaf.text());
        }
        return switch (PlainScalar.of(leaf.text())) {
            case PlainScalar.Typed(SopsValue value) -> value;
            case PlainScalar.Nothing() -> null;
            case PlainScalar.Unclear() ->
                    throw new RefusedException(
                            leaf.at(),
                            leaf.path(),
                            "readers of YAML disagree about this value: put it in quotes and seal"
                                    + " the file again");
        };
    }

    private static void checkMac(SopsMetadata metadata, SopsCipher cipher, SopsValue computed)
            throws RefusedException {
        SopsValue stored = cipher.open(metadata.mac(), metadata.lastModified());
        if (stored == null || !stored.isSame(computed)) {
            throw new RefusedException(
                    metadata.at(),
                    List.of(SopsMetadata.KEY, "mac"),
                    stored == null
                            ? "the MAC or lastmodified was changed: " + SEAL_AGAIN
                            : "the file is not as it was sealed, a value was changed, added or"
                                    + " removed: "
                                    + SEAL_AGAIN);
        }
    }

    private static YamlDocument clear(YamlDocument document, Map<Mark, SopsValue> sealed) {
        Node root = document.root();
        if (root instanceof Node.Mapping mapping) {
            List<Node.Entry> kept =
                    mapping.entries().stream()
                            .filter(e -> !e.key().equals(SopsMetadata.KEY))
                            .toList();
            root = clear(new Node.Mapping(mapping.at(), kept, mapping.weight()), sealed);
        }
        return new YamlDocument(document.at(), root, document.faults());
    }

    private static Node clear(Node node, Map<Mark, SopsValue> sealed) {
        return switch (node) {
            case Node.Scalar scalar -> {
                SopsValue value = sealed.remove(scalar.at());
                yield value == null ? scalar : scalar(scalar.at(), value);
            }
            case Node.Sequence(Mark at, List<Node> items, long weight) ->
                    new Node.Sequence(
                            at, items.stream().map(i -> clear(i, sealed)).toList(), weight);
            case Node.Mapping(Mark at, List<Node.Entry> entries, long weight) ->
                    new Node.Mapping(
                            at,
                            entries.stream()
                                    .map(
                                            e ->
                                                    new Node.Entry(
                                                            e.key(),
                                                            e.keyAt(),
                                                            clear(e.value(), sealed)))
                                    .toList(),
                            weight);
        };
    }

    private static Node.Scalar scalar(Mark at, SopsValue value) {
        Node.Type type =
                switch (value.type()) {
                    case INT -> Node.Type.INTEGER;
                    case FLOAT -> Node.Type.DECIMAL;
                    case BOOL -> Node.Type.BOOLEAN;
                    case STR, BYTES, TIME, COMMENT -> Node.Type.TEXT;
                };
        return new Node.Scalar(at, type, value.text(), true);
    }
}
