/**
 * Secrets: SOPS files opened and made, age keys, values kept encrypted at rest, and the redaction
 * of texts that leave. Pure but for {@code KeyFile} and {@code SecretStore}, which read and write
 * {@code $BERTH_HOME}. No message made here quotes a value.
 */
@NullMarked
package dev.berth.reconciler.secret;

import org.jspecify.annotations.NullMarked;
