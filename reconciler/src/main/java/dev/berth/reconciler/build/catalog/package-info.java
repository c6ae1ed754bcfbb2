/**
 * The images that builds start from, by language and version. Pure but for the one file with the
 * defaults.
 */
@NullMarked
package dev.berth.reconciler.build.catalog;

import org.jspecify.annotations.NullMarked;
