/**
 * Orders certificates for hosts, renews them and has the edge serve them; beside the passes, which
 * never wait for it.
 */
@NullMarked
package dev.berth.reconciler.certificate;

import org.jspecify.annotations.NullMarked;
