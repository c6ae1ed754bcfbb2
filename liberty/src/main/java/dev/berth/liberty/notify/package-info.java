/** Sends alerts by mail: what needs Jakarta Mail, which the core does without. */
@NullMarked
package dev.berth.liberty.notify;

import org.jspecify.annotations.NullMarked;
