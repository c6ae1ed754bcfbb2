/** Tests of the control process as a whole, and of the architecture of all modules. */
@NullMarked
package dev.berth.liberty;

import org.jspecify.annotations.NullMarked;
