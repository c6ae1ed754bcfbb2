/** The history on a real PostgreSQL. */
@NullMarked
package dev.berth.liberty.history;

import org.jspecify.annotations.NullMarked;
