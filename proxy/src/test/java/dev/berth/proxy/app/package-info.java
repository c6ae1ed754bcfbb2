@NullMarked
package dev.berth.proxy.app;

import org.jspecify.annotations.NullMarked;
