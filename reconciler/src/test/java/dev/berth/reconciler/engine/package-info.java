/** The engine's fake, and the contract that it and the real adapters fulfil. */
@NullMarked
package dev.berth.reconciler.engine;

import org.jspecify.annotations.NullMarked;
