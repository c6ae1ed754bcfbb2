/** The door for edges: snapshots out, reports in. */
@NullMarked
package dev.berth.liberty.edge;

import org.jspecify.annotations.NullMarked;
