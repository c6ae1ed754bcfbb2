/**
 * What is remembered beside the engine because no container can tell it: since when a schedule is
 * known, and which releases were ready. Losing it loses no app. Nothing is decided here.
 */
@NullMarked
package dev.berth.reconciler.ledger;

import org.jspecify.annotations.NullMarked;
