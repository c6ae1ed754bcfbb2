/**
 * How something is built and started, in no language of its own: what is copied and run in which
 * order, what is kept between builds, what comes out. Mere data.
 */
@NullMarked
package dev.berth.reconciler.build.blueprint;

import org.jspecify.annotations.NullMarked;
