/**
 * Servers of repos and pull requests: which pull requests are open, what is said of commits, and
 * the comments that Berth writes. What a forge says is believed only when it is said whole: all
 * else is a {@link dev.berth.reconciler.forge.ForgeException}, and never an empty list. Tokens stay
 * in here. Nothing decides here what is said, or what becomes of a pull request.
 */
@NullMarked
package dev.berth.reconciler.forge;

import org.jspecify.annotations.NullMarked;
