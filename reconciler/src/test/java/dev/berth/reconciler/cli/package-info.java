/** Tests of the command line. */
@NullMarked
package dev.berth.reconciler.cli;

import org.jspecify.annotations.NullMarked;
