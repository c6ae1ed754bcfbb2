/**
 * The command line's verbs that need more than a shell. Each is one class; {@link
 * dev.berth.reconciler.cli.Main} holds the table. Changes nothing anywhere.
 */
@NullMarked
package dev.berth.reconciler.cli;

import org.jspecify.annotations.NullMarked;
