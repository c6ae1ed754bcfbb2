@NullMarked
package dev.berth.reconciler.secret;

import org.jspecify.annotations.NullMarked;
