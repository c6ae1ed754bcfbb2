/**
 * The files of a repo as the detector sees them: all names, and the text of the few that say how a
 * program is built. A value; only {@link dev.berth.reconciler.build.files.FileTreeReader} reads.
 */
@NullMarked
package dev.berth.reconciler.build.files;

import org.jspecify.annotations.NullMarked;
