/** How control itself does, for machines: health and metrics. */
@NullMarked
package dev.berth.liberty.health;

import org.jspecify.annotations.NullMarked;
