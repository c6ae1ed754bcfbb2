/** Blueprints as Dockerfiles that people can read and take over. Pure. */
@NullMarked
package dev.berth.reconciler.build.dockerfile;

import org.jspecify.annotations.NullMarked;
