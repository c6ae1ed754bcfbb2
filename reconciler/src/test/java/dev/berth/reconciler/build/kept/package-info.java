@NullMarked
package dev.berth.reconciler.build.kept;

import org.jspecify.annotations.NullMarked;
