/** The live stream of passes and resource changes, as server-sent events. */
@NullMarked
package dev.berth.webapp.stream;

import org.jspecify.annotations.NullMarked;
