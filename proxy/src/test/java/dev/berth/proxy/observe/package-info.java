@NullMarked
package dev.berth.proxy.observe;

import org.jspecify.annotations.NullMarked;
