/** What tests of several parts need of the machine. */
@NullMarked
package dev.berth.reconciler.testing;

import org.jspecify.annotations.NullMarked;
