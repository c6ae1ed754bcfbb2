package dev.berth.reconciler.secret;

import dev.berth.reconciler.desired.yaml.YamlDocument;
import dev.berth.reconciler.desired.yaml.YamlOutline;
import dev.berth.reconciler.desired.yaml.YamlReader;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier sealing left: its key, its ciphertexts, its {@code sops} block. Its MAC is not
 * compared, because people edit such files before they seal them again.
 *
 * @param recipients who can open it
 * @param block the lines of the {@code sops} block, with the last line break
 */
record SealedBefore(
        SopsMetadata metadata,
        SopsCipher cipher,
        Set<AgeRecipient> recipients,
        String block,
        Set<ValueSealer.Reusable> reusable,
        SopsValue mac) {

    /** {@code null} when the text is not sealed. */
    static @Nullable SealedBefore of(String text, AgeKeys keys) throws RefusedException {
        List<YamlDocument> documents = new YamlReader().read(text);
        if (!SopsDocument.is(documents)) {
            return null;
        }
        SopsMetadata metadata = SopsDocument.metadata(documents);
        SopsCipher cipher = DataKey.open(metadata, keys);
        YamlOutline outline = YamlOutline.of(text, true);
        Set<AgeRecipient> recipients = new TreeSet<>();
        for (SopsMetadata.Wrap wrap : metadata.wraps()) {
            if (!AgeRecipient.isKey(wrap.recipient())) {
                throw new RefusedException(
                        metadata.at(),
                        List.of(SopsMetadata.KEY, "age"),
                        "a recipient is no age key");
            }
            recipients.add(new AgeRecipient(wrap.recipient()));
        }
        SopsValue mac = cipher.open(metadata.mac(), metadata.lastModified());
        if (mac == null || outline.fault() != null) {
            throw new RefusedException(
                    metadata.at(),
                    List.of(SopsMetadata.KEY),
                    "the sops block was changed by hand: restore it, or remove it and put the plain"
                            + " values in");
        }
        return new SealedBefore(
                metadata,
                cipher,
                recipients,
                SopsBlock.cut(text, outline.documents().getFirst()),
                reusable(outline, cipher),
                mac);
    }

    private static Set<ValueSealer.Reusable> reusable(YamlOutline outline, SopsCipher cipher) {
        Set<ValueSealer.Reusable> found = new HashSet<>();
        for (YamlOutline.Document document : outline.documents()) {
            for (YamlOutline.Leaf leaf : document.leaves()) {
                add(leaf.path(), leaf.text(), cipher, found);
            }
            for (YamlOutline.Comment comment : document.comments()) {
                add(comment.path(), comment.text(), cipher, found);
            }
        }
        return found;
    }

    private static void add(
            List<String> path, String text, SopsCipher cipher, Set<ValueSealer.Reusable> to) {
        String binding = SopsCipher.bindingOf(path);
        SopsValue value = SopsCipher.looksSealed(text) ? cipher.open(text, binding) : null;
        if (value != null) {
            to.add(new ValueSealer.Reusable(binding, value, text));
        }
    }

    /** The block with another time and MAC, all else as it was. */
    String blockWith(String lastModified, String sealedMac) {
        YamlOutline.Document document = YamlOutline.of(block, false).documents().getFirst();
        TextEdits edits = new TextEdits(block);
        for (YamlOutline.Leaf leaf : document.leaves()) {
            if (leaf.path().equals(List.of(SopsMetadata.KEY, "mac"))) {
                edits.replace(leaf.start(), leaf.end(), sealedMac);
            } else if (leaf.path().equals(List.of(SopsMetadata.KEY, "lastmodified"))) {
                edits.replace(leaf.start(), leaf.end(), "\"" + lastModified + "\"");
            }
        }
        return edits.result();
    }
}
