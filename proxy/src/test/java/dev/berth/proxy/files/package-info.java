@NullMarked
package dev.berth.proxy.files;

import org.jspecify.annotations.NullMarked;
