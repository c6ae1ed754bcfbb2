@NullMarked
package dev.berth.proxy.exchange;

import org.jspecify.annotations.NullMarked;
