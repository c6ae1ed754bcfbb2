/** What is told live, to clients in memory. */
@NullMarked
package dev.berth.webapp.stream;

import org.jspecify.annotations.NullMarked;
