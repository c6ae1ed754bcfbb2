/**
 * Writes and looks up records in DNS: the only place that knows dnsjava and the APIs of DNS
 * providers.
 */
@NullMarked
package dev.berth.reconciler.certificate.dns;

import org.jspecify.annotations.NullMarked;
