@NullMarked
package dev.berth.proxy.probe;

import org.jspecify.annotations.NullMarked;
