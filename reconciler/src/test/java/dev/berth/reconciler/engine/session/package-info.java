@NullMarked
package dev.berth.reconciler.engine.session;

import org.jspecify.annotations.NullMarked;
