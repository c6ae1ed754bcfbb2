/** What whoever asks gets: a part of a list, or that it is not available now. */
@NullMarked
package dev.berth.reconciler.answer;

import org.jspecify.annotations.NullMarked;
