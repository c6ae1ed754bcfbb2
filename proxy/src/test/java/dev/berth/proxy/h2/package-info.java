@NullMarked
package dev.berth.proxy.h2;

import org.jspecify.annotations.NullMarked;
