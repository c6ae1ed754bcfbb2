/** Tests of what is remembered. */
@NullMarked
package dev.berth.reconciler.ledger;

import org.jspecify.annotations.NullMarked;
