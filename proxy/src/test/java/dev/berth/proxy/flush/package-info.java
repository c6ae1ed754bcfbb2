@NullMarked
package dev.berth.proxy.flush;

import org.jspecify.annotations.NullMarked;
