package dev.berth.reconciler.secret;

import dev.berth.reconciler.desired.yaml.YamlOutline;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The text of the {@code sops} block: written, cut out, put in. */
final class SopsBlock {
    /** The version of the format that is written; readers look at it for bugs of older writers. */
    private static final String VERSION = "3.9.0";

    private SopsBlock() {}

    static String write(
            Set<AgeRecipient> recipients,
            SopsCipher cipher,
            SopsRule rule,
            boolean macOnlyEncrypted,
            String lastModified,
            String sealedMac) {
        StringBuilder out = new StringBuilder("sops:\n    age:\n");
        for (AgeRecipient recipient : new TreeSet<>(recipients)) {
            String armoured =
                    recipient
                            .wrap(cipher.key())
                            .lines()
                            .map(l -> "            " + l + "\n")
                            .collect(Collectors.joining());
            out.append("        - recipient: ").append(recipient.text()).append('\n');
            out.append("          enc: |\n").append(armoured);
        }
        out.append("    lastmodified: \"").append(lastModified).append("\"\n");
        out.append("    mac: ").append(sealedMac).append('\n');
        out.append("    %s: '%s'\n".formatted(rule.kind().key(), rule.text().replace("'", "''")));
        if (macOnlyEncrypted) {
            out.append("    mac_only_encrypted: true\n");
        }
        return out.append("    version: ").append(VERSION).append('\n').toString();
    }

    /** The block's lines in a text whose first document has one. */
    static String cut(String text, YamlOutline.Document document) {
        TextEdits edits = new TextEdits(text);
        YamlOutline.Top top = document.top(SopsMetadata.KEY);
        if (top == null) {
            throw new IllegalStateException("no sops block");
        }
        String lines = edits.part(top.start(), edits.endOfLine(top.end()));
        return lines.endsWith("\n") ? lines : lines + "\n";
    }

    /** In the place of the one that is there, or behind the last line of the document. */
    static void put(String block, YamlOutline.Document document, TextEdits edits) {
        YamlOutline.Top top = document.top(SopsMetadata.KEY);
        if (top != null) {
            edits.replace(top.start(), edits.endOfLine(top.end()), block);
        } else if (!document.top().isEmpty()) {
            int content = document.contentEnd();
            int end = edits.isBehindLineBreak(content) ? content : edits.endOfLine(content);
            edits.replace(end, end, edits.isBehindLineBreak(end) ? block : "\n" + block);
        }
    }
}
