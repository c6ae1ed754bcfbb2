/**
 * TLS towards clients: which certificate for which name, contexts of the native library made of
 * them when they are first asked for, and the keys of session tickets. No HTTP may enter.
 */
@NullMarked
package dev.berth.proxy.tls;

import org.jspecify.annotations.NullMarked;
