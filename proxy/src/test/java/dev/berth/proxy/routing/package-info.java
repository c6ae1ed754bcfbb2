@NullMarked
package dev.berth.proxy.routing;

import org.jspecify.annotations.NullMarked;
