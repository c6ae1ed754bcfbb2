/**
 * From one process to the next: listening sockets that are given, by systemd or by the edge that
 * runs already, and how that one leaves. What is listened on and who reports may be known here; no
 * HTTP may enter.
 */
@NullMarked
package dev.berth.proxy.handover;

import org.jspecify.annotations.NullMarked;
