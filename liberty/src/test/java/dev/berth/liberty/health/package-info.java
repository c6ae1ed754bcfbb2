/** Tests of health. */
@NullMarked
package dev.berth.liberty.health;

import org.jspecify.annotations.NullMarked;
