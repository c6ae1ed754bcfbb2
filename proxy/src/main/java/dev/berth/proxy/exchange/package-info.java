/**
 * One request and its answer, whatever protocol the client speaks and whatever produces the answer.
 */
@NullMarked
package dev.berth.proxy.exchange;

import org.jspecify.annotations.NullMarked;
