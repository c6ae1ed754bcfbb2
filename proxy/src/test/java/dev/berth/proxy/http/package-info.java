@NullMarked
package dev.berth.proxy.http;

import org.jspecify.annotations.NullMarked;
