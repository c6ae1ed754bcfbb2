@NullMarked
package dev.berth.reconciler.engine.buildlog;

import org.jspecify.annotations.NullMarked;
