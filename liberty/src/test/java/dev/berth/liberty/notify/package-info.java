/** Tests of mail. */
@NullMarked
package dev.berth.liberty.notify;

import org.jspecify.annotations.NullMarked;
