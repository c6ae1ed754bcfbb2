/**
 * Which pull requests and branches have a preview: what is known of them, and what the rules of an
 * app make of that. What a preview runs is made in {@code desired}.
 */
@org.jspecify.annotations.NullMarked
package dev.berth.reconciler.preview;
