/**
 * What control tells the edge and hears back. The edge asks for {@link
 * dev.berth.schemas.edge.Snapshot}s (state of the world, never deltas, but for certificates that
 * control can't tell yet) and answers with {@link dev.berth.schemas.edge.EdgeReport}s (likewise
 * whole), so a lost or repeated message changes nothing.
 */
@NullMarked
package dev.berth.schemas.edge;

import org.jspecify.annotations.NullMarked;
