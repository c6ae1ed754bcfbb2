/** Tests of the YAML reader. */
@NullMarked
package dev.berth.reconciler.desired.yaml;

import org.jspecify.annotations.NullMarked;
