/** Tests of what two generations of the edge say to each other. */
@NullMarked
package dev.berth.proxy.handover;

import org.jspecify.annotations.NullMarked;
