/**
 * Derives, keeps and publishes how everything stands, as the one writer of conditions: the newest
 * pass in memory, the history in the database. Publishing never blocks or fails a pass. What people
 * look at reads from here and from nowhere else; {@code jakarta.persistence} enters only with the
 * {@code Jpa} and {@code Row} types.
 */
@NullMarked
package dev.berth.reconciler.status;

import org.jspecify.annotations.NullMarked;
