@NullMarked
package dev.berth.proxy.control;

import org.jspecify.annotations.NullMarked;
