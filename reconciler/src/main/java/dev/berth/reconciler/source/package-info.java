/** The newest commit as a readable tree. The only package that knows JGit. */
@NullMarked
package dev.berth.reconciler.source;

import org.jspecify.annotations.NullMarked;
