/** What is known of builds, for those who read it and those who keep it. */
@NullMarked
package dev.berth.reconciler.build.kept;

import org.jspecify.annotations.NullMarked;
