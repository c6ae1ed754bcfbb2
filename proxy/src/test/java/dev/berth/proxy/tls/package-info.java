@NullMarked
package dev.berth.proxy.tls;

import org.jspecify.annotations.NullMarked;
