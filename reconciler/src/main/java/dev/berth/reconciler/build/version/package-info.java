/**
 * Which versions of a language a project accepts, in the words of its package manager, and which
 * one of those that there are images for is taken. Pure.
 */
@NullMarked
package dev.berth.reconciler.build.version;

import org.jspecify.annotations.NullMarked;
