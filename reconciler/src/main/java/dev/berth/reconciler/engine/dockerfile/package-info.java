/**
 * Dockerfiles as text: their instructions, the images they start from, and the builder they need.
 * Pure; knows no engine.
 */
@NullMarked
package dev.berth.reconciler.engine.dockerfile;

import org.jspecify.annotations.NullMarked;
