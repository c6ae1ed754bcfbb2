@NullMarked
package dev.berth.proxy.front;

import org.jspecify.annotations.NullMarked;
