package dev.berth.reconciler.secret;

import dev.berth.reconciler.desired.yaml.YamlOutline;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Seals the values of one file, document by document, and counts them into the MAC. */
final class ValueSealer {
    /** What to seal, and with what. */
    record Scope(SopsRule rule, boolean onlyEncrypted, SopsCipher cipher) {}

    /** A ciphertext of before, for the same value at the same place. */
    record Reusable(String binding, SopsValue value, String sealed) {}

    private final Scope scope;
    private final @Nullable SopsCipher old;
    private final Map<String, List<Reusable>> reusable = new HashMap<>();
    private final SecureRandom random;
    private final SopsMac mac;

    /**
     * @param old opens what is sealed in the text; {@code null} when nothing may be
     */
    ValueSealer(Scope scope, @Nullable SopsCipher old, Set<Reusable> before, SecureRandom random) {
        this.scope = scope;
        this.old = old;
        this.random = random;
        this.mac = new SopsMac(scope.onlyEncrypted());
        for (Reusable one : before) {
            reusable.merge(
                    one.binding(),
                    List.of(one),
                    (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList());
        }
    }

    SopsValue mac() {
        return mac.result();
    }

    void seal(YamlOutline.Document document, TextEdits edits) throws RefusedException {
        for (YamlOutline.Leaf leaf : document.leaves()) {
            if (!leaf.path().getFirst().equals(SopsMetadata.KEY)) {
                seal(leaf, edits);
            }
        }
        Set<List<String>> places = new HashSet<>();
        document.leaves().forEach(l -> places.add(l.path().subList(0, l.path().size() - 1)));
        for (YamlOutline.Comment comment : document.comments()) {
            if (!comment.path().contains(SopsMetadata.KEY)) {
                seal(comment, places, edits);
            }
        }
    }

    private void seal(YamlOutline.Leaf leaf, TextEdits edits) throws RefusedException {
        boolean looksSealed = SopsCipher.looksSealed(leaf.text());
        boolean encrypts = scope.rule().encrypts(leaf.path(), looksSealed);
        SopsValue value = encrypts && looksSealed ? opened(leaf) : plain(leaf);
        if (value == null) {
            return;
        }
        mac.add(value, encrypts);
        if (!encrypts || (looksSealed && old == scope.cipher())) {
            return;
        }
        String sealed = sealed(value, SopsCipher.bindingOf(leaf.path()));
        String quote = leaf.inFlow() ? "\"" : "";
        // A block scalar at the document's margin would be ended by what replaces it otherwise.
        edits.replace(leaf.start(), leaf.end(), quote + sealed + quote);
    }

    private SopsValue opened(YamlOutline.Leaf leaf) throws RefusedException {
        SopsValue value =
                old == null ? null : old.open(leaf.text(), SopsCipher.bindingOf(leaf.path()));
        if (value == null) {
            throw new RefusedException(
                    leaf.at(),
                    leaf.path(),
                    "sealed with another key or for another place: put the plain value here");
        }
        return value;
    }

    private static @Nullable SopsValue plain(YamlOutline.Leaf leaf) throws RefusedException {
        if (!leaf.plain()) {
            return leaf.text().isEmpty() ? null : SopsValue.text(leaf.text());
        }
        return switch (PlainScalar.of(leaf.text())) {
            case PlainScalar.Typed(SopsValue value) -> value;
            case PlainScalar.Nothing() -> null;
            case PlainScalar.Unclear() ->
                    throw new RefusedException(
                            leaf.at(),
                            leaf.path(),
                            "readers of YAML disagree about this value: put it in quotes");
        };
    }

    private void seal(YamlOutline.Comment comment, Set<List<String>> places, TextEdits edits) {
        String text = comment.text();
        if (text.isEmpty()
                || scope.rule().kind().isAboutComments()
                || !scope.rule().encrypts(comment.path(), false)) {
            return;
        }
        SopsValue value = SopsValue.comment(text);
        if (SopsCipher.looksSealed(text)) {
            if (old == null || old == scope.cipher()) {
                return;
            }
            value = opened(text, places);
            if (value == null) {
                return;
            }
        }
        String binding = SopsCipher.bindingOf(comment.path());
        edits.replace(comment.start(), comment.end(), "#" + sealed(value, binding));
    }

    /** Which place a comment was sealed for depends on the writer's idea of where it belongs. */
    private @Nullable SopsValue opened(String text, Set<List<String>> places) {
        SopsCipher cipher = old;
        if (cipher != null) {
            for (List<String> place : places) {
                SopsValue value = cipher.open(text, SopsCipher.bindingOf(place));
                if (value != null) {
                    return value;
                }
            }
        }
        return null;
    }

    private String sealed(SopsValue value, String binding) {
        for (Reusable one : reusable.getOrDefault(binding, List.of())) {
            if (one.value().isSame(value)) {
                return one.sealed();
            }
        }
        return scope.cipher().seal(value, binding, random);
    }
}
