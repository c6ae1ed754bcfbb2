@NullMarked
package dev.berth.proxy.disk;

import org.jspecify.annotations.NullMarked;
