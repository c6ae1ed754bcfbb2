@NullMarked
package dev.berth.proxy.encode;

import org.jspecify.annotations.NullMarked;
