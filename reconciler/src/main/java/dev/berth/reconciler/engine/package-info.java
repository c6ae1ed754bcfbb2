/** The container engine port and its adapters. The only package that knows the Docker API. */
@NullMarked
package dev.berth.reconciler.engine;

import org.jspecify.annotations.NullMarked;
