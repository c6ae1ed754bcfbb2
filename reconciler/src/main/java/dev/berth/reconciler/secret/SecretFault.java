package dev.berth.reconciler.secret;

import dev.berth.reconciler.desired.yaml.Mark;

/**
 * Why a secret can't be read or made, for the person who wrote the file; written {@code
 * apps/secret.yaml:7:12 data.stripe: …}.
 *
 * @param path the field, {@code data.stripe}; empty when it is about the whole file
 * @param message what is wrong and what to do, never a value; no full stop at its end
 */
public record SecretFault(String file, Mark at, String path, String message) {

    @Override
    public String toString() {
        return "%s:%d:%d%s: %s"
                .formatted(file, at.line(), at.column(), path.isEmpty() ? "" : " " + path, message);
    }
}
