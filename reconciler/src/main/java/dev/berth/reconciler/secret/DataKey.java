package dev.berth.reconciler.secret;

import java.util.List;

/** Finds the data key of a file among its wraps. */
final class DataKey {
    private static final List<String> PATH = List.of(SopsMetadata.KEY, "age");

    private DataKey() {}

    static SopsCipher open(SopsMetadata metadata, AgeKeys keys) throws RefusedException {
        for (SopsMetadata.Wrap wrap : metadata.wraps()) {
            byte[] key = keys.open(wrap.armoured());
            if (key != null && key.length == SopsCipher.KEY_BYTES) {
                return new SopsCipher(key);
            }
        }
        throw new RefusedException(metadata.at(), PATH, complaint(metadata, keys));
    }

    private static String complaint(SopsMetadata metadata, AgeKeys keys) {
        if (metadata.wraps().isEmpty()) {
            return metadata.otherKeys().isEmpty()
                    ? "it is sealed for nobody: restore the sops block, or seal the file again"
                    : "it is sealed by %s only; Berth opens age: add an age recipient with sops"
                            .formatted(String.join(", ", metadata.otherKeys()));
        }
        List<String> held = keys.recipients().stream().map(AgeRecipient::text).toList();
        List<String> wanted =
                metadata.wraps().stream()
                        .map(SopsMetadata.Wrap::recipient)
                        .map(r -> AgeRecipient.isKey(r) ? r : "a recipient that is no age key")
                        .toList();
        if (wanted.stream().anyMatch(held::contains)) {
            return "the wrapped data key is damaged or holds another key:"
                    + " restore the sops block, or seal the file again";
        } else if (held.isEmpty()) {
            return "it is sealed for %s; this Berth holds no age identity: add one of these"
                    .formatted(String.join(", ", wanted));
        }
        return "it is sealed for %s; this Berth holds the identities of %s: seal it for one of those, or add the identity"
                .formatted(String.join(", ", wanted), String.join(", ", held));
    }
}
