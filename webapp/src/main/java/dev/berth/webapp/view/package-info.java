/** What a page shows, shaped for it by {@code of(...)}: plain records, no I/O, no clock. */
@NullMarked
package dev.berth.webapp.view;

import org.jspecify.annotations.NullMarked;
