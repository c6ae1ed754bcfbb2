/** Real servers that certificates are tested against, and stand-ins for what they lack. */
@NullMarked
package dev.berth.reconciler.certificate.testing;

import org.jspecify.annotations.NullMarked;
