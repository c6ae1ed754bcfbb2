/** Where keys and certificates are kept, and nothing else. */
@NullMarked
package dev.berth.reconciler.certificate.kept;

import org.jspecify.annotations.NullMarked;
