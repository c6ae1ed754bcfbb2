/** The door to certificate authorities: ACME by acme4j, and nothing of it gets out. */
@NullMarked
package dev.berth.reconciler.certificate.acme;

import org.jspecify.annotations.NullMarked;
