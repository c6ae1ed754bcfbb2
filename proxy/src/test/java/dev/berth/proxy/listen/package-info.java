@NullMarked
package dev.berth.proxy.listen;

import org.jspecify.annotations.NullMarked;
