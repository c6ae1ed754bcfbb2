@NullMarked
package dev.berth.proxy.limit;

import org.jspecify.annotations.NullMarked;
