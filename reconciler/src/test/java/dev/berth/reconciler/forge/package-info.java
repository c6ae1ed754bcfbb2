/** Tests of what is said with forges, and a forge that is none. */
@NullMarked
package dev.berth.reconciler.forge;

import org.jspecify.annotations.NullMarked;
