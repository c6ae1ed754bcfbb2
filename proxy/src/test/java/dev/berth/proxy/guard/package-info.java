@NullMarked
package dev.berth.proxy.guard;

import org.jspecify.annotations.NullMarked;
