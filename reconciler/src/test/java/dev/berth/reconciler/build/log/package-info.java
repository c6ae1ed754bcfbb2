@NullMarked
package dev.berth.reconciler.build.log;

import org.jspecify.annotations.NullMarked;
