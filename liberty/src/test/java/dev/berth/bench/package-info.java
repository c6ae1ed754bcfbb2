/**
 * Programs that measure Berth and print rows of a Markdown table; run by {@code
 * docs/benchmarks/run}, never by a test: a time that is asserted fails on a busy machine. What
 * needs a whole Berth is in {@code dev.berth.system}, beside the harness it uses.
 */
@NullMarked
package dev.berth.bench;

import org.jspecify.annotations.NullMarked;
