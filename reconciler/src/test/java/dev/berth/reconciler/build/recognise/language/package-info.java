@NullMarked
package dev.berth.reconciler.build.recognise.language;

import org.jspecify.annotations.NullMarked;
