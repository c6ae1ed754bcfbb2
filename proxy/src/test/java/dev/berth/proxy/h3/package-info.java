@NullMarked
package dev.berth.proxy.h3;

import org.jspecify.annotations.NullMarked;
