/**
 * From a file tree and what the author wrote to ranked plans, or to the one thing that is wrong.
 * Pure: the same tree gives the same answer, in whatever order its files are listed.
 */
@NullMarked
package dev.berth.reconciler.build.detect;

import org.jspecify.annotations.NullMarked;
