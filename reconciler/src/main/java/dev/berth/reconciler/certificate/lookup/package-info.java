/** What an authority will see of a host, seen by ourselves: DNS and port 80. */
@NullMarked
package dev.berth.reconciler.certificate.lookup;

import org.jspecify.annotations.NullMarked;
