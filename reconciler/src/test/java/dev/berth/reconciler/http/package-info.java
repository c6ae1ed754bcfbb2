@NullMarked
package dev.berth.reconciler.http;

import org.jspecify.annotations.NullMarked;
