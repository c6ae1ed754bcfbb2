package dev.berth.reconciler.secret;

import dev.berth.reconciler.desired.yaml.Mark;
import dev.berth.reconciler.desired.yaml.Node;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code sops} block of a file: for whom it is sealed, by which rule, and the MAC.
 *
 * @param wraps the data key, once for each age recipient
 * @param otherKeys names of the kinds of keys that Berth has no use for, {@code pgp}
 * @param lastModified RFC 3339, in whole seconds; the MAC is bound to its text
 */
record SopsMetadata(
        Mark at,
        List<Wrap> wraps,
        List<String> otherKeys,
        SopsRule rule,
        boolean macOnlyEncrypted,
        String lastModified,
        String mac) {
    static final String KEY = "sops";

    private static final List<String> OTHER_KEYS =
            List.of("pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "hckms");

    SopsMetadata {
        wraps = List.copyOf(wraps);
        otherKeys = List.copyOf(otherKeys);
    }

    /** The data key as an armoured age file for one recipient. */
    record Wrap(String recipient, String armoured) {}

    /** Whether a document's root has such a block. */
    static boolean isIn(@Nullable Node root) {
        return root instanceof Node.Mapping mapping
                && mapping.get(KEY) instanceof Node.Mapping block
                && block.get("mac") != null;
    }

    static SopsMetadata read(Node.Mapping block) throws RefusedException {
        if (block.get("key_groups") != null) {
            throw refused(block, "key_groups", "key groups can't be used here: seal it for age");
        }
        List<String> others = OTHER_KEYS.stream().filter(k -> isGiven(block.get(k))).toList();
        boolean onlyEncrypted = text(block, "mac_only_encrypted").equalsIgnoreCase("true");
        return new SopsMetadata(
                block.at(),
                wraps(block),
                others,
                rule(block),
                onlyEncrypted,
                needed(block, "lastmodified"),
                needed(block, "mac"));
    }

    private static List<Wrap> wraps(Node.Mapping block) {
        List<Wrap> wraps = new ArrayList<>();
        if (block.get("age") instanceof Node.Sequence list) {
            for (Node item : list.items()) {
                if (item instanceof Node.Mapping entry) {
                    wraps.add(new Wrap(text(entry, "recipient"), text(entry, "enc")));
                }
            }
        }
        return wraps;
    }

    private static SopsRule rule(Node.Mapping block) throws RefusedException {
        List<SopsRule> rules = new ArrayList<>();
        for (SopsRule.Kind kind : SopsRule.Kind.values()) {
            String text = text(block, kind.key());
            if (!text.isEmpty()) {
                rules.add(new SopsRule(kind, text));
            }
        }
        if (rules.size() > 1) {
            throw refused(
                    block,
                    rules.get(1).kind().key(),
                    "a file can have only one rule of what is encrypted; there is also %s"
                            .formatted(rules.get(0).kind().key()));
        }
        SopsRule rule = rules.isEmpty() ? SopsRule.DEFAULT : rules.getFirst();
        if (!rule.isSound()) {
            throw refused(
                    block, rule.kind().key(), "not a regular expression that can be used here");
        }
        return rule;
    }

    /** Older versions of sops write an empty list for each kind of key. */
    private static boolean isGiven(@Nullable Node keys) {
        return keys != null && keys.weight() > 1;
    }

    private static String needed(Node.Mapping block, String key) throws RefusedException {
        String text = text(block, key);
        if (text.isEmpty()) {
            throw refused(block, key, "missing; restore the sops block, or seal the file again");
        }
        return text;
    }

    private static String text(Node.Mapping block, String key) {
        return block.get(key) instanceof Node.Scalar(_, Node.Type type, String text, _)
                        && type != Node.Type.NOTHING
                ? text
                : "";
    }

    private static RefusedException refused(Node.Mapping block, String key, String message) {
        Node value = block.get(key);
        return new RefusedException(
                value == null ? block.at() : value.at(), List.of(KEY, key), message);
    }
}
