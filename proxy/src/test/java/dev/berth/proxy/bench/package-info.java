/** The clients of {@code proxy/bench/run} that no package of Debian has. No test runs them. */
@NullMarked
package dev.berth.proxy.bench;

import org.jspecify.annotations.NullMarked;
