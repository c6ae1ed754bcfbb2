/** What a build says: BuildKit's trace on the wire, and what a failure means. Pure. */
@NullMarked
package dev.berth.reconciler.engine.buildlog;

import org.jspecify.annotations.NullMarked;
