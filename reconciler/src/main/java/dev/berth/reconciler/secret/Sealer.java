package dev.berth.reconciler.secret;

import dev.berth.reconciler.desired.yaml.Fault;
import dev.berth.reconciler.desired.yaml.Mark;
import dev.berth.reconciler.desired.yaml.YamlDocument;
import dev.berth.reconciler.desired.yaml.YamlOutline;
import dev.berth.reconciler.desired.yaml.YamlReader;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes files in the format of sops. Only the values that the rule names are replaced; keys, other
 * values, layout and comments stay as people wrote them, comments beside sealed values are sealed
 * too.
 *
 * <p>Sealing again changes as little as can be: what is sealed already keeps its ciphertext, a
 * plain value among sealed ones is sealed with the file's key, and a file in which nothing changed
 * comes back as it was. That takes an identity that opens the file. Other recipients than before
 * get a new data key, with which everything is sealed anew: who was removed can open nothing that
 * changes later.
 */
public final class Sealer {
    private final AgeKeys keys;
    private final SecureRandom random;
    private final InstantSource clock;
    private final Extent extent;

    /**
     * @param keys open what was sealed before; none are needed for a new file
     */
    public Sealer(AgeKeys keys, SecureRandom random, InstantSource clock) {
        this(keys, random, clock, Extent.DATA);
    }

    /**
     * @param extent what is sealed in a new file; one that is sealed keeps its rule
     */
    public Sealer(AgeKeys keys, SecureRandom random, InstantSource clock, Extent extent) {
        this.keys = keys;
        this.random = random;
        this.clock = clock;
        this.extent = extent;
    }

    /** Which values of a new file are sealed. */
    public enum Extent {
        /** Those below {@code data}: the values of Secrets, and of no other kind. */
        DATA,
        /** All, but below keys that end in {@code _unencrypted}. */
        EVERYTHING
    }

    /** What came of sealing. */
    public sealed interface Result {}

    /** The text of the file; the same as before when nothing changed. */
    public record Sealed(String text) implements Result {}

    /** The file is not as it can be sealed. */
    public record Refused(SecretFault fault) implements Result {}

    /**
     * Seals a file, new or sealed before.
     *
     * @param file its name, for the fault
     * @param recipients who may open it; empty leaves those it has
     */
    public Result seal(String file, String text, Set<AgeRecipient> recipients) {
        return seal(file, text, null, recipients);
    }

    /**
     * Seals a plain text whose sealed form is known, for instance the one of the last commit:
     * values that did not change keep their ciphertext.
     *
     * @param before the sealed form; {@code null} for none
     */
    public Result seal(
            String file, String text, @Nullable String before, Set<AgeRecipient> recipients) {
        try {
            return new Sealed(sealed(text, before, recipients));
        } catch (RefusedException e) {
            return new Refused(e.inFile(file));
        } catch (SopsRule.TooComplexException e) {
            return new Refused(
                    new SecretFault(
                            file, new Mark(1, 1), SopsMetadata.KEY, "the rule is too complex"));
        }
    }

    private String sealed(String given, @Nullable String before, Set<AgeRecipient> recipients)
            throws RefusedException {
        String text = given.endsWith("\n") ? given : withLineBreak(given);
        YamlOutline outline = outline(text);
        SealedBefore own = SealedBefore.of(text, keys);
        SealedBefore base = own == null && before != null ? SealedBefore.of(before, keys) : own;
        Set<AgeRecipient> wanted =
                recipients.isEmpty() && base != null ? base.recipients() : recipients;
        if (wanted.isEmpty()) {
            throw new RefusedException(
                    new Mark(1, 1), List.of(), "say for whom: at least one --recipient age1…");
        }
        boolean keepsKey = base != null && base.recipients().equals(wanted);
        if (base != null && !keepsKey && !base.metadata().otherKeys().isEmpty()) {
            throw new RefusedException(
                    base.metadata().at(),
                    List.of(SopsMetadata.KEY),
                    "it is also sealed by %s, for which Berth can't seal: change recipients with sops"
                            .formatted(String.join(", ", base.metadata().otherKeys())));
        }
        SopsCipher cipher = base != null && keepsKey ? base.cipher() : SopsCipher.generate(random);
        SopsRule rule = base == null ? rule() : base.metadata().rule();
        boolean onlyEncrypted = base != null && base.metadata().macOnlyEncrypted();
        ValueSealer values =
                new ValueSealer(
                        new ValueSealer.Scope(rule, onlyEncrypted, cipher),
                        own == null ? null : own.cipher(),
                        base != null && keepsKey ? base.reusable() : Set.of(),
                        random);
        TextEdits edits = new TextEdits(text);
        for (YamlOutline.Document document : outline.documents()) {
            values.seal(document, edits);
        }
        String block = block(base, keepsKey, wanted, values.mac(), cipher, rule, onlyEncrypted);
        outline.documents().forEach(d -> SopsBlock.put(block, d, edits));
        String sealed = edits.result();
        requireSameShape(outline, YamlOutline.of(sealed, false));
        return sealed;
    }

    /** A block of text may stand where what replaces it may not: left of its key's column. */
    private static void requireSameShape(YamlOutline before, YamlOutline after)
            throws RefusedException {
        List<YamlOutline.Leaf> old = values(before);
        List<YamlOutline.Leaf> now = values(after);
        for (int i = 0; i < old.size(); i++) {
            if (i >= now.size() || !old.get(i).path().equals(now.get(i).path())) {
                YamlOutline.Leaf moved = old.get(i);
                throw new RefusedException(
                        moved.at(), moved.path(), "begin this value in the line of its key");
            }
        }
    }

    private static List<YamlOutline.Leaf> values(YamlOutline outline) {
        return outline.documents().stream()
                .flatMap(d -> d.leaves().stream())
                .filter(l -> !l.path().getFirst().equals(SopsMetadata.KEY))
                .toList();
    }

    /** What is put behind the last line must not make its value another one. */
    private static String withLineBreak(String text) throws RefusedException {
        String longer = text + "\n";
        List<YamlOutline.Document> now = outline(longer).documents();
        List<YamlOutline.Document> before = outline(text).documents();
        for (int i = 0; i < before.size(); i++) {
            List<YamlOutline.Leaf> leaves = before.get(i).leaves();
            for (int j = 0; j < leaves.size(); j++) {
                YamlOutline.Leaf leaf = leaves.get(j);
                if (!leaf.text().equals(now.get(i).leaves().get(j).text())) {
                    throw new RefusedException(
                            leaf.at(), leaf.path(), "end the file's last line with a line break");
                }
            }
        }
        return longer;
    }

    private static YamlOutline outline(String text) throws RefusedException {
        for (YamlDocument document : new YamlReader().read(text)) {
            for (Fault fault : document.faults()) {
                throw new RefusedException(fault.at(), List.of(), "not YAML: mend it first");
            }
        }
        YamlOutline outline = YamlOutline.of(text, true);
        Fault fault = outline.fault();
        if (fault != null) {
            throw new RefusedException(fault.at(), List.of(), fault.message());
        }
        for (YamlOutline.Document document : outline.documents()) {
            Set<String> seen = new HashSet<>();
            for (YamlOutline.Top top : document.top()) {
                if (top.inFlow() || top.at().column() != 1) {
                    throw new RefusedException(
                            top.at(),
                            List.of(top.key()),
                            "begin the keys of the document at the first column, without braces");
                } else if (!seen.add(top.key())) {
                    throw new RefusedException(top.at(), List.of(top.key()), "there are two");
                }
            }
        }
        return outline;
    }

    private SopsRule rule() {
        return switch (extent) {
            case DATA -> SopsRule.SECRET_DATA;
            case EVERYTHING -> SopsRule.DEFAULT;
        };
    }

    private String block(
            @Nullable SealedBefore base,
            boolean keepsKey,
            Set<AgeRecipient> recipients,
            SopsValue mac,
            SopsCipher cipher,
            SopsRule rule,
            boolean onlyEncrypted) {
        if (base != null && keepsKey && base.mac().isSame(mac)) {
            return base.block();
        }
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String sealedMac = cipher.seal(mac, now, random);
        return base != null && keepsKey
                ? base.blockWith(now, sealedMac)
                : SopsBlock.write(recipients, cipher, rule, onlyEncrypted, now, sealedMac);
    }
}
