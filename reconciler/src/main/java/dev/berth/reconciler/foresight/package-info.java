/**
 * What would change if a commit were followed that is not: plans of branches, tags and pull
 * requests, and the text of the comment that tells of one. Writes nothing anywhere.
 */
@NullMarked
package dev.berth.reconciler.foresight;

import org.jspecify.annotations.NullMarked;
