@NullMarked
package dev.berth.proxy;

import org.jspecify.annotations.NullMarked;
